//! What sign-ins show about an app registration that nobody can ask for.

use std::time::Duration;

use jiff::Timestamp;
use mailwright_diagnosis::diagnose;
use mailwright_domain::{
    Basis, Evidence, Outcome, Provider, Reading, Registration, RegistrationCheck, Verdict,
};
use mailwright_oauth::OauthError;

use super::about_proof;
use crate::registration_changes::same_at_provider;
use crate::{Failure, Service};

/// Verdicts on a sign-in that are about one reading of its registration.
const ABOUT: [(&str, Reading); 7] = [
    ("entra-spa-platform", Reading::Platform),
    ("entra-not-public-client", Reading::PublicClient),
    ("entra-redirect-mismatch", Reading::Redirect),
    ("entra-admin-consent-needed", Reading::Consent),
    ("entra-consent-missing", Reading::Consent),
    ("entra-not-assigned", Reading::Consent),
    ("google-admin-policy", Reading::Consent),
];

impl Service {
    /// Keeps what the end of a sign-in in the browser shows, good or bad. It never spoils the sign-in itself.
    pub(crate) fn saw_redemption<T>(
        &self,
        registration: &Registration,
        result: &Result<T, OauthError>,
    ) {
        let seen = match result {
            Ok(_) => proven(registration),
            Err(error) if error.is_transient() => return,
            Err(error) => disproven(registration, error.evidence()),
        };
        self.keep_seen(registration, &seen);
    }

    /// Keeps what it shows that the browser came back with an error instead of a code.
    pub(crate) fn saw_refusal(&self, registration: &Registration, failure: &Failure) {
        let verdict = failure.verdict.as_deref();
        let seen = verdict.and_then(|verdict| Some((about(verdict)?, verdict)));
        if let Some((reading, verdict)) = seen {
            self.keep_seen(registration, &refused(reading, verdict.clone()));
        }
    }

    fn keep_seen(&self, registration: &Registration, seen: &[RegistrationCheck]) {
        // It may have been changed while the person was in the browser.
        let same = |now: Registration| changed_readings(&now, registration, false).is_none();
        let now = self.store.registrations().by_id(registration.id);
        if seen.is_empty() || !now.ok().flatten().is_some_and(same) {
            return;
        }
        let kept = self.store.registration_checks().saw(registration.id, seen);
        if let Err(error) = kept {
            tracing::warn!(%error, "what a sign-in has shown about its app registration was not kept");
        }
    }
}

/// A code came back by the redirect address, was redeemed by this client with its secret, with its certificate or with
/// neither, and somebody has agreed to what was asked for.
fn proven(registration: &Registration) -> Vec<RegistrationCheck> {
    let own = match about_proof(registration) {
        Reading::Secret if !registration.has_secret => (
            Reading::PublicClient,
            "A sign-in without a client secret has worked.",
        ),
        proof => (proof, "A sign-in with it has worked."),
    };
    let mut seen = vec![
        (Reading::Client, "A sign-in with it has worked."),
        own,
        (
            Reading::Redirect,
            "The browser came back to it after a sign-in.",
        ),
        (
            Reading::Consent,
            "Somebody has signed in and agreed to the permissions.",
        ),
    ];
    if registration.provider == Provider::Microsoft {
        seen.push((
            Reading::Platform,
            "A sign-in was redeemed by a program, as it is for “Mobile and desktop applications” or “Web”.",
        ));
    }
    seen.into_iter()
        .filter(|(id, _)| *id != Reading::PublicClient || registration.provider != Provider::Google)
        .map(|(id, detail)| by_sign_in(id, Outcome::Passed, detail, None))
        .collect()
}

/// What the answer to a sign-in is about; that the browser came back at all is a proof of the redirect address.
fn disproven(registration: &Registration, evidence: &Evidence) -> Vec<RegistrationCheck> {
    let evidence = Evidence {
        provider: evidence.provider.or(Some(registration.provider)),
        ..evidence.clone()
    };
    let verdict = diagnose(&evidence);
    match about(&verdict) {
        Some(reading) => refused(reading, verdict),
        None => vec![came_back()],
    }
}

/// The reading that a verdict on a sign-in is about.
fn about(verdict: &Verdict) -> Option<Reading> {
    ABOUT
        .iter()
        .find_map(|(id, reading)| (*id == verdict.id).then_some(*reading))
}

fn refused(reading: Reading, verdict: Verdict) -> Vec<RegistrationCheck> {
    let detail = format!("{}.", verdict.title.trim_end_matches('.'));
    let failed = by_sign_in(reading, Outcome::Failed, &detail, Some(Box::new(verdict)));
    if reading == Reading::Redirect {
        vec![failed]
    } else {
        vec![came_back(), failed]
    }
}

fn came_back() -> RegistrationCheck {
    let detail = "The browser came back to it after a sign-in.";
    by_sign_in(Reading::Redirect, Outcome::Passed, detail, None)
}

fn by_sign_in(
    id: Reading,
    outcome: Outcome,
    detail: &str,
    verdict: Option<Box<Verdict>>,
) -> RegistrationCheck {
    RegistrationCheck {
        id,
        outcome,
        basis: Basis::SignIn,
        seen: Some(Timestamp::now()),
        took: Duration::ZERO,
        detail: detail.to_owned(),
        verdict,
    }
}

/// What was known of a registration and is not any more, because it is another one now; nothing where only its name or
/// the day of its secret differs.
pub(crate) fn changed_readings(
    before: &Registration,
    after: &Registration,
    new_secret: bool,
) -> Option<Vec<Reading>> {
    if !same_at_provider(before, after) {
        return Some(Reading::ALL.into());
    }
    let mut changed = Vec::new();
    if new_secret
        || before.has_secret != after.has_secret
        || before.certificate != after.certificate
    {
        changed.extend([Reading::Secret, Reading::Certificate, Reading::PublicClient]);
    }
    if before.redirect_uri != after.redirect_uri {
        changed.extend([Reading::Redirect, Reading::Platform]);
    }
    if before.scopes != after.scopes {
        changed.push(Reading::Consent);
    }
    let other = before.custom != after.custom;
    (other || !changed.is_empty()).then_some(changed)
}
