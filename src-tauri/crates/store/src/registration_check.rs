//! What is known of app registrations: the last look at each, and what sign-ins with it have shown.

use jiff::Timestamp;
use mailwright_domain::{Reading, RegistrationCheck, RegistrationId, RegistrationReport};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde_json::json;

use crate::cells::{json, millis, parsed, to_json, to_millis, to_time};
use crate::change::{NewChange, record};
use crate::error::Doing;
use crate::{Store, StoreError, registration};

pub(crate) const TABLES: &str = "
CREATE TABLE registration_check (
    registration TEXT NOT NULL PRIMARY KEY REFERENCES registration (id) ON DELETE CASCADE,
    checked TEXT NOT NULL,
    took_ms INTEGER NOT NULL CHECK (took_ms >= 0),
    -- JSON list of readings with their verdicts.
    checks TEXT NOT NULL
) STRICT;
-- What sign-ins have shown, one row per reading, the latest.
CREATE TABLE registration_seen (
    registration TEXT NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    reading TEXT NOT NULL,
    -- JSON of the reading.
    seen TEXT NOT NULL,
    PRIMARY KEY (registration, reading)
) STRICT;
";

/// The methods of what is known of registrations.
#[derive(Clone, Copy, Debug)]
pub struct RegistrationChecks<'a>(pub(crate) &'a Store);

impl RegistrationChecks<'_> {
    /// Keeps a look at a registration in place of the one before.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such registration.
    pub fn save(self, report: &RegistrationReport) -> Result<(), StoreError> {
        const DOING: &str = "saving the check of a registration";
        self.0.write(DOING, |transaction| {
            let name = registration::expect(transaction, report.registration)?.name;
            transaction
                .prepare_cached(
                    "INSERT INTO registration_check (registration, checked, took_ms, checks)
                     VALUES (:registration, :checked, :took_ms, :checks)
                     ON CONFLICT (registration) DO UPDATE SET
                        checked = excluded.checked, took_ms = excluded.took_ms, checks = excluded.checks",
                )
                .and_then(|mut insert| {
                    insert.execute(named_params! {
                        ":registration": report.registration.to_string(),
                        ":checked": to_time(report.checked),
                        ":took_ms": to_millis(report.took),
                        ":checks": to_json(&report.checks)?,
                    })
                })
                .doing(DOING)?;
            let outcomes: Vec<_> = report.checks.iter().map(|c| (c.id, c.outcome)).collect();
            let change = NewChange::new("registration-checked", report.registration.0, &name);
            record(
                transaction,
                &change.after(json!({ "checked": report.checked, "outcomes": outcomes })),
            )
        })
    }

    /// The last look at a registration.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn last(self, id: RegistrationId) -> Result<Option<RegistrationReport>, StoreError> {
        self.0
            .read("reading the check of a registration", |transaction| {
                transaction
                    .prepare_cached(
                        "SELECT registration, checked, took_ms, checks FROM registration_check
                         WHERE registration = :id",
                    )?
                    .query_one(named_params! { ":id": id.to_string() }, report)
                    .optional()
            })
    }

    /// Keeps what a sign-in has shown. Nothing is kept for a registration that is gone meanwhile.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn saw(self, id: RegistrationId, seen: &[RegistrationCheck]) -> Result<(), StoreError> {
        const DOING: &str = "saving what a sign-in has shown";
        self.0.write(DOING, |transaction| {
            let Some(name) = registration::find(transaction, id)
                .doing(DOING)?
                .map(|found| found.name)
            else {
                return Ok(());
            };
            let before = all_seen(transaction, id).doing(DOING)?;
            for check in seen {
                keep(transaction, id, check).doing(DOING)?;
                let known = before.iter().find(|one| one.id == check.id);
                if known.is_none_or(|known| known.outcome != check.outcome) {
                    let change = NewChange::new("registration-seen", id.0, &name);
                    let after = json!({ "reading": check.id, "outcome": check.outcome });
                    record(transaction, &change.after(after))?;
                }
            }
            Ok(())
        })
    }

    /// What sign-ins have shown.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn seen(self, id: RegistrationId) -> Result<Vec<RegistrationCheck>, StoreError> {
        self.0
            .read("reading what sign-ins have shown", |transaction| {
                all_seen(transaction, id)
            })
    }

    /// Forgets the last look, and of what sign-ins have shown these readings: the registration is another one now.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn forget(self, id: RegistrationId, readings: &[Reading]) -> Result<(), StoreError> {
        const DOING: &str = "forgetting the check of a registration";
        self.0.write(DOING, |transaction| {
            let id = id.to_string();
            transaction
                .execute(
                    "DELETE FROM registration_check WHERE registration = :id",
                    named_params! { ":id": id },
                )
                .doing(DOING)?;
            for reading in readings {
                transaction
                    .execute(
                        "DELETE FROM registration_seen WHERE registration = :id AND reading = :reading",
                        named_params! { ":id": id, ":reading": reading.word() },
                    )
                    .doing(DOING)?;
            }
            Ok(())
        })
    }
}

fn keep(
    transaction: &Transaction<'_>,
    id: RegistrationId,
    check: &RegistrationCheck,
) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached(
            "INSERT INTO registration_seen (registration, reading, seen) VALUES (:id, :reading, :seen)
             ON CONFLICT (registration, reading) DO UPDATE SET seen = excluded.seen",
        )?
        .execute(named_params! {
            ":id": id.to_string(),
            ":reading": check.id.word(),
            ":seen": to_json(check)?,
        })
}

fn all_seen(
    transaction: &Transaction<'_>,
    id: RegistrationId,
) -> rusqlite::Result<Vec<RegistrationCheck>> {
    transaction
        .prepare_cached(
            "SELECT seen FROM registration_seen WHERE registration = :id ORDER BY reading",
        )?
        .query_map(named_params! { ":id": id.to_string() }, |row| {
            json(row, "seen")
        })?
        .collect()
}

fn report(row: &Row<'_>) -> rusqlite::Result<RegistrationReport> {
    let checked: Timestamp = parsed(row, "checked")?;
    Ok(RegistrationReport {
        registration: RegistrationId(parsed(row, "registration")?),
        checked,
        took: millis(row, "took_ms")?,
        checks: json(row, "checks")?,
    })
}

#[cfg(test)]
#[path = "registration_check_tests.rs"]
mod tests;
