//! What can be known about an app registration before a person meets an error page. The provider is asked without a
//! person where it answers that; the rest is known only from sign-ins, and until there was one it is not guessed.

mod microsoft;
mod others;
mod reading;
mod seen;

use std::time::Instant;

use jiff::Timestamp;
use mailwright_domain::{
    Basis, Outcome, Provider, Purpose, Reading, Registration, RegistrationCheck, RegistrationReport,
};
use mailwright_oauth::{ClientProof, Profile};

use crate::wire::RegistrationChecked;
use crate::{Failure, Service};

pub(crate) use seen::changed_readings;

/// What proves the client, as far as it can be had.
enum Have {
    /// The registration has nothing.
    None,
    This(ClientProof),
    /// It should be in the keychain, and is not.
    Not(Failure),
}

/// The reading about what proves the client: its certificate, where it has no secret.
fn about_proof(registration: &Registration) -> Reading {
    if registration.certificate.is_some() && !registration.has_secret {
        Reading::Certificate
    } else {
        Reading::Secret
    }
}

/// What [`about_proof`] is about, in words.
fn proof_word(id: Reading) -> &'static str {
    match id {
        Reading::Certificate => "certificate",
        _ => "client secret",
    }
}

impl Service {
    /// Asks the provider of an app registration what it can say without a person, adds what sign-ins have shown, and
    /// keeps the result. Nothing is changed at the provider, and nothing of what it gives is kept.
    ///
    /// # Errors
    /// There is no such app registration, one of its fields cannot be used, or the database cannot be written. That the
    /// provider cannot be reached is no error: the readings say so.
    pub async fn check_registration(&self, which: &str) -> Result<RegistrationChecked, Failure> {
        let registration = self.find_registration(which)?;
        let profile = Profile::new(&registration, Purpose::BOTH)?;
        let (began, checked) = (Instant::now(), Timestamp::now());
        let proof = match self.client_proof(&registration).await {
            Ok(None) => Have::None,
            Ok(Some(proof)) => Have::This(proof),
            Err(failure) => Have::Not(failure),
        };
        let asked = match registration.provider {
            Provider::Microsoft => self.ask_microsoft(&registration, &profile, proof).await,
            Provider::Google | Provider::Custom => {
                self.ask_other(&registration, &profile, proof).await
            }
        };
        let seen = self.store.registration_checks().seen(registration.id)?;
        let report = RegistrationReport {
            registration: registration.id,
            checked,
            took: began.elapsed(),
            checks: merged(&registration, &asked, &seen),
        };
        // Somebody may have changed or removed it meanwhile; what was read is then about nothing that there is.
        if self.find_registration(&registration.id.to_string())? == registration {
            self.store.registration_checks().save(&report)?;
        }
        Ok(RegistrationChecked::new(&registration.name, &report))
    }

    /// The last look at a registration, with what sign-ins have shown since.
    pub(crate) fn last_check(
        &self,
        registration: &Registration,
    ) -> Result<Option<RegistrationChecked>, Failure> {
        let checks = self.store.registration_checks();
        let seen = checks.seen(registration.id)?;
        let report = match checks.last(registration.id)? {
            Some(report) => RegistrationReport {
                checks: merged(registration, &report.checks, &seen),
                ..report
            },
            None => return Ok(None),
        };
        Ok(Some(RegistrationChecked::new(&registration.name, &report)))
    }
}

/// The readings that say something about a registration of this provider.
fn readings(registration: &Registration) -> impl Iterator<Item = Reading> {
    let provider = registration.provider;
    let issuer = registration.authority.is_some();
    let proof = about_proof(registration);
    Reading::ALL
        .into_iter()
        .filter(move |reading| match reading {
            Reading::Tenant | Reading::Platform => provider == Provider::Microsoft,
            Reading::Issuer => provider == Provider::Custom && issuer,
            Reading::Secret | Reading::Certificate => *reading == proof,
            Reading::PublicClient => provider != Provider::Google,
            Reading::Client | Reading::Redirect | Reading::Consent => true,
        })
}

/// One reading each: what the provider said goes before what a sign-in has shown, and that before not knowing.
fn merged(
    registration: &Registration,
    asked: &[RegistrationCheck],
    seen: &[RegistrationCheck],
) -> Vec<RegistrationCheck> {
    readings(registration)
        .map(|id| {
            let asked = asked
                .iter()
                .find(|one| one.id == id && one.basis != Basis::SignIn);
            let seen = seen.iter().find(|one| one.id == id);
            match (asked, seen) {
                (Some(asked), Some(seen)) if worked_in_the_browser(asked, seen) => seen.clone(),
                (Some(asked), _) if asked.outcome != Outcome::Unchecked => asked.clone(),
                (_, Some(seen)) => seen.clone(),
                (Some(asked), None) => asked.clone(),
                (None, None) => reading::only_by_sign_in(id),
            }
        })
        .collect()
}

/// Microsoft tells a public client by its return address in the browser, and by a switch of the app for codes on another
/// device. A code that is refused says nothing about the browser, where a sign-in without a secret has worked.
fn worked_in_the_browser(asked: &RegistrationCheck, seen: &RegistrationCheck) -> bool {
    asked.id == Reading::PublicClient
        && asked.outcome == Outcome::Failed
        && seen.outcome == Outcome::Passed
}

#[cfg(test)]
mod tests;
