//! The message that a test sends on request, and who looks for it.

use std::time::Duration;

use mailwright_domain::{CheckId, EmailAddress, Mailbox, Outcome, Protocol};
use mailwright_mail::{Errand, Patience, Target, TestMessage};

use super::TestOptions;
use super::climb::Climbed;
use crate::Failure;
use crate::detecting::read_address;

/// How long a message is waited for at least, where the person has not given a limit: providers deliver to their own
/// mailboxes within seconds, and now and then in a minute.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whom a test sends a message to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendTo {
    /// The mailbox itself, where the message is looked for and deleted again.
    Itself,
    /// Somebody. The mailbox's own address means the same as [`SendTo::Itself`].
    Address(EmailAddress),
}

impl SendTo {
    /// The word for [`SendTo::Itself`].
    pub const ITSELF: &'static str = "self";

    /// Reads `self` or an address.
    ///
    /// # Errors
    /// It is neither.
    pub fn read(text: &str) -> Result<Self, Failure> {
        if text.trim() == Self::ITSELF {
            return Ok(Self::Itself);
        }
        read_address(text).map(Self::Address)
    }

    /// What [`SendTo::read`] reads it from.
    pub(super) fn word(&self) -> String {
        match self {
            Self::Itself => Self::ITSELF.to_owned(),
            Self::Address(address) => address.to_string(),
        }
    }

    fn address<'a>(&'a self, mailbox: &'a Mailbox) -> &'a EmailAddress {
        match self {
            Self::Itself => &mailbox.address,
            Self::Address(address) => address,
        }
    }

    /// Whether the message comes back to the mailbox that is tested.
    pub(super) fn comes_back(&self, mailbox: &Mailbox) -> bool {
        *self.address(mailbox) == mailbox.address
    }
}

/// What the ladders of a test do beyond proving the way.
pub(super) struct Errands {
    send: Errand,
    /// The protocol that looks for the message: one is enough, and two would take it away from each other.
    finder: Option<Protocol>,
    find: Errand,
    /// The message goes to the mailbox itself, and nothing in this test reads there.
    stays: bool,
}

impl Errands {
    /// What a test of these servers does.
    pub(super) fn of(mailbox: &Mailbox, options: &TestOptions, targets: &[Target]) -> Self {
        let Some(to) = &options.message else {
            return Self {
                send: Errand::Nothing,
                finder: None,
                find: Errand::Nothing,
                stays: false,
            };
        };
        let message = TestMessage::new(to.address(mailbox).clone(), &mailbox.sender_name);
        let tested = |p: &Protocol| targets.iter().any(|t| t.endpoint.protocol == *p);
        let finder = [Protocol::Imap, Protocol::Pop3].into_iter().find(tested);
        if finder.is_none() || !to.comes_back(mailbox) {
            return Self {
                send: Errand::SendAway(message),
                finder: None,
                find: Errand::Nothing,
                stays: to.comes_back(mailbox),
            };
        }
        let limit = options
            .limit
            .unwrap_or_else(|| mailbox.timeout.max(PATIENCE));
        let (send, find) = Errand::there_and_back(message, Patience::of(limit));
        Self {
            send,
            finder,
            find,
            stays: false,
        }
    }

    /// Whether the message stays in the mailbox, because nothing in this test looks for it.
    pub(super) fn leaves_a_message(&self) -> bool {
        self.stays
    }

    /// What the ladder of a protocol does; it is given out once.
    pub(super) fn take(&mut self, protocol: Protocol) -> Errand {
        self.errand(protocol)
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// The checks that it adds to the ladder of a protocol.
    pub(super) fn checks(&mut self, protocol: Protocol) -> &'static [CheckId] {
        self.errand(protocol)
            .map_or(&[], |errand| Errand::checks(errand))
    }

    fn errand(&mut self, protocol: Protocol) -> Option<&mut Errand> {
        if protocol.receives() {
            (self.finder == Some(protocol)).then_some(&mut self.find)
        } else {
            Some(&mut self.send)
        }
    }
}

/// Where a message went to the mailbox itself and nobody could look for it, it is still there: the person must know.
pub(super) fn tell_what_is_left(climbed: &mut [Climbed], stays: bool) {
    let mut all = climbed.iter().flat_map(|ladder| &ladder.checks);
    let not_looked_for =
        all.any(|check| check.id == CheckId::Arrived && check.outcome == Outcome::Skipped);
    if !not_looked_for && !stays {
        return;
    }
    for check in climbed.iter_mut().flat_map(|ladder| &mut ladder.checks) {
        if check.id == CheckId::Message && check.outcome == Outcome::Passed {
            check.detail.push_str(
                " It could not be looked for, so it is left in the mailbox; delete it when you see it.",
            );
        }
    }
}
