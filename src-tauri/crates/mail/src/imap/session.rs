use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;

use mailwright_domain::{Fault, Protocol, Security};

use zeroize::Zeroizing;

use super::response::{Response, Status, Untagged, Word, append_quoted, is_status, literal, parse};
use crate::driver::{Driver, LONGEST_LINE};
use crate::failure::{Failure, WireError};
use crate::greeting;

/// Bytes of a server's words that are shown.
const MOST_SHOWN: usize = 2_000;
/// Longest response code that is kept; RFC 5530's have 20 characters.
const LONGEST_CODE: usize = 60;
/// Untagged warnings that are kept for one command.
const MOST_WARNINGS: usize = 10;

/// A `+` where a command was complete.
const ASKS_FOR_MORE: WireError = WireError::Malformed("it asks for more where nothing follows");

/// An IMAP connection: tags commands, reads responses, and remembers what the server offers.
pub(crate) struct Imap {
    pub(crate) driver: Driver,
    tag: u32,
    /// Tags of commands that have not ended.
    running: BTreeSet<u32>,
    /// Ends that were read while another one was waited for.
    ended: BTreeMap<u32, Completion>,
    capabilities: Option<Capabilities>,
    /// Untagged NO, BAD and BYE of the current command; the reason often stands there.
    warnings: Vec<String>,
    /// Response code of the last of them.
    warned: Option<String>,
    /// The server has said BYE.
    left: bool,
}

/// What a server offers (RFC 9051 section 7.2.2), upper-case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Capabilities(Vec<String>);

impl Capabilities {
    pub(crate) fn has(&self, word: &str) -> bool {
        self.0.iter().any(|w| w == word)
    }

    /// Whether `AUTH=` names this mechanism.
    pub(crate) fn signs_in_with(&self, mechanism: &str) -> bool {
        self.has(&format!("AUTH={mechanism}"))
    }
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Completion {
    tag: u32,
    pub(crate) ok: bool,
    /// The server's words: warnings first, then the tagged line without its tag.
    pub(crate) says: String,
    code: Option<String>,
}

impl Completion {
    /// Anything but OK is a failure, described by this sentence.
    pub(crate) fn or_refused(self, detail: &str) -> Result<String, Box<Failure>> {
        if self.ok {
            return Ok(self.says);
        }
        let mut failure = Failure::refused(detail, self.says);
        failure.response_code = self.code;
        Err(failure)
    }
}

/// What one read gave while a command runs.
pub(crate) enum Event {
    /// `+`, with its text.
    Continue(Vec<u8>),
    /// Untagged data that is not handled here.
    Data(Untagged),
    /// The command is over.
    Done(Completion),
}

impl Imap {
    pub(crate) fn new(driver: Driver) -> Self {
        Self {
            driver,
            tag: 0,
            running: BTreeSet::new(),
            ended: BTreeMap::new(),
            capabilities: None,
            warnings: Vec::new(),
            warned: None,
            left: false,
        }
    }

    /// Reads the greeting; `true` means that the server calls the session signed in already (PREAUTH).
    pub(crate) async fn greeting(
        &mut self,
        security: Security,
    ) -> Result<(bool, String), Box<Failure>> {
        let line = greeting::first_line(&mut self.driver, Protocol::Imap, security).await?;
        let Response::Untagged(Untagged::Status(status)) = parse(&line) else {
            return Err(WireError::Malformed("the greeting is no greeting").into());
        };
        let says = self.shown(&status.line);
        self.learn(&status);
        match status.word {
            Word::Ok => Ok((false, says)),
            Word::Preauth => Ok((true, says)),
            _ => {
                let mut failure =
                    Failure::refused("The server refuses this connection in its greeting.", says);
                failure.response_code = self.code(&status);
                Err(failure)
            }
        }
    }

    /// What the server offers, as far as it has said so since the last [`Self::forget`].
    pub(crate) fn known(&self) -> Option<&Capabilities> {
        self.capabilities.as_ref()
    }

    /// What the server said so far no longer counts: TLS or a sign-in changed it.
    pub(crate) fn forget(&mut self) {
        self.capabilities = None;
    }

    /// What is offered, as one line for people.
    pub(crate) fn listed(&self, offered: &Capabilities) -> String {
        self.shown(offered.0.join(" ").as_bytes())
    }

    /// What the server offers; asks only where it has not said so unasked.
    pub(crate) async fn capabilities(&mut self) -> Result<Capabilities, Box<Failure>> {
        if let Some(known) = &self.capabilities {
            return Ok(known.clone());
        }
        let done = self.command("CAPABILITY").await?;
        done.or_refused("The server does not say what it offers.")?;
        Ok(self.capabilities.clone().unwrap_or_default())
    }

    /// Sends a command and waits for its end; data is dropped.
    pub(crate) async fn command(&mut self, text: &str) -> Result<Completion, Box<Failure>> {
        self.command_with(text, |_| ()).await
    }

    /// Sends a command, hands over its data, and waits for its end.
    pub(crate) async fn command_with(
        &mut self,
        text: &str,
        data: impl FnMut(Untagged),
    ) -> Result<Completion, Box<Failure>> {
        self.start(text.as_bytes(), text).await?;
        self.end_of(self.tag, data).await
    }

    /// Sends several commands at once and waits until all have ended; gives their ends in the order of the commands.
    pub(crate) async fn commands_with(
        &mut self,
        commands: &[String],
        mut data: impl FnMut(Untagged),
    ) -> Result<Vec<Completion>, Box<Failure>> {
        let tags = self.start_all(commands).await?;
        let mut ends = Vec::with_capacity(tags.len());
        for tag in tags {
            ends.push(self.end_of(tag, &mut data).await?);
        }
        Ok(ends)
    }

    /// Sends several commands at once and gives their tags; each end is read with [`Self::end_of`]. Only for commands
    /// that do not change what the others mean, with data that says what it belongs to (RFC 9051 section 5.5).
    pub(crate) async fn start_all<T: AsRef<str>>(
        &mut self,
        commands: &[T],
    ) -> Result<Vec<u32>, Box<Failure>> {
        self.forget_warnings();
        let mut lines = String::new();
        let mut tags = Vec::with_capacity(commands.len());
        for command in commands {
            let tag = self.next_tag();
            tags.push(tag);
            // Writing to a String cannot fail.
            let _ = write!(lines, "A{tag} {}\r\n", command.as_ref());
        }
        let sent = self.driver.send(lines.as_bytes(), &lines).await;
        sent.map_err(|e| self.explain(e))?;
        Ok(tags)
    }

    /// Waits for the end of one command. Data is handed over, whichever command it belongs to.
    pub(crate) async fn end_of(
        &mut self,
        tag: u32,
        mut data: impl FnMut(Untagged),
    ) -> Result<Completion, Box<Failure>> {
        loop {
            if let Some(completion) = self.ended.remove(&tag) {
                return Ok(completion);
            }
            match self.event(false).await? {
                Event::Done(completion) => {
                    self.ended.insert(completion.tag, completion);
                }
                Event::Data(untagged) => data(untagged),
                Event::Continue(_) => return Err(self.explain(ASKS_FOR_MORE)),
            }
        }
    }

    /// Sends a command under the next tag; `shown` is what the transcript gets.
    pub(crate) async fn start(&mut self, command: &[u8], shown: &str) -> Result<(), Box<Failure>> {
        self.forget_warnings();
        let tag = format!("A{}", self.next_tag());
        let line = Zeroizing::new([tag.as_bytes(), b" ", command, b"\r\n"].concat());
        let sent = self.driver.send(&line, &format!("{tag} {shown}")).await;
        sent.map_err(|e| self.explain(e))
    }

    fn next_tag(&mut self) -> u32 {
        self.tag += 1;
        self.running.insert(self.tag);
        self.tag
    }

    /// Answers a `+` with one line.
    pub(crate) async fn answer(&mut self, line: &str, shown: &str) -> Result<(), Box<Failure>> {
        let line = Zeroizing::new([line.as_bytes(), b"\r\n"].concat());
        let sent = self.driver.send(&line, shown).await;
        sent.map_err(|e| self.explain(e))
    }

    /// Reads until something happens that the caller must know of. In a secret exchange the text after `+` does not
    /// enter the transcript.
    pub(crate) async fn event(&mut self, secret: bool) -> Result<Event, Box<Failure>> {
        loop {
            let line = match self.read(secret).await {
                Ok(line) => line,
                Err(error) => return Err(self.explain(error)),
            };
            match parse(&line) {
                Response::Continue(text) => return Ok(Event::Continue(text)),
                Response::Done { tag, status } => {
                    if let Some(tag) = self.ends(&tag) {
                        self.learn(&status);
                        return Ok(Event::Done(self.completion(tag, &status)));
                    }
                    return Err(self.explain(WireError::Malformed(
                        "it answers a command that was not sent",
                    )));
                }
                Response::Untagged(Untagged::Capability(words)) => {
                    self.capabilities = Some(Capabilities(words));
                }
                Response::Untagged(Untagged::Status(status)) => {
                    self.learn(&status);
                    self.left |= status.word == Word::Bye;
                    let warns = matches!(status.word, Word::No | Word::Bad | Word::Bye);
                    if warns && self.warnings.len() < MOST_WARNINGS {
                        let text = self.shown(&status.line);
                        self.warnings.push(text);
                        self.warned = self.code(&status);
                    }
                }
                Response::Untagged(other) => return Ok(Event::Data(other)),
                Response::Noise => {}
            }
        }
    }

    /// Leaves politely. All is proven, so nobody waits for the server's goodbye; the connection is kept open for it,
    /// because some servers take note of those who hang up (RFC 9051 section 6.1.3).
    pub(crate) async fn leave(mut self, patience: Duration) {
        self.driver.begin(patience);
        if self.start(b"LOGOUT", "LOGOUT").await.is_ok() {
            tokio::spawn(self.driver.until_closed());
        }
    }

    /// The number of a tag, where it is one of ours that has not ended before.
    fn ends(&mut self, tag: &[u8]) -> Option<u32> {
        let number = std::str::from_utf8(tag).ok()?.strip_prefix('A')?;
        let number = number.parse().ok()?;
        self.running.remove(&number).then_some(number)
    }

    fn forget_warnings(&mut self) {
        self.warnings.clear();
        self.warned = None;
    }

    async fn read(&mut self, secret: bool) -> Result<Vec<u8>, WireError> {
        let mut line = self.driver.line().await?;
        if secret && line.first() == Some(&b'+') {
            let length = line.len().saturating_sub(2);
            self.driver
                .log
                .received(format!("+ (challenge, {length} bytes)").as_bytes());
            return Ok(line);
        }
        self.driver.log.received(&line);
        if is_status(&line) {
            return Ok(line);
        }
        while let Some((open, length)) = literal(&line)? {
            let bytes = self.driver.bytes(length).await?;
            self.driver.log.received(&bytes);
            line.truncate(open);
            append_quoted(&mut line, &bytes);
            let rest = self.driver.line().await?;
            self.driver.log.received(&rest);
            line.extend_from_slice(&rest);
            if line.len() > 2 * LONGEST_LINE {
                return Err(WireError::TooMuch("128 KiB in one response"));
            }
        }
        Ok(line)
    }

    fn learn(&mut self, status: &Status) {
        if let Some(words) = &status.capability {
            self.capabilities = Some(Capabilities(words.clone()));
        }
    }

    fn completion(&mut self, tag: u32, status: &Status) -> Completion {
        let mut lines = std::mem::take(&mut self.warnings);
        lines.push(self.shown(&status.line));
        Completion {
            tag,
            // Whoever has said goodbye promises nothing any more.
            ok: status.word == Word::Ok && !self.left,
            says: lines.join("\n"),
            code: self.code(status).or_else(|| self.warned.take()),
        }
    }

    /// A broken connection, with what the server said last.
    pub(crate) fn explain(&mut self, error: WireError) -> Box<Failure> {
        let warnings = std::mem::take(&mut self.warnings);
        let closed = error.fault() == Fault::Closed && !warnings.is_empty();
        let mut failure: Box<Failure> = error.into();
        if closed {
            failure.detail = String::from("The server ended the session.");
        }
        failure.response_code = self.warned.take();
        failure.with_says((!warnings.is_empty()).then(|| warnings.join("\n")))
    }

    fn code(&self, status: &Status) -> Option<String> {
        let code = status.code.as_deref()?;
        Some(self.driver.log.clean(code.as_bytes(), LONGEST_CODE))
    }

    fn shown(&self, bytes: &[u8]) -> String {
        self.driver.log.clean(bytes, MOST_SHOWN)
    }
}
