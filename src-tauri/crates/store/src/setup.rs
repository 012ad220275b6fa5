use std::fmt;

use jiff::Timestamp;
use mailwright_domain::{GrantId, Mailbox, MailboxId};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cells::{json, parsed, parsed_or_none, to_json, to_time};
use crate::change::{NewChange, record};
use crate::error::Doing;
use crate::{Store, StoreError, mailbox};

pub(crate) const TABLE: &str = "
CREATE TABLE setup (
    id TEXT NOT NULL PRIMARY KEY,
    -- References may be NULL: no mailbox yet, nobody has signed in before there was one.
    mailbox TEXT REFERENCES mailbox (id) ON DELETE CASCADE,
    grant_id TEXT REFERENCES grant_ (id),
    step TEXT NOT NULL,
    -- JSON, as a person left it.
    form TEXT NOT NULL,
    -- JSON: the form that the mailbox was made of; null before that.
    confirmed TEXT NOT NULL,
    started TEXT NOT NULL,
    changed TEXT NOT NULL
) STRICT;
CREATE INDEX setup_mailbox ON setup (mailbox);
CREATE INDEX setup_grant ON setup (grant_id);
";

const WHAT: &str = "set-up";
const SAVING: &str = "saving a set-up";
const READING: &str = "reading a set-up";
const SELECT: &str =
    "SELECT id, mailbox, grant_id, step, form, confirmed, started, changed FROM setup";

/// Identity of a set-up in this database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SetupId(pub Uuid);

impl fmt::Display for SetupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A set-up that a person has begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Identity in this database.
    pub id: SetupId,
    /// The mailbox that it made.
    pub mailbox: Option<MailboxId>,
    /// What a sign-in yielded that waits for the mailbox.
    pub grant: Option<GrantId>,
    /// Where it stands, as a word.
    pub step: String,
    /// What was entered, not yet checked.
    pub form: Value,
    /// The form that the mailbox was made of, as it was then.
    pub confirmed: Option<Value>,
    /// When it was begun.
    pub started: Timestamp,
    /// When it was changed last.
    pub changed: Timestamp,
}

/// The methods of set-ups. What was typed is no setting yet, so history has when a set-up was begun, signed in to and
/// ended, and none of its texts.
#[derive(Clone, Copy, Debug)]
pub struct Setups<'a>(pub(crate) &'a Store);

impl Setups<'_> {
    /// Adds a set-up.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] if it is there already; [`StoreError::Reference`] if its mailbox or grant is not.
    pub fn insert(self, setup: &Setup) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO setup (id, mailbox, grant_id, step, form, confirmed, started, changed)
                     VALUES (:id, :mailbox, :grant_id, :step, :form, :confirmed, :started, :changed)",
                )
                .and_then(|mut insert| {
                    insert.execute(named_params! {
                        ":id": setup.id.to_string(),
                        ":mailbox": setup.mailbox.map(|id| id.to_string()),
                        ":grant_id": setup.grant.map(|id| id.to_string()),
                        ":step": setup.step,
                        ":form": to_json(&setup.form)?,
                        ":confirmed": to_json(&setup.confirmed)?,
                        ":started": to_time(setup.started),
                        ":changed": to_time(setup.changed),
                    })
                })
                .doing_unique(SAVING, WHAT, &setup.id.to_string())?;
            let begun = json!({ "started": setup.started });
            record(transaction, &change("setup-begun", setup.id).after(begun))
        })
    }

    /// The set-up with this identity.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn by_id(self, id: SetupId) -> Result<Option<Setup>, StoreError> {
        self.0.read(READING, |transaction| find(transaction, id))
    }

    /// All set-ups, the one that was changed last first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn list(self) -> Result<Vec<Setup>, StoreError> {
        self.select("", None)
    }

    /// The set-ups of a mailbox, the one that was changed last first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn of_mailbox(self, id: MailboxId) -> Result<Vec<Setup>, StoreError> {
        self.select("WHERE mailbox = :of", Some(id.0))
    }

    /// The set-ups for which a grant waits, the one that was changed last first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn of_grant(self, id: GrantId) -> Result<Vec<Setup>, StoreError> {
        self.select("WHERE grant_id = :of", Some(id.0))
    }

    fn select(self, only: &str, of: Option<Uuid>) -> Result<Vec<Setup>, StoreError> {
        self.0.read("reading the set-ups", |transaction| {
            let of = of.map(|id| id.to_string());
            let columns: &[(&str, &dyn rusqlite::ToSql)] = &[(":of", &of)];
            transaction
                .prepare_cached(&format!("{SELECT} {only} ORDER BY changed DESC, id"))?
                .query_map(if of.is_some() { columns } else { &[] }, from_row)?
                .collect()
        })
    }

    /// Keeps what was entered and where the set-up stands; mailbox and grant stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn save(
        self,
        id: SetupId,
        step: &str,
        form: &Value,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            expect(transaction, id)?;
            transaction
                .prepare_cached(
                    "UPDATE setup SET step = :step, form = :form, changed = :changed WHERE id = :id",
                )
                .and_then(|mut update| {
                    update.execute(named_params! {
                        ":id": id.to_string(),
                        ":step": step,
                        ":form": to_json(form)?,
                        ":changed": to_time(at),
                    })
                })
                .doing(SAVING)?;
            Ok(())
        })
    }

    /// Saves the mailbox that a set-up makes, whether it is new or not, and points the set-up to it: a crash leaves both
    /// or nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such set-up; otherwise as
    /// [`Mailboxes::insert`](crate::Mailboxes::insert).
    pub fn confirm(
        self,
        id: SetupId,
        mailbox: &Mailbox,
        form: &Value,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            expect(transaction, id)?;
            mailbox::save_or_insert(transaction, mailbox)?;
            transaction
                .prepare_cached(
                    "UPDATE setup SET mailbox = :mailbox, confirmed = :confirmed, changed = :changed WHERE id = :id",
                )
                .and_then(|mut update| {
                    update.execute(named_params! {
                        ":id": id.to_string(),
                        ":mailbox": mailbox.id.to_string(),
                        ":confirmed": to_json(form)?,
                        ":changed": to_time(at),
                    })
                })
                .doing(SAVING)?;
            Ok(())
        })
    }

    /// Points a set-up to what a sign-in yielded, or to nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Reference`] if there is no such grant.
    pub fn set_grant(self, id: SetupId, grant: Option<GrantId>) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            let before = expect(transaction, id)?;
            transaction
                .prepare_cached("UPDATE setup SET grant_id = :grant WHERE id = :id")
                .and_then(|mut update| {
                    update.execute(named_params! {
                        ":id": id.to_string(),
                        ":grant": grant.map(|grant| grant.to_string()),
                    })
                })
                .doing(SAVING)?;
            let change = change("setup-grant", id)
                .before(json!({ "grant": before.grant }))
                .after(json!({ "grant": grant }));
            record(transaction, &change)
        })
    }

    /// Removes a set-up. Its mailbox stays; its grant is the caller's business.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn delete(self, id: SetupId) -> Result<(), StoreError> {
        const DOING: &str = "removing a set-up";
        self.0.write(DOING, |transaction| {
            let before = expect(transaction, id)?;
            transaction
                .execute(
                    "DELETE FROM setup WHERE id = :id",
                    named_params! { ":id": id.to_string() },
                )
                .doing(DOING)?;
            let begun = json!({ "started": before.started });
            record(transaction, &change("setup-ended", id).before(begun))
        })
    }
}

fn find(transaction: &Transaction<'_>, id: SetupId) -> rusqlite::Result<Option<Setup>> {
    transaction
        .prepare_cached(&format!("{SELECT} WHERE id = :id"))?
        .query_one(named_params! { ":id": id.to_string() }, from_row)
        .optional()
}

fn expect(transaction: &Transaction<'_>, id: SetupId) -> Result<Setup, StoreError> {
    find(transaction, id)
        .doing(READING)?
        .ok_or_else(|| StoreError::NotFound {
            what: WHAT,
            id: id.to_string(),
        })
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Setup> {
    Ok(Setup {
        id: SetupId(parsed(row, "id")?),
        mailbox: parsed_or_none(row, "mailbox")?.map(MailboxId),
        grant: parsed_or_none(row, "grant_id")?.map(GrantId),
        step: row.get("step")?,
        form: json(row, "form")?,
        confirmed: json(row, "confirmed")?,
        started: parsed(row, "started")?,
        changed: parsed(row, "changed")?,
    })
}

fn change(what: &str, id: SetupId) -> NewChange {
    NewChange::new(what, id.0, WHAT)
}

#[cfg(test)]
#[path = "setup_tests.rs"]
mod tests;
