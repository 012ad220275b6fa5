//! Several mailboxes on one sign-in: using it without another one, and ending it.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use mailwright_e2e::{Mailbox, Mailwright, add_mailbox, add_registration, report, set_up, sign_in};
use mailwright_lab::{BrowserAction, Lab, Options, PUBLIC_CLIENT, SHARED_MAILBOX, Tenant};
use serde_json::{Value, json};

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

fn shown(lab: &Lab, address: &str) -> Value {
    Mailwright::new(lab)
        .json(&["show", address])
        .exits(0)
        .json()
}

#[test]
fn a_shared_mailbox_uses_the_sign_in_that_is_there_once_its_inbox_opens() {
    let lab = lab();
    let (alice, _) = set_up(&lab, "alice", Tenant::Contoso);
    let program = Mailwright::new(&lab);
    let pages = lab.browser_openings();
    let team = Mailbox {
        address: SHARED_MAILBOX.to_owned(),
        ..alice.clone()
    };
    let _ = add_mailbox(&lab, &team, "contoso", &[]).exits(0);
    let said = program
        .json(&["sign-in", SHARED_MAILBOX, "--as", &alice.address])
        .exits(0);
    assert_eq!(said.json()["signed_in_as"], alice.address);
    let team_now = shown(&lab, SHARED_MAILBOX);
    assert_eq!(
        (&team_now["sign_in_name"], &team_now["smtp_login"]),
        (
            &alice.address.as_str().into(),
            &alice.address.as_str().into()
        )
    );
    let value = program.json(&["test", SHARED_MAILBOX]).exits(0).json();
    assert_eq!(report(&value)["status"], "working", "{value:#}");
    assert_eq!(lab.browser_openings(), pages, "no browser was opened");

    // One sign-in for both: it ends with the last of them, and what keeps it is named before.
    let said = program.json(&["sign-out", SHARED_MAILBOX]).exits(0);
    assert_eq!(said.json()["kept_for"], json!([alice.address]));
    assert!(said.err.contains(&alice.address), "{}", said.err);
    let _ = program.json(&["test", &alice.address]).exits(0);
    let _ = program
        .json(&["sign-in", SHARED_MAILBOX, "--as", &alice.address])
        .exits(0);
}

#[test]
fn a_mailbox_that_does_not_open_for_the_person_stays_as_it_was() {
    let lab = lab();
    let (alice, _) = set_up(&lab, "alice", Tenant::Contoso);
    let bob = Mailbox {
        address: "bob@lab.test".to_owned(),
        ..alice.clone()
    };
    let _ = add_mailbox(&lab, &bob, "contoso", &[]).exits(0);
    let before = shown(&lab, &bob.address);
    let program = Mailwright::new(&lab);
    let said = program.json(&["sign-in", &bob.address, "--as", &alice.address]);
    assert_ne!(said.code, 0, "{said:?}");
    assert_eq!(said.json()["error"]["verdict"]["id"], "imap-auth-generic");
    assert_eq!(shown(&lab, &bob.address), before);
    let nobody = program.json(&["sign-in", &bob.address, "--as", "carol@lab.test"]);
    assert_eq!(nobody.exits(1).json()["error"]["code"], "not-found");
    // Less was granted than this mailbox needs: somebody has to grant it, and the sign-in that is there stays.
    let _ = program
        .json(&["set", &alice.address, "--receive", "no"])
        .exits(0);
    let _ = program.json(&["sign-out", &alice.address]).exits(0);
    let _ = sign_in(&lab, &alice.address, "alice", BrowserAction::Accept, &[]).exits(0);
    let said = program.json(&["sign-in", &bob.address, "--as", &alice.address]);
    let verdict = said.exits(3).json()["error"]["verdict"]["id"].clone();
    assert_eq!(verdict, "token-scope-missing");
    assert_eq!(
        shown(&lab, &alice.address)["signed_in_as"],
        "alice@lab.test"
    );
}

#[test]
fn signing_out_ends_the_sign_in_at_the_provider_and_nobody_elses() {
    let lab = lab();
    let issuer = lab
        .authorization()
        .expect("authorization")
        .issuer(Tenant::Op);
    let program = Mailwright::new(&lab);
    let mut mailboxes = Vec::new();
    // One app under two names here, one person signed in with both: two grants.
    for (name, address) in [("One", "alice@lab.test"), ("Two", SHARED_MAILBOX)] {
        let mut words = vec![
            "registration",
            "add",
            "--name",
            name,
            "--authority",
            &issuer,
        ];
        words.extend(["--provider", "custom", "--client-id", PUBLIC_CLIENT]);
        for scope in ["openid", "email", "profile", "offline_access", "mail"] {
            words.extend(["--scope", scope]);
        }
        let _ = program.run(&words).exits(0);
        let mailbox = Mailbox {
            address: address.to_owned(),
            ..Mailbox::of(&lab, "alice")
        };
        let more = ["--sign-in-name", "alice@lab.test"];
        let _ = add_mailbox(&lab, &mailbox, name, &more).exits(0);
        let _ = sign_in(&lab, address, "alice", BrowserAction::Accept, &[]).exits(0);
        mailboxes.push(mailbox.address);
    }
    let answer = program.json(&["sign-out", &mailboxes[0]]).exits(0).json();
    assert_eq!(answer["revoked"], true, "{answer}");
    assert_eq!(answer["also_stopped"], json!([]), "{answer}");
    assert_eq!(shown(&lab, &mailboxes[0])["signed_in_as"], Value::Null);
    assert_eq!(shown(&lab, &mailboxes[1])["signed_in_as"], "alice@lab.test");
    let _ = program.json(&["token", &mailboxes[1]]).exits(0);
}

#[test]
fn what_is_not_there_to_be_used_is_said() {
    let lab = Lab::start(Options::new().authorization_server()).expect("the lab starts");
    let _ = add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
    let nowhere = Mailbox {
        address: "alice@lab.test".to_owned(),
        imap: "127.0.0.1:9:tls".to_owned(),
        smtp: "127.0.0.1:9:starttls".to_owned(),
    };
    let _ = add_mailbox(&lab, &nowhere, "Lab", &[]).exits(0);
    let program = Mailwright::new(&lab);
    let said = program.json(&["sign-in", "alice@lab.test", "--as", "alice@lab.test"]);
    let message = said.exits(1).json()["error"]["message"].to_string();
    assert!(message.contains("Nothing was changed"), "{message}");
    let both = program.run(&["sign-in", "alice@lab.test", "--as", "x", "--open"]);
    let _ = both.exits(2);
}
