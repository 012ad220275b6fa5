use std::sync::atomic::{AtomicUsize, Ordering};

use keyring_core::mock;

use super::*;

fn failure(text: &str) -> keyring_core::error::PlatformError {
    text.to_owned().into()
}

/// A store whose connection fails as often as asked, and how often it was asked for.
fn flaky(failures: usize) -> (OsStore, Arc<AtomicUsize>, Arc<mock::Store>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let mock = mock::Store::new().unwrap();
    let (counter, kept) = (Arc::clone(&asked), Arc::clone(&mock));
    let connect = move || {
        if counter.fetch_add(1, Ordering::SeqCst) < failures {
            return Err(Error::PlatformFailure(failure("no bus")));
        }
        Ok(Arc::clone(&kept) as Arc<CredentialStore>)
    };
    (OsStore::with(Box::new(connect), &[]), asked, mock)
}

fn fail_next(mock: &mock::Store, account: &str, error: Error) {
    use keyring_core::api::CredentialStoreApi;
    let entry = mock.build(SERVICE, account, None).unwrap();
    let cred: &mock::Cred = entry.as_any().downcast_ref().unwrap();
    cred.set_error(error);
}

#[test]
fn a_missing_keychain_is_tried_again_by_the_next_call() {
    let (store, _, _) = flaky(1);
    assert_eq!(store.get("a"), Err(KeychainError::Missing));
    assert_eq!(store.get("a"), Ok(None), "a first failure is not kept");
}

#[test]
fn a_connection_is_kept_and_replaced_when_it_has_died() {
    let (store, asked, mock) = flaky(0);
    store.set("a", b"secret").unwrap();
    assert!(store.get("a").unwrap().is_some_and(|v| *v == b"secret"));
    assert_eq!(asked.load(Ordering::SeqCst), 1);

    fail_next(
        &mock,
        "a",
        Error::PlatformFailure(failure("connection closed")),
    );
    assert!(
        store.get("a").unwrap().is_some_and(|v| *v == b"secret"),
        "the service was restarted: a new connection answers"
    );
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[test]
fn absent_entries_are_no_failure() {
    let (store, _, _) = flaky(0);
    assert_eq!(store.get("a"), Ok(None));
    assert_eq!(store.delete("a"), Ok(()));
}

#[test]
fn the_librarys_errors_become_ours_and_never_carry_the_secret() {
    let secret = b"hunter2-hunter2".to_vec();
    for (error, expected) in [
        (
            Error::NoStorageAccess(failure("locked")),
            KeychainError::Locked,
        ),
        (
            Error::PlatformFailure(failure("code 31")),
            KeychainError::Other("code 31".into()),
        ),
        (Error::BadEncoding(secret.clone()), KeychainError::Damaged),
        (
            Error::BadDataFormat(secret.clone(), failure("hunter2-hunter2")),
            KeychainError::Damaged,
        ),
        (
            Error::TooLong("secret".into(), 2560),
            KeychainError::TooLong,
        ),
        (Error::Ambiguous(Vec::new()), KeychainError::Ambiguous),
        (Error::NoDefaultStore, KeychainError::Missing),
        (
            Error::Invalid("user".into(), "is empty".into()),
            KeychainError::Other("user is empty".into()),
        ),
    ] {
        let ours = map::failed(error);
        assert!(!format!("{ours:?} {ours}").contains("hunter2"), "{ours:?}");
        assert_eq!(ours, expected);
    }
}

#[test]
fn an_errors_kind_reaches_the_caller() {
    let (store, _, mock) = flaky(0);
    fail_next(&mock, "a", Error::NoStorageAccess(failure("locked")));
    assert_eq!(store.set("a", b"x"), Err(KeychainError::Locked));
    assert_eq!(store.set("a", b"x"), Ok(()), "and it is not kept");
}
