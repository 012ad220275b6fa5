use mailwright_domain::{AuthKind, Fault, Protocol, Provider, Security, Stage};
use serde::Deserialize;

use crate::compact::Compact;

/// One way to recognise a failure. Every condition given must hold; of a list, one member is enough.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// Entra numbers, compared exactly.
    pub aadsts: Vec<u32>,
    /// Any Entra number at all.
    pub any_aadsts: bool,
    /// Basic codes of an SMTP reply.
    pub smtp: Vec<u16>,
    /// Enhanced codes of the same reply.
    pub enhanced: Vec<EnhancedRange>,
    /// Class of a reply: 4 for refused for now, 5 for refused for good (RFC 5321 section 4.2.1).
    pub smtp_class: Option<u8>,
    /// IMAP or POP3 response codes.
    pub response_code: Vec<String>,
    /// What this program observed itself.
    pub fault: Vec<Fault>,
    /// OAuth `error` values.
    pub oauth_error: Vec<String>,
    /// Any OAuth `error` value at all.
    pub any_oauth_error: bool,
    /// Status of an HTTP answer.
    pub http_status: Vec<HttpStatus>,
    /// Phrases, one of which occurs.
    pub text: Vec<Phrase>,
    /// Phrases, all of which occur.
    pub all_text: Vec<Phrase>,
    /// Parts of the token's audience.
    pub audience: Vec<String>,
    /// Parts of permission names, none of which the token carries although it names its permissions.
    pub lacks_scope: Vec<String>,
    /// Parts of names of an app's own permissions, none of which the token carries although it names its own.
    pub lacks_role: Vec<String>,
    /// Surroundings without which the rule says nothing.
    pub when: Surroundings,
    /// Surroundings that make it more likely; known others make it less likely.
    pub likely: Surroundings,
    /// Added to the weight of the rule.
    pub bias: i32,
}

impl Rule {
    /// Whether it looks at anything at all beyond its surroundings.
    pub fn looks_at_something(&self) -> bool {
        self.any_aadsts
            || self.any_oauth_error
            || self.smtp_class.is_some()
            || !(self.aadsts.is_empty()
                && self.smtp.is_empty()
                && self.enhanced.is_empty()
                && self.response_code.is_empty()
                && self.fault.is_empty()
                && self.oauth_error.is_empty()
                && self.http_status.is_empty()
                && self.text.is_empty()
                && self.all_text.is_empty()
                && self.audience.is_empty()
                && self.lacks_scope.is_empty()
                && self.lacks_role.is_empty())
    }
}

/// Where something was observed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Surroundings {
    /// Stages.
    pub stage: Vec<Stage>,
    /// Protocols.
    pub protocol: Vec<Protocol>,
    /// Providers.
    pub provider: Vec<Provider>,
    /// Ways to sign in.
    pub auth: Vec<AuthKind>,
    /// Ports.
    pub port: Vec<u16>,
    /// Protections.
    pub security: Vec<Security>,
    /// Parts of host names, in lower case.
    pub host: Vec<String>,
}

/// A phrase to look for. White space and the case of ASCII letters do not count.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub struct Phrase {
    /// As written in the catalogue.
    pub written: String,
    pub(crate) compact: Compact,
}

impl From<String> for Phrase {
    fn from(written: String) -> Self {
        let compact = Compact::of(&written);
        Self { written, compact }
    }
}

/// An enhanced status code (RFC 3463), written `5.7.139`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Enhanced(pub u8, pub u16, pub u16);

impl TryFrom<String> for Enhanced {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        let mut parts = written.split('.');
        let code = (|| {
            let class = parts.next()?.parse().ok()?;
            let subject = parts.next()?.parse().ok()?;
            let detail = parts.next()?.parse().ok()?;
            parts
                .next()
                .is_none()
                .then_some(Self(class, subject, detail))
        })();
        code.ok_or_else(|| format!("{written} is not an enhanced status code"))
    }
}

impl std::fmt::Display for Enhanced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Enhanced status codes that differ in the last number only, written `4.7.500-699`, or one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct EnhancedRange {
    first: Enhanced,
    last: u16,
}

impl EnhancedRange {
    /// Whether this code is meant.
    pub fn has(self, code: Enhanced) -> bool {
        (code.0, code.1) == (self.first.0, self.first.1)
            && (self.first.2..=self.last).contains(&code.2)
    }
}

impl TryFrom<String> for EnhancedRange {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        let (first, last) = match written.split_once('-') {
            Some((first, last)) => (first.to_owned(), Some(last)),
            None => (written.clone(), None),
        };
        let first = Enhanced::try_from(first)?;
        let last = match last {
            Some(last) => last.parse().ok().filter(|last| *last > first.2),
            None => Some(first.2),
        };
        let last = last.ok_or_else(|| format!("{written} is not a range of enhanced codes"))?;
        Ok(Self { first, last })
    }
}

/// A status of an HTTP answer, written `429`, or `5xx` for all of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct HttpStatus {
    low: u16,
    high: u16,
}

impl HttpStatus {
    /// Whether this status is meant.
    pub fn is(self, status: u16) -> bool {
        (self.low..=self.high).contains(&status)
    }
}

impl TryFrom<String> for HttpStatus {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        let number = |s: &str| s.parse::<u16>().ok().filter(|n| (100..600).contains(n));
        match (number(&written), number(&written.replace("xx", "00"))) {
            (Some(status), _) => Ok(Self {
                low: status,
                high: status,
            }),
            (None, Some(low)) => Ok(Self {
                low,
                high: low + 99,
            }),
            (None, None) => Err(format!("{written} is not an HTTP status")),
        }
    }
}
