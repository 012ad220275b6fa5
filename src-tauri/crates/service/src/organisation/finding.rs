//! What is known of one switch for one mailbox: what an administrator looked up goes before what a test has shown, and
//! where a mailbox has no setting of its own, the organisation's decides.

use jiff::Timestamp;
use mailwright_diagnosis::organisation::{PassedOn, Seen, Switch, Switches, Told, Value};
use mailwright_domain::{Mailbox, Outcome};

use super::Shown;
use crate::wire::{OrganisationFinding, word};

/// Said where nothing is known.
pub(super) const NOT_KNOWN: &str = "Not known yet. An administrator can look.";
/// Added where what was looked up and what a test has shown differ.
const TEST_SAYS_OTHERWISE: &str =
    "The last test showed something else; a change takes its time. Test again.";

/// What a finding rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Basis {
    Seen,
    Pasted,
    NotSeen,
}

impl Basis {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Pasted => "pasted",
            Self::NotSeen => "not-seen",
        }
    }
}

/// One finding.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) subject: Option<String>,
    pub(super) outcome: Outcome,
    pub(super) basis: Basis,
    pub(super) detail: String,
    pub(super) value: Option<String>,
    pub(super) decided_by: Option<String>,
    pub(super) seen: Option<Timestamp>,
    pub(super) verdict: Option<String>,
    /// The command that takes a change back to what was found, where it is another than the switch's.
    pub(super) reverse: Option<String>,
}

impl Finding {
    /// Whether it is about this mailbox or policy.
    pub(super) fn is_of(&self, subject: Option<&str>) -> bool {
        match (&self.subject, subject) {
            (Some(own), Some(other)) => own.eq_ignore_ascii_case(other),
            (own, other) => own.is_none() && other.is_none(),
        }
    }

    fn unknown(subject: Option<String>) -> Self {
        Self {
            subject,
            outcome: Outcome::Unchecked,
            basis: Basis::NotSeen,
            detail: NOT_KNOWN.to_owned(),
            value: None,
            decided_by: None,
            seen: None,
            verdict: None,
            reverse: None,
        }
    }
}

impl From<&Finding> for OrganisationFinding {
    fn from(finding: &Finding) -> Self {
        Self {
            subject: finding.subject.clone(),
            outcome: word(finding.outcome),
            basis: finding.basis.word().to_owned(),
            detail: finding.detail.clone(),
            value: finding.value.clone(),
            decided_by: finding.decided_by.clone(),
            seen: finding.seen.map(|seen| seen.to_string()),
            verdict: finding.verdict.clone(),
        }
    }
}

/// Everything that is known.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) told: &'a [Told],
    pub(super) shown: &'a Shown,
}

impl Known<'_> {
    pub(super) fn of_mailbox(&self, switch: &Switch, mailbox: &Mailbox) -> Finding {
        let address = mailbox.address.to_string();
        let shown = self.shown.of_mailbox(switch, mailbox.id);
        self.finding(switch, Some(address), shown)
    }

    pub(super) fn of_organisation(&self, switch: &Switch) -> Finding {
        self.finding(switch, None, self.shown.of_organisation(switch))
    }

    /// One finding for each policy that was told of.
    pub(super) fn of_policies(&self, switch: &Switch) -> Vec<Finding> {
        let told = self.told.iter().filter(|told| told.switch.id == switch.id);
        told.map(|told| self.finding(switch, told.subject.clone(), None))
            .collect()
    }

    fn finding(
        &self,
        switch: &Switch,
        subject: Option<String>,
        shown: Option<(&Seen, Option<Timestamp>)>,
    ) -> Finding {
        let seen = shown.map(|(seen, at)| of_seen(seen, at, subject.clone()));
        let Some(told) = self.told_of(switch, subject.as_deref()) else {
            return seen.unwrap_or_else(|| Finding::unknown(subject));
        };
        let pasted = self.of_told(switch, told, subject);
        match seen {
            // What decides for a mailbox without a setting of its own is not known, and a test has been there.
            Some(seen)
                if told.meaning.is_some_and(|m| m.inherits) && pasted.decided_by.is_none() =>
            {
                Finding {
                    value: pasted.value,
                    ..seen
                }
            }
            Some(seen) if contradict(seen.outcome, pasted.outcome) => Finding {
                detail: format!("{} {TEST_SAYS_OTHERWISE}", pasted.detail),
                seen: seen.seen,
                ..pasted
            },
            _ => pasted,
        }
    }

    fn told_of(&self, switch: &Switch, subject: Option<&str>) -> Option<&Told> {
        self.told.iter().find(|told| {
            let same = match (told.subject.as_deref(), subject) {
                (Some(told), Some(own)) => told.eq_ignore_ascii_case(own),
                (told, own) => told.is_none() && own.is_none(),
            };
            same && told.switch.id == switch.id
        })
    }

    fn of_told(&self, switch: &Switch, told: &Told, subject: Option<String>) -> Finding {
        let found = Finding {
            basis: Basis::Pasted,
            value: Some(told.value.clone()),
            ..Finding::unknown(subject)
        };
        let Some(meaning) = told.meaning else {
            return Finding {
                detail: format!("“{}” is no value that is known here.", told.value),
                ..found
            };
        };
        let says = meaning.says.replace("{value}", &told.value);
        if meaning.inherits {
            return match self.decided(switch) {
                Some((other, passed_on)) => Finding {
                    outcome: passed_on.outcome,
                    detail: passed_on.says.clone(),
                    decided_by: Some(other.id.clone()),
                    verdict: passed_on.verdict.clone(),
                    ..found
                },
                None => Finding {
                    detail: format!("{says} What decides instead is not known yet."),
                    ..found
                },
            };
        }
        Finding {
            outcome: meaning.outcome,
            detail: says,
            verdict: meaning.verdict.clone(),
            reverse: meaning.reverse.clone(),
            ..found
        }
    }

    /// The switch that decides where this one is empty, and what it comes to.
    fn decided(&self, switch: &Switch) -> Option<(&'static Switch, &'static PassedOn)> {
        switch.falls_back.iter().find_map(|id| {
            let other = Switches::built_in().switch(id)?;
            let passed_on = self.value_of(other)?.passes_on.as_ref()?;
            Some((other, passed_on))
        })
    }

    /// The value of a switch of the organisation: as told, or as tests have shown.
    fn value_of(&self, switch: &'static Switch) -> Option<&'static Value> {
        if let Some(told) = self.told_of(switch, None) {
            return told.meaning;
        }
        let (seen, _) = self.shown.of_organisation(switch)?;
        switch.value(seen.is.as_deref()?)
    }
}

fn of_seen(seen: &Seen, at: Option<Timestamp>, subject: Option<String>) -> Finding {
    Finding {
        outcome: seen.outcome,
        basis: Basis::Seen,
        detail: seen.says.clone(),
        value: seen.is.clone(),
        decided_by: seen.decided_by.clone(),
        seen: at,
        verdict: seen
            .verdict
            .clone()
            .filter(|_| seen.outcome == Outcome::Failed),
        reverse: seen.reverse.clone(),
        ..Finding::unknown(subject)
    }
}

fn contradict(one: Outcome, other: Outcome) -> bool {
    matches!(
        (one, other),
        (Outcome::Passed, Outcome::Failed) | (Outcome::Failed, Outcome::Passed)
    )
}
