//! Sending by the Gmail API: through the whole program, with a Google that is reached by a proxy.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::process::Command;

use mailwright_e2e::{
    Google, Mailbox, Mailwright, Said, alice_signs_in_at, assert_message_arrived, check, failure,
    failures, report,
};
use mailwright_lab::{GOOGLE_CLIENT, GOOGLE_SECRET, Lab, Options};
use serde_json::Value;

const ADDRESS: &str = "alice@lab.test";

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

/// A command of a computer whose way to Google leads through a proxy.
fn command(lab: &Lab, google: &Google, words: &[&str]) -> Command {
    let mut command = Mailwright::new(lab).command(words);
    command.env("HTTPS_PROXY", google.proxy());
    command
}

fn json(lab: &Lab, google: &Google, words: &[&str]) -> Said {
    Mailwright::finish(command(lab, google, &[&["--json"], words].concat()))
}

/// Alice sends by the Gmail API; `reading` follows on the command line.
async fn set_up(lab: &Lab, google: &Google, reading: &[&str]) {
    let add = ["registration", "add", "--name", "G", "--provider", "google"];
    let client = ["--client-id", GOOGLE_CLIENT, "--client-secret-stdin"];
    let _ = Mailwright::new(lab)
        .run_with_input(&[add.as_slice(), &client].concat(), GOOGLE_SECRET)
        .exits(0);
    let add = ["add", ADDRESS, "--registration", "G", "--send-via", "gmail"];
    let _ = Mailwright::new(lab)
        .run(&[add.as_slice(), reading].concat())
        .exits(0);
    let words = ["sign-in", ADDRESS, "--print-link", "--timeout", "100"];
    let (link, running) = Mailwright::start_printing(command(lab, google, &words));
    let browser = alice_signs_in_at(lab, &google.here(&link)).await;
    browser
        .wait_for_text("You can close this tab")
        .await
        .expect("the last page");
    let _ = running.wait().exits(0);
    browser.close().await.expect("it closes");
}

#[tokio::test]
async fn a_message_goes_out_by_the_gmail_api_and_is_found_by_imap() {
    let lab = lab();
    let google = Google::start(&lab, None);
    let imap = Mailbox::of(&lab, "alice").imap;
    set_up(&lab, &google, &["--imap", &imap]).await;

    let value = json(&lab, &google, &["test", ADDRESS]).exits(0).json();
    assert_eq!(check(&value, "gmail", "authenticate")["outcome"], "passed");
    assert_ne!(report(&value)["proof"], "envelope");
    // The proxy is passed by, and the certificate behind it is no one of Google's.
    let tls = check(&value, "gmail", "tls")["detail"].to_string();
    assert!(
        tls.contains("does not issue Google's certificates"),
        "{tls}"
    );

    let words = ["test", ADDRESS, "--send-to", "self"];
    let value = json(&lab, &google, &words).exits(0).json();
    assert_message_arrived(&value, "gmail");
    let seen = google.seen();
    assert_eq!(seen.first().map(String::as_str), Some("POST /token"));
    let sent = "POST /gmail/v1/users/me/messages/send";
    assert_eq!(seen.iter().filter(|what| *what == sent).count(), 1);
    let _ = json(&lab, &google, &["sign-out", ADDRESS, "--yes"]).exits(0);
    assert_eq!(
        google.seen().last().map(String::as_str),
        Some("POST /revoke")
    );
}

#[tokio::test]
async fn who_only_sends_is_asked_for_nothing_more() {
    let lab = lab();
    let google = Google::start(&lab, None);
    set_up(&lab, &google, &["--no-receive"]).await;
    let details = json(&lab, &google, &["show", ADDRESS]).exits(0).json();
    assert_eq!(details["send_via"], "gmail");
    let scopes = details["scopes"].to_string();
    assert!(scopes.contains("gmail.send"), "{details:#}");
    assert!(!scopes.contains("https://mail.google.com/"), "{details:#}");
    // It may not even look who it is, which shows that the token is taken.
    let words = ["test", ADDRESS, "--send-to", "self"];
    let value = json(&lab, &google, &words).exits(0).json();
    assert_eq!(check(&value, "gmail", "authenticate")["outcome"], "passed");
    assert_eq!(check(&value, "gmail", "message")["outcome"], "passed");
    assert_eq!(report(&value)["proof"], "message", "{value:#}");
}

#[tokio::test]
async fn what_the_gmail_api_refuses_says_who_must_do_what() {
    const OFF: &str = r#"{"error":{"code":403,"message":"Gmail API has not been used in project 1 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project=1 then retry.","errors":[{"message":"Gmail API has not been used in project 1 before or it is disabled.","domain":"usageLimits","reason":"accessNotConfigured"}],"status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED","domain":"googleapis.com"}]}}"#;
    let lab = lab();
    let google = Google::start(&lab, Some((403, OFF)));
    let imap = Mailbox::of(&lab, "alice").imap;
    set_up(&lab, &google, &["--imap", &imap]).await;
    let words = ["test", ADDRESS, "--send-to", "self"];
    let said = json(&lab, &google, &words);
    let value: Value = said.json();
    let expected = failure("gmail", "message", "gmail-api-disabled");
    assert_eq!(failures(&value), [expected], "{value:#}");
    let failed = check(&value, "gmail", "message");
    assert_eq!(failed["verdict"]["who"], "consultant", "{failed:#}");
    // Reading goes on working.
    assert_eq!(report(&value)["status"], "partly-working", "{value:#}");
}
