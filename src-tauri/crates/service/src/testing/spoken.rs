//! What was said with the servers in the last test of each mailbox: kept while the program runs, and in memory only.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use mailwright_domain::{MailboxId, Protocol};

use crate::wire::ConversationInfo;
use crate::{Failure, Service};

/// Mailboxes whose conversations are kept; one of them has some kilobytes.
const MOST: usize = 100;

/// Shared by all clones of a service.
#[derive(Clone, Default)]
pub(crate) struct Spoken(Arc<Mutex<BTreeMap<MailboxId, Test>>>);

/// One test, which its beginning names.
struct Test {
    started: Timestamp,
    conversations: Vec<ConversationInfo>,
}

impl Spoken {
    pub(crate) fn keep(
        &self,
        mailbox: MailboxId,
        started: Timestamp,
        spoken: &[(Protocol, String)],
    ) {
        let conversations = spoken
            .iter()
            .map(|(protocol, text)| ConversationInfo {
                protocol: protocol.word().to_owned(),
                lines: text.lines().map(str::to_owned).collect(),
            })
            .collect();
        let mut tests = self.tests();
        if tests.len() >= MOST && !tests.contains_key(&mailbox) {
            let oldest = tests.iter().min_by_key(|(_, test)| test.started);
            if let Some(oldest) = oldest.map(|(id, _)| *id) {
                tests.remove(&oldest);
            }
        }
        let test = Test {
            started,
            conversations,
        };
        tests.insert(mailbox, test);
    }

    /// Of this very test; nothing where another one was later, or the program has been started since.
    pub(crate) fn of(&self, mailbox: MailboxId, started: Timestamp) -> Vec<ConversationInfo> {
        self.tests()
            .get(&mailbox)
            .filter(|test| test.started == started)
            .map_or_else(Vec::new, |test| test.conversations.clone())
    }

    fn tests(&self) -> MutexGuard<'_, BTreeMap<MailboxId, Test>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// What was said with the servers in the test that began then (`started` of its report), without secrets, one
    /// conversation for each server. Nothing where it is not known any more: it is kept until the next test of the
    /// mailbox or the end of the program.
    ///
    /// # Errors
    /// There is no such mailbox.
    pub fn conversations(
        &self,
        which: &str,
        started: &str,
    ) -> Result<Vec<ConversationInfo>, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let started = started.parse::<Timestamp>().ok();
        Ok(started.map_or_else(Vec::new, |started| self.spoken.of(mailbox.id, started)))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_last_test_of_a_mailbox_is_kept_and_no_more_than_so_many() {
        let spoken = Spoken::default();
        let id = |n: usize| MailboxId(Uuid::from_u128(n as u128));
        let at = |n: usize| Timestamp::from_second(i64::try_from(n).unwrap()).unwrap();
        for n in 0..=MOST {
            let said = [(Protocol::Imap, format!("C: A1\nS: {n}"))];
            spoken.keep(id(n), at(n), &said);
        }
        assert_eq!(spoken.tests().len(), MOST);
        assert!(spoken.of(id(0), at(0)).is_empty(), "the oldest went");
        assert_eq!(spoken.of(id(1), at(1))[0].lines, ["C: A1", "S: 1"]);
        spoken.keep(id(1), at(MOST + 1), &[]);
        assert!(
            spoken.of(id(1), at(1)).is_empty(),
            "a later test took its place"
        );
        assert_eq!(spoken.of(id(2), at(2))[0].protocol, "imap");
    }
}
