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

/// A field of a registration that cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// Nothing entered.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Microsoft's client ID is a GUID.
    #[error(
        "“{0}” is not a client ID. Microsoft shows it as “Application (client) ID” on the app registration's Overview \
         page; it looks like 00001111-aaaa-2222-bbbb-3333cccc4444"
    )]
    ClientIdNotGuid(String),
    /// Google's client ID has a fixed ending.
    #[error("“{0}” is not a Google client ID; those end in .apps.googleusercontent.com")]
    ClientIdNotGoogle(String),
    /// Client and tenant ID are never the same.
    #[error("client ID and tenant ID are the same; one of them was copied from the wrong line")]
    ClientIsTenant,
    /// Neither GUID, domain nor one of the three common words.
    #[error(
        "“{0}” is not a tenant: give the “Directory (tenant) ID”, a domain of the organisation, or organizations"
    )]
    Tenant(String),
    /// The secret's ID instead of its value.
    #[error(
        "this looks like the Secret ID. Copy the column “Value” instead; Microsoft shows it only once, so you may need a new secret"
    )]
    SecretIsId,
    /// The client ID in the field of the secret.
    #[error("this is the client ID; copy the client secret instead")]
    SecretIsClientId,
    /// Plain http, and not on this computer.
    #[error("“{0}” must start with https:// (http:// is accepted for this computer only)")]
    NotHttps(String),
    /// Redirect addresses must lead back to this computer.
    #[error(
        "“{0}” does not lead back to this computer; it must start with http://localhost or http://127.0.0.1"
    )]
    RedirectNotLoopback(String),
    /// A custom cloud without the address to sign in at.
    #[error("a custom cloud needs an authority, the address to sign in at")]
    AuthorityMissing,
    /// A custom provider without its addresses.
    #[error(
        "a custom provider needs an address to sign in at and one to get tokens from, or an issuer that publishes them"
    )]
    AddressesMissing,
    /// Endpoints with a provider that has its own.
    #[error(
        "only a custom provider has addresses of its own to sign in at; choose that provider or leave them out"
    )]
    AddressesOfCustom,
    /// Only a Google project has a publishing status.
    #[error("only a Google project has a publishing status; leave it out")]
    PublishingOfGoogle,
    /// Access without anybody who signs in is not possible with it.
    #[error("{0}")]
    AppOnly(&'static str),
}

/// Whether an address may be given something secret: https, or plain http to this computer.
pub fn is_protected(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn is_guid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

impl Registration {
    /// Checks what can be known without asking the provider, so that a wrong copy is caught while its source is
    /// still on screen. `secret` is trimmed by the caller and never re-encoded.
    ///
    /// # Errors
    /// The first field that cannot be right, with what to copy instead.
    pub fn check_fields(&self, secret: Option<&crate::Secret>) -> Result<(), FieldError> {
        if self.name.trim().is_empty() {
            return Err(FieldError::Missing("the name"));
        }
        if self.client_id.is_empty() {
            return Err(FieldError::Missing("the client ID"));
        }
        if secret.is_some_and(|s| s.expose().eq_ignore_ascii_case(&self.client_id)) {
            return Err(FieldError::SecretIsClientId);
        }
        if self.publishing.is_some() && self.provider != Provider::Google {
            return Err(FieldError::PublishingOfGoogle);
        }
        match self.provider {
            Provider::Microsoft => self.check_microsoft(secret)?,
            Provider::Google if !self.client_id.ends_with(".apps.googleusercontent.com") => {
                return Err(FieldError::ClientIdNotGoogle(self.client_id.clone()));
            }
            Provider::Custom if self.custom.is_none() => {
                return Err(FieldError::AddressesMissing);
            }
            Provider::Google | Provider::Custom => {}
        }
        self.check_urls()
    }

    fn check_microsoft(&self, secret: Option<&crate::Secret>) -> Result<(), FieldError> {
        if !is_guid(&self.client_id) {
            return Err(FieldError::ClientIdNotGuid(self.client_id.clone()));
        }
        if secret.is_some_and(|s| is_guid(s.expose())) {
            return Err(FieldError::SecretIsId);
        }
        if self.cloud == Cloud::Custom && self.authority.is_none() {
            return Err(FieldError::AuthorityMissing);
        }
        if let Some(tenant) = &self.tenant {
            if tenant.eq_ignore_ascii_case(&self.client_id) {
                return Err(FieldError::ClientIsTenant);
            }
            let one_word = tenant
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
            let known = ["common", "organizations", "consumers"].contains(&tenant.as_str());
            if !one_word
                || !(known
                    || is_guid(tenant)
                    || tenant.contains('.')
                    || self.cloud == Cloud::Custom)
            {
                return Err(FieldError::Tenant(tenant.clone()));
            }
        }
        Ok(())
    }

    /// Whether this registration can get access for itself, without anybody who signs in (RFC 6749 section 4.4).
    ///
    /// # Errors
    /// [`FieldError::AppOnly`] with the reason and the one thing to do about it.
    pub fn check_app_only(&self) -> Result<(), FieldError> {
        let named = |words: &[&str]| {
            let tenant = self.tenant.as_deref().unwrap_or_default();
            words.iter().any(|word| tenant.eq_ignore_ascii_case(word))
        };
        let reason = match self.provider {
            Provider::Google => {
                "Google gives an app registration of this kind no access of its own; somebody has to sign in"
            }
            Provider::Microsoft if named(&["consumers"]) => {
                "personal Microsoft accounts have no organisation that could give access; somebody has to sign in"
            }
            Provider::Microsoft if named(&["", "common", "organizations"]) => {
                "organisation access is given by one organisation, and the app registration names none. Enter its “Directory (tenant) ID”"
            }
            Provider::Custom if self.own_scopes().next().is_none() => {
                "the app registration names no permission to ask for. Enter the one that the provider gives to apps"
            }
            _ if !self.has_secret && self.certificate.is_none() => {
                "the app registration has neither a client secret nor a certificate, so it cannot prove itself without a person. Give it one of them"
            }
            _ => return Ok(()),
        };
        Err(FieldError::AppOnly(reason))
    }

    /// Scopes that are about mail and not about who signs in.
    fn own_scopes(&self) -> impl Iterator<Item = &String> {
        const IDENTITY: [&str; 4] = ["openid", "profile", "email", "offline_access"];
        self.scopes
            .iter()
            .filter(|scope| !IDENTITY.contains(&scope.as_str()))
    }

    fn check_urls(&self) -> Result<(), FieldError> {
        let custom = self.custom.iter().flat_map(|c| {
            [
                Some(&c.authorize),
                Some(&c.token),
                c.device.as_ref(),
                c.revoke.as_ref(),
            ]
            .into_iter()
            .flatten()
        });
        if let Some(url) = custom
            .chain(self.authority.as_ref())
            .find(|u| !is_protected(u))
        {
            return Err(FieldError::NotHttps(url.to_string()));
        }
        match &self.redirect_uri {
            Some(url) if url.scheme() != "http" || !is_loopback(url) => {
                Err(FieldError::RedirectNotLoopback(url.to_string()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    fn microsoft() -> Registration {
        Registration {
            id: RegistrationId(Uuid::nil()),
            name: "ERP mail".into(),
            provider: Provider::Microsoft,
            client_id: "00001111-aaaa-2222-bbbb-3333cccc4444".into(),
            tenant: Some("firma.nl".into()),
            cloud: Cloud::Global,
            authority: None,
            custom: None,
            scopes: Vec::new(),
            has_secret: false,
            secret_expires: None,
            publishing: None,
            certificate: None,
            redirect_uri: None,
        }
    }

    #[test]
    fn a_guid_in_the_secret_field_is_the_secret_id() {
        let secret = Secret::new("99998888-aaaa-2222-bbbb-3333cccc4444");
        assert_eq!(
            microsoft().check_fields(Some(&secret)),
            Err(FieldError::SecretIsId)
        );
        let client_id = Secret::new("00001111-AAAA-2222-bbbb-3333cccc4444");
        assert_eq!(
            microsoft().check_fields(Some(&client_id)),
            Err(FieldError::SecretIsClientId)
        );
        let value = Secret::new("abc8Q~xyz.real-value_with~tilde");
        assert_eq!(microsoft().check_fields(Some(&value)), Ok(()));
    }

    #[test]
    fn look_alike_fields_are_caught() {
        let mut r = microsoft();
        r.tenant = Some(r.client_id.to_uppercase());
        assert_eq!(r.check_fields(None), Err(FieldError::ClientIsTenant));
        r.tenant = Some("firma".into());
        assert_eq!(
            r.check_fields(None),
            Err(FieldError::Tenant("firma".into()))
        );
        r.client_id = "ERP mail".into();
        assert!(matches!(
            r.check_fields(None),
            Err(FieldError::ClientIdNotGuid(_))
        ));
        r.provider = Provider::Google;
        assert!(matches!(
            r.check_fields(None),
            Err(FieldError::ClientIdNotGoogle(_))
        ));
    }

    #[test]
    fn plain_http_is_for_this_computer_only() {
        let mut r = microsoft();
        r.cloud = Cloud::Custom;
        assert_eq!(r.check_fields(None), Err(FieldError::AuthorityMissing));
        r.authority = Url::parse("http://127.0.0.1:9400").ok();
        assert_eq!(r.check_fields(None), Ok(()));
        r.authority = Url::parse("http://login.example").ok();
        assert!(matches!(r.check_fields(None), Err(FieldError::NotHttps(_))));
        r.authority = Url::parse("http://127.0.0.1.evil.example").ok();
        assert!(matches!(r.check_fields(None), Err(FieldError::NotHttps(_))));
    }

    #[test]
    fn access_without_a_person_needs_an_organisation_and_something_to_prove_with() {
        let able = Registration {
            has_secret: true,
            ..microsoft()
        };
        assert_eq!(able.check_app_only(), Ok(()));
        let refused = |r: Registration, part: &str| {
            let error = r.check_app_only().unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        };
        refused(microsoft(), "neither a client secret nor a certificate");
        for (tenant, part) in [
            (None, "names none"),
            (Some("Common"), "names none"),
            (Some("organizations"), "names none"),
            (Some("consumers"), "personal Microsoft accounts"),
        ] {
            let tenant = tenant.map(str::to_owned);
            refused(
                Registration {
                    tenant,
                    ..able.clone()
                },
                part,
            );
        }
        let other = |provider, scopes: &[&str]| Registration {
            provider,
            scopes: scopes.iter().map(|&s| s.to_owned()).collect(),
            ..able.clone()
        };
        refused(other(Provider::Google, &[]), "somebody has to sign in");
        refused(
            other(Provider::Custom, &["openid"]),
            "no permission to ask for",
        );
        assert_eq!(
            other(Provider::Custom, &["openid", "mail"]).check_app_only(),
            Ok(())
        );
    }

    #[test]
    fn a_redirect_leads_back_here() {
        let mut r = microsoft();
        for (text, fine) in [
            ("http://localhost/iche_demo/Handler", true),
            ("http://127.0.0.1:8400/cb", true),
            ("https://localhost/", false),
            ("http://erp.example/cb", false),
        ] {
            r.redirect_uri = Url::parse(text).ok();
            assert_eq!(r.check_fields(None).is_ok(), fine, "{text}");
        }
    }
}
