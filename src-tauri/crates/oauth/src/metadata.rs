//! What an issuer publishes about itself: RFC 8414 (OAuth 2.0 Authorization Server Metadata) and, for servers that have
//! only that, OpenID Connect Discovery 1.0 section 4.

use mailwright_domain::{AuthKind, Evidence, Fault, Provider, Stage, is_protected};
use mailwright_net::{HttpReply, Net};
use serde::Deserialize;
use url::Url;

use crate::text;

/// Lists longer than this are cut: nobody offers so many permissions.
const MOST: usize = 200;

/// An issuer's own words about where its endpoints are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Authorization endpoint.
    pub authorize: Url,
    /// Token endpoint.
    pub token: Url,
    /// Device authorization endpoint (RFC 8628 section 4), if it has one.
    pub device: Option<Url>,
    /// Revocation endpoint, if it has one.
    pub revoke: Option<Url>,
    /// Scopes that it names; it may know others.
    pub scopes: Vec<String>,
    /// How a client secret may be sent; empty where that is not said.
    pub secret_methods: Vec<String>,
}

/// Why an issuer's addresses are not known.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NoMetadata {
    /// No answer, or one that says to try later.
    #[error("{}", .0.text)]
    Unreachable(Box<Evidence>),
    /// There is no such document at either place, or it lacks what a sign-in needs.
    #[error("{}", .0.text)]
    NotThere(Box<Evidence>),
    /// The document is another issuer's (RFC 8414 section 3.3).
    #[error("it calls itself “{0}”")]
    AnotherIssuer(String),
    /// An endpoint that must not be given a code or a secret: neither https nor this computer.
    #[error("it names “{0}”, which does not begin with https://")]
    Unprotected(String),
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Option<Url>,
    token_endpoint: Option<Url>,
    device_authorization_endpoint: Option<Url>,
    revocation_endpoint: Option<Url>,
    #[serde(default)]
    scopes_supported: Vec<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// Asks an issuer for its addresses: first where RFC 8414 section 3.1 has them, then where OpenID Connect Discovery has.
/// The issuer in the document must be the one asked for, to the letter.
///
/// # Errors
/// See [`NoMetadata`].
pub async fn discover(net: &Net, issuer: &Url) -> Result<Metadata, NoMetadata> {
    if !is_protected(issuer) {
        return Err(NoMetadata::Unprotected(issuer.to_string()));
    }
    let mut last = None;
    for place in places(issuer) {
        let evidence = Evidence {
            provider: Some(Provider::Custom),
            auth: Some(AuthKind::Oauth),
            host: place.host_str().map(str::to_owned),
            port: place.port_or_known_default(),
            ..Evidence::at(Stage::OauthToken)
        };
        match net.get(place.clone()).await {
            Err(error) => {
                let evidence = Evidence {
                    fault: Some(error.fault()),
                    text: error.to_string(),
                    ..evidence
                };
                return Err(NoMetadata::Unreachable(Box::new(evidence)));
            }
            Ok(reply) => match read(&reply, issuer, evidence) {
                Err(NoMetadata::NotThere(evidence)) => last = Some(evidence),
                found => return found,
            },
        }
    }
    Err(NoMetadata::NotThere(last.unwrap_or_else(|| {
        Box::new(Evidence::at(Stage::OauthToken))
    })))
}

/// The two addresses of the document.
fn places(issuer: &Url) -> Vec<Url> {
    let path = issuer.path().trim_end_matches('/').to_owned();
    let at = |path: &str| {
        let mut url = issuer.clone();
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        url
    };
    vec![
        at(&format!("/.well-known/oauth-authorization-server{path}")),
        at(&format!("{path}/.well-known/openid-configuration")),
    ]
}

fn read(reply: &HttpReply, issuer: &Url, mut evidence: Evidence) -> Result<Metadata, NoMetadata> {
    evidence.http_status = Some(reply.status);
    if reply.is_try_later() {
        evidence.text = format!("the server answered with status {}", reply.status);
        return Err(NoMetadata::Unreachable(Box::new(evidence)));
    }
    let document = serde_json::from_slice::<Document>(&reply.body)
        .ok()
        .filter(|_| reply.status == 200);
    let not_there = |mut evidence: Evidence, text: String| {
        evidence.fault = Some(Fault::Malformed);
        evidence.text = text;
        NoMetadata::NotThere(Box::new(evidence))
    };
    let Some(document) = document else {
        let text = format!(
            "the server answered with status {} and no description of itself",
            reply.status
        );
        return Err(not_there(evidence, text));
    };
    if !same_issuer(issuer, &document.issuer) {
        let named = text::clean(&document.issuer, &[]);
        return Err(NoMetadata::AnotherIssuer(named));
    }
    let (Some(authorize), Some(token)) = (document.authorization_endpoint, document.token_endpoint)
    else {
        let text = "the server's description of itself names no address to sign in at or none to get tokens from";
        return Err(not_there(evidence, text.to_owned()));
    };
    let found = Metadata {
        authorize,
        token,
        device: document.device_authorization_endpoint,
        revoke: document.revocation_endpoint,
        scopes: words(document.scopes_supported),
        secret_methods: words(document.token_endpoint_auth_methods_supported),
    };
    let endpoints = [&found.authorize, &found.token];
    let optional = [&found.device, &found.revoke].into_iter().flatten();
    let unprotected = endpoints
        .into_iter()
        .chain(optional)
        .find(|url| !is_protected(url))
        .map(Url::to_string);
    unprotected.map_or(Ok(found), |url| Err(NoMetadata::Unprotected(url)))
}

/// Identical, as RFC 8414 section 3.3 wants it. An empty path may be written with and without its slash, because that is
/// the same address (RFC 3986 section 6.2.3) and a [`Url`] does not keep the difference.
fn same_issuer(asked: &Url, named: &str) -> bool {
    let asked_text = asked.as_str();
    named == asked_text || (asked.path() == "/" && asked_text.strip_suffix('/') == Some(named))
}

fn words(list: Vec<String>) -> Vec<String> {
    list.into_iter()
        .map(|word| text::clean(&word, &[]))
        .filter(|word| !word.is_empty() && !word.contains(' '))
        .take(MOST)
        .collect()
}

#[cfg(test)]
mod tests;
