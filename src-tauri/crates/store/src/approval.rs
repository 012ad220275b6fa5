use jiff::Timestamp;
use mailwright_domain::{MailboxId, RegistrationId, Status};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde_json::{Value, json};

use crate::cells::{or_empty, parsed, parsed_or_none, text_or_none, to_time};
use crate::change::{NewChange, record};
use crate::error::Doing;
use crate::{Store, StoreError, mailbox};

pub(crate) const TABLES: &str = "
CREATE TABLE approval (
    registration TEXT NOT NULL PRIMARY KEY REFERENCES registration (id) ON DELETE CASCADE,
    -- `ask` or `administrator`; empty before somebody chose.
    way TEXT NOT NULL,
    needed_at TEXT NOT NULL,
    -- Verdict id.
    cause TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    -- `copied` or `mail`.
    asked_by TEXT NOT NULL,
    looked_at TEXT NOT NULL,
    found TEXT NOT NULL,
    approved_at TEXT NOT NULL,
    approved_for TEXT NOT NULL
) STRICT;
CREATE TABLE approval_wait (
    mailbox TEXT NOT NULL PRIMARY KEY REFERENCES mailbox (id) ON DELETE CASCADE,
    registration TEXT NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    since TEXT NOT NULL
) STRICT;
CREATE INDEX approval_wait_registration ON approval_wait (registration);
";

const SAVING: &str = "saving what is known of an approval";
const READING: &str = "reading what is known of an approval";

/// What is known of an administrator's approval of one app registration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approval {
    /// The way that a person chose, as a word of the caller's.
    pub way: Option<String>,
    /// When a sign-in first said that it is needed; none when that is over.
    pub needed_at: Option<Timestamp>,
    /// What that sign-in said: a verdict id.
    pub cause: Option<String>,
    /// When the administrator was asked.
    pub asked_at: Option<Timestamp>,
    /// How, as a word of the caller's.
    pub asked_by: Option<String>,
    /// When it was looked for last, without a person.
    pub looked_at: Option<Timestamp>,
    /// What was found then, as a word of the caller's.
    pub found: Option<String>,
    /// When an administrator approved on this computer.
    pub approved_at: Option<Timestamp>,
    /// For which organisation.
    pub approved_for: Option<String>,
}

/// A mailbox that waits for an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApprovalWait {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// The registration that is to be approved.
    pub registration: RegistrationId,
    /// Since when.
    pub since: Timestamp,
}

/// The methods of approvals.
#[derive(Clone, Copy, Debug)]
pub struct Approvals<'a>(pub(crate) &'a Store);

impl Approvals<'_> {
    /// What is known for a registration; nothing where nobody ever needed an approval.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn of(self, registration: RegistrationId) -> Result<Approval, StoreError> {
        self.0.read(READING, |transaction| {
            Ok(find(transaction, registration)?.unwrap_or_default())
        })
    }

    /// Saves what is known for a registration. History has it under `what`; without a word it is no event, as when
    /// somebody only looked.
    ///
    /// # Errors
    /// [`StoreError::Reference`] if there is no such registration.
    pub fn save(
        self,
        registration: RegistrationId,
        approval: &Approval,
        what: Option<&str>,
    ) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            save(transaction, registration, approval, what)
        })
    }

    /// A sign-in to a mailbox needs an approval: it waits from now on, with the status that says so. Where it waits
    /// already, it has since then.
    ///
    /// # Errors
    /// [`StoreError::Reference`] if there is no such registration; [`StoreError::NotFound`] if there is no such
    /// mailbox.
    pub fn begin_wait(self, wait: &ApprovalWait) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            let before = mailbox::expect(transaction, wait.mailbox)?;
            transaction
                .prepare_cached(
                    "INSERT INTO approval_wait (mailbox, registration, since)
                     VALUES (:mailbox, :registration, :since)
                     ON CONFLICT (mailbox) DO UPDATE SET registration = :registration, since = :since
                     WHERE registration <> :registration",
                )
                .and_then(|mut insert| {
                    insert.execute(named_params! {
                        ":mailbox": wait.mailbox.to_string(),
                        ":registration": wait.registration.to_string(),
                        ":since": to_time(wait.since),
                    })
                })
                .doing(SAVING)?;
            if before.status == Status::WaitingForAdmin {
                return Ok(());
            }
            mailbox::change_status(transaction, wait.mailbox, Status::WaitingForAdmin)
        })
    }

    /// A mailbox waits no longer; with a status, it has that one from now on.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such mailbox.
    pub fn end_wait(self, mailbox: MailboxId, status: Option<Status>) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            forget_wait(transaction, mailbox)?;
            match status {
                Some(status) => mailbox::change_status(transaction, mailbox, status),
                None => Ok(()),
            }
        })
    }

    /// Every mailbox that waits, the one that has waited longest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn waits(self) -> Result<Vec<ApprovalWait>, StoreError> {
        self.0.read(READING, |transaction| {
            transaction
                .prepare_cached(
                    "SELECT mailbox, registration, since FROM approval_wait ORDER BY since, mailbox",
                )?
                .query_map([], |row| {
                    Ok(ApprovalWait {
                        mailbox: MailboxId(parsed(row, "mailbox")?),
                        registration: RegistrationId(parsed(row, "registration")?),
                        since: parsed(row, "since")?,
                    })
                })?
                .collect()
        })
    }
}

/// A mailbox waits no longer, whatever its status.
pub(crate) fn forget_wait(
    transaction: &Transaction<'_>,
    mailbox: MailboxId,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("DELETE FROM approval_wait WHERE mailbox = :mailbox")
        .and_then(|mut delete| delete.execute(named_params! { ":mailbox": mailbox.to_string() }))
        .doing(SAVING)?;
    Ok(())
}

fn find(
    transaction: &Transaction<'_>,
    registration: RegistrationId,
) -> rusqlite::Result<Option<Approval>> {
    transaction
        .prepare_cached(
            "SELECT way, needed_at, cause, asked_at, asked_by, looked_at, found, approved_at, approved_for
             FROM approval WHERE registration = :registration",
        )?
        .query_one(
            named_params! { ":registration": registration.to_string() },
            from_row,
        )
        .optional()
}

fn save(
    transaction: &Transaction<'_>,
    registration: RegistrationId,
    after: &Approval,
    what: Option<&str>,
) -> Result<(), StoreError> {
    let before = find(transaction, registration).doing(READING)?;
    let time = |time: Option<Timestamp>| time.map(to_time).unwrap_or_default();
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO approval (registration, way, needed_at, cause, asked_at, asked_by, looked_at,
                found, approved_at, approved_for)
             VALUES (:registration, :way, :needed_at, :cause, :asked_at, :asked_by, :looked_at, :found,
                :approved_at, :approved_for)",
        )
        .and_then(|mut insert| {
            insert.execute(named_params! {
                ":registration": registration.to_string(),
                ":way": or_empty(after.way.as_ref()),
                ":needed_at": time(after.needed_at),
                ":cause": or_empty(after.cause.as_ref()),
                ":asked_at": time(after.asked_at),
                ":asked_by": or_empty(after.asked_by.as_ref()),
                ":looked_at": time(after.looked_at),
                ":found": or_empty(after.found.as_ref()),
                ":approved_at": time(after.approved_at),
                ":approved_for": or_empty(after.approved_for.as_ref()),
            })
        })
        .doing(SAVING)?;
    let Some(what) = what else { return Ok(()) };
    let name: String = transaction
        .prepare_cached("SELECT name FROM registration WHERE id = :registration")
        .and_then(|mut select| {
            select.query_one(
                named_params! { ":registration": registration.to_string() },
                |row| row.get("name"),
            )
        })
        .doing(SAVING)?;
    let mut change = NewChange::new(what, registration.0, name).after(describe(after));
    if let Some(before) = before {
        change = change.before(describe(&before));
    }
    record(transaction, &change)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Approval> {
    Ok(Approval {
        way: text_or_none(row, "way")?,
        needed_at: parsed_or_none(row, "needed_at")?,
        cause: text_or_none(row, "cause")?,
        asked_at: parsed_or_none(row, "asked_at")?,
        asked_by: text_or_none(row, "asked_by")?,
        looked_at: parsed_or_none(row, "looked_at")?,
        found: text_or_none(row, "found")?,
        approved_at: parsed_or_none(row, "approved_at")?,
        approved_for: text_or_none(row, "approved_for")?,
    })
}

/// For the history: events, not every look.
fn describe(approval: &Approval) -> Value {
    json!({
        "needed_at": approval.needed_at,
        "cause": approval.cause,
        "asked_at": approval.asked_at,
        "asked_by": approval.asked_by,
        "approved_at": approval.approved_at,
        "approved_for": approval.approved_for,
    })
}

#[cfg(test)]
#[path = "approval_tests.rs"]
mod tests;
