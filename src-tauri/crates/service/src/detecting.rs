use mailwright_discovery::{Detection, Nothing, detect};
use mailwright_domain::{EmailAddress, Endpoint, Provider};

use crate::wire::{Detected, Server};
use crate::{Code, Failure, Hint, Service};

impl Service {
    /// Finds provider and servers of an address. That nothing was found is an answer; typing the servers always works.
    ///
    /// # Errors
    /// The address is malformed, or no name server answered.
    pub async fn detect(&self, address: &str) -> Result<Detected, Failure> {
        let address = read_address(address)?;
        match detect(&self.net, &address).await {
            Ok(found) => Ok(wire(&address, &found)),
            Err(nothing @ Nothing::Unreachable { .. }) => Err(unreachable(&nothing)),
            Err(nothing) => Ok(Detected {
                address: address.to_string(),
                provider: None,
                tenant: None,
                source: None,
                note: nothing.to_string(),
                incoming: Vec::new(),
                outgoing: Vec::new(),
            }),
        }
    }
}

pub(crate) fn read_address(text: &str) -> Result<EmailAddress, Failure> {
    text.parse().map_err(|e: mailwright_domain::AddressError| {
        Failure::new(
            Code::Usage,
            format!(
                "{} An address looks like anna@firma.nl. Nothing was changed.",
                crate::sentence(&e.to_string())
            ),
        )
    })
}

pub(crate) fn unreachable(nothing: &Nothing) -> Failure {
    Failure::new(
        Code::Unreachable,
        format!(
            "{} Nothing was changed. Check the network, or enter the servers by hand.",
            crate::sentence(&nothing.to_string())
        ),
    )
    .hinting(Hint::Servers)
}

fn wire(address: &EmailAddress, found: &Detection) -> Detected {
    let servers = |receives: bool| {
        found
            .servers
            .iter()
            .filter(|s| s.protocol.receives() == receives)
            .map(|s| server(s, found.kind.provider()))
            .collect()
    };
    Detected {
        address: address.to_string(),
        provider: Some(found.kind.provider().word().to_owned()),
        tenant: found.kind.tenant().map(str::to_owned),
        source: Some(found.source.word().to_owned()),
        note: found.told_by.clone(),
        incoming: servers(true),
        outgoing: servers(false),
    }
}

fn server(endpoint: &Endpoint, provider: Provider) -> Server {
    // Both take access tokens by XOAUTH2 on every protocol; only Google also offers OAUTHBEARER (RFC 7628).
    let auth: &[&str] = match provider {
        Provider::Google => &["xoauth2", "oauthbearer"],
        _ => &["xoauth2"],
    };
    Server {
        protocol: endpoint.protocol.word().to_owned(),
        host: endpoint.host.clone(),
        port: endpoint.port,
        security: endpoint.security.word().to_owned(),
        auth: auth.iter().map(|a| (*a).to_owned()).collect(),
        source: endpoint.source.word().to_owned(),
    }
}
