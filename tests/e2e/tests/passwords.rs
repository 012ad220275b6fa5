//! Mailboxes whose servers want a password: no registration, no sign-in, and the password in the keychain alone.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::fs;
use std::path::Path;

use base64::Engine as _;
use mailwright_e2e::{Mailbox, Mailwright, Said, check, failure, failures, report};
use mailwright_lab::{Lab, Options};
use serde_json::{Value, json};

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

fn password(lab: &Lab, who: &str) -> String {
    lab.user(who)
        .expect("the lab has this person")
        .password
        .clone()
}

/// Adds somebody's mailbox with all three protocols and this password on standard input.
fn add(lab: &Lab, who: &str, password: &str) -> (String, Said) {
    let mailbox = Mailbox::of(lab, who);
    let pop3 = format!("mail.lab.test:{}:starttls", lab.mail().expect("mail").pop3);
    let words = [
        "--json",
        "add",
        &mailbox.address,
        "--auth",
        "password",
        "--password-stdin",
        "--imap",
        &mailbox.imap,
        "--pop3",
        &pop3,
        "--smtp",
        &mailbox.smtp,
    ];
    let said = Mailwright::new(lab).run_with_input(&words, &format!("{password}\n"));
    (mailbox.address, said)
}

/// Accounts of the keychain's entries.
fn entries(lab: &Lab) -> Vec<String> {
    let items = lab.keychain().expect("a keychain").items();
    let all = items.expect("it lists its items").into_iter();
    all.map(|item| format!("{item:?}")).collect()
}

#[test]
fn a_password_proves_all_three_protocols_without_registration_and_sign_in() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    // Letters beyond ASCII go by PLAIN.
    let (address, said) = add(&lab, "alice", &password(&lab, "alice"));
    assert_eq!(said.exits(0).json()["status"], "not-started");
    assert_eq!(
        entries(&lab)
            .iter()
            .filter(|e| e.contains("/password"))
            .count(),
        1,
        "{:?}",
        entries(&lab)
    );
    let value = program.json(&["test", &address]).exits(0).json();
    assert_eq!(
        (&report(&value)["status"], &report(&value)["proof"]),
        (&json!("working"), &json!("envelope")),
        "{value:#}"
    );
    for (protocol, id) in [("imap", "inbox"), ("pop3", "inbox"), ("smtp", "envelope")] {
        assert_eq!(
            check(&value, protocol, id)["outcome"],
            "passed",
            "{protocol}"
        );
        let how = check(&value, protocol, "authenticate")["detail"].to_string();
        assert!(how.contains("PLAIN"), "{how}");
    }
    let checks = report(&value)["checks"].as_array().expect("checks").iter();
    assert!(
        checks.clone().all(|c| c["id"] != "renew"),
        "nothing renews it"
    );
    let shown = program.json(&["show", &address]).exits(0).json();
    assert_eq!(
        (&shown["auth"], &shown["registration"], &shown["status"]),
        (&json!("password"), &Value::Null, &json!("working"))
    );
    let _ = program.json(&["folders", &address]).exits(0);

    let said = program.json(&["sign-in", &address]).exits(2);
    assert!(said.out.contains("No sign-in is needed"), "{}", said.out);
    let said = program.json(&["token", &address]).exits(2);
    assert!(said.out.contains("no access token"), "{}", said.out);

    let _ = program.json(&["remove", &address]).exits(0);
    assert_eq!(entries(&lab), Vec::<String>::new(), "nothing is left");
}

#[test]
fn a_wrong_password_is_said_so_by_every_server() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let (address, said) = add(&lab, "bob", "not the right one");
    let _ = said.exits(0);
    let value = program.json(&["test", &address]).exits(3).json();
    assert_eq!(
        failures(&value),
        [
            failure("imap", "authenticate", "imap-auth-generic"),
            failure("pop3", "authenticate", "imap-auth-generic"),
            failure("smtp", "authenticate", "smtp-535-generic")
        ],
        "{value:#}"
    );
    for protocol in ["imap", "pop3", "smtp"] {
        let verdict = &check(&value, protocol, "authenticate")["verdict"];
        let steps = verdict["steps"].to_string();
        assert!(steps.contains("enter the password again"), "{verdict:#}");
        assert!(!steps.contains("Sign in again"), "{verdict:#}");
    }
    assert_eq!(report(&value)["status"], "stopped");
    // The right one is entered, and what was wrong is forgotten.
    let words = ["--json", "set", &address, "--password-stdin"];
    let said = program.run_with_input(&words, &password(&lab, "bob"));
    assert_eq!(said.exits(0).json()["status"], "not-started");
    let _ = program.json(&["test", &address]).exits(0);
}

#[test]
fn a_password_that_is_gone_from_the_keychain_is_asked_for() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let (address, said) = add(&lab, "bob", &password(&lab, "bob"));
    let _ = said.exits(0);
    let _ = program.json(&["test", &address]).exits(0);
    let deleted = lab.keychain().expect("a keychain").delete("/password");
    assert_eq!(deleted.expect("it deletes"), 1);
    let said = program.json(&["test", &address]).exits(3);
    let value = said.json();
    assert_eq!(
        failures(&value),
        [failure("", "token", "password-missing")],
        "{value:#}"
    );
    assert_eq!(report(&value)["status"], "waiting-for-you");
    let status = program.run(&["status"]).exits(1).out;
    assert!(
        status.contains(&format!("mailwright set {address} --password-stdin")),
        "{status}"
    );
    let words = ["--json", "set", &address, "--password-stdin"];
    let _ = program
        .run_with_input(&words, &password(&lab, "bob"))
        .exits(0);
    let value = program.json(&["test", &address]).exits(0).json();
    assert_eq!(report(&value)["status"], "working");
}

#[test]
fn a_password_is_never_typed_on_the_command_line_and_never_goes_without() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let bob = Mailbox::of(&lab, "bob");
    let servers = ["--imap", &bob.imap, "--smtp", &bob.smtp];
    let add = ["add", bob.address.as_str(), "--auth", "password"];
    let without = program.run(&[&add[..], &servers[..]].concat()).exits(2);
    assert!(without.err.contains("--password-stdin"), "{}", without.err);
    let argument = [&add[..], &servers[..], &["--password", "x"]].concat();
    let _ = program.run(&argument).exits(2);
    let empty = [&add[..], &servers[..], &["--password-stdin"]].concat();
    let said = program.run_with_input(&empty, "\n").exits(2);
    assert!(said.err.contains("empty"), "{}", said.err);
    // Servers that a domain's records merely name get no password.
    let named = [
        "add",
        "anna@taken-over.test",
        "--auth",
        "password",
        "--password-stdin",
    ];
    let said = program.run_with_input(&named, "secret");
    assert_ne!(said.code, 0, "{}", said.out);
    assert!(
        entries(&lab)
            .iter()
            .all(|entry| !entry.contains("/password"))
    );
    assert!(
        program.json(&["list"]).json()["mailboxes"]
            .as_array()
            .is_some_and(Vec::is_empty)
    );
}

#[test]
fn no_password_is_left_anywhere_but_in_the_keychain() {
    let lab = lab();
    let alice = password(&lab, "alice");
    let wrong = "pw-wrong-canary-4711";
    let transcripts = lab.mailwright_home().join("transcripts");
    let folder = transcripts.display().to_string();
    let (address, said) = add(&lab, "alice", &alice);
    let mut printed = vec![said];
    let mut run = |words: &[&str], input: Option<&str>| {
        let mut command = Mailwright::new(&lab).command(words);
        command
            .env("MAILWRIGHT_LOG", "trace")
            .env("RUST_BACKTRACE", "1");
        if let Some(text) = input {
            let file = lab.folder().write("typed", text, 0o600).expect("written");
            command.stdin(fs::File::open(file).expect("it opens"));
        }
        printed.push(Mailwright::finish(command));
    };
    let test = ["test", address.as_str(), "--transcript", &folder];
    run(&test, None);
    run(&["--json", "test", &address], None);
    run(&["folders", &address], None);
    run(&["set", &address, "--password-stdin"], Some(wrong));
    run(&test, None);
    let package = lab.mailwright_home().join("package.json");
    let package = package.display().to_string();
    run(&["support-package", "--out", &package], None);
    for words in [
        ["show", &address],
        ["sign-in", &address],
        ["token", &address],
        ["sign-out", &address],
        ["test", &address],
    ] {
        run(&words, None);
    }
    run(&["status"], None);
    let mut texts: Vec<(String, String)> = printed
        .into_iter()
        .map(|said| (said.typed, said.out + &said.err))
        .collect();
    let tested = texts.iter().filter(|(typed, _)| typed.contains(" test "));
    assert!(tested.count() >= 3, "the job went to its end");
    collect(&lab.mailwright_home(), &mut texts);
    assert!(
        texts.iter().any(|(name, _)| name.ends_with(".pop3.txt")),
        "transcripts were looked at"
    );
    // As they are, and as PLAIN and LOGIN send them.
    let base64 = |text: String| base64::prelude::BASE64_STANDARD.encode(text);
    for secret in [alice.as_str(), wrong] {
        let plain = base64(format!("\0{address}\0{secret}"));
        for form in [secret.to_owned(), base64(secret.to_owned()), plain] {
            for (what, text) in &texts {
                assert!(!text.contains(&form), "{what} holds the password");
            }
        }
    }
}

/// Every file below a folder, bytes as text.
fn collect(folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, into);
        } else {
            let bytes = fs::read(&path).expect("it reads");
            into.push((
                path.display().to_string(),
                String::from_utf8_lossy(&bytes).into_owned(),
            ));
        }
    }
}
