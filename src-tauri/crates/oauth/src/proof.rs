//! What proves a client to the token endpoint: its secret, or an assertion signed with the private key of its
//! certificate (RFC 7521, RFC 7523).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use mailwright_domain::{ClientCertificate, Provider, Secret};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding};
use serde_json::json;
use uuid::Uuid;

use crate::answer;
use crate::certificate::key_pair;
use crate::error::OauthError;
use crate::profile::Profile;

/// `client_assertion_type` of a signed token (RFC 7523 section 2.2).
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// An assertion is good from this many seconds before now, so that a clock that is a little ahead does no harm.
const BEFORE: i64 = 2 * 60;
/// And until this many seconds after now. Entra wants at most ten minutes for both together.
const AFTER: i64 = 8 * 60;

/// What proves a client.
#[derive(Clone, Debug)]
pub enum ClientProof {
    /// Its secret, sent in the body (RFC 6749 section 2.3.1).
    Secret(Secret),
    /// The private key of its certificate; only signatures leave this computer.
    Certificate(ClientKey),
}

/// The private key of a client's certificate.
#[derive(Clone)]
pub struct ClientKey {
    /// PEM, as [`crate::read_certificate`] gave it.
    key: Secret,
    /// SHA-256 of the certificate, by which the provider finds it.
    x5t_s256: String,
}

impl ClientKey {
    /// The key that belongs to a certificate.
    pub fn new(key: Secret, certificate: &ClientCertificate) -> Self {
        Self {
            key,
            x5t_s256: certificate.x5t_s256.clone(),
        }
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey")
            .field("x5t_s256", &self.x5t_s256)
            .finish_non_exhaustive()
    }
}

/// What goes into one request; never into a second one, because an assertion is good for one use.
pub(crate) enum Sent {
    Nothing,
    Secret(Secret),
    Assertion(Secret),
}

impl Sent {
    /// For the next request of this profile.
    ///
    /// # Errors
    /// The key does not sign.
    pub(crate) fn new(profile: &Profile, proof: Option<&ClientProof>) -> Result<Self, OauthError> {
        match proof {
            None => Ok(Self::Nothing),
            Some(ClientProof::Secret(secret)) => Ok(Self::Secret(secret.clone())),
            Some(ClientProof::Certificate(key)) => {
                assertion(profile, key, Timestamp::now()).map(Self::Assertion)
            }
        }
    }

    /// The same in a form that proves nobody: a made-up secret, or an assertion with the signature of another one.
    ///
    /// # Errors
    /// The key does not sign.
    pub(crate) fn wrong(
        profile: &Profile,
        proof: &ClientProof,
        made_up: &Secret,
    ) -> Result<Self, OauthError> {
        let ClientProof::Certificate(key) = proof else {
            return Ok(Self::Secret(made_up.clone()));
        };
        let now = Timestamp::now();
        let (said, other) = (assertion(profile, key, now)?, assertion(profile, key, now)?);
        let (said, _) = said.expose().rsplit_once('.').unwrap_or_default();
        let (_, signature) = other.expose().rsplit_once('.').unwrap_or_default();
        Ok(Self::Assertion(Secret::new(format!("{said}.{signature}"))))
    }

    /// Its names and values in the body of a request.
    pub(crate) fn fields(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Secret(secret) => vec![("client_secret", secret.expose())],
            Self::Assertion(assertion) => vec![
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", assertion.expose()),
            ],
        }
    }

    /// What no text may repeat.
    pub(crate) fn hidden(&self) -> Option<&Secret> {
        match self {
            Self::Nothing => None,
            Self::Secret(secret) | Self::Assertion(secret) => Some(secret),
        }
    }
}

/// The signed token. Entra documents PS256 with `x5t#S256` (certificate credentials of the identity platform); elsewhere
/// RS256 is what every server has (RFC 7518 section 3.1).
fn assertion(profile: &Profile, key: &ClientKey, now: Timestamp) -> Result<Secret, OauthError> {
    let (name, algorithm): (_, &'static dyn RsaEncoding) = match profile.provider {
        Provider::Custom => ("RS256", &RSA_PKCS1_SHA256),
        Provider::Microsoft | Provider::Google => ("PS256", &RSA_PSS_SHA256),
    };
    let header = json!({ "alg": name, "typ": "JWT", "x5t#S256": key.x5t_s256 });
    let now = now.as_second();
    let claims = json!({
        "aud": profile.token.as_str(),
        "iss": profile.client_id,
        "sub": profile.client_id,
        "jti": Uuid::new_v4().to_string(),
        "iat": now,
        "nbf": now - BEFORE,
        "exp": now + AFTER,
    });
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut text = format!("{}.{}", part(&header), part(&claims));
    let signature = sign(&key.key, algorithm, text.as_bytes()).ok_or_else(|| unsigned(profile))?;
    text.push('.');
    text.push_str(&URL_SAFE_NO_PAD.encode(signature));
    Ok(Secret::new(text))
}

fn sign(key: &Secret, algorithm: &'static dyn RsaEncoding, message: &[u8]) -> Option<Vec<u8>> {
    let pair = key_pair(key).ok()?;
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(algorithm, &SystemRandom::new(), message, &mut signature)
        .ok()?;
    Some(signature)
}

fn unsigned(profile: &Profile) -> OauthError {
    let mut evidence = answer::base(profile, &profile.token);
    "the private key of the certificate cannot be used; give the registration its certificate again"
        .clone_into(&mut evidence.text);
    OauthError::Refused(Box::new(evidence))
}

#[cfg(test)]
mod tests;
