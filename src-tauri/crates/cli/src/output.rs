//! The only place that prints.
#![expect(clippy::print_stderr, reason = "this is the module that does it")]

use std::io::{IsTerminal, Write};

use mailwright_service::Failure;
use mailwright_service::wire::Problem;
use serde::Serialize;

use crate::people;

/// How answers are printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// One JSON document instead of sentences.
    pub(crate) json: bool,
}

impl Output {
    /// Sentences, or JSON.
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// The answer of a verb: the value itself as JSON, or what `sentences` makes of it.
    pub(crate) fn answer<T: Serialize>(self, value: &T, sentences: impl FnOnce(&T) -> String) {
        if self.json {
            self.line(&serde_json::to_string_pretty(value).unwrap_or_default());
        } else {
            self.line(sentences(value).trim_end());
        }
    }

    /// One JSON value on one line of standard output.
    pub(crate) fn json_line<T: Serialize>(self, value: &T) {
        self.line(&serde_json::to_string(value).unwrap_or_default());
    }

    /// One line of standard output. A reader that went away is no reason to complain.
    #[expect(
        clippy::unused_self,
        reason = "printing goes through a value, so that a reader sees where output can come from"
    )]
    pub(crate) fn line(self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{text}");
        let _ = out.flush();
    }

    /// One line of progress on standard error.
    #[expect(clippy::unused_self, reason = "see `line`")]
    pub(crate) fn progress(self, text: &str) {
        eprintln!("{text}");
    }

    /// A line that is replaced by the next one, on a terminal only.
    pub(crate) fn transient(self, text: &str) {
        if self.is_terminal() {
            eprint!("\r\x1b[2K{text}");
        }
    }

    /// Whether a person sees standard error.
    #[expect(clippy::unused_self, reason = "see `line`")]
    pub(crate) fn is_terminal(self) -> bool {
        std::io::stderr().is_terminal()
    }

    /// What went wrong: sentences on standard error, and with `--json` the document on standard output.
    pub(crate) fn failure(self, failure: &Failure) {
        if self.json {
            self.line(&serde_json::to_string_pretty(&Problem::from(failure)).unwrap_or_default());
        }
        self.progress(people::failure(failure).trim_end());
    }
}

/// Writes the program's log to standard error, if a filter was given. Secrets cannot reach it: their types do not
/// print.
pub(crate) fn log_to_stderr(filter: Option<&str>) {
    if let Some(filter) = filter {
        let _ = tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
            .with_writer(std::io::stderr)
            .try_init();
    }
}
