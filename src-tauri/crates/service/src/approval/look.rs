//! Looking again without a person.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::Timestamp;
use mailwright_domain::{Mailbox, Registration, RegistrationId, Status};
use mailwright_store::{Approval, ApprovalWait};

use super::ApprovalOf;
use crate::wire::ApprovalInfo;
use crate::{Code, Failure, Service};

/// What a look at one mailbox found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    /// It waits no longer.
    Approved,
    /// Nobody is signed in, so there is nothing that could be tried.
    Unseen,
    /// The provider could not be asked.
    Unreachable,
    /// The provider still says no.
    NotYet,
}

impl Found {
    fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Unseen => "unseen",
            Self::Unreachable => "unreachable",
            Self::NotYet => "not-yet",
        }
    }
}

/// What came of renewing a sign-in that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Renewal {
    Done,
    /// For want of the approval.
    Refused,
    Unreachable,
    /// For another reason.
    Otherwise,
}

impl Service {
    /// Looks whether the approval is there, with what is there: a living sign-in is renewed; where an administrator
    /// has approved on this computer, somebody can sign in now. Where nobody is signed in, only a sign-in can show it,
    /// and the mailbox goes on waiting.
    ///
    /// # Errors
    /// As [`Service::approval`].
    pub async fn check_approval(&self, of: ApprovalOf<'_>) -> Result<ApprovalInfo, Failure> {
        let subject = self.subject(of).await?;
        let only = subject.mailbox.as_ref().map(|mailbox| mailbox.id);
        let mut waiting = self.waiting_for(&subject.registration)?;
        waiting.retain(|(mailbox, _)| only.is_none_or(|only| only == mailbox.id));
        self.look(&subject.registration, &waiting).await?;
        self.info_again(of).await
    }

    /// The same for everything that waits. For the start of the program.
    ///
    /// # Errors
    /// The first one that could not be looked at; all were tried.
    pub async fn check_all_approvals(&self) -> Result<(), Failure> {
        let mut result = Ok(());
        for registration in self.store.registrations().list()? {
            let waiting = self.waiting_for(&registration)?;
            result = result.and(self.look(&registration, &waiting).await);
        }
        result
    }

    /// After a sign-in: others that wait for the same approval may have it now.
    pub(crate) async fn look_again(&self, registration: RegistrationId) {
        let looking = async {
            let Some(registration) = self.store.registrations().by_id(registration)? else {
                return Ok(());
            };
            let waiting = self.waiting_for(&registration)?;
            self.look(&registration, &waiting).await
        };
        if let Err(error) = looking.await {
            tracing::info!(%error, "an approval could not be looked for again");
        }
    }

    async fn look(
        &self,
        registration: &Registration,
        waiting: &[(Mailbox, ApprovalWait)],
    ) -> Result<(), Failure> {
        let approval = self.store.approvals().of(registration.id)?;
        let mut found = Vec::new();
        // One sign-in is renewed once, however many mailboxes use it.
        let mut renewals = HashMap::new();
        for (mailbox, wait) in waiting {
            let living = self.grant_of(mailbox)?.filter(|grant| grant.dead.is_none());
            let renewal = match living {
                None => None,
                Some(grant) => Some(match renewals.entry(grant.id) {
                    Entry::Occupied(known) => *known.get(),
                    Entry::Vacant(free) => *free.insert(self.renewal(mailbox).await),
                }),
            };
            found.push(self.look_at(&approval, mailbox, wait, renewal)?);
        }
        // The worst is what is told: some may be helped already.
        let Some(worst) = found.into_iter().max() else {
            return Ok(());
        };
        let now = self.store.approvals().of(registration.id)?;
        let looked = Approval {
            looked_at: Some(Timestamp::now()),
            found: Some(worst.word().to_owned()),
            ..now
        };
        Ok(self
            .store
            .approvals()
            .save(registration.id, &looked, None)?)
    }

    async fn renewal(&self, mailbox: &Mailbox) -> Renewal {
        match self.access(mailbox, true).await {
            Ok(_) => Renewal::Done,
            Err(failure) if failure.code == Code::NeedsAdministrator => Renewal::Refused,
            Err(failure) if failure.code == Code::Unreachable => Renewal::Unreachable,
            Err(failure) => {
                tracing::info!(%failure, "a renewal failed for another reason than the approval");
                Renewal::Otherwise
            }
        }
    }

    /// What the answer of a mailbox's own sign-in says, or without one what is known here.
    fn look_at(
        &self,
        approval: &Approval,
        mailbox: &Mailbox,
        wait: &ApprovalWait,
        renewal: Option<Renewal>,
    ) -> Result<Found, Failure> {
        let approvals = self.store.approvals();
        let Some(renewal) = renewal else {
            let approved = approval.approved_at.is_some_and(|at| at >= wait.since);
            if !approved {
                return Ok(Found::Unseen);
            }
            approvals.end_wait(mailbox.id, Some(Status::WaitingForYou))?;
            return Ok(Found::Approved);
        };
        match renewal {
            Renewal::Done => {
                approvals.end_wait(mailbox.id, Some(Status::NotStarted))?;
                Ok(Found::Approved)
            }
            Renewal::Refused => Ok(Found::NotYet),
            Renewal::Unreachable => Ok(Found::Unreachable),
            // Another reason by now, which has its own status: what is waited for is not this approval.
            Renewal::Otherwise => {
                let ended = self.store.mailboxes().by_id(mailbox.id)?;
                if ended.is_some_and(|now| now.status == Status::Stopped) {
                    approvals.end_wait(mailbox.id, None)?;
                }
                Ok(Found::NotYet)
            }
        }
    }
}
