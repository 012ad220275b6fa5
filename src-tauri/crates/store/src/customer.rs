use jiff::Timestamp;
use rusqlite::{Transaction, named_params};
use uuid::Uuid;

use crate::cells::to_time;

/// Whose mailboxes and registrations these are. The first one has no name and is not shown anywhere until there is a
/// second.
pub(crate) const TABLE: &str = "
CREATE TABLE customer (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL
) STRICT;
";

/// The unnamed customer of a new database.
pub(crate) fn fill(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO customer (id, name, created) VALUES (:id, '', :created)",
        named_params! {
            ":id": Uuid::new_v4().to_string(),
            ":created": to_time(Timestamp::now()),
        },
    )?;
    Ok(())
}

/// Identity of the unnamed customer.
pub(crate) fn unnamed(transaction: &Transaction<'_>) -> rusqlite::Result<String> {
    transaction.query_one("SELECT id FROM customer WHERE name = ''", [], |row| {
        row.get("id")
    })
}
