use jiff::Timestamp;
use mailwright_domain::GrantId;
use rusqlite::{OptionalExtension, Row, named_params};

use crate::cells::{parsed, to_time};
use crate::error::Doing;
use crate::{Store, StoreError};

pub(crate) const TABLE: &str = "
CREATE TABLE sign_in_frequency (
    grant_id TEXT NOT NULL PRIMARY KEY REFERENCES grant_ (id) ON DELETE CASCADE,
    -- 0: it was not told.
    seconds INTEGER NOT NULL CHECK (seconds >= 0),
    seen TEXT NOT NULL
) STRICT;
";

const DOING: &str = "noting how often somebody has to sign in";

/// How often an organisation wants a person to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInFrequency {
    /// How long a sign-in lasts, in seconds; none where it was not told.
    pub seconds: Option<u32>,
    /// When a renewal was refused for it last.
    pub seen: Timestamp,
}

/// The methods of sign-in frequencies. They are seen, not set, so history does not have them.
#[derive(Clone, Copy, Debug)]
pub struct SignInFrequencies<'a>(pub(crate) &'a Store);

impl SignInFrequencies<'_> {
    /// What was seen of a grant. It outlives a new sign-in of the same person.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn of(self, grant: GrantId) -> Result<Option<SignInFrequency>, StoreError> {
        self.0.read(DOING, |transaction| {
            transaction
                .prepare_cached(
                    "SELECT seconds, seen FROM sign_in_frequency WHERE grant_id = :grant",
                )?
                .query_one(named_params! { ":grant": grant.to_string() }, from_row)
                .optional()
        })
    }

    /// Notes what was seen, in place of what was seen before; a length that was told once stays until another is told.
    ///
    /// # Errors
    /// [`StoreError::Reference`] if there is no such grant.
    pub fn put(self, grant: GrantId, seen: SignInFrequency) -> Result<(), StoreError> {
        self.0.write(DOING, |transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO sign_in_frequency (grant_id, seconds, seen) VALUES (:grant, :seconds, :seen)
                     ON CONFLICT (grant_id) DO UPDATE SET seen = :seen,
                        seconds = CASE :seconds WHEN 0 THEN seconds ELSE :seconds END",
                )
                .and_then(|mut insert| {
                    insert.execute(named_params! {
                        ":grant": grant.to_string(),
                        ":seconds": seen.seconds.unwrap_or(0),
                        ":seen": to_time(seen.seen),
                    })
                })
                .doing(DOING)?;
            Ok(())
        })
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<SignInFrequency> {
    let seconds: u32 = row.get("seconds")?;
    Ok(SignInFrequency {
        seconds: (seconds > 0).then_some(seconds),
        seen: parsed(row, "seen")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{grant, registration, store, time};

    #[test]
    fn a_length_that_was_told_stays_and_goes_with_its_grant() {
        let (_dir, store) = store();
        let registration = registration("ERP mail");
        store.registrations().insert(&registration).unwrap();
        let grant = store
            .grants()
            .upsert(&grant(&registration, "anna"))
            .unwrap();
        let frequencies = store.sign_in_frequencies();
        assert_eq!(frequencies.of(grant.id).unwrap(), None);
        let seen = |seconds, at: &str| SignInFrequency {
            seconds,
            seen: time(at),
        };
        let first = seen(Some(43_200), "2026-11-20T10:00:00Z");
        frequencies.put(grant.id, first).unwrap();
        let later = seen(None, "2026-11-21T10:00:00Z");
        frequencies.put(grant.id, later).unwrap();
        let known = seen(Some(43_200), "2026-11-21T10:00:00Z");
        assert_eq!(frequencies.of(grant.id).unwrap(), Some(known));
        store.grants().delete(grant.id).unwrap();
        assert_eq!(frequencies.of(grant.id).unwrap(), None);
    }
}
