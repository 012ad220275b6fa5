use std::future::Future;

use tokio::task::JoinHandle;
use tokio::time;

use super::*;
use crate::MemoryStore;

const PLENTY: Duration = Duration::from_secs(60);

fn keychain() -> (Arc<MemoryStore>, Keychain) {
    let store = Arc::new(MemoryStore::new());
    let keychain = Keychain::open(store.clone(), Uuid::from_u128(7), PLENTY);
    (store, keychain)
}

fn owner() -> Uuid {
    Uuid::from_u128(1)
}

async fn read(keychain: &Keychain, kind: &Kind) -> Option<Vec<u8>> {
    let found = keychain.get(owner(), kind).await.unwrap();
    found.map(|secret| secret.expose().to_vec())
}

/// Begins a call that hangs in the store.
async fn hanging<T: Send + 'static>(
    store: &MemoryStore,
    call: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<T> {
    let before = store.operations();
    let call = tokio::spawn(call);
    while store.operations() == before {
        tokio::task::yield_now().await;
    }
    call
}

/// Lets the time limit of a call that hangs pass, without waiting for it.
async fn out_of_time<T>(call: JoinHandle<T>) -> T {
    time::pause();
    time::advance(PLENTY + Duration::from_secs(1)).await;
    let result = call.await.unwrap();
    time::resume();
    result
}

/// Until all threads that were given up have come back.
async fn all_back(keychain: &Keychain) {
    while keychain.shared.stuck.load(Ordering::SeqCst) > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn secrets_are_kept_apart_by_owner_and_kind() {
    let (store, keychain) = keychain();
    let access = Kind::AccessToken("https://outlook.office.com".into());
    keychain
        .set(owner(), &Kind::GrantToken, b"refresh")
        .await
        .unwrap();
    keychain.set(owner(), &access, b"access").await.unwrap();
    assert_eq!(
        read(&keychain, &Kind::GrantToken).await,
        Some(b"refresh".to_vec())
    );
    assert_eq!(read(&keychain, &access).await, Some(b"access".to_vec()));
    assert_eq!(read(&keychain, &Kind::Password).await, None);
    let prefix = format!("{}/{}/", Uuid::from_u128(7), owner());
    assert!(store.accounts().iter().all(|a| a.starts_with(&prefix)));

    keychain.delete(owner(), &access).await.unwrap();
    assert_eq!(read(&keychain, &access).await, None);
    assert_eq!(keychain.delete(owner(), &access).await, Ok(()));
}

#[tokio::test]
async fn all_secrets_of_an_owner_go_and_others_stay() {
    let (store, keychain) = keychain();
    let other = Uuid::from_u128(2);
    keychain.set(other, &Kind::Password, b"kept").await.unwrap();
    for kind in [
        Kind::GrantToken,
        Kind::ClientSecret,
        Kind::Password,
        Kind::AccessToken("https://graph.microsoft.com".into()),
        Kind::AccessToken("https://outlook.office.com".into()),
    ] {
        keychain.set(owner(), &kind, &[b'x'; 5_000]).await.unwrap();
    }
    keychain.delete_all(owner()).await.unwrap();
    assert_eq!(
        store.accounts(),
        [format!("{}/{other}/password", Uuid::from_u128(7))]
    );
}

#[tokio::test]
async fn access_tokens_go_alone() {
    let (store, keychain) = keychain();
    for kind in [
        Kind::GrantToken,
        Kind::AccessToken("https://graph.microsoft.com".into()),
        Kind::AccessToken("https://outlook.office.com".into()),
    ] {
        keychain.set(owner(), &kind, &[b'x'; 5_000]).await.unwrap();
    }
    keychain.delete_access(owner()).await.unwrap();
    let names = store.accounts();
    assert!(
        names.iter().all(|name| name.contains("/grant")),
        "{names:?}"
    );
    assert!(read(&keychain, &Kind::GrantToken).await.is_some());
}

#[tokio::test]
async fn a_failed_removal_of_everything_can_be_repeated() {
    for failing in 1..=7 {
        let (store, keychain) = keychain();
        let access = Kind::AccessToken("r".into());
        keychain.set(owner(), &access, b"a").await.unwrap();
        keychain
            .set(owner(), &Kind::GrantToken, b"g")
            .await
            .unwrap();
        store.refuse_write(failing, KeychainError::Locked);
        let first = keychain.delete_all(owner()).await;
        store.recover();
        assert_eq!(first.is_err(), failing <= 6, "{failing}");
        keychain.delete_all(owner()).await.unwrap();
        assert_eq!(store.accounts(), Vec::<String>::new(), "{failing}");
    }
}

#[tokio::test]
async fn a_call_that_hangs_is_given_up_and_the_next_one_gets_a_new_thread() {
    let (store, keychain) = keychain();
    keychain
        .set(owner(), &Kind::Password, b"old")
        .await
        .unwrap();
    store.slow(PLENTY);
    let late = keychain.clone();
    let call = hanging(&store, async move {
        late.set(owner(), &Kind::Password, b"late").await
    })
    .await;
    assert_eq!(out_of_time(call).await, Err(KeychainError::TimedOut));
    let at_give_up = store.operations();
    store.recover();
    all_back(&keychain).await;
    assert_eq!(
        store.operations(),
        at_give_up,
        "what was given up does nothing more"
    );
    assert_eq!(
        read(&keychain, &Kind::Password).await,
        Some(b"old".to_vec()),
        "a late write must not undo a newer one"
    );
}

#[tokio::test]
async fn after_three_hanging_calls_further_ones_fail_at_once_until_one_comes_back() {
    let (store, keychain) = keychain();
    store.slow(PLENTY);
    for _ in 0..MAX_ABANDONED {
        let clone = keychain.clone();
        let call = hanging(&store, async move { clone.probe().await }).await;
        assert_eq!(out_of_time(call).await, Err(KeychainError::TimedOut));
    }
    let before = store.operations();
    assert_eq!(before, MAX_ABANDONED, "every one had a thread of its own");
    assert_eq!(keychain.probe().await, Err(KeychainError::TimedOut));
    assert_eq!(store.operations(), before, "the fourth was not even tried");

    store.recover();
    all_back(&keychain).await;
    assert_eq!(keychain.probe().await, Ok(()));
}

#[tokio::test]
async fn who_waits_behind_a_hanging_call_has_a_time_limit_too() {
    let (store, keychain) = keychain();
    store.slow(PLENTY);
    let (first, second) = (keychain.clone(), keychain.clone());
    let first = hanging(&store, async move { first.probe().await }).await;
    let second = tokio::spawn(async move { second.probe().await });
    tokio::task::yield_now().await;
    assert_eq!(out_of_time(second).await, Err(KeychainError::TimedOut));
    assert_eq!(first.await.unwrap(), Err(KeychainError::TimedOut));
    store.recover();
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_the_keychain_usable() {
    let (store, keychain) = keychain();
    store.slow(PLENTY);
    let clone = keychain.clone();
    let call = hanging(&store, async move {
        clone.set(owner(), &Kind::Password, b"typed").await
    })
    .await;
    call.abort();
    assert!(call.await.is_err_and(|error| error.is_cancelled()));
    store.recover();
    assert_eq!(
        read(&keychain, &Kind::Password).await,
        Some(b"typed".to_vec()),
        "what was begun is finished, and the next call comes after it"
    );
}

#[tokio::test]
async fn callers_at_the_same_time_all_get_their_answer() {
    let (_, keychain) = keychain();
    let mut calls = tokio::task::JoinSet::new();
    for i in 0..20_u8 {
        let keychain = keychain.clone();
        calls.spawn(async move {
            let owner = Uuid::from_u128(u128::from(i));
            let value = vec![i; 3_000];
            keychain.set(owner, &Kind::GrantToken, &value).await?;
            let found = keychain.get(owner, &Kind::GrantToken).await?;
            Ok::<_, KeychainError>(found.is_some_and(|f| f.expose() == value))
        });
    }
    while let Some(call) = calls.join_next().await {
        assert_eq!(call.unwrap(), Ok(true));
    }
}

/// A store whose code fails.
struct Panicking;

impl SecretStore for Panicking {
    fn get(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        panic!("planted")
    }

    fn set(&self, _: &str, _: &[u8]) -> Result<(), KeychainError> {
        Ok(())
    }

    fn delete(&self, _: &str) -> Result<(), KeychainError> {
        Ok(())
    }

    fn name(&self) -> &'static str {
        "panicking"
    }
}

#[tokio::test]
async fn a_thread_that_ends_is_an_error_and_not_the_end() {
    let keychain = Keychain::open(Arc::new(Panicking), Uuid::nil(), PLENTY);
    for _ in 0..5 {
        let result = keychain.get(owner(), &Kind::Password).await;
        assert!(matches!(result, Err(KeychainError::Other(_))));
    }
    assert_eq!(keychain.shared.stuck.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn errors_come_through_as_they_are() {
    let (store, keychain) = keychain();
    for error in [
        KeychainError::Locked,
        KeychainError::Missing,
        KeychainError::Denied,
        KeychainError::Ambiguous,
    ] {
        store.refuse(error.clone());
        assert_eq!(keychain.probe().await, Err(error.clone()));
        assert_eq!(
            keychain.set(owner(), &Kind::Password, b"x").await,
            Err(error)
        );
    }
}
