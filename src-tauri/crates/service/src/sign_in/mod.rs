//! Signing in by the system's browser. What a mailbox and a set-up have in common is here: one sign-in at a time on
//! this computer, the listener, the link, the browser's return. `ask` says whom a sign-in is for and what it asks of
//! the provider, `judge` looks at what came back, `keep` saves it; `for_mailbox` and `for_setup` are the two use cases.

mod ask;
#[cfg(test)]
mod fixture;
mod for_mailbox;
mod for_setup;
mod judge;
mod keep;

use std::time::Duration;

use mailwright_domain::EmailAddress;
use mailwright_oauth::{Callback, EndPage, Loopback, SignInRequest, WAIT};
use tokio::sync::mpsc::UnboundedSender;
use url::Url;

use crate::lock::{self, Lock};
use crate::wire::SignInStep;
use crate::{Code, Failure, Service};
use ask::Ask;
use judge::sign_in_failure;

/// What may differ between two sign-ins to the same mailbox.
#[derive(Clone, Debug)]
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
    /// How long to wait for the person.
    pub limit: Duration,
}

impl Default for SignInOptions {
    /// The mailbox's own account, and five minutes.
    fn default() -> Self {
        Self {
            shared: false,
            choose_account: false,
            sign_in_name: None,
            window: false,
            limit: WAIT,
        }
    }
}

/// What happens during a sign-in.
#[derive(Clone, Debug)]
pub enum SignInEvent {
    /// Another sign-in is open on this computer; this one goes on when that one has ended.
    Queued,
    /// The address to open in the browser. It can be used once.
    Link(Url),
    /// The browser came back; the code is being redeemed.
    CameBack,
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
            Self::CameBack => SignInStep::CameBack,
        }
    }
}

impl Service {
    /// Hands out the link and waits for the browser. Dropping the future cancels it: nothing was kept, and a tab that
    /// comes back late is told for a minute that its page is out of date.
    async fn in_browser(
        &self,
        ask: &Ask,
        limit: Duration,
        events: &UnboundedSender<SignInEvent>,
    ) -> Result<(Callback, SignInRequest), Failure> {
        let loopback = Loopback::bind(&ask.profile.redirect).await?;
        let request = SignInRequest::new(
            &ask.profile,
            &loopback.redirect_uri(),
            &mailwright_oauth::SignInOptions {
                account: ask.account.clone(),
                ..mailwright_oauth::SignInOptions::default()
            },
        )?;
        // The receiver may have gone; the sign-in goes on for whoever opened the address.
        let _ = events.send(SignInEvent::Link(request.authorize_url().clone()));
        let callback = loopback
            .wait(request.state(), limit, std::future::pending())
            .await
            .map_err(|error| sign_in_failure(error, ask))?;
        let _ = events.send(SignInEvent::CameBack);
        Ok((callback, request))
    }

    /// Waits for this computer's one sign-in at a time: two open pages only confuse.
    async fn turn(
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
mod tests;
