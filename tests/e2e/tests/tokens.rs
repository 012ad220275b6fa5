//! What keeps a mailbox working: renewing without losing, several users of one sign-in, and its end.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::process::Command;
use std::time::{Duration, Instant};

use mailwright_e2e::{
    Mailbox, Mailwright, add_mailbox, add_registration, check, failure, failures, report, set_up,
    sign_in,
};
use mailwright_lab::{BrowserAction, Lab, Options, Tenant};
use serde_json::Value;

/// Longer than any pause after one failure.
const PATIENCE: Duration = Duration::from_secs(60);

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

fn counter(lab: &Lab, name: &str) -> u64 {
    let state = lab
        .authorization()
        .expect("authorization")
        .state()
        .expect("state");
    state[name].as_u64().expect("a number")
}

#[test]
fn an_ended_sign_in_stops_the_mailbox_and_one_sign_in_mends_it() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    let _ = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .exits(0);
    let authorization = lab.authorization().expect("authorization");
    assert!(authorization.revoke("alice@lab.test").expect("revoked") > 0);
    // The cached access token is still good for the servers; the renewal is not.
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .exits(3)
        .json();
    assert_eq!(
        failures(&value),
        [failure("", "renew", "entra-refresh-revoked")],
        "{value:#}"
    );
    // By these numbers an administrator finds the attempt again.
    let renew = report(&value)["checks"].as_array().expect("checks").last();
    let said = renew.expect("a check")["server_says"].to_string();
    for named in ["AADSTS", "Correlation ID: ", "Trace ID: ", "Timestamp: "] {
        assert!(said.contains(named), "{said}");
    }
    let shown = Mailwright::new(&lab)
        .json(&["show", &mailbox.address])
        .json();
    assert_eq!(
        (&shown["status"], &shown["signed_in_as"]),
        (&"stopped".into(), &Value::Null)
    );
    let asked = authorization.state().expect("state")["token"].clone();
    let _ = Mailwright::new(&lab)
        .json(&["token", &mailbox.address])
        .exits(3);
    assert_eq!(
        authorization.state().expect("state")["token"],
        asked,
        "a dead grant is not asked for again"
    );
    let _ = sign_in(&lab, &mailbox.address, "alice", BrowserAction::Accept, &[]).exits(0);
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .exits(0)
        .json();
    assert_eq!(report(&value)["status"], "working");
}

/// The provider answers again; until when it is left alone is Mailwright's to say.
fn until_it_works(lab: &Lab, address: &str) {
    let asking = Instant::now();
    while Mailwright::new(lab).json(&["test", address]).code != 0 {
        assert!(asking.elapsed() < PATIENCE, "{address} never works again");
    }
}

#[test]
fn a_provider_that_cannot_answer_costs_no_sign_in() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    let _ = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .exits(0);
    let authorization = lab.authorization().expect("authorization");
    for kind in ["503", "429", "html", "empty", "huge", "drop"] {
        authorization
            .fail(&serde_json::json!({ "kind": kind, "count": 9 }))
            .expect("planned");
        let value = Mailwright::new(&lab)
            .json(&["test", &mailbox.address])
            .json();
        assert_eq!(failures(&value).len(), 1, "{kind}: {value:#}");
        assert_eq!(check(&value, "", "renew")["outcome"], "failed", "{kind}");
        authorization.mend().expect("mended");
        until_it_works(&lab, &mailbox.address);
        let shown = Mailwright::new(&lab)
            .json(&["show", &mailbox.address])
            .json();
        assert_eq!(
            shown["signed_in_as"], "alice@lab.test",
            "{kind}: nothing was lost"
        );
    }
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .exits(0)
        .json();
    assert_eq!(report(&value)["status"], "working");
}

#[test]
fn many_refreshing_one_rotating_grant_lose_nothing() {
    let lab = lab();
    // No access token is good for long, so every process has to renew, and each renewal ends the token before it.
    let authorization = lab.authorization().expect("authorization");
    let short_lived = serde_json::json!({ "with": { "expires_in": 0 }, "count": 10_000 });
    authorization.shape(&short_lived).expect("planned");
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Strict);
    let before = counter(&lab, "token");
    let widths = [2, 8, 2, 8, 2, 8];
    for width in widths {
        let runs: Vec<i32> = std::thread::scope(|scope| {
            let one = || Mailwright::new(&lab).run(&["token", &mailbox.address]).code;
            let threads: Vec<_> = (0..width).map(|_| scope.spawn(one)).collect();
            threads
                .into_iter()
                .map(|t| t.join().expect("it ends"))
                .collect()
        });
        assert_eq!(runs, vec![0; width], "every one of {width} was served");
    }
    let state = authorization.state().expect("state");
    assert_eq!(
        state["families_killed"], 0,
        "no refresh token was used twice: {state}"
    );
    let renewed = state["token"].as_u64().expect("a number") - before;
    let runs = u64::try_from(widths.iter().sum::<usize>()).expect("small");
    assert_eq!(renewed, runs, "each of them renewed by itself");
    let _ = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .exits(0);
}

#[test]
fn interrupted_in_the_middle_of_a_renewal_loses_nothing() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Strict);
    for signal in ["-INT", "-TERM", "-HUP"] {
        lab.authorization()
            .expect("authorization")
            .fail(&serde_json::json!({ "kind": "slow" }))
            .expect("planned");
        let before = counter(&lab, "token");
        let child = Mailwright::new(&lab)
            .command(&["test", &mailbox.address, "--only", "imap"])
            .spawn()
            .expect("it starts");
        while counter(&lab, "token") == before {
            std::thread::yield_now();
        }
        // The provider is about to rotate the token, and the person has no patience.
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .expect("kill runs")
                .success()
        );
        let output = child.wait_with_output().expect("it ends");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains("Stopped"), "{text}");
    }
    let _ = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .exits(0);
    assert_eq!(
        counter(&lab, "families_killed"),
        0,
        "the new token was stored each time"
    );
}

#[test]
fn a_purpose_that_was_not_granted_asks_for_a_sign_in_and_keeps_the_old_one() {
    let lab = lab();
    let mailbox = Mailbox::of(&lab, "bob");
    let _ = add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
    let words = [
        "add",
        &mailbox.address,
        "--registration",
        "Lab",
        "--smtp",
        &mailbox.smtp,
        "--no-receive",
    ];
    let program = Mailwright::new(&lab);
    let _ = program.json(&words).exits(0);
    let _ = sign_in(&lab, &mailbox.address, "bob", BrowserAction::Accept, &[]).exits(0);
    let _ = program
        .json(&[
            "set",
            &mailbox.address,
            "--receive",
            "yes",
            "--imap",
            &mailbox.imap,
        ])
        .exits(0);
    let asked = counter(&lab, "token");
    let error = program.json(&["token", &mailbox.address]).exits(3).json();
    assert_eq!(
        error["error"]["verdict"]["id"], "token-scope-missing",
        "{error}"
    );
    assert_eq!(
        counter(&lab, "token"),
        asked,
        "the provider was not asked for more than it granted"
    );
    let _ = program
        .json(&["set", &mailbox.address, "--receive", "no"])
        .exits(0);
    let _ = program.json(&["test", &mailbox.address]).exits(0);
    let _ = program
        .json(&["set", &mailbox.address, "--receive", "yes"])
        .exits(0);
    let answer = sign_in(&lab, &mailbox.address, "bob", BrowserAction::Accept, &[])
        .exits(0)
        .json();
    assert!(answer["scopes"].to_string().contains("IMAP"), "{answer}");
    let _ = program.json(&["test", &mailbox.address]).exits(0);
}

#[test]
fn two_mailboxes_on_one_sign_in_end_it_together_and_not_before() {
    let lab = lab();
    let (alice, _) = set_up(&lab, "alice", Tenant::Contoso);
    let shared = Mailbox {
        address: "bob@lab.test".to_owned(),
        ..alice.clone()
    };
    let program = Mailwright::new(&lab);
    // Alice signs in for Bob's address as the person who sends for it.
    let more = ["--sign-in-name", "alice@lab.test", "--no-receive"];
    let _ = add_mailbox(&lab, &shared, "contoso", &more).exits(0);
    let _ = sign_in(&lab, &shared.address, "alice", BrowserAction::Accept, &[]).exits(0);
    let _ = program.json(&["test", &alice.address]).exits(0);

    let out = program.json(&["sign-out", &shared.address]).exits(0).json();
    assert_eq!(out["kept_for"], serde_json::json!(["alice@lab.test"]));
    let _ = program.json(&["test", &alice.address]).exits(0);
    assert_eq!(
        program.json(&["show", &shared.address]).json()["status"],
        "waiting-for-you"
    );
    let out = program.json(&["sign-out", &alice.address]).exits(0).json();
    assert_eq!(out["kept_for"], serde_json::json!([]));
    assert_eq!(
        lab.keychain()
            .expect("keychain")
            .items()
            .expect("items")
            .len(),
        0
    );
}

#[test]
fn another_registration_means_another_sign_in_and_the_old_one_is_gone() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    let program = Mailwright::new(&lab);
    let _ = add_registration(&lab, "Other", Tenant::Strict).exits(0);
    let busy = program
        .json(&["registration", "remove", "contoso"])
        .exits(2)
        .json();
    assert!(
        busy["error"]["message"]
            .as_str()
            .is_some_and(|m| m.contains("alice@lab.test")),
        "{busy}"
    );
    let _ = program
        .json(&["set", &mailbox.address, "--registration", "Other"])
        .exits(0);
    let shown: Value = program.json(&["show", &mailbox.address]).json();
    assert_eq!(
        (&shown["status"], &shown["signed_in_as"]),
        (&"waiting-for-you".into(), &Value::Null)
    );
    assert_eq!(
        lab.keychain()
            .expect("keychain")
            .items()
            .expect("items")
            .len(),
        0
    );
    let _ = program
        .json(&["registration", "remove", "contoso"])
        .exits(0);
    let _ = sign_in(&lab, &mailbox.address, "alice", BrowserAction::Accept, &[]).exits(0);
    let _ = program.json(&["test", &mailbox.address]).exits(0);
}

#[test]
fn an_ended_sign_in_is_stopped_whatever_else_fails() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    let program = Mailwright::new(&lab);
    let _ = program
        .json(&["set", &mailbox.address, "--smtp-login", "bob@lab.test"])
        .exits(0);
    lab.authorization()
        .expect("authorization")
        .revoke("alice@lab.test")
        .expect("revoked");
    // Reading still works with the last access token, sending fails for a reason of its own, and the renewal is refused.
    let value = program.json(&["test", &mailbox.address]).json();
    assert_eq!(
        check(&value, "imap", "inbox")["outcome"],
        "passed",
        "{value:#}"
    );
    assert_eq!(
        check(&value, "smtp", "authenticate")["outcome"],
        "failed",
        "{value:#}"
    );
    assert_eq!(report(&value)["status"], "stopped", "{value:#}");
    assert_eq!(
        program.json(&["show", &mailbox.address]).json()["status"],
        "stopped"
    );
}
