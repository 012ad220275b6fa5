//! The JSON that other programs rely on: every verb's keys and types, and the exit codes. What changes here breaks
//! somebody's script.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::too_many_lines)] // what is not as expected ends the test

use std::collections::BTreeMap;

use mailwright_e2e::{Mailbox, Mailwright, add_mailbox, add_registration, sign_in};
use mailwright_lab::{BrowserAction, Lab, Options, Tenant};
use serde_json::{Map, Value, json};

/// Keys with the kinds of their values; a list by its first element, a map of words by its first value.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "bool".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "text".into(),
        Value::Array(items) => json!([items.first().map_or(Value::Null, shape)]),
        Value::Object(map) => {
            let sorted: BTreeMap<&String, Value> = map.iter().map(|(k, v)| (k, shape(v))).collect();
            Value::Object(
                sorted
                    .into_iter()
                    .map(|(k, v)| (k.clone(), v))
                    .collect::<Map<_, _>>(),
            )
        }
    }
}

#[test]
fn every_verb_prints_the_keys_of_its_contract() {
    let lab = Lab::start(Options::everything()).expect("the lab starts");
    let program = Mailwright::new(&lab);
    let mailbox = Mailbox::of(&lab, "alice");
    let address = mailbox.address.as_str();
    let mut shapes: BTreeMap<&str, Value> = BTreeMap::new();
    let mut see = |verb: &'static str, value: &Value| {
        shapes.insert(verb, shape(value));
    };
    see(
        "detect",
        &program
            .json(&["detect", "info@contoso-mail.test"])
            .exits(0)
            .json(),
    );
    see(
        "detect, nothing found",
        &program
            .json(&["detect", "anna@unknown.test"])
            .exits(1)
            .json(),
    );
    see(
        "registration add",
        &add_registration(&lab, "Lab", Tenant::Contoso)
            .exits(0)
            .json(),
    );
    see(
        "add",
        &add_mailbox(&lab, &mailbox, "Lab", &[]).exits(0).json(),
    );
    see(
        "approve",
        &program.json(&["approve", address]).exits(0).json(),
    );
    let mut organisation = program.json(&["organisation"]).exits(0).json();
    // Once all announced days are over the list is empty, and its keys are the same.
    if organisation["announced"] == json!([]) {
        organisation["announced"] = json!([{
            "checked_on": "", "ends": true, "id": "", "link": "", "on": "", "source": "",
            "steps": [""], "title": "", "what": "", "when": "",
        }]);
    }
    see("organisation", &organisation);
    see("status", &program.json(&["status"]).exits(1).json());
    see(
        "show, nobody signed in",
        &program.json(&["show", address]).exits(0).json(),
    );
    see(
        "token, nobody signed in",
        &program.json(&["token", address]).exits(3).json(),
    );
    see(
        "test, nobody signed in",
        &program.json(&["test", address]).exits(3).json(),
    );
    see("doctor", &program.json(&["doctor"]).exits(0).json());
    see(
        "support-package",
        &program
            .json(&["support-package", "--dry-run"])
            .exits(0)
            .json(),
    );
    see(
        "sign-in",
        &sign_in(&lab, address, "alice", BrowserAction::Accept, &[])
            .exits(0)
            .json(),
    );
    see("test", &program.json(&["test", address]).exits(0).json());
    see(
        "folders",
        &program.json(&["folders", address]).exits(0).json(),
    );
    see(
        "token",
        &program
            .json(&["token", address, "--for", "smtp"])
            .exits(0)
            .json(),
    );
    see("list", &program.json(&["list"]).exits(0).json());
    see("show", &program.json(&["show", address]).exits(0).json());
    see(
        "set",
        &program
            .json(&["set", address, "--name", "Alice"])
            .exits(0)
            .json(),
    );
    see(
        "registration list",
        &program.json(&["registration", "list"]).exits(0).json(),
    );
    see(
        "registration show",
        &program
            .json(&["registration", "show", "Lab"])
            .exits(0)
            .json(),
    );
    see(
        "explain",
        &program.json(&["explain", "AADSTS50105"]).exits(0).json(),
    );
    see(
        "sign-out",
        &program.json(&["sign-out", address]).exits(0).json(),
    );
    see(
        "remove",
        &program.json(&["remove", address]).exits(0).json(),
    );
    see(
        "registration remove",
        &program
            .json(&["registration", "remove", "Lab"])
            .exits(0)
            .json(),
    );
    see(
        "an error",
        &program.json(&["show", address]).exits(1).json(),
    );
    insta::assert_json_snapshot!("verbs", shapes);
}

#[test]
fn test_events_are_one_json_document_a_line() {
    let lab = Lab::start(Options::everything()).expect("the lab starts");
    let (mailbox, _) = mailwright_e2e::set_up(&lab, "alice", Tenant::Contoso);
    let said = Mailwright::new(&lab)
        .run(&["test", &mailbox.address, "--json-lines"])
        .exits(0);
    let events: Vec<Value> = said
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON document"))
        .collect();
    let mut shapes: BTreeMap<String, Value> = BTreeMap::new();
    for event in &events {
        let name = event["event"].as_str().expect("a name").to_owned();
        shapes.entry(name).or_insert_with(|| shape(event));
    }
    insta::assert_json_snapshot!("events", shapes);
    assert_eq!(
        events.last().map(|e| e["event"].clone()),
        Some("report".into())
    );
    let ids = |event: &str| events.iter().filter(|e| e["event"] == event).count();
    assert!(
        ids("started") >= 15 && ids("finished") >= ids("started"),
        "{events:#?}"
    );
}

#[test]
fn wrong_use_exits_2_and_help_is_there() {
    let lab = Lab::start(Options::new()).expect("the lab starts");
    let program = Mailwright::new(&lab);
    for words in [
        vec!["nonsense"],
        vec!["add"],
        vec!["test"],
        vec!["token", "a@b.nl", "--for", "fax"],
        vec!["help", "nonsense"],
    ] {
        let _ = program.run(&words).exits(2);
    }
    let environment = program.run(&["help", "environment"]).exits(0).out;
    for name in [
        "MAILWRIGHT_HOME",
        "MAILWRIGHT_CA_FILE",
        "MAILWRIGHT_DNS",
        "MAILWRIGHT_BROWSER",
        "MAILWRIGHT_SIGN_IN_TIMEOUT",
        "MAILWRIGHT_LOG",
    ] {
        assert!(environment.contains(name), "{environment}");
    }
    for verb in [
        "detect",
        "registration",
        "add",
        "list",
        "show",
        "set",
        "remove",
        "sign-in",
        "sign-out",
        "approve",
        "organisation",
        "status",
        "doctor",
        "support-package",
        "test",
        "folders",
        "token",
        "explain",
    ] {
        let _ = program.run(&["help", verb]).exits(0);
        let _ = program.run(&[verb, "--help"]).exits(0);
    }
    // A file where the data folder should be.
    let file = lab
        .folder()
        .write("not-a-folder", "x", 0o600)
        .expect("written");
    let home = file.display().to_string();
    let said = program.json(&["--home", &home, "list"]).exits(1);
    assert_eq!(said.json()["error"]["code"], "storage");
}
