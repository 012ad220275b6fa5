use std::time::Duration;

use mailwright_domain::{
    AuthKind, Check, CheckEvent, CheckId, EmailAddress, Endpoint, Evidence, Fault, Outcome,
    Protocol, Security,
};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use crate::Target;
use crate::failure::Failure;
use crate::plan::{plan, stage, what_failed};
use crate::transcript::Log;

/// What a successful step found.
pub(crate) struct Passed<T> {
    pub(crate) value: T,
    /// One plain sentence.
    pub(crate) detail: String,
    pub(crate) says: Option<String>,
    /// Whether that proves what the check is about.
    proves: bool,
}

impl<T> Passed<T> {
    pub(crate) fn new(value: T, detail: impl Into<String>) -> Self {
        Self {
            value,
            detail: detail.into(),
            says: None,
            proves: true,
        }
    }

    /// Nothing went wrong that would end the ladder, and nothing is proven either.
    pub(crate) fn proving_nothing(mut self) -> Self {
        self.proves = false;
        self
    }

    pub(crate) fn saying(mut self, says: impl Into<String>) -> Self {
        self.says = Some(says.into());
        self
    }
}

/// A step's result.
pub(crate) type Step<T> = Result<Passed<T>, Box<Failure>>;

/// A step failed and has been recorded; the steps after it are skipped.
#[derive(Debug)]
pub(crate) struct Halt;

/// Walks up one ladder: runs steps, records them and tells whoever listens.
pub(crate) struct Climb<'a> {
    endpoint: &'a Endpoint,
    /// What the connection really uses, once that is known.
    pub(crate) security: Security,
    auth: AuthKind,
    pub(crate) log: Log,
    events: &'a UnboundedSender<CheckEvent>,
    checks: Vec<Check>,
    /// Checks beyond those of the protocol.
    more: &'static [CheckId],
    /// Addresses that have a check each, after all others.
    senders: Vec<String>,
    /// The step before which the climb ends.
    end: Option<CheckId>,
    has_ended_there: bool,
}

impl<'a> Climb<'a> {
    pub(crate) fn new(
        endpoint: &'a Endpoint,
        auth: AuthKind,
        log: Log,
        events: &'a UnboundedSender<CheckEvent>,
    ) -> Self {
        Self {
            endpoint,
            security: expected(endpoint),
            auth,
            log,
            events,
            checks: Vec::new(),
            more: &[],
            senders: Vec::new(),
            end: None,
            has_ended_there: false,
        }
    }

    /// These checks follow those of the protocol.
    pub(crate) fn with_more(mut self, more: &'static [CheckId]) -> Self {
        self.more = more;
        self
    }

    /// Each of these addresses has a check of its own.
    pub(crate) fn with_senders(mut self, senders: &[EmailAddress]) -> Self {
        self.senders = senders.iter().map(EmailAddress::to_string).collect();
        self
    }

    /// Ends before this step, which is then not begun: nothing of it is sent.
    pub(crate) fn ending_before(mut self, id: CheckId) -> Self {
        self.end = Some(id);
        self
    }

    /// Whether everything up to the step given to [`Self::ending_before`] has passed.
    pub(crate) fn has_ended_there(&self) -> bool {
        self.has_ended_there
    }

    /// Runs one step. Its limits are those of the driver; nothing here waits for longer than the step does.
    pub(crate) async fn step<T>(
        &mut self,
        id: CheckId,
        work: impl Future<Output = Step<T>>,
    ) -> Result<T, Halt> {
        if self.end == Some(id) {
            self.has_ended_there = true;
            return Err(Halt);
        }
        self.step_about(id, None, work).await
    }

    /// The same for a step that a ladder has several times.
    pub(crate) async fn step_about<T>(
        &mut self,
        id: CheckId,
        about: Option<String>,
        work: impl Future<Output = Step<T>>,
    ) -> Result<T, Halt> {
        self.started(id, about.clone());
        let began = Instant::now();
        let result = work.await;
        self.finished(id, about, began.elapsed(), result)
    }

    /// Records a step that was already run.
    pub(crate) fn done<T>(
        &mut self,
        id: CheckId,
        took: Duration,
        result: Step<T>,
    ) -> Result<T, Halt> {
        self.started(id, None);
        self.finished(id, None, took, result)
    }

    /// Records a step that could not be run and does not count as a failure.
    pub(crate) fn unchecked(&mut self, id: CheckId, detail: &str) {
        self.record(Check {
            outcome: Outcome::Unchecked,
            ..self.check(id, Duration::ZERO, detail.to_owned())
        });
    }

    /// Records a step that there is no reason to run; `because` completes “Skipped because …”.
    pub(crate) fn skip(&mut self, id: CheckId, because: &str) {
        self.record(skipped_check(self.endpoint.protocol, id, because));
    }

    fn started(&self, id: CheckId, about: Option<String>) {
        self.log.note(id.word());
        // Nobody may be listening any more; the ladder is returned whole anyway.
        let _ = self.events.send(CheckEvent::Started {
            protocol: Some(self.endpoint.protocol),
            id,
            about,
        });
    }

    fn finished<T>(
        &mut self,
        id: CheckId,
        about: Option<String>,
        took: Duration,
        result: Step<T>,
    ) -> Result<T, Halt> {
        match result {
            Ok(passed) => {
                let outcome = if passed.proves {
                    Outcome::Passed
                } else {
                    Outcome::Unchecked
                };
                self.record(Check {
                    about,
                    outcome,
                    server_says: passed.says,
                    ..self.check(id, took, passed.detail)
                });
                Ok(passed.value)
            }
            Err(failure) => {
                self.log.note(&format!("failed: {}", failure.detail));
                let check = Check {
                    about,
                    outcome: Outcome::Failed,
                    server_says: failure.says.clone(),
                    evidence: Some(Box::new(self.evidence(id, &failure))),
                    ..self.check(id, took, failure.detail)
                };
                self.record(check);
                Err(Halt)
            }
        }
    }

    fn check(&self, id: CheckId, took: Duration, detail: String) -> Check {
        Check {
            id,
            protocol: Some(self.endpoint.protocol),
            about: None,
            outcome: Outcome::Passed,
            took,
            detail,
            server_says: None,
            evidence: None,
            verdict: None,
        }
    }

    fn record(&mut self, check: Check) {
        let _ = self.events.send(CheckEvent::Finished(check.clone()));
        self.checks.push(check);
    }

    fn evidence(&self, id: CheckId, failure: &Failure) -> Evidence {
        let text = failure.says.clone().or_else(|| failure.reason.clone());
        Evidence {
            protocol: Some(self.endpoint.protocol),
            fault: failure.fault,
            text: text.unwrap_or_default(),
            smtp: failure.smtp,
            response_code: failure.response_code.clone(),
            http_status: failure.http_status,
            challenge: failure.challenge.clone(),
            detail: failure.value.clone(),
            auth: Some(self.auth),
            host: Some(self.endpoint.host.clone()),
            port: Some(self.endpoint.port),
            security: Some(self.security),
            ..Evidence::at(stage(self.endpoint.protocol, id))
        }
    }

    /// The step that failed, for whoever climbed as a part of another step.
    pub(crate) fn into_failure(self) -> Box<Failure> {
        let failed = self
            .checks
            .into_iter()
            .find(|c| c.outcome == Outcome::Failed);
        let Some(check) = failed else {
            return Failure::new(Fault::Closed, "The session ended.");
        };
        let evidence = check.evidence.map(|evidence| *evidence);
        let mut failure = Failure {
            detail: check.detail,
            says: check.server_says,
            ..Failure::default()
        };
        if let Some(evidence) = evidence {
            failure.fault = evidence.fault;
            failure.response_code = evidence.response_code;
            failure.challenge = evidence.challenge;
        }
        Box::new(failure)
    }

    /// All checks; those that were not reached are skipped, with the reason.
    pub(crate) fn finish(mut self) -> Vec<Check> {
        let because = self
            .checks
            .iter()
            .find(|c| c.outcome == Outcome::Failed)
            .map_or("an earlier check did not succeed", |c| what_failed(c.id));
        let own = plan(self.endpoint.protocol, self.security);
        for id in own.iter().chain(self.more) {
            if !self.checks.iter().any(|c| c.id == *id) {
                let check = skipped_check(self.endpoint.protocol, *id, because);
                self.record(check);
            }
        }
        for sender in std::mem::take(&mut self.senders) {
            if !self
                .checks
                .iter()
                .any(|c| c.about.as_ref() == Some(&sender))
            {
                let check = skipped_check(self.endpoint.protocol, CheckId::Sender, because);
                self.record(Check {
                    about: Some(sender),
                    ..check
                });
            }
        }
        self.checks
    }
}

/// Every check that a test of this target would run, and `more` after them, as skipped; `because` completes “Skipped
/// because …”. For when there is nothing to sign in with.
pub fn skipped(target: &Target, more: &[CheckId], because: &str) -> Vec<Check> {
    let Endpoint { protocol, .. } = target.endpoint;
    let own = plan(protocol, expected(&target.endpoint))
        .iter()
        .chain(more);
    let senders = target.others().iter().map(|sender| Check {
        about: Some(sender.to_string()),
        ..skipped_check(protocol, CheckId::Sender, because)
    });
    own.map(|id| skipped_check(protocol, *id, because))
        .chain(senders)
        .collect()
}

fn skipped_check(protocol: Protocol, id: CheckId, because: &str) -> Check {
    Check {
        id,
        protocol: Some(protocol),
        about: None,
        outcome: Outcome::Skipped,
        took: Duration::ZERO,
        detail: format!("Skipped because {because}."),
        server_says: None,
        evidence: None,
        verdict: None,
    }
}

/// The mode that a connection starts with: as asked, or for `Auto` by the registered port (RFC 8314 section 7.3);
/// TLS first on any other.
pub(crate) fn expected(endpoint: &Endpoint) -> Security {
    match (endpoint.security, endpoint.port) {
        (Security::Auto, 143 | 587 | 25 | 110) => Security::Starttls,
        (Security::Auto, _) => Security::Tls,
        (asked, _) => asked,
    }
}

/// Whether `Auto` has to find out by trying.
pub(crate) fn must_try(endpoint: &Endpoint) -> bool {
    endpoint.security == Security::Auto
        && !matches!(endpoint.port, 993 | 465 | 995 | 143 | 587 | 25 | 110)
}
