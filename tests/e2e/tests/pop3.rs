//! Reading by POP3, alone and beside IMAP, with real servers and the permission that it needs.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use mailwright_e2e::{
    Mailbox, Mailwright, Said, add_registration, check, failure, failures, report, set_up, sign_in,
};
use mailwright_lab::{BrowserAction, Lab, Options, SHARED_MAILBOX, Tenant};
use serde_json::json;

const POP3: &str = "POP.AccessAsUser.All";
const IMAP: &str = "IMAP.AccessAsUser.All";

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

fn pop3(lab: &Lab) -> String {
    format!("mail.lab.test:{}:tls", lab.mail().expect("mail").pop3s)
}

/// Adds a mailbox that is read by POP3 and nothing else.
fn add_pop3_only(lab: &Lab, mailbox: &Mailbox, registration: &str) -> Said {
    Mailwright::new(lab).json(&[
        "add",
        &mailbox.address,
        "--registration",
        registration,
        "--pop3",
        &pop3(lab),
        "--smtp",
        &mailbox.smtp,
    ])
}

#[test]
fn pop3_alone_is_proven_with_oauth_and_asks_for_its_own_permission() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let alice = Mailbox::of(&lab, "alice");
    let address = alice.address.as_str();
    let _ = add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
    let _ = add_pop3_only(&lab, &alice, "Lab").exits(0);
    let signed_in = sign_in(&lab, address, "alice", BrowserAction::Accept, &[]).exits(0);
    let scopes = signed_in.json()["scopes"].to_string();
    assert!(scopes.contains(POP3) && !scopes.contains(IMAP), "{scopes}");

    for pop3 in [
        pop3(&lab),
        format!("mail.lab.test:{}:starttls", lab.mail().expect("mail").pop3),
    ] {
        let _ = program.run(&["set", address, "--pop3", &pop3]).exits(0);
        let value = program.json(&["test", address]).exits(0).json();
        assert_eq!(
            (&report(&value)["status"], &report(&value)["proof"]),
            (&json!("working"), &json!("envelope")),
            "{pop3}: {value:#}"
        );
        let opened = check(&value, "pop3", "inbox");
        assert_eq!(opened["outcome"], "passed", "{opened:#}");
        assert!(
            opened["server_says"]
                .as_str()
                .is_some_and(|said| said.starts_with("+OK")),
            "what STAT said: {opened:#}"
        );
        assert!(
            check(&value, "pop3", "authenticate")["detail"]
                .to_string()
                .contains("XOAUTH2")
        );
    }
    let shown = program.json(&["show", address]).exits(0).json();
    assert_eq!(shown["protocols"], json!(["pop3", "smtp"]));
    assert_eq!(shown["servers"][0]["login"], address, "{shown:#}");
    let token = program
        .json(&["token", address, "--for", "pop3"])
        .exits(0)
        .json();
    assert_eq!(token["user"], address);
    // Without a word it is for what the mailbox is read with, and nobody gets one for what it is not used with.
    let _ = program.json(&["token", address]).exits(0);
    let _ = program.json(&["token", address, "--for", "imap"]).exits(2);
    let only = program
        .json(&["test", address, "--only", "pop3"])
        .exits(0)
        .json();
    assert!(
        report(&only)["checks"]
            .as_array()
            .expect("checks")
            .iter()
            .all(|c| c["protocol"] != "smtp")
    );
    let _ = program.json(&["test", address, "--only", "imap"]).exits(2);
    let folders = program.json(&["folders", address]).exits(2).json();
    assert!(folders.to_string().contains("IMAP"), "{folders:#}");
}

#[test]
fn pop3_beside_imap_needs_a_new_sign_in_and_then_all_three_are_proven() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let (alice, signed_in) = set_up(&lab, "alice", Tenant::Contoso);
    let address = alice.address.as_str();
    assert!(!signed_in["scopes"].to_string().contains(POP3));
    let _ = program
        .run(&["set", address, "--pop3", &pop3(&lab)])
        .exits(0);
    let value = program.json(&["test", address]).exits(3).json();
    assert_eq!(
        failures(&value),
        [failure("", "token", "token-scope-missing")],
        "{value:#}"
    );
    let again = sign_in(&lab, address, "alice", BrowserAction::Accept, &[]).exits(0);
    let scopes = again.json()["scopes"].to_string();
    assert!(scopes.contains(POP3) && scopes.contains(IMAP), "{scopes}");
    let value = program.json(&["test", address]).exits(0).json();
    for (protocol, id) in [("imap", "inbox"), ("pop3", "inbox"), ("smtp", "envelope")] {
        assert_eq!(check(&value, protocol, id)["outcome"], "passed");
    }
    // One of the two fails: a part of the mailbox works, and the other keeps its own verdict.
    let wrong = format!("mail.lab.test:{}:tls", lab.mail().expect("mail").imaps);
    let _ = program.run(&["set", address, "--pop3", &wrong]).exits(0);
    let value = program
        .json(&["test", address, "--timeout", "5"])
        .exits(1)
        .json();
    assert_eq!(report(&value)["status"], "partly-working", "{value:#}");
    assert_eq!(check(&value, "pop3", "greeting")["outcome"], "failed");
    assert_eq!(check(&value, "imap", "inbox")["outcome"], "passed");
    // Taken away again, it is not missed; the last server for reading cannot be taken away.
    let _ = program.run(&["set", address, "--pop3", ""]).exits(0);
    let _ = program.json(&["test", address]).exits(0);
    let refused = program.run(&["set", address, "--imap", ""]).exits(2);
    assert!(refused.err.contains("POP3"), "{}", refused.err);
}

#[test]
fn a_shared_mailbox_is_read_by_its_own_name() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let _ = add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
    let team = Mailbox {
        address: SHARED_MAILBOX.to_owned(),
        ..Mailbox::of(&lab, "alice")
    };
    let _ = add_pop3_only(&lab, &team, "Lab").exits(0);
    let shared = ["--shared"];
    let _ = sign_in(
        &lab,
        SHARED_MAILBOX,
        "alice",
        BrowserAction::Accept,
        &shared,
    )
    .exits(0);
    let shown = program.json(&["show", SHARED_MAILBOX]).exits(0).json();
    assert_eq!(shown["sign_in_name"], "alice@lab.test");
    let logins: Vec<_> = shown["servers"]
        .as_array()
        .expect("servers")
        .iter()
        .map(|server| server["login"].clone())
        .collect();
    assert_eq!(logins, [json!(SHARED_MAILBOX), json!("alice@lab.test")]);
    let value = program.json(&["test", SHARED_MAILBOX]).exits(0).json();
    assert_eq!(report(&value)["status"], "working", "{value:#}");
}
