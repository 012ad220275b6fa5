//! What a provider's policy asks of the next sign-in. Not a secret: the sign-in page gets it in its address.

use mailwright_domain::{GrantId, MailboxId};
use rusqlite::{OptionalExtension, named_params};
use uuid::Uuid;

use crate::error::Doing;
use crate::setup::SetupId;
use crate::{Store, StoreError};

/// A challenge goes with whatever it is for.
pub(crate) const TABLE: &str = "
CREATE TABLE challenge (
    -- Identity of the grant, mailbox or set-up that the next sign-in is for.
    owner TEXT NOT NULL PRIMARY KEY,
    -- The provider's `claims` value as it came.
    claims TEXT NOT NULL
) STRICT;
CREATE TRIGGER challenge_of_grant AFTER DELETE ON grant_
BEGIN DELETE FROM challenge WHERE owner = OLD.id; END;
CREATE TRIGGER challenge_of_mailbox AFTER DELETE ON mailbox
BEGIN DELETE FROM challenge WHERE owner = OLD.id; END;
CREATE TRIGGER challenge_of_setup AFTER DELETE ON setup
BEGIN DELETE FROM challenge WHERE owner = OLD.id; END;
";

const DOING: &str = "noting what a provider asks of the next sign-in";

/// Whose next sign-in a challenge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Challenged {
    /// Whoever signs in to this grant again.
    Grant(GrantId),
    /// Whoever signs in to this mailbox.
    Mailbox(MailboxId),
    /// Whoever signs in for this set-up, which has no mailbox yet.
    Setup(SetupId),
}

impl Challenged {
    fn owner(self) -> Uuid {
        match self {
            Self::Grant(GrantId(id)) | Self::Mailbox(MailboxId(id)) | Self::Setup(SetupId(id)) => {
                id
            }
        }
    }
}

/// The methods of challenges. They are no settings, so history does not have them.
#[derive(Clone, Copy, Debug)]
pub struct Challenges<'a>(pub(crate) &'a Store);

impl Challenges<'_> {
    /// The challenge that waits.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn of(self, whom: Challenged) -> Result<Option<String>, StoreError> {
        self.0.read(DOING, |transaction| {
            transaction
                .prepare_cached("SELECT claims FROM challenge WHERE owner = :owner")?
                .query_one(
                    named_params! { ":owner": whom.owner().to_string() },
                    |row| row.get(0),
                )
                .optional()
        })
    }

    /// Keeps a challenge in place of an earlier one.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn put(self, whom: Challenged, claims: &str) -> Result<(), StoreError> {
        self.0.write(DOING, |transaction| {
            transaction
                .execute(
                    "INSERT OR REPLACE INTO challenge (owner, claims) VALUES (:owner, :claims)",
                    named_params! { ":owner": whom.owner().to_string(), ":claims": claims },
                )
                .doing(DOING)
                .map(drop)
        })
    }

    /// Forgets a challenge that was met. Writes nothing where there is none.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn met(self, whom: Challenged) -> Result<(), StoreError> {
        if self.of(whom)?.is_none() {
            return Ok(());
        }
        self.0.write(DOING, |transaction| {
            transaction
                .execute(
                    "DELETE FROM challenge WHERE owner = :owner",
                    named_params! { ":owner": whom.owner().to_string() },
                )
                .doing(DOING)
                .map(drop)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{grant, mailbox, registration, store};

    #[test]
    fn a_challenge_waits_until_it_is_met_or_its_owner_is_gone() {
        let (_dir, store) = store();
        let registration = registration("Firma");
        store.registrations().insert(&registration).unwrap();
        let grant = store
            .grants()
            .upsert(&grant(&registration, "anna"))
            .unwrap();
        let mailbox = mailbox("info@firma.nl");
        store.mailboxes().insert(&mailbox).unwrap();
        let (of_grant, of_mailbox) = (Challenged::Grant(grant.id), Challenged::Mailbox(mailbox.id));
        let challenges = store.challenges();
        challenges.put(of_grant, "{\"a\":1}").unwrap();
        challenges.put(of_grant, "{\"a\":2}").unwrap();
        challenges.put(of_mailbox, "{\"b\":1}").unwrap();
        assert_eq!(challenges.of(of_grant), Ok(Some("{\"a\":2}".to_owned())));
        challenges.met(of_grant).unwrap();
        challenges.met(of_grant).unwrap();
        assert_eq!(challenges.of(of_grant), Ok(None));
        assert_eq!(challenges.of(of_mailbox), Ok(Some("{\"b\":1}".to_owned())));

        challenges.put(of_grant, "{}").unwrap();
        store.grants().delete(grant.id).unwrap();
        store.mailboxes().delete(mailbox.id).unwrap();
        assert_eq!(challenges.of(of_grant), Ok(None));
        assert_eq!(challenges.of(of_mailbox), Ok(None));
    }
}
