//! The route by a code that is entered on another device.

use mailwright_domain::{Provider, Registration};
use mailwright_oauth::{Account, Profile, device_code, device_code_offered, wait_for_device};
use tokio::sync::mpsc::UnboundedSender;

use super::ask::Ask;
use super::judge::sign_in_failure;
use super::{Brought, ShownCode, SignInEvent, Waiting};
use crate::{Code, Failure, Hint, Service};

impl Service {
    /// Hands out a code and asks the provider until it was used. Dropping the future cancels.
    pub(super) async fn code_used(
        &self,
        ask: &Ask,
        waiting: &Waiting,
        events: &UnboundedSender<SignInEvent>,
    ) -> Result<Brought, Failure> {
        if let Some(failure) = not_offered(&ask.registration, &ask.profile) {
            return Err(failure);
        }
        let proof = ask.proof.as_ref();
        let code = device_code(&self.net, &ask.profile, proof)
            .await
            .map_err(|error| sign_in_failure(error, ask))?;
        // The receiver may have gone; whoever has the code may still use it.
        let _ = events.send(SignInEvent::Code(ShownCode {
            page: code.page.to_string(),
            code: code.user_code.clone(),
            registration: ask.registration.name.clone(),
            person: match &ask.account {
                Account::Expected(name) => Some(name.clone()),
                Account::Any | Account::Choose => None,
            },
            lasts: code.expires_in.min(waiting.limit),
            every: code.interval,
        }));
        let polled = |one: mailwright_oauth::Polled| {
            let _ = events.send(SignInEvent::Polled {
                answered: one.answered,
                again_in: one.again_in,
            });
        };
        let limit = waiting.limit;
        let tokens = wait_for_device(&self.net, &ask.profile, proof, &code, limit, polled)
            .await
            .map_err(|error| sign_in_failure(error, ask))?;
        let _ = events.send(SignInEvent::CameBack);
        Ok(Brought::Tokens(Box::new(tokens)))
    }
}

/// Why nobody can sign in with a code, before anybody was asked.
pub(crate) fn not_offered(registration: &Registration, profile: &Profile) -> Option<Failure> {
    let error = device_code_offered(profile).err()?;
    let failure = Failure::from(error).with_code(Code::Usage);
    Some(match registration.provider {
        Provider::Custom => failure.hinting(Hint::DeviceAddress(registration.name.clone())),
        Provider::Microsoft | Provider::Google => failure,
    })
}
