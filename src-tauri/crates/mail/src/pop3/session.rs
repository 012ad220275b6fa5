use mailwright_domain::{Protocol, Security};
use zeroize::Zeroizing;

use super::reply::{Reply, code, parse, unstuffed};
use crate::driver::Driver;
use crate::failure::{Failure, WireError};
use crate::greeting;

/// Bytes of a server's words that are shown.
const MOST_SHOWN: usize = 2_000;

/// A POP3 connection: writes commands and reads replies.
pub(crate) struct Pop3 {
    pub(crate) driver: Driver,
}

/// A reply's first line.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) kind: Kind,
    /// What follows the first word.
    pub(crate) text: Vec<u8>,
    /// The line as it came, cleaned.
    pub(crate) says: String,
}

/// How a reply begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ok,
    Refused,
    /// The server waits for more of a sign-in.
    Continue,
}

impl Answer {
    /// Anything but `+OK` is a failure, described by this sentence.
    pub(crate) fn or_refused(self, detail: impl Into<String>) -> Result<Self, Box<Failure>> {
        match self.kind {
            Kind::Ok => Ok(self),
            Kind::Continue => {
                let error = WireError::Malformed("it asks for more where nothing follows");
                Err(Box::<Failure>::from(error).with_says(Some(self.says)))
            }
            Kind::Refused => {
                let mut failure = Failure::refused(detail, self.says);
                failure.response_code = code(&self.text);
                Err(failure)
            }
        }
    }
}

/// What the server offers (RFC 2449 section 5), upper-case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offers {
    lines: Vec<Vec<String>>,
    /// CAPA is not known to this server, so USER must be tried (RFC 1939 knows no way to ask).
    pub(crate) silent: bool,
    /// The whole reply.
    pub(crate) says: String,
}

impl Offers {
    pub(crate) fn has(&self, keyword: &str) -> bool {
        self.lines
            .iter()
            .any(|words| words.first().is_some_and(|w| w == keyword))
    }

    /// Whether `SASL` names this mechanism (RFC 5034 section 3).
    pub(crate) fn signs_in_with(&self, mechanism: &str) -> bool {
        self.lines
            .iter()
            .filter(|words| words.first().is_some_and(|w| w == "SASL"))
            .any(|words| words.iter().skip(1).any(|w| w == mechanism))
    }

    fn add(&mut self, line: &[u8]) {
        let words = String::from_utf8_lossy(line)
            .to_ascii_uppercase()
            .split_ascii_whitespace()
            .map(str::to_owned)
            .collect();
        self.lines.push(words);
    }
}

impl Pop3 {
    pub(crate) fn new(driver: Driver) -> Self {
        Self { driver }
    }

    pub(crate) async fn greeting(&mut self, security: Security) -> Result<Answer, Box<Failure>> {
        let line = greeting::first_line(&mut self.driver, Protocol::Pop3, security).await?;
        Ok(self.answer(&line)?)
    }

    /// Sends a command with nothing secret in it and reads the first line of the reply.
    pub(crate) async fn command(&mut self, command: &str) -> Result<Answer, Box<Failure>> {
        self.send(command, command).await?;
        self.reply().await
    }

    /// Sends a line; `shown` is what the transcript gets.
    pub(crate) async fn send(&mut self, line: &str, shown: &str) -> Result<(), WireError> {
        let line = Zeroizing::new([line.as_bytes(), b"\r\n"].concat());
        self.driver.send(&line, shown).await
    }

    /// Reads the first line of a reply. The text of a challenge does not enter the transcript.
    pub(crate) async fn reply(&mut self) -> Result<Answer, Box<Failure>> {
        let line = self.driver.line().await?;
        let answer = self.answer(&line)?;
        if answer.kind == Kind::Continue {
            let shown = format!("+ (challenge, {} bytes)", answer.text.len());
            self.driver.log.received(shown.as_bytes());
        } else {
            self.driver.log.received(&line);
        }
        Ok(answer)
    }

    /// CAPA (RFC 2449 section 5). A server that does not know it offers nothing that could be named.
    pub(crate) async fn offers(&mut self) -> Result<Offers, Box<Failure>> {
        let answer = self.command("CAPA").await?;
        if answer.kind == Kind::Refused {
            return Ok(Offers {
                silent: true,
                says: answer.says,
                ..Offers::default()
            });
        }
        let mut offers = Offers {
            says: answer
                .or_refused("The server does not say what it offers.")?
                .says,
            ..Offers::default()
        };
        loop {
            let line = self.driver.line().await?;
            self.driver.log.received(&line);
            let Some(line) = unstuffed(&line) else {
                return Ok(offers);
            };
            offers.add(line);
            if offers.says.len() < MOST_SHOWN {
                let shown = self.driver.log.clean(line, MOST_SHOWN);
                offers.says = format!("{}\n{shown}", offers.says);
            }
        }
    }

    fn answer(&self, line: &[u8]) -> Result<Answer, WireError> {
        let (kind, text) = match parse(line)? {
            Reply::Ok(text) => (Kind::Ok, text),
            Reply::Err(text) => (Kind::Refused, text),
            Reply::Continue(text) => (Kind::Continue, text),
        };
        Ok(Answer {
            kind,
            text: text.to_vec(),
            says: self.driver.log.clean(line, MOST_SHOWN),
        })
    }
}
