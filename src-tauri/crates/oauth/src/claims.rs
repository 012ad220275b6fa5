use jiff::Timestamp;
use mailwright_domain::{
    AuthKind, Evidence, Fault, Protocol, Provider, Secret, Stage, TokenClaims,
};
use serde::Deserialize;

use crate::id_token::{LEEWAY, Number};
use crate::jwt;
use crate::profile::Profile;
use crate::scopes;

#[derive(Deserialize)]
struct Claims {
    aud: Option<Audience>,
    scp: Option<Words>,
    roles: Option<Vec<String>>,
    upn: Option<String>,
    preferred_username: Option<String>,
    unique_name: Option<String>,
    tid: Option<String>,
    exp: Option<Number>,
    nbf: Option<Number>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    Joined(String),
    List(Vec<String>),
}

/// What an access token says about itself, if it is a JWT. Nothing is checked, so this is for the diagnosis alone;
/// opaque tokens (Google, personal Microsoft accounts) give none.
pub fn peek(access_token: &Secret) -> Option<TokenClaims> {
    let claims: Claims = jwt::claims(access_token.expose())?;
    Some(TokenClaims {
        audience: claims.aud.and_then(|audience| match audience {
            Audience::One(one) => Some(one),
            Audience::Many(many) => many.into_iter().next(),
        }),
        scopes: match claims.scp {
            Some(Words::Joined(text)) => text.split_whitespace().map(str::to_owned).collect(),
            Some(Words::List(list)) => list,
            None => Vec::new(),
        },
        roles: claims.roles.unwrap_or_default(),
        user: claims
            .upn
            .or(claims.preferred_username)
            .or(claims.unique_name),
        tenant: claims.tid,
        expires: claims.exp.map(Number::seconds),
        not_before: claims.nbf.map(Number::seconds),
    })
}

/// The Object ID of the app's service principal (“Enterprise application”) that an access token of the app itself names;
/// Exchange wants this one and not the app registration's. None where the token says no such thing.
pub fn app_object_id(access_token: &Secret, client_id: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct App {
        oid: String,
        appid: Option<String>,
        azp: Option<String>,
        scp: Option<serde_json::Value>,
    }
    let app: App = jwt::claims(access_token.expose())?;
    let own = app.appid.or(app.azp)?.eq_ignore_ascii_case(client_id);
    let id = uuid::Uuid::try_parse(&app.oid).ok()?;
    (own && app.scp.is_none()).then(|| id.to_string())
}

/// Looks for what the mail server would refuse without a reason: a token for another resource, without the permission
/// of the protocol, past its end, or of a time that has not come, which shows a wrong clock. Only what the token says is
/// judged; what it leaves out is not.
pub fn preflight(
    profile: &Profile,
    claims: &TokenClaims,
    protocol: Protocol,
    now: Timestamp,
) -> Option<Evidence> {
    let (fault, text) = problem(profile, claims, protocol, now)?;
    Some(Evidence {
        protocol: Some(protocol),
        provider: Some(profile.provider),
        auth: Some(profile.auth),
        token: Some(claims.clone()),
        ..Evidence::fault(Stage::Token, fault, text)
    })
}

fn problem(
    profile: &Profile,
    claims: &TokenClaims,
    protocol: Protocol,
    now: Timestamp,
) -> Option<(Fault, String)> {
    if let Some(audience) = claims
        .audience
        .as_deref()
        .filter(|audience| !accepted(profile, audience))
    {
        return Some((
            Fault::WrongAudience,
            format!("the access token is for {audience}"),
        ));
    }
    // Without `scp` it is no token of a signed-in person, and permissions are under another name.
    let lacks = if profile.auth == AuthKind::AppOnly {
        // Sending may be allowed by a role in Exchange instead, and then the token must not have the permission.
        (protocol.receives()).then(|| scopes::lacks(profile, protocol, &claims.roles))
    } else {
        (!claims.scopes.is_empty()).then(|| scopes::lacks(profile, protocol, &claims.scopes))
    };
    if let Some(needed) = lacks.flatten() {
        return Some((
            Fault::ScopeMissing,
            format!("the access token lacks the permission {needed}"),
        ));
    }
    let now_is = format!("this computer's clock says {now:.0}");
    if let Some(ended) = claims.expires.filter(|end| *end <= now.as_second()) {
        return Some((
            Fault::TokenExpired,
            format!("the access token ended at {}, and {now_is}", shown(ended)),
        ));
    }
    // Microsoft's tokens begin when they are issued or before. Others may give them for later.
    let begins = claims
        .not_before
        .filter(|_| profile.provider == Provider::Microsoft)
        .filter(|begins| *begins > now.as_second().saturating_add(LEEWAY))?;
    Some((
        Fault::TokenExpired,
        format!(
            "the access token is good from {} on, and {now_is}, so it is behind",
            shown(begins)
        ),
    ))
}

/// Seconds since 1970 as a time.
fn shown(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |when| when.to_string())
}

fn accepted(profile: &Profile, audience: &str) -> bool {
    let bare = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
    profile.audiences.is_empty()
        || profile
            .audiences
            .iter()
            .any(|known| bare(known) == bare(audience))
}

#[cfg(test)]
mod tests;
