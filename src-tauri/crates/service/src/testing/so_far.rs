//! What a test has found until it is stopped.

use jiff::Timestamp;
use mailwright_domain::{Check, CheckId, Mailbox, Protocol};
use tokio::time::Instant;

use crate::wire::{CheckInfo, ReportInfo, TestEvent, milliseconds};

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
            } => self.running.push((
                cancelled(protocol.clone(), id, about.clone()),
                Instant::now(),
            )),
            TestEvent::Finished { check, .. } => {
                self.running.retain(|(running, _)| !same(running, check));
                self.finished.push((**check).clone());
            }
            TestEvent::Report { .. } => {}
        }
    }

    /// The report as it is when the test is stopped: what ran is cancelled, what was to come is skipped. It says nothing
    /// of the mailbox that was not known before, so the status is the one it has, and it has no error ID.
    pub(super) fn report(mut self, mailbox: &Mailbox, planned: &[Check]) -> ReportInfo {
        let running = self.running.into_iter().map(|(check, since)| CheckInfo {
            ms: milliseconds(since.elapsed()),
            ..check
        });
        let mut checks = std::mem::take(&mut self.finished);
        checks.extend(running);
        for to_come in planned.iter().map(CheckInfo::from) {
            if !checks.iter().any(|check| same(check, &to_come)) {
                checks.push(to_come);
            }
        }
        checks.sort_by_key(|check| place(check.protocol.as_deref(), &check.id)); // stable
        tell_what_is_left(&mut checks);
        ReportInfo {
            mailbox: mailbox.address.to_string(),
            status: mailbox.status.word().to_owned(),
            proof: None,
            ms: milliseconds(self.clock.elapsed()),
            started: self.started.to_string(),
            error_id: None,
            checks,
            announcements: crate::calendar::announcements(mailbox),
        }
    }
}

/// A check that was stopped.
fn cancelled(protocol: Option<String>, id: &str, about: Option<String>) -> CheckInfo {
    let detail = if id == CheckId::Message.word() {
        "Stopped while the message was handed over: nobody knows whether it was taken."
    } else {
        "The test was stopped here."
    };
    CheckInfo {
        id: id.to_owned(),
        protocol,
        about,
        outcome: "cancelled".to_owned(),
        ms: 0,
        detail: detail.to_owned(),
        server_says: None,
        challenge: None,
        works_instead: Vec::new(),
        verdict: None,
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

/// A message to the mailbox itself that nobody has deleted again is still there: the person must know.
fn tell_what_is_left(checks: &mut [CheckInfo]) {
    let has = |id: CheckId, outcome: &str| {
        let mut found = checks.iter().filter(|check| check.id == id.word());
        found.any(|check| check.outcome == outcome)
    };
    let is_looked_for = checks
        .iter()
        .any(|check| check.id == CheckId::Remove.word());
    if !is_looked_for || !has(CheckId::Message, "passed") || has(CheckId::Remove, "passed") {
        return;
    }
    let sent = checks
        .iter_mut()
        .find(|check| check.id == CheckId::Message.word());
    if let Some(sent) = sent {
        sent.detail.push_str(
            " The test was stopped before it was deleted again; delete it when you see it.",
        );
    }
}

#[cfg(test)]
mod tests {
    use mailwright_domain::CheckEvent;

    use super::*;
    use crate::samples::{Sample, passed};
    use crate::testing::{SendTo, TestOptions, planned};

    #[tokio::test]
    async fn what_ran_is_cancelled_and_what_was_to_come_is_skipped() {
        let sample = Sample::new();
        let registration = sample.registration("R").await;
        let mailbox = sample.mailbox("anna@firma.nl", &registration).await;
        let options = TestOptions {
            message: Some(SendTo::Itself),
            ..TestOptions::default()
        };
        let targets = sample.service.targets(&mailbox, &options).unwrap();
        let planned = planned(&mailbox, &targets, &options, "the test was stopped");
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
        let report = so_far.report(&mailbox, &planned);
        assert_eq!(report.status, mailbox.status.word());
        assert_eq!((report.error_id, report.proof), (None, None));
        let outcome = |protocol: Option<&str>, id: CheckId| {
            let mut all = report.checks.iter();
            let found = all.find(|c| c.protocol.as_deref() == protocol && c.id == id.word());
            found.map(|check| check.outcome.as_str())
        };
        assert_eq!(outcome(None, CheckId::Token), Some("passed"));
        assert_eq!(outcome(Some("imap"), CheckId::Arrived), Some("cancelled"));
        assert_eq!(outcome(Some("imap"), CheckId::Remove), Some("skipped"));
        assert_eq!(outcome(Some("smtp"), CheckId::Envelope), Some("skipped"));
        let ladders: Vec<_> = report.checks.iter().map(|c| c.protocol.clone()).collect();
        assert!(ladders.is_sorted(), "one after the other: {ladders:?}");
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

    #[test]
    fn a_message_that_was_being_handed_over_may_have_been_taken() {
        let message = cancelled(Some("smtp".to_owned()), CheckId::Message.word(), None);
        assert!(message.detail.contains("nobody knows"));
    }
}
