//! Whose mailbox was refused: a sign-in of one organisation and a mailbox of another are told where a server said no.
//! Nothing is stopped for it, since people do work in mailboxes of other organisations.

use std::time::Duration;

use mailwright_discovery::{is_of_persons, tenant_id};
use mailwright_domain::{Check, CheckId, Mailbox, Outcome, Provider, Who};

use super::climb::Climbed;
use crate::Service;
use crate::profiles::is_personal;

/// How long Microsoft is waited for; not knowing takes nothing away from the report.
const PATIENCE: Duration = Duration::from_secs(5);

impl Service {
    /// Asks Microsoft whose the mailbox's domain is, where a server refused; the domain alone is sent.
    pub(super) async fn tell_another_organisation(
        &self,
        mailbox: &Mailbox,
        climbed: &mut [Climbed],
        limit: Duration,
    ) {
        let mut all = climbed.iter().flat_map(|ladder| &ladder.checks);
        if mailbox.provider != Provider::Microsoft || !all.any(is_refusal) {
            return;
        }
        let Some(step) = self
            .another_organisation(mailbox, limit.min(PATIENCE))
            .await
        else {
            return;
        };
        let all = climbed.iter_mut().flat_map(|ladder| &mut ladder.checks);
        let refused = all.filter(|check| is_refusal(check));
        for verdict in refused.filter_map(|check| check.verdict.as_mut()) {
            verdict.steps.push(step.clone());
        }
    }

    /// What to do where the sign-in is of another organisation than the mailbox's domain; none where both are one, or
    /// where one of them is not known.
    async fn another_organisation(&self, mailbox: &Mailbox, limit: Duration) -> Option<String> {
        let grant = self.grant_of(mailbox).ok()??;
        let ours = tenant_id(&grant.issuer)?;
        let domain = mailbox.address.ascii_domain();
        if is_personal(&ours) || is_of_persons(domain) {
            return None; // such a domain is of no organisation
        }
        let registration = self.registration_of(mailbox).ok()?;
        let asked = self.tenant_of(domain, registration.cloud, registration.authority.clone());
        let theirs = match tokio::time::timeout(limit, asked).await {
            Ok(Ok(tenant)) => tenant.id,
            Ok(Err(error)) => {
                tracing::info!(%error, "whose the mailbox's domain is could not be compared");
                return None;
            }
            Err(_) => return None,
        };
        let who = &grant.signed_in_as;
        (!theirs.eq_ignore_ascii_case(&ours)).then(|| {
            format!(
                "{domain} belongs to the organisation with the tenant ID {theirs}, and the sign-in of {who} is of {ours}. Unless {who} was given access there, sign in with an account of {domain}."
            )
        })
    }
}

/// Whether a server said that this sign-in may not use this mailbox, or may have meant that: not where it only asks to
/// wait, nor where a message was refused for what it is.
fn is_refusal(check: &Check) -> bool {
    let Some(verdict) = check
        .verdict
        .as_ref()
        .filter(|_| check.server_says.is_some())
    else {
        return false;
    };
    let is_about_it = match check.id {
        CheckId::Authenticate | CheckId::Inbox => true,
        CheckId::Envelope | CheckId::Message => verdict.who == Who::Administrator,
        _ => false,
    };
    check.outcome == Outcome::Failed && is_about_it && !verdict.try_later
}

#[cfg(test)]
mod tests {
    use mailwright_domain::{Protocol, Verdict};

    use super::*;
    use crate::samples::failed;

    #[test]
    fn only_a_no_to_this_sign_in_is_one() {
        let refused = |id: CheckId, who: Who, try_later: bool| {
            let mut check = failed(id, Some(Protocol::Smtp), "no");
            check.server_says = Some("550 5.7.60 not allowed to send as this sender".to_owned());
            let verdict = check.verdict.take().unwrap();
            check.verdict = Some(Box::new(Verdict {
                who,
                try_later,
                ..*verdict
            }));
            check
        };
        let inbox = refused(CheckId::Inbox, Who::You, false);
        assert!(is_refusal(&inbox));
        assert!(is_refusal(&refused(
            CheckId::Message,
            Who::Administrator,
            false
        )));
        let silent = Check {
            server_says: None,
            ..inbox
        };
        for other in [
            silent,
            refused(CheckId::Authenticate, Who::You, true),
            refused(CheckId::Message, Who::You, false),
            refused(CheckId::Tls, Who::Administrator, false),
        ] {
            assert!(!is_refusal(&other), "{other:?}");
        }
    }
}
