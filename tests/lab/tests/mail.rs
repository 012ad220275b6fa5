//! The mail servers take the authorization server's tokens and refuse others as the big providers do.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // helpers of tests may, as tests do

mod support;

use std::thread;

use base64::prelude::{BASE64_STANDARD, Engine};
use mailwright_lab::{Lab, Options, Tenant};
use serde_json::{Value, json};
use support::{Lines, plain, sign_in, xoauth2};

fn lab() -> Lab {
    Lab::start(Options::new().authorization_server().mail()).unwrap()
}

fn refusal(line: &str) -> Value {
    let challenge = line.split_once(' ').unwrap().1;
    serde_json::from_slice(&BASE64_STANDARD.decode(challenge).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_opens_the_mailbox_and_sends() {
    let lab = lab();
    let mail = lab.mail().unwrap();
    let browser = lab.browser().await.unwrap();
    let tokens = sign_in(&lab, &browser, Tenant::Contoso, "alice").await;
    browser.close().await.unwrap();
    let alice = lab.user("alice").unwrap();
    let proof = xoauth2(alice.address, &tokens["access_token"]);

    let postfix = mail.postfix.clone().unwrap();
    let mut smtp = Lines::connect(postfix.submission);
    smtp.reply();
    assert!(!smtp.smtp("EHLO lab").contains("AUTH"));
    assert!(smtp.smtp("STARTTLS").starts_with("220"));
    let mut smtp = smtp.secure(&lab);
    assert!(smtp.smtp("EHLO lab").contains("XOAUTH2"));
    assert_eq!(smtp.smtp("AUTH XOAUTH2"), "334 \n");
    let answer = smtp.smtp(&proof);
    assert!(answer.starts_with("235"), "{answer}");
    smtp.smtp("MAIL FROM:<bob@lab.test>");
    let foreign = smtp.smtp("RCPT TO:<bob@lab.test>");
    assert!(foreign.starts_with("553 5.7.1"), "{foreign}");
    smtp.smtp("RSET");
    smtp.smtp("MAIL FROM:<sales@lab.test>");
    assert!(
        smtp.smtp("RCPT TO:<nobody@lab.test>")
            .starts_with("550 5.1.1")
    );
    assert!(smtp.smtp("RCPT TO:<alice@lab.test>").starts_with("250"));
    assert!(smtp.smtp("DATA").starts_with("354"));
    let message = "Subject: proof\r\n\r\nHello\r\n.";
    assert!(smtp.smtp(message).starts_with("250"));

    let mut imap = Lines::connect(mail.imaps).secure(&lab);
    imap.line();
    let answer = imap.imap(&format!("AUTHENTICATE XOAUTH2 {proof}"));
    assert!(answer.contains("t OK"), "{answer}");
    let list = imap.imap("LIST \"\" * RETURN (SPECIAL-USE)");
    for part in [
        "\\Sent",
        "\\Drafts",
        "Gesendete Objekte",
        "Entw&APw-rfe",
        "Projekte/",
    ] {
        assert!(list.contains(part), "{part} in {list}");
    }
    assert!(imap.imap("SELECT INBOX").contains("t OK"));
    while !imap.imap("SEARCH SUBJECT proof").contains("SEARCH 1") {
        imap.imap("NOOP");
    }

    let mut pop3 = Lines::connect(mail.pop3s).secure(&lab);
    pop3.line();
    pop3.send("AUTH XOAUTH2");
    pop3.line();
    pop3.send(&proof);
    assert!(pop3.line().starts_with("+OK"));
    pop3.send("STAT");
    assert!(pop3.line().starts_with("+OK 1 "));
}

#[tokio::test]
async fn a_dead_token_is_answered_with_a_challenge() {
    let lab = lab();
    let mail = lab.mail().unwrap();
    let browser = lab.browser().await.unwrap();
    let tokens = sign_in(&lab, &browser, Tenant::Short, "alice").await;
    browser.close().await.unwrap();
    let dies = support::claims(&tokens["access_token"])["exp"]
        .as_i64()
        .unwrap();
    let proof = xoauth2("alice@lab.test", &tokens["access_token"]);
    let foreign = xoauth2("bob@lab.test", &tokens["access_token"]);
    let now = || std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    while now() <= dies.unsigned_abs() {
        thread::yield_now();
    }
    for proof in [proof, foreign] {
        let mut imap = Lines::connect(mail.imaps).secure(&lab);
        imap.line();
        imap.send(&format!("t AUTHENTICATE XOAUTH2 {proof}"));
        assert_eq!(refusal(&imap.line())["status"], json!("401"));
        imap.send("");
        assert!(imap.line().starts_with("t NO [AUTHENTICATIONFAILED]"));

        let mut smtp = Lines::connect(mail.smtps()).secure(&lab);
        smtp.reply();
        smtp.smtp("EHLO lab");
        smtp.smtp("AUTH XOAUTH2");
        smtp.send(&proof);
        assert_eq!(refusal(&smtp.line())["status"], json!("401"));
        assert!(smtp.smtp("").starts_with("535 5.7.8"));
    }
}

#[test]
fn passwords_work_too_also_with_letters_beyond_ascii() {
    let lab = Lab::start(Options::new().mail()).unwrap();
    let mail = lab.mail().unwrap();
    for user in lab.users() {
        let mut imap = Lines::connect(mail.imap);
        imap.line();
        assert!(imap.imap("STARTTLS").contains("t OK"));
        let mut imap = imap.secure(&lab);
        let answer = imap.imap(&format!("AUTHENTICATE PLAIN {}", plain(user)));
        assert!(answer.contains("t OK"), "{answer}");
    }
    let mut smtp = Lines::connect(mail.dovecot_submissions).secure(&lab);
    smtp.reply();
    smtp.smtp("EHLO lab");
    let alice = plain(lab.user("alice").unwrap());
    assert!(smtp.smtp(&format!("AUTH PLAIN {alice}")).starts_with("235"));
    smtp.smtp("MAIL FROM:<alice@lab.test>");
    assert!(smtp.smtp("RCPT TO:<bob@lab.test>").starts_with("250"));
}

#[tokio::test]
async fn a_plain_issuers_token_is_as_good_and_a_request_may_name_scopes() {
    let lab = Lab::start(Options::new().authorization_server().mailboxes_only()).unwrap();
    let mail = lab.mail().unwrap();
    let browser = lab.browser().await.unwrap();
    let login = |token: &Value| {
        let mut imap = Lines::connect(mail.imaps).secure(&lab);
        imap.line();
        imap.send("t AUTHENTICATE XOAUTH2");
        imap.line();
        imap.send(&xoauth2("zoë@lab.test", token));
        imap.until(|line| line.starts_with("t ") || line.starts_with("+ "))
    };
    let tokens = sign_in(&lab, &browser, Tenant::Op, "zoe").await;
    let answer = login(&tokens["access_token"]);
    assert!(answer.contains("t OK"), "{answer}");

    let tokens = sign_in(&lab, &browser, Tenant::Contoso, "zoe").await;
    assert!(login(&tokens["access_token"]).contains("t OK"));
    let code = [
        ("grant_type", "refresh_token"),
        ("client_id", mailwright_lab::PUBLIC_CLIENT),
    ];
    let scope = (
        "scope",
        "openid offline_access https://outlook.office.com/SMTP.Send",
    );
    let token = ("refresh_token", tokens["refresh_token"].as_str().unwrap());
    let other = support::token(
        &lab,
        Tenant::Contoso,
        &[&code[..], &[scope, token]].concat(),
    );
    assert_eq!(support::claims(&other["access_token"])["scp"], "SMTP.Send");
    browser.close().await.unwrap();
}
