//! The smaller parts: keychain, name server, stand-in for the system browser, certificates.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // helpers of tests may, as tests do

mod support;

use std::fs;
use std::io::Write;
use std::net::UdpSocket;
use std::process::Stdio;

use mailwright_lab::{BrowserAction, KeychainState, Lab, Options, Tenant, missing_programs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use support::{Callback, authorize_url, query};

#[test]
fn nothing_is_missing_here() {
    assert_eq!(missing_programs(), Vec::<&str>::new());
}

fn store(lab: &Lab, account: &str) -> bool {
    let mut tool = lab
        .command("secret-tool")
        .args([
            "store",
            "--label=a",
            "service",
            "app.mailwright",
            "account",
            account,
        ])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    tool.stdin.take().unwrap().write_all(b"canary").unwrap();
    tool.wait().unwrap().success()
}

#[test]
fn the_keychain_keeps_and_shows_what_it_has() {
    let lab = Lab::start(Options::new().keychain(KeychainState::Unlocked)).unwrap();
    let keychain = lab.keychain().unwrap();
    assert_eq!(keychain.items().unwrap(), []);
    assert!(store(&lab, "one") && store(&lab, "two"));
    let items = keychain.items().unwrap();
    assert_eq!(items.len(), 2);
    let account = ("account".to_owned(), "one".to_owned());
    assert!(items[0].attributes.contains(&account), "{items:?}");
    keychain.lock().unwrap();
    assert!(!store(&lab, "three"));
    keychain.unlock().unwrap();
    assert!(store(&lab, "three"));
}

#[test]
fn a_locked_or_missing_keychain_takes_nothing() {
    for state in [KeychainState::Locked, KeychainState::Missing] {
        let lab = Lab::start(Options::new().keychain(state)).unwrap();
        assert!(!store(&lab, "one"));
    }
}

/// Asks for a record; answers the result code and how many answers came.
fn ask(lab: &Lab, name: &str, kind: u8) -> (u8, u8) {
    let mut question = vec![0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        question.push(u8::try_from(label.len()).unwrap());
        question.extend(label.bytes());
    }
    question.extend([0, 0, kind, 0, 1]);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(lab.dns().unwrap().address()).unwrap();
    socket.send(&question).unwrap();
    let mut answer = [0; 512];
    socket.recv(&mut answer).unwrap();
    (answer[3] & 0x0f, answer[7])
}

#[test]
fn the_name_server_knows_its_domains() {
    const A: u8 = 1;
    const MX: u8 = 15;
    const SRV: u8 = 33;
    let lab = Lab::start(Options::new().mailboxes_only().dns()).unwrap();
    assert_eq!(ask(&lab, "mail.lab.test", A), (0, 1));
    for domain in [
        "lab.test",
        "contoso-mail.test",
        "consumer.test",
        "nullmx.test",
    ] {
        assert_eq!(ask(&lab, domain, MX), (0, 1), "{domain}");
    }
    assert_eq!(ask(&lab, "workspace.test", MX), (0, 2));
    assert_eq!(ask(&lab, "nomx.test", MX), (0, 0));
    assert_eq!(ask(&lab, "_imaps._tcp.lab.test", SRV), (0, 1));
    assert_eq!(ask(&lab, "unknown.test", MX), (3, 0));
    assert_eq!(ask(&lab, "example.com", A), (3, 0));
}

#[test]
fn the_stand_in_browser_does_as_planned() {
    let lab = Lab::start(Options::new().authorization_server().browser()).unwrap();
    let program = |name: &str| {
        lab.env()
            .into_iter()
            .find(|(key, _)| key == name)
            .unwrap()
            .1
    };
    for (who, action, expected) in [
        ("bob", BrowserAction::Accept, "code"),
        ("alice", BrowserAction::Cancel, "error"),
    ] {
        lab.plan_browser(who, action).unwrap();
        let callback = Callback::listen();
        let url = authorize_url(&lab, Tenant::Contoso, &callback.redirect, &[]);
        let output = lab
            .command(program("MAILWRIGHT_BROWSER"))
            .arg(url)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        query(&callback.result(), expected);
    }
    assert_eq!(lab.browser_headings(), ["You are signed in"; 2]);
}

#[test]
fn certificates_are_pairs_that_load() {
    let lab = Lab::start(Options::new()).unwrap();
    let all = lab.certificates();
    for pair in [all.good(), all.untrusted(), all.expired(), all.wrong_name()] {
        assert_eq!(
            CertificateDer::pem_file_iter(&pair.chain).unwrap().count(),
            2
        );
        PrivateKeyDer::from_pem_file(&pair.key).unwrap();
    }
    let home = lab.mailwright_home();
    assert_eq!(fs::read_dir(home).unwrap().count(), 0);
}
