//! The only place that prints.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

use mailwright_service::Failure;
use mailwright_service::wire::Problem;
use serde::Serialize;

use crate::{exit, neutral, people};

/// Why a part of the answer did not get out: the first reason. There is one standard output, so there is one of this.
static NOT_WRITTEN: OnceLock<std::io::Error> = OnceLock::new();

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
            self.document(value);
        } else {
            self.line(sentences(value).trim_end());
        }
    }

    /// One JSON value on one line of standard output.
    pub(crate) fn json_line<T: Serialize>(self, value: &T) {
        let line = serde_json::to_string(value).unwrap_or_default();
        self.line(&neutral::json(&line));
    }

    fn document<T: Serialize>(self, value: &T) {
        let document = serde_json::to_string_pretty(value).unwrap_or_default();
        self.line(&neutral::json(&document));
    }

    /// One line of standard output.
    #[expect(
        clippy::unused_self,
        reason = "printing goes through a value, so that a reader sees where output can come from"
    )]
    pub(crate) fn line(self, text: &str) {
        remember(write_line(&mut std::io::stdout().lock(), text));
    }

    /// One line of progress on standard error. Where that cannot be written, nobody is there to be told.
    #[expect(clippy::unused_self, reason = "see `line`")]
    pub(crate) fn progress(self, text: &str) {
        let _ = write_line(&mut std::io::stderr().lock(), text);
    }

    /// A line that is replaced by the next one, on a terminal only.
    pub(crate) fn transient(self, text: &str) {
        if self.is_terminal() {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[2K{}", neutral::text(text));
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
            self.document(&Problem::from(&people::told(failure)));
        }
        self.complaint(failure);
    }

    /// What went wrong with a part of the work, on standard error only: the answer is still to come.
    pub(crate) fn complaint(self, failure: &Failure) {
        self.progress(people::failure(&people::told(failure)).trim_end());
    }

    /// What the argument parser has to say: help that was asked for, or what was typed wrong.
    #[expect(clippy::unused_self, reason = "see `line`")]
    pub(crate) fn parser(self, said: &clap::Error) -> ExitCode {
        let printed = said.print();
        if !said.use_stderr() {
            remember(printed);
        }
        ExitCode::from(u8::try_from(said.exit_code()).unwrap_or(exit::USAGE))
    }

    /// The exit code, after a look at whether everything got out: a full disk must not look like success.
    pub(crate) fn finish(self, code: ExitCode) -> ExitCode {
        let Some(error) = NOT_WRITTEN.get() else {
            return code;
        };
        self.progress(&format!(
            "The answer could not be written to standard output: {error}. What was done stays done; only the answer is incomplete."
        ));
        ExitCode::from(exit::FAILED)
    }
}

fn remember(written: std::io::Result<()>) {
    if let Err(error) = without_broken_pipe(written) {
        let _ = NOT_WRITTEN.set(error); // the first one counts
    }
}

fn write_line(to: &mut impl Write, text: &str) -> std::io::Result<()> {
    writeln!(to, "{}", neutral::text(text))?;
    to.flush()
}

/// A reader that went away, such as `head`, is no reason to complain.
fn without_broken_pipe(written: std::io::Result<()>) -> std::io::Result<()> {
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
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

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn a_line_is_written_without_what_steers_a_terminal() {
        let mut written = Vec::new();
        write_line(&mut written, "Sent\x1b[31m").unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "Sent\u{FFFD}[31m\n");
    }

    #[test]
    fn only_a_reader_that_went_away_is_no_mistake() {
        assert!(without_broken_pipe(Err(Error::from(ErrorKind::BrokenPipe))).is_ok());
        let full = without_broken_pipe(Err(Error::from(ErrorKind::StorageFull)));
        assert_eq!(full.unwrap_err().kind(), ErrorKind::StorageFull);
    }
}
