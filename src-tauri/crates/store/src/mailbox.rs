use jiff::Timestamp;
use mailwright_domain::{
    EmailAddress, GrantId, Mailbox, MailboxId, Purpose, RegistrationId, Status,
};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde_json::{Value, json};

use crate::approval;
use crate::cells::{millis, parsed, parsed_or_none, to_millis, to_word, word};
use crate::change::{NewChange, record};
use crate::error::Doing;
use crate::{Store, StoreError, customer, endpoint, sender};

pub(crate) const TABLE: &str = "
CREATE TABLE mailbox (
    id TEXT NOT NULL PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer (id),
    address TEXT NOT NULL,
    -- Lower case, domain as A-labels: addresses are the same when these are.
    address_key TEXT NOT NULL UNIQUE,
    account_name TEXT NOT NULL,
    sender_name TEXT NOT NULL,
    sign_in_name TEXT NOT NULL,
    smtp_login TEXT NOT NULL,
    provider TEXT NOT NULL,
    sends INTEGER NOT NULL CHECK (sends IN (0, 1)),
    receives INTEGER NOT NULL CHECK (receives IN (0, 1)),
    auth TEXT NOT NULL,
    -- References may be NULL: no registration, not signed in.
    registration TEXT REFERENCES registration (id),
    grant_id TEXT REFERENCES grant_ (id),
    timeout_ms INTEGER NOT NULL CHECK (timeout_ms >= 0),
    status TEXT NOT NULL
) STRICT;
CREATE INDEX mailbox_customer ON mailbox (customer);
CREATE INDEX mailbox_registration ON mailbox (registration);
CREATE INDEX mailbox_grant ON mailbox (grant_id);
";

/// Which way mail is sent; until then there was one.
pub(crate) const SEND_VIA: &str = "
ALTER TABLE mailbox ADD COLUMN send_via TEXT NOT NULL DEFAULT 'smtp';
";

const WHAT: &str = "mailbox";
const SAVING: &str = "saving a mailbox";
const SELECT: &str =
    "SELECT id, address, account_name, sender_name, sign_in_name, smtp_login, provider, sends,
    receives, send_via, auth, registration, grant_id, timeout_ms, status FROM mailbox";

/// The methods of mailboxes. A mailbox that was taken off the list is only found by [`Mailboxes::removed`]; methods
/// that are told which one to change change it all the same.
#[derive(Clone, Copy, Debug)]
pub struct Mailboxes<'a>(pub(crate) &'a Store);

impl Mailboxes<'_> {
    /// Adds a mailbox with its servers and senders.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] if there is one with that address (case does not matter), or if two servers have
    /// the same protocol or two senders the same address; [`StoreError::Reference`] if its registration or grant is
    /// not there.
    pub fn insert(self, mailbox: &Mailbox) -> Result<(), StoreError> {
        self.0
            .write(SAVING, |transaction| insert(transaction, mailbox))
    }

    /// All mailboxes by address.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn list(self) -> Result<Vec<Mailbox>, StoreError> {
        self.0.read("reading the mailboxes", |transaction| {
            let ids = transaction
                .prepare_cached("SELECT id FROM mailbox WHERE removed = '' ORDER BY address_key")?
                .query_map([], |row| parsed(row, "id").map(MailboxId))?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            load(transaction, &ids)
        })
    }

    /// The mailbox with this identity.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn by_id(self, id: MailboxId) -> Result<Option<Mailbox>, StoreError> {
        self.0.read("reading a mailbox", |transaction| {
            let listed = transaction
                .prepare_cached("SELECT 1 FROM mailbox WHERE id = :id AND removed = ''")?
                .exists(named_params! { ":id": id.to_string() })?;
            if listed {
                find(transaction, id)
            } else {
                Ok(None)
            }
        })
    }

    /// The mailbox with this address; case does not matter.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn by_address(self, address: &EmailAddress) -> Result<Option<Mailbox>, StoreError> {
        self.0.read("reading a mailbox", |transaction| {
            let id = transaction
                .prepare_cached("SELECT id FROM mailbox WHERE address_key = :key AND removed = ''")?
                .query_one(named_params! { ":key": address_key(address) }, |row| {
                    parsed(row, "id").map(MailboxId)
                })
                .optional()?;
            id.map_or(Ok(None), |id| find(transaction, id))
        })
    }

    /// Replaces everything but the identity, servers and senders included.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; otherwise as [`Mailboxes::insert`].
    pub fn update(self, mailbox: &Mailbox) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            let before = expect(transaction, mailbox.id)?;
            update(transaction, &before, mailbox)
        })
    }

    /// Notes how a mailbox is doing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn set_status(self, id: MailboxId, status: Status) -> Result<(), StoreError> {
        self.0
            .write("saving the status of a mailbox", |transaction| {
                change_status(transaction, id, status)
            })
    }

    /// Points a mailbox to what a sign-in yielded, or to nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Reference`] if there is no such grant.
    pub fn set_grant(self, id: MailboxId, grant: Option<GrantId>) -> Result<(), StoreError> {
        self.0
            .write("saving the sign-in of a mailbox", |transaction| {
                let before = expect(transaction, id)?;
                let after = Mailbox {
                    grant,
                    ..before.clone()
                };
                save(transaction, &after)?;
                let change = change("mailbox-grant", &after)
                    .before(json!({ "grant": before.grant }))
                    .after(json!({ "grant": grant }));
                record(transaction, &change)
            })
    }

    /// When a mailbox was added or its settings were changed last; its status is none of them.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn last_changed(self, id: MailboxId) -> Result<Option<Timestamp>, StoreError> {
        self.0.read("reading the history of a mailbox", |transaction| {
            transaction
                .prepare_cached(
                    "SELECT at FROM change WHERE subject = :id AND what IN ('mailbox-added', 'mailbox-changed')
                     ORDER BY id DESC LIMIT 1",
                )?
                .query_one(named_params! { ":id": id.to_string() }, |row| parsed(row, "at"))
                .optional()
        })
    }

    /// Removes a mailbox with its servers, senders, folder roles, reports and set-ups; its history stays. Its grant stays too,
    /// and its secrets in the keychain are the caller's business.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn delete(self, id: MailboxId) -> Result<(), StoreError> {
        const DOING: &str = "removing a mailbox";
        self.0.write(DOING, |transaction| {
            let before = expect(transaction, id)?;
            transaction
                .execute(
                    "DELETE FROM mailbox WHERE id = :id",
                    named_params! { ":id": id.to_string() },
                )
                .doing(DOING)?;
            record(
                transaction,
                &change("mailbox-removed", &before).before(describe(&before)),
            )
        })
    }
}

/// Notes how a mailbox is doing, and records it.
pub(crate) fn change_status(
    transaction: &Transaction<'_>,
    id: MailboxId,
    status: Status,
) -> Result<(), StoreError> {
    let before = expect(transaction, id)?;
    let after = Mailbox {
        status,
        ..before.clone()
    };
    save(transaction, &after)?;
    let change = change("mailbox-status", &after)
        .before(json!({ "status": before.status }))
        .after(json!({ "status": status }));
    record(transaction, &change)
}

/// What makes two addresses the same, see [`EmailAddress`].
pub(crate) fn address_key(address: &EmailAddress) -> String {
    format!(
        "{}@{}",
        address.local().to_lowercase(),
        address.ascii_domain()
    )
}

/// The mailboxes that point to a grant, by address; also those that were taken off the list, which may come back.
pub(crate) fn of_grant(
    transaction: &Transaction<'_>,
    grant: GrantId,
) -> rusqlite::Result<Vec<Mailbox>> {
    let ids = transaction
        .prepare_cached("SELECT id FROM mailbox WHERE grant_id = :grant ORDER BY address_key")?
        .query_map(named_params! { ":grant": grant.to_string() }, |row| {
            parsed(row, "id").map(MailboxId)
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    load(transaction, &ids)
}

pub(crate) fn load(
    transaction: &Transaction<'_>,
    ids: &[MailboxId],
) -> rusqlite::Result<Vec<Mailbox>> {
    ids.iter()
        .filter_map(|id| find(transaction, *id).transpose())
        .collect()
}

fn find(transaction: &Transaction<'_>, id: MailboxId) -> rusqlite::Result<Option<Mailbox>> {
    let row = transaction
        .prepare_cached(&format!("{SELECT} WHERE id = :id"))?
        .query_one(named_params! { ":id": id.to_string() }, from_row)
        .optional()?;
    let Some(mut mailbox) = row else {
        return Ok(None);
    };
    mailbox.endpoints = endpoint::list(transaction, id)?;
    mailbox.senders = sender::list(transaction, id)?;
    Ok(Some(mailbox))
}

/// The mailbox, which is expected to be there.
pub(crate) fn expect(transaction: &Transaction<'_>, id: MailboxId) -> Result<Mailbox, StoreError> {
    find(transaction, id)
        .doing("reading a mailbox")?
        .ok_or_else(|| StoreError::NotFound {
            what: WHAT,
            id: id.to_string(),
        })
}

/// Adds a mailbox, or replaces everything but its identity where it is there.
pub(crate) fn save_or_insert(
    transaction: &Transaction<'_>,
    mailbox: &Mailbox,
) -> Result<(), StoreError> {
    match find(transaction, mailbox.id).doing("reading a mailbox")? {
        Some(before) => update(transaction, &before, mailbox),
        None => insert(transaction, mailbox),
    }
}

fn insert(transaction: &Transaction<'_>, mailbox: &Mailbox) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO mailbox (id, customer, address, address_key, account_name, sender_name,
                sign_in_name, smtp_login, provider, sends, receives, send_via, auth, registration, grant_id,
                timeout_ms, status)
             VALUES (:id, :customer, :address, :address_key, :account_name, :sender_name,
                :sign_in_name, :smtp_login, :provider, :sends, :receives, :send_via, :auth, :registration, :grant_id,
                :timeout_ms, :status)",
        )
        .and_then(|mut insert| {
            let customer = customer::unnamed(transaction)?;
            with_columns(mailbox, |columns| {
                insert.execute(&[columns, &[(":customer", &customer)]].concat()[..])
            })
        })
        .doing_unique(SAVING, WHAT, &mailbox.address.to_string())?;
    replace_children(transaction, mailbox)?;
    record(
        transaction,
        &change("mailbox-added", mailbox).after(describe(mailbox)),
    )
}

fn update(
    transaction: &Transaction<'_>,
    before: &Mailbox,
    mailbox: &Mailbox,
) -> Result<(), StoreError> {
    save(transaction, mailbox)?;
    let change = change("mailbox-changed", mailbox);
    record(
        transaction,
        &change.before(describe(before)).after(describe(mailbox)),
    )
}

fn save(transaction: &Transaction<'_>, mailbox: &Mailbox) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE mailbox SET address = :address, address_key = :address_key, account_name = :account_name,
                sender_name = :sender_name, sign_in_name = :sign_in_name, smtp_login = :smtp_login,
                provider = :provider, sends = :sends, receives = :receives, send_via = :send_via, auth = :auth,
                registration = :registration, grant_id = :grant_id, timeout_ms = :timeout_ms, status = :status
             WHERE id = :id",
        )
        .and_then(|mut update| with_columns(mailbox, |columns| update.execute(columns)))
        .doing_unique(SAVING, WHAT, &mailbox.address.to_string())?;
    if mailbox.status != Status::WaitingForAdmin {
        // However it came to wait no longer: what it waits for next begins anew.
        approval::forget_wait(transaction, mailbox.id)?;
    }
    replace_children(transaction, mailbox)
}

fn replace_children(transaction: &Transaction<'_>, mailbox: &Mailbox) -> Result<(), StoreError> {
    let name = mailbox.address.to_string();
    endpoint::replace(transaction, mailbox.id, &mailbox.endpoints).doing_unique(
        "saving the servers of a mailbox",
        "server of the same protocol for",
        &name,
    )?;
    sender::replace(transaction, mailbox.id, &mailbox.senders).doing_unique(
        "saving the sender addresses of a mailbox",
        "sender with the same address for",
        &name,
    )
}

type Column<'a> = (&'a str, &'a dyn rusqlite::ToSql);

/// Calls with all columns that a mailbox fills.
fn with_columns<T>(
    mailbox: &Mailbox,
    work: impl FnOnce(&[Column<'_>]) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    work(named_params! {
        ":id": mailbox.id.to_string(),
        ":address": mailbox.address.to_string(),
        ":address_key": address_key(&mailbox.address),
        ":account_name": mailbox.account_name,
        ":sender_name": mailbox.sender_name,
        ":sign_in_name": mailbox.sign_in_name,
        ":smtp_login": mailbox.smtp_login,
        ":provider": mailbox.provider.word(),
        ":sends": mailbox.purpose.send,
        ":receives": mailbox.purpose.receive,
        ":send_via": mailbox.purpose.via.word(),
        ":auth": to_word(&mailbox.auth)?,
        ":registration": mailbox.registration.map(|id| id.to_string()),
        ":grant_id": mailbox.grant.map(|id| id.to_string()),
        ":timeout_ms": to_millis(mailbox.timeout),
        ":status": mailbox.status.word(),
    })
}

/// Without servers and senders.
fn from_row(row: &Row<'_>) -> rusqlite::Result<Mailbox> {
    Ok(Mailbox {
        id: MailboxId(parsed(row, "id")?),
        address: parsed(row, "address")?,
        account_name: row.get("account_name")?,
        sender_name: row.get("sender_name")?,
        senders: Vec::new(),
        sign_in_name: row.get("sign_in_name")?,
        smtp_login: row.get("smtp_login")?,
        provider: word(row, "provider")?,
        purpose: Purpose {
            send: row.get("sends")?,
            receive: row.get("receives")?,
            via: word(row, "send_via")?,
        },
        endpoints: Vec::new(),
        auth: word(row, "auth")?,
        registration: parsed_or_none(row, "registration")?.map(RegistrationId),
        grant: parsed_or_none(row, "grant_id")?.map(GrantId),
        timeout: millis(row, "timeout_ms")?,
        status: word(row, "status")?,
    })
}

pub(crate) fn change(what: &str, mailbox: &Mailbox) -> NewChange {
    NewChange::new(what, mailbox.id.0, mailbox.address.to_string())
}

/// For the history.
fn describe(mailbox: &Mailbox) -> Value {
    json!({
        "address": mailbox.address,
        "account_name": mailbox.account_name,
        "sender_name": mailbox.sender_name,
        "senders": mailbox.senders,
        "sign_in_name": mailbox.sign_in_name,
        "smtp_login": mailbox.smtp_login,
        "provider": mailbox.provider,
        "purpose": mailbox.purpose,
        "endpoints": mailbox.endpoints,
        "auth": mailbox.auth,
        "registration": mailbox.registration,
        "grant": mailbox.grant,
        "timeout_ms": to_millis(mailbox.timeout),
        "status": mailbox.status,
    })
}

#[cfg(test)]
#[path = "mailbox_tests.rs"]
mod tests;
