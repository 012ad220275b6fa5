//! Turns for sending: whoever connects to a server for sending waits for one, whichever test it belongs to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use mailwright_domain::{Mailbox, Protocol};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Exchange Online refuses more SMTP connections at once with one login (“Concurrent connections limit exceeded”).
pub(super) const AT_ONCE: usize = 3;

/// The turns of every login that is being tested. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turns(Arc<Mutex<BTreeMap<String, Weak<Semaphore>>>>);

impl Turns {
    /// The turns of the login that a mailbox sends with; every test of it gets the same ones.
    pub(super) fn of(&self, mailbox: &Mailbox) -> Arc<Semaphore> {
        let mut logins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logins.retain(|_, turns| turns.strong_count() > 0);
        let login = smtp_login(mailbox);
        if let Some(turns) = logins.get(&login).and_then(Weak::upgrade) {
            return turns;
        }
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        logins.insert(login, Arc::downgrade(&turns));
        turns
    }
}

/// Waits for a turn where there are turns; none also once they are closed, which nobody does.
pub(super) async fn turn(turns: Option<Arc<Semaphore>>) -> Option<OwnedSemaphorePermit> {
    turns?.acquire_owned().await.ok()
}

/// Server and name that a mailbox sends with.
pub(super) fn smtp_login(mailbox: &Mailbox) -> String {
    let host = mailbox
        .endpoint(Protocol::Smtp)
        .map(|endpoint| endpoint.host.to_lowercase());
    format!(
        "{} {}",
        host.unwrap_or_default(),
        mailbox.login(Protocol::Smtp).to_lowercase()
    )
}
