//! What is told while a test runs, and what its failures mean.

use mailwright_domain::{Check, CheckEvent, CheckId, Mailbox, Outcome};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use crate::wire::TestEvent;
use crate::{Code, Failure};

/// Where the events of one test go.
pub(super) struct Events<'a> {
    pub(super) address: String,
    pub(super) to: &'a UnboundedSender<TestEvent>,
}

impl Events<'_> {
    pub(super) fn send(&self, event: &CheckEvent) {
        // A receiver that has gone away is no reason to stop a test.
        let _ = self.to.send(TestEvent::new(&self.address, event));
    }
}

pub(super) fn begin(id: CheckId, events: &Events<'_>) -> Instant {
    events.send(&CheckEvent::Started {
        protocol: None,
        id,
        about: None,
    });
    Instant::now()
}

pub(super) fn end(
    id: CheckId,
    result: Result<String, Failure>,
    clock: Instant,
    events: &Events<'_>,
) -> Check {
    let mut check = Check {
        id,
        protocol: None,
        outcome: Outcome::Passed,
        took: clock.elapsed(),
        detail: String::new(),
        about: None,
        server_says: None,
        evidence: None,
        verdict: None,
    };
    match result {
        Ok(detail) => check.detail = detail,
        Err(failure) => fail(&mut check, failure),
    }
    events.send(&CheckEvent::Finished(check.clone()));
    check
}

/// Makes a check a failed one, with all that is known of the failure.
pub(super) fn fail(check: &mut Check, failure: Failure) {
    check.outcome = Outcome::Failed;
    check.detail.clone_from(&failure.message);
    check.server_says = failure.provider_says();
    check.evidence.clone_from(&failure.evidence);
    check.verdict = Some(failure.into_verdict());
}

pub(super) fn report_skipped(check: Check, events: &Events<'_>) -> Check {
    events.send(&CheckEvent::Finished(check.clone()));
    check
}

/// A failed check as the failure of a use case.
pub(crate) fn failure_of(mailbox: &Mailbox, check: Check, what: &str) -> Failure {
    Failure {
        code: check
            .verdict
            .as_deref()
            .map_or(Code::Failed, crate::failure::code_of),
        message: format!(
            "{} {what} ({}: {}). Nothing was changed.",
            mailbox.address,
            check.id.word(),
            check.detail.trim_end_matches('.')
        ),
        verdict: check.verdict,
        evidence: check.evidence,
        other_account: None,
        hint: None,
        try_again_at: None,
    }
}

/// Completes the evidence with what only this level knows, and adds the verdict.
pub(crate) fn diagnose(mailbox: &Mailbox, check: &mut Check) {
    if check.outcome != Outcome::Failed || check.verdict.is_some() {
        return;
    }
    if let Some(evidence) = check.evidence.as_mut() {
        evidence.mailbox = Some(mailbox.address.to_string());
        evidence.provider = Some(mailbox.provider);
        evidence.auth = Some(mailbox.auth);
        check.verdict = Some(Box::new(mailwright_diagnosis::diagnose(evidence)));
    }
}
