use mailwright_domain::{GrantId, Mailbox, Status};
use mailwright_oauth::{Revoked, revoke};

use crate::lock::{PATIENCE, acquire};
use crate::wire::{Removed, SignedOut};
use crate::{Code, Failure, Service};

/// What became of a grant when a mailbox let go of it.
enum Ended {
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
    /// Ends a mailbox's sign-in: revoked where the provider can (unless `keep_remote`), secrets deleted here. Other
    /// mailboxes on the same sign-in keep it, and are named.
    ///
    /// # Errors
    /// There is no such mailbox, nobody is signed in, or the keychain does not let go of the secrets.
    pub async fn sign_out(&self, which: &str, keep_remote: bool) -> Result<SignedOut, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let Some(grant) = mailbox.grant else {
            return Err(Failure::new(
                Code::NotFound,
                format!(
                    "Nobody is signed in to {}. Nothing was changed.",
                    mailbox.address
                ),
            ));
        };
        let ended = self.let_go(&mailbox, grant, keep_remote).await?;
        self.store
            .mailboxes()
            .set_status(mailbox.id, Status::WaitingForYou)?;
        let address = mailbox.address.to_string();
        Ok(match ended {
            Ended::KeptFor(kept_for) => SignedOut {
                address,
                note: format!("The sign-in was kept for {}.", kept_for.join(", ")),
                kept_for,
                revoked: false,
            },
            Ended::Here { revoked, note } => SignedOut {
                address,
                kept_for: Vec::new(),
                revoked,
                note,
            },
        })
    }

    /// Deletes a mailbox here, its sign-in and its secrets with it. Nothing at the provider is deleted.
    ///
    /// # Errors
    /// There is no such mailbox, or the keychain does not let go of the secrets; then the mailbox stays.
    pub async fn remove_mailbox(&self, which: &str) -> Result<Removed, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let note = match mailbox.grant {
            None => "Nobody was signed in.".to_owned(),
            Some(grant) => match self.let_go(&mailbox, grant, false).await? {
                Ended::KeptFor(others) => {
                    format!("The sign-in was kept for {}.", others.join(", "))
                }
                Ended::Here { note, .. } => note,
            },
        };
        self.keychain.delete_all(mailbox.id.0).await?;
        self.store.mailboxes().delete(mailbox.id)?;
        Ok(Removed {
            id: mailbox.id.to_string(),
            name: mailbox.address.to_string(),
            note,
        })
    }

    async fn let_go(
        &self,
        mailbox: &Mailbox,
        grant: GrantId,
        keep_remote: bool,
    ) -> Result<Ended, Failure> {
        let others: Vec<String> = self
            .store
            .grants()
            .mailboxes_of(grant)?
            .into_iter()
            .filter(|m| m.id != mailbox.id)
            .map(|m| m.address.to_string())
            .collect();
        if !others.is_empty() {
            self.store.mailboxes().set_grant(mailbox.id, None)?;
            return Ok(Ended::KeptFor(others));
        }
        // A program that is renewing right now must not bring the entry back.
        let lock = acquire(&self.home, &grant.to_string(), PATIENCE).await?;
        if lock.is_none() {
            return Err(Failure::new(
                Code::Unreachable,
                "Another program is using this sign-in. Nothing was changed. Try again.",
            ));
        }
        let (revoked, note) = if keep_remote {
            (
                false,
                "It is still alive at the provider, as you asked.".to_owned(),
            )
        } else {
            self.revoke(mailbox, grant).await
        };
        self.keychain.delete_all(grant.0).await?;
        self.store.mailboxes().set_grant(mailbox.id, None)?;
        self.store.grants().delete(grant)?;
        Ok(Ended::Here { revoked, note })
    }

    /// Tells the provider. That it cannot be reached is said and keeps nobody from signing out.
    async fn revoke(&self, mailbox: &Mailbox, grant: GrantId) -> (bool, String) {
        let elsewhere = "The sign-in was deleted here, but it may still be alive at the provider; withdraw it on the provider's own pages.";
        let attempt = async {
            let registration = self.registration_of(mailbox)?;
            let profile = self.profile(mailbox, &registration)?;
            let secret = self.client_secret(&registration).await?;
            match self.refresh_token(grant).await? {
                Some(token) => Ok(Some(
                    revoke(&self.net, &profile, secret.as_ref(), &token).await?,
                )),
                None => Ok::<_, Failure>(None),
            }
        };
        match attempt.await {
            Ok(Some(Revoked::Yes)) => (true, "The provider ended the sign-in, and it was deleted here.".to_owned()),
            Ok(Some(Revoked::NotOffered)) => (
                false,
                "The sign-in was deleted here. This provider offers programs no way to end it there; unused, it runs out by itself.".to_owned(),
            ),
            Ok(None) => (false, "There was nothing left to delete.".to_owned()),
            Err(failure) => (false, format!("{elsewhere} ({failure})")),
        }
    }

    /// Deletes a grant that no mailbox points to any more; best effort, because what replaced it is saved.
    pub(crate) async fn drop_unused_grant(&self, grant: GrantId) {
        let unused = self
            .store
            .grants()
            .mailboxes_of(grant)
            .is_ok_and(|m| m.is_empty());
        if unused && self.keychain.delete_all(grant.0).await.is_ok() {
            let _ = self.store.grants().delete(grant);
        }
    }
}
