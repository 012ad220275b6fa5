//! What sign-ins say about an approval.

use jiff::Timestamp;
use mailwright_domain::{GrantId, Mailbox, MailboxId, Registration, RegistrationId, Status};
use mailwright_store::{Approval, ApprovalWait};

use crate::{Failure, Service};

/// Verdicts that an administrator's approval ends.
const NEEDS_APPROVAL: [&str; 3] = [
    "entra-admin-consent-needed",
    "entra-risky-app",
    "google-admin-policy",
];

/// Whether an administrator's approval ends what this verdict says.
pub(crate) fn is_ended_by_approval(verdict: &str) -> bool {
    NEEDS_APPROVAL.contains(&verdict)
}

impl Failure {
    /// Whether an administrator has to approve the app before this works.
    pub fn needs_approval(&self) -> bool {
        let verdict = self.verdict.as_ref();
        verdict.is_some_and(|verdict| is_ended_by_approval(&verdict.id))
    }
}

impl Service {
    /// A sign-in did not succeed: where an approval is needed, it is waited for from now on. The sign-in's own failure
    /// is what people are told; not being able to note this is no other one.
    pub(crate) fn note_refused(
        &self,
        registration: &Registration,
        mailbox: Option<&Mailbox>,
        failure: &Failure,
    ) {
        if !failure.needs_approval() {
            return;
        }
        let cause = failure.verdict.as_ref().map_or("", |v| v.id.as_str());
        if let Err(error) = self.approval_needed(registration, mailbox, cause) {
            tracing::warn!(%error, "the need for an approval could not be noted");
        }
    }

    /// The same where a living sign-in could not be renewed: everything that rests on it waits.
    pub(crate) fn note_renewal_refused(&self, grant: GrantId, failure: &Failure) {
        if !failure.needs_approval() {
            return;
        }
        let noting = || {
            for mailbox in self.store.grants().mailboxes_of(grant)? {
                if let Some(registration) = mailbox.registration {
                    self.begin_wait(mailbox.id, registration)?;
                }
            }
            Ok::<_, Failure>(())
        };
        if let Err(error) = noting() {
            tracing::warn!(%error, "the need for an approval could not be noted");
        }
    }

    fn begin_wait(&self, mailbox: MailboxId, registration: RegistrationId) -> Result<(), Failure> {
        let wait = ApprovalWait {
            mailbox,
            registration,
            since: Timestamp::now(),
        };
        Ok(self.store.approvals().begin_wait(&wait)?)
    }

    /// The approval is needed from now on. A mailbox that works with the sign-in it has goes on doing so.
    pub(super) fn approval_needed(
        &self,
        registration: &Registration,
        mailbox: Option<&Mailbox>,
        cause: &str,
    ) -> Result<(), Failure> {
        let before = self.store.approvals().of(registration.id)?;
        let needed = Approval {
            needed_at: before.needed_at.or_else(|| Some(Timestamp::now())),
            cause: Some(cause.to_owned()),
            ..before
        };
        self.store
            .approvals()
            .save(registration.id, &needed, Some("approval-needed"))?;
        let Some(mailbox) = mailbox else {
            return Ok(());
        };
        // As it is now: the browser may have been open for minutes.
        let Some(mailbox) = self.store.mailboxes().by_id(mailbox.id)? else {
            return Ok(());
        };
        let works = self.grant_of(&mailbox)?.is_some_and(|g| g.dead.is_none());
        if !works && mailbox.registration == Some(registration.id) {
            self.begin_wait(mailbox.id, registration.id)?;
        }
        Ok(())
    }

    /// Since when a mailbox waits for an approval, if it does.
    pub(crate) fn waits_since(&self, mailbox: &Mailbox) -> Result<Option<Timestamp>, Failure> {
        if mailbox.status != Status::WaitingForAdmin {
            return Ok(None);
        }
        let waits = self.store.approvals().waits()?;
        let wait = waits.into_iter().find(|wait| {
            wait.mailbox == mailbox.id && mailbox.registration == Some(wait.registration)
        });
        Ok(wait.map(|wait| wait.since))
    }

    /// Somebody signed in with this registration: nobody is known to need an approval any more, and mailboxes on the
    /// same grant wait no longer. Best effort: the sign-in is saved.
    pub(crate) fn note_signed_in(&self, registration: &Registration, grant: GrantId) {
        if let Err(error) = self.end_waits_of(registration, grant) {
            tracing::warn!(%error, "the end of an approval's wait could not be noted");
        }
    }

    fn end_waits_of(&self, registration: &Registration, grant: GrantId) -> Result<(), Failure> {
        let approvals = self.store.approvals();
        let before = approvals.of(registration.id)?;
        if before.needed_at.is_some() {
            let over = Approval {
                needed_at: None,
                cause: None,
                ..before
            };
            approvals.save(registration.id, &over, Some("approval-over"))?;
        }
        let waits = approvals.waits()?;
        for mailbox in self.store.grants().mailboxes_of(grant)? {
            if waits.iter().any(|wait| wait.mailbox == mailbox.id) {
                // The mailbox of this sign-in has its new status already.
                let still = mailbox.status == Status::WaitingForAdmin;
                approvals.end_wait(mailbox.id, still.then_some(Status::NotStarted))?;
            }
        }
        Ok(())
    }
}
