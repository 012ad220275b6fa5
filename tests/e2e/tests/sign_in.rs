//! Signing in with a real browser at a real authorization server, and all the ways in which it does not go well.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::io::{Read, Write};
use std::net::TcpStream;

use mailwright_e2e::{
    Mailbox, Mailwright, add_mailbox, add_registration, alice_signs_in_at, set_up, sign_in,
};
use mailwright_lab::{
    BrowserAction, CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET, KeychainState, Lab, Options, Tenant,
};
use serde_json::Value;

fn lab() -> Lab {
    let options = Options::new()
        .authorization_server()
        .mailboxes_only()
        .browser()
        .keychain(KeychainState::Unlocked);
    Lab::start(options).expect("the lab starts")
}

fn mailbox_of(lab: &Lab, who: &str) -> Mailbox {
    let mail = lab.mail().expect("mail");
    Mailbox {
        address: lab.user(who).expect("a person").address.to_owned(),
        imap: format!("127.0.0.1:{}:tls", mail.imaps),
        smtp: format!("127.0.0.1:{}:starttls", mail.dovecot_submission),
    }
}

/// A lab with a registration at a tenant and Alice's mailbox, nobody signed in.
fn prepared(tenant: Tenant) -> (Lab, Mailbox) {
    let lab = lab();
    let _ = add_registration(&lab, "Lab", tenant).exits(0);
    let mailbox = mailbox_of(&lab, "alice");
    let _ = add_mailbox(&lab, &mailbox, "Lab", &[]).exits(0);
    (lab, mailbox)
}

fn secrets(lab: &Lab) -> usize {
    lab.keychain()
        .expect("keychain")
        .items()
        .expect("it lists")
        .len()
}

fn shown(lab: &Lab, address: &str) -> Value {
    Mailwright::new(lab)
        .json(&["show", address])
        .exits(0)
        .json()
}

/// Nothing of a failed sign-in is left: no secret, no grant, the same status.
fn nothing_was_saved(lab: &Lab, address: &str) {
    let shown = shown(lab, address);
    assert_eq!(
        (&shown["status"], &shown["signed_in_as"]),
        (&"waiting-for-you".into(), &Value::Null)
    );
    assert_eq!(secrets(lab), 0, "no secret was left in the keychain");
}

fn last_heading(lab: &Lab) -> String {
    // The program may end before its browser has read the page and written the heading down.
    for _ in 0..400 {
        if let Some(heading) = lab.browser_headings().pop() {
            return heading;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    String::new()
}

#[test]
fn a_sign_in_says_who_and_what_and_ends_on_a_page_that_says_so_too() {
    let (lab, mailbox) = prepared(Tenant::Contoso);
    let said = sign_in(&lab, &mailbox.address, "alice", BrowserAction::Accept, &[]).exits(0);
    let answer = said.json();
    assert_eq!(answer["signed_in_as"], "alice@lab.test");
    let scopes = answer["scopes"].as_array().expect("a list");
    assert!(
        scopes
            .iter()
            .any(|s| s.as_str().is_some_and(|s| s.ends_with("SMTP.Send"))),
        "{scopes:?}"
    );
    assert_eq!(last_heading(&lab), "Signed in");
    assert_eq!(
        shown(&lab, &mailbox.address)["status"],
        "not-started",
        "signed in, and nothing proven yet"
    );
    assert!(secrets(&lab) >= 1);
}

#[test]
fn cancelling_changes_nothing_and_is_no_success_page() {
    let (lab, mailbox) = prepared(Tenant::Contoso);
    let said = sign_in(&lab, &mailbox.address, "alice", BrowserAction::Cancel, &[]).exits(3);
    assert_eq!(said.json()["error"]["verdict"]["id"], "entra-user-declined");
    assert_eq!(last_heading(&lab), "Sign-in was cancelled");
    nothing_was_saved(&lab, &mailbox.address);
}

#[test]
fn another_account_is_not_saved_and_four_ways_on_are_named() {
    let (lab, mailbox) = prepared(Tenant::Contoso);
    let said = sign_in(&lab, &mailbox.address, "bob", BrowserAction::Accept, &[]).exits(3);
    let verdict = &said.json()["error"]["verdict"];
    assert_eq!(verdict["id"], "loop-wrong-account");
    let what = verdict["what"].as_str().expect("text");
    assert!(
        what.contains("bob@lab.test")
            && what.contains("alice@lab.test")
            && what.contains("Nothing was saved"),
        "{what}"
    );
    let steps = verdict["steps"].as_array().expect("steps");
    assert_eq!(steps.len(), 4, "{steps:?}");
    for (step, part) in steps.iter().zip([
        "--choose-account",
        "--sign-in-name bob@lab.test",
        "--shared",
        "mailwright add bob@lab.test",
    ]) {
        assert!(
            step.as_str().is_some_and(|s| s.contains(part)),
            "{part}: {step}"
        );
    }
    assert_eq!(last_heading(&lab), "You signed in with a different account");
    nothing_was_saved(&lab, &mailbox.address);

    // The way on for a sign-in name that differs from the address.
    let _ = Mailwright::new(&lab)
        .run(&["set", &mailbox.address, "--sign-in-name", "bob@lab.test"])
        .exits(0);
    let said = sign_in(&lab, &mailbox.address, "bob", BrowserAction::Accept, &[]).exits(0);
    assert_eq!(said.json()["signed_in_as"], "bob@lab.test");
    assert_eq!(
        shown(&lab, &mailbox.address)["smtp_login"],
        "bob@lab.test",
        "sending signs in as the person"
    );
}

#[test]
fn nobody_came_back_and_the_wrong_client_id_look_alike_so_the_page_is_explained() {
    let lab = lab();
    let base = lab
        .authorization()
        .expect("authorization")
        .base()
        .to_owned();
    let wrong = "00001111-aaaa-4222-8bbb-3333cccc4444";
    let words = [
        "registration",
        "add",
        "--name",
        "Wrong",
        "--provider",
        "microsoft",
        "--cloud",
        "custom",
        "--authority",
        &base,
        "--tenant",
        "contoso",
        "--client-id",
        wrong,
    ];
    let _ = Mailwright::new(&lab).run(&words).exits(0);
    let mailbox = mailbox_of(&lab, "alice");
    let _ = add_mailbox(&lab, &mailbox, "Wrong", &[]).exits(0);
    lab.plan_browser("alice", BrowserAction::Nothing)
        .expect("a plan");
    let said = Mailwright::new(&lab)
        .json(&[
            "sign-in",
            &mailbox.address,
            "--print-link",
            "--timeout",
            "2",
        ])
        .exits(3);
    let verdict = &said.json()["error"]["verdict"];
    assert_eq!(verdict["id"], "loop-user-closed");
    let link = said
        .err
        .lines()
        .find(|l| l.starts_with("http"))
        .expect("with --json the address is on standard error");
    nothing_was_saved(&lab, &mailbox.address);

    // What the page in the browser shows, pasted.
    let page = get(link);
    let explained = Mailwright::new(&lab)
        .run_with_input(&["--json", "explain", "--stage", "oauth-authorize"], &page)
        .exits(0);
    let best = &explained.json()["verdicts"][0];
    assert_eq!(best["id"], "entra-app-not-found", "{page}");
}

#[test]
fn a_wrong_client_secret_is_told_from_a_right_one() {
    let lab = lab();
    let base = lab
        .authorization()
        .expect("authorization")
        .base()
        .to_owned();
    for (name, secret, exit) in [
        ("Wrong", "not~the.secret", 1),
        ("Right", CONFIDENTIAL_SECRET, 0),
    ] {
        let words = [
            "registration",
            "add",
            "--name",
            name,
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
        ];
        let _ = Mailwright::new(&lab)
            .run_with_input(&words, &format!("{secret}\n"))
            .exits(0);
        let mailbox = mailbox_of(&lab, if exit == 0 { "bob" } else { "alice" });
        let _ = add_mailbox(&lab, &mailbox, name, &[]).exits(0);
        let who = mailbox.address.clone();
        let said = sign_in(&lab, &mailbox.address, &who, BrowserAction::Accept, &[]);
        assert!(
            !format!("{said:?}").contains(secret),
            "the secret is in no output"
        );
        let said = said.exits(exit);
        if exit != 0 {
            assert_eq!(said.json()["error"]["verdict"]["id"], "entra-secret-wrong");
        }
    }
}

/// A plain GET, as a browser's reload or a link scanner makes it; answers status line, headers and body.
fn get(address: &str) -> String {
    let rest = address
        .strip_prefix("http://")
        .expect("plain http on this computer");
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let host = host.replace("localhost", "127.0.0.1");
    let Ok(mut stream) = TcpStream::connect(&host) else {
        return String::new();
    };
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        host.replace("127.0.0.1", "localhost")
    );
    let _ = stream.write_all(request.as_bytes());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

/// The redirect address that a sign-in page was given.
fn redirect(link: &str) -> String {
    let encoded = link
        .split("redirect_uri=")
        .nth(1)
        .and_then(|rest| rest.split('&').next())
        .expect("a redirect address");
    encoded.replace("%3A", ":").replace("%2F", "/")
}

fn state(link: &str) -> &str {
    link.split("state=")
        .nth(1)
        .and_then(|rest| rest.split('&').next())
        .expect("a state")
}

#[tokio::test]
async fn foreign_states_are_ignored_and_the_right_one_still_gets_in_once() {
    let (lab, mailbox) = prepared(Tenant::Contoso);
    let program = Mailwright::new(&lab);
    let (link, running) = program.start_sign_in(&[
        "sign-in",
        &mailbox.address,
        "--print-link",
        "--timeout",
        "60",
    ]);
    let back = redirect(&link);
    for query in [
        "?code=stolen&state=foreign",
        "?code=stolen",
        "",
        "?error=access_denied&state=foreign",
    ] {
        let answer = get(&format!("{back}/{query}"));
        assert!(!answer.contains("Signed in"), "{query}: {answer}");
        assert!(
            answer.to_lowercase().contains("cache-control: no-store"),
            "{query}: {answer}"
        );
    }
    let browser = alice_signs_in_at(&lab, &link).await;
    browser
        .wait_for_text("You can close this tab")
        .await
        .expect("an end page");
    let end = browser.url().await.expect("an address");
    let said = running.wait().exits(0);
    assert!(said.out.contains("Signed in as alice@lab.test"), "{said:?}");

    // The same address again, as a reload does: nobody listens to it any more, and nothing changes.
    let before = secrets(&lab);
    let second = get(&end);
    assert!(!second.contains("Signed in"), "{second}");
    assert_eq!(secrets(&lab), before);
    assert_eq!(
        shown(&lab, &mailbox.address)["signed_in_as"],
        "alice@lab.test"
    );
    browser.close().await.expect("it closes");
}

#[tokio::test]
async fn a_keychain_that_is_locked_meanwhile_says_so_in_the_browser_too_and_the_next_try_works() {
    let (lab, mailbox) = prepared(Tenant::Contoso);
    let (link, running) = Mailwright::new(&lab).start_sign_in(&[
        "sign-in",
        &mailbox.address,
        "--print-link",
        "--timeout",
        "60",
    ]);
    lab.keychain().expect("keychain").lock().expect("it locks");
    let browser = alice_signs_in_at(&lab, &link).await;
    browser
        .wait_for_text("The keychain of this computer is locked.")
        .await
        .expect("the page says so");
    let page = browser.page_text().await.expect("a page");
    assert!(page.contains("Nothing was saved."), "{page}");
    browser.close().await.expect("it closes");
    let said = running.wait().exits(1);
    assert!(
        said.err.contains("The keychain of this computer is locked")
            && said.err.contains("Unlock the keychain"),
        "{said:?}"
    );
    let state = lab
        .authorization()
        .expect("authorization")
        .state()
        .expect("state");
    assert_eq!(state["token"], 0, "the code was left unused: {state}");

    lab.keychain()
        .expect("keychain")
        .unlock()
        .expect("it unlocks");
    nothing_was_saved(&lab, &mailbox.address);
    let said = sign_in(&lab, &mailbox.address, "alice", BrowserAction::Accept, &[]).exits(0);
    assert_eq!(said.json()["signed_in_as"], "alice@lab.test");
}

#[test]
fn a_second_callback_while_the_first_is_redeemed_is_already_used() {
    let (lab, mailbox) = prepared(Tenant::Contoso);
    let authorization = lab.authorization().expect("authorization");
    // The redemption hangs, so that the second request arrives while the first waits for its page.
    authorization
        .fail(&serde_json::json!({ "kind": "slow" }))
        .expect("planned");
    let (link, running) = Mailwright::new(&lab).start_sign_in(&[
        "sign-in",
        &mailbox.address,
        "--print-link",
        "--timeout",
        "60",
    ]);
    let address = format!("{}/?code=made-up&state={}", redirect(&link), state(&link));
    let first = std::thread::spawn({
        let address = address.clone();
        move || get(&address)
    });
    while authorization.state().expect("state")["token"] == 0 {
        std::thread::yield_now();
    }
    let second = get(&address);
    assert!(
        second.starts_with("HTTP/1.1 410") && second.contains("already used"),
        "{second}"
    );
    let first = first.join().expect("an answer");
    assert!(
        first.starts_with("HTTP/1.1 200") && !first.contains("already used"),
        "{first}"
    );
    let said = running.wait();
    assert_ne!(said.code, 0, "a made-up code is worth nothing: {said:?}");
    nothing_was_saved(&lab, &mailbox.address);
}

#[test]
fn ended_in_the_middle_leaves_nothing_behind_and_nothing_in_the_way() {
    let (lab, mailbox) = prepared(Tenant::Contoso);
    for _ in 0..3 {
        let (_, running) = Mailwright::new(&lab).start_sign_in(&[
            "sign-in",
            &mailbox.address,
            "--print-link",
            "--timeout",
            "60",
        ]);
        running.kill();
        nothing_was_saved(&lab, &mailbox.address);
    }
    // Ended while the code is being redeemed.
    lab.authorization()
        .expect("authorization")
        .fail(&serde_json::json!({ "kind": "slow" }))
        .expect("planned");
    let (link, running) = Mailwright::new(&lab).start_sign_in(&[
        "sign-in",
        &mailbox.address,
        "--print-link",
        "--timeout",
        "60",
    ]);
    let address = format!("{}/?code=made-up&state={}", redirect(&link), state(&link));
    let page = std::thread::spawn(move || get(&address));
    let token_requests = || {
        lab.authorization()
            .expect("authorization")
            .state()
            .expect("state")["token"]
            .as_u64()
    };
    while token_requests() == Some(0) {
        std::thread::yield_now();
    }
    running.kill();
    let _ = page.join();
    nothing_was_saved(&lab, &mailbox.address);
    let said = sign_in(&lab, &mailbox.address, "alice", BrowserAction::Accept, &[]).exits(0);
    assert_eq!(
        said.json()["signed_in_as"],
        "alice@lab.test",
        "the lock of the ended ones is gone"
    );
}

#[test]
fn without_a_terminal_no_browser_opens_unless_asked_for() {
    let (lab, mailbox) = prepared(Tenant::Contoso);
    let said = Mailwright::new(&lab)
        .run(&["sign-in", &mailbox.address])
        .exits(2);
    assert!(
        said.err.contains("--open") && said.err.contains("--print-link"),
        "{said:?}"
    );
    let requests = lab
        .authorization()
        .expect("authorization")
        .state()
        .expect("state");
    assert_eq!(requests["authorize"], 0);
}

#[test]
fn a_second_sign_in_waits_for_its_turn() {
    let (lab, mailbox) = prepared(Tenant::Contoso);
    let program = Mailwright::new(&lab);
    let (_, first) = program.start_sign_in(&[
        "sign-in",
        &mailbox.address,
        "--print-link",
        "--timeout",
        "60",
    ]);
    let said = program
        .run(&[
            "sign-in",
            &mailbox.address,
            "--print-link",
            "--timeout",
            "1",
        ])
        .exits(3);
    assert!(
        said.out.is_empty() && said.err.contains("Another sign-in is"),
        "{said:?}"
    );
    first.kill();
    let (_, second) = program.start_sign_in(&[
        "sign-in",
        &mailbox.address,
        "--print-link",
        "--timeout",
        "60",
    ]);
    second.kill();
}

#[test]
fn signing_out_and_removing_take_the_secrets_with_them() {
    let lab = lab();
    let (mailbox, _) = set_up_local(&lab, Tenant::Contoso);
    assert!(secrets(&lab) > 0);
    let out = Mailwright::new(&lab)
        .json(&["sign-out", &mailbox.address])
        .exits(0)
        .json();
    assert_eq!(
        out["revoked"], false,
        "this provider offers no revocation: {out}"
    );
    nothing_was_saved(&lab, &mailbox.address);
    let again = Mailwright::new(&lab)
        .json(&["sign-out", &mailbox.address])
        .exits(1)
        .json();
    assert_eq!(again["error"]["code"], "not-found");
    let token = Mailwright::new(&lab)
        .json(&["token", &mailbox.address])
        .exits(3)
        .json();
    assert_eq!(token["error"]["verdict"]["id"], "not-signed-in");

    let _ = sign_in(&lab, &mailbox.address, "alice", BrowserAction::Accept, &[]).exits(0);
    let _ = Mailwright::new(&lab)
        .run(&["remove", &mailbox.address])
        .exits(0);
    assert_eq!(secrets(&lab), 0);
    assert_eq!(
        Mailwright::new(&lab).json(&["list"]).json()["mailboxes"],
        serde_json::json!([])
    );
}

fn set_up_local(lab: &Lab, tenant: Tenant) -> (Mailbox, Value) {
    let mailbox = mailbox_of(lab, "alice");
    let _ = add_registration(lab, tenant.name(), tenant).exits(0);
    let _ = add_mailbox(lab, &mailbox, tenant.name(), &[]).exits(0);
    let said = sign_in(lab, &mailbox.address, "alice", BrowserAction::Accept, &[]).exits(0);
    (mailbox, said.json())
}

#[test]
fn a_plain_openid_provider_is_signed_in_to_and_revoked_at() {
    let lab = lab();
    let authorization = lab.authorization().expect("authorization");
    let words = [
        "registration",
        "add",
        "--name",
        "Op",
        "--provider",
        "custom",
        "--client-id",
        mailwright_lab::PUBLIC_CLIENT,
        "--authority",
        &authorization.issuer(Tenant::Op),
        "--authorize-url",
        &authorization.authorize_url(Tenant::Op),
        "--token-url",
        &authorization.token_url(Tenant::Op),
        "--revoke-url",
        &format!("{}/op/token/revocation", authorization.base()),
        "--scope",
        "openid",
        "--scope",
        "email",
        "--scope",
        "profile",
        "--scope",
        "offline_access",
        "--scope",
        "mail",
    ];
    let _ = Mailwright::new(&lab).run(&words).exits(0);
    let mailbox = mailbox_of(&lab, "zoe");
    let _ = add_mailbox(&lab, &mailbox, "Op", &[]).exits(0);
    let said = sign_in(&lab, &mailbox.address, "zoe", BrowserAction::Accept, &[]).exits(0);
    assert_eq!(said.json()["signed_in_as"], "zoë@lab.test");
    let out = Mailwright::new(&lab)
        .json(&["sign-out", &mailbox.address])
        .exits(0)
        .json();
    assert_eq!(out["revoked"], true, "{out}");
    assert_eq!(authorization.state().expect("state")["revocation"], 1);
    assert_eq!(secrets(&lab), 0);
}

#[test]
fn the_whole_set_up_helper_works_for_everybody_else() {
    let lab = Lab::start(Options::everything()).expect("the lab starts");
    let (_, answer) = set_up(&lab, "bob", Tenant::Strict);
    assert_eq!(answer["signed_in_as"], "bob@lab.test");
}
