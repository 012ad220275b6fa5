//! Locks between processes: window, command line and every program that asks for a token share the same grants.
//! The operating system lets go of a lock when its process ends, however it ends.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use mailwright_domain::{GrantId, RegistrationId};
use tokio::time::Instant;

use crate::{Code, Failure};

/// How long a waiter looks for a lock that somebody else holds before it gives up.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pause between two looks. Locks of files have no wake-up, so looking again is the only way.
const AGAIN: Duration = Duration::from_millis(25);

/// The lock of a grant: whoever reads, renews, replaces or ends it holds this one.
pub(crate) async fn grant(home: &Path, grant: GrantId) -> Result<Lock, Failure> {
    owner(home, &grant.to_string()).await
}

/// The lock of what a registration is given for itself.
pub(crate) async fn registration(home: &Path, id: RegistrationId) -> Result<Lock, Failure> {
    owner(home, &id.to_string()).await
}

async fn owner(home: &Path, owner: &str) -> Result<Lock, Failure> {
    acquire(home, owner, PATIENCE).await?.ok_or_else(|| {
        Failure::new(
            Code::Unreachable,
            "Another program has been using this sign-in for 30 seconds. Nothing was changed. Try again.",
        )
    })
}

/// A held lock; dropping it lets go.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Takes the lock called `name` in `home`, waiting up to `patience`; `None` where it stayed taken.
pub(crate) async fn acquire(
    home: &Path,
    name: &str,
    patience: Duration,
) -> Result<Option<Lock>, Failure> {
    let folder = home.join("locks");
    let path = folder.join(format!("{name}.lock"));
    let failed = |what: &str, error: std::io::Error| {
        Failure::new(
            Code::Storage,
            format!(
                "Cannot {what} the lock file {}: {error}. Nothing was changed.",
                path.display()
            ),
        )
    };
    std::fs::create_dir_all(&folder).map_err(|e| failed("create the folder of", e))?;
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|e| failed("open", e))?;
    let deadline = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(Lock { _file: file })),
            Err(TryLockError::Error(error)) => return Err(failed("take", error)),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => return Ok(None),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(AGAIN).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_second_one_waits_and_gives_up_and_gets_it_when_the_first_lets_go() {
        let home = tempfile::tempdir().unwrap();
        let first = acquire(home.path(), "g", PATIENCE).await.unwrap();
        assert!(first.is_some());
        let second = acquire(home.path(), "g", Duration::ZERO).await.unwrap();
        assert!(second.is_none(), "one holder at a time");
        assert!(
            acquire(home.path(), "other", Duration::ZERO)
                .await
                .unwrap()
                .is_some()
        );
        drop(first);
        assert!(acquire(home.path(), "g", PATIENCE).await.unwrap().is_some());
    }
}
