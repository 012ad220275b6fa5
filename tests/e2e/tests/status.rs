//! The expiry calendar on the command line.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use mailwright_e2e::{Mailbox, Mailwright, add_mailbox, add_registration, sign_in};
use mailwright_lab::{
    BrowserAction, CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET, Lab, Options, Tenant,
};
use serde_json::{Value, json};

/// Kind, action and number of mailboxes of each.
fn told(fixes: &Value) -> Vec<(String, String, usize)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fixes = fixes.as_array().expect("a list").iter();
    fixes
        .map(|fix| {
            let mailboxes = fix["mailboxes"].as_array().map_or(0, Vec::len);
            (text(&fix["kind"]), text(&fix["action"]), mailboxes)
        })
        .collect()
}

fn one(kind: &str, action: &str, mailboxes: usize) -> Vec<(String, String, usize)> {
    vec![(kind.to_owned(), action.to_owned(), mailboxes)]
}

#[test]
fn a_secret_that_ends_is_one_fix_for_all_its_mailboxes() {
    let lab = Lab::start(Options::everything()).expect("the lab starts");
    let program = Mailwright::new(&lab);
    let calm = program.json(&["status"]).exits(0).json();
    assert_eq!(
        (&calm["fixes"], &calm["mailboxes"]),
        (&json!([]), &json!(0))
    );

    let base = lab
        .authorization()
        .expect("authorization")
        .base()
        .to_owned();
    let words = [
        "registration",
        "add",
        "--name",
        "ERP mail",
        "--provider",
        "microsoft",
        "--cloud",
        "custom",
        "--authority",
        &base,
        "--tenant",
        "contoso",
        "--client-id",
        CONFIDENTIAL_CLIENT,
        "--client-secret-stdin",
        "--secret-expires",
        "2099-12-31",
    ];
    let _ = program.run_with_input(&words, CONFIDENTIAL_SECRET).exits(0);
    for who in ["alice", "bob"] {
        let mailbox = Mailbox::of(&lab, who);
        let _ = add_mailbox(&lab, &mailbox, "ERP mail", &[]).exits(0);
    }
    let waiting = program.json(&["status"]).exits(1).json();
    assert_eq!(waiting["fixes"][0]["kind"], "sign-in");
    for who in ["alice", "bob"] {
        let address = Mailbox::of(&lab, who).address;
        let _ = sign_in(&lab, &address, who, BrowserAction::Accept, &[]).exits(0);
        let _ = program.json(&["test", &address]).exits(0);
    }
    let calm = program.json(&["status"]).exits(0).json();
    assert_eq!(calm["working"], 2);
    assert_eq!(calm["dates"][0]["on"].as_str().map(str::len), Some(10));

    // The day passes; nothing else changes.
    let set = [
        "registration",
        "set",
        "ERP mail",
        "--secret-expires",
        "2020-02-29",
    ];
    let _ = program.run(&set).exits(0);
    let ended = program.json(&["status"]).exits(1).json();
    assert_eq!(told(&ended["fixes"]), one("secret", "replace-secret", 2));
    assert_eq!(ended["fixes"][0]["within"], 0);
    let shown = program.json(&["list"]).exits(0).json();
    for mailbox in shown["mailboxes"].as_array().expect("a list") {
        assert_eq!(mailbox["status"], "needs-attention", "{mailbox}");
    }
    let people = program.run(&["status"]).exits(1).out;
    assert!(
        people.contains("The secret of “ERP mail” ended on 2020-02-29: 2 mailboxes"),
        "{people}"
    );
    assert!(people.contains("--client-secret-stdin"), "{people}");
}

#[test]
fn a_project_in_testing_is_said_and_asked_of_google_alone() {
    let lab = Lab::start(Options::new().dns()).expect("the lab starts");
    let program = Mailwright::new(&lab);
    let add = |name: &str, provider: &str, id: &str| {
        let words = [
            "registration",
            "add",
            "--name",
            name,
            "--provider",
            provider,
            "--client-id",
            id,
            "--publishing",
            "testing",
        ];
        program.json(&words)
    };
    let refused = add("ERP mail", "microsoft", CONFIDENTIAL_CLIENT).exits(2);
    assert!(refused.err.contains("Only a Google project"), "{refused:?}");
    let _ = add("Shop mail", "google", "1-a.apps.googleusercontent.com").exits(0);
    let show = || {
        let words = ["registration", "show", "Shop mail"];
        program.json(&words).exits(0).json()["publishing"].clone()
    };
    assert_eq!(show(), "testing");
    let set = |status: &str| {
        ["registration", "set", "Shop mail", "--publishing"]
            .map(str::to_owned)
            .into_iter()
            .chain([status.to_owned()])
            .collect::<Vec<_>>()
    };
    let _ = program.run(&set("production")).exits(0);
    assert_eq!(show(), "production");
    let _ = program.run(&set("soon")).exits(2);
}

#[test]
fn how_often_people_must_sign_in_is_learnt_from_a_refusal() {
    let lab = Lab::start(Options::everything()).expect("the lab starts");
    let program = Mailwright::new(&lab);
    let _ = add_registration(&lab, "ERP mail", Tenant::Contoso).exits(0);
    let mailbox = Mailbox::of(&lab, "alice");
    let address = mailbox.address.as_str();
    let _ = add_mailbox(&lab, &mailbox, "ERP mail", &[]).exits(0);
    let _ = sign_in(&lab, address, "alice", BrowserAction::Accept, &[]).exits(0);
    let fault = json!({ "aadsts": { "number": 70043, "text": "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on 2026-11-20T08:00:00.0000000Z and the maximum allowed lifetime for this request is 86400." } });
    let server = lab.authorization().expect("authorization");
    server.fail(&fault).expect("planned");
    let said = program.json(&["test", address]);
    assert!(said.out.contains("entra-sign-in-frequency"), "{}", said.out);
    let stopped = program.json(&["status"]).exits(1).json();
    assert_eq!(told(&stopped["fixes"]), one("sign-in", "sign-in", 1));

    let _ = sign_in(&lab, address, "alice", BrowserAction::Accept, &[]).exits(0);
    let _ = program.json(&["test", address]).exits(0);
    let known = program.json(&["status"]).exits(1).json();
    assert_eq!(
        told(&known["fixes"]),
        one("sign-in-frequency", "sign-in", 1),
        "the new sign-in lasts a day"
    );
}
