use std::time::Duration;

use mailwright_domain::{Cloud, EmailAddress, Endpoint, FoundIn};
use mailwright_net::{Net, ResolveError};

use crate::builtin::{Kind, by_domain, by_mail_exchanger, known_servers};

/// Limit for the whole look-up.
const LIMIT: Duration = Duration::from_secs(10);

/// What was found about an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// The provider.
    pub kind: Kind,
    /// Where that was found.
    pub source: FoundIn,
    /// The name that told it: the domain or its mail exchanger.
    pub told_by: String,
    /// Servers for reading and sending.
    pub servers: Vec<Endpoint>,
}

/// Why nothing was found. Typing the servers works all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Nothing {
    /// The domain does not exist.
    #[error("the domain {0} does not exist; check the address for a typing mistake")]
    NoSuchDomain(String),
    /// The domain takes no mail.
    #[error("the domain {0} has no mail servers, so nothing can be received there")]
    NoMail(String),
    /// Mail goes to somebody that Mailwright has no settings for.
    #[error(
        "mail for {domain} goes to {exchanger}, and Mailwright has no settings for that provider"
    )]
    Unknown {
        /// The address's domain.
        domain: String,
        /// Its preferred mail exchanger.
        exchanger: String,
    },
    /// No name server answered.
    #[error("{domain} could not be looked up: {reason}")]
    Unreachable {
        /// The address's domain.
        domain: String,
        /// Why.
        reason: String,
    },
}

/// Looks an address up. Asks only for the domain's mail exchangers; the local part leaves this computer nowhere.
///
/// # Errors
/// Says why nothing was found, within ten seconds.
pub async fn detect(net: &Net, address: &EmailAddress) -> Result<Detection, Nothing> {
    let domain = address.ascii_domain();
    if let Some(kind) = by_domain(domain) {
        return Ok(found(kind, FoundIn::Domain, domain));
    }
    let unreachable = |reason: String| Nothing::Unreachable {
        domain: domain.to_owned(),
        reason,
    };
    let exchangers = match tokio::time::timeout(LIMIT, net.mail_exchangers(domain)).await {
        Err(_) => {
            return Err(unreachable(format!(
                "no answer within {} seconds",
                LIMIT.as_secs()
            )));
        }
        Ok(Err(ResolveError::NotFound(_))) => return Err(Nothing::NoSuchDomain(domain.to_owned())),
        Ok(Err(error)) => return Err(unreachable(error.to_string())),
        Ok(Ok(exchangers)) => exchangers,
    };
    // A backup exchanger elsewhere does not say where the mailbox is; the preferred ones do.
    let Some(preferred) = exchangers.first() else {
        return Err(Nothing::NoMail(domain.to_owned()));
    };
    exchangers
        .iter()
        .filter(|mx| mx.preference == preferred.preference)
        .find_map(|mx| by_mail_exchanger(&mx.host).map(|kind| found(kind, FoundIn::Mx, &mx.host)))
        .ok_or_else(|| Nothing::Unknown {
            domain: domain.to_owned(),
            exchanger: preferred.host.clone(),
        })
}

fn found(kind: Kind, source: FoundIn, told_by: &str) -> Detection {
    Detection {
        kind,
        source,
        told_by: told_by.to_owned(),
        // Host names come from the provider's own list; only the fact that it is this provider was discovered.
        servers: known_servers(kind, Cloud::Global, FoundIn::BuiltIn),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mailwright_net::NetOptions;

    #[tokio::test]
    async fn a_providers_own_domain_needs_no_question() {
        // A name server that nobody runs: an answer proves that none was asked.
        let dead = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let net = Net::new(&NetOptions {
            ca_file: None,
            dns: Some(dead.local_addr().unwrap()),
        })
        .unwrap();
        let found = detect(&net, &"anna@hotmail.nl".parse().unwrap())
            .await
            .unwrap();
        assert_eq!(
            (found.kind, found.source),
            (Kind::OutlookCom, FoundIn::Domain)
        );
    }
}
