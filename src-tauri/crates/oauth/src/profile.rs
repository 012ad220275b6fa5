use mailwright_domain::{
    ANY_ORGANISATION, AuthKind, Cloud, FieldError, IDENTITY_SCOPES, Protocol, Provider, Purpose,
    Registration, Uses, is_protected,
};
use url::Url;

use crate::clouds::{CloudData, cloud, google, microsoft};
use crate::issuer::Issuer;
use crate::redirect::Redirect;

/// Microsoft's authority of work and personal accounts alike.
const EVERYBODY: &str = "common";
/// Application ID of Microsoft Graph, which stands as audience in some of its tokens.
const GRAPH_ID: &str = "00000003-0000-0000-c000-000000000000";
/// What the person is called.
const PROFILE: &str = "profile";

/// How to sign in with one registration for one purpose: where to, what to ask for, and who may be given the token.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Whose sign-in it is.
    pub provider: Provider,
    /// Client ID of the registration.
    pub client_id: String,
    /// Authorization endpoint (RFC 6749 section 3.1).
    pub authorize: Url,
    /// Token endpoint (RFC 6749 section 3.2).
    pub token: Url,
    /// Device authorization endpoint (RFC 8628 section 3.1). Google's does not give mail permissions, so it has none.
    pub device: Option<Url>,
    /// Revocation endpoint (RFC 7009); Microsoft has none.
    pub revoke: Option<Url>,
    /// Where an administrator approves the app for the whole organisation; Microsoft only, and not for personal
    /// accounts, which have no administrator.
    pub admin_consent: Option<Url>,
    /// Resource of Microsoft Graph: its host, and the prefix of its permissions. A registration whose permissions are of
    /// another Graph names it so.
    pub graph: Option<String>,
    /// Where the Gmail API is; Google only.
    pub gmail: Option<String>,
    /// Where the browser comes back to.
    pub redirect: Redirect,
    /// Everything a sign-in asks for.
    pub scopes: Vec<String>,
    /// Mail hosts of the provider. An access token goes to these and to hosts that a person typed, to no other.
    pub allowed_hosts: Vec<String>,
    pub(crate) issuer: Issuer,
    /// Audiences of an access token that the mail servers accept; empty where that is not known.
    pub(crate) audiences: Vec<String>,
    /// Microsoft: the one resource that a token request names.
    resource: Option<String>,
    /// A person signs in, or nobody does.
    pub(crate) auth: AuthKind,
}

impl Profile {
    /// The profile of a registration for the protocols in use, or the purposes ticked. A Microsoft registration without a tenant signs in
    /// people of any organisation.
    ///
    /// # Errors
    /// The registration lacks an address, or has one that must not be used.
    pub fn new(registration: &Registration, uses: impl Into<Uses>) -> Result<Self, FieldError> {
        Self::build(registration, uses.into(), ANY_ORGANISATION)
    }

    /// The same for a personal account (`outlook.com`, `hotmail.com`, …), which Microsoft signs in elsewhere.
    ///
    /// # Errors
    /// As for [`Profile::new`].
    pub fn personal(
        registration: &Registration,
        uses: impl Into<Uses>,
    ) -> Result<Self, FieldError> {
        Self::build(registration, uses.into(), &microsoft().personal.tenant)
    }

    /// The same where it is not known yet whether it will be an organisation's or a personal account, because nobody
    /// has signed in and no address was given. Microsoft then asks on its page; renewals go by who signed in.
    ///
    /// # Errors
    /// As for [`Profile::new`].
    pub fn anybody(registration: &Registration, uses: impl Into<Uses>) -> Result<Self, FieldError> {
        Self::build(registration, uses.into(), EVERYBODY)
    }

    /// The profile of a registration that gets access for itself, without anybody who signs in (RFC 6749 section 4.4).
    /// At Microsoft that is one request for all permissions of the mail resource (`.default`); elsewhere the scopes of
    /// the registration.
    ///
    /// # Errors
    /// The registration cannot do that ([`Registration::check_app_only`]), or lacks an address.
    pub fn app_only(registration: &Registration) -> Result<Self, FieldError> {
        registration.check_app_only()?;
        let mut profile = Self::build(registration, Purpose::BOTH.into(), ANY_ORGANISATION)?;
        profile.auth = AuthKind::AppOnly;
        if profile.resource.is_none() {
            profile
                .scopes
                .retain(|scope| !IDENTITY_SCOPES.contains(&&**scope));
            return Ok(profile);
        }
        let data = cloud(registration.cloud).ok_or(FieldError::AuthorityMissing)?;
        let resource = registration
            .scopes
            .iter()
            .filter_map(|scope| resource_of(scope))
            .find(|resource| !is_graph(resource))
            .unwrap_or(&data.app_resource)
            .to_owned();
        profile.scopes = vec![format!("{resource}/.default")];
        profile.audiences.push(resource.clone());
        profile.resource = Some(resource);
        Ok(profile)
    }

    fn build(registration: &Registration, uses: Uses, tenant: &str) -> Result<Self, FieldError> {
        let profile = match registration.provider {
            Provider::Microsoft => Self::microsoft(registration, uses, tenant),
            Provider::Google => Self::google(registration, uses),
            Provider::Custom => Self::custom(registration),
        }?;
        for url in [&profile.authorize, &profile.token]
            .into_iter()
            .chain(&profile.device)
            .chain(&profile.revoke)
        {
            if !is_protected(url) {
                return Err(FieldError::NotHttps(url.to_string()));
            }
        }
        Ok(profile)
    }

    fn microsoft(
        registration: &Registration,
        uses: Uses,
        tenant: &str,
    ) -> Result<Self, FieldError> {
        let data = cloud(registration.cloud).ok_or(FieldError::AuthorityMissing)?;
        let authority = match &registration.authority {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None if data.authority.is_empty() => return Err(FieldError::AuthorityMissing),
            None => data.authority.clone(),
        };
        let paths = &microsoft().paths;
        let tenant = registration.tenant.as_deref().unwrap_or(tenant);
        let own_scopes = if registration.scopes.is_empty() {
            mail_scopes(data, uses)
        } else {
            registration.scopes.clone()
        };
        let resources: Vec<&str> = own_scopes
            .iter()
            .filter(|scope| !IDENTITY_SCOPES.contains(&scope.as_str()))
            .filter_map(|scope| resource_of(scope))
            .collect();
        let graph = resources
            .iter()
            .find(|resource| is_graph(resource))
            .map_or_else(|| data.graph.clone(), |own| (*own).to_owned());
        let mail = resources.iter().find(|resource| !is_graph(resource));
        // Who only sends, and by Graph, needs no permission of the mail servers.
        let resource = match mail.or(resources.first()) {
            Some(resource) => (*resource).to_owned(),
            None => data.resource.clone(),
        };
        Ok(Self {
            provider: Provider::Microsoft,
            client_id: registration.client_id.clone(),
            authorize: endpoint(&authority, tenant, &paths.authorize)?,
            token: endpoint(&authority, tenant, &paths.token)?,
            device: Some(endpoint(&authority, tenant, &paths.device)?),
            revoke: None,
            admin_consent: approval_page(&authority, tenant)?,
            graph: Some(graph),
            gmail: None,
            redirect: Redirect::of(registration)?,
            scopes: with_identity(own_scopes),
            allowed_hosts: data.hosts.clone(),
            issuer: Issuer::Microsoft {
                authority,
                tenant: tenant.to_ascii_lowercase(),
                tid_required: registration.cloud != Cloud::Custom,
            },
            audiences: [&resource, &data.resource]
                .into_iter()
                .chain(&data.also_audiences)
                .cloned()
                .collect(),
            resource: Some(resource),
            auth: AuthKind::Oauth,
        })
    }

    /// Addresses typed with the registration go before Google's own, so that a test server can play its part.
    fn google(registration: &Registration, uses: Uses) -> Result<Self, FieldError> {
        let google = google();
        let fixed =
            |text: &str| Url::parse(text).map_err(|_| FieldError::NotHttps(text.to_owned()));
        let custom = registration.custom.as_ref();
        let only_sends_by_api = uses.gmail && !(uses.imap || uses.pop3);
        let own_scopes = if registration.scopes.is_empty() && only_sends_by_api {
            vec![google.send.clone()]
        } else if registration.scopes.is_empty() {
            vec![google.mail.clone()]
        } else {
            registration.scopes.clone()
        };
        let mut scopes = own_scopes;
        for word in ["openid", "email"] {
            if !scopes.iter().any(|scope| scope == word) {
                scopes.push(word.to_owned());
            }
        }
        Ok(Self {
            provider: Provider::Google,
            client_id: registration.client_id.clone(),
            authorize: custom
                .map_or_else(|| fixed(&google.authorize), |c| Ok(c.authorize.clone()))?,
            token: custom.map_or_else(|| fixed(&google.token), |c| Ok(c.token.clone()))?,
            device: None,
            revoke: match custom {
                Some(custom) => custom.revoke.clone(),
                None => Some(fixed(&google.revoke)?),
            },
            admin_consent: None,
            graph: None,
            gmail: Some(match custom {
                Some(custom) => custom.token.origin().ascii_serialization(),
                None => google.api.clone(),
            }),
            redirect: Redirect::of(registration)?,
            scopes,
            allowed_hosts: google.hosts.clone(),
            issuer: match (&registration.authority, custom) {
                (None, None) => Issuer::OneOf(google.issuers.clone()),
                (authority, _) => Issuer::of(authority.as_ref()),
            },
            audiences: Vec::new(),
            resource: None,
            auth: AuthKind::Oauth,
        })
    }

    /// Scopes of the registration to the letter. Without any, a provider with a known issuer is asked for identity
    /// and a lasting sign-in, any other for its own default (RFC 6749 section 3.3).
    fn custom(registration: &Registration) -> Result<Self, FieldError> {
        let custom = registration
            .custom
            .as_ref()
            .ok_or(FieldError::AddressesMissing)?;
        let scopes = if registration.scopes.is_empty() && registration.authority.is_some() {
            owned(&IDENTITY_SCOPES)
        } else {
            registration.scopes.clone()
        };
        Ok(Self {
            provider: Provider::Custom,
            client_id: registration.client_id.clone(),
            authorize: custom.authorize.clone(),
            token: custom.token.clone(),
            device: custom.device.clone(),
            revoke: custom.revoke.clone(),
            admin_consent: None,
            graph: None,
            gmail: None,
            redirect: Redirect::of(registration)?,
            scopes,
            allowed_hosts: Vec::new(),
            issuer: Issuer::of(registration.authority.as_ref()),
            audiences: Vec::new(),
            resource: None,
            auth: AuthKind::Oauth,
        })
    }

    /// The same sign-in for an access token of Microsoft Graph: the same refresh token gets one, in a request of its own.
    /// Unchanged for a provider that has no Graph.
    #[must_use]
    pub fn on_graph(mut self) -> Self {
        let Some(graph) = self.graph.clone() else {
            return self;
        };
        if self.auth == AuthKind::AppOnly {
            self.scopes = vec![format!("{graph}/.default")];
        }
        let host = Url::parse(&graph).ok();
        let host = host.as_ref().and_then(Url::host_str);
        self.allowed_hosts = host.map(str::to_owned).into_iter().collect();
        self.audiences = vec![graph.clone(), GRAPH_ID.to_owned()];
        self.resource = Some(graph);
        self
    }

    /// Where a way of sending by requests of HTTP begins; none for other ways, and where the provider has none.
    pub fn api(&self, protocol: Protocol) -> Option<&str> {
        match protocol {
            Protocol::Graph => self.graph.as_deref(),
            Protocol::Gmail => self.gmail.as_deref(),
            Protocol::Imap | Protocol::Pop3 | Protocol::Smtp => None,
        }
    }

    /// Whether these permissions let the Gmail API send.
    pub fn gmail_may_send(scopes: &[String]) -> bool {
        let google = google();
        let bare = |scope: &str| scope.trim_end_matches('/').to_ascii_lowercase();
        let enough = [bare(&google.mail), bare(&google.send)];
        scopes.iter().any(|scope| enough.contains(&bare(scope)))
    }

    /// The same, asking also what the person is called, where the provider tells who signed in and has a scope for it
    /// (`profile`, OpenID Connect Core 1.0 section 5.4). Microsoft is asked for it anyway, Google only by this; a custom
    /// provider is asked for the registration's scopes to the letter. Not granted, the name is missing and nothing else.
    #[must_use]
    pub fn asking_for_name(mut self) -> Self {
        let asked = self.scopes.iter().any(|scope| scope == PROFILE);
        if self.provider != Provider::Custom && self.asks_identity() && !asked {
            self.scopes.push(PROFILE.to_owned());
        }
        self
    }

    /// The scopes that a token request names. Entra gives a token for one resource and refuses a request that names
    /// two (AADSTS28000), so only those of the mail resource are named, although the sign-in asked for all; the same
    /// refresh token serves another resource in a request of its own. For any other provider none is named, which
    /// means all that were granted (RFC 6749 section 6).
    pub fn token_scopes(&self) -> Vec<String> {
        if self.auth == AuthKind::AppOnly {
            return self.scopes.clone(); // there is no grant that could be meant
        }
        let Some(resource) = &self.resource else {
            return Vec::new();
        };
        self.scopes
            .iter()
            .filter(|scope| {
                IDENTITY_SCOPES.contains(&scope.as_str())
                    || resource_of(scope) == Some(resource.as_str())
            })
            .cloned()
            .collect()
    }

    /// What the access tokens of a token request are for, as a name of its own: one access token is kept for each.
    /// Microsoft's resource; Gmail; a custom provider's mail servers.
    pub fn resource(&self) -> &str {
        match (&self.resource, self.provider) {
            (Some(resource), _) => resource,
            (None, Provider::Google) => google().mail.trim_end_matches('/'),
            (None, _) => "mail",
        }
    }

    /// What the tokens of this profile must be good for.
    pub(crate) fn asked(&self) -> Vec<String> {
        if self.resource.is_some() {
            self.token_scopes()
        } else {
            self.scopes.clone()
        }
    }

    /// The name of the permission that Microsoft's servers want for a protocol; none for providers that have no
    /// permission per protocol.
    pub fn permission(&self, protocol: Protocol) -> Option<&'static str> {
        let known = self.provider == Provider::Microsoft && protocol != Protocol::Gmail;
        known.then(|| match self.auth {
            AuthKind::AppOnly => app_permission(protocol),
            _ => permission(protocol),
        })
    }

    /// Whether this is one of the provider's own mail hosts. A host that a person typed is the caller's decision.
    pub fn is_own_host(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        self.allowed_hosts
            .iter()
            .any(|own| own.eq_ignore_ascii_case(host))
    }

    /// Whether a sign-in says who signed in (OpenID Connect).
    pub fn asks_identity(&self) -> bool {
        self.scopes.iter().any(|scope| scope == "openid")
    }

    /// Whether a sign-in is meant to last.
    pub(crate) fn asks_to_last(&self) -> bool {
        self.provider == Provider::Google
            || self.scopes.iter().any(|scope| scope == "offline_access")
    }
}

/// The permission that an administrator gives to an app that nobody signs in to (an “Application permission” of Office
/// 365 Exchange Online).
fn app_permission(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Imap => "IMAP.AccessAsApp",
        Protocol::Pop3 => "POP.AccessAsApp",
        Protocol::Smtp => "SMTP.SendAsApp",
        Protocol::Graph => GRAPH_SEND,
        Protocol::Gmail => "",
    }
}

/// Graph's permission for sending has one name for people and for apps.
const GRAPH_SEND: &str = "Mail.Send";
/// What a person needs besides to send from somebody else's mailbox.
const GRAPH_SEND_FOR_OTHERS: &str = "Mail.Send.Shared";

fn permission(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Imap => "IMAP.AccessAsUser.All",
        Protocol::Pop3 => "POP.AccessAsUser.All",
        Protocol::Smtp => "SMTP.Send",
        Protocol::Graph => GRAPH_SEND,
        Protocol::Gmail => "",
    }
}

fn mail_scopes(data: &CloudData, uses: Uses) -> Vec<String> {
    let usual = Protocol::ALL
        .into_iter()
        .filter(|protocol| uses.has(*protocol))
        .map(|protocol| {
            let resource = match protocol {
                Protocol::Graph => &data.graph,
                _ => &data.resource,
            };
            format!("{resource}/{}", permission(protocol))
        });
    let for_others = uses
        .graph_for_others
        .then(|| format!("{}/{GRAPH_SEND_FOR_OTHERS}", data.graph));
    usual.chain(for_others).collect()
}

/// Whether a resource is Microsoft Graph, of whichever cloud.
fn is_graph(resource: &str) -> bool {
    resource.contains("graph.")
}

fn with_identity(own: Vec<String>) -> Vec<String> {
    let mut scopes = owned(&IDENTITY_SCOPES);
    scopes.extend(
        own.into_iter()
            .filter(|scope| !IDENTITY_SCOPES.contains(&scope.as_str())),
    );
    scopes
}

/// The resource of a Microsoft scope: all before the last `/`. A bare name has none and means Graph.
pub(crate) fn resource_of(scope: &str) -> Option<&str> {
    let (resource, _) = scope.rsplit_once('/')?;
    resource.contains("://").then_some(resource)
}

/// Microsoft's approval page. It wants an organisation, or the word for whichever the administrator belongs to
/// (identity-platform/v2-admin-consent).
fn approval_page(authority: &str, tenant: &str) -> Result<Option<Url>, FieldError> {
    let microsoft = microsoft();
    let tenant = match tenant {
        tenant if tenant.eq_ignore_ascii_case(&microsoft.personal.tenant) => return Ok(None),
        tenant if tenant.eq_ignore_ascii_case(EVERYBODY) => ANY_ORGANISATION,
        tenant => tenant,
    };
    endpoint(authority, tenant, &microsoft.paths.admin_consent).map(Some)
}

/// `{authority}/{tenant}/{path}`; whatever the tenant is, it stays one segment.
fn endpoint(authority: &str, tenant: &str, path: &str) -> Result<Url, FieldError> {
    let mut url = Url::parse(authority).map_err(|_| FieldError::NotHttps(authority.to_owned()))?;
    url.path_segments_mut()
        .map_err(|()| FieldError::NotHttps(authority.to_owned()))?
        .pop_if_empty()
        .push(tenant)
        .extend(path.split('/'));
    Ok(url)
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[cfg(test)]
mod tests;
