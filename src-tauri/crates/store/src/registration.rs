use mailwright_domain::{CustomUrls, Registration, RegistrationId};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde_json::{Value, json};

use crate::cells::{
    json, or_empty, parsed, parsed_or_none, text_or_none, to_json, to_word, to_word_or_empty, word,
    word_or_none,
};
use crate::change::{NewChange, record};
use crate::error::Doing;
use crate::{Store, StoreError, customer};

pub(crate) const TABLE: &str = "
CREATE TABLE registration (
    id TEXT NOT NULL PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer (id),
    name TEXT NOT NULL,
    -- The name in lower case: names that differ in case only are the same.
    name_key TEXT NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    client_id TEXT NOT NULL,
    tenant TEXT NOT NULL,
    cloud TEXT NOT NULL,
    authority TEXT NOT NULL,
    -- All four empty where the provider is not a custom one.
    authorize_url TEXT NOT NULL,
    token_url TEXT NOT NULL,
    device_url TEXT NOT NULL,
    revoke_url TEXT NOT NULL,
    -- JSON list of text.
    scopes TEXT NOT NULL,
    has_secret INTEGER NOT NULL CHECK (has_secret IN (0, 1)),
    secret_expires TEXT NOT NULL,
    redirect_uri TEXT NOT NULL
) STRICT;
CREATE INDEX registration_customer ON registration (customer);
";

/// JSON of the certificate that proves the client, without its private key; empty where there is none.
pub(crate) const CERTIFICATE: &str =
    "ALTER TABLE registration ADD COLUMN certificate TEXT NOT NULL DEFAULT '';";

const WHAT: &str = "registration";
const SAVING: &str = "saving a registration";
const SELECT: &str =
    "SELECT id, name, provider, client_id, tenant, cloud, authority, authorize_url, token_url,
    device_url, revoke_url, scopes, has_secret, secret_expires, publishing, certificate, redirect_uri
    FROM registration";

/// The methods of app registrations.
#[derive(Clone, Copy, Debug)]
pub struct Registrations<'a>(pub(crate) &'a Store);

impl Registrations<'_> {
    /// Adds a registration.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] if there is one of that name (case does not matter) or identity.
    pub fn insert(self, registration: &Registration) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO registration (id, customer, name, name_key, provider, client_id, tenant, cloud,
                        authority, authorize_url, token_url, device_url, revoke_url, scopes, has_secret,
                        secret_expires, publishing, certificate, redirect_uri)
                     VALUES (:id, :customer, :name, :name_key, :provider, :client_id, :tenant, :cloud,
                        :authority, :authorize_url, :token_url, :device_url, :revoke_url, :scopes, :has_secret,
                        :secret_expires, :publishing, :certificate, :redirect_uri)",
                )
                .and_then(|mut insert| {
                    let customer = customer::unnamed(transaction)?;
                    with_columns(registration, |columns| {
                        insert.execute(&[columns, &[(":customer", &customer)]].concat()[..])
                    })
                })
                .doing_unique(SAVING, WHAT, &registration.name)?;
            let change = NewChange::new("registration-added", registration.id.0, &registration.name);
            record(transaction, &change.after(describe(registration)))
        })
    }

    /// All registrations by name.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn list(self) -> Result<Vec<Registration>, StoreError> {
        self.0.read("reading the registrations", |transaction| {
            transaction
                .prepare_cached(&format!("{SELECT} ORDER BY name_key"))?
                .query_map([], from_row)?
                .collect()
        })
    }

    /// The registration with this identity.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn by_id(self, id: RegistrationId) -> Result<Option<Registration>, StoreError> {
        self.0.read("reading a registration", |transaction| {
            find(transaction, id)
        })
    }

    /// The registration with this name; case does not matter.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn by_name(self, name: &str) -> Result<Option<Registration>, StoreError> {
        self.0.read("reading a registration", |transaction| {
            transaction
                .prepare_cached(&format!("{SELECT} WHERE name_key = :key"))?
                .query_one(named_params! { ":key": key(name) }, from_row)
                .optional()
        })
    }

    /// Replaces everything but the identity.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Duplicate`] if another has that name.
    pub fn update(self, registration: &Registration) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            let before = expect(transaction, registration.id)?;
            transaction
                .prepare_cached(
                    "UPDATE registration SET name = :name, name_key = :name_key, provider = :provider,
                        client_id = :client_id, tenant = :tenant, cloud = :cloud, authority = :authority,
                        authorize_url = :authorize_url, token_url = :token_url, device_url = :device_url,
                        revoke_url = :revoke_url, scopes = :scopes, has_secret = :has_secret,
                        secret_expires = :secret_expires, publishing = :publishing,
                        certificate = :certificate, redirect_uri = :redirect_uri
                     WHERE id = :id",
                )
                .and_then(|mut update| {
                    with_columns(registration, |columns| update.execute(columns))
                })
                .doing_unique(SAVING, WHAT, &registration.name)?;
            let change =
                NewChange::new("registration-changed", registration.id.0, &registration.name);
            record(
                transaction,
                &change.before(describe(&before)).after(describe(registration)),
            )
        })
    }

    /// Removes a registration. Its client secret in the keychain is the caller's business.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::InUse`] names the mailboxes that use it, or the people whose sign-ins
    /// belong to it: remove those first.
    pub fn delete(self, id: RegistrationId) -> Result<(), StoreError> {
        const DOING: &str = "removing a registration";
        self.0.write(DOING, |transaction| {
            let before = expect(transaction, id)?;
            let by = users(transaction, id).doing(DOING)?;
            if !by.is_empty() {
                return Err(StoreError::InUse {
                    what: WHAT,
                    name: before.name,
                    by,
                });
            }
            transaction
                .execute(
                    "DELETE FROM registration WHERE id = :id",
                    named_params! { ":id": id.to_string() },
                )
                .doing(DOING)?;
            let change = NewChange::new("registration-removed", id.0, &before.name);
            record(transaction, &change.before(describe(&before)))
        })
    }
}

/// Who would lose something.
fn users(transaction: &Transaction<'_>, id: RegistrationId) -> rusqlite::Result<Vec<String>> {
    transaction
        .prepare_cached(
            "SELECT address AS user FROM mailbox WHERE registration = :id
             UNION ALL
             SELECT 'the sign-in of ' || signed_in_as AS user FROM grant_ WHERE registration = :id
                AND NOT EXISTS (SELECT 1 FROM mailbox WHERE grant_id = grant_.id)
             ORDER BY user",
        )?
        .query_map(named_params! { ":id": id.to_string() }, |row| {
            row.get("user")
        })?
        .collect()
}

pub(crate) fn find(
    transaction: &Transaction<'_>,
    id: RegistrationId,
) -> rusqlite::Result<Option<Registration>> {
    transaction
        .prepare_cached(&format!("{SELECT} WHERE id = :id"))?
        .query_one(named_params! { ":id": id.to_string() }, from_row)
        .optional()
}

pub(crate) fn expect(
    transaction: &Transaction<'_>,
    id: RegistrationId,
) -> Result<Registration, StoreError> {
    find(transaction, id)
        .doing("reading a registration")?
        .ok_or_else(|| StoreError::NotFound {
            what: WHAT,
            id: id.to_string(),
        })
}

fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

type Column<'a> = (&'a str, &'a dyn rusqlite::ToSql);

/// Calls with all columns that a registration fills.
fn with_columns<T>(
    registration: &Registration,
    work: impl FnOnce(&[Column<'_>]) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let custom = registration.custom.as_ref();
    work(named_params! {
        ":id": registration.id.to_string(),
        ":name": registration.name,
        ":name_key": key(&registration.name),
        ":provider": registration.provider.word(),
        ":client_id": registration.client_id,
        ":tenant": or_empty(registration.tenant.as_ref()),
        ":cloud": to_word(&registration.cloud)?,
        ":authority": or_empty(registration.authority.as_ref()),
        ":authorize_url": or_empty(custom.map(|c| &c.authorize)),
        ":token_url": or_empty(custom.map(|c| &c.token)),
        ":device_url": or_empty(custom.and_then(|c| c.device.as_ref())),
        ":revoke_url": or_empty(custom.and_then(|c| c.revoke.as_ref())),
        ":scopes": to_json(&registration.scopes)?,
        ":has_secret": registration.has_secret,
        ":secret_expires": or_empty(registration.secret_expires.as_ref()),
        ":publishing": to_word_or_empty(registration.publishing.as_ref())?,
        ":certificate": match &registration.certificate {
            Some(certificate) => to_json(certificate)?,
            None => String::new(),
        },
        ":redirect_uri": or_empty(registration.redirect_uri.as_ref()),
    })
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Registration> {
    let authorize = parsed_or_none(row, "authorize_url")?;
    let token = parsed_or_none(row, "token_url")?;
    let custom = match (authorize, token) {
        (Some(authorize), Some(token)) => Some(CustomUrls {
            authorize,
            token,
            device: parsed_or_none(row, "device_url")?,
            revoke: parsed_or_none(row, "revoke_url")?,
        }),
        _ => None,
    };
    Ok(Registration {
        id: RegistrationId(parsed(row, "id")?),
        name: row.get("name")?,
        provider: word(row, "provider")?,
        client_id: row.get("client_id")?,
        tenant: text_or_none(row, "tenant")?,
        cloud: word(row, "cloud")?,
        authority: parsed_or_none(row, "authority")?,
        custom,
        scopes: json(row, "scopes")?,
        has_secret: row.get("has_secret")?,
        secret_expires: parsed_or_none(row, "secret_expires")?,
        publishing: word_or_none(row, "publishing")?,
        certificate: match text_or_none(row, "certificate")? {
            Some(_) => Some(json(row, "certificate")?),
            None => None,
        },
        redirect_uri: parsed_or_none(row, "redirect_uri")?,
    })
}

/// For the history.
fn describe(registration: &Registration) -> Value {
    json!({
        "name": registration.name,
        "provider": registration.provider,
        "client_id": registration.client_id,
        "tenant": registration.tenant,
        "cloud": registration.cloud,
        "authority": registration.authority,
        "custom": registration.custom,
        "scopes": registration.scopes,
        "has_secret": registration.has_secret,
        "secret_expires": registration.secret_expires,
        "publishing": registration.publishing,
        "certificate": registration.certificate,
        "redirect_uri": registration.redirect_uri,
    })
}

#[cfg(test)]
#[path = "registration_tests.rs"]
mod tests;
