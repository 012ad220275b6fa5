use mailwright_domain::{AuthKind, Grant, GrantId, Mailbox, Provider, Purpose};

use crate::grants::Ended;
use crate::profiles::profile_of_grant;
use crate::wire::{SignOutPlan, SignedOut};
use crate::{Code, Failure, Service};

impl Service {
    /// What signing out of a mailbox would do, to be said before it happens.
    ///
    /// # Errors
    /// There is no such mailbox, or nobody is signed in.
    pub fn sign_out_plan(&self, which: &str) -> Result<SignOutPlan, Failure> {
        let mailbox = self.find_mailbox(which)?;
        if !mailbox.is_signed_in_to() {
            return Ok(nothing_ends(&mailbox));
        }
        let id = signed_in(&mailbox)?;
        let removed = self.store.mailboxes().removed()?;
        let users = self.store.grants().mailboxes_of(id)?;
        let others = users.into_iter().filter(|user| user.id != mailbox.id);
        let (off, kept): (Vec<_>, Vec<_>) =
            others.partition(|user| removed.iter().any(|m| m.id == user.id));
        let name = |user: &Mailbox| user.address.to_string();
        let kept_for: Vec<String> = kept.iter().map(name).collect();
        let lets_go = if kept_for.is_empty() {
            let setups = self.set_ups_on(id)?;
            off.iter().map(name).chain(setups).collect()
        } else {
            Vec::new()
        };
        let grant = self.grant_of(&mailbox)?;
        let (can_revoke, stops_at_provider) = match &grant {
            Some(grant) if kept_for.is_empty() => self.at_provider(grant)?,
            _ => (false, Vec::new()),
        };
        Ok(SignOutPlan {
            address: name(&mailbox),
            kept_for,
            lets_go,
            can_revoke,
            stops_at_provider,
        })
    }

    /// Whether the provider can be told, and who else stops then. Google ends all that a person granted to an app,
    /// under whichever registration here.
    fn at_provider(&self, grant: &Grant) -> Result<(bool, Vec<String>), Failure> {
        let registration = self.registration_of_grant(grant)?;
        let profile = profile_of_grant(grant, &registration, Purpose::BOTH)?;
        if profile.revoke.is_none() || registration.provider != Provider::Google {
            return Ok((profile.revoke.is_some(), Vec::new()));
        }
        let mut stops = Vec::new();
        for other in self.store.registrations().list()? {
            let same_app = other.provider == registration.provider
                && other.client_id == registration.client_id;
            if !same_app || other.id == registration.id {
                continue;
            }
            for theirs in self.store.grants().of_registration(other.id)? {
                if theirs.subject == grant.subject && theirs.issuer == grant.issuer {
                    stops.extend(self.users_of_grant(theirs.id)?);
                }
            }
        }
        Ok((true, stops))
    }

    /// Ends a mailbox's sign-in: revoked where the provider can (unless `keep_remote`), secrets deleted here; of a
    /// password, that is all. Other mailboxes on the same sign-in keep it, and are named.
    ///
    /// # Errors
    /// There is no such mailbox, nobody is signed in, or the keychain does not let go of the secrets.
    pub async fn sign_out(&self, which: &str, keep_remote: bool) -> Result<SignedOut, Failure> {
        let mailbox = self.find_mailbox(which)?;
        match mailbox.auth {
            AuthKind::Oauth => {}
            AuthKind::AppOnly => return self.forget_app_access(&mailbox).await,
            AuthKind::Password => return self.forget_password(&mailbox).await,
        }
        let grant = signed_in(&mailbox)?;
        let plan = self.sign_out_plan(&mailbox.id.to_string())?;
        self.loosen(grant, &mailbox)?;
        let ended = self.end_grant(grant, Some(&mailbox), keep_remote).await?;
        let address = mailbox.address.to_string();
        Ok(match ended {
            Ended::KeptFor(kept_for) => SignedOut {
                address,
                note: format!("The sign-in was kept for {}.", kept_for.join(", ")),
                kept_for,
                also_stopped: Vec::new(),
                revoked: false,
            },
            Ended::Here { revoked, note } => SignedOut {
                address,
                kept_for: Vec::new(),
                also_stopped: if revoked {
                    plan.stops_at_provider
                } else {
                    Vec::new()
                },
                revoked,
                note,
            },
        })
    }

    /// A mailbox that was taken off the list, or a set-up, does not keep alive what a person wants ended: where no
    /// other mailbox uses the grant, these let go of it too, and need a new sign-in when they come back.
    fn loosen(&self, grant: GrantId, mailbox: &Mailbox) -> Result<(), Failure> {
        let removed = self.store.mailboxes().removed()?;
        let is_removed = |user: &Mailbox| removed.iter().any(|m| m.id == user.id);
        let others: Vec<Mailbox> = self.store.grants().mailboxes_of(grant)?;
        let mut others = others.into_iter().filter(|user| user.id != mailbox.id);
        if !others.clone().all(|user| is_removed(&user)) {
            return Ok(());
        }
        others.try_for_each(|user| self.unpoint(Some(&user)))?;
        for setup in self.store.setups().of_grant(grant)? {
            self.store.setups().set_grant(setup.id, None)?;
        }
        Ok(())
    }
}

/// Of a mailbox that nobody signs in to: the app registration's access, or the password, stays valid at the provider.
fn nothing_ends(mailbox: &Mailbox) -> SignOutPlan {
    SignOutPlan {
        address: mailbox.address.to_string(),
        kept_for: Vec::new(),
        lets_go: Vec::new(),
        can_revoke: false,
        stops_at_provider: Vec::new(),
    }
}

fn signed_in(mailbox: &Mailbox) -> Result<GrantId, Failure> {
    mailbox.grant.ok_or_else(|| {
        Failure::new(
            Code::NotFound,
            format!(
                "Nobody is signed in to {}. Nothing was changed.",
                mailbox.address
            ),
        )
    })
}

#[cfg(test)]
#[path = "sign_out_tests.rs"]
mod tests;
