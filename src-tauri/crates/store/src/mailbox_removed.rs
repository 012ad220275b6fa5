//! Mailboxes that were taken off the list and may come back.

use jiff::Timestamp;
use mailwright_domain::{Mailbox, MailboxId};
use rusqlite::named_params;
use serde_json::json;

use crate::cells::{parsed, to_time};
use crate::change::record;
use crate::error::Doing;
use crate::mailbox::{change, expect, load};
use crate::{Mailboxes, StoreError};

/// When a mailbox was taken off the list; empty while it is on it.
pub(crate) const REMOVED: &str = "
ALTER TABLE mailbox ADD COLUMN removed TEXT NOT NULL DEFAULT '';
";

impl Mailboxes<'_> {
    /// Mailboxes that were taken off the list, by address.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn removed(self) -> Result<Vec<Mailbox>, StoreError> {
        self.0.read("reading the removed mailboxes", |transaction| {
            let ids = transaction
                .prepare_cached("SELECT id FROM mailbox WHERE removed <> '' ORDER BY address_key")?
                .query_map([], |row| parsed(row, "id").map(MailboxId))?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            load(transaction, &ids)
        })
    }

    /// Takes a mailbox off the list, with all it has kept for [`Mailboxes::put_back`]. Its address stays taken.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn take_off(self, id: MailboxId, at: Timestamp) -> Result<(), StoreError> {
        self.set_removed(id, &to_time(at), "mailbox-taken-off")
    }

    /// Puts a mailbox back on the list; nothing changes where it is there.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn put_back(self, id: MailboxId) -> Result<(), StoreError> {
        self.set_removed(id, "", "mailbox-put-back")
    }

    fn set_removed(self, id: MailboxId, removed: &str, what: &str) -> Result<(), StoreError> {
        const DOING: &str = "taking a mailbox off the list or putting it back";
        self.0.write(DOING, |transaction| {
            let mailbox = expect(transaction, id)?;
            let columns = named_params! { ":id": id.to_string(), ":removed": removed };
            let before: String = transaction
                .query_one(
                    "SELECT removed FROM mailbox WHERE id = :id",
                    named_params! { ":id": id.to_string() },
                    |row| row.get(0),
                )
                .doing(DOING)?;
            transaction
                .execute(
                    "UPDATE mailbox SET removed = :removed WHERE id = :id",
                    columns,
                )
                .doing(DOING)?;
            let change = change(what, &mailbox)
                .before(json!({ "removed": before }))
                .after(json!({ "removed": removed }));
            record(transaction, &change)
        })
    }
}
