use mailwright_domain::Secret;

use super::{Mechanism, decode_challenge};
use crate::failure::WireError;
use crate::transcript::Log;
use crate::{Credential, Target};

/// How often a server may ask for more within one exchange.
const MOST_ROUNDS: usize = 4;
/// Bytes of a challenge that are kept.
const LONGEST_CHALLENGE: usize = 2_000;

/// One sign-in, whatever protocol carries it: the command, then an answer to each challenge.
pub(crate) struct Exchange<'a> {
    mechanism: Mechanism,
    credential: &'a Credential,
    log: Log,
    /// The first response, until it was sent.
    unsent: Option<Secret>,
    /// How long that response is.
    length: usize,
    rounds: usize,
    /// Why the server refuses, in its challenge's words (RFC 7628 section 3.2.2). Often the only reason it gives.
    pub(crate) challenge: Option<String>,
}

/// A line to be sent, without its end, and what the transcript shows of it.
pub(crate) struct Answer {
    pub(crate) line: Secret,
    pub(crate) shown: String,
}

impl<'a> Exchange<'a> {
    /// The command that begins an exchange. The first response is in it where the whole line, with the CRLF, has at
    /// most `longest` octets; it follows the server's first `+` or `334` otherwise. With 0 it always follows.
    pub(crate) fn begin(
        verb: &str,
        longest: usize,
        mechanism: Mechanism,
        target: &Target,
        credential: &'a Credential,
        log: &Log,
    ) -> (Self, Answer) {
        let response = mechanism.response(target, credential);
        log.learn(&response);
        let mut exchange = Self {
            mechanism,
            credential,
            log: log.clone(),
            unsent: None,
            length: response.len(),
            rounds: 0,
            challenge: None,
        };
        let command = format!("{verb} {}", mechanism.word());
        let fits = command.len() + " \r\n".len() + response.len() <= longest;
        if fits && mechanism.begins_with_a_response() {
            let answer = Answer {
                line: Secret::new(format!("{command} {}", response.expose())),
                shown: format!("{command} {}", hidden(&response)),
            };
            return (exchange, answer);
        }
        exchange.unsent = Some(response);
        let answer = Answer {
            line: Secret::new(command.as_str()),
            shown: command,
        };
        (exchange, answer)
    }

    /// Octets of the first response.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// What to say to a challenge. A refusal is always answered: the server says no only afterwards.
    pub(crate) fn answer(&mut self, challenge: &[u8]) -> Result<Answer, WireError> {
        self.rounds += 1;
        if self.rounds > MOST_ROUNDS {
            return Err(WireError::Malformed("it asks for more without end"));
        }
        if let Some(line) = self.unsent.take() {
            let shown = hidden(&line);
            return Ok(Answer { line, shown });
        }
        let explains = self.mechanism.explains_refusal();
        if explains {
            self.keep(challenge);
        }
        let Some(line) = self.mechanism.next_response(self.credential) else {
            // “*” ends an exchange (RFC 4954 section 4, RFC 5034 section 4, RFC 9051 section 6.2.2).
            return Ok(Answer {
                line: Secret::new("*"),
                shown: "*".to_owned(),
            });
        };
        let shown = match line.expose() {
            // An empty or fixed line is no secret and says what was done.
            "" if explains => "(empty line)".to_owned(),
            fixed if explains => fixed.to_owned(),
            _ => {
                self.log.learn(&line);
                hidden(&line)
            }
        };
        Ok(Answer { line, shown })
    }

    fn keep(&mut self, challenge: &[u8]) {
        let text = self
            .log
            .clean(&decode_challenge(challenge), LONGEST_CHALLENGE);
        if !text.is_empty() {
            self.log.note(&format!("challenge: {text}"));
            self.challenge = Some(text);
        }
    }
}

fn hidden(secret: &Secret) -> String {
    format!("(secret, {} bytes)", secret.len())
}

#[cfg(test)]
pub(crate) mod properties;
#[cfg(test)]
mod tests;
