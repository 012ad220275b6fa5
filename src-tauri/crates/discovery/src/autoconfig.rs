//! Settings documents: where a domain has its own, and where the database of providers has one. Nobody is told more
//! than the domain.

use std::time::Duration;

use mailwright_domain::{EmailAddress, Endpoint, FoundIn, Protocol};
use mailwright_net::{HttpReply, Net};
use url::Url;

use crate::found::{Confidence, Finding, FoundServer};
use crate::placeholders::{host, login};
use crate::settings::{RawServer, read};

/// Limit for one document, its redirects included.
const LIMIT: Duration = Duration::from_secs(5);

/// Where a domain's own document may be (Mozilla: “Autoconfiguration”); the parameter `emailaddress` is left out.
pub(crate) fn own_places(domain: &str) -> Vec<Url> {
    let places = [
        format!("https://autoconfig.{domain}/mail/config-v1.1.xml"),
        format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"),
    ];
    places
        .iter()
        .filter_map(|text| Url::parse(text).ok())
        .collect()
}

/// Where the database has the document of a domain.
pub(crate) fn database_place(base: &Url, domain: &str) -> Option<Url> {
    let mut url = base.clone();
    url.path_segments_mut().ok()?.pop_if_empty().push(domain);
    Some(url)
}

/// Domains that a mail exchanger may belong to, nearest first; the database knows many providers by these.
pub(crate) fn domains_of_exchanger(exchanger: &str) -> Vec<&str> {
    std::iter::successors(exchanger.split_once('.'), |(_, rest)| rest.split_once('.'))
        .map(|(_, parent)| parent)
        .filter(|parent| parent.contains('.'))
        .take(2)
        .collect()
}

/// Reads one document; none where there is none that can be used.
pub(crate) async fn by_document(
    net: &Net,
    url: Url,
    address: &EmailAddress,
    source: FoundIn,
    confidence: Confidence,
) -> Option<Finding> {
    let told_by = url.host_str()?.to_owned();
    let reply = net.document(url, LIMIT).await.ok()?;
    let servers = servers(&reply, address, source);
    Finding::named(source, &told_by, confidence, servers)
}

fn servers(reply: &HttpReply, address: &EmailAddress, source: FoundIn) -> Vec<FoundServer> {
    if reply.status != 200 {
        return Vec::new();
    }
    // A document that breaks a limit is treated as none: half of it may be the wrong half.
    let raw = read(&reply.body).unwrap_or_default();
    let servers = raw.iter().filter_map(|raw| server(raw, address, source));
    servers.collect()
}

/// A server of one of the three protocols, with protection; anything else is left out.
pub(crate) fn server(
    raw: &RawServer,
    address: &EmailAddress,
    source: FoundIn,
) -> Option<FoundServer> {
    let protocol = match raw.kind.to_ascii_lowercase().as_str() {
        "imap" => Protocol::Imap,
        "pop3" => Protocol::Pop3,
        "smtp" => Protocol::Smtp,
        _ => return None,
    };
    let security = match raw.socket.to_ascii_uppercase().as_str() {
        "SSL" | "TLS" => "tls",
        "STARTTLS" => "starttls",
        _ => return None, // plain text is never proposed
    };
    let port: u16 = raw.port.parse().ok().filter(|port| *port > 0)?;
    let text = format!("{}:{port}:{security}", host(&raw.host, address)?);
    let endpoint = Endpoint::parse(protocol, &text).ok()?;
    Some(FoundServer {
        endpoint: Endpoint { source, ..endpoint },
        auth: auth(&raw.auth),
        login: login(&raw.login, address),
    })
}

/// Ways to sign in that mean something here, the ones with a token first.
fn auth(words: &[String]) -> Vec<&'static str> {
    let has = |word: &str| words.iter().any(|w| w.eq_ignore_ascii_case(word));
    let known = [("OAuth2", "oauth2"), ("password-cleartext", "password")];
    let mut found: Vec<&str> = Vec::new();
    for (word, ours) in known {
        if has(word) {
            found.push(ours);
        }
    }
    found
}

#[cfg(test)]
#[path = "autoconfig_tests.rs"]
mod tests;
