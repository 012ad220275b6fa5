use jiff::Timestamp;
use rusqlite::{Row, Transaction, named_params};
use serde_json::Value;
use uuid::Uuid;

use crate::cells::{json, parsed, to_json, to_time};
use crate::error::Doing;
use crate::{Store, StoreError};

pub(crate) const TABLE: &str = "
CREATE TABLE change (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    -- JSON; null where there was or is nothing. No reference: history outlives what it is about.
    before TEXT NOT NULL,
    after TEXT NOT NULL
) STRICT;
CREATE INDEX change_subject ON change (subject);
";

/// Something that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Rises with time.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub what: NewChange,
}

/// A change to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChange {
    /// Stable word for the kind of change, such as `mailbox-added`.
    pub what: String,
    /// Identity of the mailbox, registration or grant that it is about.
    pub subject: Uuid,
    /// Its name at that time, for people.
    pub name: String,
    /// What was there; none if there was nothing. Never a secret.
    pub before: Option<Value>,
    /// What is there now; none if it was removed. Never a secret.
    pub after: Option<Value>,
}

impl NewChange {
    pub(crate) fn new(what: &str, subject: Uuid, name: impl Into<String>) -> Self {
        Self {
            what: what.to_owned(),
            subject,
            name: name.into(),
            before: None,
            after: None,
        }
    }

    pub(crate) fn before(mut self, value: Value) -> Self {
        self.before = Some(value);
        self
    }

    pub(crate) fn after(mut self, value: Value) -> Self {
        self.after = Some(value);
        self
    }
}

/// The methods of the history.
#[derive(Clone, Copy, Debug)]
pub struct Changes<'a>(pub(crate) &'a Store);

impl Changes<'_> {
    /// Records something that happened outside this database: a hand-over, a setting at the provider. What the other
    /// methods of this crate do, they record themselves.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn append(self, change: &NewChange) -> Result<(), StoreError> {
        self.0.write("recording a change", |transaction| {
            insert(transaction, change).doing("recording a change")
        })
    }

    /// The latest changes, newest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn list(self, limit: u32) -> Result<Vec<Change>, StoreError> {
        self.0.read("reading the history", |transaction| {
            transaction
                .prepare_cached(
                    "SELECT id, at, what, subject, name, before, after
                     FROM change ORDER BY id DESC LIMIT :limit",
                )?
                .query_map(named_params! { ":limit": limit }, from_row)?
                .collect()
        })
    }
}

/// Records a change in the transaction that makes it; nothing if nothing changed.
pub(crate) fn record(transaction: &Transaction<'_>, change: &NewChange) -> Result<(), StoreError> {
    if change.before == change.after {
        return Ok(());
    }
    insert(transaction, change).doing("recording a change")
}

fn insert(transaction: &Transaction<'_>, change: &NewChange) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO change (at, what, subject, name, before, after)
             VALUES (:at, :what, :subject, :name, :before, :after)",
        )?
        .execute(named_params! {
            ":at": to_time(Timestamp::now()),
            ":what": change.what,
            ":subject": change.subject.to_string(),
            ":name": change.name,
            ":before": to_json(&change.before)?,
            ":after": to_json(&change.after)?,
        })?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Change> {
    Ok(Change {
        id: row.get("id")?,
        at: parsed(row, "at")?,
        what: NewChange {
            what: row.get("what")?,
            subject: parsed(row, "subject")?,
            name: row.get("name")?,
            before: json(row, "before")?,
            after: json(row, "after")?,
        },
    })
}
