use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError as DnsError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;

use crate::records::{MOST, host};
use crate::{Net, NetError};

/// Limit for one question, all tries together.
const LIMIT: Duration = Duration::from_secs(8);

/// One mail exchanger of a domain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailExchanger {
    /// Lower is preferred (RFC 5321 section 5.1).
    pub preference: u16,
    /// Host name without the final dot, lower-case.
    pub host: String,
}

/// Why a name gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// The name does not exist (NXDOMAIN).
    #[error("the name {0} does not exist")]
    NotFound(String),
    /// The name exists and has no record of the kind asked for.
    #[error("the name {0} has no address")]
    NoRecords(String),
    /// No name server answered, or the answer was an error.
    #[error("no name server answered for {name}: {reason}")]
    Failed {
        /// The name asked for.
        name: String,
        /// The resolver's reason.
        reason: String,
    },
}

pub(crate) fn resolver(dns: Option<SocketAddr>) -> Result<TokioResolver, NetError> {
    let setup = |reason: DnsError| NetError::Setup {
        what: "name resolution",
        reason: reason.to_string(),
    };
    let builder = match dns {
        None => TokioResolver::builder_tokio().map_err(setup)?,
        Some(address) => {
            TokioResolver::builder_with_config(one_server(address), TokioRuntimeProvider::default())
        }
    };
    builder.build().map_err(setup)
}

fn one_server(address: SocketAddr) -> ResolverConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()]
        .into_iter()
        .map(|mut connection| {
            connection.port = address.port();
            connection
        })
        .collect();
    let server = NameServerConfig::new(address.ip(), true, connections);
    ResolverConfig::from_parts(None, Vec::new(), vec![server])
}

impl Net {
    /// All addresses of a host, both families, in the resolver's order. An IP address is its own answer.
    ///
    /// # Errors
    /// The name does not exist, has no address, or nobody answered within eight seconds.
    pub async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
        if let Ok(ip) = host.parse() {
            return Ok(vec![ip]);
        }
        let answer = within(host, self.resolver.lookup_ip(host)).await?;
        let addresses: Vec<IpAddr> = answer.iter().collect();
        if addresses.is_empty() {
            return Err(ResolveError::NoRecords(host.to_owned()));
        }
        Ok(addresses)
    }

    /// The mail exchangers of a domain (RFC 5321 section 5.1), preferred first; empty where the domain exists and has
    /// none, or says with a null MX (RFC 7505) that it takes no mail.
    ///
    /// # Errors
    /// The domain does not exist, or nobody answered within eight seconds.
    pub async fn mail_exchangers(&self, domain: &str) -> Result<Vec<MailExchanger>, ResolveError> {
        // The final dot keeps a search list of this computer's network out of it.
        let answer = match within(domain, self.resolver.mx_lookup(format!("{domain}."))).await {
            Err(ResolveError::NoRecords(_)) => return Ok(Vec::new()),
            other => other?,
        };
        let mut found: Vec<MailExchanger> = answer
            .answers()
            .iter()
            .take(MOST)
            .filter_map(|record| match &record.data {
                RData::MX(mx) => Some(MailExchanger {
                    preference: mx.preference,
                    host: host(&mx.exchange),
                }),
                _ => None,
            })
            .filter(|mx| !mx.host.is_empty())
            .collect();
        found.sort();
        Ok(found)
    }
}

pub(crate) async fn within<T>(
    name: &str,
    question: impl Future<Output = Result<T, DnsError>>,
) -> Result<T, ResolveError> {
    let failed = |reason: String| ResolveError::Failed {
        name: name.to_owned(),
        reason,
    };
    match tokio::time::timeout(LIMIT, question).await {
        Err(_) => Err(failed(format!(
            "no answer within {} seconds",
            LIMIT.as_secs()
        ))),
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) if error.is_nx_domain() => Err(ResolveError::NotFound(name.to_owned())),
        Ok(Err(error)) if error.is_no_records_found() => {
            Err(ResolveError::NoRecords(name.to_owned()))
        }
        Ok(Err(error)) => Err(failed(error.to_string())),
    }
}
