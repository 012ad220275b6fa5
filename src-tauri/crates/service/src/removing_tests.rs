use mailwright_domain::Status;
use mailwright_keychain::KeychainError;

use super::*;
use crate::MailboxFields;
use crate::samples::Sample;

#[tokio::test]
async fn a_mailbox_off_the_list_is_found_by_nobody_and_comes_back_signed_in() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let mailbox = sample.mailbox("orders@firma.nl", &registration).await;
    let grant = sample.grant(&registration, "orders@firma.nl").await;
    sample.signed_in(&mailbox, &grant);
    let id = mailbox.id.to_string();
    let taken = service.take_off("orders@firma.nl").unwrap();
    assert_eq!(
        (taken.id.as_str(), taken.name.as_str()),
        (id.as_str(), "orders@firma.nl")
    );
    for which in [id.as_str(), "orders@firma.nl"] {
        let gone = |failure: Option<Failure>| {
            assert_eq!(failure.unwrap().code, Code::NotFound, "{which}");
        };
        gone(service.mailbox(which).err());
        gone(service.mailbox_page(which).err());
        gone(
            service
                .test_plan(which, &crate::TestOptions::default())
                .err(),
        );
        gone(service.token(which, None).await.err());
        gone(service.folders(which, &[]).await.err());
        gone(service.sign_out(which, true).await.err());
        gone(service.take_off(which).err());
        let nothing = MailboxFields::default();
        gone(service.change_mailbox(which, &nothing).await.err());
    }
    assert_eq!(service.home().unwrap().mailboxes, []);
    assert_eq!(service.mailboxes().unwrap().mailboxes, []);
    assert_eq!(
        service.registration("ERP").unwrap().mailboxes,
        Vec::<String>::new()
    );
    service.sweep_grants().await.unwrap();
    assert!(sample.has_secrets(grant.id.0), "it may come back");

    let back = service.restore(&id).unwrap();
    assert_eq!(
        (back.id.as_str(), back.status.as_str()),
        (id.as_str(), "not-started")
    );
    assert_eq!(service.find_mailbox(&id).unwrap().grant, Some(grant.id));
    assert!(service.restore(&id).is_ok(), "it is there");
    let failure = service.forget(&id).await.unwrap_err();
    assert_eq!(failure.code, Code::Conflict, "it is on the list again");
}

#[tokio::test]
async fn forgetting_deletes_what_removing_deletes() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let mailbox = sample.mailbox("orders@firma.nl", &registration).await;
    let other = sample.mailbox("sales@firma.nl", &registration).await;
    let shared = sample.grant(&registration, "orders@firma.nl").await;
    for mailbox in [&mailbox, &other] {
        sample.signed_in(mailbox, &shared);
    }
    let id = mailbox.id.to_string();
    let _ = service.take_off(&id).unwrap();
    service.forget(&id).await.unwrap();
    service.forget(&id).await.unwrap(); // the wish is fulfilled
    assert_eq!(service.restore(&id).unwrap_err().code, Code::NotFound);
    assert!(sample.has_secrets(shared.id.0), "another mailbox uses it");

    let _ = service.take_off("sales@firma.nl").unwrap();
    sample.secrets.refuse(KeychainError::Locked);
    assert!(service.forget_removed().await.is_err());
    sample.secrets.recover();
    let kept = service.store.mailboxes().removed().unwrap();
    assert_eq!(kept.len(), 1, "for the next start");
    service.forget_removed().await.unwrap();
    assert_eq!(service.store.mailboxes().removed(), Ok(Vec::new()));
    assert!(!sample.has_secrets(shared.id.0));
    assert_eq!(service.store.grants().by_id(shared.id), Ok(None));
}

#[tokio::test]
async fn the_address_of_a_removed_mailbox_can_be_set_up_again() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let first = sample.mailbox("orders@firma.nl", &registration).await;
    let _ = service.take_off("orders@firma.nl").unwrap();
    let second = sample.mailbox("Orders@firma.nl", &registration).await;
    assert_ne!(first.id, second.id);
    assert_eq!(service.store.mailboxes().removed(), Ok(Vec::new()));
}

#[tokio::test]
async fn a_removed_mailbox_does_not_hold_its_registration() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let mailbox = sample.mailbox("orders@firma.nl", &registration).await;
    let grant = sample.grant(&registration, "orders@firma.nl").await;
    sample.signed_in(&mailbox, &grant);
    let failure = service.remove_registration("ERP").await.unwrap_err();
    assert!(failure.message.contains("orders@firma.nl"));
    let _ = service.take_off("orders@firma.nl").unwrap();
    let _ = service.remove_registration("ERP").await.unwrap();
    assert_eq!(service.store.mailboxes().removed(), Ok(Vec::new()));
    assert_eq!(sample.secrets.accounts(), Vec::<String>::new());
}

#[tokio::test]
async fn signing_out_ends_a_sign_in_that_only_removed_mailboxes_share() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let mailbox = sample.mailbox("orders@firma.nl", &registration).await;
    let removed = sample.mailbox("sales@firma.nl", &registration).await;
    let grant = sample.grant(&registration, "orders@firma.nl").await;
    for mailbox in [&mailbox, &removed] {
        sample.signed_in(mailbox, &grant);
    }
    let _ = service.take_off("sales@firma.nl").unwrap();
    let page = service.mailbox_page("orders@firma.nl").unwrap();
    assert_eq!(page.shares_sign_in_with, Vec::<String>::new());
    let out = service.sign_out("orders@firma.nl", true).await.unwrap();
    assert_eq!(out.kept_for, Vec::<String>::new());
    assert!(!sample.has_secrets(grant.id.0));
    let back = service.restore(&removed.id.to_string()).unwrap();
    assert_eq!(back.status, Status::WaitingForYou.word());
}
