//! Error IDs, the support package, and tests of many mailboxes: JUnit, a few at once, going on after a stop.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::too_many_lines)] // what is not as expected ends the test

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use mailwright_e2e::{
    Mailbox, Mailwright, add_mailbox, add_registration, add_registration_with_secret, report,
    sign_in,
};
use mailwright_lab::{BrowserAction, CONFIDENTIAL_SECRET, Lab, Options, Tenant};
use serde_json::Value;

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

fn signed_in(lab: &Lab, who: &str) -> Mailbox {
    let mailbox = Mailbox::of(lab, who);
    let _ = add_mailbox(lab, &mailbox, "Lab", &[]).exits(0);
    let _ = sign_in(lab, &mailbox.address, who, BrowserAction::Accept, &[]).exits(0);
    mailbox
}

#[test]
fn a_support_package_has_what_helps_and_neither_secrets_nor_with_mask_whose_it_is() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let _ = add_registration_with_secret(&lab, "Lab", Tenant::Contoso).exits(0);
    let address = signed_in(&lab, "alice").address;
    let token = program.run(&["token", &address]).exits(0).out;
    // Bob's name with Alice's token: the server refuses it.
    let _ = program
        .run(&["set", &address, "--smtp-login", "bob@lab.test"])
        .exits(0);
    let failed = program.json(&["test", &address]).json();
    let id = report(&failed)["error_id"].as_str().expect("an error ID");
    let said = program.run(&["test", &address]);
    assert!(said.out.contains("Error ID MW-"), "{said:?}");

    let folder = lab.mailwright_home();
    let file = |name: &str| folder.join(name).display().to_string();
    let by_id = file("by-id.json");
    let words = ["support-package", "--error-id", id, "--out", &by_id];
    let one = program.json(&words).exits(0).json();
    assert_eq!(one["error_ids"][0], id);
    assert!(
        one["mailto"].as_str().is_some_and(|m| m.contains(id)),
        "{one}"
    );
    let again = program.json(&words).exits(2);
    assert_eq!(again.json()["error"]["code"], "conflict", "{again:?}");
    let mode = fs::metadata(&by_id).expect("written").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let would = file("dry.json");
    let dry = ["support-package", "--dry-run", "--out", &would];
    let said = program.run(&dry).exits(0);
    assert!(said.err.contains("This would go into the file"), "{said:?}");
    assert!(!folder.join("dry.json").exists());

    let mut secrets = lab
        .authorization()
        .expect("authorization")
        .issued()
        .expect("issued");
    secrets.push(CONFIDENTIAL_SECRET.to_owned());
    secrets.extend(lab.users().iter().map(|user| user.password.clone()));
    secrets.push(
        token
            .trim()
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_owned(),
    );
    assert!(
        secrets.len() > 4 && secrets.iter().all(|s| s.len() > 4),
        "something to look for"
    );
    for (name, more) in [("plain.json", &[][..]), ("masked.json", &["--mask"])] {
        let path = file(name);
        let mut words = vec!["support-package", &*address, "--test", "--out", &path];
        words.extend(more);
        let said = program.run(&words).exits(0);
        let text = fs::read_to_string(&path).expect("written");
        secrets.extend(
            lab.authorization()
                .expect("authorization")
                .issued()
                .expect("issued"),
        );
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{name} holds a secret");
        }
        let package: Value = serde_json::from_str(&text).expect("JSON");
        for part in [
            "program",
            "computer",
            "mailboxes",
            "registrations",
            "reports",
            "transcripts",
        ] {
            assert!(package[part] != Value::Null, "{part} is there");
            assert!(said.err.contains(part), "{part} is announced: {said:?}");
        }
        assert!(text.contains("AUTHENTICATE"), "the conversation is there");
        assert!(package["reports"][0]["error_id"].is_string());
        let whose = text.to_lowercase().contains("alice") || text.contains("lab.test");
        assert_eq!(whose, more.is_empty(), "{name}: {text}");
    }
}

#[test]
fn all_mailboxes_are_tested_a_few_at_once_and_written_as_junit() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let _ = add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
    let _ = signed_in(&lab, "alice");
    let _ = signed_in(&lab, "bob");
    let file = lab.mailwright_home().join("junit.xml");
    let path = file.display().to_string();
    let _ = program
        .run(&["set", "bob@lab.test", "--smtp-login", "alice@lab.test"])
        .exits(0);
    // Nobody waits for a test whose file cannot be written.
    let nowhere = format!("{path}/nowhere/junit.xml");
    let said = program
        .json(&["test", "--all", "--junit", &nowhere])
        .exits(1);
    assert!(said.err.contains("Nothing was tested."), "{said:?}");
    let said = program.json(&["test", "--all", "--jobs", "2", "--junit", &path]);
    assert_ne!(said.code, 0, "one fails");
    let document = said.json();
    let reports = document["reports"].as_array().expect("reports");
    let who: Vec<&Value> = reports.iter().map(|r| &r["mailbox"]).collect();
    assert_eq!(
        who,
        ["alice@lab.test", "bob@lab.test"],
        "in the order of the list"
    );
    let count = |outcome: &str| -> usize {
        let checks = reports
            .iter()
            .flat_map(|r| r["checks"].as_array().expect("checks"));
        checks.filter(|c| c["outcome"] == outcome).count()
    };
    let xml = fs::read_to_string(&file).expect("written");
    let tests = xml.matches("<testcase ").count();
    assert_eq!(xml.matches("<failure ").count(), count("failed"));
    assert_eq!(
        xml.matches("<skipped ").count(),
        count("skipped") + count("unchecked")
    );
    assert_eq!(xml.matches("<testsuite ").count(), 2);
    assert!(xml.contains(&format!(
        "<testsuites name=\"mailwright test\" tests=\"{tests}\""
    )));
    assert!(count("failed") > 0 && count("passed") > 0);
}

#[test]
fn a_round_that_was_stopped_is_gone_on_with() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let _ = add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
    let _ = signed_in(&lab, "alice");
    let bob = signed_in(&lab, "bob");
    // It takes the connection and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("bound").port();
    let nowhere = format!("127.0.0.1:{port}:tls");
    let _ = program
        .run(&[
            "set",
            "bob@lab.test",
            "--imap",
            &nowhere,
            "--smtp",
            &nowhere,
            "--timeout",
            "100",
        ])
        .exits(0);
    let file = lab.folder().join("stopped.xml");
    let junit = file.to_str().expect("a path of ours");
    let words = ["test", "--all", "--jobs", "1", "--json", "--junit", junit];
    let mut running = program.start(&words);
    let _ = running.after("alice@lab.test");
    let (_connection, _) = silent.accept().expect("Bob's test has begun");
    running.interrupt();
    let said = running.wait().exits(1);
    assert!(said.err.contains("--resume"), "{said:?}");
    // What was found until then is the answer.
    let document = said.json();
    assert_eq!(document["reports"][0]["mailbox"], "alice@lab.test");
    assert_eq!(document["reports"][0]["status"], "working");
    let stopped = &document["reports"][1];
    assert_eq!(stopped["mailbox"], "bob@lab.test");
    let outcomes = |outcome: &str| {
        let checks = stopped["checks"].as_array().expect("checks");
        checks.iter().filter(|c| c["outcome"] == outcome).count()
    };
    assert!(outcomes("cancelled") >= 1, "{stopped}");
    assert!(outcomes("passed") >= 1 && outcomes("skipped") >= 1);
    assert_eq!(outcomes("failed"), 0, "{stopped}");
    let xml = std::fs::read_to_string(&file).expect("written");
    assert!(xml.contains("<error type=\"cancelled\""), "{xml}");
    assert!(xml.contains("testsuite name=\"alice@lab.test\""), "{xml}");
    let shown = program.json(&["show", "bob@lab.test"]).json();
    assert_eq!(shown["last_check"], Value::Null, "nothing of it is saved");
    assert_eq!(stopped["stopped"], true, "{stopped}");
    // Another round does not take its place.
    let other = ["test", "--all", "--resume", "--only", "imap"];
    let refused = program.run(&other).exits(2);
    assert!(refused.err.contains("was another one"), "{refused:?}");
    let shown = program.json(&["show", "alice@lab.test"]).json();
    let tested = shown["last_check"].clone();

    let _ = program
        .run(&[
            "set",
            "bob@lab.test",
            "--imap",
            &bob.imap,
            "--smtp",
            &bob.smtp,
        ])
        .exits(0);
    let said = program.json(&["test", "--all", "--resume"]).exits(0);
    assert!(
        said.err.contains("1 of 2 mailboxes are tested already"),
        "{said:?}"
    );
    let document = said.json();
    assert_eq!(document["reports"][0]["started"], tested, "not repeated");
    assert_eq!(document["reports"][1]["status"], "working");
    let said = program.json(&["test", "--all", "--resume"]).exits(0);
    assert!(said.err.contains("beginning anew"), "{said:?}");
}
