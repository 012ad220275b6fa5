use std::path::PathBuf;

use rusqlite::ErrorCode;
use rusqlite::ffi::{
    SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE,
};

/// Why something could not be stored or read. `doing` continues “while …”.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A newer Mailwright wrote this database. It was not touched.
    #[error(
        "{} was written by a newer Mailwright (its format is {found}, this program knows up to {known}). Nothing was \
         changed. Use the newer program, or another data folder.",
        path.display()
    )]
    Newer {
        /// Format of the file.
        found: u32,
        /// Newest format that this program knows.
        known: u32,
        /// The file.
        path: PathBuf,
    },
    /// The file is something else, or another program's database. It was not touched.
    #[error(
        "{} is not a Mailwright database. Nothing was changed. Move the file away, or use another data folder.",
        path.display()
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The data folder cannot be created or used.
    #[error("the data folder {} cannot be used: {reason}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// There is one of that name already.
    #[error("there is already a {what} “{name}”")]
    Duplicate {
        /// Of which table, for people.
        what: &'static str,
        /// What must be unique.
        name: String,
    },
    /// There is none with that identity (any more).
    #[error("there is no {what} {id} (any more)")]
    NotFound {
        /// Of which table, for people.
        what: &'static str,
        /// The identity that was asked for.
        id: String,
    },
    /// It cannot be removed because others need it.
    #[error("the {what} “{name}” is still used by {}", by.join(", "))]
    InUse {
        /// Of which table, for people.
        what: &'static str,
        /// Its name.
        name: String,
        /// Names of those that use it.
        by: Vec<String>,
    },
    /// It refers to a registration, grant or mailbox that is not there.
    #[error("while {doing}: it refers to something that is not there (any more)")]
    Reference {
        /// What was being done.
        doing: String,
    },
    /// Another process kept the database to itself for longer than five seconds.
    #[error(
        "while {doing}: another program is using Mailwright's database. Nothing was changed; try again"
    )]
    Busy {
        /// What was being done.
        doing: String,
    },
    /// No space, no permission, or the disk failed.
    #[error("while {doing}: the disk refused ({reason}). Nothing was changed")]
    Disk {
        /// What was being done.
        doing: String,
        /// SQLite's reason.
        reason: String,
    },
    /// The file is damaged, or holds a value that this program cannot read.
    #[error("while {doing}: the database is damaged or holds something unknown ({reason})")]
    Damaged {
        /// What was being done.
        doing: String,
        /// What was found.
        reason: String,
    },
    /// Anything else that SQLite says.
    #[error("while {doing}: {reason}")]
    Sql {
        /// What was being done.
        doing: String,
        /// SQLite's words.
        reason: String,
    },
}

/// Adds what was being done to an error of SQLite.
pub(crate) trait Doing<T> {
    /// `doing` continues “while …”.
    fn doing(self, doing: &str) -> Result<T, StoreError>;

    /// As [`Doing::doing`], where a second `what` called `name` is refused by the table.
    fn doing_unique(self, doing: &str, what: &'static str, name: &str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, doing: &str) -> Result<T, StoreError> {
        self.map_err(|error| translate(&error, doing))
    }

    fn doing_unique(self, doing: &str, what: &'static str, name: &str) -> Result<T, StoreError> {
        self.map_err(|error| {
            let extended = error.sqlite_error().map(|e| e.extended_code);
            match extended {
                Some(SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY) => {
                    StoreError::Duplicate {
                        what,
                        name: name.to_owned(),
                    }
                }
                _ => translate(&error, doing),
            }
        })
    }
}

fn translate(error: &rusqlite::Error, doing: &str) -> StoreError {
    let (doing, reason) = (doing.to_owned(), error.to_string());
    let Some(sqlite) = error.sqlite_error() else {
        return match error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => StoreError::Damaged { doing, reason },
            _ => StoreError::Sql { doing, reason },
        };
    };
    match sqlite.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy { doing },
        ErrorCode::DiskFull
        | ErrorCode::ReadOnly
        | ErrorCode::CannotOpen
        | ErrorCode::PermissionDenied
        | ErrorCode::SystemIoFailure => StoreError::Disk { doing, reason },
        ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => {
            StoreError::Damaged { doing, reason }
        }
        ErrorCode::ConstraintViolation if sqlite.extended_code == SQLITE_CONSTRAINT_FOREIGNKEY => {
            StoreError::Reference { doing }
        }
        _ => StoreError::Sql { doing, reason },
    }
}
