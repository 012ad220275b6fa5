use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, oneshot};
use tokio::time::timeout;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::kind::{ACCESS_INDEX, account};
use crate::worker::Worker;
use crate::{KeychainError, Kind, SecretBytes, SecretStore, Vault};

/// How long a call to the keychain may take before it is given up. A locked keychain may ask for its password
/// meanwhile: long enough for a person who is quick, and short enough for one who does not see that window to be told.
/// What was typed there later counts for the next call.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// How many hanging calls are left to themselves at the same time; with that many, further calls fail at once.
pub const MAX_ABANDONED: usize = 3;

/// The keychain as the rest of the program uses it. Cheap to clone; clones share the worker.
///
/// Calls are done one after the other on a thread of their own. A call waits at most the time limit for its turn and
/// has the time limit for itself. One that takes longer is abandoned together with its thread, and the next call
/// gets a new thread; after [`MAX_ABANDONED`] of them every call fails at once, until one comes back. The end of the
/// process never waits for any of them. A call whose future is dropped still finishes.
///
/// Writers of the same secret in different processes are kept apart by the caller.
#[derive(Clone)]
pub struct Keychain {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<dyn SecretStore>,
    database: Uuid,
    limit: Duration,
    worker: Mutex<Option<Worker>>,
    stuck: Arc<AtomicUsize>,
}

impl Keychain {
    /// The keychain for the secrets of one database. Nothing is opened or started before the first call. `limit` is
    /// the time limit of one call, usually [`DEFAULT_TIMEOUT`].
    pub fn open(store: Arc<dyn SecretStore>, database_id: Uuid, limit: Duration) -> Self {
        Self {
            shared: Arc::new(Shared {
                store,
                database: database_id,
                limit,
                worker: Mutex::new(None),
                stuck: Arc::default(),
            }),
        }
    }

    /// Reads a secret; none if there is none.
    ///
    /// # Errors
    /// The keychain cannot be used, or what it holds is not what was stored.
    pub async fn get(
        &self,
        owner: Uuid,
        kind: &Kind,
    ) -> Result<Option<SecretBytes>, KeychainError> {
        let name = account(self.shared.database, owner, &kind.word());
        self.run(move |vault| vault.get(&name)).await
    }

    /// Stores a secret of up to [`crate::VALUE_LIMIT`] bytes in place of an earlier one. A crash at any point leaves
    /// the old or the new one readable.
    ///
    /// # Errors
    /// The keychain cannot be used, or does not take the value. After [`KeychainError::TimedOut`] and
    /// [`KeychainError::Other`] the new value may have been stored all the same: read before relying on either.
    pub async fn set(&self, owner: Uuid, kind: &Kind, value: &[u8]) -> Result<(), KeychainError> {
        let word = kind.word();
        let name = account(self.shared.database, owner, &word);
        let index = matches!(kind, Kind::AccessToken(_))
            .then(|| account(self.shared.database, owner, ACCESS_INDEX));
        let value = Zeroizing::new(value.to_vec());
        self.run(move |vault| {
            if let Some(index) = index {
                note_resource(vault, &index, word)?;
            }
            vault.set(&name, &value)
        })
        .await
    }

    /// Removes a secret. That there is none is fine.
    ///
    /// # Errors
    /// The keychain cannot be used; call again to remove what is left.
    pub async fn delete(&self, owner: Uuid, kind: &Kind) -> Result<(), KeychainError> {
        let name = account(self.shared.database, owner, &kind.word());
        self.run(move |vault| vault.delete(&name)).await
    }

    /// Removes the access tokens of an owner, those of every resource.
    ///
    /// # Errors
    /// The first failure; everything else was tried all the same. Call again to remove what is left.
    pub async fn delete_access(&self, owner: Uuid) -> Result<(), KeychainError> {
        self.delete_words(owner, Vec::new()).await
    }

    /// Removes all secrets of an owner, access tokens of every resource included.
    ///
    /// # Errors
    /// The first failure; everything else was tried all the same. Call again to remove what is left.
    pub async fn delete_all(&self, owner: Uuid) -> Result<(), KeychainError> {
        self.delete_words(owner, Kind::SINGLE.iter().map(Kind::word).collect())
            .await
    }

    /// Removes these and the access tokens.
    async fn delete_words(&self, owner: Uuid, mut words: Vec<String>) -> Result<(), KeychainError> {
        let database = self.shared.database;
        self.run(move |vault| {
            let index = account(database, owner, ACCESS_INDEX);
            words.extend(resources(vault, &index)?);
            let mut result = Ok(());
            for word in words {
                result = result.and(vault.delete(&account(database, owner, &word)));
            }
            // The list goes last: without it nobody would find the tokens that are left.
            result.and_then(|()| vault.delete(&index))
        })
        .await
    }

    /// Whether the keychain works, by writing, reading back and deleting a throwaway entry.
    ///
    /// # Errors
    /// The step that failed.
    pub async fn probe(&self) -> Result<(), KeychainError> {
        self.run(Vault::probe).await
    }

    /// What people call this keychain.
    pub fn name(&self) -> &'static str {
        self.shared.store.name()
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Vault) -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let shared = &self.shared;
        let Ok(mut turn) = timeout(shared.limit, shared.worker.lock()).await else {
            return Err(KeychainError::TimedOut);
        };
        let worker = match turn.take() {
            Some(worker) => worker,
            None if shared.stuck.load(Ordering::SeqCst) >= MAX_ABANDONED => {
                return Err(KeychainError::TimedOut);
            }
            None => Worker::start(Arc::clone(&shared.store), Arc::clone(&shared.stuck))?,
        };
        let (answer, answered) = oneshot::channel();
        let given = worker.give(Box::new(move |vault| {
            // Nobody waits any more when the caller gave up.
            let _ = answer.send(job(vault));
        }));
        // Back in place before waiting, so that a caller who goes away leaves the worker to the next one.
        *turn = Some(worker);
        let ended = || KeychainError::Other("its thread ended".to_owned());
        if !given {
            *turn = None;
            return Err(ended());
        }
        match timeout(shared.limit, answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => {
                *turn = None;
                Err(ended())
            }
            Err(_) => {
                if let Some(worker) = turn.take() {
                    worker.abandon();
                }
                Err(KeychainError::TimedOut)
            }
        }
    }
}

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keychain")
            .field("store", &self.name())
            .field("database", &self.shared.database)
            .finish_non_exhaustive()
    }
}

/// Words of the access tokens that an owner has or had. A damaged list counts as empty.
fn resources(vault: &Vault, index: &str) -> Result<BTreeSet<String>, KeychainError> {
    match vault.get(index) {
        Ok(Some(list)) => Ok(serde_json::from_slice(list.expose()).unwrap_or_default()),
        Ok(None) | Err(KeychainError::Damaged) => Ok(BTreeSet::new()),
        Err(error) => Err(error),
    }
}

/// Adds to the list before the token is stored, so that no token is ever missing from it.
fn note_resource(vault: &Vault, index: &str, word: String) -> Result<(), KeychainError> {
    let mut known = resources(vault, index)?;
    if known.insert(word) {
        let list = serde_json::to_vec(&known).map_err(|e| KeychainError::Other(e.to_string()))?;
        vault.set(index, &list)?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "keychain_tests.rs"]
mod tests;
