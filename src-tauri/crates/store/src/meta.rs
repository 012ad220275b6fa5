use jiff::Timestamp;
use rusqlite::{Connection, Transaction, named_params};
use uuid::Uuid;

use crate::StoreError;
use crate::cells::{parsed, to_time};
use crate::error::Doing;

/// One row: which database this is.
pub(crate) const TABLE: &str = "
CREATE TABLE meta (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    database_id TEXT NOT NULL,
    created TEXT NOT NULL,
    -- Format that the database was made with; user_version is the present one.
    created_schema INTEGER NOT NULL
) STRICT;
";

/// The row of a new database.
pub(crate) fn fill(transaction: &Transaction<'_>, schema: u32) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO meta (one, database_id, created, created_schema)
         VALUES (1, :database_id, :created, :schema)",
        named_params! {
            ":database_id": Uuid::new_v4().to_string(),
            ":created": to_time(Timestamp::now()),
            ":schema": schema,
        },
    )?;
    Ok(())
}

/// Identity, and when it was made.
pub(crate) fn read(connection: &Connection) -> Result<(Uuid, Timestamp), StoreError> {
    connection
        .query_one("SELECT database_id, created FROM meta", [], |row| {
            Ok((parsed(row, "database_id")?, parsed(row, "created")?))
        })
        .doing("reading the database's identity")
}
