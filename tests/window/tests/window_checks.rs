//! Checks that fail, and what the window says about them.
#![cfg(target_os = "linux")]

use std::net::{Ipv4Addr, TcpListener};

use mailwright_e2e::{Mailbox, Mailwright, set_up, sign_in};
use mailwright_lab::{BrowserAction, Options, Tenant};
use mailwright_window_tests::{Outcome, Stage, Window, play};

const ALICE: &str = "alice@lab.test";

/// The page of alice's mailbox, which is signed in; `set` is what was changed on the command line before.
async fn mailbox(stage: &Stage, set: &[&str]) -> Outcome<Window> {
    set_up(&stage.lab, "alice", Tenant::Contoso);
    change(stage, set)?;
    let window = stage.window().await?;
    window.open_mailbox(ALICE).await?;
    Ok(window)
}

fn change(stage: &Stage, set: &[&str]) -> Outcome<()> {
    if set.is_empty() {
        return Ok(());
    }
    let words = [&["set", ALICE], set].concat();
    match Mailwright::new(&stage.lab).run(&words) {
        said if said.code == 0 => Ok(()),
        said => Err(format!("{said:?}").into()),
    }
}

/// A port where nobody listens.
fn nobodys_port() -> Outcome<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

#[tokio::test]
async fn every_check_passes_and_is_announced() {
    play(Options::everything(), async |stage| {
        let window = mailbox(stage, &[]).await?;
        window.picture("mailbox-before-first-test").await?;
        window.button("Test alice@lab.test").await?;
        window.hears("All checks passed").await?;
        for check in ["smtp/envelope", "imap/inbox", "sign-in/renew"] {
            window.check(check, "passed").await?;
        }
        window.status(ALICE, "working").await?;
        window.picture("mailbox-working").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_mail_server_that_is_down_is_network_and_not_the_sign_in() {
    play(Options::everything(), async |stage| {
        let imap = format!("mail.lab.test:{}:tls", nobodys_port()?);
        let window = mailbox(stage, &["--imap", &imap]).await?;
        window.button("Test alice@lab.test").await?;
        window.check("imap/connect", "failed").await?;
        window.check("smtp/envelope", "passed").await?;
        window.hears("failed").await?;
        window.says("What happened").await?;
        window.says("mail.lab.test").await?;
        window.picture("checks-server-down").await?;
        window.status(ALICE, "partly-working").await?;
        window.says("What every check found").await?;
        window.click("button", "What every check found").await?;
        window.says("issued by").await?;
        window.picture("checks-seen").await?;

        // Mended by whoever runs the server, and tested again.
        change(stage, &["--imap", &Mailbox::of(&stage.lab, "alice").imap])?;
        window.button("Test alice@lab.test").await?;
        window.check("imap/inbox", "passed").await?;
        window.status(ALICE, "working").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

/// What answers instead was found beside the failed test, and becomes the mailbox's server at the press of a button.
#[tokio::test]
async fn a_wrong_protection_is_mended_by_a_button() {
    play(Options::everything(), async |stage| {
        let port = stage.lab.mail()?.imap;
        let imap = format!("mail.lab.test:{port}:tls");
        let window = mailbox(stage, &["--imap", &imap]).await?;
        window.button("Test alice@lab.test").await?;
        window.check("imap/tls", "failed").await?;
        window.hears("failed").await?;
        window.says("It answers here instead").await?;
        window.says("The port is right").await?;
        window.picture("checks-works-instead").await?;
        let place = format!("Use it and test again: mail.lab.test port {port}, STARTTLS");
        window.button(&place).await?;
        window.check("imap/inbox", "passed").await?;
        window.status(ALICE, "working").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_not_talked_to() {
    play(Options::everything(), async |stage| {
        set_up(&stage.lab, "alice", Tenant::Contoso);
        // The lab's own authority is trusted no more.
        let window = stage.window_with(&[("MAILWRIGHT_CA_FILE", "")]).await?;
        window.open_mailbox(ALICE).await?;
        window.button("Test alice@lab.test").await?;
        window.check("imap/tls", "failed").await?;
        window.check("imap/authenticate", "skipped").await?;
        window.says("certificate").await?;
        window.picture("checks-untrusted-certificate").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_refused_token_is_a_verdict_with_the_servers_words() {
    play(Options::everything(), async |stage| {
        // Bob is named as the person who signs in for Alice's mailbox, and has no rights there.
        set_up(&stage.lab, "alice", Tenant::Contoso);
        change(stage, &["--sign-in-name", "bob@lab.test"])?;
        let said = sign_in(&stage.lab, ALICE, "bob", BrowserAction::Accept, &[]);
        assert_eq!(said.code, 0, "{said:?}");
        let window = stage.window().await?;
        window.open_mailbox(ALICE).await?;
        window.button("Test alice@lab.test").await?;
        window.check("imap/authenticate", "failed").await?;
        window.check("smtp/envelope", "failed").await?;
        window.says("What happened").await?;
        window.picture("checks-refused").await?;
        window.click("button", "Technical details").await?;
        window.says("AUTHENTICATIONFAILED").await?;
        // Line by line, with the length of the token in its place.
        window.says("What was said, without secrets").await?;
        window.says("AUTHENTICATE XOAUTH2 (").await?;
        let there = "document.querySelector('.checks pre').scrollIntoView({ block: 'end' })";
        window.run(there, Vec::new()).await?;
        window.picture("checks-refused-details").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_running_test_is_stopped() {
    play(Options::everything(), async |stage| {
        // It takes connections and never says a word.
        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let imap = format!("mail.lab.test:{}:starttls", silent.local_addr()?.port());
        let window = mailbox(stage, &["--imap", &imap, "--timeout", "300"]).await?;
        window.button("Test alice@lab.test").await?;
        window.check("imap/greeting", "running").await?;
        window.check("smtp/envelope", "passed").await?;
        window.picture("checks-running").await?;
        window.button("Stop test of alice@lab.test").await?;
        window.hears("The test was stopped").await?;
        window.says("The test was stopped").await?;
        window.picture("checks-stopped").await?;
        let shown = Mailwright::new(&stage.lab).json(&["show", ALICE]).json();
        assert_ne!(
            shown["status"], "working",
            "what was stopped proves nothing: {shown:#}"
        );
        // With a message out, it is told that the message may be left.
        let name = "Send a test message to yourself";
        window.click("checkbox", name).await?;
        window.button("Test alice@lab.test").await?;
        window.check("smtp/message", "passed").await?;
        window.check("imap/greeting", "running").await?;
        window.button("Stop test of alice@lab.test").await?;
        window.says("Delete it when you see it").await?;
        window.picture("checks-stopped-message").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_that_was_withdrawn_asks_for_a_new_one() {
    play(Options::everything(), async |stage| {
        let window = mailbox(stage, &[]).await?;
        window.button("Test alice@lab.test").await?;
        window.status(ALICE, "working").await?;
        stage.lab.authorization()?.revoke(ALICE)?;
        window.button("Test alice@lab.test").await?;
        window.status(ALICE, "stopped").await?;
        window.picture("checks-withdrawn").await?;
        stage.lab.plan_browser("alice", BrowserAction::Accept)?;
        window.button("Sign in again").await?;
        window.button("Open sign-in page").await?;
        window.hears("Signed in").await?;
        window.button("Test alice@lab.test").await?;
        window.status(ALICE, "working").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}
