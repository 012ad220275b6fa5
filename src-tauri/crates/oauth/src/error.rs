use std::time::Duration;

use mailwright_domain::Evidence;

/// Why a sign-in, a renewal or a revocation did not work. Every case carries what the diagnosis needs; none holds a
/// code, a token, a secret or a raw answer.
#[derive(Debug, thiserror::Error)]
pub enum OauthError {
    /// No loopback port could be opened.
    #[error("{}", .0.text)]
    NoLoopback(Box<Evidence>),
    /// Nobody came back from the browser in time.
    #[error("{}", .0.text)]
    NobodyCameBack(Box<Evidence>),
    /// The wait was cancelled here.
    #[error("{}", .0.text)]
    Cancelled(Box<Evidence>),
    /// What a person pasted is no answer to this sign-in, which goes on waiting.
    #[error("{}", .0.text)]
    Pasted(Box<Evidence>),
    /// The provider, or this registration, has no way to sign in with a code on another device.
    #[error("{}", .0.text)]
    NoDeviceCode(Box<Evidence>),
    /// The code on another device ended before somebody had signed in with it (RFC 8628 section 3.5).
    #[error("{}", .0.text)]
    CodeEnded(Box<Evidence>),
    /// The browser came back with an error instead of a code (RFC 6749 section 4.1.2.1), or somebody said no on another
    /// device.
    #[error("the sign-in page answered: {}", words(.0))]
    Denied(Box<Evidence>),
    /// Nothing definitive was said: no connection, a 5xx, a 429, `temporarily_unavailable`. Keep what there is and
    /// try again later.
    #[error("the sign-in server cannot answer now: {}", words(.evidence))]
    Transient {
        /// How long the server asks to wait (RFC 9110 section 10.2.3), at most one day.
        retry_after: Option<Duration>,
        /// What was seen.
        evidence: Box<Evidence>,
    },
    /// A person has to sign in again or to satisfy a policy; the grant itself is not dead.
    #[error("somebody has to sign in: {}", words(.evidence))]
    NeedsPerson {
        /// Entra's `claims` value, to be passed back with the next sign-in.
        claims: Option<String>,
        /// What was seen.
        evidence: Box<Evidence>,
    },
    /// The code or the grant is definitively rejected (`invalid_grant`, RFC 6749 section 5.2).
    #[error("the sign-in was rejected: {}", words(.0))]
    Rejected(Box<Evidence>),
    /// Registration, secret or request is at fault; the grant says nothing about it and is kept.
    #[error("the sign-in server refused the request: {}", words(.0))]
    Refused(Box<Evidence>),
    /// The answer is not one of a token endpoint: another server, a proxy's or a captive portal's page.
    #[error("{}", .0.text)]
    Unreadable(Box<Evidence>),
    /// The ID token is not for this sign-in (OpenID Connect Core 1.0 section 3.1.3.7).
    #[error("{}", .0.text)]
    Identity(Box<Evidence>),
}

impl OauthError {
    /// What the diagnosis needs.
    pub fn evidence(&self) -> &Evidence {
        match self {
            Self::NoLoopback(evidence)
            | Self::NobodyCameBack(evidence)
            | Self::Cancelled(evidence)
            | Self::Pasted(evidence)
            | Self::NoDeviceCode(evidence)
            | Self::CodeEnded(evidence)
            | Self::Denied(evidence)
            | Self::Transient { evidence, .. }
            | Self::NeedsPerson { evidence, .. }
            | Self::Rejected(evidence)
            | Self::Refused(evidence)
            | Self::Unreadable(evidence)
            | Self::Identity(evidence) => evidence,
        }
    }

    /// The same, owned.
    pub fn into_evidence(self) -> Box<Evidence> {
        match self {
            Self::NoLoopback(evidence)
            | Self::NobodyCameBack(evidence)
            | Self::Cancelled(evidence)
            | Self::Pasted(evidence)
            | Self::NoDeviceCode(evidence)
            | Self::CodeEnded(evidence)
            | Self::Denied(evidence)
            | Self::Transient { evidence, .. }
            | Self::NeedsPerson { evidence, .. }
            | Self::Rejected(evidence)
            | Self::Refused(evidence)
            | Self::Unreadable(evidence)
            | Self::Identity(evidence) => evidence,
        }
    }

    /// Whether the code or the grant is dead for good. Only then may a stored refresh token be cleared: a network
    /// failure, a 5xx, a wrong client secret or a demand for a second factor all leave it as good as it was.
    pub fn is_definitive(&self) -> bool {
        matches!(self, Self::Rejected(_))
    }

    /// Whether trying the same again later may work.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient { .. })
    }

    /// How long the server asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Transient { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// The description where there is one, else the `error` value.
fn words(evidence: &Evidence) -> &str {
    if evidence.text.is_empty() {
        evidence
            .oauth_error
            .as_deref()
            .unwrap_or("no reason was given")
    } else {
        &evidence.text
    }
}
