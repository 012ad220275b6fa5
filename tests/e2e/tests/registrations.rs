//! Changing an app registration from the command line: what changes, what stays, and what is refused because people
//! are signed in with it.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use mailwright_e2e::{Mailbox, Mailwright, add_mailbox, set_up, sign_in};
use mailwright_lab::{
    BrowserAction, CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET, KeychainState, Lab, Options, Tenant,
};

fn mail_lab() -> Lab {
    let options = Options::new()
        .mail()
        .dns()
        .authorization_server()
        .browser()
        .keychain(KeychainState::Unlocked);
    Lab::start(options).expect("the lab starts")
}

#[test]
fn a_wrong_secret_is_replaced_and_a_new_one_keeps_the_sign_in() {
    let lab = mail_lab();
    let program = Mailwright::new(&lab);
    let base = lab.authorization().expect("authorization").base();
    let add = [
        "registration",
        "add",
        "--name",
        "ERP mail",
        "--provider",
        "microsoft",
        "--cloud",
        "custom",
        "--authority",
        base,
        "--tenant",
        "contoso",
        "--client-id",
        CONFIDENTIAL_CLIENT,
        "--client-secret-stdin",
        "--secret-expires",
        "2026-01-31",
    ];
    let _ = program.run_with_input(&add, "not~the.secret\n").exits(0);
    let mailbox = Mailbox::of(&lab, "alice");
    let _ = add_mailbox(&lab, &mailbox, "ERP mail", &[]).exits(0);
    let address = mailbox.address.as_str();
    let said = sign_in(&lab, address, address, BrowserAction::Accept, &[]).exits(1);
    assert_eq!(said.json()["error"]["verdict"]["id"], "entra-secret-wrong");

    let set = [
        "--json",
        "registration",
        "set",
        "erp MAIL",
        "--client-secret-stdin",
        "--secret-expires",
        "2099-01-31",
    ];
    let changed = program
        .run_with_input(&set, &format!(" {CONFIDENTIAL_SECRET}\n"))
        .exits(0);
    assert!(
        !format!("{changed:?}").contains(CONFIDENTIAL_SECRET),
        "the secret is in no output"
    );
    assert_eq!(changed.json()["name"], "ERP mail");
    let _ = sign_in(&lab, address, address, BrowserAction::Accept, &[]).exits(0);
    let shown = program
        .json(&["registration", "show", "ERP mail"])
        .exits(0)
        .json();
    assert_eq!(shown["secret_expires"], "2099-01-31");

    // The same value again stands for the next year's secret: nobody has to sign in for it.
    let _ = program.run_with_input(&set, CONFIDENTIAL_SECRET).exits(0);
    let report = program.json(&["test", address]).exits(0).json();
    assert_eq!(report["reports"][0]["status"], "working");
}

#[test]
fn what_a_sign_in_rests_on_cannot_be_changed_under_it() {
    let lab = mail_lab();
    let program = Mailwright::new(&lab);
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    let before = program.json(&["registration", "show", "contoso"]).json();
    for option in [
        ["--client-id", CONFIDENTIAL_CLIENT],
        ["--tenant", "organizations"],
        ["--authority", "https://login.example"],
    ] {
        let words = [["registration", "set", "contoso"].as_slice(), &option].concat();
        let said = program.json(&words).exits(2);
        let error = &said.json()["error"];
        assert_eq!(error["code"], "conflict", "{option:?}");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(
            message.contains(&mailbox.address) && message.contains("Nothing was changed"),
            "{message}"
        );
    }
    assert_eq!(
        program.json(&["registration", "show", "contoso"]).json(),
        before
    );
    let _ = program
        .run(&["registration", "set", "contoso", "--name", "Contoso mail"])
        .exits(0);
    let token = program.json(&["token", &mailbox.address]).exits(0);
    assert!(token.json()["access_token"].is_string());

    let _ = program
        .run(&["sign-out", &mailbox.address, "--keep-remote"])
        .exits(0);
    let free = [
        "registration",
        "set",
        "Contoso mail",
        "--tenant",
        "organizations",
    ];
    let _ = program.run(&free).exits(0);
}

#[test]
fn a_wrong_change_is_refused_and_says_what_to_type() {
    let lab = Lab::start(Options::new().keychain(KeychainState::Unlocked)).expect("the lab starts");
    let program = Mailwright::new(&lab);
    let add = [
        "registration",
        "add",
        "--name",
        "R",
        "--provider",
        "microsoft",
        "--client-id",
        CONFIDENTIAL_CLIENT,
    ];
    let _ = program.run(&add).exits(0);
    for (words, exit, part) in [
        (vec!["X"], 1, "mailwright registration list"),
        (vec!["R", "--cloud", "custom"], 2, "--authority"),
        (vec!["R", "--client-id", "ERP"], 2, "is not a client ID"),
        (vec!["R", "--client-id", ""], 2, "--client-id"),
        (
            vec!["R", "--redirect-uri", "https://erp.example/cb"],
            2,
            "back to this computer",
        ),
        (
            vec!["R", "--client-secret-stdin", "--no-client-secret"],
            2,
            "cannot be used with",
        ),
    ] {
        let words = [["registration", "set"].as_slice(), &words].concat();
        let said = program.run(&words).exits(exit);
        assert!(said.err.contains(part), "{}: {}", said.typed, said.err);
    }
    let shown = program.json(&["registration", "show", "R"]).exits(0).json();
    assert_eq!(
        (&shown["client_id"], &shown["cloud"]),
        (&CONFIDENTIAL_CLIENT.into(), &"global".into())
    );
}
