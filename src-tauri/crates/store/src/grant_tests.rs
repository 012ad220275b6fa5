use uuid::Uuid;

use super::*;
use crate::samples::{grant, history, mailbox, registration, store, time, words};

#[test]
fn signing_in_again_keeps_the_identity() {
    let (_dir, store) = store();
    let registration = registration("ERP mail");
    store.registrations().insert(&registration).unwrap();
    let first = grant(&registration, "anna");
    assert_eq!(store.grants().upsert(&first), Ok(first.clone()));
    assert_eq!(store.grants().by_id(first.id), Ok(Some(first.clone())));

    let again = Grant {
        scopes: vec!["offline_access".to_owned()],
        signed_in_at: time("2026-11-21T08:00:00Z"),
        ..grant(&registration, "anna")
    };
    let stored = store.grants().upsert(&again).unwrap();
    assert_eq!(stored.id, first.id);
    assert_eq!(stored.scopes, again.scopes);
    assert_eq!(store.grants().by_id(first.id), Ok(Some(stored.clone())));
    assert_eq!(store.grants().by_id(again.id), Ok(None));

    let other = grant(&registration, "bert");
    assert_eq!(store.grants().upsert(&other), Ok(other.clone()));
    assert_eq!(
        store.grants().of_registration(registration.id),
        Ok(vec![stored, other])
    );
    assert_eq!(
        words(&store)[1..],
        ["grant-added", "grant-signed-in", "grant-added"]
    );
}

#[test]
fn a_grant_dies_and_lives_again_when_it_is_renewed() {
    let (_dir, store) = store();
    let registration = registration("ERP mail");
    store.registrations().insert(&registration).unwrap();
    let alive = store
        .grants()
        .upsert(&grant(&registration, "anna"))
        .unwrap();

    store
        .grants()
        .mark_dead(alive.id, "refresh-token-revoked")
        .unwrap();
    let dead = store.grants().by_id(alive.id).unwrap().unwrap();
    assert_eq!(dead.dead.as_deref(), Some("refresh-token-revoked"));

    let at = time("2026-11-22T09:30:00.000000001Z");
    store.durable().grants().mark_renewed(alive.id, at).unwrap();
    let expected = Grant {
        renewed_at: at,
        ..alive.clone()
    };
    assert_eq!(store.grants().by_id(alive.id), Ok(Some(expected)));
    assert_eq!(words(&store)[2..], ["grant-dead", "grant-renewed"]);
}

#[test]
fn what_a_grant_carries_is_known_before_it_goes() {
    let (_dir, store) = store();
    let registration = registration("ERP mail");
    store.registrations().insert(&registration).unwrap();
    let grant = store
        .grants()
        .upsert(&grant(&registration, "anna"))
        .unwrap();
    let mut mailboxes = ["a@firma.nl", "b@firma.nl"].map(mailbox);
    for mailbox in &mut mailboxes {
        mailbox.grant = Some(grant.id);
        store.mailboxes().insert(mailbox).unwrap();
    }
    assert_eq!(
        store.grants().mailboxes_of(grant.id),
        Ok(mailboxes.to_vec())
    );
    assert_eq!(
        store.grants().delete(grant.id),
        Err(StoreError::InUse {
            what: "sign-in",
            name: "anna@firma.nl".to_owned(),
            by: vec!["a@firma.nl".to_owned(), "b@firma.nl".to_owned()],
        })
    );
    for mailbox in &mailboxes {
        store.mailboxes().set_grant(mailbox.id, None).unwrap();
    }
    store.grants().delete(grant.id).unwrap();
    assert_eq!(store.grants().by_id(grant.id), Ok(None));
    assert_eq!(history(&store).pop().unwrap().what.what, "grant-removed");
}

#[test]
fn a_grant_needs_its_registration_and_its_own_identity() {
    let (_dir, store) = store();
    let registration = registration("ERP mail");
    let stray = grant(&registration, "anna");
    assert!(matches!(
        store.grants().upsert(&stray),
        Err(StoreError::Reference { .. })
    ));
    store.registrations().insert(&registration).unwrap();
    store.grants().upsert(&stray).unwrap();
    let same_id = Grant {
        id: stray.id,
        ..grant(&registration, "bert")
    };
    assert!(matches!(
        store.grants().upsert(&same_id),
        Err(StoreError::Duplicate { .. })
    ));
    let unknown = GrantId(Uuid::nil());
    assert!(matches!(
        store.grants().mark_dead(unknown, "x"),
        Err(StoreError::NotFound { .. })
    ));
}
