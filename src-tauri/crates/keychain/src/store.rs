use uuid::Uuid;
use zeroize::Zeroizing;

use crate::KeychainError;

/// A place that keeps small secrets under names. Every call may block for as long as a person takes to type a
/// password, so none of them belongs on an asynchronous thread: use [`crate::Keychain`] there.
pub trait SecretStore: Send + Sync {
    /// Reads the entry of an account; none if there is no such entry.
    ///
    /// # Errors
    /// The store cannot be used, or has several entries of that name.
    fn get(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError>;

    /// Creates or replaces the entry of an account. At most 2,560 bytes fit everywhere.
    ///
    /// # Errors
    /// The store cannot be used or refuses the value; an earlier value is then still there.
    fn set(&self, account: &str, value: &[u8]) -> Result<(), KeychainError>;

    /// Removes the entry of an account. That there is none is fine.
    ///
    /// # Errors
    /// The store cannot be used.
    fn delete(&self, account: &str) -> Result<(), KeychainError>;

    /// What people call this store.
    fn name(&self) -> &'static str;

    /// Writes a throwaway entry, reads it back and deletes it: whether this store works, found out before anything
    /// depends on it. The value has bytes that stores without real binary entries lose.
    ///
    /// # Errors
    /// The first of the three steps that failed; [`KeychainError::Damaged`] if something else came back.
    fn probe(&self) -> Result<(), KeychainError> {
        let account = format!("probe/{}", Uuid::new_v4());
        let mut value = Uuid::new_v4().into_bytes().to_vec();
        value.extend([0, b'\n', 0x7f, 0x80, 0xff]);
        self.set(&account, &value)?;
        let found = self.get(&account);
        let removed = self.delete(&account);
        if found?.is_none_or(|found| *found != value) {
            return Err(KeychainError::Damaged);
        }
        removed
    }
}
