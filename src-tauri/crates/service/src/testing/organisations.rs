//! Whose mailbox was refused: a sign-in of one organisation and a mailbox of another are told where a server said no.
//! Nothing is stopped for it, since people do work in mailboxes of other organisations.

use std::time::Duration;

use mailwright_discovery::tenant_id;
use mailwright_domain::{Check, CheckId, Mailbox, Outcome, Provider};

use super::climb::Climbed;
use crate::Service;
use crate::profiles::is_personal;

/// How long Microsoft is waited for; not knowing takes nothing away from the report.
const PATIENCE: Duration = Duration::from_secs(5);

/// Checks in which a server says whether this sign-in may use this mailbox.
const SAY: [CheckId; 4] = [
    CheckId::Authenticate,
    CheckId::Inbox,
    CheckId::Envelope,
    CheckId::Message,
];

impl Service {
    /// Asks Microsoft whose the mailbox's domain is, where a server refused; the domain alone is sent.
    pub(super) async fn tell_another_organisation(
        &self,
        mailbox: &Mailbox,
        climbed: &mut [Climbed],
    ) {
        let mut all = climbed.iter().flat_map(|ladder| &ladder.checks);
        if mailbox.provider != Provider::Microsoft || !all.any(is_refusal) {
            return;
        }
        let Some(step) = self.another_organisation(mailbox).await else {
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
    async fn another_organisation(&self, mailbox: &Mailbox) -> Option<String> {
        let grant = self.grant_of(mailbox).ok()??;
        let ours = tenant_id(&grant.issuer)?;
        if is_personal(&ours) {
            return None; // its domain is Microsoft's own
        }
        let registration = self.registration_of(mailbox).ok()?;
        let domain = mailbox.address.ascii_domain();
        let asked = self.tenant_of(domain, registration.cloud, registration.authority.clone());
        let theirs = match tokio::time::timeout(PATIENCE, asked).await {
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

/// Whether a server said no, other than by not being there.
fn is_refusal(check: &Check) -> bool {
    check.outcome == Outcome::Failed && check.server_says.is_some() && SAY.contains(&check.id)
}

#[cfg(test)]
mod tests {
    use mailwright_domain::Protocol;

    use super::*;
    use crate::samples::failed;

    #[test]
    fn only_a_servers_no_is_one() {
        let mut check = failed(CheckId::Inbox, Some(Protocol::Imap), "no");
        check.server_says = Some("NO User is authenticated but not connected.".to_owned());
        assert!(is_refusal(&check));
        let silent = Check {
            server_says: None,
            ..check.clone()
        };
        let elsewhere = Check {
            id: CheckId::Tls,
            ..check
        };
        assert!(!is_refusal(&silent) && !is_refusal(&elsewhere));
    }
}
