use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::{KeychainError, SecretStore};

/// Longest entry, in bytes: the same as Windows Credential Manager, the strictest of the real ones.
const LIMIT: usize = 2_560;

/// A store in memory, for tests: forgets everything with the process, and fails on request.
#[derive(Default)]
pub struct MemoryStore {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    entries: BTreeMap<String, Zeroizing<Vec<u8>>>,
    operations: usize,
    refusing: Option<KeychainError>,
    refused_write: Option<(usize, KeychainError)>,
    stop: Option<Stop>,
    slow: Duration,
}

struct Stop {
    left: usize,
    takes_effect: bool,
}

impl MemoryStore {
    /// An empty store without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every operation fails like this until [`MemoryStore::recover`]: `Locked`, `Missing` and so on.
    pub fn refuse(&self, error: KeychainError) {
        self.lock().refusing = Some(error);
    }

    /// The `nth` write from now (1 is the next `set` or `delete`) fails like this, once and without effect.
    pub fn refuse_write(&self, nth: usize, error: KeychainError) {
        self.lock().refused_write = Some((nth, error));
    }

    /// Whether a write that was to fail is still to come.
    pub fn will_refuse(&self) -> bool {
        self.lock().refused_write.is_some()
    }

    /// As if the process were ended: this many operations still work, all later ones fail. With `takes_effect` the
    /// first that fails has done its work all the same, as when only the answer was lost.
    pub fn stop_after(&self, operations: usize, takes_effect: bool) {
        self.lock().stop = Some(Stop {
            left: operations,
            takes_effect,
        });
    }

    /// Every operation takes this long, or until [`MemoryStore::recover`].
    pub fn slow(&self, by: Duration) {
        self.lock().slow = by;
    }

    /// Ends all faults; operations that were waiting continue at once.
    pub fn recover(&self) {
        let mut state = self.lock();
        state.refusing = None;
        state.refused_write = None;
        state.stop = None;
        state.slow = Duration::ZERO;
        drop(state);
        self.changed.notify_all();
    }

    /// Names of all entries, in order.
    pub fn accounts(&self) -> Vec<String> {
        self.lock().entries.keys().cloned().collect()
    }

    /// How many operations were asked for so far, failed ones included.
    pub fn operations(&self) -> usize {
        self.lock().operations
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits and fails as told; otherwise hands out the state.
    fn operate<T>(
        &self,
        writes: bool,
        work: impl FnOnce(&mut State) -> Result<T, KeychainError>,
    ) -> Result<T, KeychainError> {
        let mut state = self.lock();
        state.operations += 1;
        let slow = state.slow;
        if !slow.is_zero() {
            state = self
                .changed
                .wait_timeout_while(state, slow, |state| !state.slow.is_zero())
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        if let Some(error) = &state.refusing {
            return Err(error.clone());
        }
        if let Some(stop) = &mut state.stop {
            if stop.left == 0 {
                if std::mem::take(&mut stop.takes_effect) {
                    work(&mut state)?;
                }
                return Err(KeychainError::Other("stopped by the test".to_owned()));
            }
            stop.left -= 1;
        }
        if writes && let Some((nth, error)) = state.refused_write.take() {
            if nth <= 1 {
                return Err(error);
            }
            state.refused_write = Some((nth - 1, error));
        }
        work(&mut state)
    }
}

impl SecretStore for MemoryStore {
    fn get(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        self.operate(false, |state| Ok(state.entries.get(account).cloned()))
    }

    fn set(&self, account: &str, value: &[u8]) -> Result<(), KeychainError> {
        self.operate(true, |state| {
            if value.len() > LIMIT {
                return Err(KeychainError::TooLong);
            }
            state
                .entries
                .insert(account.to_owned(), Zeroizing::new(value.to_vec()));
            Ok(())
        })
    }

    fn delete(&self, account: &str) -> Result<(), KeychainError> {
        self.operate(true, |state| {
            state.entries.remove(account);
            Ok(())
        })
    }

    fn name(&self) -> &'static str {
        "memory (tests)"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_as_ordered_and_end_with_recover() {
        let store = MemoryStore::new();
        assert_eq!(store.probe(), Ok(()));
        assert_eq!(
            store.accounts(),
            Vec::<String>::new(),
            "a probe leaves nothing"
        );

        store.refuse(KeychainError::Locked);
        assert_eq!(store.probe(), Err(KeychainError::Locked));
        store.recover();

        store.refuse_write(2, KeychainError::Denied);
        assert_eq!(store.set("a", b"1"), Ok(()));
        assert_eq!(store.set("a", b"2"), Err(KeychainError::Denied));
        assert_eq!(store.set("b", b"3"), Ok(()), "only one write is refused");
        assert!(store.get("a").unwrap().is_some_and(|v| *v == b"1"));

        store.stop_after(0, true);
        assert!(store.delete("a").is_err());
        assert!(store.delete("b").is_err());
        store.recover();
        assert_eq!(store.accounts(), ["b"], "the first one had its effect");
    }

    #[test]
    fn an_entry_has_the_size_that_windows_allows() {
        let store = MemoryStore::new();
        assert_eq!(store.set("a", &[0; LIMIT]), Ok(()));
        assert_eq!(store.set("a", &[0; LIMIT + 1]), Err(KeychainError::TooLong));
    }
}
