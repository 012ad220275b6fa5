//! A real message through real mail servers: it goes out, comes in, and is deleted again.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::time::{Duration, Instant};

use mailwright_e2e::{
    Mailbox, Mailwright, add_mailbox, assert_message_arrived, report, set_up, sign_in,
};
use mailwright_lab::{BrowserAction, Lab, Options, Tenant};
use serde_json::Value;

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

/// Messages in the folder of a role.
fn messages(lab: &Lab, address: &str, role: &str) -> Value {
    let folders = Mailwright::new(lab)
        .json(&["folders", address])
        .exits(0)
        .json();
    let mut folders = folders["folders"].as_array().expect("folders").iter();
    let folder = folders.find(|folder| folder["role"] == role);
    folder.expect("there is such a folder")["messages"].clone()
}

#[test]
fn a_message_to_oneself_arrives_and_leaves_nothing_behind() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    let address = &mailbox.address;
    let mail = lab.mail().expect("mail");
    for (imap, smtp) in [
        (mailbox.imap.clone(), mailbox.smtp.clone()),
        (
            format!("mail.lab.test:{}:starttls", mail.imap),
            format!("mail.lab.test:{}:tls", mail.smtps()),
        ),
    ] {
        let _ = Mailwright::new(&lab)
            .run(&["set", address, "--imap", &imap, "--smtp", &smtp])
            .exits(0);
        let value = Mailwright::new(&lab)
            .json(&["test", address, "--send-to", "self"])
            .exits(0)
            .json();
        assert_message_arrived(&value, "smtp");
        for role in ["inbox", "sent", "trash", "junk"] {
            assert_eq!(messages(&lab, address, role), 0, "{role}");
        }
    }
    let shown = Mailwright::new(&lab)
        .run(&["test", address, "--send-to", address])
        .exits(0);
    assert!(
        shown.out.contains("a message was sent and arrived"),
        "{}",
        shown.out
    );
    // Where nothing in the test reads, the message stays, and that is said.
    let value = Mailwright::new(&lab)
        .json(&["test", address, "--send-to", "self", "--only", "smtp"])
        .exits(0)
        .json();
    let checks = report(&value)["checks"].as_array().expect("checks");
    let sent = checks.iter().find(|check| check["id"] == "message");
    let detail = sent.expect("it was sent")["detail"].to_string();
    assert!(detail.contains("it is left in the mailbox"), "{detail}");
    // Without being asked, nothing is sent.
    let value = Mailwright::new(&lab).json(&["test", address]).json();
    assert_eq!(report(&value)["proof"], "envelope");
}

#[test]
fn a_message_to_somebody_else_is_there_for_them() {
    let lab = lab();
    let (alice, _) = set_up(&lab, "alice", Tenant::Contoso);
    let bob = Mailbox::of(&lab, "bob");
    let _ = add_mailbox(&lab, &bob, Tenant::Contoso.name(), &[]).exits(0);
    let _ = sign_in(&lab, &bob.address, "bob", BrowserAction::Accept, &[]).exits(0);
    let value = Mailwright::new(&lab)
        .json(&["test", &alice.address, "--send-to", &bob.address])
        .exits(0)
        .json();
    assert_eq!(report(&value)["proof"], "message", "{value:#}");
    let checks = report(&value)["checks"].as_array().expect("checks");
    assert!(checks.iter().all(|c| c["id"] != "arrived"));
    // Postfix hands it to Dovecot in its own time; each look is a whole session.
    let deadline = Instant::now() + Duration::from_secs(60);
    while messages(&lab, &bob.address, "inbox") != 1 {
        assert!(Instant::now() < deadline, "bob has no message");
    }
}

#[test]
fn what_cannot_be_sent_is_wrong_use() {
    let lab = Lab::start(Options::default()).expect("the lab starts");
    for words in [
        &["test", "--all", "--send-to", "nobody"][..],
        &["test", "--all", "--send-to", "self", "--only", "imap"],
    ] {
        let said = Mailwright::new(&lab).run(words).exits(2);
        assert!(said.err.contains("Nothing was"), "{}", said.err);
    }
}

/// Sales is an address of Alice's, and Bob's is not.
#[test]
fn each_sender_address_is_proven_by_a_message_of_its_own() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    let address = &mailbox.address;
    let senders = |all: &[&str]| {
        let mut words = vec!["set", address];
        for sender in all {
            words.extend(["--sender", sender]);
        }
        let _ = Mailwright::new(&lab).run(&words).exits(0);
    };
    let sender = |value: &Value, about: &str| {
        let mut checks = report(value)["checks"].as_array().expect("checks").iter();
        let check = checks.find(|c| c["id"] == "sender" && c["about"] == about);
        check.expect("this sender is checked").clone()
    };
    senders(&[address, "sales@lab.test"]);
    let value = Mailwright::new(&lab)
        .json(&["test", address])
        .exits(0)
        .json();
    assert_eq!(sender(&value, "sales@lab.test")["outcome"], "unchecked");
    let value = Mailwright::new(&lab)
        .json(&["test", address, "--send-to", "self"])
        .exits(0)
        .json();
    assert_eq!(sender(&value, "sales@lab.test")["outcome"], "passed");
    assert_eq!(report(&value)["proof"], "arrived", "{value:#}");
    assert_eq!(messages(&lab, address, "inbox"), 0, "both are deleted");

    senders(&[address, "bob@lab.test", "sales@lab.test"]);
    let value = Mailwright::new(&lab).json(&["test", address]).json();
    let refused = sender(&value, "bob@lab.test");
    assert_eq!(refused["outcome"], "failed", "{value:#}");
    assert!(
        refused["server_says"]
            .to_string()
            .contains("not owned by user"),
        "{refused:#}"
    );
    assert_eq!(sender(&value, "sales@lab.test")["outcome"], "unchecked");
    assert_eq!(report(&value)["status"], "needs-attention", "{value:#}");
}
