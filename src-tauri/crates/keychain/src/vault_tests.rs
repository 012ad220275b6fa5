use proptest::prelude::*;

use super::*;
use crate::MemoryStore;

const ACCOUNT: &str = "d/o/grant";
/// Around every limit: one entry, one chunk more, the same number of chunks, many.
const SIZES: [usize; 8] = [0, 1, 2_000, 2_001, 4_000, 4_001, 8_000, 10_240];

fn vault() -> (Arc<MemoryStore>, Vault) {
    let store = Arc::new(MemoryStore::new());
    (Arc::clone(&store), Vault::new(store))
}

fn value(size: usize, seed: usize) -> Vec<u8> {
    (0..size)
        .map(|i| u8::try_from((i * 31 + seed * 7) % 251).unwrap())
        .collect()
}

fn read(vault: &Vault) -> Option<Vec<u8>> {
    vault
        .get(ACCOUNT)
        .unwrap()
        .map(|found| found.expose().to_vec())
}

/// Entries that a value of this size has when nothing else is left.
fn entries_of(size: usize) -> usize {
    if size <= ENTRY_LIMIT {
        1
    } else {
        1 + size.div_ceil(ENTRY_LIMIT)
    }
}

#[test]
fn a_replacement_ended_at_any_operation_leaves_the_old_or_the_new_value() {
    for old_size in SIZES {
        for new_size in SIZES {
            for takes_effect in [false, true] {
                replace_with_stops(old_size, new_size, takes_effect);
            }
        }
    }
}

fn replace_with_stops(old_size: usize, new_size: usize, takes_effect: bool) {
    let (old, new, third) = (value(old_size, 1), value(new_size, 2), value(4_500, 3));
    for stop in 0.. {
        let case = format!("{old_size} to {new_size}, ended after {stop} ({takes_effect})");
        let (store, vault) = vault();
        vault.set(ACCOUNT, &old).unwrap();
        store.stop_after(stop, takes_effect);
        let result = vault.set(ACCOUNT, &new);
        let finished = store.get(ACCOUNT).is_ok();
        store.recover();

        let found = read(&vault).unwrap_or_else(|| panic!("{case}: both are lost"));
        assert!(found == old || found == new, "{case}: neither old nor new");
        if result.is_ok() {
            assert!(found == new, "{case}: said to be stored, and was not");
        }

        vault.set(ACCOUNT, &third).unwrap();
        assert_eq!(read(&vault), Some(third.clone()), "{case}");
        assert_eq!(
            store.accounts().len(),
            entries_of(third.len()),
            "{case}: the next write did not remove what was left"
        );
        if finished {
            break;
        }
    }
}

#[test]
fn a_deletion_ended_at_any_operation_can_be_completed() {
    for size in SIZES {
        for stop in 0..12 {
            let (store, vault) = vault();
            vault.set(ACCOUNT, &value(size, 1)).unwrap();
            store.stop_after(stop, true);
            let _ = vault.delete(ACCOUNT);
            store.recover();
            vault.delete(ACCOUNT).unwrap();
            assert_eq!(store.accounts(), Vec::<String>::new(), "{size}, {stop}");
        }
    }
}

#[test]
fn a_value_that_shrinks_leaves_nothing_behind() {
    let (store, vault) = vault();
    for size in [10_240, 4_001, 10_240, 7] {
        vault.set(ACCOUNT, &value(size, size)).unwrap();
        assert_eq!(read(&vault), Some(value(size, size)));
        assert_eq!(store.accounts().len(), entries_of(size), "{size}");
    }
}

#[test]
fn a_chunk_that_is_gone_or_changed_is_damage_and_can_be_replaced() {
    let (store, vault) = vault();
    for spoil in [
        &|s: &MemoryStore| s.delete(&format!("{ACCOUNT}/a1")).unwrap(),
        &|s: &MemoryStore| s.set(&format!("{ACCOUNT}/a0"), b"other").unwrap(),
        &|s: &MemoryStore| s.set(ACCOUNT, b"").unwrap(),
        &|s: &MemoryStore| s.set(ACCOUNT, b"m{}").unwrap(),
        &|s: &MemoryStore| s.set(ACCOUNT, b"written by somebody else").unwrap(),
    ] as [&dyn Fn(&MemoryStore); 5]
    {
        vault.delete(ACCOUNT).unwrap();
        vault.set(ACCOUNT, &value(6_000, 1)).unwrap();
        spoil(&store);
        assert_eq!(
            vault.get(ACCOUNT).map(drop),
            Err(KeychainError::Damaged),
            "a mix must not be returned"
        );
        vault.set(ACCOUNT, b"new").unwrap();
        assert_eq!(read(&vault), Some(b"new".to_vec()));
    }
}

#[test]
fn a_manifest_cannot_ask_for_more_than_there_may_be() {
    let (store, vault) = vault();
    let huge = br#"m{"slot":"a","chunks":4000000000,"length":8000000000000,"sha256":""}"#;
    store.set(ACCOUNT, huge).unwrap();
    assert_eq!(vault.get(ACCOUNT).map(drop), Err(KeychainError::Damaged));
    assert!(store.operations() < 10, "no chunk was looked for");
}

#[test]
fn the_longest_value_fits_and_one_byte_more_changes_nothing() {
    let (_, vault) = vault();
    let longest = value(VALUE_LIMIT, 1);
    vault.set(ACCOUNT, &longest).unwrap();
    assert_eq!(
        vault.set(ACCOUNT, &value(VALUE_LIMIT + 1, 2)),
        Err(KeychainError::TooLong)
    );
    assert_eq!(read(&vault), Some(longest));
}

#[test]
fn one_refused_write_keeps_the_old_value_and_its_reason() {
    let (store, vault) = vault();
    vault.set(ACCOUNT, &value(5_000, 1)).unwrap();
    for nth in 1..=4 {
        store.refuse_write(nth, KeychainError::Denied);
        assert_eq!(
            vault.set(ACCOUNT, &value(5_000, 2)),
            Err(KeychainError::Denied)
        );
        assert_eq!(read(&vault), Some(value(5_000, 1)), "write {nth}");
    }
}

#[test]
fn that_tidying_up_fails_does_not_make_a_stored_value_unsaved() {
    let (store, vault) = vault();
    vault.set(ACCOUNT, &value(5_000, 1)).unwrap();
    store.refuse_write(2, KeychainError::Locked);
    assert_eq!(vault.set(ACCOUNT, b"new"), Ok(()));
    assert_eq!(read(&vault), Some(b"new".to_vec()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_values_reads_back(
        values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..10_240), 1..6),
    ) {
        let (store, vault) = vault();
        for value in &values {
            vault.set(ACCOUNT, value).unwrap();
            prop_assert!(read(&vault).is_some_and(|found| found == *value));
            prop_assert_eq!(store.accounts().len(), entries_of(value.len()));
        }
        vault.delete(ACCOUNT).unwrap();
        prop_assert_eq!(read(&vault), None);
        prop_assert_eq!(store.accounts().len(), 0);
    }

    #[test]
    fn any_sequence_of_ended_writes_keeps_a_value_that_was_written(
        steps in prop::collection::vec((0_usize..10_240, 0_usize..16, any::<bool>()), 1..8),
    ) {
        let (store, vault) = vault();
        let mut possible = vec![value(3_000, 99)];
        vault.set(ACCOUNT, &possible[0]).unwrap();
        for (seed, (size, stop, takes_effect)) in steps.into_iter().enumerate() {
            store.stop_after(stop, takes_effect);
            let new = value(size, seed);
            let stored = vault.set(ACCOUNT, &new).is_ok();
            store.recover();
            if stored { possible.clear(); }
            possible.push(new);
            let found = read(&vault);
            prop_assert!(found.is_some_and(|found| possible.contains(&found)));
        }
    }
}
