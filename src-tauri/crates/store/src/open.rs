//! Opening the file without ever touching one that is not ours to touch.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::StoreError;
use crate::error::Doing;
use crate::schema::{self, Format, KNOWN};

/// Name of the file in the data folder.
const FILE: &str = "mailwright.db";
/// Smallest page of a database, in bytes.
const SMALLEST: u64 = 512;
/// How long a write waits for another process.
const BUSY: Duration = Duration::from_secs(5);

const DOING: &str = "opening the database";

pub(crate) fn open(dir: &Path) -> Result<(Connection, PathBuf), StoreError> {
    let folder = |path: &Path, error: &io::Error| StoreError::Folder {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let dir = &std::path::absolute(dir).map_err(|e| folder(dir, &e))?;
    create_folder(dir).map_err(|e| folder(dir, &e))?;
    let path = dir.join(FILE);
    if path.exists() {
        peek(&path)?;
    } else {
        create_file(&path).map_err(|e| folder(dir, &e))?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&path, flags).doing(DOING)?;
    connection.busy_timeout(BUSY).doing(DOING)?;
    // Until the file is known to be ours, closing must not write to it.
    let keep = |connection: &Connection, on| {
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on)
            .doing(DOING)
    };
    keep(&connection, true)?;
    judge(&path, Format::read(&connection))?;
    keep(&connection, false)?;
    owner_only(&path).map_err(|e| folder(dir, &e))?;
    write_ahead(&connection)?;
    connection
        .pragma_update(None, "foreign_keys", true)
        .doing(DOING)?;
    schema::migrate(&mut connection)?;
    Ok((connection, path))
}

/// Looks at a file without locks, side files or writes. What is still in a write-ahead log is not seen; that is judged
/// again once the file is open.
fn peek(path: &Path) -> Result<(), StoreError> {
    // SQLite takes a file of less than one page for an empty one, and would overwrite it.
    if fs::metadata(path).is_ok_and(|file| (1..SMALLEST).contains(&file.len())) {
        return Err(StoreError::NotADatabase {
            path: path.to_owned(),
        });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(connection) = Connection::open_with_flags(immutable(path), flags) else {
        return Ok(());
    };
    match Format::read(&connection) {
        Err(error) if error.sqlite_error_code() != Some(ErrorCode::NotADatabase) => Ok(()),
        format => judge(path, format),
    }
}

fn judge(path: &Path, format: rusqlite::Result<Format>) -> Result<(), StoreError> {
    let path = path.to_owned();
    match format {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            Err(StoreError::NotADatabase { path })
        }
        Err(error) => Err(error).doing(DOING),
        Ok(format) if format.foreign() => Err(StoreError::NotADatabase { path }),
        Ok(format) => match format.newer() {
            Some(found) => Err(StoreError::Newer {
                found,
                known: KNOWN,
                path,
            }),
            None => Ok(()),
        },
    }
}

/// The file as an address that tells SQLite to only read it and to take no locks.
fn immutable(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    };
    let mut uri = String::from("file://");
    if !text.starts_with('/') {
        uri.push('/');
    }
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~:".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri.push_str("?immutable=1");
    uri
}

/// Turns the write-ahead log on. SQLite does not wait by itself when several processes do this at the same moment.
fn write_ahead(connection: &Connection) -> Result<(), StoreError> {
    let deadline = Instant::now() + BUSY;
    loop {
        let mode = connection.query_one("PRAGMA journal_mode = WAL", [], |row| {
            row.get::<_, String>(0)
        });
        match mode {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && Instant::now() < deadline =>
            {
                thread::sleep(Duration::from_millis(5));
            }
            other => return other.map(drop).doing(DOING),
        }
    }
}

#[cfg(unix)]
fn create_folder(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}

#[cfg(not(unix))]
fn create_folder(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// An empty file becomes a new database. SQLite gives its side files the same permissions.
fn create_file(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result.map(drop),
    }
}

/// Takes the file away from everybody but its owner, as when it was copied here with wider permissions.
#[cfg(unix)]
fn owner_only(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let permissions = fs::metadata(path)?.permissions();
    if permissions.mode() & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same signature on every system"
)]
fn owner_only(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;
