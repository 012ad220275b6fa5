use rusqlite::{Connection, Transaction, TransactionBehavior};
use rusqlite_migration::{HookResult, M, Migrations};

use crate::error::Doing;
use crate::{
    StoreError, approval, challenge, change, customer, endpoint, folder_role, grant, hold, mailbox,
    mailbox_removed, meta, registration, registration_check, registration_publishing, report,
    sender, setup, sign_in_frequency,
};

/// Newest format that this program knows (`PRAGMA user_version`).
pub(crate) const KNOWN: u32 = 8;

/// Marks the file as Mailwright's (`PRAGMA application_id`): “MWRT”.
pub(crate) const APPLICATION_ID: u32 = u32::from_be_bytes(*b"MWRT");

const DOING: &str = "bringing the database to the present format";

/// What a file says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    application_id: u32,
    version: u32,
    tables: u32,
}

impl Format {
    pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let number = |sql| connection.query_one(sql, [], |row| row.get(0));
        // The mark last: it comes into a new file together with tables and version, so that whoever has seen those
        // sees it too.
        let tables = number("SELECT count(*) FROM sqlite_schema")?;
        let version = number("PRAGMA user_version")?;
        Ok(Self {
            tables,
            version,
            application_id: number("PRAGMA application_id")?,
        })
    }

    /// Whether it is another program's. A new file has neither mark nor tables.
    pub(crate) fn foreign(self) -> bool {
        self.application_id != APPLICATION_ID
            && (self.application_id != 0 || self.tables > 0 || self.version != 0)
    }

    /// The version, if it is newer than this program.
    pub(crate) fn newer(self) -> Option<u32> {
        Some(self.version).filter(|version| *version > KNOWN)
    }
}

/// Runs the migrations that are missing, all in one transaction. Only ever forward.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let scripts = scripts();
    let migrations = migrations(&scripts);
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    loop {
        let before = Format::read(connection).doing(DOING)?;
        let Err(error) = migrations.to_latest(connection) else {
            return Ok(());
        };
        // Another process may have done it between the look at the version and the transaction.
        if Format::read(connection).doing(DOING)? == before {
            return Err(translate(error));
        }
    }
}

/// The SQL of each migration.
fn scripts() -> [String; KNOWN as usize] {
    let first = [
        meta::TABLE,
        customer::TABLE,
        registration::TABLE,
        grant::TABLE,
        mailbox::TABLE,
        endpoint::TABLE,
        sender::TABLE,
        folder_role::TABLE,
        report::TABLE,
        change::TABLE,
    ];
    let second = [mailbox_removed::REMOVED, setup::TABLE];
    let third = [hold::TABLE, challenge::TABLE];
    let fourth = [approval::TABLES];
    let fifth = [
        registration_publishing::PUBLISHING,
        sign_in_frequency::TABLE,
    ];
    let sixth = registration_check::TABLES.to_owned();
    let seventh = registration::CERTIFICATE.to_owned();
    let eighth = mailbox::SEND_VIA.to_owned();
    [
        first.concat(),
        second.concat(),
        third.concat(),
        fourth.concat(),
        fifth.concat(),
        sixth,
        seventh,
        eighth,
    ]
}

fn migrations(scripts: &[String; KNOWN as usize]) -> Migrations<'_> {
    let [first, second, third, fourth, fifth, sixth, seventh, eighth] = scripts;
    Migrations::new(vec![
        M::up_with_hook(first, begin),
        M::up(second),
        M::up(third),
        M::up(fourth),
        M::up(fifth),
        M::up(sixth),
        M::up(seventh),
        M::up(eighth),
    ])
}

/// A database as the program of that version made it.
#[cfg(test)]
pub(crate) fn migrate_to(connection: &mut Connection, version: usize) {
    let scripts = scripts();
    migrations(&scripts)
        .to_version(connection, version)
        .unwrap();
}

/// First contents of a new database.
fn begin(transaction: &Transaction<'_>) -> HookResult {
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    meta::fill(transaction, KNOWN)?;
    customer::fill(transaction)?;
    Ok(())
}

fn translate(error: rusqlite_migration::Error) -> StoreError {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => {
            match Err::<(), _>(err).doing(DOING) {
                Err(error) => error,
                Ok(()) => StoreError::Sql {
                    doing: DOING.to_owned(),
                    reason: String::new(),
                },
            }
        }
        other => StoreError::Sql {
            doing: DOING.to_owned(),
            reason: other.to_string(),
        },
    }
}
