use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mailwright_domain::Secret;
use tokio::time::Instant;

use crate::redact::{Redactor, shown};

/// Lines that are kept; a folder list of a large mailbox is cut here.
const MOST_LINES: usize = 1_000;
/// Bytes of a line that are kept.
const MOST_BYTES: usize = 1_000;

/// Who said a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// This program.
    Sent,
    /// The server.
    Received,
    /// Nobody: what happened around it.
    Note,
}

/// One line of a conversation, free of secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptLine {
    /// Since the test of this protocol began.
    pub at: Duration,
    /// Who said it.
    pub direction: Direction,
    /// What was said.
    pub text: String,
}

/// A whole conversation with a server, without secrets: tokens, passwords and what belongs to a sign-in exchange
/// never enter it. `Display` writes it as text, one line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// In the order in which they were said.
    pub lines: Vec<TranscriptLine>,
    /// How many lines were left out because there were too many.
    pub left_out: usize,
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            let who = match line.direction {
                Direction::Sent => "C:",
                Direction::Received => "S:",
                Direction::Note => "--",
            };
            writeln!(f, "{:8.3} {who} {}", line.at.as_secs_f64(), line.text)?;
        }
        if self.left_out > 0 {
            writeln!(f, "         -- {} more lines", self.left_out)?;
        }
        Ok(())
    }
}

/// Writes the transcript; all connections of one test share it.
#[derive(Clone)]
pub(crate) struct Log(Arc<Mutex<Inner>>);

struct Inner {
    began: Instant,
    redactor: Redactor,
    transcript: Transcript,
}

impl Log {
    pub(crate) fn new(secret: &Secret) -> Self {
        let mut redactor = Redactor::new();
        redactor.learn(secret);
        Self(Arc::new(Mutex::new(Inner {
            began: Instant::now(),
            redactor,
            transcript: Transcript::default(),
        })))
    }

    /// One more value that must not be shown.
    pub(crate) fn learn(&self, secret: &Secret) {
        self.inner().redactor.learn(secret);
    }

    pub(crate) fn sent(&self, text: &str) {
        self.add(Direction::Sent, text.as_bytes());
    }

    pub(crate) fn received(&self, line: &[u8]) {
        self.add(Direction::Received, line);
    }

    pub(crate) fn note(&self, text: &str) {
        self.add(Direction::Note, text.as_bytes());
    }

    /// A server's words, ready to be shown.
    pub(crate) fn clean(&self, bytes: &[u8], most: usize) -> String {
        self.inner().redactor.clean(&shown(bytes, most))
    }

    /// What was said so far.
    pub(crate) fn transcript(&self) -> Transcript {
        self.inner().transcript.clone()
    }

    fn add(&self, direction: Direction, line: &[u8]) {
        let mut inner = self.inner();
        if inner.transcript.lines.len() >= MOST_LINES {
            inner.transcript.left_out += 1;
            return;
        }
        let at = inner.began.elapsed();
        let text = inner.redactor.clean(&shown(line, MOST_BYTES));
        inner.transcript.lines.push(TranscriptLine {
            at,
            direction,
            text,
        });
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
