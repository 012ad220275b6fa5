//! An administrator's approval of the app. It is a normal state of a mailbox and no error: since late 2025 Microsoft's
//! own policy wants it for mail permissions in most organisations, and Google Workspace has its list of trusted apps.
//!
//! `needed` notes what sign-ins say, `look` looks again without a person, `administrator` lets the person in front of
//! this computer approve, `message` writes to somebody else. A mailbox that waits becomes something else only on proof:
//! somebody signed in, a renewal succeeded, or an administrator approved here.

mod administrator;
mod look;
mod message;
mod needed;

pub(crate) use needed::is_ended_by_approval;

use jiff::Timestamp;
use mailwright_domain::{Mailbox, Provider, Purpose, Registration, SendVia, Status};
use mailwright_oauth::{Profile, Redirect, approval_url};
use mailwright_store::{Approval, ApprovalWait};
use url::Url;

use crate::app_only::nobody_signs_in;
use crate::permissions::permissions_of;
use crate::profiles::profile_of_grant;
use crate::wire::ApprovalInfo;
use crate::{Code, Failure, Service};

/// What an approval is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalOf<'a> {
    /// A mailbox, by address or id: what is approved is what its sign-in asks for.
    Mailbox(&'a str),
    /// An app registration, by name or id: what is approved is what all its mailboxes need.
    Registration(&'a str),
}

/// What a person did about an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalStep {
    /// The provider's page says that an administrator has to approve.
    Needed,
    /// The administrator is somebody else.
    Ask,
    /// The administrator is the person in front of this computer.
    Administrator,
    /// The message was copied.
    Copied,
    /// The message was handed to the mail program.
    Mailed,
}

/// `state` of the link in a message. Whoever opens it comes back to no listener of ours, so there is nothing to check.
const MESSAGE_STATE: &str = "mailwright";

/// What an approval is about, read once.
struct Subject {
    registration: Registration,
    mailbox: Option<Mailbox>,
    profile: Profile,
}

impl Service {
    /// Link, message and state of an administrator's approval.
    ///
    /// # Errors
    /// There is no such mailbox or app registration, the mailbox has none, or its fields make no link.
    pub async fn approval(&self, of: ApprovalOf<'_>) -> Result<ApprovalInfo, Failure> {
        let subject = self.subject(of).await?;
        self.approval_info(&subject)
    }

    /// Notes what a person did about an approval, so that it is there after a restart.
    ///
    /// # Errors
    /// As [`Service::approval`].
    pub async fn note_approval(
        &self,
        of: ApprovalOf<'_>,
        step: ApprovalStep,
    ) -> Result<ApprovalInfo, Failure> {
        let subject = self.subject(of).await?;
        let registration = &subject.registration;
        if step == ApprovalStep::Needed {
            self.approval_needed(registration, subject.mailbox.as_ref(), TOLD)?;
            return self.info_again(of).await;
        }
        let mut approval = self.store.approvals().of(registration.id)?;
        let word = |word: &str| Some(word.to_owned());
        let event = match step {
            ApprovalStep::Ask | ApprovalStep::Needed => {
                approval.way = word("ask");
                None
            }
            ApprovalStep::Administrator => {
                approval.way = word("administrator");
                None
            }
            ApprovalStep::Copied | ApprovalStep::Mailed => {
                let by = if step == ApprovalStep::Copied {
                    "copied"
                } else {
                    "mail"
                };
                approval.asked_at = Some(Timestamp::now());
                approval.asked_by = word(by);
                Some("approval-asked")
            }
        };
        self.store
            .approvals()
            .save(registration.id, &approval, event)?;
        self.approval_info(&subject)
    }

    async fn info_again(&self, of: ApprovalOf<'_>) -> Result<ApprovalInfo, Failure> {
        let subject = self.subject(of).await?;
        self.approval_info(&subject)
    }

    async fn subject(&self, of: ApprovalOf<'_>) -> Result<Subject, Failure> {
        match of {
            ApprovalOf::Mailbox(which) => {
                let mailbox = self.find_mailbox(which)?;
                if mailbox.is_app_only() {
                    // What its app is allowed is given with the script, not by an approval page.
                    return Err(nobody_signs_in(&mailbox));
                }
                let registration = self.registration_of(&mailbox)?;
                // Who signed in says more than the domain, and nobody has to be asked.
                let profile = match self.grant_of(&mailbox)? {
                    Some(grant) => profile_of_grant(&grant, &registration, mailbox.purpose)?,
                    None => self.profile_for_sign_in(&mailbox, &registration).await?,
                };
                Ok(Subject {
                    registration,
                    mailbox: Some(mailbox),
                    profile,
                })
            }
            ApprovalOf::Registration(which) => {
                let registration = self.find_registration(which)?;
                let purpose = purpose_of_all(&self.mailboxes_of(&registration)?);
                let profile = Profile::new(&registration, purpose)?;
                Ok(Subject {
                    registration,
                    mailbox: None,
                    profile,
                })
            }
        }
    }

    fn approval_info(&self, subject: &Subject) -> Result<ApprovalInfo, Failure> {
        let Subject {
            registration,
            mailbox,
            profile,
        } = subject;
        let approval = self.store.approvals().of(registration.id)?;
        let waiting = self.waiting_for(registration)?;
        let link = link_of(subject)?;
        let permissions = permissions_of(profile);
        let text = message::message(&message::About {
            registration,
            mailbox: mailbox.as_ref(),
            organisation: self.organisation_of(subject)?.as_deref(),
            link: link.as_ref(),
            permissions: &permissions,
        });
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        Ok(ApprovalInfo {
            link: link.map(|url| url.to_string()),
            console: message::console(registration.provider).map(str::to_owned),
            message: text.body,
            subject: text.subject,
            status: match mailbox {
                Some(mailbox) => mailbox.status,
                None => self.status_of_registration(registration, &approval, &waiting)?,
            }
            .word()
            .to_owned(),
            mailbox: mailbox.as_ref().map(|m| m.address.to_string()),
            person: mailbox.as_ref().map(|m| m.sign_in_name.clone()),
            registration: registration.name.clone(),
            registration_id: registration.id.to_string(),
            provider: registration.provider.word().to_owned(),
            client_id: registration.client_id.clone(),
            organisation: self.organisation_of(subject)?,
            permissions,
            waiting: waiting.iter().map(|(m, _)| m.address.to_string()).collect(),
            way: approval.way,
            needed_at: time(approval.needed_at),
            asked_at: time(approval.asked_at),
            asked_by: approval.asked_by,
            looked_at: time(approval.looked_at),
            found: approval.found,
            approved_at: time(approval.approved_at),
            approved_for: approval.approved_for,
        })
    }

    /// Mailboxes on the list that wait for the approval of this registration. One that was given another registration
    /// or another status waits no longer, whatever its row says.
    fn waiting_for(
        &self,
        registration: &Registration,
    ) -> Result<Vec<(Mailbox, ApprovalWait)>, Failure> {
        let mut waiting = Vec::new();
        for wait in self.store.approvals().waits()? {
            let Some(mailbox) = self.store.mailboxes().by_id(wait.mailbox)? else {
                continue;
            };
            if wait.registration == registration.id
                && mailbox.registration == Some(registration.id)
                && mailbox.status == Status::WaitingForAdmin
            {
                waiting.push((mailbox, wait));
            }
        }
        Ok(waiting)
    }

    fn mailboxes_of(&self, registration: &Registration) -> Result<Vec<Mailbox>, Failure> {
        let mut all = self.store.mailboxes().list()?;
        all.retain(|m| m.registration == Some(registration.id) && !m.is_app_only());
        Ok(all)
    }

    fn status_of_registration(
        &self,
        registration: &Registration,
        approval: &Approval,
        waiting: &[(Mailbox, ApprovalWait)],
    ) -> Result<Status, Failure> {
        let grants = self.store.grants().of_registration(registration.id)?;
        Ok(if !waiting.is_empty() || approval.needed_at.is_some() {
            Status::WaitingForAdmin
        } else if approval.approved_at.is_some() || grants.iter().any(|g| g.dead.is_none()) {
            Status::Working
        } else {
            Status::NotStarted
        })
    }

    /// The organisation as people know it: a domain.
    fn organisation_of(&self, subject: &Subject) -> Result<Option<String>, Failure> {
        let tenant = subject.registration.tenant.as_deref();
        if let Some(domain) = tenant.filter(|tenant| tenant.contains('.')) {
            return Ok(Some(domain.to_owned()));
        }
        let domain = |mailbox: &Mailbox| mailbox.address.domain().to_owned();
        Ok(match &subject.mailbox {
            Some(mailbox) => Some(domain(mailbox)),
            None => self
                .mailboxes_of(&subject.registration)?
                .first()
                .map(domain),
        })
    }
}

/// The cause where a person read it off the provider's page and told us.
const TOLD: &str = "told-by-you";

/// Where somebody on another computer approves. The page there comes back to an address of that computer, on which
/// nobody listens; the approval is given by then.
fn link_of(subject: &Subject) -> Result<Option<Url>, Failure> {
    let redirect = Redirect::of(&subject.registration)?.registered();
    Ok(approval_url(&subject.profile, &redirect, MESSAGE_STATE))
}

/// What all of these are used for; both where there is none yet.
fn purpose_of_all(mailboxes: &[Mailbox]) -> Purpose {
    let any = |wants: fn(&Purpose) -> bool| mailboxes.iter().any(|m| wants(&m.purpose));
    match (any(|p| p.send), any(|p| p.receive)) {
        (false, false) => Purpose::BOTH,
        (send, receive) => Purpose {
            send,
            receive,
            via: way_of_all(mailboxes),
        },
    }
}

/// The way that all of them send by; submission where they differ, and then whoever differs is asked at the sign-in.
fn way_of_all(mailboxes: &[Mailbox]) -> SendVia {
    let mut ways = mailboxes
        .iter()
        .filter(|m| m.purpose.send)
        .map(|m| m.purpose.via);
    let first = ways.next().unwrap_or_default();
    if ways.all(|way| way == first) {
        first
    } else {
        SendVia::Smtp
    }
}

/// What is said where a provider has no page on which an administrator approves.
fn no_page(registration: &Registration) -> Failure {
    let name = &registration.name;
    Failure::new(
        Code::Usage,
        match registration.provider {
            Provider::Google => format!(
                "Google has no approval link: an administrator adds “{name}” to the trusted apps in the Google Admin console. The message says how. Nothing was changed."
            ),
            Provider::Microsoft => format!(
                "“{name}” signs in personal accounts, which have no administrator. Sign in instead. Nothing was changed."
            ),
            Provider::Custom => format!(
                "It is not known where the administrators of “{name}” approve apps. Send them the message. Nothing was changed."
            ),
        },
    )
}

#[cfg(test)]
mod tests;
