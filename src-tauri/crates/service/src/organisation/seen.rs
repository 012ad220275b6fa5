//! What tests and sign-ins have shown of a switch. They were made and kept for other reasons; nothing is asked again.

use jiff::Timestamp;
use mailwright_diagnosis::organisation::{Seen, Switch};
use mailwright_domain::{Check, Mailbox, MailboxId, Outcome, Reading, Registration};

use crate::{Failure, Service};

/// When a test was made, and its checks.
type Tested = (Timestamp, Vec<Check>);

/// Everything that was kept about a registration and its mailboxes.
pub(super) struct Shown {
    /// Of each mailbox the tests that still count, the latest first.
    tests: Vec<(MailboxId, Vec<Tested>)>,
    /// What is known of the registration itself.
    readings: Vec<ReadingShown>,
}

struct ReadingShown {
    id: &'static str,
    passed: bool,
    verdict: Option<String>,
    at: Option<Timestamp>,
}

impl Service {
    pub(super) fn shown(
        &self,
        registration: &Registration,
        mailboxes: &[Mailbox],
    ) -> Result<Shown, Failure> {
        let mut tests = Vec::new();
        for mailbox in mailboxes {
            let reports = self.known_reports(mailbox)?;
            let checks = reports.into_iter().map(|r| (r.started, r.checks)).collect();
            tests.push((mailbox.id, checks));
        }
        let checks = self.store.registration_checks();
        let last = checks.last(registration.id)?.map(|report| report.checks);
        // What sign-ins have shown since is newer than what was kept with the last look.
        let readings = checks
            .seen(registration.id)?
            .into_iter()
            .chain(last.into_iter().flatten());
        Ok(Shown {
            tests,
            readings: readings
                .map(|check| ReadingShown {
                    id: check.id.word(),
                    passed: check.outcome == Outcome::Passed,
                    verdict: check.verdict.map(|v| v.id),
                    at: check.seen,
                })
                .collect(),
        })
    }
}

impl Shown {
    /// What was shown of a switch for one mailbox: by the latest test that says anything about it.
    pub(super) fn of_mailbox<'s>(
        &self,
        switch: &'s Switch,
        mailbox: MailboxId,
    ) -> Option<(&'s Seen, Option<Timestamp>)> {
        let (_, tests) = self.tests.iter().find(|(id, _)| *id == mailbox)?;
        tests.iter().find_map(|(at, checks)| {
            let fits = |seen: &&Seen| checks.iter().any(|check| shows(seen, check));
            switch.seen.iter().find(fits).map(|seen| (seen, Some(*at)))
        })
    }

    /// What was shown of a switch of the whole organisation, by any mailbox or the registration itself: the latest.
    pub(super) fn of_organisation<'s>(
        &self,
        switch: &'s Switch,
    ) -> Option<(&'s Seen, Option<Timestamp>)> {
        let by_tests = self
            .tests
            .iter()
            .filter_map(|(mailbox, _)| self.of_mailbox(switch, *mailbox));
        let by_registration = switch.seen.iter().filter_map(|seen| {
            let reading = self.readings.iter().find(|reading| fits(seen, reading))?;
            Some((seen, reading.at))
        });
        // Of several at the same moment the first rule counts.
        by_tests.chain(by_registration).reduce(
            |best, next| {
                if next.1 > best.1 { next } else { best }
            },
        )
    }
}

fn shows(seen: &Seen, check: &Check) -> bool {
    match (&seen.verdict, seen.protocol, seen.check) {
        (Some(id), _, _) => {
            check.outcome == Outcome::Failed && check.verdict.as_ref().is_some_and(|v| v.id == *id)
        }
        (None, Some(protocol), Some(id)) => {
            check.outcome == Outcome::Passed && check.protocol == Some(protocol) && check.id == id
        }
        _ => false,
    }
}

fn fits(seen: &Seen, reading: &ReadingShown) -> bool {
    match (&seen.verdict, seen.registration.map(Reading::word)) {
        (Some(id), _) => !reading.passed && reading.verdict.as_ref() == Some(id),
        (None, Some(id)) => reading.passed && reading.id == id,
        (None, None) => false,
    }
}
