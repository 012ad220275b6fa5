//! “I am the administrator”: the person in front of this computer approves, and the browser comes back to us.

use std::time::Duration;

use jiff::Timestamp;
use mailwright_domain::{Evidence, Fault, Stage, Status, is_guid};
use mailwright_oauth::{ApprovalRequest, Approved, EndPage, Loopback, OauthError};
use mailwright_store::Approval;
use tokio::sync::mpsc::UnboundedSender;

use super::{ApprovalOf, Subject, no_page};
use crate::wire::ApprovalInfo;
use crate::{Code, Failure, Service, SignInEvent};

impl Service {
    /// Lets an administrator approve by the system's browser, on this computer. It is a sign-in of its own: the
    /// account is used for the approval alone, and nothing of it is kept. Mailboxes that wait for this approval wait
    /// for their own sign-in afterwards. Dropping the future cancels it until the browser has come back.
    ///
    /// # Errors
    /// The provider has no page for it, nobody came back, the administrator said no or is none, or approved for
    /// another organisation, which is named. Nothing is changed then.
    pub async fn approve_here(
        &self,
        of: ApprovalOf<'_>,
        limit: Duration,
        events: &UnboundedSender<SignInEvent>,
    ) -> Result<ApprovalInfo, Failure> {
        let subject = self.subject(of).await?;
        let _turn = self.turn(limit, events).await?;
        let loopback = Loopback::bind(&subject.profile.redirect).await?;
        let request = ApprovalRequest::new(&subject.profile, &loopback.redirect_uri())
            .ok_or_else(|| no_page(&subject.registration))?;
        // The receiver may have gone; the approval goes on for whoever opened the address.
        let _ = events.send(SignInEvent::Link(request.url().clone()));
        let approved = loopback
            .wait_for_approval(request.state(), limit, std::future::pending())
            .await
            .map_err(|error| refused(error, &subject))?;
        let _ = events.send(SignInEvent::CameBack);
        let service = self.clone();
        let registration = subject.registration.id;
        self.to_its_end(move || async move { service.came_back_approved(subject, approved).await })
            .await?;
        self.look_again(registration).await;
        self.info_again(of).await
    }

    async fn came_back_approved(
        &self,
        subject: Subject,
        approved: Approved,
    ) -> Result<(), Failure> {
        let Approved { tenant, responder } = approved;
        let result = self.keep_approval(&subject, tenant.as_deref()).await;
        let page = match &result {
            Ok(organisation) => EndPage::Approved {
                organisation: organisation.clone(),
                then: subject.mailbox.as_ref().map(|m| m.sign_in_name.clone()),
            },
            Err(_) => EndPage::NotApproved,
        };
        responder.finish(page).await;
        result.map(drop)
    }

    /// Saves the approval, if it is for the right organisation; gives its name.
    async fn keep_approval(
        &self,
        subject: &Subject,
        tenant: Option<&str>,
    ) -> Result<Option<String>, Failure> {
        let registration = &subject.registration;
        if let (Some(tenant), Some(ours)) = (tenant, self.tenant_of_subject(subject).await?)
            && !tenant.eq_ignore_ascii_case(&ours)
        {
            return Err(elsewhere(subject, tenant));
        }
        let organisation = self.organisation_of(subject)?;
        let named = organisation.clone().or_else(|| tenant.map(str::to_owned));
        let before = self.store.approvals().of(registration.id)?;
        let approval = Approval {
            needed_at: None,
            cause: None,
            approved_at: Some(Timestamp::now()),
            approved_for: named.clone(),
            ..before
        };
        self.store
            .approvals()
            .save(registration.id, &approval, Some("approval-given"))?;
        for (mailbox, _) in self.waiting_for(registration)? {
            let signed_in = self.grant_of(&mailbox)?.is_some_and(|g| g.dead.is_none());
            if !signed_in {
                self.store
                    .approvals()
                    .end_wait(mailbox.id, Some(Status::WaitingForYou))?;
            }
        }
        Ok(named)
    }

    /// The tenant ID that the approval must be for: that of the registration, or of the domain that names the
    /// organisation. None where the provider does not tell it now; the next sign-in shows it then.
    async fn tenant_of_subject(&self, subject: &Subject) -> Result<Option<String>, Failure> {
        let registration = &subject.registration;
        let given = registration.organisation();
        if let Some(id) = given.filter(|tenant| is_guid(tenant)) {
            return Ok(Some(id.to_owned()));
        }
        let named = match given {
            Some(tenant) => Some(tenant.to_owned()),
            None => self.organisation_of(subject)?,
        };
        let Some(named) = named else {
            return Ok(None);
        };
        let authority = registration.authority.clone();
        match self.tenant_of(&named, registration.cloud, authority).await {
            Ok(tenant) => Ok(Some(tenant.id)),
            Err(error) => {
                tracing::info!(%error, "whose approval it is could not be compared");
                Ok(None)
            }
        }
    }
}

fn refused(error: OauthError, subject: &Subject) -> Failure {
    let person = matches!(
        error,
        OauthError::NobodyCameBack(_) | OauthError::Cancelled(_)
    );
    let evidence = Evidence {
        provider: Some(subject.registration.provider),
        mailbox: subject.mailbox.as_ref().map(|m| m.address.to_string()),
        ..*error.into_evidence()
    };
    let failure = Failure::diagnosed(&evidence);
    if person {
        failure.with_code(Code::NeedsSignIn)
    } else {
        failure
    }
}

fn elsewhere(subject: &Subject, tenant: &str) -> Failure {
    let evidence = Evidence {
        provider: Some(subject.registration.provider),
        mailbox: subject.mailbox.as_ref().map(|m| m.address.to_string()),
        detail: Some(format!("tenant ID {tenant}")),
        ..Evidence::fault(
            Stage::OauthAuthorize,
            Fault::ApprovedElsewhere,
            format!("the app was approved for the tenant {tenant}"),
        )
    };
    Failure::diagnosed(&evidence)
}
