//! One reading, made from what was seen.

use std::time::Duration;

use jiff::Timestamp;
use mailwright_diagnosis::diagnose;
use mailwright_domain::{Basis, Evidence, Outcome, Reading, RegistrationCheck, Verdict};
use mailwright_oauth::OauthError;

/// The provider was asked, and this is so.
pub(super) fn passed(id: Reading, took: Duration, detail: impl Into<String>) -> RegistrationCheck {
    RegistrationCheck {
        id,
        outcome: Outcome::Passed,
        basis: Basis::Asked,
        seen: Some(Timestamp::now()),
        took,
        detail: detail.into(),
        verdict: None,
    }
}

/// The provider was asked, and this is not so.
pub(super) fn failed(id: Reading, took: Duration, evidence: &Evidence) -> RegistrationCheck {
    failed_as(id, took, Box::new(diagnose(evidence)))
}

/// The same with a diagnosis that was made elsewhere.
pub(super) fn failed_as(id: Reading, took: Duration, verdict: Box<Verdict>) -> RegistrationCheck {
    RegistrationCheck {
        outcome: Outcome::Failed,
        detail: format!("{}.", verdict.title.trim_end_matches('.')),
        verdict: Some(verdict),
        ..passed(id, took, "")
    }
}

/// The provider was asked, and its answer says nothing about this: it cannot be reached, or said something else.
pub(super) fn hindered(id: Reading, took: Duration, evidence: &Evidence) -> RegistrationCheck {
    let verdict = Box::new(diagnose(evidence));
    RegistrationCheck {
        outcome: Outcome::Unchecked,
        basis: Basis::NotSeen,
        seen: None,
        detail: format!("Not seen live: {}.", verdict.title.trim_end_matches('.')),
        verdict: Some(verdict),
        ..passed(id, took, "")
    }
}

/// Nobody can know this yet, or ever.
pub(super) fn unchecked(id: Reading, why: impl Into<String>) -> RegistrationCheck {
    RegistrationCheck {
        outcome: Outcome::Unchecked,
        basis: Basis::NotSeen,
        seen: None,
        ..passed(id, Duration::ZERO, why)
    }
}

/// There was no point in asking.
pub(super) fn skipped(id: Reading, why: impl Into<String>) -> RegistrationCheck {
    RegistrationCheck {
        outcome: Outcome::Skipped,
        ..unchecked(id, why)
    }
}

/// What a provider tells nobody but the person in the browser.
pub(super) fn only_by_sign_in(id: Reading) -> RegistrationCheck {
    let why = match id {
        Reading::Redirect => {
            "Not seen live. The provider shows a wrong return address on its own page and tells Mailwright nothing, so this is known after the first sign-in."
        }
        Reading::Platform => {
            "Not seen live. Under which platform the return address stands is known after the first sign-in."
        }
        Reading::Consent => "Not seen live. Who has agreed is known after the first sign-in.",
        _ => "Not seen live. This is known after the first sign-in.",
    };
    unchecked(id, why)
}

/// The number of Entra that an answer is known by.
pub(super) fn number(error: &OauthError) -> Option<u32> {
    error.evidence().error_codes.first().copied()
}
