//! Using a sign-in that is there already: a shared mailbox needs no second sign-in of the same person. Nothing is asked
//! of anybody, and the inbox has to open before the mailbox points to the grant.

use mailwright_domain::{Grant, Mailbox, Registration};

use super::ask::Expected;
use super::for_mailbox::pointed;
use super::same_name;
use crate::app_only::nobody_signs_in;
use crate::profiles::profile_of_grant;
use crate::tokens::{may_all, sign_in_ended};
use crate::wire::{SignedIn, UsableSignIn};
use crate::{Code, Failure, Service, lock};

impl Service {
    /// Lets a mailbox use the sign-in of somebody who is signed in with its app registration: `whose` is that person's
    /// sign-in name, or a mailbox that uses the sign-in. The inbox must open for it. The person is the mailbox's sign-in
    /// name from then on, and its SMTP login unless somebody made that differ. No browser opens.
    ///
    /// # Errors
    /// Nobody of that name is signed in with this registration, the sign-in lacks a permission, the inbox does not open,
    /// or the mailbox was changed meanwhile. The mailbox is as it was then.
    pub async fn use_sign_in(&self, which: &str, whose: &str) -> Result<SignedIn, Failure> {
        let mailbox = self.find_mailbox(which)?;
        if !mailbox.is_signed_in_to() {
            return Err(nobody_signs_in(&mailbox));
        }
        let registration = self.registration_of(&mailbox)?;
        let grant = self.sign_in_of(&mailbox, &registration, whose)?;
        // As the mailbox will be, so that what opens is what is kept.
        let access = self.access(&used(mailbox.clone(), &grant), false).await?;
        let expires = access.expires.to_string();
        self.opens(&used(mailbox.clone(), &grant), access).await?;
        let before = self.point_to(&mailbox, &grant).await?;
        if let Some(old) = before.grant.filter(|old| *old != grant.id) {
            // Best effort: what it leaves behind goes at the next start.
            let _ = self.end_grant(old, None, true).await;
        }
        Ok(SignedIn {
            signed_in_as: grant.signed_in_as,
            scopes: grant.scopes,
            expires,
        })
    }

    /// Who is signed in with the app registration of a mailbox and may do all that it needs, the mailbox's own sign-in
    /// left out. Whether the inbox opens is known when it is tried.
    ///
    /// # Errors
    /// There is no such mailbox, or it has no app registration.
    pub fn usable_sign_ins(&self, which: &str) -> Result<Vec<UsableSignIn>, Failure> {
        let mailbox = self.find_mailbox(which)?;
        if !mailbox.is_signed_in_to() {
            return Ok(Vec::new());
        }
        let registration = self.registration_of(&mailbox)?;
        let mut usable = Vec::new();
        for grant in self.store.grants().of_registration(registration.id)? {
            let profile = profile_of_grant(&grant, &registration, mailbox.uses())?;
            let is_own = mailbox.grant == Some(grant.id);
            if is_own || grant.dead.is_some() || may_all(&mailbox, &profile, &grant.scopes).is_err()
            {
                continue;
            }
            let mailboxes = self.users_of_grant(grant.id)?;
            // One that is left over, or whose only mailbox was taken off the list, is about to go.
            if !mailboxes.is_empty() {
                usable.push(UsableSignIn {
                    signed_in_as: grant.signed_in_as,
                    mailboxes,
                });
            }
        }
        Ok(usable)
    }

    /// The living grant of a person, or of a mailbox that uses it.
    fn sign_in_of(
        &self,
        mailbox: &Mailbox,
        registration: &Registration,
        whose: &str,
    ) -> Result<Grant, Failure> {
        let whose = whose.trim();
        let pointer = self.find_mailbox(whose).ok().and_then(|other| other.grant);
        let grants = self.store.grants().of_registration(registration.id)?;
        let found = grants.into_iter().filter(|grant| grant.dead.is_none());
        let found = found
            .filter(|grant| pointer == Some(grant.id) || same_name(&grant.signed_in_as, whose))
            .min_by_key(|grant| pointer != Some(grant.id));
        found.ok_or_else(|| {
            Failure::new(
                Code::NotFound,
                format!(
                    "Nobody is signed in as {whose} with the app registration “{}” of {}. Nothing was changed.",
                    registration.name, mailbox.address
                ),
            )
        })
    }

    /// Points the mailbox to the grant, if both are still what was tried; gives the mailbox as it was before.
    async fn point_to(&self, tried: &Mailbox, grant: &Grant) -> Result<Mailbox, Failure> {
        let _lock = lock::grant(&self.home, grant.id).await?;
        let alive = self.store.grants().by_id(grant.id)?;
        if alive.is_none_or(|grant| grant.dead.is_some()) {
            return Err(sign_in_ended(tried));
        }
        let now = self.find_mailbox(&tried.id.to_string())?;
        if now.registration != tried.registration
            || now.purpose != tried.purpose
            || now.endpoints != tried.endpoints
        {
            return Err(Failure::new(
                Code::Conflict,
                format!(
                    "The settings of {} were changed meanwhile, so the sign-in was not used. Try again.",
                    now.address
                ),
            ));
        }
        let after = used(now.clone(), grant);
        self.store.durable().mailboxes().update(&after)?;
        Ok(now)
    }
}

/// The mailbox with this sign-in.
fn used(mailbox: Mailbox, grant: &Grant) -> Mailbox {
    let whoever = Expected::Anybody(mailbox.sign_in_name.clone());
    pointed(mailbox, grant, &whoever)
}
