//! Servers that a domain names in its service records (RFC 6186, RFC 8314 section 5.1).

use std::cmp::Reverse;

use mailwright_domain::{Endpoint, FoundIn, Protocol, Security};
use mailwright_net::{Net, ServiceRecord};
use tokio::task::JoinSet;

use crate::found::{Confidence, Finding, FoundServer};

/// Most servers that are kept.
const MOST: usize = 12;

/// A service and what it means. Without TLS from the first byte it means STARTTLS here: nothing is used in plain text.
type Service = (&'static str, Protocol, Security);

const SERVICES: [Service; 6] = [
    ("_imaps._tcp", Protocol::Imap, Security::Tls),
    ("_imap._tcp", Protocol::Imap, Security::Starttls),
    ("_pop3s._tcp", Protocol::Pop3, Security::Tls),
    ("_pop3._tcp", Protocol::Pop3, Security::Starttls),
    ("_submissions._tcp", Protocol::Smtp, Security::Tls),
    ("_submission._tcp", Protocol::Smtp, Security::Starttls),
];

/// Asks for all services at once. A service that could not be asked for counts as not named.
pub(crate) async fn by_services(net: &Net, domain: &str) -> Option<Finding> {
    let mut asked = JoinSet::new();
    for (at, service) in SERVICES.into_iter().enumerate() {
        let (net, domain) = (net.clone(), domain.to_owned());
        asked.spawn(async move { (at, net.services(service.0, &domain).await) });
    }
    let mut answers: Vec<(usize, Vec<ServiceRecord>)> = Vec::new();
    while let Some(answer) = asked.join_next().await {
        if let Ok((at, Ok(records))) = answer {
            answers.push((at, records));
        }
    }
    answers.sort_by_key(|(at, _)| *at);
    let named = answers.into_iter();
    let servers = servers(named.map(|(at, records)| (SERVICES[at], records)).collect());
    Finding::named(FoundIn::Srv, domain, Confidence::Likely, servers)
}

/// In the order of RFC 6186 section 3.4: the priority also says which of several services is preferred. Of the same
/// priority TLS from the first byte goes first (RFC 8314 section 3), then the larger weight: a setting that is kept
/// must not be drawn by lot, as RFC 2782 has it for connections.
fn servers(named: Vec<(Service, Vec<ServiceRecord>)>) -> Vec<FoundServer> {
    let mut all: Vec<(ServiceRecord, Service)> = Vec::new();
    for (service, records) in named {
        // A single record whose target is the root says that the service is not offered; the root is never a server.
        let offered = records.into_iter().filter(|record| !record.host.is_empty());
        all.extend(offered.map(|record| (record, service)));
    }
    all.sort_by_key(|(record, (_, _, security))| {
        let later = *security != Security::Tls;
        (record.priority, later, Reverse(record.weight))
    });
    let endpoints = all
        .into_iter()
        .filter_map(|(record, service)| endpoint(&record, service));
    endpoints.take(MOST).map(FoundServer::from).collect()
}

fn endpoint(record: &ServiceRecord, (_, protocol, security): Service) -> Option<Endpoint> {
    // Names in the DNS may hold any byte; what is no host name is dropped here.
    let text = format!("{}:{}:{}", record.host, record.port, security);
    let read = Endpoint::parse(protocol, &text).ok()?;
    Some(Endpoint {
        source: FoundIn::Srv,
        ..read
    })
}

#[cfg(test)]
#[path = "srv_tests.rs"]
mod tests;
