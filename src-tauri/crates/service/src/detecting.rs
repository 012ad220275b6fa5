use std::time::Duration;

use mailwright_discovery::{
    Detection, Finding, FoundServer, Kind, Nothing, Places, detect, known_servers,
};
use mailwright_domain::{Cloud, EmailAddress, Endpoint, FoundIn};
use url::Url;

use crate::tenants::{Lookup, not_confirmed, told};
use crate::wire::{Detected, OtherFound, Server};
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
        match self.look_up(&address).await {
            Ok(found) => {
                let mut detected = wire(&address, &found);
                if found.best.kind == Kind::Microsoft365 {
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
                confidence: None,
                note: nothing.to_string(),
                incoming: Vec::new(),
                outgoing: Vec::new(),
                others: Vec::new(),
            }),
        }
    }

    /// Everything that is found about an address. Whoever is asked is told its domain alone.
    pub(crate) async fn look_up(&self, address: &EmailAddress) -> Result<Detection, Nothing> {
        let places = Places {
            database: self.database.clone(),
            microsoft: self.tenants.authority(Cloud::Global),
        };
        detect(&self.net, address, &places).await
    }

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
            let servers: Vec<FoundServer> = servers.into_iter().map(microsofts).collect();
            (detected.incoming, detected.outgoing) = split(&servers);
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

/// The database of providers that mail programs share, with what it says of a domain at `{address}/{domain}`.
pub(crate) fn usual_database() -> Option<Url> {
    Url::parse("https://autoconfig.thunderbird.net/v1.1/").ok()
}

fn wire(address: &EmailAddress, found: &Detection) -> Detected {
    let best = &found.best;
    let (incoming, outgoing) = split(&best.servers);
    Detected {
        address: address.to_string(),
        provider: Some(best.kind.provider().word().to_owned()),
        tenant: best.kind.tenant().map(str::to_owned),
        cloud: best.kind.tenant().map(|_| Cloud::Global.word().to_owned()),
        not_confirmed: None,
        tenant_note: None,
        source: Some(best.source.word().to_owned()),
        confidence: Some(best.confidence.word().to_owned()),
        note: best.told_by.clone(),
        incoming,
        outgoing,
        others: found.others.iter().map(other).collect(),
    }
}

fn other(finding: &Finding) -> OtherFound {
    let (incoming, outgoing) = split(&finding.servers);
    OtherFound {
        provider: finding.kind.provider().word().to_owned(),
        source: finding.source.word().to_owned(),
        confidence: finding.confidence.word().to_owned(),
        note: finding.told_by.clone(),
        incoming,
        outgoing,
    }
}

/// Servers for reading, and servers for sending.
fn split(servers: &[FoundServer]) -> (Vec<Server>, Vec<Server>) {
    let those = |receives: bool| {
        servers
            .iter()
            .filter(|s| s.endpoint.protocol.receives() == receives)
            .map(server)
            .collect()
    };
    (those(true), those(false))
}

/// A server of Microsoft's in one of its clouds.
fn microsofts(endpoint: Endpoint) -> FoundServer {
    FoundServer {
        auth: vec!["xoauth2"],
        ..endpoint.into()
    }
}

fn server(found: &FoundServer) -> Server {
    let endpoint = &found.endpoint;
    Server {
        protocol: endpoint.protocol.word().to_owned(),
        host: endpoint.host.clone(),
        port: endpoint.port,
        security: endpoint.security.word().to_owned(),
        auth: found.auth.iter().map(|a| (*a).to_owned()).collect(),
        login: found.login.clone(),
        source: endpoint.source.word().to_owned(),
    }
}
