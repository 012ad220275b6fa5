use jiff::Timestamp;
use mailwright_domain::RegistrationId;
use rusqlite::{OptionalExtension, Row, named_params};

use crate::cells::{parsed, to_time};
use crate::error::Doing;
use crate::{Store, StoreError};

pub(crate) const TABLE: &str = "
CREATE TABLE hold (
    registration TEXT NOT NULL PRIMARY KEY REFERENCES registration (id) ON DELETE CASCADE,
    -- How many times in a row nothing came of asking.
    failures INTEGER NOT NULL,
    noted TEXT NOT NULL,
    until TEXT NOT NULL
) STRICT;
";

const DOING: &str = "noting when to ask a provider again";

/// Until when a registration's token endpoint is not asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// How many times in a row nothing came of asking.
    pub failures: u32,
    /// When that was noted last.
    pub noted: Timestamp,
    /// Not asked before this.
    pub until: Timestamp,
}

/// The methods of holds. They come and go by themselves and are no settings, so history does not have them.
#[derive(Clone, Copy, Debug)]
pub struct Holds<'a>(pub(crate) &'a Store);

impl Holds<'_> {
    /// The hold on a registration, past ones included.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn of(self, registration: RegistrationId) -> Result<Option<Hold>, StoreError> {
        self.0.read(DOING, |transaction| {
            transaction
                .prepare_cached(
                    "SELECT failures, noted, until FROM hold WHERE registration = :registration",
                )?
                .query_one(
                    named_params! { ":registration": registration.to_string() },
                    from_row,
                )
                .optional()
        })
    }

    /// Notes a hold in place of an earlier one.
    ///
    /// # Errors
    /// [`StoreError::Reference`] if there is no such registration.
    pub fn put(self, registration: RegistrationId, hold: &Hold) -> Result<(), StoreError> {
        self.0.write(DOING, |transaction| {
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO hold (registration, failures, noted, until)
                     VALUES (:registration, :failures, :noted, :until)",
                )
                .and_then(|mut put| {
                    put.execute(named_params! {
                        ":registration": registration.to_string(),
                        ":failures": hold.failures,
                        ":noted": to_time(hold.noted),
                        ":until": to_time(hold.until),
                    })
                })
                .doing(DOING)
                .map(drop)
        })
    }

    /// Ends a hold. Writes nothing where there is none.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn end(self, registration: RegistrationId) -> Result<(), StoreError> {
        if self.of(registration)?.is_none() {
            return Ok(());
        }
        self.0.write(DOING, |transaction| {
            transaction
                .execute(
                    "DELETE FROM hold WHERE registration = :registration",
                    named_params! { ":registration": registration.to_string() },
                )
                .doing(DOING)
                .map(drop)
        })
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Hold> {
    Ok(Hold {
        failures: row.get("failures")?,
        noted: parsed(row, "noted")?,
        until: parsed(row, "until")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{registration, store};

    #[test]
    fn a_hold_is_replaced_ended_and_goes_with_its_registration() {
        let (_dir, store) = store();
        let registration = registration("Firma");
        store.registrations().insert(&registration).unwrap();
        let holds = store.holds();
        assert_eq!(holds.of(registration.id), Ok(None));
        let mut hold = Hold {
            failures: 1,
            noted: "2026-11-20T08:00:00Z".parse().unwrap(),
            until: "2026-11-20T08:00:02Z".parse().unwrap(),
        };
        holds.put(registration.id, &hold).unwrap();
        hold.failures = 2;
        holds.put(registration.id, &hold).unwrap();
        assert_eq!(holds.of(registration.id), Ok(Some(hold)));
        holds.end(registration.id).unwrap();
        holds.end(registration.id).unwrap();
        assert_eq!(holds.of(registration.id), Ok(None));
        holds.put(registration.id, &hold).unwrap();
        store.registrations().delete(registration.id).unwrap();
        assert_eq!(holds.of(registration.id), Ok(None));
        assert!(holds.put(registration.id, &hold).is_err());
    }
}
