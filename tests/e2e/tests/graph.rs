//! Sending by Microsoft Graph, where nobody may submit to a mail server: through the whole program.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mailwright_e2e::{
    Graph, Mailbox, Mailwright, add_client, assert_message_arrived, check, failure, failures,
    report, sign_in,
};
use mailwright_lab::{BrowserAction, Lab, Options, PUBLIC_CLIENT, Tenant};
use serde_json::Value;

const ADDRESS: &str = "alice@lab.test";
const IMAP: &str = "https://outlook.office.com/IMAP.AccessAsUser.All";

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

/// Alice reads with IMAP and sends by this Graph.
fn set_up(lab: &Lab, graph: &Graph) {
    let send = graph.permission();
    let scopes = ["--scope", IMAP, "--scope", &send];
    let _ = add_client(lab, "Graph", Tenant::Contoso, PUBLIC_CLIENT, None, &scopes).exits(0);
    let imap = Mailbox::of(lab, "alice").imap;
    let words = ["add", ADDRESS, "--registration", "Graph", "--imap", &imap];
    let _ = Mailwright::new(lab)
        .run(&[words.as_slice(), &["--send-via", "graph"]].concat())
        .exits(0);
    let _ = sign_in(lab, ADDRESS, "alice", BrowserAction::Accept, &[]).exits(0);
}

/// What a token says of itself.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a JWT");
    let json = URL_SAFE_NO_PAD.decode(payload).expect("base64");
    serde_json::from_slice(&json).expect("claims")
}

#[test]
fn a_message_goes_out_by_graph_and_is_found_by_imap() {
    let lab = lab();
    let graph = Graph::start(&lab, None);
    set_up(&lab, &graph);
    let program = Mailwright::new(&lab);

    // Without a message it is proven that the token is taken, and not said that it sends.
    let value = program.json(&["test", ADDRESS]).exits(0).json();
    assert_eq!(check(&value, "graph", "authenticate")["outcome"], "passed");
    assert_ne!(report(&value)["proof"], "envelope");
    assert_eq!(graph.seen(), ["GET /v1.0/me?$select=id"]);
    // What opens the connection here is trusted by this computer and no issuer of Microsoft's.
    let tls = check(&value, "graph", "tls")["detail"].to_string();
    assert!(
        tls.contains("does not issue Microsoft's certificates"),
        "{tls}"
    );
    // Only smtp is only sending, whichever way.
    let value = program.json(&["test", ADDRESS, "--only", "smtp"]);
    let value = value.exits(0).json();
    assert_eq!(check(&value, "graph", "authenticate")["outcome"], "passed");

    let value = program
        .json(&["test", ADDRESS, "--send-to", "self"])
        .exits(0)
        .json();
    assert_message_arrived(&value, "graph");
    let seen = graph.seen();
    assert_eq!(
        seen.last().map(String::as_str),
        Some("POST /v1.0/me/sendMail")
    );

    let details = program.json(&["show", ADDRESS]).exits(0).json();
    assert_eq!(details["send_via"], "graph");
    let shown = program.run(&["show", ADDRESS]).exits(0).out;
    assert!(shown.contains("Microsoft Graph"), "{shown}");
}

#[test]
fn one_sign_in_has_a_token_for_each() {
    let lab = lab();
    let graph = Graph::start(&lab, None);
    set_up(&lab, &graph);
    let token = |purpose: &str| {
        let said = Mailwright::new(&lab).json(&["token", ADDRESS, "--for", purpose]);
        let value = said.exits(0).json();
        claims(value["access_token"].as_str().expect("a token"))
    };
    assert_eq!(token("imap")["aud"], "https://outlook.office.com");
    assert_eq!(token("graph")["aud"], graph.base());
    // It is not used with what it is not used with.
    let said = Mailwright::new(&lab).json(&["token", ADDRESS, "--for", "smtp"]);
    assert_eq!(said.code, 2, "{said:?}");
}

#[test]
fn what_graph_refuses_says_who_must_do_what() {
    const DENIED: &str = r#"{"error":{"code":"ErrorAccessDenied","message":"Access is denied. Check credentials and try again."}}"#;
    let lab = lab();
    let graph = Graph::start(&lab, Some((403, DENIED)));
    set_up(&lab, &graph);
    let said = Mailwright::new(&lab).json(&["test", ADDRESS, "--send-to", "self"]);
    let value = said.json();
    let expected = failure("graph", "message", "graph-denied");
    assert_eq!(failures(&value), [expected], "{value:#}");
    let failed = check(&value, "graph", "message");
    assert_eq!(failed["verdict"]["who"], "administrator");
    assert_eq!(said.code, 4, "{said:?}");
    // Reading goes on working.
    assert_eq!(report(&value)["status"], "partly-working", "{value:#}");
}

#[test]
fn other_providers_and_passwords_do_not_send_by_it() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let Mailbox { imap, smtp, .. } = Mailbox::of(&lab, "alice");
    let servers = ["add", ADDRESS, "--imap", &imap, "--smtp", &smtp];
    let with = |more: &[&'static str]| [servers.as_slice(), more].concat();
    let password = [
        "--send-via",
        "graph",
        "--auth",
        "password",
        "--password-stdin",
    ];
    let said = program.run_with_input(&with(&password), "secret\n");
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("Choose smtp"), "{said:?}");
    let said = program.run(&with(&["--send-via", "pigeon"]));
    assert_eq!(said.code, 2, "{said:?}");
    let list = program.json(&["list"]).exits(0).json();
    assert_eq!(list["mailboxes"], serde_json::json!([]));
}
