//! The switches of the organisation behind an app registration. `seen` reads what tests and sign-ins have shown
//! already, `finding` puts it together with what an administrator's commands printed, `commands` writes those commands.
//! Nothing is asked of anybody here, nothing is changed, and what was pasted is kept nowhere.

mod commands;
mod finding;
mod seen;

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mailwright_diagnosis::organisation::{
    About, Concerns, Pasted, Switch, Switches, Told, Unclear, Why, read_back,
};
use mailwright_diagnosis::{Catalogue, announced_from};
use mailwright_domain::{AuthKind, Mailbox, Outcome, Protocol, Provider, Registration, Status};

use crate::wire::{
    AnnouncementInfo, Organisation, OrganisationCheck, OrganisationPasted, VerdictInfo, word,
};
use crate::{Code, Failure, Hint, Service};
use finding::{Finding, Known};
use seen::Shown;

/// The addresses that are named; the others are counted.
const NAMED: usize = 3;

impl Service {
    /// What is known of the switches of an organisation, and the commands for the rest. Without a registration the only
    /// one; `pasted` is what the commands printed.
    ///
    /// # Errors
    /// There is no such app registration or several, its provider has no known switches, or the database cannot be read.
    pub fn organisation(
        &self,
        registration: Option<&str>,
        pasted: Option<&str>,
    ) -> Result<Organisation, Failure> {
        let registration = self.registration_or_only(registration)?;
        if registration.provider == Provider::Custom {
            return Err(Failure::new(
                Code::Usage,
                format!(
                    "“{}” is neither Microsoft's nor Google's, so its organisation's switches are not known. Ask whoever runs the mail server.",
                    registration.name
                ),
            ));
        }
        let mailboxes = self.mailboxes_behind(&registration)?;
        let shown = self.shown(&registration, &mailboxes)?;
        let read = pasted.map(read_back);
        let known = Known {
            told: read.as_ref().map(|r| r.told.as_slice()).unwrap_or_default(),
            shown: &shown,
        };
        let switches: Vec<&Switch> = Switches::built_in()
            .switches()
            .iter()
            .filter(|s| s.provider == registration.provider)
            .collect();
        let asked: Vec<Asked<'_>> = switches
            .iter()
            .map(|switch| Asked::new(switch, &mailboxes, &known))
            .collect();
        let now = Timestamp::now();
        let today = now.to_zoned(TimeZone::system()).date();
        Ok(Organisation {
            registration: registration.name.clone(),
            registration_id: registration.id.to_string(),
            provider: registration.provider.word().to_owned(),
            organisation: organisation_of(&registration, &mailboxes),
            looked: now.to_string(),
            announced: announced_from(registration.provider, today)
                .into_iter()
                .map(AnnouncementInfo::from)
                .collect(),
            look: commands::look_at_all(&registration, &asked),
            checks: asked
                .iter()
                .map(|a| check(&registration, a, &asked))
                .collect(),
            pasted: read.as_ref().map(|read| told(read, &asked)),
        })
    }

    fn registration_or_only(&self, which: Option<&str>) -> Result<Registration, Failure> {
        if let Some(which) = which {
            return self.find_registration(which);
        }
        let mut all = self.store.registrations().list()?;
        match (all.pop(), all.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => Err(Failure::new(
                Code::NotFound,
                "There is no app registration yet, so no organisation is known.",
            )
            .hinting(Hint::AddRegistration)),
            (Some(last), false) => {
                let names: Vec<String> = all
                    .iter()
                    .chain([&last])
                    .map(|r| format!("“{}”", r.name))
                    .collect();
                Err(Failure::new(
                    Code::Usage,
                    format!("There are several app registrations: {}.", names.join(", ")),
                )
                .hinting(Hint::ChooseRegistration))
            }
        }
    }

    /// The mailboxes of a registration, and those of the same domains that sign in with a password.
    fn mailboxes_behind(&self, registration: &Registration) -> Result<Vec<Mailbox>, Failure> {
        let mut all = self.store.mailboxes().list()?;
        all.retain(|m| m.status != Status::Retired);
        let own: Vec<String> = all
            .iter()
            .filter(|m| m.registration == Some(registration.id))
            .map(|m| m.address.ascii_domain().to_owned())
            .collect();
        all.retain(|m| {
            let beside = m.auth == AuthKind::Password
                && m.provider == registration.provider
                && own.iter().any(|domain| domain == m.address.ascii_domain());
            m.registration == Some(registration.id) || beside
        });
        Ok(all)
    }
}

/// One switch with the mailboxes that need it and what is known of them.
struct Asked<'a> {
    switch: &'a Switch,
    concerned: Vec<&'a Mailbox>,
    findings: Vec<Finding>,
}

impl<'a> Asked<'a> {
    fn new(switch: &'a Switch, mailboxes: &'a [Mailbox], known: &Known<'_>) -> Self {
        let concerned: Vec<&Mailbox> = mailboxes
            .iter()
            .filter(|m| concerns(switch.concerns, m))
            .collect();
        let findings = match switch.about {
            About::Mailbox => concerned
                .iter()
                .map(|m| known.of_mailbox(switch, m))
                .collect(),
            About::Organisation | About::App => vec![known.of_organisation(switch)],
            About::Policy => known.of_policies(switch),
        };
        Self {
            switch,
            concerned,
            findings,
        }
    }

    /// Whether anybody needs it. What concerns everybody is there before the first mailbox.
    fn is_needed(&self) -> bool {
        self.switch.concerns == Concerns::Everybody || !self.concerned.is_empty()
    }

    fn outcome(&self) -> Outcome {
        let is = |outcome| move |f: &Finding| f.outcome == outcome;
        if !self.is_needed() {
            Outcome::Skipped
        } else if self.findings.iter().any(is(Outcome::Failed)) {
            Outcome::Failed
        } else if !self.findings.is_empty() && self.findings.iter().all(is(Outcome::Passed)) {
            Outcome::Passed
        } else {
            Outcome::Unchecked
        }
    }

    /// The first that failed.
    fn failed(&self) -> Option<&Finding> {
        self.findings.iter().find(|f| f.outcome == Outcome::Failed)
    }
}

fn concerns(what: Concerns, mailbox: &Mailbox) -> bool {
    let speaks = |protocol| mailbox.endpoint(protocol).is_some();
    match what {
        Concerns::Smtp => speaks(Protocol::Smtp),
        Concerns::Imap => speaks(Protocol::Imap),
        Concerns::Pop3 => speaks(Protocol::Pop3),
        Concerns::Password => mailbox.auth == AuthKind::Password,
        Concerns::Everybody => true,
    }
}

fn check(registration: &Registration, asked: &Asked<'_>, all: &[Asked<'_>]) -> OrganisationCheck {
    let switch = asked.switch;
    let outcome = asked.outcome();
    let failed = asked.failed().filter(|_| outcome == Outcome::Failed);
    let verdict = failed.and_then(|finding| {
        let (id, subject) = (finding.verdict.as_deref()?, finding.subject.as_deref());
        Catalogue::built_in().of_setting(id, subject, switch.provider)
    });
    OrganisationCheck {
        id: switch.id.clone(),
        title: switch.title.clone(),
        about: match switch.about {
            About::Mailbox => "mailbox",
            About::Organisation => "organisation",
            About::App => "app",
            About::Policy => "policy",
        }
        .to_owned(),
        outcome: word(outcome),
        basis: basis(asked).to_owned(),
        detail: detail(asked),
        findings: if outcome == Outcome::Skipped {
            Vec::new()
        } else {
            asked.findings.iter().map(Into::into).collect()
        },
        who: switch.who.clone(),
        wait_minutes: switch.wait_minutes,
        steps: switch.steps.clone(),
        link: switch.link.clone(),
        read_note: switch.read_note.clone(),
        caution: switch.caution.clone(),
        commands: commands::of_check(registration, asked, all),
        verdict: verdict.as_ref().map(VerdictInfo::from),
        source: switch.source.clone(),
        checked_on: switch.checked_on.clone(),
    }
}

fn basis(asked: &Asked<'_>) -> &'static str {
    let mut words = asked.findings.iter().map(|f| f.basis.word());
    let first = words.next().unwrap_or("not-seen");
    if words.all(|word| word == first) {
        first
    } else {
        "mixed"
    }
}

/// The finding itself where there is one, else how many there are of each kind, with the names of what is not fine.
fn detail(asked: &Asked<'_>) -> String {
    if !asked.is_needed() {
        return match asked.switch.concerns {
            Concerns::Password => "Not needed: no mailbox signs in with a password.",
            Concerns::Pop3 => "Not needed: no mailbox is read by POP.",
            Concerns::Imap => "Not needed: no mailbox is read by IMAP.",
            Concerns::Smtp => "Not needed: no mailbox sends by SMTP.",
            Concerns::Everybody => "Not needed.",
        }
        .to_owned();
    }
    match asked.findings.as_slice() {
        [] => finding::NOT_KNOWN.to_owned(),
        [one] => one.detail.clone(),
        // The same for all of them, such as that nothing is known.
        [first, more @ ..] if more.iter().all(|f| f.detail == first.detail) => first.detail.clone(),
        several => {
            let named = |outcome| -> Vec<&str> {
                let those = several.iter().filter(|f| f.outcome == outcome);
                those.filter_map(|f| f.subject.as_deref()).collect()
            };
            let mut text = match named(Outcome::Passed).len() {
                0 => String::new(),
                fine => format!("Fine for {fine} of {}.", several.len()),
            };
            for (those, word) in [
                (Outcome::Failed, "Not for"),
                (Outcome::Unchecked, "Not known for"),
            ] {
                let those = named(those);
                if !those.is_empty() {
                    let _ = write!(text, " {word} {}.", listed(&those)); // writing to a String does not fail
                }
            }
            text.trim_start().to_owned()
        }
    }
}

fn listed(names: &[&str]) -> String {
    let first = names
        .iter()
        .take(NAMED)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// What the organisation is called: by people by its domain.
fn organisation_of(registration: &Registration, mailboxes: &[Mailbox]) -> Option<String> {
    let tenant = registration.organisation();
    if let Some(domain) = tenant.filter(|t| t.contains('.')) {
        return Some(domain.to_owned());
    }
    let mut domains: Vec<&str> = mailboxes.iter().map(|m| m.address.ascii_domain()).collect();
    domains.sort_unstable();
    domains.dedup();
    match domains.as_slice() {
        [one] => Some((*one).to_owned()),
        _ => tenant.map(str::to_owned),
    }
}

fn told(read: &Pasted, asked: &[Asked<'_>]) -> OrganisationPasted {
    let used = |told: &&Told| {
        asked.iter().any(|a| {
            a.switch.id == told.switch.id
                && a.findings.iter().any(|f| f.is_of(told.subject.as_deref()))
        })
    };
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    OrganisationPasted {
        understood: count(read.told.len()),
        others: count(read.told.iter().filter(|told| !used(told)).count()),
        unclear: read.unclear.iter().map(unclear).collect(),
        troubles: read.troubles.iter().map(|t| t.says.clone()).collect(),
    }
}

fn unclear(unclear: &Unclear) -> String {
    let Unclear {
        property,
        value,
        why,
    } = unclear;
    match why {
        Why::WhoseIsIt => format!(
            "“{property} : {value}” does not say of which mailbox it is. Copy the command line too, or use the command shown here."
        ),
        Why::WhichSwitch => format!(
            "“{property} : {value}” can be a mailbox's or the organisation's. Copy the command line too, or use the command shown here."
        ),
    }
}

#[cfg(test)]
mod tests;
