use mailwright_domain::{AuthKind, Endpoint, FoundIn, Protocol, Provider, Security, SendVia};
use uuid::Uuid;

use super::*;
use crate::samples::{address, grant, history, mailbox, registration, store, words};

#[test]
fn every_field_reads_back_and_lists_keep_their_order() {
    let (_dir, store) = store();
    let registration = registration("ERP mail");
    store.registrations().insert(&registration).unwrap();
    let grant = store
        .grants()
        .upsert(&grant(&registration, "anna"))
        .unwrap();
    let full = Mailbox {
        registration: Some(registration.id),
        grant: Some(grant.id),
        status: Status::WaitingForAdmin,
        sender_name: "Firma “Noord” B.V.".to_owned(),
        ..mailbox("Orders@Müller.example")
    };
    let bare = Mailbox {
        senders: Vec::new(),
        provider: Provider::Custom,
        purpose: Purpose {
            send: false,
            receive: true,
            via: SendVia::Graph,
        },
        endpoints: vec![Endpoint {
            protocol: Protocol::Pop3,
            host: "::1".to_owned(),
            port: 65_535,
            security: Security::Plain,
            source: FoundIn::BuiltIn,
        }],
        auth: AuthKind::Password,
        ..mailbox("a@firma.nl")
    };
    store.mailboxes().insert(&full).unwrap();
    store.mailboxes().insert(&bare).unwrap();
    assert_eq!(store.mailboxes().list(), Ok(vec![bare, full.clone()]));
    assert_eq!(store.mailboxes().by_id(full.id), Ok(Some(full.clone())));
    for same in ["orders@xn--mller-kva.example", "ORDERS@müller.example"] {
        assert_eq!(
            store.mailboxes().by_address(&address(same)),
            Ok(Some(full.clone())),
            "{same}"
        );
    }
    assert_eq!(
        store.mailboxes().by_address(&address("b@firma.nl")),
        Ok(None)
    );
}

#[test]
fn an_address_is_there_once() {
    let (_dir, store) = store();
    store
        .mailboxes()
        .insert(&mailbox("orders@firma.nl"))
        .unwrap();
    let taken = StoreError::Duplicate {
        what: "mailbox",
        name: "Orders@firma.nl".to_owned(),
    };
    assert_eq!(
        store.mailboxes().insert(&mailbox("Orders@FIRMA.nl")),
        Err(taken.clone())
    );
    let mut other = mailbox("invoices@firma.nl");
    store.mailboxes().insert(&other).unwrap();
    other.address = address("Orders@firma.nl");
    assert_eq!(store.mailboxes().update(&other), Err(taken));
}

#[test]
fn two_servers_of_one_protocol_are_refused_and_nothing_is_kept() {
    let (_dir, store) = store();
    let mut wrong = mailbox("orders@firma.nl");
    wrong.endpoints.push(wrong.endpoints[0].clone());
    let result = store.mailboxes().insert(&wrong);
    assert!(
        matches!(result, Err(StoreError::Duplicate { .. })),
        "{result:?}"
    );
    assert_eq!(store.mailboxes().list(), Ok(Vec::new()));
    assert_eq!(words(&store), Vec::<String>::new());
}

#[test]
fn a_registration_or_grant_that_is_not_there_is_refused() {
    let (_dir, store) = store();
    let missing = |result| matches!(result, Err(StoreError::Reference { .. }));
    let wrong = Mailbox {
        registration: Some(RegistrationId(Uuid::nil())),
        ..mailbox("orders@firma.nl")
    };
    assert!(missing(store.mailboxes().insert(&wrong)));
    let right = mailbox("orders@firma.nl");
    store.mailboxes().insert(&right).unwrap();
    assert!(missing(
        store
            .mailboxes()
            .set_grant(right.id, Some(GrantId(Uuid::nil())))
    ));
}

#[test]
fn status_and_grant_change_alone_and_are_recorded() {
    let (_dir, store) = store();
    let registration = registration("ERP mail");
    store.registrations().insert(&registration).unwrap();
    let grant = store
        .grants()
        .upsert(&grant(&registration, "anna"))
        .unwrap();
    let mut expected = mailbox("orders@firma.nl");
    store.mailboxes().insert(&expected).unwrap();

    let mailboxes = store.mailboxes();
    mailboxes.set_grant(expected.id, Some(grant.id)).unwrap();
    mailboxes.set_status(expected.id, Status::Working).unwrap();
    mailboxes.set_status(expected.id, Status::Working).unwrap();
    expected.grant = Some(grant.id);
    expected.status = Status::Working;
    assert_eq!(mailboxes.by_id(expected.id), Ok(Some(expected.clone())));
    mailboxes.set_grant(expected.id, None).unwrap();
    expected.grant = None;
    assert_eq!(mailboxes.by_id(expected.id), Ok(Some(expected.clone())));

    assert_eq!(
        words(&store)[2..],
        [
            "mailbox-added",
            "mailbox-grant",
            "mailbox-status",
            "mailbox-grant"
        ]
    );
    let status = history(&store).swap_remove(4).what;
    assert_eq!(status.name, "orders@firma.nl");
    assert_eq!(status.before, Some(json!({ "status": "not-started" })));
    assert_eq!(status.after, Some(json!({ "status": "working" })));
}

#[test]
fn the_last_change_of_settings_is_known_and_a_status_is_none() {
    let (_dir, store) = store();
    let mut changed = mailbox("orders@firma.nl");
    let mailboxes = store.mailboxes();
    assert_eq!(mailboxes.last_changed(changed.id), Ok(None));
    mailboxes.insert(&changed).unwrap();
    let added = mailboxes.last_changed(changed.id).unwrap();
    mailboxes.set_status(changed.id, Status::Working).unwrap();
    assert_eq!(mailboxes.last_changed(changed.id), Ok(added));
    changed.endpoints.truncate(1);
    mailboxes.update(&changed).unwrap();
    assert!(mailboxes.last_changed(changed.id).unwrap() > added);
}

#[test]
fn an_update_replaces_servers_and_senders() {
    let (_dir, store) = store();
    let mut changed = mailbox("orders@firma.nl");
    store.mailboxes().insert(&changed).unwrap();
    changed.address = address("sales@firma.nl");
    changed.senders.reverse();
    changed.endpoints.truncate(1);
    changed.endpoints[0].port = 2525;
    store.mailboxes().update(&changed).unwrap();
    assert_eq!(store.mailboxes().list(), Ok(vec![changed]));
    let last = history(&store).pop().unwrap().what;
    assert_eq!(last.what, "mailbox-changed");
    assert_eq!(last.before.unwrap()["endpoints"][0]["port"], 587);
    assert_eq!(last.after.unwrap()["endpoints"][0]["port"], 2525);
}

#[test]
fn a_removed_mailbox_leaves_its_history_only() {
    let (_dir, store) = store();
    let gone = mailbox("orders@firma.nl");
    store.mailboxes().insert(&gone).unwrap();
    store
        .folder_roles()
        .set(
            gone.id,
            mailwright_domain::FolderRole::Sent,
            &mailwright_domain::RoleChoice::None,
        )
        .unwrap();
    store.mailboxes().delete(gone.id).unwrap();
    for table in ["mailbox", "endpoint", "sender", "folder_role"] {
        let rows: i64 = store
            .read("counting", |transaction| {
                transaction.query_one(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0))
            })
            .unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    let last = history(&store).pop().unwrap().what;
    assert_eq!((last.what.as_str(), last.after), ("mailbox-removed", None));
    assert_eq!(
        store.mailboxes().delete(gone.id),
        Err(StoreError::NotFound {
            what: "mailbox",
            id: gone.id.to_string()
        })
    );
    assert_eq!(store.mailboxes().insert(&gone), Ok(()), "it can come back");
}

#[test]
fn a_mailbox_that_was_taken_off_is_found_nowhere_and_comes_back_whole() {
    let (_dir, store) = store();
    let kept = mailbox("orders@firma.nl");
    let other = mailbox("invoices@firma.nl");
    let mailboxes = store.mailboxes();
    for mailbox in [&kept, &other] {
        mailboxes.insert(mailbox).unwrap();
    }
    let at = crate::samples::time("2026-11-21T08:00:00Z");
    mailboxes.take_off(kept.id, at).unwrap();
    assert_eq!(mailboxes.list(), Ok(vec![other]));
    assert_eq!(mailboxes.by_id(kept.id), Ok(None));
    assert_eq!(mailboxes.by_address(&kept.address), Ok(None));
    assert_eq!(mailboxes.removed(), Ok(vec![kept.clone()]));
    assert!(
        matches!(
            mailboxes.insert(&mailbox("Orders@firma.nl")),
            Err(StoreError::Duplicate { .. })
        ),
        "its address stays taken"
    );
    mailboxes.set_status(kept.id, Status::Stopped).unwrap();
    mailboxes.put_back(kept.id).unwrap();
    mailboxes.put_back(kept.id).unwrap();
    let expected = Mailbox {
        status: Status::Stopped,
        ..kept.clone()
    };
    assert_eq!(mailboxes.by_id(kept.id), Ok(Some(expected)));
    assert_eq!(mailboxes.removed(), Ok(Vec::new()));
    assert_eq!(
        words(&store)[2..],
        ["mailbox-taken-off", "mailbox-status", "mailbox-put-back"]
    );
}
