//! What the window's first page and the page of a mailbox show.

use mailwright_domain::{
    Check, CheckId, Grant, Mailbox, MailboxId, Outcome, Protocol, Report, Status,
};
use mailwright_store::Setup;

use crate::setups::DONE;
use crate::tokens::sign_in_ended;
use crate::wire::{Home, HomeLine, MailboxPage, ReportInfo, VerdictInfo};
use crate::{Failure, Service};

/// How many tests are looked back upon for one that tested sending, or reading.
const BACK: u32 = 20;

impl Service {
    /// What the window's first page shows: all mailboxes, and set-ups that have none yet.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn home(&self) -> Result<Home, Failure> {
        let setups = self.store.setups().list()?;
        let mailboxes = self.store.mailboxes().list()?;
        Ok(Home {
            mailboxes: mailboxes
                .iter()
                .map(|m| self.home_line(m, &setups))
                .collect::<Result<_, _>>()?,
            setups: setups
                .iter()
                .filter(|setup| setup.mailbox.is_none() && setup.step != DONE)
                .map(|setup| self.setup_info(setup))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Everything that the page of one mailbox shows.
    ///
    /// # Errors
    /// There is no such mailbox.
    pub fn mailbox_page(&self, which: &str) -> Result<MailboxPage, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let setups = self.store.setups().of_mailbox(mailbox.id)?;
        let report = self.store.reports().latest(mailbox.id)?;
        Ok(MailboxPage {
            home: self.home_line(&mailbox, &setups)?,
            details: self.mailbox(&mailbox.id.to_string())?,
            registration_id: mailbox.registration.map(|id| id.to_string()),
            report: report.map(|report| ReportInfo::of(&mailbox, &report)),
            shares_sign_in_with: self.others_on_grant(&mailbox)?,
        })
    }

    fn home_line(&self, m: &Mailbox, setups: &[Setup]) -> Result<HomeLine, Failure> {
        let proof = self.proof(m)?;
        Ok(HomeLine {
            line: self.line(m)?,
            sending: proof.word(m, m.purpose.via.protocol()).to_owned(),
            reading: proof.reading(m).to_owned(),
            problem: proof.problem(m),
            ends: self.ends_soon(m)?,
            setup: setups
                .iter()
                .find(|s| s.mailbox == Some(m.id) && s.step != DONE)
                .map(|s| s.id.to_string()),
        })
    }

    /// Why a mailbox does not work, where that is known.
    pub(crate) fn problem_of(&self, m: &Mailbox) -> Result<Option<VerdictInfo>, Failure> {
        Ok(self.proof(m)?.problem(m))
    }

    /// The tests of a mailbox that still say something about it, the latest first.
    pub(crate) fn known_reports(&self, m: &Mailbox) -> Result<Vec<Report>, Failure> {
        Ok(self.proof(m)?.reports)
    }

    /// What is still known from tests: nothing that was found before settings or sign-in changed.
    fn proof(&self, m: &Mailbox) -> Result<Proof, Failure> {
        let grant = self.grant_of(m)?;
        let mut reports: Vec<Report> = self.store.reports().latest(m.id)?.into_iter().collect();
        let wanted = Protocol::ALL.into_iter().filter(|p| m.uses().has(*p));
        // The last test may have been of a part.
        let tested = |p| reports.first().is_none_or(|report| covers(report, p));
        if !wanted.clone().all(tested) {
            reports = self.store.reports().list(m.id, BACK)?;
        }
        let reset = matches!(m.status, Status::NotStarted | Status::WaitingForYou);
        let changed = if reset {
            self.store.mailboxes().last_changed(m.id)?
        } else {
            None
        };
        reports.retain(|report| {
            let signed_in = !m.is_signed_in_to()
                || grant
                    .as_ref()
                    .is_some_and(|g| g.signed_in_at <= report.started);
            signed_in && changed.is_none_or(|changed| changed <= report.started)
        });
        Ok(Proof { grant, reports })
    }

    /// Other mailboxes on the list that use the same sign-in.
    fn others_on_grant(&self, m: &Mailbox) -> Result<Vec<String>, Failure> {
        let Some(grant) = m.grant else {
            return Ok(Vec::new());
        };
        let removed: Vec<MailboxId> = self
            .store
            .mailboxes()
            .removed()?
            .iter()
            .map(|m| m.id)
            .collect();
        let users = self.store.grants().mailboxes_of(grant)?;
        Ok(users
            .into_iter()
            .filter(|user| user.id != m.id && !removed.contains(&user.id))
            .map(|user| user.address.to_string())
            .collect())
    }
}

/// What is known of a mailbox from its tests, the latest first.
struct Proof {
    grant: Option<Grant>,
    reports: Vec<Report>,
}

impl Proof {
    fn ended(&self) -> bool {
        self.grant.as_ref().is_some_and(|g| g.dead.is_some())
    }

    /// Of IMAP and POP3 together, where a mailbox is read with both: what is worse is what a person has to see.
    fn reading(&self, m: &Mailbox) -> &'static str {
        let words = [Protocol::Imap, Protocol::Pop3].map(|protocol| self.word(m, protocol));
        ["failed", "unchecked", "proven"]
            .into_iter()
            .find(|word| words.contains(word))
            .unwrap_or("off")
    }

    fn word(&self, m: &Mailbox, protocol: Protocol) -> &'static str {
        if !m.uses().has(protocol) {
            return "off";
        }
        match self.reports.iter().find(|report| covers(report, protocol)) {
            None => "unchecked",
            Some(report) if !passed(report, protocol) => "failed",
            Some(_) if self.ended() => "unchecked", // what was proven rested on a sign-in that is no more
            Some(_) => "proven",
        }
    }

    fn problem(&self, m: &Mailbox) -> Option<VerdictInfo> {
        let failed = self.reports.first().and_then(|report| {
            let mut failed = report
                .checks
                .iter()
                .filter(|c| c.outcome == Outcome::Failed);
            failed.find_map(|c| c.verdict.as_deref())
        });
        match failed {
            Some(verdict) => Some(VerdictInfo::from(verdict)),
            None if self.ended() => sign_in_ended(m).verdict.as_deref().map(VerdictInfo::from),
            None => None,
        }
    }
}

fn covers(report: &Report, protocol: Protocol) -> bool {
    report.checks.iter().any(|c| c.protocol == Some(protocol))
}

/// A check that says nothing of whether the protocol works: of a further sender address, or of a message that never
/// went out.
fn says_nothing_of_it(check: &Check) -> bool {
    let message = matches!(check.id, CheckId::Arrived | CheckId::Remove);
    check.id == CheckId::Sender || (message && check.outcome == Outcome::Skipped)
}

/// Whether a test got to the end of this protocol's ladder.
fn passed(report: &Report, protocol: Protocol) -> bool {
    let mut checks = report
        .checks
        .iter()
        .filter(|c| c.protocol == Some(protocol) && !says_nothing_of_it(c));
    let fine = |outcome| matches!(outcome, Outcome::Passed | Outcome::Unchecked);
    checks.all(|c| fine(c.outcome))
}

#[cfg(test)]
#[path = "home_tests.rs"]
mod tests;
