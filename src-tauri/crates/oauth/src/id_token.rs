use jiff::Timestamp;
use mailwright_domain::{Fault, Secret};
use serde::Deserialize;

use crate::answer;
use crate::error::OauthError;
use crate::issuer::Issuer;
use crate::jwt;
use crate::profile::Profile;
use crate::text;

/// By how much two clocks may differ, in seconds.
pub(crate) const LEEWAY: i64 = 300;

/// More characters than any name has.
const LONGEST_NAME: usize = 200;

/// Who signed in, as the ID token has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `iss`.
    pub issuer: String,
    /// `sub`: the person at that issuer; never shown.
    pub subject: String,
    /// The name that person signed in with: `preferred_username`, else `email`, else `upn`; empty if there is none.
    pub name: String,
    /// `email`.
    pub email: Option<String>,
    /// `upn`: the sign-in name in the organisation's directory; Entra sends it where the registration asks for it.
    pub upn: Option<String>,
    /// `name`: what the person is called, for display only (OpenID Connect Core 1.0 section 5.1). At most 200
    /// characters, without control characters; it comes with the scope `profile`.
    pub display_name: Option<String>,
    /// `tid`.
    pub tenant: Option<String>,
}

/// What an ID token must fit.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a Issuer,
    pub(crate) client_id: &'a str,
    /// The one that was sent; none where the token is not the answer to a sign-in.
    pub(crate) nonce: Option<&'a Secret>,
    pub(crate) now: Timestamp,
}

/// What is wrong with an ID token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    NotJwt,
    Issuer(String),
    Audience,
    Nonce,
    Expired,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: Number,
    azp: Option<String>,
    nonce: Option<String>,
    preferred_username: Option<String>,
    email: Option<String>,
    upn: Option<String>,
    name: Option<String>,
    tid: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// RFC 7519 section 2: a `NumericDate` may have a fraction.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(crate) enum Number {
    Whole(i64),
    Fraction(f64),
}

impl Number {
    /// Whole seconds since 1970, cut off; out of range is as far as it goes.
    #[allow(clippy::cast_possible_truncation)] // `as` saturates, which is what is meant
    pub(crate) fn seconds(self) -> i64 {
        match self {
            Self::Whole(seconds) => seconds,
            Self::Fraction(seconds) => seconds as i64,
        }
    }
}

/// Reads an ID token and checks `iss`, `aud`, `azp`, `exp` and `nonce` (OpenID Connect Core 1.0 section 3.1.3.7).
///
/// The signature is not checked: the token came directly from the token endpoint over TLS, or from a test server on
/// this computer, and item 6 of that section lets TLS take the signature's place then. An ID token that came any other
/// way must not be given to this function.
pub(crate) fn read(token: &str, expected: &Expected<'_>) -> Result<Identity, Problem> {
    let claims: Claims = jwt::claims(token).ok_or(Problem::NotJwt)?;
    if !expected.issuer.accepts(&claims.iss, claims.tid.as_deref()) {
        return Err(Problem::Issuer(claims.iss));
    }
    let for_us = match &claims.aud {
        Audience::One(audience) => audience == expected.client_id,
        Audience::Many(audiences) => audiences
            .iter()
            .any(|audience| audience == expected.client_id),
    };
    if !for_us
        || claims
            .azp
            .as_deref()
            .is_some_and(|azp| azp != expected.client_id)
    {
        return Err(Problem::Audience);
    }
    if claims.exp.seconds().saturating_add(LEEWAY) <= expected.now.as_second() {
        return Err(Problem::Expired);
    }
    if expected
        .nonce
        .is_some_and(|nonce| claims.nonce.as_deref() != Some(nonce.expose()))
    {
        return Err(Problem::Nonce);
    }
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (email, upn) = (filled(claims.email), filled(claims.upn));
    let name = filled(claims.preferred_username)
        .or_else(|| email.clone())
        .or_else(|| upn.clone());
    Ok(Identity {
        issuer: claims.iss,
        subject: claims.sub,
        name: name.unwrap_or_default(),
        email,
        upn,
        display_name: claims.name.as_deref().and_then(displayed),
        tenant: filled(claims.tid),
    })
}

/// A name that can be shown and put into a message's header.
fn displayed(name: &str) -> Option<String> {
    let clean: String = name
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST_NAME)
        .collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    (!clean.is_empty()).then_some(clean)
}

impl Problem {
    pub(crate) fn into_error(self, profile: &Profile) -> OauthError {
        let mut evidence = answer::base(profile, &profile.token);
        evidence.fault = Some(Fault::Malformed);
        evidence.text = match self {
            Self::NotJwt => "the sign-in server's ID token cannot be read".to_owned(),
            Self::Issuer(iss) => format!(
                "the ID token was issued by “{}”, which is not this sign-in's server",
                text::clean(&iss, &[])
            ),
            Self::Audience => "the ID token is for another app registration".to_owned(),
            Self::Nonce => "the ID token is the answer to another sign-in".to_owned(),
            Self::Expired => {
                evidence.fault = Some(Fault::TokenExpired);
                "the ID token is past its end although it was just issued: a clock is wrong"
                    .to_owned()
            }
        };
        OauthError::Identity(Box::new(evidence))
    }
}

#[cfg(test)]
mod tests;
