//! Looks for the test message and deletes it. A session of POP3 shows what the mailbox held when it began, so that each
//! look is a session of its own (RFC 1939 section 3).

use mailwright_domain::{CheckId, Fault, Proof};
use tokio::sync::mpsc::unbounded_channel;

use super::reply::unstuffed;
use super::session::Pop3;
use super::{GOODBYE, sign_in, stat};
use crate::climb::{Climb, Halt, Passed, Step};
use crate::errand::Looks;
use crate::failure::Failure;
use crate::message::{TEST_HEADER, TestMessage};
use crate::open::{Context, open};
use crate::{Findings, Patience, Sent};

/// Messages whose header is looked at, the last ones of the mailbox: what is new stands at its end.
const MOST_LOOKED_AT: u64 = 20;

/// A message that was sent and is looked for.
pub(super) struct Search<'a, 'b> {
    pub(super) context: &'a mut Context<'b>,
    pub(super) message: &'a TestMessage,
    pub(super) sent: Sent,
    pub(super) patience: Patience,
}

/// Messages of the test, and the session in which they have these numbers.
struct Hits {
    pop3: Pop3,
    numbers: Vec<u64>,
}

impl Search<'_, '_> {
    /// Looks until it is there or patience ends, then deletes it.
    pub(super) async fn run(
        &mut self,
        climb: &mut Climb<'_>,
        found: &mut Findings,
    ) -> Result<(), Halt> {
        let (hits, all) = climb.step(CheckId::Arrived, self.arrived()).await?;
        if all {
            found.proof = Some(Proof::Arrived);
        }
        climb.step(CheckId::Remove, self.remove(hits)).await
    }

    /// What was found, and whether that is all.
    async fn arrived(&mut self) -> Step<(Option<Hits>, bool)> {
        let wanted = self.sent.accepted.max(1);
        let mut looks = Looks::new(self.patience);
        loop {
            let looked = self.look().await;
            let hits = match looked {
                Ok(Some(hits)) => Some(hits),
                Ok(None) => {
                    let detail = "The server does not show the header of a message alone, so the message could not be looked for.";
                    return Ok(Passed::new((None, false), detail).proving_nothing());
                }
                // Many servers let nobody in again at once.
                Err(failure) if is_passing(&failure) => None,
                Err(failure) => return Err(failure),
            };
            let count = hits.as_ref().map_or(0, |hits| hits.numbers.len());
            if count >= wanted {
                let seconds = looks.took().as_secs_f64();
                let detail = format!("It arrived; found {seconds:.1} s after sending.");
                return Ok(Passed::new((hits, true), detail));
            }
            if !looks.again().await {
                return self.given_up(hits, count, looks.took().as_secs());
            }
            if let Some(hits) = hits {
                self.leave(hits.pop3).await;
            }
        }
    }

    fn given_up(
        &self,
        hits: Option<Hits>,
        count: usize,
        seconds: u64,
    ) -> Step<(Option<Hits>, bool)> {
        let subject = self.message.subject();
        let later = format!("If it comes later, delete it: its subject is “{subject}”.");
        let Sent { accepted, .. } = self.sent;
        if accepted > 0 && count == 0 {
            let detail = format!(
                "The message was accepted, and within {seconds} s it was not in the mailbox. {later}"
            );
            return Err(Failure::new(Fault::NotArrived, detail));
        }
        let what = if accepted == 0 {
            "The connection broke while the message was handed over, and nothing arrived".to_owned()
        } else {
            format!("{count} of {accepted} messages arrived")
        };
        let detail = format!("{what} within {seconds} s. {later}");
        Ok(Passed::new((hits, false), detail).proving_nothing())
    }

    /// One look in a session of its own; none where the server cannot show a header.
    async fn look(&mut self) -> Result<Option<Hits>, Box<Failure>> {
        let (mut pop3, messages) = self.session().await?;
        let first = messages.saturating_sub(MOST_LOOKED_AT) + 1;
        let mut numbers = Vec::new();
        pop3.driver.begin(self.context.target.timeout);
        for number in (first..=messages).rev() {
            match self.is_ours(&mut pop3, number).await? {
                Some(true) => numbers.push(number),
                Some(false) => {}
                None => return Ok(None),
            }
        }
        Ok(Some(Hits { pop3, numbers }))
    }

    /// Signs in once more and tells how many messages there are. The steps are no checks of their own.
    async fn session(&mut self) -> Result<(Pop3, u64), Box<Failure>> {
        let (events, _) = unbounded_channel();
        let target = self.context.target;
        let kind = self.context.credential.kind();
        let mut climb = Climb::new(&target.endpoint, kind, self.context.log(), &events);
        let session = async {
            let driver = open(self.context, &mut climb).await?;
            let mut pop3 = Pop3::new(driver);
            sign_in(self.context, &mut climb, &mut pop3).await?;
            let counting = stat(self.context, &mut pop3, false);
            let messages = climb.step(CheckId::Inbox, counting).await?;
            Ok((pop3, messages))
        };
        let opened: Result<_, Halt> = session.await;
        opened.map_err(|Halt| climb.into_failure())
    }

    /// Whether the header of a message says that it belongs to this test (TOP, RFC 1939 section 7).
    async fn is_ours(&self, pop3: &mut Pop3, number: u64) -> Result<Option<bool>, Box<Failure>> {
        let answer = pop3.command(&format!("TOP {number} 0")).await?;
        if answer.or_refused("").is_err() {
            return Ok(None);
        }
        let start = format!("{TEST_HEADER}:").to_lowercase();
        let mut ours = false;
        loop {
            let line = pop3.driver.line().await?;
            let Some(line) = unstuffed(&line) else {
                pop3.driver.log.note("(the header of a message)");
                return Ok(Some(ours));
            };
            let text = String::from_utf8_lossy(line).to_lowercase();
            ours |= text.starts_with(&start) && text.contains(self.message.token());
        }
    }

    /// DELE takes effect when QUIT is answered (RFC 1939 section 6). What cannot be deleted is told and is no failure.
    async fn remove(&self, hits: Option<Hits>) -> Step<()> {
        let subject = self.message.subject();
        let left = |why: &str| {
            format!(
                "The test message is left in the mailbox{why}. Delete it yourself: its subject is “{subject}”."
            )
        };
        let Some(Hits { mut pop3, numbers }) = hits else {
            return Ok(Passed::new((), left("")).proving_nothing());
        };
        pop3.driver.begin(self.context.target.timeout);
        match delete(&mut pop3, &numbers).await {
            Ok(()) if numbers.is_empty() => Ok(Passed::new((), "There was nothing to delete.")),
            Ok(()) => Ok(Passed::new((), "The message was deleted again.")),
            Err(failure) => {
                let why = format!(" ({})", failure.detail.trim_end_matches('.'));
                let passed = Passed::new((), left(&why)).proving_nothing();
                Ok(match failure.says {
                    Some(says) => passed.saying(says),
                    None => passed,
                })
            }
        }
    }

    async fn leave(&self, mut pop3: Pop3) {
        pop3.driver.begin(self.context.target.timeout.min(GOODBYE));
        let _ = pop3.command("QUIT").await;
    }
}

async fn delete(pop3: &mut Pop3, numbers: &[u64]) -> Result<(), Box<Failure>> {
    for number in numbers {
        pop3.command(&format!("DELE {number}"))
            .await?
            .or_refused("The server does not let the message be deleted.")?;
    }
    pop3.command("QUIT")
        .await?
        .or_refused("The server did not delete the message at the end of the session.")?;
    Ok(())
}

/// Refused for now, as RFC 2449 section 8.1 and RFC 3206 section 4 have it.
fn is_passing(failure: &Failure) -> bool {
    let code = failure.response_code.as_deref();
    matches!(code, Some("LOGIN-DELAY" | "IN-USE" | "SYS/TEMP"))
}
