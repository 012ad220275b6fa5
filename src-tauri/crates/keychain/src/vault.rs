use std::sync::Arc;

use zeroize::Zeroizing;

use crate::entry::{Entry, Manifest, Slot};
use crate::{KeychainError, SecretBytes, SecretStore};

/// Longest value, in bytes, that one entry holds; longer ones are split. Windows takes 2,560 bytes per entry, and
/// the rest is room for what stores add.
pub const ENTRY_LIMIT: usize = 2_000;

/// Longest value, in bytes, that is accepted at all.
pub const VALUE_LIMIT: usize = MOST_CHUNKS * ENTRY_LIMIT;

const MOST_CHUNKS: usize = 64;

/// How often a read starts again because another process replaced the value meanwhile.
const READ_ATTEMPTS: usize = 4;

/// Values of up to [`VALUE_LIMIT`] bytes over a store of small entries.
///
/// A long value is written as chunks under names that are not in use, then the account's own entry is switched to a
/// manifest of them, then the old chunks are deleted. Whatever happens in between, the account's own entry leads to
/// all of the old value or all of the new one. What an interrupted write left behind is removed by the next one.
///
/// Readers may run beside a writer, in this process or another. Two writers of the *same* account at the same moment
/// are kept apart by the caller; if they are not, reading says [`KeychainError::Damaged`] instead of giving a mix.
pub struct Vault {
    store: Arc<dyn SecretStore>,
}

impl Vault {
    /// A vault over this store.
    pub fn new(store: Arc<dyn SecretStore>) -> Self {
        Self { store }
    }

    /// Reads a value; none if there is none.
    ///
    /// # Errors
    /// The store cannot be used, or [`KeychainError::Damaged`] if length or checksum differ from what was stored.
    pub fn get(&self, account: &str) -> Result<Option<SecretBytes>, KeychainError> {
        let mut before: Option<Zeroizing<Vec<u8>>> = None;
        for _ in 0..READ_ATTEMPTS {
            let Some(head) = self.store.get(account)? else {
                return Ok(None);
            };
            if before.as_ref() == Some(&head) {
                break;
            }
            match Entry::parse(&head) {
                Some(Entry::Value(value)) => return Ok(Some(SecretBytes::new(value))),
                Some(Entry::Manifest(manifest)) => {
                    if let Some(value) = self.join(account, &manifest)? {
                        return Ok(Some(SecretBytes::new(value)));
                    }
                }
                None => break,
            }
            before = Some(head);
        }
        Err(KeychainError::Damaged)
    }

    /// Stores a value in place of an earlier one. Once this returns `Ok` the value is stored; left-overs of the old
    /// one that could not be removed now are removed by the next call.
    ///
    /// # Errors
    /// [`KeychainError::TooLong`] over [`VALUE_LIMIT`]; otherwise what the store says. The old value is then still
    /// readable, unless the very operation that failed did take effect: then the new one is.
    pub fn set(&self, account: &str, value: &[u8]) -> Result<(), KeychainError> {
        if value.len() > VALUE_LIMIT {
            return Err(KeychainError::TooLong);
        }
        let current = self
            .store
            .get(account)?
            .and_then(|head| Entry::parse(&head));
        let slot = match current {
            Some(Entry::Manifest(manifest)) => manifest.slot.other(),
            _ => Slot::A,
        };
        let mut used = 0;
        if value.len() <= ENTRY_LIMIT {
            self.store.set(account, &Entry::of_value(value))?;
        } else {
            for (index, chunk) in value.chunks(ENTRY_LIMIT).enumerate() {
                self.store.set(&slot.chunk(account, index), chunk)?;
                used = index + 1;
            }
            self.store
                .set(account, &Manifest::of(slot, value).to_entry())?;
        }
        // The value is safe. That tidying up fails is no reason to call it unsaved.
        let _ = self
            .sweep(account, slot, used)
            .and_then(|()| self.sweep(account, slot.other(), 0));
        Ok(())
    }

    /// Removes a value with all that belongs to it. That there is none is fine.
    ///
    /// # Errors
    /// What the store says; call again to remove the rest.
    pub fn delete(&self, account: &str) -> Result<(), KeychainError> {
        self.store.delete(account)?;
        self.sweep(account, Slot::A, 0)?;
        self.sweep(account, Slot::B, 0)
    }

    /// Whether the store works; see [`SecretStore::probe`].
    ///
    /// # Errors
    /// The step that failed.
    pub fn probe(&self) -> Result<(), KeychainError> {
        self.store.probe()
    }

    /// All chunks joined; none if one is gone or they do not belong together.
    fn join(
        &self,
        account: &str,
        manifest: &Manifest,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        let mut value = Zeroizing::new(Vec::with_capacity(manifest.chunks * ENTRY_LIMIT));
        for index in 0..manifest.chunks {
            match self.store.get(&manifest.slot.chunk(account, index))? {
                Some(chunk) if chunk.len() <= ENTRY_LIMIT => value.extend_from_slice(&chunk),
                _ => return Ok(None),
            }
        }
        Ok(manifest.describes(&value).then_some(value))
    }

    /// Deletes the chunks of a set from an index on. Chunks are written upwards and deleted downwards, so that what
    /// an interruption leaves has no gap and the first absent one ends the search.
    fn sweep(&self, account: &str, slot: Slot, from: usize) -> Result<(), KeychainError> {
        let mut end = from;
        while end < MOST_CHUNKS && self.store.get(&slot.chunk(account, end))?.is_some() {
            end += 1;
        }
        for index in (from..end).rev() {
            self.store.delete(&slot.chunk(account, index))?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "vault_tests.rs"]
mod tests;
