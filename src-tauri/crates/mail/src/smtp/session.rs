use mailwright_domain::{Protocol, Security, SmtpCode};

use super::reply::{Line, Reply, enhanced, parse_line};
use crate::driver::Driver;
use crate::failure::{Failure, WireError};
use crate::greeting;

/// Bytes of a reply that are shown.
const MOST_SHOWN: usize = 8_000;

/// An SMTP connection: writes commands and reads whole replies.
pub(crate) struct Smtp {
    pub(crate) driver: Driver,
}

/// What the server offers after EHLO (RFC 5321 section 4.1.1.1), upper-case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offers {
    lines: Vec<Vec<String>>,
    /// The whole reply.
    pub(crate) says: String,
}

impl Offers {
    fn read(reply: &Reply) -> Self {
        let words = |text: &Vec<u8>| -> Vec<String> {
            // “AUTH=LOGIN” is an old way to write “AUTH LOGIN”.
            String::from_utf8_lossy(text)
                .to_ascii_uppercase()
                .split([' ', '\t', '='])
                .filter(|w| !w.is_empty())
                .map(str::to_owned)
                .collect()
        };
        // The first line is the server's name.
        let lines = reply.texts.iter().skip(1).map(words).collect();
        Self {
            lines,
            says: reply.says.clone(),
        }
    }

    pub(crate) fn has(&self, keyword: &str) -> bool {
        self.lines
            .iter()
            .any(|words| words.first().is_some_and(|w| w == keyword))
    }

    pub(crate) fn signs_in_with(&self, mechanism: &str) -> bool {
        self.mechanisms().any(|word| word == mechanism)
    }

    pub(crate) fn mechanisms(&self) -> impl Iterator<Item = &str> {
        self.lines
            .iter()
            .filter(|words| words.first().is_some_and(|w| w == "AUTH"))
            .flat_map(|words| words.iter().skip(1).map(String::as_str))
    }
}

impl Smtp {
    pub(crate) fn new(driver: Driver) -> Self {
        Self { driver }
    }

    /// The greeting, all lines of it.
    pub(crate) async fn greeting(&mut self, security: Security) -> Result<Reply, Box<Failure>> {
        let first = greeting::first_line(&mut self.driver, Protocol::Smtp, security).await?;
        Ok(self.rest_of(first, false).await?)
    }

    /// Sends one of lettre's commands (they end in CRLF) and reads the reply.
    pub(crate) async fn command(&mut self, command: &impl ToString) -> Result<Reply, Box<Failure>> {
        self.send(&command.to_string()).await?;
        self.reply(false).await
    }

    /// Sends whole lines with nothing secret in them.
    pub(crate) async fn send(&mut self, lines: &str) -> Result<(), WireError> {
        self.driver.send(lines.as_bytes(), lines).await
    }

    /// EHLO, and what it says.
    pub(crate) async fn hello(&mut self) -> Result<Offers, Box<Failure>> {
        // An address literal (RFC 5321 section 4.1.3): a desktop computer has no name that a server could check, and
        // its own address is nobody's business.
        let name =
            lettre::transport::smtp::extension::ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST);
        let reply = self
            .command(&lettre::transport::smtp::commands::Ehlo::new(name))
            .await?
            .or_refused("The server refuses EHLO.")?;
        Ok(Offers::read(&reply))
    }

    /// Reads a whole reply. In a secret exchange the text of a 334 does not enter the transcript.
    pub(crate) async fn reply(&mut self, secret: bool) -> Result<Reply, Box<Failure>> {
        let first = self.driver.line().await?;
        self.record(&first, secret);
        Ok(self.rest_of(first, secret).await?)
    }

    async fn rest_of(&mut self, first: Vec<u8>, secret: bool) -> Result<Reply, WireError> {
        let mut says = String::new();
        let mut texts = Vec::new();
        let mut code: Option<SmtpCode> = None;
        let mut line = first;
        loop {
            let Line { basic, last, text } = parse_line(&line)?;
            let known = code.and_then(|c| c.enhanced);
            code = Some(SmtpCode {
                basic,
                enhanced: known.or_else(|| enhanced(basic, text)),
            });
            if !says.is_empty() {
                says.push('\n');
            }
            if says.len() < MOST_SHOWN {
                says.push_str(&self.driver.log.clean(&line, MOST_SHOWN));
            }
            texts.push(text.to_vec());
            if last {
                let code = code.unwrap_or(SmtpCode {
                    basic,
                    enhanced: None,
                });
                return Ok(Reply { code, texts, says });
            }
            line = self.driver.line().await?;
            self.record(&line, secret);
        }
    }

    fn record(&self, line: &[u8], secret: bool) {
        if secret && line.starts_with(b"334") {
            let length = line.len().saturating_sub(4);
            self.driver
                .log
                .received(format!("334 (challenge, {length} bytes)").as_bytes());
        } else {
            self.driver.log.received(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers(lines: &[&str]) -> Offers {
        Offers::read(&Reply {
            code: SmtpCode {
                basic: 250,
                enhanced: None,
            },
            texts: lines.iter().map(|l| l.as_bytes().to_vec()).collect(),
            says: String::new(),
        })
    }

    #[test]
    fn keywords_have_no_case_and_the_first_line_is_a_name() {
        let offers = offers(&[
            "starttls.example.nl",
            "StartTLS",
            "auth xoauth2 Plain",
            "AUTH=LOGIN",
            "SIZE 100",
        ]);
        assert!(offers.has("STARTTLS") && offers.has("SIZE"));
        assert!(
            offers.signs_in_with("XOAUTH2")
                && offers.signs_in_with("PLAIN")
                && offers.signs_in_with("LOGIN")
        );
        assert!(!offers.signs_in_with("OAUTHBEARER") && !offers.has("STARTTLS.EXAMPLE.NL"));
    }
}
