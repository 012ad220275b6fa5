use jiff::Timestamp;
use mailwright_domain::{Grant, GrantId, Mailbox, RegistrationId};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde_json::{Value, json};

use crate::cells::{json, or_empty, parsed, text_or_none, to_json, to_time};
use crate::change::{NewChange, record};
use crate::error::Doing;
use crate::{Store, StoreError, mailbox};

/// The underscore keeps the name apart from SQL's `GRANT`.
pub(crate) const TABLE: &str = "
CREATE TABLE grant_ (
    id TEXT NOT NULL PRIMARY KEY,
    registration TEXT NOT NULL REFERENCES registration (id),
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    signed_in_as TEXT NOT NULL,
    -- JSON list of text.
    scopes TEXT NOT NULL,
    signed_in_at TEXT NOT NULL,
    renewed_at TEXT NOT NULL,
    -- Verdict id; empty while it lives.
    dead TEXT NOT NULL,
    UNIQUE (registration, issuer, subject)
) STRICT;
";

const WHAT: &str = "sign-in";
const SAVING: &str = "saving a sign-in";
const SELECT: &str =
    "SELECT id, registration, issuer, subject, signed_in_as, scopes, signed_in_at, renewed_at, dead
    FROM grant_";

/// The methods of grants. Use them through [`Store::durable`] where a token was rotated.
#[derive(Clone, Copy, Debug)]
pub struct Grants<'a>(pub(crate) &'a Store);

impl Grants<'_> {
    /// Stores what a sign-in yielded. There is one grant per registration, issuer and subject: if it is known, it is
    /// brought up to date and *keeps its identity*, whatever `grant.id` says. Gives back the grant as it is stored.
    ///
    /// # Errors
    /// [`StoreError::Reference`] if there is no such registration; [`StoreError::Duplicate`] if the identity belongs
    /// to another grant.
    pub fn upsert(self, grant: &Grant) -> Result<Grant, StoreError> {
        self.0.write(SAVING, |transaction| {
            let known = transaction
                .prepare_cached(&format!(
                    "{SELECT} WHERE registration = :registration AND issuer = :issuer AND subject = :subject"
                ))
                .and_then(|mut select| {
                    let columns = named_params! {
                        ":registration": grant.registration.to_string(),
                        ":issuer": grant.issuer,
                        ":subject": grant.subject,
                    };
                    select.query_one(columns, from_row).optional()
                })
                .doing(SAVING)?;
            if let Some(before) = known {
                let after = Grant {
                    id: before.id,
                    ..grant.clone()
                };
                update(transaction, "grant-signed-in", &before, &after)?;
                return Ok(after);
            }
            insert(transaction, grant)?;
            let change = NewChange::new("grant-added", grant.id.0, &grant.signed_in_as);
            record(transaction, &change.after(describe(grant)))?;
            Ok(grant.clone())
        })
    }

    /// The grant with this identity.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn by_id(self, id: GrantId) -> Result<Option<Grant>, StoreError> {
        self.0
            .read("reading a sign-in", |transaction| find(transaction, id))
    }

    /// All grants that belong to a registration, by sign-in name.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn of_registration(self, registration: RegistrationId) -> Result<Vec<Grant>, StoreError> {
        self.0.read("reading the sign-ins", |transaction| {
            transaction
                .prepare_cached(&format!(
                    "{SELECT} WHERE registration = :registration ORDER BY signed_in_as, id"
                ))?
                .query_map(
                    named_params! { ":registration": registration.to_string() },
                    from_row,
                )?
                .collect()
        })
    }

    /// The mailboxes that point to a grant, by address: what stops when it is revoked. Those that were taken off the
    /// list are among them: they may come back.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn mailboxes_of(self, id: GrantId) -> Result<Vec<Mailbox>, StoreError> {
        self.0
            .read("reading the mailboxes of a sign-in", |transaction| {
                mailbox::of_grant(transaction, id)
            })
    }

    /// Notes that the provider has definitively rejected it, and the id of the verdict.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn mark_dead(self, id: GrantId, verdict: &str) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            let before = expect(transaction, id)?;
            let after = Grant {
                dead: Some(verdict.to_owned()),
                ..before.clone()
            };
            update(transaction, "grant-dead", &before, &after)
        })
    }

    /// Notes that it was renewed; it is not dead then.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn mark_renewed(self, id: GrantId, at: Timestamp) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            let before = expect(transaction, id)?;
            let after = Grant {
                renewed_at: at,
                dead: None,
                ..before.clone()
            };
            update(transaction, "grant-renewed", &before, &after)
        })
    }

    /// Removes a grant. Its tokens in the keychain are the caller's business.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::InUse`] names the mailboxes that still point to it;
    /// [`StoreError::Reference`] if it waits for a set-up.
    pub fn delete(self, id: GrantId) -> Result<(), StoreError> {
        const DOING: &str = "removing a sign-in";
        self.0.write(DOING, |transaction| {
            let before = expect(transaction, id)?;
            let users = mailbox::of_grant(transaction, id).doing(DOING)?;
            if !users.is_empty() {
                return Err(StoreError::InUse {
                    what: WHAT,
                    name: before.signed_in_as,
                    by: users.iter().map(|m| m.address.to_string()).collect(),
                });
            }
            transaction
                .execute(
                    "DELETE FROM grant_ WHERE id = :id",
                    named_params! { ":id": id.to_string() },
                )
                .doing(DOING)?;
            let change = NewChange::new("grant-removed", id.0, &before.signed_in_as);
            record(transaction, &change.before(describe(&before)))
        })
    }
}

fn find(transaction: &Transaction<'_>, id: GrantId) -> rusqlite::Result<Option<Grant>> {
    transaction
        .prepare_cached(&format!("{SELECT} WHERE id = :id"))?
        .query_one(named_params! { ":id": id.to_string() }, from_row)
        .optional()
}

fn expect(transaction: &Transaction<'_>, id: GrantId) -> Result<Grant, StoreError> {
    find(transaction, id)
        .doing("reading a sign-in")?
        .ok_or_else(|| StoreError::NotFound {
            what: WHAT,
            id: id.to_string(),
        })
}

fn insert(transaction: &Transaction<'_>, grant: &Grant) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO grant_ (id, registration, issuer, subject, signed_in_as, scopes, signed_in_at,
                renewed_at, dead)
             VALUES (:id, :registration, :issuer, :subject, :signed_in_as, :scopes, :signed_in_at,
                :renewed_at, :dead)",
        )
        .and_then(|mut insert| {
            insert.execute(named_params! {
                ":id": grant.id.to_string(),
                ":registration": grant.registration.to_string(),
                ":issuer": grant.issuer,
                ":subject": grant.subject,
                ":signed_in_as": grant.signed_in_as,
                ":scopes": to_json(&grant.scopes)?,
                ":signed_in_at": to_time(grant.signed_in_at),
                ":renewed_at": to_time(grant.renewed_at),
                ":dead": or_empty(grant.dead.as_ref()),
            })
        })
        .doing_unique(SAVING, WHAT, &grant.signed_in_as)?;
    Ok(())
}

/// Saves what may change, and records it.
fn update(
    transaction: &Transaction<'_>,
    what: &str,
    before: &Grant,
    after: &Grant,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE grant_ SET signed_in_as = :signed_in_as, scopes = :scopes, signed_in_at = :signed_in_at,
                renewed_at = :renewed_at, dead = :dead
             WHERE id = :id",
        )
        .and_then(|mut update| {
            update.execute(named_params! {
                ":id": after.id.to_string(),
                ":signed_in_as": after.signed_in_as,
                ":scopes": to_json(&after.scopes)?,
                ":signed_in_at": to_time(after.signed_in_at),
                ":renewed_at": to_time(after.renewed_at),
                ":dead": or_empty(after.dead.as_ref()),
            })
        })
        .doing(SAVING)?;
    let change = NewChange::new(what, after.id.0, &after.signed_in_as);
    record(
        transaction,
        &change.before(describe(before)).after(describe(after)),
    )
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Grant> {
    Ok(Grant {
        id: GrantId(parsed(row, "id")?),
        registration: RegistrationId(parsed(row, "registration")?),
        issuer: row.get("issuer")?,
        subject: row.get("subject")?,
        signed_in_as: row.get("signed_in_as")?,
        scopes: json(row, "scopes")?,
        signed_in_at: parsed(row, "signed_in_at")?,
        renewed_at: parsed(row, "renewed_at")?,
        dead: text_or_none(row, "dead")?,
    })
}

/// For the history.
fn describe(grant: &Grant) -> Value {
    json!({
        "registration": grant.registration,
        "issuer": grant.issuer,
        "subject": grant.subject,
        "signed_in_as": grant.signed_in_as,
        "scopes": grant.scopes,
        "signed_in_at": grant.signed_in_at,
        "renewed_at": grant.renewed_at,
        "dead": grant.dead,
    })
}

#[cfg(test)]
#[path = "grant_tests.rs"]
mod tests;
