//! Signing in, by one of three routes: the system's browser that comes back to this computer, the same with the last
//! address pasted by a person, and a code that is entered on another device. What a mailbox and a set-up have in common
//! is here: one sign-in at a time on this computer, and the route to what the person brings back. `browser` and `code`
//! are the routes, `pasting` is where pasted addresses come in; `ask` says whom a sign-in is for and what it asks of the
//! provider, `judge` looks at what came back, `keep` saves it; `for_mailbox` and `for_setup` are the two use cases,
//! and `sharing` needs no provider's page.

mod ask;
mod browser;
mod code;
#[cfg(test)]
mod fixture;
mod for_mailbox;
mod for_setup;
mod judge;
mod keep;
mod pasting;
mod sharing;

use std::sync::Arc;
use std::time::Duration;

use mailwright_domain::{EmailAddress, Secret};
use mailwright_oauth::{EndPage, Responder, SignInRequest, Tokens, WAIT};
use tokio::sync::mpsc::UnboundedSender;
use url::Url;

use crate::lock::{self, Lock};
use crate::wire::SignInStep;
use crate::{Code, Failure, Service};
use ask::Ask;

pub(crate) use code::not_offered;
pub use pasting::Pasting;

/// What may differ between two sign-ins to the same mailbox.
#[derive(Clone, Debug, Default)]
pub struct SignInOptions {
    /// The address is a shared mailbox: whoever signs in is right if the inbox then opens, and is the SMTP login from
    /// then on.
    pub shared: bool,
    /// Ask the provider to show its choice of accounts instead of proposing one.
    pub choose_account: bool,
    /// This is the sign-in name of the mailbox: whoever has it is right if the inbox then opens, and it is the
    /// mailbox's sign-in name from then on. The SMTP login follows unless somebody made it differ. Where a mailbox only
    /// sends there is no inbox to open. Not together with `shared`.
    pub sign_in_name: Option<String>,
    /// A window asks, and tests the mailbox next; the page in the browser says so. Otherwise it says that Mailwright
    /// goes on.
    pub window: bool,
    /// How the person is waited for.
    pub waiting: Waiting,
}

/// How a person is waited for: five minutes in the browser, unless it is said otherwise.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The way to the provider's page and back.
    pub route: Route,
    /// How long to wait. A code may end earlier.
    pub limit: Duration,
    /// Where pasted addresses come in, whatever the route; a code takes none.
    pub pasting: Pasting,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            route: Route::default(),
            limit: WAIT,
            pasting: Pasting::default(),
        }
    }
}

/// The way to the provider's page and back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// A browser on this computer, which comes back by itself (RFC 8252 section 7.3).
    #[default]
    Browser,
    /// A browser anywhere; a person pastes the address of its last page, which does not load. Where a browser of this
    /// computer can come back by itself, that completes the sign-in as well.
    Pasted,
    /// A code that the person enters on any device (RFC 8628).
    Code,
}

/// What happens during a sign-in.
#[derive(Clone, Debug)]
pub enum SignInEvent {
    /// Another sign-in is open on this computer; this one goes on when that one has ended.
    Queued,
    /// The address to open in the browser. It can be used once.
    Link(Url),
    /// The code to enter on another device.
    Code(ShownCode),
    /// The provider was asked whether the code was used.
    Polled {
        /// It said that it was not; otherwise there was no usable answer, and the wait goes on.
        answered: bool,
        /// When it is asked again, from now on.
        again_in: Duration,
    },
    /// The person has finished at the provider; what came of it is looked at now.
    CameBack,
}

/// A code on its way to the person.
#[derive(Clone, Debug)]
pub struct ShownCode {
    /// Address of the page to open.
    pub page: String,
    /// What to type there.
    pub code: String,
    /// Name of the app registration.
    pub registration: String,
    /// Who should sign in there; none where anybody is right.
    pub person: Option<String>,
    /// How long it can be used.
    pub lasts: Duration,
    /// How often the provider is asked whether it was used.
    pub every: Duration,
}

/// What a route brought back.
enum Brought {
    /// A code that is still to be redeemed, and the page that waits for what comes of it where a browser came back.
    Code {
        code: Secret,
        request: Arc<SignInRequest>,
        page: Option<Responder>,
    },
    /// The tokens themselves.
    Tokens(Box<Tokens>),
}

impl SignInEvent {
    /// The same for the window; `limit` is how long this sign-in waits for the person, from the link on.
    pub fn step(&self, limit: Duration) -> SignInStep {
        match self {
            Self::Queued => SignInStep::Queued,
            Self::Link(url) => SignInStep::Link {
                url: url.to_string(),
                ms: crate::wire::milliseconds(limit),
            },
            Self::Code(shown) => SignInStep::Code {
                page: shown.page.clone(),
                code: shown.code.clone(),
                ms: crate::wire::milliseconds(shown.lasts),
                every_ms: crate::wire::milliseconds(shown.every),
            },
            Self::Polled { answered, again_in } => SignInStep::Polled {
                answered: *answered,
                again_in_ms: crate::wire::milliseconds(*again_in),
            },
            Self::CameBack => SignInStep::CameBack,
        }
    }
}

impl Service {
    /// Goes the route until the person has finished at the provider. Dropping the future cancels it, and nothing was
    /// kept.
    async fn brought(
        &self,
        ask: &Ask,
        waiting: &Waiting,
        events: &UnboundedSender<SignInEvent>,
    ) -> Result<Brought, Failure> {
        match waiting.route {
            Route::Browser | Route::Pasted => {
                let brought = browser::come_back(ask, waiting, events).await;
                if let Err(failure) = &brought {
                    self.saw_refusal(&ask.registration, failure);
                }
                brought
            }
            Route::Code => self.code_used(ask, waiting, events).await,
        }
    }

    /// The tokens of what was brought, and the page that waits for what comes of them.
    async fn tokens_of(
        &self,
        ask: &Ask,
        brought: Brought,
    ) -> (Result<Tokens, Failure>, Option<Responder>) {
        match brought {
            Brought::Tokens(tokens) => (Ok(*tokens), None),
            Brought::Code {
                code,
                request,
                page,
            } => (self.redeemed(ask, &code, &request).await, page),
        }
    }

    /// Waits for this computer's one sign-in at a time: two open pages only confuse.
    pub(crate) async fn turn(
        &self,
        limit: Duration,
        events: &UnboundedSender<SignInEvent>,
    ) -> Result<Lock, Failure> {
        if let Some(lock) = self.free_turn().await? {
            return Ok(lock);
        }
        let _ = events.send(SignInEvent::Queued);
        lock::acquire(&self.home, TURN, limit).await?.ok_or_else(|| {
            Failure::new(
                Code::NeedsSignIn,
                "Another sign-in is still open on this computer. Finish or cancel it, then try again. Nothing was changed.",
            )
        })
    }

    /// The turn, if no other sign-in has it.
    pub(crate) async fn free_turn(&self) -> Result<Option<Lock>, Failure> {
        lock::acquire(&self.home, TURN, Duration::ZERO).await
    }
}

/// Name of the lock for one sign-in at a time.
const TURN: &str = "sign-in";

/// Puts what came of a sign-in on the page that waits for it, where one does.
async fn answer(page: Option<Responder>, end: EndPage) {
    if let Some(page) = page {
        page.finish(end).await;
    }
}

/// The page for a sign-in that did not succeed; `mailbox` is its address, where there is one.
fn page_of(failure: &Failure, mailbox: Option<&str>) -> EndPage {
    if let (Some(other), Some(mailbox)) = (&failure.other_account, mailbox) {
        return EndPage::DifferentAccount {
            mailbox: mailbox.to_owned(),
            signed_in_as: other.signed_in_as.clone(),
        };
    }
    let sentence = match &failure.verdict {
        Some(verdict) => format!("{}.", verdict.title.trim_end_matches('.')),
        None => failure.message.clone(),
    };
    EndPage::Failed { sentence }
}

/// Sign-in names are compared as addresses where they are ones, so that a domain's two spellings are the same.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    match (a.parse::<EmailAddress>(), b.parse::<EmailAddress>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a.to_lowercase() == b.to_lowercase(),
    }
}

#[cfg(test)]
mod route_tests;
#[cfg(test)]
mod tests;
