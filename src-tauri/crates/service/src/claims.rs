//! What a provider's policy asks of the next sign-in (a second factor, a known device): Entra's `claims` challenge. It
//! comes with a refusal, waits in the database, goes out with the next sign-in and is forgotten when that succeeds.

use mailwright_oauth::OauthError;
use mailwright_store::Challenged;
use serde_json::{Map, Value};

use crate::Service;

/// Longest challenge that is kept, in bytes: it becomes part of an address, and Entra's are a few hundred.
const LONGEST: usize = 4_096;

impl Service {
    /// Keeps the challenge of a refusal, if it has one. Not being able to costs the person one more page.
    pub(crate) fn keep_claims(&self, whom: Challenged, error: &OauthError) {
        let OauthError::NeedsPerson {
            claims: Some(claims),
            ..
        } = error
        else {
            return;
        };
        if !usable(claims) {
            tracing::info!("a challenge that is none was left out");
            return;
        }
        if let Err(error) = self.store.challenges().put(whom, claims) {
            tracing::warn!(%error, "what the provider asks of the next sign-in could not be kept");
        }
    }

    /// The challenge for a sign-in that may be for several: the first that is there.
    pub(crate) fn claims_for(&self, whom: &[Challenged]) -> Option<String> {
        let find = |whom: &Challenged| self.store.challenges().of(*whom).ok().flatten();
        whom.iter().find_map(find)
    }

    /// Forgets the challenges that a sign-in has met.
    pub(crate) fn claims_met(&self, whom: &[Challenged]) {
        for whom in whom {
            if let Err(error) = self.store.challenges().met(*whom) {
                tracing::info!(%error, "a challenge that was met could not be forgotten");
            }
        }
    }
}

/// A JSON object (OpenID Connect Core 1.0 section 5.5) of a length that an address can carry.
fn usable(claims: &str) -> bool {
    claims.len() <= LONGEST && serde_json::from_str::<Map<String, Value>>(claims).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_an_object_that_fits_into_an_address() {
        assert!(usable(
            r#"{"access_token":{"capolids":{"essential":true}}}"#
        ));
        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(LONGEST));
        for claims in ["", "yes", "[1]", "{", &long] {
            assert!(!usable(claims), "{claims}");
        }
    }
}
