use std::time::Duration;

use mailwright_domain::{CheckId, FoundIn, Protocol, Provider, Security};
use mailwright_keychain::KeychainError;
use tokio::sync::mpsc::unbounded_channel;

use super::*;
use crate::TestOptions;
use crate::credentials::Credentials;
use crate::samples::{Sample, passed};

const ADDRESS: &str = "orders@firma.nl";
const CANARY: &str = "pw-canary 0815";

fn fields() -> MailboxFields {
    MailboxFields {
        auth: Some("password".to_owned()),
        password: Some(Secret::new(CANARY)),
        pop3: Some("mail.firma.nl:995:tls".to_owned()),
        smtp: Some("mail.firma.nl:587:starttls".to_owned()),
        ..MailboxFields::default()
    }
}

async fn added(sample: &Sample, fields: &MailboxFields) -> Mailbox {
    let added = sample.service.add_mailbox(ADDRESS, fields).await.unwrap();
    sample.service.find_mailbox(&added.id).unwrap()
}

fn with(password: &str) -> MailboxFields {
    MailboxFields {
        password: Some(Secret::new(password)),
        ..MailboxFields::default()
    }
}

#[test]
fn a_password_is_taken_as_it_is_but_for_one_line_end() {
    for (entered, kept) in [
        ("secret\n", "secret"),
        ("secret\r\n", "secret"),
        (" sec ret ", " sec ret "),
        ("ünïcode", "ünïcode"),
    ] {
        let password = entered_password(&with(entered)).unwrap().unwrap();
        assert_eq!(password.expose(), kept);
    }
    assert!(
        entered_password(&MailboxFields::default())
            .unwrap()
            .is_none()
    );
    for unusable in ["", "\n", "two\nlines", "a\0b", "secret\n\n"] {
        let failure = entered_password(&with(unusable)).unwrap_err();
        assert_eq!(failure.code, Code::Usage, "{unusable:?}");
    }
}

#[tokio::test]
async fn a_password_needs_no_registration_and_lies_in_the_keychain_alone() {
    let sample = Sample::new();
    let mailbox = added(&sample, &fields()).await;
    assert_eq!(
        (mailbox.auth, mailbox.registration, mailbox.status),
        (AuthKind::Password, None, Status::NotStarted)
    );
    assert_eq!(mailbox.provider, Provider::Custom);
    let kept = sample.service.password(&mailbox).await.unwrap();
    assert_eq!(kept.expose(), CANARY);
    let details = sample.service.mailbox(ADDRESS).unwrap();
    assert_eq!(details.line.protocols, ["pop3", "smtp"]);
    let page = sample.service.mailbox_page(ADDRESS).unwrap();
    let shown = serde_json::to_string(&page).unwrap() + &format!("{:?}", fields());
    assert!(!shown.contains("canary"), "{shown}");
    // A word is enough where there is none.
    let implied = MailboxFields {
        auth: None,
        ..fields()
    };
    let other = sample.service.add_mailbox("info@firma.nl", &implied).await;
    let other = sample.service.find_mailbox(&other.unwrap().id).unwrap();
    assert!(other.has_password());
}

#[tokio::test]
async fn what_does_not_fit_a_password_is_said_and_nothing_is_kept() {
    let sample = Sample::new();
    sample.registration("R").await;
    for (wrong, part) in [
        (
            MailboxFields {
                password: None,
                ..fields()
            },
            "password is missing",
        ),
        (
            MailboxFields {
                registration: Some("R".to_owned()),
                ..fields()
            },
            "no app registration",
        ),
        (
            MailboxFields {
                auth: Some("oauth".to_owned()),
                registration: Some("R".to_owned()),
                ..fields()
            },
            "not signed in to with one",
        ),
    ] {
        let failure = sample
            .service
            .add_mailbox(ADDRESS, &wrong)
            .await
            .unwrap_err();
        assert_eq!(failure.code, Code::Usage);
        assert!(failure.message.contains(part), "{}", failure.message);
    }
    sample.secrets.refuse(KeychainError::Locked);
    let failure = sample.service.add_mailbox(ADDRESS, &fields()).await;
    assert_eq!(failure.unwrap_err().code, Code::Keychain);
    assert!(sample.service.mailboxes().unwrap().mailboxes.is_empty());
}

#[tokio::test]
async fn nobody_signs_in_and_there_is_no_token() {
    let sample = Sample::new();
    let mailbox = added(&sample, &fields()).await;
    let service = &sample.service;
    let (events, _) = unbounded_channel();
    let options = crate::SignInOptions::default();
    let refused = service
        .sign_in(ADDRESS, &options, &events)
        .await
        .unwrap_err();
    assert!(
        refused.message.contains("No sign-in is needed"),
        "{refused}"
    );
    let refused = service.token(ADDRESS, Some("pop3")).await.err().unwrap();
    assert!(refused.message.contains("no access token"), "{refused}");
    let refused = service.approval(crate::ApprovalOf::Mailbox(ADDRESS)).await;
    assert_eq!(refused.unwrap_err().code, Code::Usage);
    assert_eq!(service.usable_sign_ins(ADDRESS).unwrap(), []);
    let out = service.sign_out(ADDRESS, false).await.unwrap();
    assert!(out.note.contains("password"), "{}", out.note);
    assert!(!sample.has_secrets(mailbox.id.0));
    let now = service.find_mailbox(ADDRESS).unwrap();
    assert_eq!(now.status, Status::WaitingForYou);
    let attention = service.attention().unwrap();
    assert_eq!(
        (&*attention.fixes[0].kind, &*attention.fixes[0].action),
        ("password", "enter-password")
    );
}

#[tokio::test]
async fn a_missing_password_is_the_persons_turn() {
    let sample = Sample::new();
    let mailbox = added(&sample, &fields()).await;
    sample
        .service
        .keychain
        .delete_all(mailbox.id.0)
        .await
        .unwrap();
    let (events, _) = unbounded_channel();
    let options = TestOptions::default();
    let report = sample
        .service
        .test(ADDRESS, &options, events)
        .await
        .unwrap();
    assert_eq!(report.status, "waiting-for-you");
    let verdict = report.checks[0].verdict.as_ref().unwrap();
    assert_eq!(
        (&*verdict.id, verdict.code),
        ("password-missing", Code::NeedsSignIn)
    );
    assert!(report.checks[1..].iter().all(|c| c.outcome == "skipped"));
    assert!(report.checks.iter().all(|c| c.id != "renew"));
    let plan = sample
        .service
        .test_plan(ADDRESS, &crate::TestOptions::default())
        .unwrap();
    let ids = |all: Vec<String>| all.join(" ");
    assert_eq!(
        ids(plan.into_iter().map(|check| check.id).collect()),
        ids(report.checks.into_iter().map(|check| check.id).collect())
    );
    // Entered again, it is to be proven again.
    let changed = sample
        .service
        .change_mailbox(ADDRESS, &with("new one"))
        .await;
    assert_eq!(changed.unwrap().status, "not-started");
    let kept = sample.service.password(&mailbox).await.unwrap();
    assert_eq!(kept.expose(), "new one");
}

#[tokio::test]
async fn the_way_can_be_changed_and_leaves_nothing_behind() {
    let sample = Sample::new();
    let service = &sample.service;
    sample.registration("R").await;
    let mailbox = added(&sample, &fields()).await;
    let to = |auth: &str, registration: Option<&str>, password: Option<&str>| MailboxFields {
        auth: Some(auth.to_owned()),
        registration: registration.map(str::to_owned),
        password: password.map(Secret::new),
        ..MailboxFields::default()
    };
    let without = service
        .change_mailbox(ADDRESS, &to("oauth", None, None))
        .await;
    assert!(without.unwrap_err().message.contains("app registration"));
    let servers = MailboxFields {
        pop3: Some("mail.firma.nl:995:tls".to_owned()),
        ..to("oauth", Some("R"), None)
    };
    let changed = service.change_mailbox(ADDRESS, &servers).await.unwrap();
    assert_eq!(changed.status, "waiting-for-you");
    assert!(!sample.has_secrets(mailbox.id.0), "the password is gone");
    let missing = service
        .change_mailbox(ADDRESS, &to("password", None, None))
        .await;
    assert!(missing.unwrap_err().message.contains("password is missing"));
    let back = to("password", None, Some("again"));
    let changed = service.change_mailbox(ADDRESS, &back).await.unwrap();
    assert_eq!(changed.status, "not-started");
    let now = service.find_mailbox(ADDRESS).unwrap();
    assert_eq!((now.registration, now.provider), (None, Provider::Custom));
    // What was proven stays proven only with the same password, user name and servers.
    let checks = vec![passed(CheckId::Inbox, Some(Protocol::Pop3))];
    sample.report(mailbox.id, Status::Working, checks.clone());
    for (change, status) in [
        (
            MailboxFields {
                name: Some("Orders".to_owned()),
                ..MailboxFields::default()
            },
            "working",
        ),
        (
            MailboxFields {
                sign_in_name: Some("orders".to_owned()),
                ..MailboxFields::default()
            },
            "not-started",
        ),
    ] {
        let changed = service.change_mailbox(ADDRESS, &change).await.unwrap();
        assert_eq!(changed.status, status);
    }
    let now = service.find_mailbox(ADDRESS).unwrap();
    assert_eq!(
        (now.login(Protocol::Pop3), now.login(Protocol::Smtp)),
        ("orders".to_owned(), "orders".to_owned())
    );
    let removed = service.remove_mailbox(ADDRESS).await.unwrap();
    assert!(removed.note.contains("password"), "{}", removed.note);
    assert!(!sample.has_secrets(mailbox.id.0));
}

/// A server that was merely found may be anybody's; what people typed, and a provider's own, is not.
#[tokio::test]
async fn a_password_goes_to_typed_servers_and_the_providers_own_alone() {
    let sample = Sample::new();
    let mut mailbox = added(&sample, &fields()).await;
    let credentials = Credentials::Password(Secret::new(CANARY));
    let mut refused = |provider, source, host: &str| {
        mailbox.provider = provider;
        for endpoint in &mut mailbox.endpoints {
            endpoint.source = source;
            host.clone_into(&mut endpoint.host);
        }
        let target = crate::testing::target(&mailbox, Protocol::Pop3, None).unwrap();
        credentials.refused(&mailbox, &target)
    };
    for (provider, source, host, may) in [
        (Provider::Custom, FoundIn::Typed, "mail.firma.nl", true),
        (Provider::Google, FoundIn::BuiltIn, "pop.gmail.com", true),
        (Provider::Custom, FoundIn::Srv, "mail.firma.nl", false),
        (
            Provider::Custom,
            FoundIn::Autoconfig,
            "pop.gmail.com",
            false,
        ),
        (
            Provider::Google,
            FoundIn::Database,
            "pop.gmail.evil.nl",
            false,
        ),
        (
            Provider::Microsoft,
            FoundIn::BuiltIn,
            "pop.gmail.com",
            false,
        ),
    ] {
        let evidence = refused(provider, source, host);
        assert_eq!(evidence.is_none(), may, "{source:?} {host}");
        if let Some(evidence) = evidence {
            let verdict = mailwright_diagnosis::diagnose(&evidence);
            assert_eq!(verdict.id, "password-host", "{}", verdict.what);
        }
    }
}

#[tokio::test]
async fn plain_text_is_for_hosts_that_a_person_allowed() {
    let sample = Sample::new();
    let mut mailbox = added(&sample, &fields()).await;
    mailbox.endpoints[0].security = Security::Plain;
    mailbox.timeout = Duration::from_secs(1);
    let allowed = |m: &Mailbox| {
        crate::testing::target(m, Protocol::Pop3, None)
            .unwrap()
            .allow_plain
    };
    assert!(allowed(&mailbox), "typed as plain");
    mailbox.endpoints[0].source = FoundIn::BuiltIn;
    assert!(!allowed(&mailbox));
}

/// What the calendar of providers says reaches the mailbox, its report and the list of what needs attention.
#[tokio::test]
async fn a_providers_dates_are_shown_for_passwords() {
    let sample = Sample::new();
    let service = &sample.service;
    let microsoft = MailboxFields {
        pop3: Some("outlook.office365.com".to_owned()),
        smtp: Some("smtp.office365.com".to_owned()),
        ..fields()
    };
    let mailbox = added(&sample, &microsoft).await;
    assert_eq!(mailbox.provider, Provider::Microsoft);
    let ids = |all: &[crate::wire::AnnouncementInfo]| {
        all.iter().map(|a| a.id.clone()).collect::<Vec<_>>()
    };
    let shown = ids(&service.mailbox(ADDRESS).unwrap().announcements);
    assert!(shown.contains(&"microsoft-smtp-password-off".to_owned()));
    sample.report(mailbox.id, Status::Working, Vec::new());
    let report = service.mailbox_page(ADDRESS).unwrap().report.unwrap();
    assert_eq!(ids(&report.announcements), shown);
    let at = |day: &str| {
        let now = format!("{day}T12:00:00+00:00[UTC]").parse().unwrap();
        service.attention_at(&now).unwrap()
    };
    let before = at("2026-11-28");
    assert_eq!((before.working, before.fixes.len()), (1, 0));
    let ahead = before
        .dates
        .iter()
        .find(|fix| fix.kind == "announced")
        .unwrap();
    assert_eq!((ahead.days, ahead.within), (Some(33), Some(60)));
    assert_eq!(ahead.mailboxes.len(), 1);
    let near = at("2026-12-10");
    assert_eq!(near.working, 0);
    let fix = &near.fixes[0];
    assert_eq!((&*fix.kind, &*fix.status), ("announced", "needs-attention"));
    let announced = fix.announcement.as_ref().unwrap();
    assert!(announced.title.contains("password"), "{announced:?}");
    // Once it has passed, a test says whether it concerns the mailbox.
    assert_eq!(at("2027-01-15").working, 1);
}
