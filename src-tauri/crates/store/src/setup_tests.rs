use super::*;
use crate::samples::{grant, mailbox, registration, store, time, words};

fn setup(changed: &str) -> Setup {
    Setup {
        id: SetupId(Uuid::new_v4()),
        mailbox: None,
        grant: None,
        step: "address".to_owned(),
        form: json!({ "address": "anna@fir" }),
        confirmed: None,
        started: time("2026-11-21T08:00:00Z"),
        changed: time(changed),
    }
}

#[test]
fn every_field_reads_back_and_the_latest_is_first() {
    let (_dir, store) = store();
    let registration = registration("ERP mail");
    store.registrations().insert(&registration).unwrap();
    let grant = store
        .grants()
        .upsert(&grant(&registration, "anna"))
        .unwrap();
    let mailbox = mailbox("anna@firma.nl");
    store.mailboxes().insert(&mailbox).unwrap();
    let bare = setup("2026-11-21T08:00:00.5Z");
    let full = Setup {
        mailbox: Some(mailbox.id),
        grant: Some(grant.id),
        confirmed: Some(json!({ "address": "anna@firma.nl" })),
        ..setup("2026-11-21T09:00:00Z")
    };
    for setup in [&bare, &full] {
        store.setups().insert(setup).unwrap();
    }
    assert_eq!(store.setups().list(), Ok(vec![full.clone(), bare.clone()]));
    assert_eq!(
        store.setups().of_mailbox(mailbox.id),
        Ok(vec![full.clone()])
    );
    assert_eq!(store.setups().of_grant(grant.id), Ok(vec![full.clone()]));
    assert_eq!(store.setups().by_id(bare.id), Ok(Some(bare)));
    assert!(matches!(
        store.setups().insert(&full),
        Err(StoreError::Duplicate { .. })
    ));
}

#[test]
fn what_was_typed_is_kept_and_leaves_mailbox_and_sign_in_alone() {
    let (_dir, store) = store();
    let registration = registration("ERP mail");
    store.registrations().insert(&registration).unwrap();
    let grant = store
        .grants()
        .upsert(&grant(&registration, "anna"))
        .unwrap();
    let mut mailbox = mailbox("anna@firma.nl");
    let mut expected = setup("2026-11-21T08:00:00Z");
    let setups = store.setups();
    setups.insert(&expected).unwrap();
    setups.set_grant(expected.id, Some(grant.id)).unwrap();
    let at = time("2026-11-21T08:04:00Z");
    let confirmed = json!({ "address": "anna@firma.nl" });
    for name in ["Anna", "Anna Sales"] {
        name.clone_into(&mut mailbox.account_name);
        setups
            .confirm(expected.id, &mailbox, &confirmed, at)
            .unwrap();
        assert_eq!(store.mailboxes().list(), Ok(vec![mailbox.clone()]));
    }
    expected.confirmed = Some(confirmed);
    let form = json!({ "address": "anna@firma.nl", "senders": ["a", "b"] });
    let later = time("2026-11-21T08:05:00Z");
    setups.save(expected.id, "confirm", &form, later).unwrap();
    expected.grant = Some(grant.id);
    expected.mailbox = Some(mailbox.id);
    expected.step = "confirm".to_owned();
    expected.form = form;
    expected.changed = later;
    assert_eq!(setups.by_id(expected.id), Ok(Some(expected.clone())));
    setups.set_grant(expected.id, None).unwrap();
    setups.delete(expected.id).unwrap();
    assert_eq!(setups.list(), Ok(Vec::new()));
    assert_eq!(store.mailboxes().list().unwrap().len(), 1, "it stays");
    assert_eq!(
        words(&store)[4..],
        [
            "mailbox-added",
            "mailbox-changed",
            "setup-grant",
            "setup-ended"
        ]
    );
}

#[test]
fn a_mailbox_that_cannot_be_saved_leaves_the_set_up_without_it() {
    let (_dir, store) = store();
    let begun = setup("2026-11-21T08:00:00Z");
    store.setups().insert(&begun).unwrap();
    store.mailboxes().insert(&mailbox("anna@firma.nl")).unwrap();
    let twice = mailbox("Anna@firma.nl");
    let result = store
        .setups()
        .confirm(begun.id, &twice, &json!({}), begun.changed);
    assert!(
        matches!(result, Err(StoreError::Duplicate { .. })),
        "{result:?}"
    );
    assert_eq!(store.setups().list(), Ok(vec![begun]));
}

#[test]
fn a_set_up_ends_with_its_mailbox_and_keeps_its_grant_from_being_deleted() {
    let (_dir, store) = store();
    let registration = registration("ERP mail");
    store.registrations().insert(&registration).unwrap();
    let grant = store
        .grants()
        .upsert(&grant(&registration, "anna"))
        .unwrap();
    let mailbox = mailbox("anna@firma.nl");
    store.mailboxes().insert(&mailbox).unwrap();
    let begun = Setup {
        mailbox: Some(mailbox.id),
        grant: Some(grant.id),
        ..setup("2026-11-21T08:00:00Z")
    };
    store.setups().insert(&begun).unwrap();
    assert!(matches!(
        store.grants().delete(grant.id),
        Err(StoreError::Reference { .. })
    ));
    store.mailboxes().delete(mailbox.id).unwrap();
    assert_eq!(store.setups().list(), Ok(Vec::new()));
    assert_eq!(store.grants().delete(grant.id), Ok(()));
}

#[test]
fn what_is_not_there_is_named() {
    let (_dir, store) = store();
    let missing = SetupId(Uuid::nil());
    let expected = StoreError::NotFound {
        what: "set-up",
        id: missing.to_string(),
    };
    let setups = store.setups();
    assert_eq!(setups.by_id(missing), Ok(None));
    assert_eq!(setups.delete(missing), Err(expected.clone()));
    assert_eq!(setups.set_grant(missing, None), Err(expected.clone()));
    let at = time("2026-11-21T08:00:00Z");
    assert_eq!(
        setups.save(missing, "address", &json!({}), at),
        Err(expected)
    );
    let lost = Setup {
        mailbox: Some(MailboxId(Uuid::nil())),
        ..setup("2026-11-21T08:00:00Z")
    };
    assert!(matches!(
        setups.insert(&lost),
        Err(StoreError::Reference { .. })
    ));
}
