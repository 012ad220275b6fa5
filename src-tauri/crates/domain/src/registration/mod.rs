//! App registrations: who we are at a provider when somebody signs in.

mod field_error;
mod fields;
mod tenant;

pub use field_error::FieldError;
pub use fields::is_protected;
pub use tenant::{ANY_ORGANISATION, is_guid};

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

/// Identity of an app registration in this database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegistrationId(pub Uuid);

impl fmt::Display for RegistrationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who runs the mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// Microsoft 365 and Outlook.com.
    Microsoft,
    /// Google Workspace and Gmail.
    Google,
    /// Any other, with its own addresses.
    Custom,
}

impl Provider {
    /// The word used in options, files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Microsoft => "microsoft",
            Self::Google => "google",
            Self::Custom => "custom",
        }
    }

    /// The provider that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Microsoft, Self::Google, Self::Custom]
            .into_iter()
            .find(|p| p.word().eq_ignore_ascii_case(word))
    }
}

/// Microsoft's separate clouds; each has its own sign-in and mail hosts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cloud {
    /// The worldwide cloud, GCC included.
    #[default]
    Global,
    /// US Government GCC High.
    GccHigh,
    /// US Department of Defense.
    Dod,
    /// China, operated by 21Vianet.
    China,
    /// Microsoft's endpoint layout at another authority: a cloud to come, or a test server.
    Custom,
}

impl Cloud {
    /// Every cloud.
    pub const ALL: [Self; 5] = [
        Self::Global,
        Self::GccHigh,
        Self::Dod,
        Self::China,
        Self::Custom,
    ];

    /// The word used in options, files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::GccHigh => "gcc-high",
            Self::Dod => "dod",
            Self::China => "china",
            Self::Custom => "custom",
        }
    }

    /// The cloud that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|c| c.word().eq_ignore_ascii_case(word))
    }
}

/// Whether a Google project is published. While it is not, sign-ins end after seven days (Google: OAuth 2.0, refresh
/// token expiration).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Publishing {
    /// “Testing”.
    Testing,
    /// “In production”, or for one organisation alone (“Internal”).
    Production,
}

impl Publishing {
    /// The word used in options, files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Testing => "testing",
            Self::Production => "production",
        }
    }

    /// The status that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Testing, Self::Production]
            .into_iter()
            .find(|status| status.word().eq_ignore_ascii_case(word))
    }
}

/// Addresses of a provider that has no built-in profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomUrls {
    /// Authorization endpoint (RFC 6749 section 3.1).
    pub authorize: Url,
    /// Token endpoint (RFC 6749 section 3.2).
    pub token: Url,
    /// Device authorization endpoint (RFC 8628), if it has one.
    pub device: Option<Url>,
    /// Revocation endpoint (RFC 7009), if it has one.
    pub revoke: Option<Url>,
}

/// The public part of what proves a client without a secret (RFC 7523 section 2.2): a certificate that is entered at the
/// provider too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCertificate {
    /// The certificate itself, DER as Base64.
    pub der: String,
    /// Whom it names.
    pub subject: String,
    /// SHA-1 of the certificate in hexadecimal, as Microsoft shows it (“Thumbprint”).
    pub thumbprint: String,
    /// SHA-256 of the certificate, Base64url without padding (`x5t#S256`, RFC 7515 section 4.1.8).
    pub x5t_s256: String,
    /// When it begins to be valid.
    pub not_before: Timestamp,
    /// When it stops being valid.
    pub not_after: Timestamp,
}

/// What was registered with the provider: who *we* are when somebody signs in. Shared by many mailboxes.
/// The client secret, if there is one, lives in the keychain under this id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Identity in this database.
    pub id: RegistrationId,
    /// Name that people gave it; unique.
    pub name: String,
    /// Whose registration it is.
    pub provider: Provider,
    /// Client ID (Microsoft: “Application (client) ID”, a GUID).
    pub client_id: String,
    /// Microsoft's “Directory (tenant) ID”, a domain of it, or `common`, `organizations`, `consumers`.
    pub tenant: Option<String>,
    /// Microsoft cloud; `Global` for others.
    pub cloud: Cloud,
    /// Sign-in authority where it is not the cloud's own; also the issuer of a custom provider.
    pub authority: Option<Url>,
    /// Endpoints of a custom provider.
    pub custom: Option<CustomUrls>,
    /// Scopes to ask for instead of the profile's; empty means the profile's.
    pub scopes: Vec<String>,
    /// Whether a client secret is in the keychain.
    pub has_secret: bool,
    /// The day on which the client secret stops working, as its owner entered it.
    pub secret_expires: Option<Date>,
    /// Google: whether the project is published, as its owner said.
    pub publishing: Option<Publishing>,
    /// Certificate that proves the client instead of a secret; its private key is in the keychain.
    pub certificate: Option<ClientCertificate>,
    /// Fixed redirect address (platform “Web”); none means any free loopback port.
    pub redirect_uri: Option<Url>,
}
