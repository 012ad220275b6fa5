use mailwright_domain::{GrantId, Mailbox};

use crate::grants::Ended;
use crate::wire::SignedOut;
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
        self.loosen(grant, &mailbox)?;
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
