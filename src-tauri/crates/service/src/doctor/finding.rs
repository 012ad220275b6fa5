use std::time::Duration;

use jiff::Timestamp;
use mailwright_domain::{Outcome, Verdict, Who};

use crate::Failure;
use crate::wire::{DoctorCheck, VerdictInfo, milliseconds, word};

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    id: &'static str,
    pub(super) outcome: Outcome,
    took: Duration,
    pub(super) detail: String,
    pub(super) drift_ms: Option<i64>,
    pub(super) verdict: Option<Box<Verdict>>,
}

impl Finding {
    pub(super) fn passed(id: &'static str, detail: impl Into<String>) -> Self {
        Self::new(id, Outcome::Passed, detail)
    }

    /// It does not work; the failure says who has to do what.
    pub(super) fn failed(id: &'static str, detail: impl Into<String>, failure: Failure) -> Self {
        Self {
            verdict: Some(failure.into_verdict()),
            ..Self::new(id, Outcome::Failed, detail)
        }
    }

    /// It was not looked at, because there is nothing to look at.
    pub(super) fn skipped(id: &'static str, detail: impl Into<String>) -> Self {
        Self::new(id, Outcome::Skipped, detail)
    }

    /// It could not be known.
    pub(super) fn unchecked(id: &'static str, detail: impl Into<String>) -> Self {
        Self::new(id, Outcome::Unchecked, detail)
    }

    fn new(id: &'static str, outcome: Outcome, detail: impl Into<String>) -> Self {
        Self {
            id,
            outcome,
            took: Duration::ZERO,
            detail: detail.into(),
            drift_ms: None,
            verdict: None,
        }
    }

    pub(super) fn took(self, took: Duration) -> Self {
        Self { took, ..self }
    }

    pub(super) fn drifting(self, drift_ms: Option<i64>) -> Self {
        Self { drift_ms, ..self }
    }

    /// The same, with what somebody should know although it works.
    pub(super) fn telling(self, advice: Advice) -> Self {
        Self {
            verdict: Some(Box::new(advice.into())),
            ..self
        }
    }
}

/// A verdict on something that only this computer shows, and no server ever says: the catalogue has no entry for it.
pub(super) struct Advice {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) what: String,
    pub(super) still_works: &'static str,
    pub(super) who: Who,
    pub(super) steps: &'static [&'static str],
}

impl Advice {
    /// As the failure of a check.
    pub(super) fn failure(self) -> Failure {
        let message = format!("{}. {}", self.title, self.what);
        let verdict = Verdict::from(self);
        Failure {
            code: crate::failure::code_of(&verdict),
            verdict: Some(Box::new(verdict)),
            ..Failure::new(crate::Code::Failed, message)
        }
    }
}

impl From<Advice> for Verdict {
    fn from(advice: Advice) -> Self {
        Self {
            id: advice.id.to_owned(),
            title: advice.title,
            what: advice.what,
            still_works: Some(advice.still_works.to_owned()),
            who: advice.who,
            steps: advice.steps.iter().map(|&step| step.to_owned()).collect(),
            link: None,
            command: None,
            reverse: None,
            source: "Mailwright's own observation".to_owned(),
            checked_on: Timestamp::now().strftime("%Y-%m-%d").to_string(),
            matched: None,
            sign_in_helps: false,
            try_later: false,
        }
    }
}

impl From<&Finding> for DoctorCheck {
    fn from(finding: &Finding) -> Self {
        Self {
            id: finding.id.to_owned(),
            outcome: word(finding.outcome),
            ms: milliseconds(finding.took),
            detail: finding.detail.clone(),
            drift_ms: finding.drift_ms,
            verdict: finding.verdict.as_deref().map(VerdictInfo::from),
        }
    }
}
