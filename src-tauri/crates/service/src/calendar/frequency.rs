//! How often an organisation wants people to sign in. Nobody can be asked; it shows when a renewal is refused for it.

use jiff::{Span, Timestamp, ToSpan};
use mailwright_domain::{Evidence, GrantId};
use mailwright_store::SignInFrequency;

use crate::{Failure, Service};

/// Entra: the sign-in is older than Conditional Access allows.
const TOO_OLD: [u32; 2] = [70043, 70044];
/// What stands before the number of seconds.
const LIFETIME: &str = "maximum allowed lifetime for this request is ";

impl Service {
    /// Remembers it where a refused renewal says so. Best effort: the refusal itself is told in any case.
    pub(crate) fn note_frequency(&self, grant: GrantId, evidence: &Evidence) {
        if !evidence
            .error_codes
            .iter()
            .any(|code| TOO_OLD.contains(code))
        {
            return;
        }
        let seen = SignInFrequency {
            seconds: seconds(&evidence.text),
            seen: Timestamp::now(),
        };
        if let Err(error) = self.store.sign_in_frequencies().put(grant, seen) {
            tracing::info!(%error, "how often somebody has to sign in could not be noted");
        }
    }

    /// How long a sign-in lasts, where that is known.
    pub(super) fn frequency_of(&self, grant: GrantId) -> Result<Option<Span>, Failure> {
        let seen = self.store.sign_in_frequencies().of(grant)?;
        let seconds = seen.and_then(|seen| seen.seconds);
        Ok(seconds.map(|seconds| i64::from(seconds).seconds()))
    }
}

fn seconds(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once(LIFETIME)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse().ok().filter(|seconds| *seconds > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_seconds_is_read_where_it_is_told() {
        let told = "AADSTS70043: The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on 2026-11-20T08:00:00.0000000Z and the maximum allowed lifetime for this request is 43200. Trace ID: x";
        assert_eq!(seconds(told), Some(43200));
        for other in [
            "AADSTS70044: The session has expired or is invalid due to sign-in frequency checks by conditional access.",
            "the maximum allowed lifetime for this request is soon",
            "the maximum allowed lifetime for this request is 0",
            "",
        ] {
            assert_eq!(seconds(other), None, "{other}");
        }
    }
}
