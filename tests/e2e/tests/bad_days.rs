//! Bad days of a sign-in that is in use: which sentence of the promise each test shows is in README.md beside this.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::process::Stdio;

use mailwright_e2e::{
    Mailbox, Mailwright, add_mailbox, add_registration, check, failures, report, set_up, sign_in,
};
use mailwright_lab::{
    AuthorizationServer, BrowserAction, CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET, KeychainState,
    Lab, Options, PUBLIC_CLIENT, Tenant,
};
use serde_json::{Value, json};

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

/// Without mail servers: what is about tokens alone.
fn small_lab() -> Lab {
    let options = Options::new()
        .authorization_server()
        .browser()
        .keychain(KeychainState::Unlocked);
    Lab::start(options).expect("the lab starts")
}

fn provider(lab: &Lab) -> &AuthorizationServer {
    lab.authorization().expect("authorization")
}

fn state(lab: &Lab) -> Value {
    provider(lab).state().expect("state")
}

/// Alice's mailbox on servers that are not there, at a tenant, with an access token that is used up at once: whoever
/// wants one has to renew.
fn without_mail(lab: &Lab, tenant: Tenant) -> String {
    let spent = json!({ "with": { "expires_in": 0 } });
    provider(lab).shape(&spent).expect("planned");
    let mailbox = nowhere("alice@lab.test");
    let _ = add_registration(lab, "Lab", tenant).exits(0);
    let _ = add_mailbox(lab, &mailbox, "Lab", &[]).exits(0);
    let _ = sign_in(lab, &mailbox.address, "alice", BrowserAction::Accept, &[]).exits(0);
    mailbox.address
}

/// A mailbox whose servers are not there: nothing listens on the discard port.
fn nowhere(address: &str) -> Mailbox {
    Mailbox {
        address: address.to_owned(),
        imap: "127.0.0.1:9:tls".to_owned(),
        smtp: "127.0.0.1:9:starttls".to_owned(),
    }
}

fn shown(lab: &Lab, address: &str) -> Value {
    Mailwright::new(lab)
        .json(&["show", address])
        .exits(0)
        .json()
}

/// Names of the entries of the keychain. The keychain itself adds an attribute to entries some time after it got them.
fn entries(lab: &Lab) -> Vec<String> {
    let items = lab.keychain().expect("keychain").items().expect("items");
    let attributes = items.into_iter().flat_map(|item| item.attributes);
    attributes
        .filter_map(|(name, value)| (name == "username").then_some(value))
        .collect()
}

#[test]
fn asked_to_wait_nobody_asks_and_a_person_may_sign_in_all_the_same() {
    let lab = small_lab();
    let address = without_mail(&lab, Tenant::Contoso);
    let busy = json!({
        "status": 429, "count": 100, "headers": { "retry-after": "3000" },
        "body": r#"{"error":"temporarily_unavailable"}"#,
    });
    provider(&lab).fail(&busy).expect("planned");
    let before = state(&lab)["token"].as_u64().expect("a number");
    let all = std::thread::scope(|scope| {
        let one = || Mailwright::new(&lab).json(&["token", &address]);
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
        let ends = threads.into_iter().map(|t| t.join().expect("it ends"));
        ends.collect::<Vec<_>>()
    });
    assert_eq!(state(&lab)["token"], before + 1, "one of eight asked");
    let until = |said: &mailwright_e2e::Said| said.json()["error"]["try_again_at"].clone();
    assert!(until(&all[0]).is_string(), "{:?}", all[0]);
    for said in all {
        assert!(said.err.contains("Not asked again before"), "{}", said.err);
        let said = said.exits(5);
        assert_eq!(said.json()["error"]["code"], "unreachable");
    }
    assert_eq!(shown(&lab, &address)["signed_in_as"], "alice@lab.test");

    provider(&lab).mend().expect("mended");
    let _ = Mailwright::new(&lab).json(&["token", &address]).exits(5);
    let _ = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]).exits(0);
    let _ = Mailwright::new(&lab).json(&["token", &address]).exits(0);
}

#[test]
fn a_policys_challenge_goes_out_with_the_next_sign_in_and_only_with_that() {
    let lab = small_lab();
    let address = without_mail(&lab, Tenant::Contoso);
    let claims = r#"{"access_token":{"capolids":{"essential":true,"values":["lab"]}}}"#;
    let refusal = json!({ "aadsts": {
        "number": 50079, "error": "interaction_required", "claims": claims,
        "text": "Due to a configuration change made by your administrator, you must enroll in multi-factor authentication.",
    }});
    provider(&lab).fail(&refusal).expect("planned");
    let error = Mailwright::new(&lab).json(&["token", &address]).exits(3);
    assert_eq!(error.json()["error"]["code"], "needs-sign-in");
    assert_eq!(shown(&lab, &address)["signed_in_as"], "alice@lab.test");
    for asked in [1, 1] {
        let _ = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]).exits(0);
        let seen = state(&lab)["claims"].clone();
        assert_eq!(seen.as_array().map(Vec::len), Some(asked), "{seen}");
        assert_eq!(seen[0], claims);
    }
}

#[test]
fn a_dead_sign_in_is_renewed_by_a_person_while_everything_else_is_down() {
    let lab = small_lab();
    let address = without_mail(&lab, Tenant::Contoso);
    assert!(provider(&lab).revoke(&address).expect("revoked") > 0);
    let _ = Mailwright::new(&lab).json(&["token", &address]).exits(3);
    assert_eq!(shown(&lab, &address)["status"], "stopped");
    // No mail server, no name server, and a token endpoint that hangs up on everybody.
    let down = json!({ "kind": "drop", "count": 100 });
    provider(&lab).fail(&down).expect("planned");
    let before = state(&lab);
    let mut command = Mailwright::new(&lab).command(&["sign-in", &address, "--print-link"]);
    command.env("MAILWRIGHT_DNS", "127.0.0.1:9");
    let (link, running) = Mailwright::start_printing(command);
    assert!(link.starts_with(provider(&lab).base()), "{link}");
    assert_eq!(
        state(&lab)["requests"],
        before["requests"],
        "nobody was asked anything"
    );
    running.kill();
    provider(&lab).mend().expect("mended");
    let _ = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]).exits(0);
    let _ = Mailwright::new(&lab).json(&["token", &address]).exits(0);
}

#[test]
fn a_changed_password_stops_the_mailbox_and_the_new_one_mends_it() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "bob", Tenant::Contoso);
    assert!(lab.change_password("bob").expect("changed") > 0);
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .exits(3)
        .json();
    assert_eq!(report(&value)["status"], "stopped", "{value:#}");
    assert_eq!(
        check(&value, "", "renew")["verdict"]["id"],
        "entra-refresh-revoked"
    );
    let _ = sign_in(&lab, &mailbox.address, "bob", BrowserAction::Accept, &[]).exits(0);
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .exits(0)
        .json();
    assert_eq!(report(&value)["status"], "working");
}

#[test]
fn a_secret_that_expires_while_it_is_used_is_the_consultants_and_costs_no_sign_in() {
    let lab = lab();
    let base = provider(&lab).base().to_owned();
    let words = [
        "registration",
        "add",
        "--name",
        "Web",
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
        .run_with_input(&words, CONFIDENTIAL_SECRET)
        .exits(0);
    let mailbox = Mailbox::of(&lab, "alice");
    let _ = add_mailbox(&lab, &mailbox, "Web", &[]).exits(0);
    let _ = sign_in(&lab, &mailbox.address, "alice", BrowserAction::Accept, &[]).exits(0);
    let expired = json!({ "status": 401, "aadsts": {
        "number": 7_000_222, "error": "invalid_client",
        "text": "The provided client secret keys for app are expired.",
    }});
    provider(&lab).fail(&expired).expect("planned");
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .json();
    let renew = check(&value, "", "renew");
    assert_eq!(failures(&value).len(), 1, "{value:#}");
    assert_eq!(
        (&renew["verdict"]["id"], &renew["verdict"]["who"]),
        (&"entra-secret-expired".into(), &"consultant".into())
    );
    assert_eq!(
        shown(&lab, &mailbox.address)["signed_in_as"],
        "alice@lab.test"
    );
    let _ = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .exits(0);
}

#[test]
fn a_network_that_goes_away_during_the_redemption_leaves_all_as_it_was() {
    let lab = small_lab();
    let address = without_mail(&lab, Tenant::Contoso);
    let items = entries(&lab);
    let before = shown(&lab, &address);
    for kind in ["drop", "503", "html", "huge"] {
        provider(&lab)
            .fail(&json!({ "kind": kind }))
            .expect("planned");
        let said = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]);
        assert_ne!(said.code, 0, "{kind}: {said:?}");
        let verdict = said.json()["error"]["verdict"]["id"].clone();
        assert!(
            verdict.is_string() && verdict != "unknown",
            "{kind}: {verdict}"
        );
        assert_eq!(shown(&lab, &address), before, "{kind}");
        assert_eq!(entries(&lab), items, "{kind}");
    }
    let _ = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]).exits(0);
}

#[test]
fn a_sign_in_that_gives_less_than_was_asked_for_is_not_saved() {
    let lab = small_lab();
    let mailbox = nowhere("alice@lab.test");
    let _ = add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
    let _ = add_mailbox(&lab, &mailbox, "Lab", &[]).exits(0);
    for (plan, id) in [
        (
            json!({ "with": { "scope": "https://outlook.office.com/SMTP.Send" } }),
            "token-scope-missing",
        ),
        (json!({ "without": ["refresh_token"] }), "no-refresh-token"),
    ] {
        provider(&lab).shape(&plan).expect("planned");
        let said = sign_in(&lab, &mailbox.address, "alice", BrowserAction::Accept, &[]).exits(3);
        assert_eq!(said.json()["error"]["verdict"]["id"], id, "{said:?}");
        assert_eq!(shown(&lab, &mailbox.address)["signed_in_as"], Value::Null);
        let items = lab.keychain().expect("keychain").items().expect("items");
        assert!(items.is_empty(), "{items:?}");
    }
}

#[test]
fn odd_but_good_answers_are_good() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    for plan in [
        json!({ "with": { "expires_in": "3599" } }),
        json!({ "with": { "expires_in": -1 } }),
        json!({ "without": ["expires_in", "scope", "token_type"] }),
        json!({ "without": ["refresh_token"] }),
        json!({ "with": { "expires_in": 1e18, "token_type": "bearer" } }),
    ] {
        provider(&lab).shape(&plan).expect("planned");
        let value = Mailwright::new(&lab)
            .json(&["test", &mailbox.address])
            .exits(0)
            .json();
        assert_eq!(check(&value, "", "renew")["outcome"], "passed", "{plan}");
    }
}

#[test]
fn tokens_that_say_nothing_are_as_good_as_those_that_do() {
    let lab = lab();
    let authorization = provider(&lab);
    let mut words = vec![
        "registration",
        "add",
        "--name",
        "Opaque",
        "--provider",
        "custom",
        "--client-id",
        PUBLIC_CLIENT,
    ];
    let addresses = [
        ("--authority", authorization.issuer(Tenant::Opaque)),
        (
            "--authorize-url",
            authorization.authorize_url(Tenant::Opaque),
        ),
        ("--token-url", authorization.token_url(Tenant::Opaque)),
    ];
    for (flag, address) in &addresses {
        words.extend([*flag, address]);
    }
    for scope in ["openid", "email", "profile", "offline_access", "mail"] {
        words.extend(["--scope", scope]);
    }
    let _ = Mailwright::new(&lab).run(&words).exits(0);
    let mailbox = Mailbox::of(&lab, "bob");
    let _ = add_mailbox(&lab, &mailbox, "Opaque", &[]).exits(0);
    let _ = sign_in(&lab, &mailbox.address, "bob", BrowserAction::Accept, &[]).exits(0);
    let token = Mailwright::new(&lab)
        .run(&["token", &mailbox.address])
        .exits(0);
    assert_eq!(token.out.matches('.').count(), 0, "it is no JWT");
    for _ in 0..2 {
        let value = Mailwright::new(&lab)
            .json(&["test", &mailbox.address])
            .exits(0)
            .json();
        assert_eq!(report(&value)["status"], "working", "{value:#}");
    }
    assert_eq!(state(&lab)["families_killed"], 0);
}

#[test]
fn clocks_that_are_ten_minutes_apart_do_no_harm() {
    for seconds in [600, -600] {
        let lab = small_lab();
        provider(&lab).set_clock(seconds).expect("set");
        let address = without_mail(&lab, Tenant::Contoso);
        for _ in 0..2 {
            let _ = Mailwright::new(&lab).json(&["token", &address]).exits(0);
        }
        let asked = state(&lab)["token"].clone();
        let _ = Mailwright::new(&lab).json(&["token", &address]).exits(0);
        assert_eq!(state(&lab)["token"], asked, "{seconds}: the token is kept");
    }
}

#[test]
fn a_keychain_that_is_locked_during_a_renewal_loses_nothing_at_entra_and_one_sign_in_mends_the_rest()
 {
    for (tenant, lost) in [(Tenant::Contoso, false), (Tenant::Strict, true)] {
        let lab = small_lab();
        let address = without_mail(&lab, tenant);
        provider(&lab)
            .fail(&json!({ "kind": "slow" }))
            .expect("planned");
        let before = state(&lab)["token"].clone();
        let child = Mailwright::new(&lab)
            .command(&["--json", "token", &address])
            .spawn()
            .expect("it starts");
        while state(&lab)["token"] == before {
            std::thread::yield_now();
        }
        lab.keychain().expect("keychain").lock().expect("locked");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(1));
        let error: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(error["error"]["code"], "keychain", "{error}");
        lab.keychain()
            .expect("keychain")
            .unlock()
            .expect("unlocked");
        if lost {
            let _ = Mailwright::new(&lab).json(&["token", &address]).exits(3);
            assert_eq!(shown(&lab, &address)["status"], "stopped");
            let _ = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]).exits(0);
        }
        let _ = Mailwright::new(&lab).json(&["token", &address]).exits(0);
    }
}

#[test]
fn a_full_disk_costs_no_sign_in() {
    let lab = small_lab();
    let address = without_mail(&lab, Tenant::Strict);
    // No file may get a byte: the data folder's database cannot be written to, as on a full disk. The signal that would
    // end the program then is ignored, so that it sees the error.
    let before = shown(&lab, &address);
    let program = Mailwright::new(&lab).command(&["--json", "token", &address]);
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""]);
    shell.arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let output = shell
        .stdin(Stdio::null())
        .output()
        .expect("the shell starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        shown(&lab, &address),
        before,
        "nothing could be written: {said}"
    );
    assert!(!output.status.success(), "{output:?}");
    let _ = Mailwright::new(&lab).json(&["token", &address]).exits(0);
    assert_eq!(state(&lab)["families_killed"], 0, "the new token was kept");
}
