//! Where the address of the browser's last page comes in when a person pastes it.

use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mailwright_domain::{Evidence, Fault, Secret};
use mailwright_oauth::{OauthError, SignInRequest};
use tokio::sync::oneshot;

use super::ask::Ask;
use super::judge::about;
use crate::wire::{Pasted, VerdictInfo};
use crate::{Code, Failure, explain};

/// The way in for pasted addresses: whoever shows a sign-in keeps a clone and hands over what a person pastes. One
/// sign-in is open for it at a time, the one that was begun last with it.
#[derive(Clone, Default)]
pub struct Pasting(Arc<Mutex<Option<Open>>>);

/// The sign-in that waits.
struct Open {
    request: Arc<SignInRequest>,
    found: oneshot::Sender<Secret>,
    /// Completes what is known about a text that was no answer.
    about: Box<dyn Fn(Evidence) -> Evidence + Send>,
}

/// A sign-in takes pasted addresses as long as this lives.
pub(super) struct Opened {
    pasting: Pasting,
    request: Arc<SignInRequest>,
    code: oneshot::Receiver<Secret>,
}

/// Why a text did not complete a sign-in.
enum No {
    /// None is waiting.
    NobodyWaits,
    /// It is no answer to the one that waits, or a refusal.
    Answer(Box<Evidence>),
}

impl Pasting {
    pub(super) fn open(&self, request: Arc<SignInRequest>, ask: &Ask) -> Opened {
        let (found, code) = oneshot::channel();
        *self.locked() = Some(Open {
            request: Arc::clone(&request),
            found,
            about: Box::new(about(ask)),
        });
        Opened {
            pasting: self.clone(),
            request,
            code,
        }
    }

    /// Completes the sign-in that waits with the address of the browser's last page. It goes on by itself then; a text
    /// that does not complete it changes nothing, and another can be tried.
    ///
    /// # Errors
    /// The text is no address, or one without a code or of another sign-in, or the provider's refusal; or no sign-in is
    /// waiting.
    pub fn complete(&self, text: &str) -> Result<(), Failure> {
        self.hand_over(text).map_err(|no| match no {
            No::Answer(evidence) => Failure::diagnosed(&evidence),
            No::NobodyWaits => Failure::new(
                Code::NotFound,
                "No sign-in is waiting for an address. Nothing was changed. Begin one first.",
            ),
        })
    }

    /// Does what can be done with whatever the browser showed: an address completes the sign-in that waits, everything
    /// else is explained.
    ///
    /// # Errors
    /// The text cannot be explained, as for [`explain`].
    pub fn read(&self, text: &str) -> Result<Pasted, Failure> {
        let evidence = match self.hand_over(text) {
            Ok(()) => {
                return Ok(Pasted {
                    completed: true,
                    verdicts: Vec::new(),
                });
            }
            Err(No::Answer(evidence)) if evidence.fault != Some(Fault::PastedNoAddress) => {
                Some(evidence)
            }
            Err(_) => None,
        };
        let mut verdicts: Vec<VerdictInfo> = Vec::new();
        let refused = evidence.as_ref().is_some_and(|e| e.oauth_error.is_some());
        if let Some(evidence) = evidence {
            verdicts.push((&mailwright_diagnosis::diagnose(&evidence)).into());
        }
        if !refused {
            verdicts.extend(explain(text, None, None)?.verdicts);
        }
        Ok(Pasted {
            completed: false,
            verdicts,
        })
    }

    fn hand_over(&self, text: &str) -> Result<(), No> {
        let mut slot = self.locked();
        let open = slot.take().ok_or(No::NobodyWaits)?;
        match open.request.code_from_address(text) {
            Ok(code) => open.found.send(code).map_err(|_| No::NobodyWaits),
            Err(error) => {
                let evidence = (open.about)(*OauthError::into_evidence(error));
                *slot = Some(open);
                Err(No::Answer(Box::new(evidence)))
            }
        }
    }

    fn locked(&self) -> MutexGuard<'_, Option<Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Opened {
    /// The code of an address that was pasted.
    pub(super) async fn code(mut self) -> Secret {
        match (&mut self.code).await {
            Ok(code) => code,
            Err(_) => pending().await, // another sign-in took the place
        }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        let mut slot = self.pasting.locked();
        if slot
            .as_ref()
            .is_some_and(|open| Arc::ptr_eq(&open.request, &self.request))
        {
            *slot = None;
        }
    }
}

impl fmt::Debug for Pasting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waits = self.locked().is_some();
        f.debug_struct("Pasting")
            .field("waits", &waits)
            .finish_non_exhaustive()
    }
}
