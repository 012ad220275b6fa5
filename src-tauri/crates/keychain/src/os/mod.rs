use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use crate::{KeychainError, SecretStore};

#[cfg(all(unix, not(target_os = "macos")))]
#[path = "linux.rs"]
mod platform;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod platform;
#[cfg(windows)]
#[path = "windows.rs"]
mod platform;

#[cfg(any(target_os = "macos", windows, test))]
mod codes;
mod map;

/// Under which service all entries are kept; with the account it is the name of an entry.
const SERVICE: &str = "app.mailwright";

type Connect = dyn Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync;

/// The operating system's keychain: Secret Service on Linux, Credential Manager on Windows (entries stay on this
/// computer), the login keychain on macOS.
///
/// Nothing is opened before the first call. A failure to open is not kept: the next call tries again. A call that
/// hangs keeps its connection to itself, so that a later one is not held up by it.
pub struct OsStore {
    connect: Box<Connect>,
    modifiers: HashMap<&'static str, &'static str>,
    idle: Mutex<Option<Arc<CredentialStore>>>,
}

impl OsStore {
    /// The keychain of whoever runs this program.
    pub fn new() -> Self {
        Self::with(Box::new(platform::connect), platform::MODIFIERS)
    }

    fn with(connect: Box<Connect>, modifiers: &[(&'static str, &'static str)]) -> Self {
        Self {
            connect,
            modifiers: modifiers.iter().copied().collect(),
            idle: Mutex::new(None),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Option<Arc<CredentialStore>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the entry of an account; none where there is no such entry.
    fn with_entry<T>(
        &self,
        account: &str,
        work: impl Fn(&Entry) -> keyring_core::Result<T>,
    ) -> Result<Option<T>, KeychainError> {
        let attempt = |store: &CredentialStore| {
            let entry = store.build(SERVICE, account, Some(&self.modifiers))?;
            work(&entry)
        };
        // Taken out, not shared: the connection has a lock of its own, and a hanging call holds it.
        let used = self.idle().take();
        let (store, result) = match used {
            Some(store) => match attempt(store.as_ref()) {
                // The service behind the connection may have been restarted since.
                Err(Error::PlatformFailure(_)) => self.first_attempt(&attempt)?,
                result => (store, result),
            },
            None => self.first_attempt(&attempt)?,
        };
        match result {
            Ok(value) => {
                *self.idle() = Some(store);
                Ok(Some(value))
            }
            Err(Error::NoEntry) => {
                *self.idle() = Some(store);
                Ok(None)
            }
            Err(error) => Err(map::failed(error)),
        }
    }

    fn first_attempt<T>(
        &self,
        attempt: &impl Fn(&CredentialStore) -> keyring_core::Result<T>,
    ) -> Result<(Arc<CredentialStore>, keyring_core::Result<T>), KeychainError> {
        let store = (self.connect)().map_err(map::unreachable)?;
        let result = attempt(store.as_ref());
        Ok((store, result))
    }
}

impl Default for OsStore {
    fn default() -> Self {
        Self::new()
    }
}

impl SecretStore for OsStore {
    fn get(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        let stored = self.with_entry(account, |entry| entry.get_secret().map(Zeroizing::new))?;
        stored.map(|stored| platform::decode(&stored)).transpose()
    }

    fn set(&self, account: &str, value: &[u8]) -> Result<(), KeychainError> {
        let encoded = platform::encode(value);
        self.with_entry(account, |entry| entry.set_secret(&encoded))?
            .ok_or(KeychainError::Damaged)
    }

    fn delete(&self, account: &str) -> Result<(), KeychainError> {
        self.with_entry(account, Entry::delete_credential).map(drop)
    }

    fn name(&self) -> &'static str {
        platform::NAME
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
