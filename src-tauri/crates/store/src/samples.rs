//! Values for tests, and a database in a folder of its own.

use std::time::Duration;

use jiff::Timestamp;
use mailwright_domain::{
    AuthKind, Cloud, EmailAddress, Endpoint, Grant, GrantId, Mailbox, MailboxId, Protocol,
    Provider, Purpose, Registration, RegistrationId, Status,
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Change, Store};

/// A new database; the folder goes with the first value.
pub(crate) fn store() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("data")).unwrap();
    (dir, store)
}

pub(crate) fn address(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn registration(name: &str) -> Registration {
    Registration {
        id: RegistrationId(Uuid::new_v4()),
        name: name.to_owned(),
        provider: Provider::Microsoft,
        client_id: "00001111-aaaa-2222-bbbb-3333cccc4444".to_owned(),
        tenant: Some("firma.nl".to_owned()),
        cloud: Cloud::Global,
        authority: None,
        custom: None,
        scopes: Vec::new(),
        has_secret: false,
        secret_expires: None,
        publishing: None,
        certificate: None,
        redirect_uri: None,
    }
}

pub(crate) fn mailbox(at: &str) -> Mailbox {
    Mailbox {
        id: MailboxId(Uuid::new_v4()),
        address: address(at),
        account_name: "Orders".to_owned(),
        sender_name: String::new(),
        senders: vec![address(at), address("sales@firma.nl")],
        sign_in_name: "anna@firma.onmicrosoft.com".to_owned(),
        smtp_login: at.to_owned(),
        provider: Provider::Microsoft,
        purpose: Purpose::BOTH,
        endpoints: vec![
            Endpoint::parse(Protocol::Smtp, "smtp.office365.com:587:starttls").unwrap(),
            Endpoint::parse(Protocol::Imap, "outlook.office365.com:993:tls").unwrap(),
        ],
        auth: AuthKind::Oauth,
        registration: None,
        grant: None,
        timeout: Duration::from_millis(20_500),
        status: Status::NotStarted,
    }
}

pub(crate) fn grant(registration: &Registration, subject: &str) -> Grant {
    Grant {
        id: GrantId(Uuid::new_v4()),
        registration: registration.id,
        issuer: "https://login.microsoftonline.com/t/v2.0".to_owned(),
        subject: subject.to_owned(),
        signed_in_as: format!("{subject}@firma.nl"),
        scopes: vec![
            "offline_access".to_owned(),
            "https://x/IMAP.Access".to_owned(),
        ],
        signed_in_at: time("2026-11-20T10:00:00Z"),
        renewed_at: time("2026-11-20T10:00:00.123456789Z"),
        dead: None,
    }
}

/// What was recorded, oldest first.
pub(crate) fn history(store: &Store) -> Vec<Change> {
    let mut changes = store.changes().list(1_000).unwrap();
    changes.reverse();
    changes
}

/// The words of what was recorded, oldest first.
pub(crate) fn words(store: &Store) -> Vec<String> {
    history(store).into_iter().map(|c| c.what.what).collect()
}
