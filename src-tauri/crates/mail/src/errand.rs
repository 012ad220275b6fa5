//! What is done beyond a ladder: one side sends a message, the other looks for it and takes it away again.

use std::time::Duration;

use mailwright_domain::CheckId;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::message::TestMessage;

/// What the sending side has done when it is through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Messages that were accepted.
    pub accepted: usize,
    /// Messages of which it is not known: the connection broke after they had been handed over.
    pub perhaps: usize,
}

/// How long a message is waited for, and how often it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// No look begins later than this after the first one.
    pub limit: Duration,
    /// Pause before the second look; each one after it is half as long again, up to [`Patience::LONGEST_PAUSE`].
    pub pause: Duration,
}

impl Patience {
    /// Between two looks. Providers slow down whoever asks more often for long.
    pub const LONGEST_PAUSE: Duration = Duration::from_secs(5);
    /// The usual first pause: a server delivers to its own mailboxes within a second or two.
    pub const FIRST_PAUSE: Duration = Duration::from_millis(400);

    /// Waits for at most this long.
    pub fn of(limit: Duration) -> Self {
        Self {
            limit,
            pause: Self::FIRST_PAUSE,
        }
    }
}

/// What one ladder does when it is through.
#[derive(Debug, Default)]
pub enum Errand {
    /// Nothing.
    #[default]
    Nothing,
    /// Send the message (SMTP) and tell what came of it; dropped untold, nothing was sent.
    Send(TestMessage, oneshot::Sender<Sent>),
    /// Send the message to somebody else: nobody looks for it.
    SendAway(TestMessage),
    /// When the message was sent, look for it and take it away again (IMAP, POP3).
    Find(TestMessage, Patience, oneshot::Receiver<Sent>),
}

impl Errand {
    /// The two halves: what the sending side does, and what the reading side does.
    pub fn there_and_back(message: TestMessage, patience: Patience) -> (Self, Self) {
        let (tell, told) = oneshot::channel();
        let find = Self::Find(message.clone(), patience, told);
        (Self::Send(message, tell), find)
    }

    /// The checks that it adds to a ladder.
    pub fn checks(&self) -> &'static [CheckId] {
        match self {
            Self::Nothing => &[],
            Self::Send(..) | Self::SendAway(_) => &[CheckId::Message],
            Self::Find(..) => &[CheckId::Arrived, CheckId::Remove],
        }
    }
}

/// Goes on looking: pauses that grow, until patience ends.
pub(crate) struct Looks {
    began: Instant,
    limit: Duration,
    pause: Duration,
}

impl Looks {
    pub(crate) fn new(patience: Patience) -> Self {
        Self {
            began: Instant::now(),
            limit: patience.limit,
            pause: patience.pause,
        }
    }

    /// Time since the first look.
    pub(crate) fn took(&self) -> Duration {
        self.began.elapsed()
    }

    /// Waits for the next look; false when there is none any more.
    pub(crate) async fn again(&mut self) -> bool {
        let next = Instant::now() + self.pause;
        if next > self.began + self.limit {
            return false;
        }
        tokio::time::sleep_until(next).await;
        self.pause = (self.pause * 3 / 2).min(Patience::LONGEST_PAUSE);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn looks_become_rarer_and_end_in_time() {
        let mut looks = Looks::new(Patience::of(Duration::from_secs(60)));
        let mut at = vec![looks.took()];
        while looks.again().await {
            at.push(looks.took());
        }
        let pauses: Vec<Duration> = at.windows(2).map(|w| w[1] - w[0]).collect();
        assert!(pauses.windows(2).all(|w| w[0] <= w[1]), "{pauses:?}");
        assert_eq!(pauses.last(), Some(&Patience::LONGEST_PAUSE));
        assert!(
            at.last()
                .is_some_and(|last| *last <= Duration::from_secs(60))
        );
        assert!((10..30).contains(&at.len()), "{} looks", at.len());
    }

    #[tokio::test(start_paused = true)]
    async fn without_patience_there_is_one_look() {
        let mut looks = Looks::new(Patience::of(Duration::ZERO));
        assert!(!looks.again().await);
    }
}
