//! Testing many mailboxes: a few at once, and from where it was stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use mailwright_domain::{CheckId, Mailbox, Protocol, Report};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::TestOptions;
use super::errands::SendTo;
use super::so_far::SoFar;
use super::targets::is_asked_for;
use super::turns::{AT_ONCE, smtp_login, turn};

use crate::wire::{ReportInfo, TestEvent};
use crate::{Code, Failure, Service};

/// What is left of a round that was stopped, in the data folder.
const ROUND: &str = "test-round.json";

/// What happens while many mailboxes are tested; `at` is the mailbox's place in the list.
#[derive(Clone, Debug)]
pub enum Progress {
    /// A step of one of them.
    Step {
        /// Which mailbox.
        at: usize,
        /// The step.
        event: TestEvent,
    },
    /// One of them is done.
    Done {
        /// Which mailbox.
        at: usize,
        /// Its report, or why there is none.
        result: Box<Result<ReportInfo, Failure>>,
    },
}

/// A round over all mailboxes that has not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// When it began; reports since then belong to it.
    pub started: Timestamp,
    /// Protocols that it is restricted to.
    only: BTreeSet<Protocol>,
    /// Whether each mailbox sends a message; rounds of earlier versions do not say.
    #[serde(default)]
    message: bool,
    /// To whom, by [`SendTo::word`]; rounds of earlier versions do not say, so that none with a message goes on.
    #[serde(default)]
    send_to: Option<String>,
}

impl Service {
    /// Tests mailboxes, at most `jobs` at once, and never more than three at once with one SMTP login. They begin in the
    /// order given and end as they do. When `stop` is done, so is all of it: of tests that were running comes what they
    /// had found, which is not saved, and of those that had not begun comes nothing.
    pub async fn test_many(
        &self,
        mailboxes: &[String],
        options: &TestOptions,
        jobs: usize,
        stop: impl Future<Output = ()>,
        progress: UnboundedSender<Progress>,
    ) {
        let slots = Arc::new(Semaphore::new(jobs.max(1)));
        let (stopping, stopped) = watch::channel(false);
        let mut tests = JoinSet::new();
        let logins = self.by_login(mailboxes);
        for (at, (which, login)) in mailboxes.iter().zip(logins).enumerate() {
            let (service, slots) = (self.clone(), Arc::clone(&slots));
            let (which, options, progress) = (which.clone(), options.clone(), progress.clone());
            let stopped = stopped.clone();
            tests.spawn(async move {
                // The login first: whoever waits for one must not keep a slot from others.
                let _login = turn(Some(login)).await;
                let _slot = turn(Some(slots)).await;
                if *stopped.borrow() {
                    return;
                }
                let result = service.test_one_of_many(at, &which, &options, stopped, &progress);
                let result = Box::new(result.await);
                // Whoever does not listen any more does not want to know.
                let _ = progress.send(Progress::Done { at, result });
            });
        }
        drop(progress);
        tokio::select! {
            biased;
            () = all_of(&mut tests) => return,
            () = stop => {}
        }
        // Those that are not done listen.
        let _ = stopping.send(true);
        all_of(&mut tests).await;
    }

    /// For each mailbox the permits of its SMTP login; mailboxes with the same login share them. More tests at once than
    /// its connections would only wait for each other's.
    fn by_login(&self, mailboxes: &[String]) -> Vec<Arc<Semaphore>> {
        let mut logins: BTreeMap<String, Arc<Semaphore>> = BTreeMap::new();
        let login = |which: &String| {
            let mailbox = self.find_mailbox(which).ok();
            mailbox.map_or_else(|| which.clone(), |mailbox| smtp_login(&mailbox))
        };
        mailboxes
            .iter()
            .map(|which| {
                let permits = || Arc::new(Semaphore::new(AT_ONCE));
                Arc::clone(logins.entry(login(which)).or_insert_with(permits))
            })
            .collect()
    }

    async fn test_one_of_many(
        &self,
        at: usize,
        which: &str,
        options: &TestOptions,
        mut stopped: watch::Receiver<bool>,
        progress: &UnboundedSender<Progress>,
    ) -> Result<ReportInfo, Failure> {
        let (events, mut received) = unbounded_channel();
        let mut so_far = SoFar::new();
        let testing = self.test(which, options, events);
        let telling = async {
            while let Some(event) = received.recv().await {
                so_far.hear(&event);
                let _ = progress.send(Progress::Step { at, event });
            }
        };
        let done = async { tokio::join!(testing, telling).0 };
        tokio::select! {
            biased;
            result = done => return result,
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
        while let Ok(event) = received.try_recv() {
            so_far.hear(&event);
        }
        let mailbox = self.to_test(which, options)?;
        let plan = self.test_plan(which, options)?;
        Ok(so_far.report(&mailbox, options, &plan))
    }

    /// Begins a round over all mailboxes, so that it can be gone on with if it is stopped.
    ///
    /// # Errors
    /// The data folder cannot be written to.
    pub fn begin_round(&self, options: &TestOptions) -> Result<(), Failure> {
        let round = Round::of(options);
        let text = serde_json::to_string(&round)
            .map_err(|_| Failure::internal("A round could not be written as JSON."))?;
        std::fs::write(self.round_file(), text).map_err(|error| {
            let message =
                format!("The data folder cannot be written to: {error}. Nothing was tested.");
            Failure::new(Code::Storage, message)
        })
    }

    /// The round that was stopped, if there is one. A file that cannot be read is none, nor one of an earlier version
    /// that sent messages: it does not say to whom, so that nothing goes on with it.
    pub fn stopped_round(&self) -> Option<Round> {
        let text = std::fs::read_to_string(self.round_file()).ok()?;
        let round: Round = serde_json::from_str(&text).ok()?;
        (round.message == round.send_to.is_some()).then_some(round)
    }

    /// The report that a round has of a mailbox; none where it is still to be tested.
    ///
    /// # Errors
    /// There is no such mailbox, or the database cannot be read.
    pub fn tested_in(&self, round: &Round, which: &str) -> Result<Option<ReportInfo>, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let report = self.store.reports().latest(mailbox.id)?;
        let report = report.filter(|r| r.started >= round.started && round.is_covered(&mailbox, r));
        Ok(report.map(|report| ReportInfo::of(&mailbox, &report)))
    }

    /// Says that every mailbox of the round was tested.
    pub fn end_round(&self) {
        // If it stays, the next round that is gone on with finds everything done.
        let _ = std::fs::remove_file(self.round_file());
    }

    fn round_file(&self) -> PathBuf {
        self.home.join(ROUND)
    }
}

async fn all_of(tests: &mut JoinSet<()>) {
    while tests.join_next().await.is_some() {}
}

impl Round {
    /// The round that begins now.
    fn of(options: &TestOptions) -> Self {
        Self {
            started: Timestamp::now(),
            only: options.only.iter().copied().collect(),
            message: options.message.is_some(),
            send_to: options.message.as_ref().map(SendTo::word),
        }
    }

    /// Whether a test with these options goes on with it.
    pub fn is_of(&self, options: &TestOptions) -> bool {
        let asked = Self {
            started: self.started,
            ..Self::of(options)
        };
        *self == asked
    }

    /// What stands in [`TestOptions`] for it, as the command line writes it, each with a space before it.
    pub fn words(&self) -> String {
        let only: Vec<&str> = self.only.iter().map(|p| p.word()).collect();
        let only = (!only.is_empty()).then(|| format!(" --only {}", only.join(",")));
        let send_to = self.send_to.as_ref().map(|to| format!(" --send-to {to}"));
        only.into_iter().chain(send_to).collect()
    }

    /// Whether a test was of everything that this round is about, not only of a part. A test with a message has a check
    /// for it in any case, also where it did not come to that.
    fn is_covered(&self, mailbox: &Mailbox, report: &Report) -> bool {
        let wanted = Protocol::ALL
            .into_iter()
            .filter(|p| mailbox.uses().has(*p))
            .filter(|p| is_asked_for(&self.only, *p));
        let has = |protocol: Protocol, id: Option<CheckId>| {
            let mut checks = report.checks.iter();
            checks.any(|c| c.protocol == Some(protocol) && id.is_none_or(|id| c.id == id))
        };
        let mut missing = wanted.filter(|p| {
            let message = (self.message && !p.receives()).then_some(CheckId::Message);
            !has(*p, message)
        });
        missing.next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use mailwright_domain::{CheckId, Status};

    use super::*;
    use crate::samples::{Sample, passed};

    #[tokio::test]
    async fn a_stopped_round_knows_what_is_still_to_be_tested() {
        let sample = Sample::new();
        sample.registration("R").await;
        let anna = sample.mailbox("anna@firma.nl", "R").await;
        let bob = sample.mailbox("bob@firma.nl", "R").await;
        let part = vec![passed(CheckId::Envelope, Some(Protocol::Smtp))];
        let whole = [
            part.clone(),
            vec![passed(CheckId::Inbox, Some(Protocol::Imap))],
        ]
        .concat();
        let service = &sample.service;
        sample.report(bob.id, Status::Working, whole.clone());
        let options = TestOptions::default();
        assert!(service.stopped_round().is_none());
        // A report's time has a millisecond more than the clock, so that one of before must really be before.
        let before = service.store.reports().latest(bob.id).unwrap().unwrap();
        while Timestamp::now() <= before.started {
            std::thread::yield_now();
        }
        service.begin_round(&options).unwrap();
        let round = service.stopped_round().unwrap();
        assert!(round.is_of(&options));
        assert_eq!(round.words(), "");
        let is_tested = |which: &str| service.tested_in(&round, which).unwrap().is_some();
        sample.report(anna.id, Status::Working, part);
        assert!(!is_tested("anna@firma.nl"), "only a part of it");
        sample.report(anna.id, Status::Working, whole);
        assert!(is_tested("anna@firma.nl"));
        assert!(!is_tested("bob@firma.nl"), "tested before the round");
        let other = TestOptions {
            only: vec![Protocol::Smtp],
            ..TestOptions::default()
        };
        assert!(!round.is_of(&other), "another round");
        service.begin_round(&other).unwrap();
        let round = service.stopped_round().unwrap();
        assert_eq!(round.words(), " --only smtp");
        service.end_round();
        assert!(service.stopped_round().is_none());
    }

    #[tokio::test]
    async fn a_round_with_a_message_is_not_covered_by_a_test_without_one() {
        let sample = Sample::new();
        sample.registration("R").await;
        let anna = sample.mailbox("anna@firma.nl", "R").await;
        let service = &sample.service;
        let to = |whom: &str| TestOptions {
            message: Some(SendTo::read(whom).unwrap()),
            ..TestOptions::default()
        };
        service.begin_round(&to("self")).unwrap();
        let round = service.stopped_round().unwrap();
        for other in [TestOptions::default(), to("piet@elders.example")] {
            assert!(!round.is_of(&other), "another round");
        }
        assert!(round.is_of(&to(" self")));
        assert_eq!(round.words(), " --send-to self");
        let is_tested = || {
            service
                .tested_in(&round, "anna@firma.nl")
                .unwrap()
                .is_some()
        };
        let way = vec![
            passed(CheckId::Inbox, Some(Protocol::Imap)),
            passed(CheckId::Envelope, Some(Protocol::Smtp)),
        ];
        sample.report(anna.id, Status::Working, way.clone());
        assert!(!is_tested(), "no message was sent");
        let message = vec![passed(CheckId::Message, Some(Protocol::Smtp))];
        sample.report(anna.id, Status::Working, [way, message].concat());
        assert!(is_tested());
        // A round of an earlier version does not say to whom it sends.
        let old = format!(
            r#"{{"started":"{}","only":[],"message":true}}"#,
            round.started
        );
        std::fs::write(service.round_file(), old).unwrap();
        assert!(service.stopped_round().is_none());
    }

    #[tokio::test]
    async fn mailboxes_with_one_smtp_login_share_three_permits() {
        let sample = Sample::new();
        sample.registration("R").await;
        sample.mailbox("anna@firma.nl", "R").await;
        let shared = crate::MailboxFields {
            registration: Some("R".to_owned()),
            imap: Some("mail.firma.nl:993:tls".to_owned()),
            smtp: Some("MAIL.firma.nl:587:starttls".to_owned()),
            smtp_login: Some("Anna@firma.nl".to_owned()),
            ..crate::MailboxFields::default()
        };
        let service = &sample.service;
        let added = service.add_mailbox("info@firma.nl", &shared).await;
        added.unwrap();
        sample.mailbox("bob@firma.nl", "R").await;
        let which = ["anna@firma.nl", "info@firma.nl", "bob@firma.nl"].map(str::to_owned);
        let permits = service.by_login(&which);
        assert!(Arc::ptr_eq(&permits[0], &permits[1]));
        assert!(!Arc::ptr_eq(&permits[0], &permits[2]));
        assert_eq!(permits[0].available_permits(), 3);
    }

    #[tokio::test]
    async fn each_is_told_once_whatever_becomes_of_it() {
        let sample = Sample::new();
        sample.registration("R").await;
        sample.mailbox("anna@firma.nl", "R").await;
        let which: Vec<String> = ["anna@firma.nl", "nobody@firma.nl", "anna@firma.nl"]
            .map(str::to_owned)
            .to_vec();
        let (progress, mut told) = unbounded_channel();
        let service = &sample.service;
        let options = TestOptions::default();
        let never = std::future::pending();
        let testing = service.test_many(&which, &options, 2, never, progress);
        testing.await;
        let mut done = Vec::new();
        while let Some(told) = told.recv().await {
            if let Progress::Done { at, result } = told {
                done.push((at, result.map_err(|failure| failure.code)));
            }
        }
        done.sort_by_key(|(at, _)| *at);
        let [(0, first), (1, second), (2, third)] = done.as_slice() else {
            panic!("{done:?}");
        };
        // Nobody is signed in, so no server is asked; that is a report.
        for done in [first, third] {
            assert!(!done.as_ref().unwrap().stopped);
        }
        assert_eq!(*second, Err(Code::NotFound));
    }
}
