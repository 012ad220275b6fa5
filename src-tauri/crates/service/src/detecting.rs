use std::time::Duration;

use mailwright_discovery::{Detection, Kind, Nothing, detect, known_servers};
use mailwright_domain::{Cloud, EmailAddress, Endpoint, FoundIn, Provider};

use crate::tenants::{Lookup, not_confirmed, told};
use crate::wire::{Detected, Server};
use crate::{Code, Failure, Hint, Service};

/// How long the look-up of the tenant may hold up the answer about servers.
const PATIENCE: Duration = Duration::from_secs(8);

impl Service {
    /// Finds provider and servers of an address, and for an organisation at Microsoft its tenant and cloud. That nothing was found is an answer; typing the servers always works.
    ///
    /// # Errors
    /// The address is malformed, or no name server answered.
    pub async fn detect(&self, address: &str) -> Result<Detected, Failure> {
        let address = read_address(address)?;
        match detect(&self.net, &address).await {
            Ok(found) => {
                let mut detected = wire(&address, &found);
                if found.kind == Kind::Microsoft365 {
                    self.add_tenant(&address, &mut detected).await;
                }
                Ok(detected)
            }
            Err(nothing @ Nothing::Unreachable { .. }) => Err(unreachable(&nothing)),
            Err(nothing) => Ok(Detected {
                address: address.to_string(),
                provider: None,
                tenant: None,
                cloud: None,
                not_confirmed: None,
                tenant_note: None,
                source: None,
                note: nothing.to_string(),
                incoming: Vec::new(),
                outgoing: Vec::new(),
            }),
        }
    }
}

impl Service {
    /// The domain alone is sent. Not knowing the tenant leaves the rest as it is.
    async fn add_tenant(&self, address: &EmailAddress, detected: &mut Detected) {
        if matches!(self.tenants, Lookup::Nowhere) {
            return;
        }
        let domain = address.ascii_domain();
        let asked = self.tenant_of(domain, Cloud::Global, None);
        let found = match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                detected.tenant_note = Some(told(domain, &error).message);
                return;
            }
            Err(_) => {
                let seconds = PATIENCE.as_secs();
                detected.tenant_note = Some(format!(
                    "Microsoft did not say within {seconds} seconds which tenant {domain} has. Try again later, or enter the tenant ID by hand."
                ));
                return;
            }
        };
        detected.tenant = Some(found.id);
        let Some(cloud) = found.cloud else { return };
        detected.cloud = Some(cloud.word().to_owned());
        detected.not_confirmed = not_confirmed(cloud);
        if cloud != Cloud::Global {
            let servers = known_servers(Kind::Microsoft365, cloud, FoundIn::BuiltIn);
            (detected.incoming, detected.outgoing) = split(&servers, Provider::Microsoft);
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
    let (incoming, outgoing) = split(&found.servers, found.kind.provider());
    Detected {
        address: address.to_string(),
        provider: Some(found.kind.provider().word().to_owned()),
        tenant: found.kind.tenant().map(str::to_owned),
        cloud: found.kind.tenant().map(|_| Cloud::Global.word().to_owned()),
        not_confirmed: None,
        tenant_note: None,
        source: Some(found.source.word().to_owned()),
        note: found.told_by.clone(),
        incoming,
        outgoing,
    }
}

/// Servers for reading, and servers for sending.
fn split(servers: &[Endpoint], provider: Provider) -> (Vec<Server>, Vec<Server>) {
    let those = |receives: bool| {
        servers
            .iter()
            .filter(|s| s.protocol.receives() == receives)
            .map(|s| server(s, provider))
            .collect()
    };
    (those(true), those(false))
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
