//! What stands between: proxies, firewalls that open TLS, and name servers that lie.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use mailwright_e2e::{Front, Mailbox, Mailwright, Said, add_mailbox, add_registration, sign_in};
use mailwright_lab::{BrowserAction, KeychainState, Lab, Options, PUBLIC_CLIENT, Tenant};
use serde_json::Value;

const ADDRESS: &str = "alice@lab.test";

fn lab() -> Lab {
    let options = Options::new()
        .authorization_server()
        .browser()
        .keychain(KeychainState::Unlocked);
    Lab::start(options).expect("the lab starts")
}

/// A mailbox at the plain issuer, whose token endpoint is reached by TLS on this port.
fn at_token_port(lab: &Lab, name: &str, port: u16) {
    let provider = lab.authorization().expect("authorization");
    let issuer = provider.issuer(Tenant::Op);
    let authorize = provider.authorize_url(Tenant::Op);
    let token = format!("https://localhost:{port}/op/token");
    let mut words = vec![
        "registration",
        "add",
        "--name",
        name,
        "--provider",
        "custom",
        "--client-id",
        PUBLIC_CLIENT,
        "--authority",
        &issuer,
        "--authorize-url",
        &authorize,
        "--token-url",
        &token,
    ];
    for scope in ["openid", "email", "profile", "offline_access", "mail"] {
        words.extend(["--scope", scope]);
    }
    let _ = Mailwright::new(lab).run(&words).exits(0);
    let mailbox = Mailbox {
        address: ADDRESS.to_owned(),
        imap: "127.0.0.1:9:tls".to_owned(),
        smtp: "127.0.0.1:9:starttls".to_owned(),
    };
    let _ = add_mailbox(lab, &mailbox, name, &[]).exits(0);
}

fn spent(lab: &Lab) {
    let plan = serde_json::json!({ "with": { "expires_in": 0 } });
    let provider = lab.authorization().expect("authorization");
    provider.shape(&plan).expect("planned");
}

fn token_by(lab: &Lab, set: &[(&str, &str)], unset: &[&str]) -> Said {
    let mut command = Mailwright::new(lab).command(&["--json", "token", ADDRESS]);
    command.envs(set.iter().copied());
    for name in unset {
        command.env_remove(name);
    }
    Mailwright::finish(command)
}

fn verdict(said: &Said) -> Value {
    said.json()["error"]["verdict"]["id"].clone()
}

#[test]
fn a_token_request_goes_by_the_proxy_that_the_environment_names_and_stays_closed_to_it() {
    let lab = lab();
    let front = Front::tls(&lab, lab.certificates().good());
    at_token_port(&lab, "Op", front.port);
    spent(&lab);
    let _ = sign_in(&lab, ADDRESS, "alice", BrowserAction::Accept, &[]).exits(0);
    let proxy = Front::proxy(None);
    let address = format!("http://127.0.0.1:{}", proxy.port);
    for name in ["HTTPS_PROXY", "https_proxy"] {
        spent(&lab);
        let before = proxy.seen().len();
        let _ = token_by(&lab, &[(name, &address)], &[]).exits(0);
        let seen = proxy.seen();
        assert_eq!(seen.len(), before + 1, "{name}: {seen:?}");
        assert!(
            seen[before].starts_with(&format!("CONNECT localhost:{} ", front.port)),
            "{seen:?}"
        );
        assert!(!seen[before].contains("refresh"), "{seen:?}");
    }
    let _ = token_by(
        &lab,
        &[("HTTPS_PROXY", &address), ("NO_PROXY", "localhost")],
        &[],
    )
    .exits(0);
    assert_eq!(proxy.seen().len(), 2, "the exception is kept to");
}

#[test]
fn a_proxy_that_refuses_or_is_not_there_is_named_and_costs_no_sign_in() {
    for (status, gone) in [
        (Some("407 Proxy Authentication Required"), false),
        (Some("403 Forbidden"), false),
        (None, true),
    ] {
        let lab = lab();
        let front = Front::tls(&lab, lab.certificates().good());
        at_token_port(&lab, "Op", front.port);
        spent(&lab);
        let _ = sign_in(&lab, ADDRESS, "alice", BrowserAction::Accept, &[]).exits(0);
        let proxy = Front::proxy(status);
        let port = if gone { 9 } else { proxy.port };
        let address = format!("http://127.0.0.1:{port}");
        let said = token_by(&lab, &[("HTTPS_PROXY", &address)], &[]).exits(5);
        assert_eq!(verdict(&said), "oauth-proxy-refused", "{said:?}");
        let error = &said.json()["error"];
        assert_eq!(error["verdict"]["who"], "network", "{error}");
        assert!(error["try_again_at"].is_string(), "{error}");
        let shown = Mailwright::new(&lab).json(&["show", ADDRESS]).json();
        assert_eq!(shown["signed_in_as"], ADDRESS);
    }
}

#[test]
fn an_inspecting_firewall_works_where_its_root_is_trusted_and_is_named_where_it_is_not() {
    let lab = lab();
    let front = Front::tls(&lab, lab.certificates().good());
    at_token_port(&lab, "Op", front.port);
    spent(&lab);
    let _ = sign_in(&lab, ADDRESS, "alice", BrowserAction::Accept, &[]).exits(0);
    let said = token_by(&lab, &[], &["MAILWRIGHT_CA_FILE"]);
    assert_eq!(verdict(&said), "loop-tls-proxy-on-login-host", "{said:?}");
    let what = said.json()["error"]["verdict"]["what"].to_string();
    assert!(
        what.contains("Mailwright Lab CA"),
        "its issuer is named: {what}"
    );
    let shown = Mailwright::new(&lab).json(&["show", ADDRESS]).json();
    assert_eq!(shown["signed_in_as"], ADDRESS);
    // The system's own store, as far as a test can fill it: where OpenSSL's variables name it.
    let root = lab.certificates().authority().display().to_string();
    let waited = std::time::Instant::now();
    while token_by(&lab, &[("SSL_CERT_FILE", &root)], &["MAILWRIGHT_CA_FILE"]).code != 0 {
        assert!(waited.elapsed().as_secs() < 60, "the root is not used");
    }
}

#[test]
fn names_that_lead_to_a_stranger_lead_no_token_there() {
    let lab = Lab::start(Options::everything()).expect("the lab starts");
    let program = Mailwright::new(&lab);
    let _ = add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
    // Services and autoconfig of the domain name the lab's mail server, whose certificate is good for its name.
    let found = program.json(&["detect", "alice@forged.test"]).exits(0);
    for kind in ["incoming", "outgoing"] {
        for server in found.json()[kind].as_array().expect("a list") {
            let host = server["host"].as_str().expect("a host");
            assert!(host.ends_with(".office365.com"), "{server}");
        }
    }
    let forged = &found.json()["others"][0];
    assert_eq!(forged["provider"], "custom", "{forged}");
    assert_eq!(forged["incoming"][0]["host"], "mail.lab.test");
    // Servers that were merely named are shown and not used, also where the person has an app registration.
    let found = program.json(&["detect", "alice@taken-over.test"]).exits(0);
    assert_eq!(found.json()["source"], "srv");
    let refused = program.json(&["add", "alice@taken-over.test", "--registration", "Lab"]);
    let error = &refused.exits(1).json()["error"];
    assert_eq!(error["code"], "not-found");
    assert!(
        error["message"]
            .to_string()
            .contains("mail.lab.test:993:tls"),
        "{error}"
    );
    let listed = program.json(&["list"]).exits(0).json();
    assert_eq!(listed["mailboxes"], serde_json::json!([]));
}
