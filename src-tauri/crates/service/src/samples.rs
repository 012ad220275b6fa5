//! A service in a folder of its own, for tests: real database, keychain in memory, no network.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mailwright_domain::{
    Check, CheckId, Grant, GrantId, Mailbox, MailboxId, Outcome, Protocol, Report, Status,
};
use mailwright_keychain::{Kind, MemoryStore};
use mailwright_net::{Net, NetOptions};
use tempfile::TempDir;
use uuid::Uuid;

use crate::failure::Failure;
use crate::wire::{ServerForm, SetupForm};
use crate::{Cloud, Code, MailboxFields, NewRegistration, Provider, Service};

pub(crate) const CLIENT_ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
pub(crate) const IMAP_SCOPE: &str = "https://outlook.office.com/IMAP.AccessAsUser.All";
pub(crate) const SMTP_SCOPE: &str = "https://outlook.office.com/SMTP.Send";

/// The service and what lies behind it; the folder goes with it.
pub(crate) struct Sample {
    pub(crate) service: Service,
    pub(crate) secrets: Arc<MemoryStore>,
    /// A name server that answers nothing: whoever asks it fails the test by waiting.
    _dns: std::net::UdpSocket,
    _home: TempDir,
}

impl Sample {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let dns = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let net = Net::new(&NetOptions {
            ca_file: None,
            dns: dns.local_addr().ok(),
        })
        .unwrap();
        let secrets = Arc::new(MemoryStore::new());
        let shared: Arc<MemoryStore> = Arc::clone(&secrets);
        Self {
            service: Service::with(home.path(), net, shared).unwrap(),
            secrets,
            _dns: dns,
            _home: home,
        }
    }

    /// Adds a registration of this name; gives its id.
    pub(crate) async fn registration(&self, name: &str) -> String {
        let saved = self.service.add_registration(registration(name)).await;
        saved.unwrap().id
    }

    /// Adds a mailbox with typed servers.
    pub(crate) async fn mailbox(&self, address: &str, registration: &str) -> Mailbox {
        let fields = MailboxFields {
            registration: Some(registration.to_owned()),
            imap: Some("mail.firma.nl:993:tls".to_owned()),
            smtp: Some("mail.firma.nl:587:starttls".to_owned()),
            ..MailboxFields::default()
        };
        let added = self.service.add_mailbox(address, &fields).await.unwrap();
        self.service.find_mailbox(&added.id).unwrap()
    }

    /// What a sign-in of this person would leave: a grant with both permissions and its secret.
    pub(crate) async fn grant(&self, registration: &str, person: &str) -> Grant {
        grant_at(&self.service, registration, person).await
    }

    /// Points a mailbox to a grant, as a sign-in does.
    pub(crate) fn signed_in(&self, mailbox: &Mailbox, grant: &Grant) {
        let after = Mailbox {
            grant: Some(grant.id),
            status: Status::NotStarted,
            ..mailbox.clone()
        };
        self.service.store.mailboxes().update(&after).unwrap();
    }

    /// Saves a report with these results, and the status that a whole test gives.
    pub(crate) fn report(&self, id: MailboxId, status: Status, checks: Vec<Check>) {
        let started = Timestamp::now()
            .checked_add(SignedDuration::from_millis(1))
            .unwrap();
        let report = Report {
            mailbox: id,
            started,
            took: Duration::from_millis(5),
            status,
            proof: None,
            checks,
        };
        self.service.store.reports().save(&report).unwrap();
        self.service
            .store
            .mailboxes()
            .set_status(id, status)
            .unwrap();
    }

    /// Whether the keychain holds anything of this owner.
    pub(crate) fn has_secrets(&self, owner: Uuid) -> bool {
        let part = format!("/{owner}/");
        self.secrets.accounts().iter().any(|a| a.contains(&part))
    }
}

/// The same for any service.
pub(crate) async fn grant_at(service: &Service, registration: &str, person: &str) -> Grant {
    let registration = service.find_registration(registration).unwrap();
    let now = Timestamp::now();
    let grant = Grant {
        id: GrantId(Uuid::new_v4()),
        registration: registration.id,
        issuer: "https://login.microsoftonline.com/t/v2.0".to_owned(),
        subject: person.to_owned(),
        signed_in_as: person.to_owned(),
        scopes: vec![IMAP_SCOPE.to_owned(), SMTP_SCOPE.to_owned()],
        signed_in_at: now,
        renewed_at: now,
        dead: None,
    };
    let grant = service.store.grants().upsert(&grant).unwrap();
    let secret = br#"{"generation":1,"refresh_token":"r"}"#;
    service
        .keychain
        .set(grant.id.0, &Kind::GrantToken, secret)
        .await
        .unwrap();
    grant
}

pub(crate) fn registration(name: &str) -> NewRegistration {
    NewRegistration {
        name: name.to_owned(),
        provider: Provider::Microsoft,
        client_id: Some(CLIENT_ID.to_owned()),
        tenant: Some("firma.nl".to_owned()),
        cloud: Cloud::Global,
        authority: None,
        authorize_url: None,
        token_url: None,
        device_url: None,
        revoke_url: None,
        scopes: Vec::new(),
        client_secret: None,
        secret_expires: None,
        publishing: None,
        certificate: None,
        redirect_uri: None,
    }
}

/// A form that can be confirmed without asking anybody.
pub(crate) fn form(address: &str, registration: &str) -> SetupForm {
    let server = |port: &str, security: &str| ServerForm {
        host: "mail.firma.nl".to_owned(),
        port: port.to_owned(),
        security: security.to_owned(),
    };
    SetupForm {
        address: address.to_owned(),
        registration: registration.to_owned(),
        send: true,
        receive: true,
        who_signs_in: "mailbox".to_owned(),
        manual: true,
        imap: server("993", "tls"),
        smtp: server("587", "starttls"),
        ..SetupForm::default()
    }
}

pub(crate) fn passed(id: CheckId, protocol: Option<Protocol>) -> Check {
    Check {
        id,
        protocol,
        outcome: Outcome::Passed,
        took: Duration::ZERO,
        detail: String::new(),
        about: None,
        server_says: None,
        evidence: None,
        verdict: None,
    }
}

pub(crate) fn failed(id: CheckId, protocol: Option<Protocol>, why: &str) -> Check {
    Check {
        outcome: Outcome::Failed,
        verdict: Some(Failure::new(Code::Failed, why).into_verdict()),
        ..passed(id, protocol)
    }
}
