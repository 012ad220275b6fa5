use mailwright_domain::{EmailAddress, MailboxId};
use rusqlite::{Transaction, named_params};

use crate::cells::parsed;
use crate::mailbox::address_key;

/// Addresses that a mailbox may send as; the first is the usual one.
pub(crate) const TABLE: &str = "
CREATE TABLE sender (
    mailbox TEXT NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    PRIMARY KEY (mailbox, position),
    UNIQUE (mailbox, address_key)
) STRICT;
";

pub(crate) fn list(
    transaction: &Transaction<'_>,
    mailbox: MailboxId,
) -> rusqlite::Result<Vec<EmailAddress>> {
    transaction
        .prepare_cached("SELECT address FROM sender WHERE mailbox = :mailbox ORDER BY position")?
        .query_map(named_params! { ":mailbox": mailbox.to_string() }, |row| {
            parsed(row, "address")
        })?
        .collect()
}

/// Replaces all sender addresses of a mailbox.
pub(crate) fn replace(
    transaction: &Transaction<'_>,
    mailbox: MailboxId,
    senders: &[EmailAddress],
) -> rusqlite::Result<()> {
    let mailbox = mailbox.to_string();
    transaction
        .prepare_cached("DELETE FROM sender WHERE mailbox = :mailbox")?
        .execute(named_params! { ":mailbox": mailbox })?;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO sender (mailbox, position, address, address_key)
         VALUES (:mailbox, :position, :address, :address_key)",
    )?;
    for (position, address) in (0_i64..).zip(senders) {
        insert.execute(named_params! {
            ":mailbox": mailbox,
            ":position": position,
            ":address": address.to_string(),
            ":address_key": address_key(address),
        })?;
    }
    Ok(())
}
