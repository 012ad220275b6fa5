use std::sync::Arc;

use mailwright_keychain::{KeychainError, MemoryStore};
use mailwright_net::{Net, NetOptions};
use url::Url;

use crate::wire::DoctorCheck;
use crate::{Code, Failure, Service, SystemBrowser};

fn service() -> (Service, Arc<MemoryStore>, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let net = Net::new(&NetOptions::default()).unwrap();
    let secrets = Arc::new(MemoryStore::new());
    let service = Service::with(home.path(), net, secrets.clone()).unwrap();
    (service, secrets, home)
}

fn browser() -> SystemBrowser {
    SystemBrowser::new(std::env::current_exe().ok())
}

fn check<'a>(checks: &'a [DoctorCheck], id: &str) -> &'a DoctorCheck {
    checks.iter().find(|check| check.id == id).unwrap()
}

#[tokio::test]
async fn everything_is_looked_at_and_nothing_is_kept() {
    let (service, secrets, _home) = service();
    let doctor = service.doctor(&browser()).await.unwrap();
    let ids: Vec<&str> = doctor.checks.iter().map(|check| &*check.id).collect();
    assert_eq!(
        ids,
        [
            "keychain",
            "browser",
            "loopback-ipv4",
            "loopback-ipv6",
            "localhost",
            "dns",
            "proxy",
            "tls",
            "clock"
        ]
    );
    for id in ["keychain", "browser", "loopback-ipv4", "localhost"] {
        let check = check(&doctor.checks, id);
        assert_eq!(check.outcome, "passed", "{check:?}");
    }
    // A service for tests asks nobody.
    for id in ["dns", "tls", "clock"] {
        assert_eq!(check(&doctor.checks, id).outcome, "skipped");
    }
    assert!(secrets.accounts().is_empty(), "nothing is left");
}

#[tokio::test]
async fn each_finding_is_told_once_and_before_the_answer() {
    let (service, _secrets, _home) = service();
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let browser = browser();
    let doctor = service.doctor_and_tell(&browser, sender).await.unwrap();
    let mut told = Vec::new();
    while let Ok(finding) = receiver.try_recv() {
        told.push(finding);
    }
    let by_name = |mut checks: Vec<DoctorCheck>| {
        checks.sort_by(|a, b| a.id.cmp(&b.id));
        checks
    };
    assert_eq!(by_name(told), by_name(doctor.checks));
}

#[tokio::test]
async fn what_fails_says_who_has_to_do_what() {
    let (service, secrets, _home) = service();
    secrets.refuse(KeychainError::Locked);
    let nowhere = SystemBrowser::new(Some("/nowhere/firefox".into()));
    let doctor = service.doctor(&nowhere).await.unwrap();
    for (id, verdict, code) in [
        ("keychain", "keychain-locked", Code::Keychain),
        ("browser", "loop-browser-not-opened", Code::NeedsSignIn),
    ] {
        let check = check(&doctor.checks, id);
        assert_eq!(check.outcome, "failed", "{check:?}");
        let found = check.verdict.as_ref().unwrap();
        assert_eq!((&*found.id, found.code), (verdict, code));
        assert!(!found.steps.is_empty() && !found.who.is_empty());
    }
}

#[tokio::test]
async fn a_service_that_cannot_be_reached_leaves_clock_and_tls_unchecked() {
    let (service, ..) = service();
    // Nothing listens on the discard port of this computer.
    let address = Url::parse("https://127.0.0.1:9/").unwrap();
    let asked = super::outside::ask(&service.net, Some(address)).await;
    for finding in [
        super::tls::look(asked.as_ref()),
        super::clock::look(asked.as_ref()),
    ] {
        let found = DoctorCheck::from(&finding);
        assert_eq!((&*found.outcome, found.verdict), ("unchecked", None));
    }
}

#[test]
fn advice_is_a_failure_with_a_code_for_programs() {
    let failure: Failure = super::finding::Advice {
        id: "x",
        title: "It is blocked".to_owned(),
        what: "Nothing came back.".to_owned(),
        still_works: "The rest.",
        who: mailwright_domain::Who::Network,
        steps: &["Ask."],
    }
    .failure();
    assert_eq!(failure.code, Code::Unreachable);
    assert_eq!(failure.message, "It is blocked. Nothing came back.");
}
