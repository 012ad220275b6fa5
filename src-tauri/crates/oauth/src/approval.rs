//! The administrator's approval, which Microsoft calls admin consent: one person allows an app for everybody of an
//! organisation (identity-platform/v2-admin-consent).

use std::fmt;

use mailwright_domain::Secret;
use oauth2::CsrfToken;
use url::Url;

use crate::profile::Profile;

/// One visit to the approval page by the person in front of this computer. Every retry is a new one.
pub struct ApprovalRequest {
    url: Url,
    state: Secret,
}

impl ApprovalRequest {
    /// None where the provider has no such page: all but Microsoft, and personal Microsoft accounts, which have no
    /// administrator.
    pub fn new(profile: &Profile, redirect_uri: &str) -> Option<Self> {
        let state = CsrfToken::new_random_len(32);
        Some(Self {
            url: approval_url(profile, redirect_uri, state.secret())?,
            state: Secret::new(state.into_secret()),
        })
    }

    /// The address to open in the system's browser, or to copy.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The value that the browser must bring back.
    pub fn state(&self) -> &Secret {
        &self.state
    }
}

/// Where an administrator approves exactly what a sign-in with this profile asks for. None where there is no such
/// page, see [`ApprovalRequest::new`].
pub fn approval_url(profile: &Profile, redirect_uri: &str, state: &str) -> Option<Url> {
    let mut url = profile.admin_consent.clone()?;
    url.query_pairs_mut()
        .append_pair("client_id", &profile.client_id)
        .append_pair("scope", &profile.scopes.join(" "))
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("state", state);
    Some(url)
}

/// Shows where to, and nothing that the browser must bring back.
impl fmt::Debug for ApprovalRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApprovalRequest")
            .field("host", &self.url.host_str())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use mailwright_domain::{Cloud, Provider, Purpose, Registration, SendVia};

    use super::*;
    use crate::fixture::{custom_at, registration, url};

    fn link(registration: &Registration, purpose: Purpose) -> Option<Url> {
        let profile = Profile::new(registration, purpose).unwrap();
        approval_url(&profile, "http://localhost", "s")
    }

    fn asked(url: &Url, name: &str) -> String {
        let found = url.query_pairs().find(|(key, _)| key == name);
        found.unwrap().1.into_owned()
    }

    #[test]
    fn the_link_is_the_tenants_and_asks_for_what_a_sign_in_asks_for() {
        let at = |tenant: Option<&str>, cloud| Registration {
            tenant: tenant.map(str::to_owned),
            cloud,
            ..registration(Provider::Microsoft)
        };
        for (registration, start) in [
            (
                at(Some("firma.nl"), Cloud::Global),
                "https://login.microsoftonline.com/firma.nl/v2.0/adminconsent?client_id=",
            ),
            (
                at(None, Cloud::GccHigh),
                "https://login.microsoftonline.us/organizations/v2.0/adminconsent?",
            ),
            (
                at(Some("common"), Cloud::China),
                "https://login.partner.microsoftonline.cn/organizations/v2.0/adminconsent?",
            ),
        ] {
            let url = link(&registration, Purpose::BOTH).unwrap();
            assert!(url.as_str().starts_with(start), "{url}");
        }
        let both = link(&at(Some("firma.nl"), Cloud::Global), Purpose::BOTH).unwrap();
        assert_eq!(
            asked(&both, "scope"),
            "openid profile email offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
        );
        assert_eq!(asked(&both, "redirect_uri"), "http://localhost");
        assert_eq!(asked(&both, "state"), "s");
        let sends = Purpose {
            send: true,
            receive: false,
            via: SendVia::Smtp,
        };
        let sends = link(&at(Some("firma.nl"), Cloud::Global), sends).unwrap();
        assert!(!asked(&sends, "scope").contains("IMAP"), "{sends}");
    }

    #[test]
    fn not_everybody_has_such_a_page() {
        let personal = Registration {
            tenant: Some("consumers".to_owned()),
            ..registration(Provider::Microsoft)
        };
        for registration in [
            personal,
            registration(Provider::Google),
            custom_at(&url("https://id.example")),
        ] {
            assert_eq!(link(&registration, Purpose::BOTH), None);
        }
    }

    #[test]
    fn every_visit_has_its_own_state_and_debug_hides_it() {
        let profile = Profile::new(&registration(Provider::Microsoft), Purpose::BOTH).unwrap();
        let first = ApprovalRequest::new(&profile, "http://localhost:5000").unwrap();
        let second = ApprovalRequest::new(&profile, "http://localhost:5000").unwrap();
        assert_ne!(first.state().expose(), second.state().expose());
        assert_eq!(asked(first.url(), "state"), first.state().expose());
        assert!(!format!("{first:?}").contains(first.state().expose()));
    }
}
