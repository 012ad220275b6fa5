//! What was found, where, and how sure that is.

use std::cmp::Reverse;

use mailwright_domain::{Cloud, Endpoint, FoundIn, Provider};

use crate::builtin::{Kind, kind_of_hosts, known_servers};

/// How sure it is that the mailbox is there. It says nothing about whether a token may go there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// A sign that other arrangements give, too.
    Possible,
    /// The domain's owner, or who keeps the list of providers, says so.
    Likely,
    /// Mail for the domain really goes there.
    Certain,
}

impl Confidence {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// One server, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundServer {
    /// Where it is.
    pub endpoint: Endpoint,
    /// Ways to sign in, best first, in the words of `detect --json`; empty where nobody said.
    pub auth: Vec<&'static str>,
    /// The name to sign in with, where it is not the address.
    pub login: Option<String>,
}

impl From<Endpoint> for FoundServer {
    fn from(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            auth: Vec::new(),
            login: None,
        }
    }
}

/// One answer to where a mailbox is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The provider.
    pub kind: Kind,
    /// Where that was found.
    pub source: FoundIn,
    /// The name that told it: a domain, a mail exchanger, the host of a document.
    pub told_by: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Servers for reading and sending, the best of each protocol first.
    pub servers: Vec<FoundServer>,
}

impl Finding {
    /// A provider whose servers are known. They come from its own list; only that it is this provider was found.
    pub(crate) fn provider(
        kind: Kind,
        source: FoundIn,
        told_by: &str,
        confidence: Confidence,
    ) -> Self {
        let auth: &[&str] = match kind {
            Kind::Google => &["xoauth2", "oauthbearer"],
            _ => &["xoauth2"],
        };
        let servers = known_servers(kind, Cloud::Global, FoundIn::BuiltIn);
        Self {
            kind,
            source,
            told_by: told_by.to_owned(),
            confidence,
            servers: servers
                .into_iter()
                .map(|endpoint| FoundServer {
                    auth: auth.to_vec(),
                    ..endpoint.into()
                })
                .collect(),
        }
    }

    /// Servers that somebody named; none where there are none. Where all of them are one known provider's, it is that
    /// provider, and its own list is what counts.
    pub(crate) fn named(
        source: FoundIn,
        told_by: &str,
        confidence: Confidence,
        servers: Vec<FoundServer>,
    ) -> Option<Self> {
        let hosts: Vec<&str> = servers.iter().map(|s| s.endpoint.host.as_str()).collect();
        if hosts.is_empty() {
            return None;
        }
        Some(match kind_of_hosts(&hosts) {
            Some(kind) => Self::provider(kind, source, told_by, confidence),
            None => Self {
                kind: Kind::Other,
                source,
                told_by: told_by.to_owned(),
                confidence,
                servers,
            },
        })
    }

    /// Whether the servers are only as trustworthy as whoever named them. No token goes to such a server before a
    /// person has entered it.
    pub fn is_only_named(&self) -> bool {
        self.kind == Kind::Other
    }

    /// The servers alone.
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let servers = self.servers.iter();
        servers.map(|server| server.endpoint.clone()).collect()
    }

    /// Whether another finding says the same.
    fn agrees_with(&self, other: &Self) -> bool {
        let places = |finding: &Self| -> Vec<_> {
            let mut places: Vec<_> = finding.servers.iter().map(place).collect();
            places.sort();
            places.dedup();
            places
        };
        self.kind == other.kind && places(self) == places(other)
    }
}

fn place(server: &FoundServer) -> (&'static str, String, u16) {
    let endpoint = &server.endpoint;
    (
        endpoint.protocol.word(),
        endpoint.host.clone(),
        endpoint.port,
    )
}

/// All that was found about an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// The best answer.
    pub best: Finding,
    /// Other answers, better ones first, so that a person can choose; none that says the same as another.
    pub others: Vec<Finding>,
}

impl Detection {
    /// Puts findings in order; none where there are none.
    pub(crate) fn of(mut findings: Vec<Finding>) -> Option<Self> {
        findings.sort_by_key(|finding| (rank(finding.source), Reverse(finding.confidence)));
        let mut distinct: Vec<Finding> = Vec::new();
        for finding in findings {
            if !distinct.iter().any(|known| known.agrees_with(&finding)) {
                distinct.push(finding);
            }
        }
        let mut distinct = distinct.into_iter();
        Some(Self {
            best: distinct.next()?,
            others: distinct.collect(),
        })
    }

    /// The best answer that names this provider.
    pub fn at(&self, provider: Provider) -> Option<&Finding> {
        std::iter::once(&self.best)
            .chain(&self.others)
            .find(|finding| finding.kind.provider() == provider)
    }
}

/// Which source goes before which: where mail really goes, then what the domain says under proof of its name, then what
/// it says without, then what others say of it, then mere signs.
pub(crate) fn rank(source: FoundIn) -> u8 {
    match source {
        FoundIn::Typed | FoundIn::BuiltIn | FoundIn::Domain => 0,
        FoundIn::Mx => 1,
        FoundIn::Autodiscover => 2,
        FoundIn::Autoconfig => 3,
        FoundIn::Srv => 4,
        FoundIn::Database => 5,
        FoundIn::Spf => 6,
        FoundIn::Tenant => 7,
    }
}

#[cfg(test)]
#[path = "found_tests.rs"]
mod tests;
