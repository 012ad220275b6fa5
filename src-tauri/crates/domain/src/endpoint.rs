use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A way to read or send mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// Reading, RFC 3501 and RFC 9051.
    Imap,
    /// Reading, RFC 1939.
    Pop3,
    /// Message submission, RFC 6409.
    Smtp,
    /// Sending by Microsoft Graph (`sendMail`).
    Graph,
    /// Sending by the Gmail API (`users.messages.send`).
    Gmail,
}

impl Protocol {
    /// Every protocol, reading first.
    pub const ALL: [Self; 5] = [Self::Imap, Self::Pop3, Self::Smtp, Self::Graph, Self::Gmail];

    /// The protocol that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|protocol| protocol.word() == word)
    }

    /// The word used in files, options and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::Smtp => "smtp",
            Self::Graph => "graph",
            Self::Gmail => "gmail",
        }
    }

    /// Whether mail is read with it.
    pub fn receives(self) -> bool {
        matches!(self, Self::Imap | Self::Pop3)
    }

    /// Whether it is spoken in requests of HTTP.
    pub fn is_api(self) -> bool {
        matches!(self, Self::Graph | Self::Gmail)
    }

    /// The port that RFC 8314 section 7.3 gives for this mode; `Auto` gives the port for implicit TLS, except for
    /// submission, where 587 with STARTTLS is the one every provider has.
    pub fn default_port(self, security: Security) -> u16 {
        match (self, security) {
            (Self::Imap, Security::Auto | Security::Tls) => 993,
            (Self::Imap, Security::Starttls | Security::Plain) => 143,
            (Self::Pop3, Security::Auto | Security::Tls) => 995,
            (Self::Pop3, Security::Starttls | Security::Plain) => 110,
            (Self::Graph | Self::Gmail, _) => 443,
            (Self::Smtp, Security::Tls) => 465,
            (Self::Smtp, Security::Auto | Security::Starttls | Security::Plain) => 587,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How a connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// TLS or STARTTLS, by the port first and then by what the server offers; never ends in plain text.
    #[default]
    Auto,
    /// TLS from the first byte (RFC 8314 “implicit TLS”).
    Tls,
    /// Plain text first, then the STARTTLS command (RFC 3207, RFC 3501 section 6.2.1, RFC 2595).
    Starttls,
    /// No protection. A credential goes over it only where a person has allowed this host explicitly.
    Plain,
}

impl Security {
    /// The word used in files, options and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Tls => "tls",
            Self::Starttls => "starttls",
            Self::Plain => "plain",
        }
    }
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Where a setting came from. Shown to people, and it decides whether a host may be given a token: what was merely
/// discovered may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoundIn {
    /// Typed by a person.
    Typed,
    /// The provider's own settings, built into Mailwright.
    BuiltIn,
    /// The domain itself is the provider's (`outlook.com`, `gmail.com`).
    Domain,
    /// The domain's mail exchanger (MX) records name the provider.
    Mx,
    /// The domain's address for Microsoft's Autodiscover leads to Microsoft (a CNAME record).
    Autodiscover,
    /// A settings document of the domain's own, read over https.
    Autoconfig,
    /// The domain's service (SRV) records, RFC 6186 and RFC 8314.
    Srv,
    /// The database of providers that mail programs share.
    Database,
    /// The domain lets the provider send for it (SPF, RFC 7208).
    Spf,
    /// Microsoft has an organisation with this domain.
    Tenant,
}

impl FoundIn {
    /// Every place.
    pub const ALL: [Self; 10] = [
        Self::Typed,
        Self::BuiltIn,
        Self::Domain,
        Self::Mx,
        Self::Autodiscover,
        Self::Autoconfig,
        Self::Srv,
        Self::Database,
        Self::Spf,
        Self::Tenant,
    ];

    /// The word used in files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Typed => "typed",
            Self::BuiltIn => "built-in",
            Self::Domain => "domain",
            Self::Mx => "mx",
            Self::Autodiscover => "autodiscover",
            Self::Autoconfig => "autoconfig",
            Self::Srv => "srv",
            Self::Database => "database",
            Self::Spf => "spf",
            Self::Tenant => "tenant",
        }
    }
}

/// One server: protocol, host, port and protection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// What is spoken there.
    pub protocol: Protocol,
    /// Host name in A-label form, or an IP address.
    pub host: String,
    /// TCP port, 1 to 65535.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Where host and port came from.
    pub source: FoundIn,
}

/// Why a text is no `HOST[:PORT][:MODE]`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// The host part is empty or no host name.
    #[error("“{0}” is not a host name")]
    Host(String),
    /// The port is no number from 1 to 65535.
    #[error("“{0}” is not a port from 1 to 65535")]
    Port(String),
    /// The mode is not one of the four words.
    #[error("“{0}” is not one of auto, tls, starttls, plain")]
    Mode(String),
}

impl Endpoint {
    /// Reads `HOST[:PORT][:auto|tls|starttls|plain]` as a person types it; an IPv6 address stands in brackets.
    ///
    /// # Errors
    /// Says which of the three parts is wrong.
    pub fn parse(protocol: Protocol, text: &str) -> Result<Self, EndpointError> {
        let text = text.trim();
        let (host, rest) = match text.strip_prefix('[').and_then(|t| t.split_once(']')) {
            Some((host, rest)) => (host, rest.trim_start_matches(':')),
            None => text.split_once(':').unwrap_or((text, "")),
        };
        let mut parts: Vec<&str> = rest.split(':').filter(|p| !p.is_empty()).collect();
        let mut security = Security::Auto;
        if let Some(word) = parts
            .last()
            .filter(|p| !p.bytes().all(|b| b.is_ascii_digit()))
        {
            security = word.parse()?;
            parts.pop();
        }
        let port = match parts.as_slice() {
            [] => protocol.default_port(security),
            [port] => port
                .parse()
                .ok()
                .filter(|p| *p > 0)
                .ok_or_else(|| EndpointError::Port((*port).to_owned()))?,
            _ => return Err(EndpointError::Port(rest.to_owned())),
        };
        Ok(Self {
            protocol,
            host: host_name(host)?,
            port,
            security,
            source: FoundIn::Typed,
        })
    }
}

fn host_name(text: &str) -> Result<String, EndpointError> {
    match url::Host::parse(text) {
        _ if text.parse::<std::net::Ipv6Addr>().is_ok() => Ok(text.to_owned()),
        Ok(url::Host::Domain(name)) if !text.contains(['/', '@', ' ', '%']) => Ok(name),
        Ok(url::Host::Ipv4(address)) => Ok(address.to_string()),
        _ => Err(EndpointError::Host(text.to_owned())),
    }
}

impl FromStr for Security {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        match text.to_ascii_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "tls" | "ssl" => Ok(Self::Tls),
            "starttls" => Ok(Self::Starttls),
            "plain" => Ok(Self::Plain),
            _ => Err(EndpointError::Mode(text.to_owned())),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}:{}", self.host, self.port, self.security)
        } else {
            write!(f, "{}:{}:{}", self.host, self.port, self.security)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imap(text: &str) -> Result<(String, u16, Security), EndpointError> {
        Endpoint::parse(Protocol::Imap, text).map(|e| (e.host, e.port, e.security))
    }

    #[test]
    fn port_and_mode_may_be_left_out_in_any_combination() {
        assert_eq!(
            imap("mail.firma.nl"),
            Ok(("mail.firma.nl".into(), 993, Security::Auto))
        );
        assert_eq!(
            imap("mail.firma.nl:143"),
            Ok(("mail.firma.nl".into(), 143, Security::Auto))
        );
        assert_eq!(
            imap("mail.firma.nl:starttls"),
            Ok(("mail.firma.nl".into(), 143, Security::Starttls))
        );
        assert_eq!(
            imap("MAIL.firma.nl:10993:TLS"),
            Ok(("mail.firma.nl".into(), 10993, Security::Tls))
        );
        assert_eq!(
            imap("[::1]:1143:plain"),
            Ok(("::1".into(), 1143, Security::Plain))
        );
        assert_eq!(
            imap("127.0.0.1:1"),
            Ok(("127.0.0.1".into(), 1, Security::Auto))
        );
    }

    #[test]
    fn each_wrong_part_is_named() {
        assert_eq!(imap(""), Err(EndpointError::Host(String::new())));
        assert_eq!(imap("a b"), Err(EndpointError::Host("a b".into())));
        assert_eq!(imap("imaps://x"), Err(EndpointError::Mode("//x".into())));
        assert_eq!(imap("x.nl:0"), Err(EndpointError::Port("0".into())));
        assert_eq!(imap("x.nl:70000"), Err(EndpointError::Port("70000".into())));
        assert_eq!(
            imap("x.nl:993:ssl3"),
            Err(EndpointError::Mode("ssl3".into()))
        );
    }

    #[test]
    fn what_is_shown_can_be_read_back() {
        let endpoint = Endpoint::parse(Protocol::Smtp, "[::1]:2525:starttls").unwrap();
        assert_eq!(
            Endpoint::parse(Protocol::Smtp, &endpoint.to_string()),
            Ok(endpoint)
        );
    }
}
