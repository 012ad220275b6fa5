use std::borrow::Cow;
use std::fmt;

use mailwright_domain::{Evidence, Fault, FieldError, Provider, Secret, Stage};
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope};
use url::Url;

use crate::callback::{self, Answer};
use crate::error::OauthError;
use crate::profile::Profile;

/// Whom the sign-in page should offer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Account {
    /// Whoever the page offers by itself.
    #[default]
    Any,
    /// This sign-in name, filled in (`login_hint`).
    Expected(String),
    /// A choice of accounts, none filled in: the last sign-in was with a different one. Entra refuses a hint together
    /// with the choice.
    Choose,
}

/// What may differ from one sign-in to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInOptions {
    /// Whom to offer.
    pub account: Account,
    /// `claims` of an earlier [`OauthError::NeedsPerson`]; Entra then asks for what its policy wants.
    pub claims: Option<String>,
    /// Ask for consent again. Never by default at Microsoft, where it asks even after an administrator has consented.
    pub ask_consent: bool,
}

/// One sign-in: the address to open in the system browser and what only we know of it. Every retry is a new one.
pub struct SignInRequest {
    authorize_url: Url,
    redirect_uri: String,
    state: Secret,
    nonce: Option<Secret>,
    verifier: Secret,
}

impl SignInRequest {
    /// Authorization code with PKCE (RFC 7636, S256), `state` and, for OpenID Connect, `nonce`.
    ///
    /// # Errors
    /// The redirect address is no address.
    pub fn new(
        profile: &Profile,
        redirect_uri: &str,
        options: &SignInOptions,
    ) -> Result<Self, FieldError> {
        let redirect = RedirectUrl::new(redirect_uri.to_owned())
            .map_err(|_| FieldError::RedirectNotLoopback(redirect_uri.to_owned()))?;
        let client = oauth2::basic::BasicClient::new(ClientId::new(profile.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(profile.authorize.clone()));
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = profile
            .asks_identity()
            .then(|| CsrfToken::new_random_len(32));
        let mut request = client
            .authorize_url(|| CsrfToken::new_random_len(32))
            .set_redirect_uri(Cow::Owned(redirect))
            .set_pkce_challenge(challenge)
            .add_scopes(profile.scopes.iter().cloned().map(Scope::new));
        if let Some(nonce) = &nonce {
            request = request.add_extra_param("nonce", nonce.secret().clone());
        }
        for (name, value) in extras(profile, options) {
            request = request.add_extra_param(name, value);
        }
        let (authorize_url, state) = request.url();
        Ok(Self {
            authorize_url,
            redirect_uri: redirect_uri.to_owned(),
            state: Secret::new(state.into_secret()),
            nonce: nonce.map(|nonce| Secret::new(nonce.into_secret())),
            verifier: Secret::new(verifier.into_secret()),
        })
    }

    /// The address to open in the system browser, or to copy. It can be used once.
    pub fn authorize_url(&self) -> &Url {
        &self.authorize_url
    }

    /// The value that the browser must bring back (RFC 6749 section 10.12).
    pub fn state(&self) -> &Secret {
        &self.state
    }

    /// The redirect address as it was sent.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    pub(crate) fn nonce(&self) -> Option<&Secret> {
        self.nonce.as_ref()
    }

    pub(crate) fn verifier(&self) -> &Secret {
        &self.verifier
    }

    /// Completes the sign-in from the final address of the browser, pasted by a person where no listener was reached.
    /// White space inside does not count, because mail programs and terminals break long lines; neither does a missing
    /// `http://`, which browsers hide.
    ///
    /// # Errors
    /// [`OauthError::Pasted`] where it is no address, has neither code nor error, or belongs to another sign-in, told
    /// apart by its fault; [`OauthError::Denied`] where the address is of this sign-in and holds an error. After any of
    /// them another text can be tried.
    pub fn code_from_address(&self, text: &str) -> Result<Secret, OauthError> {
        let text: String = text.split_whitespace().collect();
        let text = text.trim_matches(['"', '\'', '<', '>', '“', '”']);
        let Some(url) = address(text) else {
            return Err(pasted(
                Fault::PastedNoAddress,
                "the pasted text is no address",
            ));
        };
        let query = url.query().unwrap_or_default();
        match callback::read(query, self.state.expose()) {
            Answer::Code(code) => Ok(code),
            Answer::Error(refusal) => Err(refusal.into_error()),
            Answer::Foreign if callback::is_answer(query) => Err(pasted(
                Fault::PastedOtherSignIn,
                "the pasted address belongs to another sign-in",
            )),
            Answer::Approved(_) | Answer::Foreign => Err(pasted(
                Fault::PastedNoCode,
                "the pasted address holds no code",
            )),
        }
    }
}

/// An address of the web, with or without its scheme.
fn address(text: &str) -> Option<Url> {
    let of_web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    // A host with a port alone looks like a scheme with a path.
    Url::parse(text).ok().filter(of_web).or_else(|| {
        let named = text.contains(['.', ':', '/']) && !text.contains("://");
        let url = Url::parse(&format!("http://{text}")).ok()?;
        (named && url.query().is_some()).then_some(url)
    })
}

/// The text is not kept: it could hold a code.
fn pasted(fault: Fault, why: &str) -> OauthError {
    OauthError::Pasted(Box::new(Evidence::fault(Stage::OauthAuthorize, fault, why)))
}

/// Parameters beyond RFC 6749.
fn extras(profile: &Profile, options: &SignInOptions) -> Vec<(&'static str, String)> {
    let mut extras = Vec::new();
    let mut prompt = Vec::new();
    match &options.account {
        Account::Any => {}
        Account::Expected(name) => extras.push(("login_hint", name.clone())),
        Account::Choose => prompt.push("select_account"),
    }
    let ask_consent = match profile.provider {
        // A refresh token comes with the first consent only, unless consent is asked for again.
        Provider::Google => true,
        // OpenID Connect Core 1.0 section 11.
        Provider::Custom => profile.asks_identity() && profile.asks_to_last(),
        Provider::Microsoft => false,
    };
    if ask_consent || options.ask_consent {
        prompt.push("consent");
    }
    if profile.provider == Provider::Google {
        extras.push(("access_type", "offline".to_owned()));
    }
    if !prompt.is_empty() {
        extras.push(("prompt", prompt.join(" ")));
    }
    if let Some(claims) = &options.claims {
        extras.push(("claims", claims.clone()));
    }
    extras
}

/// Shows where to and nothing that the browser must bring back.
impl fmt::Debug for SignInRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInRequest")
            .field("host", &self.authorize_url.host_str())
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
