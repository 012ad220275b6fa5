use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Outcome, RegistrationId, Verdict};

/// One thing that can be known about an app registration, each on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// The organisation exists, in the registration's cloud. Microsoft only.
    Tenant,
    /// The issuer publishes its addresses, and they are the registration's. Custom providers only.
    Issuer,
    /// The provider knows the client ID.
    Client,
    /// The provider accepts the client secret.
    Secret,
    /// The provider accepts the certificate, where that proves the client instead of a secret.
    Certificate,
    /// Tokens can be had without a client secret.
    PublicClient,
    /// The provider sends the browser back to the return address.
    Redirect,
    /// The return address is one of a program, and not of a web page (“Single-page application”).
    Platform,
    /// Somebody has agreed to the permissions.
    Consent,
}

impl Reading {
    /// Every reading, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Tenant,
        Self::Issuer,
        Self::Client,
        Self::Secret,
        Self::Certificate,
        Self::PublicClient,
        Self::Redirect,
        Self::Platform,
        Self::Consent,
    ];

    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Issuer => "issuer",
            Self::Client => "client",
            Self::Secret => "secret",
            Self::Certificate => "certificate",
            Self::PublicClient => "public-client",
            Self::Redirect => "redirect",
            Self::Platform => "platform",
            Self::Consent => "consent",
        }
    }
}

/// What a reading rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The provider was asked.
    Asked,
    /// A sign-in has shown it.
    SignIn,
    /// Nothing: it was not seen live.
    NotSeen,
}

/// One reading and how it came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationCheck {
    /// Which.
    pub id: Reading,
    /// How it came out; `Unchecked` where nobody can know yet.
    pub outcome: Outcome,
    /// What that rests on.
    pub basis: Basis,
    /// When it was seen; for a sign-in, when that was.
    pub seen: Option<Timestamp>,
    /// How long the provider took, where it was asked for this.
    pub took: Duration,
    /// One plain sentence: what was seen, or why nothing could be.
    pub detail: String,
    /// The diagnosis of a failure, or of what stood in the way.
    pub verdict: Option<Box<Verdict>>,
}

/// All readings of one look at a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationReport {
    /// The registration.
    pub registration: RegistrationId,
    /// When the provider was asked.
    pub checked: Timestamp,
    /// How long all of it took.
    pub took: Duration,
    /// In the order of [`Reading::ALL`].
    pub checks: Vec<RegistrationCheck>,
}
