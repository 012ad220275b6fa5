//! Windows Credential Manager.

use std::error::Error;
use std::sync::Arc;

use keyring_core::CredentialStore;
use zeroize::Zeroizing;

use super::codes;
use crate::KeychainError;

pub(super) const NAME: &str = "Windows Credential Manager";
/// Entries stay on this computer: the default would let them roam with the profile.
pub(super) const MODIFIERS: &[(&str, &str)] = &[("persistence", "Local")];

pub(super) fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

pub(super) fn encode(value: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(value.to_vec())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the same signature on every system"
)]
pub(super) fn decode(stored: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeychainError> {
    Ok(encode(stored))
}

/// What the system's error number means; none where it means nothing in particular. The library's type is private,
/// the number is in its text.
pub(super) fn reason(cause: &(dyn Error + 'static)) -> Option<KeychainError> {
    codes::of_windows(&cause.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use crate::{OsStore, SecretStore, Vault};

    #[test]
    fn ten_kilobytes_survive_the_round_trip_and_leave_nothing_behind() {
        let account = format!("test/{}/password", Uuid::new_v4());
        let value: Vec<u8> = (0..10_240_u32)
            .map(|i| u8::try_from(i % 251).unwrap())
            .collect();
        let store = Arc::new(OsStore::new());
        let vault = Vault::new(store.clone());

        vault.set(&account, &value).unwrap();
        assert_eq!(vault.get(&account).unwrap().unwrap().expose(), value);
        vault.set(&account, b"short").unwrap();
        assert_eq!(vault.get(&account).unwrap().unwrap().expose(), b"short");
        for letter in ["a", "b"] {
            let chunk = format!("{account}/{letter}0");
            assert_eq!(store.get(&chunk), Ok(None), "{chunk} is stale");
        }
        vault.delete(&account).unwrap();
        assert_eq!(store.get(&account), Ok(None));
    }

    #[test]
    fn a_value_of_every_size_survives_and_what_an_interruption_left_goes() {
        let account = format!("test/{}/grant", Uuid::new_v4());
        let store = Arc::new(OsStore::new());
        let vault = Vault::new(store.clone());
        for size in [0, 1, 2_000, 2_001, 4_000, 4_001, 20_000] {
            // As if a program had been ended while it wrote a longer value: chunks that no manifest names.
            for chunk in ["a0", "a1", "b0", "b1"] {
                let name = format!("{account}/{chunk}");
                if store.get(&name).unwrap().is_none() {
                    store.set(&name, b"left over").unwrap();
                }
            }
            let value: Vec<u8> = (0..size).map(|i| u8::try_from(i % 256).unwrap()).collect();
            vault.set(&account, &value).unwrap();
            assert_eq!(
                vault.get(&account).unwrap().unwrap().expose(),
                value,
                "{size}"
            );
        }
        vault.set(&account, b"short").unwrap();
        for letter in ["a", "b"] {
            let chunk = format!("{account}/{letter}0");
            assert_eq!(store.get(&chunk), Ok(None), "{chunk} is stale");
        }
        vault.delete(&account).unwrap();
        assert_eq!(store.get(&account), Ok(None));
    }

    #[test]
    fn a_value_over_the_limit_is_refused_whole_and_the_old_one_stays() {
        let account = format!("test/{}/grant", Uuid::new_v4());
        let vault = Vault::new(Arc::new(OsStore::new()));
        vault.set(&account, b"old").unwrap();
        let too_long = vec![1; crate::VALUE_LIMIT + 1];
        assert_eq!(
            vault.set(&account, &too_long),
            Err(crate::KeychainError::TooLong)
        );
        assert_eq!(vault.get(&account).unwrap().unwrap().expose(), b"old");
        vault.delete(&account).unwrap();
    }

    #[test]
    fn the_probe_passes_and_an_entry_stays_on_this_computer() {
        assert_eq!(OsStore::new().probe(), Ok(()));
        let account = format!("test/{}", Uuid::new_v4());
        let store = OsStore::new();
        store.set(&account, b"x").unwrap();
        let persistence = super::connect()
            .and_then(|s| s.build(super::super::SERVICE, &account, None))
            .and_then(|entry| entry.get_attributes())
            .unwrap()
            .remove("persistence");
        store.delete(&account).unwrap();
        assert_eq!(persistence.as_deref(), Some("Local"));
    }

    #[test]
    fn an_entry_that_is_too_long_keeps_the_old_one() {
        let account = format!("test/{}", Uuid::new_v4());
        let store = OsStore::new();
        store.set(&account, b"old").unwrap();
        assert_eq!(
            store.set(&account, &[0; 2_561]),
            Err(crate::KeychainError::TooLong)
        );
        assert!(store.get(&account).unwrap().is_some_and(|v| *v == b"old"));
        store.delete(&account).unwrap();
    }
}
