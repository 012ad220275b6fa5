//! Removing a mailbox: at once, or off the list first so that it can come back.

use jiff::Timestamp;
use mailwright_domain::{EmailAddress, Mailbox};
use mailwright_store::Setup;

use crate::grants::Ended;
use crate::mailboxes::added;
use crate::wire::{Added, Removed};
use crate::{Code, Failure, Hint, Service};

impl Service {
    /// Deletes a mailbox here, its sign-in and its secrets with it. Nothing at the provider is deleted: revoking could
    /// end what other programs use, and `sign_out` does it for those who want it.
    ///
    /// # Errors
    /// There is no such mailbox, or the keychain does not let go of the secrets; then the mailbox stays.
    pub async fn remove_mailbox(&self, which: &str) -> Result<Removed, Failure> {
        let mailbox = self.find_mailbox(which)?;
        self.delete_mailbox(&mailbox).await
    }

    /// Takes a mailbox off the list. Nothing is deleted and nobody is signed out: [`Service::restore`] brings it back
    /// as it was, until [`Service::forget`] deletes it. Meanwhile no use case finds it.
    ///
    /// # Errors
    /// There is no such mailbox.
    pub fn take_off(&self, which: &str) -> Result<Removed, Failure> {
        let mailbox = self.find_mailbox(which)?;
        self.store
            .mailboxes()
            .take_off(mailbox.id, Timestamp::now())?;
        Ok(Removed {
            id: mailbox.id.to_string(),
            name: mailbox.address.to_string(),
            note: "You can bring it back until Mailwright is closed.".to_owned(),
        })
    }

    /// Brings a mailbox back that was taken off the list. One that is on it stays there.
    ///
    /// # Errors
    /// It is deleted already.
    pub fn restore(&self, id: &str) -> Result<Added, Failure> {
        if let Some(mailbox) = self.removed_mailbox(id)? {
            self.store.mailboxes().put_back(mailbox.id)?;
        }
        match self.find_mailbox(id) {
            Ok(mailbox) => Ok(added(&mailbox)),
            Err(failure) if failure.code == Code::NotFound => Err(Failure::new(
                Code::NotFound,
                "This mailbox is deleted already and cannot come back. Set it up again.",
            )),
            Err(failure) => Err(failure),
        }
    }

    /// Deletes a mailbox that was taken off the list, as [`Service::remove_mailbox`] does. One that is deleted already
    /// is no error: the wish is fulfilled.
    ///
    /// # Errors
    /// The mailbox is on the list, or the keychain does not let go of the secrets; then it stays as it is.
    pub async fn forget(&self, id: &str) -> Result<(), Failure> {
        if let Some(mailbox) = self.removed_mailbox(id)? {
            return self.delete_mailbox(&mailbox).await.map(drop);
        }
        match self.find_mailbox(id) {
            Err(failure) if failure.code == Code::NotFound => Ok(()),
            Err(failure) => Err(failure),
            Ok(mailbox) => Err(Failure::new(
                Code::Conflict,
                format!(
                    "{} is on the list again, so it was not deleted.",
                    mailbox.address
                ),
            )
            .hinting(Hint::Mailbox(mailbox.address.to_string()))),
        }
    }

    /// Deletes all mailboxes that were taken off the list, and every sign-in that nothing points to any more. For the
    /// start and the end of the program: nobody can bring them back any more.
    ///
    /// # Errors
    /// The first one that could not be deleted, for example because the keychain is locked; all were tried.
    pub async fn forget_removed(&self) -> Result<(), Failure> {
        let mut result = Ok(());
        for mailbox in self.store.mailboxes().removed()? {
            let deleted = self.delete_mailbox(&mailbox).await;
            result = result.and(deleted.map(drop));
        }
        result.and(self.sweep_grants().await)
    }

    /// Deletes the mailbox with this address if it was taken off the list: another one is to take its place.
    pub(crate) async fn forget_removed_at(&self, address: &EmailAddress) -> Result<(), Failure> {
        let removed = self.store.mailboxes().removed()?;
        match removed.iter().find(|m| m.address == *address) {
            Some(mailbox) => self.delete_mailbox(mailbox).await.map(drop),
            None => Ok(()),
        }
    }

    fn removed_mailbox(&self, id: &str) -> Result<Option<Mailbox>, Failure> {
        let removed = self.store.mailboxes().removed()?;
        Ok(removed.into_iter().find(|m| m.id.to_string() == id))
    }

    pub(crate) async fn delete_mailbox(&self, mailbox: &Mailbox) -> Result<Removed, Failure> {
        for Setup { id, .. } in self.store.setups().of_mailbox(mailbox.id)? {
            self.delete_setup(id).await?;
        }
        let note = match mailbox.grant {
            None if mailbox.is_app_only() => {
                self.let_go_of_app_access(mailbox).await?;
                "Nobody was signed in. The permission that an administrator gave the app stays until it is taken back."
                    .to_owned()
            }
            None if mailbox.has_password() => {
                "Its password was deleted here and stays valid at the provider.".to_owned()
            }
            None => "Nobody was signed in.".to_owned(),
            Some(grant) => match self.end_grant(grant, Some(mailbox), true).await? {
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
}

#[cfg(test)]
#[path = "removing_tests.rs"]
mod tests;
