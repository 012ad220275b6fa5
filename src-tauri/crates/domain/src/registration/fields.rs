//! What can be seen of a registration's fields without asking the provider.

use url::Url;

use super::tenant::{ANY_ORGANISATION, is_guid, is_nobodys};
use super::{Cloud, FieldError, Provider, Registration};
use crate::{IDENTITY_SCOPES, Secret};

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

impl Registration {
    /// Checks what can be known without asking the provider, so that a wrong copy is caught while its source is
    /// still on screen. `secret` is trimmed by the caller and never re-encoded.
    ///
    /// # Errors
    /// The first field that cannot be right, with what to copy instead.
    pub fn check_fields(&self, secret: Option<&Secret>) -> Result<(), FieldError> {
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

    fn check_microsoft(&self, secret: Option<&Secret>) -> Result<(), FieldError> {
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
            if !one_word
                || !(is_nobodys(tenant)
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
            Provider::Microsoft if named(&["", "common", ANY_ORGANISATION]) => {
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
        self.scopes
            .iter()
            .filter(|scope| !IDENTITY_SCOPES.contains(&scope.as_str()))
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
#[path = "tests.rs"]
mod tests;
