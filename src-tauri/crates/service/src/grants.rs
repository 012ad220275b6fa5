//! Letting go of a grant. One place, because three ways lead here (signing out, removing, replacing) and each must
//! look again once it holds the grant's lock: a program that renews it, or a sign-in of the same person, may have come
//! first.

use mailwright_domain::{GrantId, Mailbox, Status};
use mailwright_oauth::{Revoked, revoke};
use mailwright_store::Setup;
use serde_json::Value;

use crate::lock::{self, Lock};
use crate::profiles::profile_of_grant;
use crate::{Failure, Service};

/// What became of a grant when a mailbox let go of it.
pub(crate) enum Ended {
    /// Other mailboxes still use it.
    KeptFor(Vec<String>),
    /// Its secrets are gone from this computer.
    Here {
        /// Whether the provider ended it as well.
        revoked: bool,
        /// Why not, or that nobody asked.
        note: String,
    },
}

impl Service {
    /// Takes the pointer of `mailbox` (if it is still there) off a grant. When no other mailbox uses the grant it is
    /// revoked, unless `keep_remote`, and its secrets and its row are deleted. Runs to its end once begun.
    pub(crate) async fn end_grant(
        &self,
        grant: GrantId,
        mailbox: Option<&Mailbox>,
        keep_remote: bool,
    ) -> Result<Ended, Failure> {
        let (service, mailbox) = (self.clone(), mailbox.cloned());
        self.to_its_end(move || async move {
            service
                .end_locked(grant, mailbox.as_ref(), keep_remote)
                .await
        })
        .await
    }

    async fn end_locked(
        &self,
        grant: GrantId,
        mailbox: Option<&Mailbox>,
        keep_remote: bool,
    ) -> Result<Ended, Failure> {
        let lock = lock::grant(&self.home, grant).await?;
        let users = self.store.grants().mailboxes_of(grant)?;
        let others: Vec<String> = users
            .iter()
            .filter(|user| mailbox.is_none_or(|m| m.id != user.id))
            .map(|user| user.address.to_string())
            .chain(self.set_ups_on(grant)?)
            .collect();
        let pointing = mailbox.filter(|m| users.iter().any(|user| user.id == m.id));
        if !others.is_empty() {
            self.unpoint(pointing)?;
            return Ok(Ended::KeptFor(others));
        }
        let (revoked, note) = if keep_remote {
            (
                false,
                "It may still be alive at the provider; nothing was withdrawn there.".to_owned(),
            )
        } else {
            self.revoke(grant).await
        };
        self.delete_locked(grant, pointing, &lock).await?;
        Ok(Ended::Here { revoked, note })
    }

    /// Secrets first: a row without secrets says “sign in again”, secrets without a row would never be found.
    async fn delete_locked(
        &self,
        grant: GrantId,
        pointing: Option<&Mailbox>,
        _lock: &Lock,
    ) -> Result<(), Failure> {
        self.keychain.delete_all(grant.0).await?;
        self.unpoint(pointing)?;
        if self.store.grants().by_id(grant)?.is_some() {
            self.store.grants().delete(grant)?;
        }
        Ok(())
    }

    /// Deletes a grant here, for whoever holds its lock, unless something points to it.
    pub(crate) async fn end_unused(&self, grant: GrantId, lock: &Lock) -> Result<(), Failure> {
        if self.is_used(grant)? {
            return Ok(());
        }
        self.delete_locked(grant, None, lock).await
    }

    /// Deletes every grant that no mailbox and no set-up points to: what a program that was ended in between has left.
    /// Nothing is revoked at a provider. For the start of the program; a sign-in that is being saved holds its lock and
    /// is waited for, and then found in use.
    ///
    /// # Errors
    /// The first one that could not be deleted, for example because the keychain is locked; all were tried.
    pub(crate) async fn sweep_grants(&self) -> Result<(), Failure> {
        let mut result = Ok(());
        for registration in self.store.registrations().list()? {
            for grant in self.store.grants().of_registration(registration.id)? {
                if !self.is_used(grant.id)? {
                    let ended = self.end_grant(grant.id, None, true).await;
                    result = result.and(ended.map(drop));
                }
            }
        }
        result
    }

    /// Whether a mailbox or a set-up points to a grant.
    fn is_used(&self, grant: GrantId) -> Result<bool, Failure> {
        Ok(!self.store.grants().mailboxes_of(grant)?.is_empty()
            || !self.store.setups().of_grant(grant)?.is_empty())
    }

    /// Who uses a grant: mailboxes on the list, and set-ups that wait with it.
    pub(crate) fn users_of_grant(&self, grant: GrantId) -> Result<Vec<String>, Failure> {
        let removed = self.store.mailboxes().removed()?;
        let users = self.store.grants().mailboxes_of(grant)?;
        let listed = users
            .into_iter()
            .filter(|user| !removed.iter().any(|m| m.id == user.id));
        Ok(listed
            .map(|user| user.address.to_string())
            .chain(self.set_ups_on(grant)?)
            .collect())
    }

    /// What set-ups that wait with a grant are called among its users.
    pub(crate) fn set_ups_on(&self, grant: GrantId) -> Result<Vec<String>, Failure> {
        let name = |setup: Setup| {
            let address = setup.form.get("address").and_then(Value::as_str);
            match address.map(str::trim).filter(|address| !address.is_empty()) {
                Some(address) => format!("the set-up of {address}"),
                None => "a set-up that was begun".to_owned(),
            }
        };
        let setups = self.store.setups().of_grant(grant)?;
        Ok(setups.into_iter().map(name).collect())
    }

    pub(crate) fn unpoint(&self, mailbox: Option<&Mailbox>) -> Result<(), Failure> {
        if let Some(mailbox) = mailbox {
            self.store.mailboxes().set_grant(mailbox.id, None)?;
            self.store
                .mailboxes()
                .set_status(mailbox.id, Status::WaitingForYou)?;
        }
        Ok(())
    }

    /// Deletes grants of a registration that no mailbox points to: left by a program that was ended in between.
    pub(crate) async fn end_orphans(
        &self,
        registration: mailwright_domain::RegistrationId,
    ) -> Result<(), Failure> {
        for grant in self.store.grants().of_registration(registration)? {
            self.end_grant(grant.id, None, true).await?;
        }
        Ok(())
    }

    /// Deletes a grant that was replaced, if nobody else uses it. Best effort: what replaced it is saved, and what is
    /// left behind goes with its registration. For a caller that runs to its end already.
    pub(crate) async fn end_replaced(&self, grant: GrantId) {
        if let Err(error) = self.end_locked(grant, None, true).await {
            tracing::info!(%error, "a replaced sign-in could not be deleted");
        }
    }

    /// Tells the provider. That it cannot be reached is said, and keeps nobody from signing out.
    async fn revoke(&self, grant: GrantId) -> (bool, String) {
        let attempt = async {
            let Some(row) = self.store.grants().by_id(grant)? else {
                return Ok(None);
            };
            // The grant's own registration: its token and secret must go to no other provider.
            let registration = self.registration_of_grant(&row)?;
            let profile = profile_of_grant(&row, &registration, mailwright_domain::Purpose::BOTH)?;
            let proof = self.client_proof(&registration).await?;
            match self.stored_grant(grant).await? {
                Some(stored) => Ok(Some(
                    revoke(&self.net, &profile, proof.as_ref(), &stored.refresh_token).await?,
                )),
                None => Ok::<_, Failure>(None),
            }
        };
        match attempt.await {
            Ok(Some(Revoked::Yes)) => (true, "The provider ended the sign-in, and it was deleted here.".to_owned()),
            Ok(Some(Revoked::NotOffered)) => (
                false,
                "The sign-in was deleted here. This provider offers programs no way to end it there; unused, it runs out by itself."
                    .to_owned(),
            ),
            Ok(None) => (false, "There was nothing left to delete.".to_owned()),
            Err(failure) => (
                false,
                format!(
                    "The sign-in was deleted here, but it may still be alive at the provider; withdraw it on the provider's own pages. ({failure})"
                ),
            ),
        }
    }
}
