use mailwright_domain::{ClientCertificate, RegistrationCheck, RegistrationReport};
use serde::{Deserialize, Serialize};

use super::VerdictInfo;
use super::testing::{milliseconds, word};

/// Answer of `registration add` and `registration set`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegistrationSaved {
    /// The registration's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What was found out while it was saved, one sentence each.
    pub notes: Vec<String>,
}

/// An organisation at Microsoft, found from one of its domains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TenantFound {
    /// The domain asked about.
    pub domain: String,
    /// Its “Directory (tenant) ID”.
    pub tenant: String,
    /// Its Microsoft cloud.
    pub cloud: String,
    /// What of this cloud Microsoft has not confirmed, as a sentence.
    pub not_confirmed: Option<String>,
}

/// Answer of `registration show`; there is no field for the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegistrationDetails {
    /// The registration's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `microsoft`, `google` or `custom`.
    pub provider: String,
    /// Client ID.
    pub client_id: String,
    /// Microsoft tenant.
    pub tenant: Option<String>,
    /// Microsoft cloud.
    pub cloud: String,
    /// What of this cloud Microsoft has not confirmed, as a sentence.
    pub not_confirmed: Option<String>,
    /// Authority other than the cloud's own.
    pub authority: Option<String>,
    /// Authorization endpoint of a custom provider.
    pub authorize_url: Option<String>,
    /// Token endpoint of a custom provider.
    pub token_url: Option<String>,
    /// Device authorization endpoint of a custom provider.
    pub device_url: Option<String>,
    /// Revocation endpoint of a custom provider.
    pub revoke_url: Option<String>,
    /// Address that the provider sends the browser back to.
    pub redirect_uri: String,
    /// Scopes asked for instead of the usual ones.
    pub scopes: Vec<String>,
    /// Whether a client secret is in the keychain.
    pub has_secret: bool,
    /// Day on which it ends.
    pub secret_expires: Option<String>,
    /// Google: `testing` or `production`, where its owner said.
    pub publishing: Option<String>,
    /// Certificate that proves it; its private key is in the keychain.
    pub certificate: Option<CertificateInfo>,
    /// Mailboxes that use it.
    pub mailboxes: Vec<String>,
    /// The last look at it, if there was one.
    pub last_check: Option<RegistrationChecked>,
}

/// Answer of `registration check`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegistrationChecked {
    /// The registration's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When the provider was asked.
    pub checked: String,
    /// How long all of it took, in milliseconds.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ms: u64,
    /// One reading each.
    pub checks: Vec<RegistrationCheckInfo>,
}

/// One reading about an app registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegistrationCheckInfo {
    /// `tenant`, `issuer`, `client`, `secret`, `certificate`, `public-client`, `redirect`, `platform` or `consent`.
    pub id: String,
    /// `passed`, `failed`, `skipped` or `unchecked`.
    pub outcome: String,
    /// What it rests on: `asked` (the provider was), `sign-in` (one has shown it) or `not-seen`.
    pub basis: String,
    /// When it was seen; for a sign-in, when that was.
    pub seen: Option<String>,
    /// How long the provider took, in milliseconds.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ms: u64,
    /// One plain sentence: what was seen, or why nothing could be.
    pub detail: String,
    /// The diagnosis of a failure, or of what stood in the way.
    pub verdict: Option<VerdictInfo>,
}

impl RegistrationChecked {
    /// The report of the registration with this name.
    pub fn new(name: &str, report: &RegistrationReport) -> Self {
        Self {
            id: report.registration.to_string(),
            name: name.to_owned(),
            checked: report.checked.to_string(),
            ms: milliseconds(report.took),
            checks: report.checks.iter().map(Into::into).collect(),
        }
    }
}

impl From<&RegistrationCheck> for RegistrationCheckInfo {
    fn from(check: &RegistrationCheck) -> Self {
        Self {
            id: check.id.word().to_owned(),
            outcome: word(check.outcome),
            basis: word(check.basis),
            seen: check.seen.map(|seen| seen.to_string()),
            ms: milliseconds(check.took),
            detail: check.detail.clone(),
            verdict: check.verdict.as_deref().map(VerdictInfo::from),
        }
    }
}

/// A certificate that proves an app registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CertificateInfo {
    /// Whom it names.
    pub subject: String,
    /// SHA-1 in hexadecimal, as Microsoft shows it.
    pub thumbprint: String,
    /// SHA-256 as Base64url, by which the provider finds it.
    pub x5t_s256: String,
    /// When it stops being valid.
    pub expires: String,
}

impl From<&ClientCertificate> for CertificateInfo {
    fn from(certificate: &ClientCertificate) -> Self {
        Self {
            subject: certificate.subject.clone(),
            thumbprint: certificate.thumbprint.clone(),
            x5t_s256: certificate.x5t_s256.clone(),
            expires: certificate.not_after.to_string(),
        }
    }
}

/// Answer of `registration list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Registrations {
    /// All of them, by name.
    pub registrations: Vec<RegistrationDetails>,
}

/// An app registration as entered in the window. An empty text means that nothing was entered. The client secret
/// travels beside it, as a [`mailwright_domain::Secret`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegistrationForm {
    /// Name that people give it.
    pub name: String,
    /// `microsoft`, `google` or `custom`.
    pub provider: String,
    /// Client ID.
    pub client_id: String,
    /// Microsoft tenant.
    pub tenant: String,
    /// Microsoft cloud: `global`, `gcc-high`, `dod`, `china` or `custom`.
    pub cloud: String,
    /// Authority of a custom cloud, or issuer of a custom provider.
    pub authority: String,
    /// Authorization endpoint of a custom provider; where this or the next is empty, the issuer is asked.
    pub authorize_url: String,
    /// Token endpoint of a custom provider.
    pub token_url: String,
    /// Device authorization endpoint of a custom provider, if it has one.
    pub device_url: String,
    /// Revocation endpoint of a custom provider, if it has one.
    pub revoke_url: String,
    /// Fixed redirect address; empty means any free port of this computer.
    pub redirect_uri: String,
    /// Scopes instead of the usual ones.
    pub scopes: Vec<String>,
    /// Day on which the secret ends, `YYYY-MM-DD`.
    pub secret_expires: String,
    /// Google: `testing` or `production`; empty where nobody knows.
    pub publishing: String,
}

/// What is said about one entered field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FieldNote {
    /// The field's name in [`RegistrationForm`], or `client_secret`.
    pub field: String,
    /// Whether it cannot be saved like this; otherwise it is a hint.
    pub wrong: bool,
    /// One sentence.
    pub message: String,
}
