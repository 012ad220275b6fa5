//! What else a domain says about its mail: SRV, CNAME and TXT records. An answer may be anybody's, so each list is cut
//! at a length that no honest domain reaches.

use hickory_resolver::proto::rr::{Name, RData, RecordType};

use crate::resolve::within;
use crate::{Net, ResolveError};

/// Most records of one answer that are kept.
pub(crate) const MOST: usize = 64;
/// Longest text of one TXT record that is kept, in bytes.
const LONGEST_TEXT: usize = 4_096;

/// One server that a domain names for a service (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceRecord {
    /// Lower is tried first.
    pub priority: u16,
    /// Share of the load among those of the same priority; the larger, the likelier.
    pub weight: u16,
    /// TCP port.
    pub port: u16,
    /// Host name without the final dot, lower-case; empty where the domain says that it does not offer the service.
    pub host: String,
}

impl Net {
    /// The SRV records of a service, such as `_imaps._tcp` (RFC 6186), in the order of the answer; empty where there
    /// are none.
    ///
    /// # Errors
    /// No name server answered within eight seconds.
    pub async fn services(
        &self,
        service: &str,
        domain: &str,
    ) -> Result<Vec<ServiceRecord>, ResolveError> {
        let name = format!("{service}.{domain}.");
        let found = self.records(&name, RecordType::SRV).await?;
        Ok(found.iter().filter_map(service_of).collect())
    }

    /// The name that this one stands for (CNAME), one step far; none where it stands for itself.
    ///
    /// # Errors
    /// No name server answered within eight seconds.
    pub async fn alias(&self, name: &str) -> Result<Option<String>, ResolveError> {
        let found = self.records(&format!("{name}."), RecordType::CNAME).await?;
        Ok(found.iter().find_map(alias_of))
    }

    /// The texts of a domain (TXT), the parts of each joined; empty where there are none.
    ///
    /// # Errors
    /// No name server answered within eight seconds.
    pub async fn texts(&self, domain: &str) -> Result<Vec<String>, ResolveError> {
        let found = self.records(&format!("{domain}."), RecordType::TXT).await?;
        Ok(found.iter().filter_map(text_of).collect())
    }

    /// That a name does not exist, or has nothing of this kind, is an answer without records.
    async fn records(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, ResolveError> {
        match within(name, self.resolver.lookup(name, kind)).await {
            Err(ResolveError::NotFound(_) | ResolveError::NoRecords(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
            Ok(answer) => {
                let records = answer.answers().iter().take(MOST);
                Ok(records.map(|record| record.data.clone()).collect())
            }
        }
    }
}

fn service_of(data: &RData) -> Option<ServiceRecord> {
    match data {
        RData::SRV(srv) => Some(ServiceRecord {
            priority: srv.priority,
            weight: srv.weight,
            port: srv.port,
            host: host(&srv.target),
        }),
        _ => None,
    }
}

fn alias_of(data: &RData) -> Option<String> {
    match data {
        RData::CNAME(target) => Some(host(target)).filter(|host| !host.is_empty()),
        _ => None,
    }
}

fn text_of(data: &RData) -> Option<String> {
    match data {
        RData::TXT(record) => {
            let mut text = record.txt_data.concat();
            text.truncate(LONGEST_TEXT);
            Some(String::from_utf8_lossy(&text).into_owned())
        }
        _ => None,
    }
}

/// A host name as it is compared: A-label form, without the final dot, lower-case.
pub(crate) fn host(name: &Name) -> String {
    let text = name.to_ascii();
    text.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
#[path = "records_fuzz.rs"]
mod fuzz;
