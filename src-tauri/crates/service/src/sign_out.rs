use crate::grants::Ended;
use crate::wire::{Removed, SignedOut};
use crate::{Code, Failure, Service};

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
        let ended = self.end_grant(grant, Some(&mailbox), keep_remote).await?;
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

    /// Deletes a mailbox here, its sign-in and its secrets with it. Nothing at the provider is deleted: revoking could
    /// end what other programs use, and `sign_out` does it for those who want it.
    ///
    /// # Errors
    /// There is no such mailbox, or the keychain does not let go of the secrets; then the mailbox stays.
    pub async fn remove_mailbox(&self, which: &str) -> Result<Removed, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let note = match mailbox.grant {
            None => "Nobody was signed in.".to_owned(),
            Some(grant) => match self.end_grant(grant, Some(&mailbox), true).await? {
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
