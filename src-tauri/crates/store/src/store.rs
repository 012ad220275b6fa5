use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use uuid::Uuid;

use crate::error::Doing;
use crate::{
    Approvals, Challenges, Changes, FolderRoles, Grants, Holds, Mailboxes, RegistrationChecks,
    Registrations, Reports, Setups, SignInFrequencies, StoreError, meta, open,
};

/// The open database. Cheap to clone, and clones share the connection; several processes may have it open at the same
/// time.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
    synchronous: Synchronous,
}

struct Shared {
    connection: Mutex<Connection>,
    path: PathBuf,
    database_id: Uuid,
    created: Timestamp,
}

/// When a write counts as done (`PRAGMA synchronous`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Synchronous {
    /// When a crash of the program cannot lose it.
    Normal,
    /// When a power cut cannot lose it either.
    Full,
}

impl Store {
    /// Opens the database in this folder; creates both where they are missing (readable by their owner only on
    /// systems with such permissions) and brings an older database to the present format.
    ///
    /// # Errors
    /// [`StoreError::Newer`] and [`StoreError::NotADatabase`] leave the file as it is, byte for byte;
    /// [`StoreError::Folder`] if the folder cannot be used; otherwise what SQLite says.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let (connection, path) = open::open(dir)?;
        let (database_id, created) = meta::read(&connection)?;
        Ok(Self {
            shared: Arc::new(Shared {
                connection: Mutex::new(connection),
                path,
                database_id,
                created,
            }),
            synchronous: Synchronous::Normal,
        })
    }

    /// Identity of this database, made with it. Names of keychain entries begin with it.
    pub fn database_id(&self) -> Uuid {
        self.shared.database_id
    }

    /// When the database was made.
    pub fn created(&self) -> Timestamp {
        self.shared.created
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// The same database with writes that a power cut cannot undo. For what follows a token rotation: the provider
    /// has forgotten the old token already. Each write costs a flush of the disk.
    #[must_use]
    pub fn durable(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            synchronous: Synchronous::Full,
        }
    }

    /// App registrations.
    pub fn registrations(&self) -> Registrations<'_> {
        Registrations(self)
    }

    /// Mailboxes with their servers and sender addresses.
    pub fn mailboxes(&self) -> Mailboxes<'_> {
        Mailboxes(self)
    }

    /// What sign-ins yielded, without secrets.
    pub fn grants(&self) -> Grants<'_> {
        Grants(self)
    }

    /// Until when providers are not asked again.
    pub fn holds(&self) -> Holds<'_> {
        Holds(self)
    }

    /// What a provider asks of the next sign-in.
    pub fn challenges(&self) -> Challenges<'_> {
        Challenges(self)
    }

    /// Which folder has which role.
    pub fn folder_roles(&self) -> FolderRoles<'_> {
        FolderRoles(self)
    }

    /// What is known of app registrations.
    pub fn registration_checks(&self) -> RegistrationChecks<'_> {
        RegistrationChecks(self)
    }

    /// Results of connection tests.
    pub fn reports(&self) -> Reports<'_> {
        Reports(self)
    }

    /// Set-ups that were begun.
    pub fn setups(&self) -> Setups<'_> {
        Setups(self)
    }

    /// What is known of the administrators' approval.
    pub fn approvals(&self) -> Approvals<'_> {
        Approvals(self)
    }

    /// How often organisations want people to sign in.
    pub fn sign_in_frequencies(&self) -> SignInFrequencies<'_> {
        SignInFrequencies(self)
    }

    /// History.
    pub fn changes(&self) -> Changes<'_> {
        Changes(self)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere rolled its transaction back; the connection is fine.
        let connection = &self.shared.connection;
        connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads from one state of the database.
    pub(crate) fn read<T>(
        &self,
        doing: &str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Deferred)
            .doing(doing)?;
        work(&transaction).doing(doing)
    }

    /// Writes all of it or, after an error, nothing.
    pub(crate) fn write<T>(
        &self,
        doing: &str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection();
        // Cannot be changed inside a transaction, so it is set before each.
        let full = self.synchronous == Synchronous::Full;
        connection
            .pragma_update(None, "synchronous", if full { "FULL" } else { "NORMAL" })
            .doing(doing)?;
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(doing)?;
        let result = work(&transaction)?;
        transaction.commit().doing(doing)?;
        Ok(result)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("path", &self.shared.path)
            .field("database_id", &self.shared.database_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
