//! What a test has found until it is stopped.

use jiff::Timestamp;
use mailwright_domain::{CheckId, Mailbox, Proof, Protocol};
use tokio::time::Instant;

use super::TestOptions;
use super::climb::looks_at_rights_late;
use crate::wire::{CheckInfo, PlannedCheck, ReportInfo, TestEvent, milliseconds, word};

/// The verdict of a message that may have been taken.
const UNANSWERED: &str = "message-unanswered";
/// The outcome of what ran, and of what comes next where nothing did.
const CANCELLED: &str = "cancelled";
const HERE: &str = "The test was stopped here.";

/// The checks of a running test, from its events.
pub(super) struct SoFar {
    started: Timestamp,
    clock: Instant,
    finished: Vec<CheckInfo>,
    running: Vec<(CheckInfo, Instant)>,
}

impl SoFar {
    /// Of a test that begins now.
    pub(super) fn new() -> Self {
        Self {
            started: Timestamp::now(),
            clock: Instant::now(),
            finished: Vec::new(),
            running: Vec::new(),
        }
    }

    /// Takes in what the test says.
    pub(super) fn hear(&mut self, event: &TestEvent) {
        match event {
            TestEvent::Started {
                protocol,
                id,
                about,
                ..
            } => {
                let running = PlannedCheck {
                    id: id.clone(),
                    protocol: protocol.clone(),
                    about: about.clone(),
                };
                self.running.push((cancelled(&running), Instant::now()));
            }
            TestEvent::Finished { check, .. } => {
                self.running.retain(|(running, _)| !same(running, check));
                self.finished.push((**check).clone());
            }
            TestEvent::Report { .. } => {}
        }
    }

    /// The report as it is when the test is stopped: what ran is cancelled, what of the plan was to come is skipped. It
    /// says nothing of the mailbox that was not known before, so the status is the one it has, and it has no error ID.
    pub(super) fn report(
        self,
        mailbox: &Mailbox,
        options: &TestOptions,
        plan: &[PlannedCheck],
    ) -> ReportInfo {
        let is_between = self.running.is_empty();
        let mut checks = self.finished;
        checks.extend(self.running.into_iter().map(|(check, since)| CheckInfo {
            ms: milliseconds(since.elapsed()),
            ..check
        }));
        let to_itself = options.message.as_ref();
        if to_itself.is_some_and(|to| to.comes_back(mailbox)) {
            tell_what_is_left(&mut checks);
        }
        let mut rest: Vec<CheckInfo> = plan.iter().map(to_come).collect();
        rest.retain(|to_come| !checks.iter().any(|check| same(check, to_come)));
        if is_between && let Some(next) = rest.first_mut() {
            CANCELLED.clone_into(&mut next.outcome);
            HERE.clone_into(&mut next.detail);
        }
        checks.extend(rest);
        checks.sort_by_key(|check| place(check.protocol.as_deref(), &check.id)); // stable
        ReportInfo {
            mailbox: mailbox.address.to_string(),
            status: mailbox.status.word().to_owned(),
            proof: proof(mailbox, &checks).map(word),
            ms: milliseconds(self.clock.elapsed()),
            started: self.started.to_string(),
            error_id: None,
            stopped: true,
            checks,
            announcements: crate::calendar::announcements(mailbox),
        }
    }
}

/// How far it got, by the checks that passed.
fn proof(mailbox: &Mailbox, checks: &[CheckInfo]) -> Option<Proof> {
    let has = |id: CheckId, protocol: fn(&str) -> bool| {
        checks.iter().any(|check| {
            let own = check.protocol.as_deref();
            check.id == id.word() && check.outcome == "passed" && own.is_some_and(protocol)
        })
    };
    let any = |_: &str| true;
    let is_api = |word: &str| Protocol::from_word(word).is_some_and(Protocol::is_api);
    if has(CheckId::Arrived, any) {
        Some(Proof::Arrived)
    } else if has(CheckId::Message, any) {
        Some(Proof::Message)
    } else if has(CheckId::Envelope, any) && !looks_at_rights_late(mailbox) {
        Some(Proof::Envelope)
    } else if has(CheckId::Envelope, any)
        || has(CheckId::Inbox, any)
        || has(CheckId::Authenticate, is_api)
    {
        Some(Proof::Login)
    } else {
        None
    }
}

/// A check that was not begun.
fn to_come(planned: &PlannedCheck) -> CheckInfo {
    CheckInfo {
        id: planned.id.clone(),
        protocol: planned.protocol.clone(),
        about: planned.about.clone(),
        outcome: "skipped".to_owned(),
        ms: 0,
        detail: "Skipped because the test was stopped.".to_owned(),
        server_says: None,
        challenge: None,
        works_instead: Vec::new(),
        verdict: None,
    }
}

/// A check that runs, as it is when it is stopped.
fn cancelled(running: &PlannedCheck) -> CheckInfo {
    let detail = if running.id == CheckId::Message.word() {
        "Stopped while the message was handed over: nobody knows whether it was taken."
    } else {
        HERE
    };
    CheckInfo {
        outcome: CANCELLED.to_owned(),
        detail: detail.to_owned(),
        ..to_come(running)
    }
}

fn same(one: &CheckInfo, other: &CheckInfo) -> bool {
    one.id == other.id && one.protocol == other.protocol && one.about == other.about
}

/// Where a check's ladder stands in a report.
fn place(protocol: Option<&str>, id: &str) -> usize {
    let ladder = protocol.and_then(Protocol::from_word);
    match ladder {
        Some(protocol) => Protocol::ALL
            .iter()
            .position(|known| *known == protocol)
            .map_or(1, |at| at + 1),
        None if id == CheckId::Renew.word() => usize::MAX,
        None => 0,
    }
}

/// A message to the mailbox itself that nobody has deleted again may still be there: the person must know.
fn tell_what_is_left(checks: &mut [CheckInfo]) {
    let is_gone = checks
        .iter()
        .any(|check| check.id == CheckId::Remove.word() && check.outcome == "passed");
    let sent = checks.iter_mut().find(|check| {
        let unanswered = || {
            let verdict = check.verdict.as_ref();
            verdict.is_some_and(|verdict| verdict.id == UNANSWERED)
        };
        check.id == CheckId::Message.word()
            && (["passed", CANCELLED].contains(&&*check.outcome) || unanswered())
    });
    if let Some(sent) = sent.filter(|_| !is_gone) {
        sent.detail.push_str(
            " The test was stopped before it could be deleted again; delete it when you see it.",
        );
    }
}

#[cfg(test)]
mod tests {
    use mailwright_domain::CheckEvent;

    use super::*;
    use crate::samples::{Sample, passed};
    use crate::testing::SendTo;

    #[tokio::test]
    async fn what_ran_is_cancelled_and_what_was_to_come_is_skipped() {
        let sample = Sample::new();
        let registration = sample.registration("R").await;
        let mailbox = sample.mailbox("anna@firma.nl", &registration).await;
        let options = TestOptions {
            message: Some(SendTo::Itself),
            ..TestOptions::default()
        };
        let plan = sample.service.test_plan("anna@firma.nl", &options).unwrap();
        let mut so_far = SoFar::new();
        let mut hear = |event: CheckEvent| so_far.hear(&TestEvent::new("anna@firma.nl", &event));
        let begin = |protocol, id| CheckEvent::Started {
            protocol,
            id,
            about: None,
        };
        let (imap, smtp) = (Some(Protocol::Imap), Some(Protocol::Smtp));
        hear(begin(None, CheckId::Token));
        hear(CheckEvent::Finished(passed(CheckId::Token, None)));
        for (protocol, id) in [
            (smtp, CheckId::Resolve),
            (imap, CheckId::Resolve),
            (smtp, CheckId::Message),
        ] {
            hear(begin(protocol, id));
            hear(CheckEvent::Finished(passed(id, protocol)));
        }
        hear(begin(imap, CheckId::Arrived));
        let report = so_far.report(&mailbox, &options, &plan);
        assert_eq!(report.status, mailbox.status.word());
        assert!(report.stopped && report.error_id.is_none());
        assert_eq!(report.proof.as_deref(), Some("message"));
        let outcome = |protocol: Option<&str>, id: CheckId| {
            let mut all = report.checks.iter();
            let found = all.find(|c| c.protocol.as_deref() == protocol && c.id == id.word());
            found.map(|check| check.outcome.as_str())
        };
        assert_eq!(outcome(None, CheckId::Token), Some("passed"));
        assert_eq!(outcome(Some("imap"), CheckId::Arrived), Some("cancelled"));
        assert_eq!(outcome(Some("imap"), CheckId::Remove), Some("skipped"));
        assert_eq!(outcome(Some("smtp"), CheckId::Envelope), Some("skipped"));
        assert_eq!(outcome(None, CheckId::Renew), Some("skipped"));
        let mut ladders: Vec<_> = report.checks.iter().map(|c| c.protocol.clone()).collect();
        ladders.dedup();
        let ladders: Vec<_> = ladders.iter().map(Option::as_deref).collect();
        assert_eq!(ladders, [None, Some("imap"), Some("smtp"), None]);
        let mut all = report.checks.iter();
        let sent = all
            .find(|check| check.id == CheckId::Message.word())
            .unwrap();
        assert!(
            sent.detail.ends_with("delete it when you see it."),
            "{sent:?}"
        );
        let mut keys: Vec<_> = report.checks.iter().map(|c| (&c.protocol, &c.id)).collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), all, "each once");
    }

    #[tokio::test]
    async fn where_nothing_ran_the_next_one_is_where_it_was_stopped() {
        let sample = Sample::new();
        let registration = sample.registration("R").await;
        let mailbox = sample.mailbox("anna@firma.nl", &registration).await;
        let mut so_far = SoFar::new();
        let mut hear = |event: CheckEvent| so_far.hear(&TestEvent::new("anna@firma.nl", &event));
        hear(CheckEvent::Finished(passed(CheckId::Token, None)));
        let inbox = passed(CheckId::Inbox, Some(Protocol::Imap));
        hear(CheckEvent::Finished(inbox));
        let options = TestOptions::default();
        let plan = sample.service.test_plan("anna@firma.nl", &options).unwrap();
        let renew = plan.last().unwrap().clone();
        let report = so_far.report(&mailbox, &options, &[renew]);
        let last = report.checks.last().unwrap();
        assert_eq!((&*last.id, &*last.outcome), ("renew", "cancelled"));
        assert_eq!(report.proof.as_deref(), Some("login"));
    }

    #[test]
    fn a_message_that_was_being_handed_over_may_have_been_taken() {
        let message = cancelled(&PlannedCheck {
            id: CheckId::Message.word().to_owned(),
            protocol: Some("smtp".to_owned()),
            about: None,
        });
        assert!(message.detail.contains("nobody knows"));
    }
}
