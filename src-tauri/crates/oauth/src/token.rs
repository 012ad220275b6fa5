use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use mailwright_domain::{Fault, Secret};
use mailwright_net::Net;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AuthType, AuthorizationCode, ClientId, EndpointNotSet, EndpointSet, ExtraTokenFields,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardRevocableToken,
    StandardTokenResponse, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::answer;
use crate::error::OauthError;
use crate::id_token::{self, Expected, Identity};
use crate::profile::Profile;
use crate::proof::{ClientProof, Sent};
use crate::request::SignInRequest;

/// Lifetime of an access token whose server did not say (RFC 6749 section 5.1 only recommends it): short enough that
/// it is renewed rather than found dead.
const ASSUMED_LIFETIME: Duration = Duration::from_secs(5 * 60);
/// No access token is trusted to live longer.
const LONGEST_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What a token endpoint gave.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// For the mail servers of the profile.
    pub access_token: Secret,
    /// To be stored before the access token is used; where none came, the old one stays good.
    pub refresh_token: Option<Secret>,
    /// Who signed in, where the answer said so.
    pub identity: Option<Identity>,
    /// What was granted; what was asked for where the answer did not say (RFC 6749 section 5.1).
    pub scopes: Vec<String>,
    /// How long the access token lives from now on.
    pub expires_in: Duration,
}

#[derive(Deserialize, Serialize)]
struct IdTokenField {
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

impl ExtraTokenFields for IdTokenField {}

impl fmt::Debug for IdTokenField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdTokenField(…)")
    }
}

type Response = StandardTokenResponse<IdTokenField, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Response,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What proves the client goes into the body (RFC 6749 section 2.3.1, RFC 7521 section 4.2), as fields that the caller
/// adds: both big providers document that, and servers that were told of one way only were mostly told of this one.
fn client(profile: &Profile) -> Client {
    oauth2::Client::new(ClientId::new(profile.client_id.clone()))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::from_url(profile.token.clone()))
}

/// Exchanges the code of a sign-in for tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.5). `scopes` is
/// [`Profile::token_scopes`], or those of another resource; none means all that were asked for.
///
/// # Errors
/// See [`OauthError`]; a code can be used once, so after any of them a new sign-in is needed.
pub async fn redeem(
    net: &Net,
    profile: &Profile,
    proof: Option<&ClientProof>,
    code: &Secret,
    request: &SignInRequest,
    scopes: &[String],
) -> Result<Tokens, OauthError> {
    let redirect = RedirectUrl::new(request.redirect_uri().to_owned())
        .map_err(|_| unexpected(profile, "the redirect address is no address"))?;
    let (client, sent) = (client(profile), Sent::new(profile, proof)?);
    let mut exchange = client
        .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(
            request.verifier().expose().to_owned(),
        ))
        .set_redirect_uri(Cow::Owned(redirect));
    if !scopes.is_empty() {
        exchange = exchange.add_extra_param("scope", scopes.join(" "));
    }
    for (name, value) in sent.fields() {
        exchange = exchange.add_extra_param(name, value);
    }
    let hidden = hidden(&[code, request.verifier()], &sent);
    let response = exchange
        .request_async(&|asked| answer::ask(net, profile, asked, &hidden))
        .await
        .map_err(|error| own_error(profile, error))?;
    checked(profile, &response, scopes, request.nonce())
}

/// The tokens in the fields of a good answer to another kind of request than `oauth2` is used for. `scopes` is what
/// that request named.
///
/// # Errors
/// The ID token is not for this client, or from somebody else than the provider.
pub(crate) fn read(
    profile: &Profile,
    fields: Map<String, Value>,
    scopes: &[String],
) -> Result<Tokens, OauthError> {
    let response = serde_json::from_value(Value::Object(answer::strict(fields)))
        .map_err(|_| unexpected(profile, "the token response could not be read"))?;
    checked(profile, &response, scopes, None)
}

/// The tokens of a sign-in, whose ID token must be for it.
fn checked(
    profile: &Profile,
    response: &Response,
    scopes: &[String],
    nonce: Option<&Secret>,
) -> Result<Tokens, OauthError> {
    let expected = Expected {
        issuer: &profile.issuer,
        client_id: &profile.client_id,
        nonce,
        now: Timestamp::now(),
    };
    let identity = match &response.extra_fields().id_token {
        Some(token) => {
            Some(id_token::read(token, &expected).map_err(|problem| problem.into_error(profile))?)
        }
        None => None,
    };
    Ok(tokens(profile, response, scopes, identity))
}

/// Renews the access token (RFC 6749 section 6). The new refresh token, if one came, must be stored before the access
/// token is used. An ID token of a renewal has no `nonce` (OpenID Connect Core 1.0 section 12.2); one that does not
/// fit is left out rather than made an error, because an error would lose the rotated refresh token.
///
/// # Errors
/// See [`OauthError`]; the grant is dead only if [`OauthError::is_definitive`] says so.
pub async fn refresh(
    net: &Net,
    profile: &Profile,
    proof: Option<&ClientProof>,
    refresh_token: &Secret,
    scopes: &[String],
) -> Result<Tokens, OauthError> {
    let (client, sent) = (client(profile), Sent::new(profile, proof)?);
    let token = RefreshToken::new(refresh_token.expose().to_owned());
    let mut exchange = client
        .exchange_refresh_token(&token)
        .add_scopes(scopes.iter().cloned().map(Scope::new));
    for (name, value) in sent.fields() {
        exchange = exchange.add_extra_param(name, value);
    }
    let hidden = hidden(&[refresh_token], &sent);
    let response = exchange
        .request_async(&|asked| answer::ask(net, profile, asked, &hidden))
        .await
        .map_err(|error| own_error(profile, error))?;
    let expected = Expected {
        issuer: &profile.issuer,
        client_id: &profile.client_id,
        nonce: None,
        now: Timestamp::now(),
    };
    let id_token = response.extra_fields().id_token.as_deref();
    let identity = id_token.and_then(|token| id_token::read(token, &expected).ok());
    Ok(tokens(profile, &response, scopes, identity))
}

/// Gets an access token for the client itself, without anybody (RFC 6749 section 4.4). A refresh token that comes with
/// it is not used: the client can prove itself again at any time (section 4.4.3).
///
/// # Errors
/// See [`OauthError`]; there is no grant, so nothing here is ever dead for good.
pub async fn client_credentials(
    net: &Net,
    profile: &Profile,
    proof: &ClientProof,
) -> Result<Tokens, OauthError> {
    let (client, sent) = (client(profile), Sent::new(profile, Some(proof))?);
    let scopes = profile.token_scopes();
    let mut exchange = client
        .exchange_client_credentials()
        .add_scopes(scopes.iter().cloned().map(Scope::new));
    for (name, value) in sent.fields() {
        exchange = exchange.add_extra_param(name, value);
    }
    let hidden = hidden(&[], &sent);
    let response = exchange
        .request_async(&|asked| answer::ask(net, profile, asked, &hidden))
        .await
        .map_err(|error| own_error(profile, error))?;
    Ok(tokens(profile, &response, &scopes, None))
}

fn hidden<'a>(secrets: &[&'a Secret], sent: &'a Sent) -> Vec<&'a Secret> {
    secrets.iter().copied().chain(sent.hidden()).collect()
}

fn tokens(
    profile: &Profile,
    response: &Response,
    asked: &[String],
    identity: Option<Identity>,
) -> Tokens {
    let scopes = match response.scopes() {
        Some(granted) => granted
            .iter()
            .map(|scope| scope.as_str().to_owned())
            .filter(|scope| !scope.is_empty())
            .collect(),
        None if asked.is_empty() => profile.asked(),
        None => asked.to_vec(),
    };
    Tokens {
        access_token: Secret::new(response.access_token().secret().clone()),
        refresh_token: response
            .refresh_token()
            .map(|token| Secret::new(token.secret().clone())),
        identity,
        scopes,
        expires_in: response
            .expires_in()
            .unwrap_or(ASSUMED_LIFETIME)
            .min(LONGEST_LIFETIME),
    }
}

/// Our own errors come back as the transport's. The crate's others cannot happen after the answer was put into strict
/// form; their text is left out because it may hold the raw answer.
fn own_error(
    profile: &Profile,
    error: RequestTokenError<OauthError, BasicErrorResponse>,
) -> OauthError {
    match error {
        RequestTokenError::Request(own) => own,
        _ => unexpected(profile, "the token response could not be read"),
    }
}

fn unexpected(profile: &Profile, text: &str) -> OauthError {
    let mut evidence = answer::base(profile, &profile.token);
    evidence.fault = Some(Fault::Malformed);
    text.clone_into(&mut evidence.text);
    OauthError::Unreadable(Box::new(evidence))
}

#[cfg(test)]
mod tests;
