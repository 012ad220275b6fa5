use mailwright_domain::{ClientCertificate, Cloud, Provider};
use url::Url;
use uuid::Uuid;

use super::*;
use crate::samples::{grant, history, mailbox, registration, store, time, words};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn full() -> Registration {
    Registration {
        provider: Provider::Custom,
        tenant: None,
        cloud: Cloud::GccHigh,
        authority: Some(url("https://id.example/")),
        custom: Some(CustomUrls {
            authorize: url("https://id.example/a"),
            token: url("https://id.example/t"),
            device: None,
            revoke: Some(url("https://id.example/r")),
        }),
        scopes: vec!["openid".to_owned(), "mail".to_owned()],
        has_secret: true,
        secret_expires: Some("2027-05-01".parse().unwrap()),
        certificate: Some(ClientCertificate {
            der: "AQI=".to_owned(),
            subject: "CN=Zürich".to_owned(),
            thumbprint: "A9993E364706816ABA3E25717850C26C9CD0D89D".to_owned(),
            x5t_s256: "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0".to_owned(),
            not_before: time("2026-11-01T00:00:00Z"),
            not_after: time("2027-11-01T00:00:00Z"),
        }),
        redirect_uri: Some(url("http://localhost/iche_demo/Handler")),
        ..registration("Zürich ERP")
    }
}

#[test]
fn every_field_reads_back() {
    let (_dir, store) = store();
    let (plain, full) = (registration("ERP mail"), full());
    store.registrations().insert(&plain).unwrap();
    store.registrations().insert(&full).unwrap();
    assert_eq!(
        store.registrations().list(),
        Ok(vec![plain.clone(), full.clone()])
    );
    assert_eq!(store.registrations().by_id(full.id), Ok(Some(full.clone())));
    assert_eq!(
        store.registrations().by_name(" zÜRICH erp "),
        Ok(Some(full))
    );
    assert_eq!(store.registrations().by_name("other"), Ok(None));
}

#[test]
fn a_name_is_taken_whatever_its_case() {
    let (_dir, store) = store();
    store.registrations().insert(&full()).unwrap();
    let taken = StoreError::Duplicate {
        what: "registration",
        name: "ZÜRICH ERP".to_owned(),
    };
    assert_eq!(
        store.registrations().insert(&registration("ZÜRICH ERP")),
        Err(taken.clone())
    );
    let other = registration("other");
    store.registrations().insert(&other).unwrap();
    let renamed = Registration {
        name: "ZÜRICH ERP".to_owned(),
        ..other.clone()
    };
    assert_eq!(store.registrations().update(&renamed), Err(taken));
    assert_eq!(
        store.registrations().by_id(other.id),
        Ok(Some(other)),
        "nothing of a refused update is kept"
    );
    assert_eq!(words(&store), ["registration-added"; 2]);
}

#[test]
fn an_update_is_recorded_with_before_and_after_and_no_update_is_not() {
    let (_dir, store) = store();
    let mut changed = registration("ERP mail");
    store.registrations().insert(&changed).unwrap();
    store.registrations().update(&changed).unwrap();
    changed.has_secret = true;
    store.registrations().update(&changed).unwrap();
    assert_eq!(
        words(&store),
        ["registration-added", "registration-changed"]
    );
    let last = history(&store).pop().unwrap().what;
    assert_eq!(last.subject, changed.id.0);
    assert_eq!(last.before.unwrap()["has_secret"], false);
    assert_eq!(last.after.unwrap()["has_secret"], true);
}

#[test]
fn what_is_used_stays_and_its_users_are_named() {
    let (_dir, store) = store();
    let used = registration("ERP mail");
    store.registrations().insert(&used).unwrap();
    let grant = store.grants().upsert(&grant(&used, "anna")).unwrap();
    let mut mailboxes = ["orders@firma.nl", "invoices@firma.nl"].map(mailbox);
    for mailbox in &mut mailboxes {
        mailbox.registration = Some(used.id);
        mailbox.grant = Some(grant.id);
        store.mailboxes().insert(mailbox).unwrap();
    }
    let in_use = |by: &[&str]| {
        Err(StoreError::InUse {
            what: "registration",
            name: "ERP mail".to_owned(),
            by: by.iter().map(|&name| name.to_owned()).collect(),
        })
    };
    assert_eq!(
        store.registrations().delete(used.id),
        in_use(&["invoices@firma.nl", "orders@firma.nl"])
    );
    for mailbox in &mailboxes {
        store.mailboxes().delete(mailbox.id).unwrap();
    }
    assert_eq!(
        store.registrations().delete(used.id),
        in_use(&["the sign-in of anna@firma.nl"]),
        "its tokens would be forgotten in the keychain"
    );
    store.grants().delete(grant.id).unwrap();
    assert_eq!(store.registrations().delete(used.id), Ok(()));
    assert_eq!(store.registrations().list(), Ok(Vec::new()));
}

#[test]
fn what_is_not_there_is_said_so() {
    let (_dir, store) = store();
    let id = RegistrationId(Uuid::nil());
    let not_found = StoreError::NotFound {
        what: "registration",
        id: id.to_string(),
    };
    assert_eq!(store.registrations().by_id(id), Ok(None));
    assert_eq!(store.registrations().delete(id), Err(not_found.clone()));
    let unknown = Registration {
        id,
        ..registration("x")
    };
    assert_eq!(store.registrations().update(&unknown), Err(not_found));
    assert_eq!(words(&store), Vec::<String>::new());
}
