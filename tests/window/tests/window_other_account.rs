//! Somebody else signed in: nothing is saved, and there are four ways on.
#![cfg(target_os = "linux")]

use mailwright_e2e::{Mailbox, Mailwright, add_mailbox, add_registration};
use mailwright_lab::{BrowserAction, Options, Tenant};
use mailwright_window_tests::{Outcome, REGISTRATION, Stage, Window, play};
use serde_json::Value;

/// A window where bob signed in for another mailbox. The servers are known from zoë's.
async fn other_account(stage: &Stage, address: &str, who: &str) -> Outcome<Window> {
    let lab = &stage.lab;
    assert_eq!(add_registration(lab, REGISTRATION, Tenant::Contoso).code, 0);
    assert_eq!(
        add_mailbox(lab, &Mailbox::of(lab, "zoe"), REGISTRATION, &[]).code,
        0
    );
    let window = stage.window().await?;
    window.go_to_sign_in(address).await?;
    window.sign_in_as(lab, who, BrowserAction::Accept).await?;
    window.state("sign-in", "different-account").await?;
    window.says("Nothing was saved").await?;
    let items = lab.keychain()?.items()?;
    assert!(
        !format!("{items:?}").contains("/grant"),
        "nothing was saved: {items:?}"
    );
    Ok(window)
}

#[tokio::test]
async fn sign_in_again_as_the_right_one() {
    play(Options::everything(), async |stage| {
        let window = other_account(stage, "alice@lab.test", "bob").await?;
        window.picture("sign-in-different-account").await?;
        stage.lab.plan_browser("alice", BrowserAction::Accept)?;
        window.button("Sign in again as alice@lab.test").await?;
        window.state("checks", "passed").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_name_that_opens_no_inbox_is_not_kept() {
    play(Options::everything(), async |stage| {
        let window = other_account(stage, "sales@lab.test", "alice").await?;
        window
            .button("alice@lab.test is my sign-in name for sales@lab.test")
            .await?;
        window.state("sign-in", "failed").await?;
        window.says("did not accept the sign-in").await?;
        let shown = Mailwright::new(&stage.lab)
            .json(&["show", "sales@lab.test"])
            .json();
        assert_eq!(shown["sign_in_name"], "sales@lab.test", "{shown:#}");
        assert_eq!(shown["signed_in_as"], Value::Null, "{shown:#}");
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_name_is_kept_where_nothing_is_read() {
    play(Options::everything(), async |stage| {
        let lab = &stage.lab;
        assert_eq!(add_registration(lab, REGISTRATION, Tenant::Contoso).code, 0);
        let zoe = add_mailbox(lab, &Mailbox::of(lab, "zoe"), REGISTRATION, &[]);
        assert_eq!(zoe.code, 0, "{zoe:?}");
        let window = stage.window().await?;
        window.begin_set_up("sales@lab.test").await?;
        window.click("checkbox", "Receive mail").await?;
        window.button("Continue").await?;
        window.state("sign-in", "before").await?;
        window
            .sign_in_as(lab, "alice", BrowserAction::Accept)
            .await?;
        window.state("sign-in", "different-account").await?;
        window
            .button("alice@lab.test is my sign-in name for sales@lab.test")
            .await?;
        window.state("checks", "passed").await?;
        let shown = Mailwright::new(lab)
            .json(&["show", "sales@lab.test"])
            .json();
        assert_eq!(shown["sign_in_name"], "alice@lab.test", "{shown:#}");
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_shared_mailbox_that_does_not_open_is_not_saved() {
    play(Options::everything(), async |stage| {
        let window = other_account(stage, "alice@lab.test", "bob").await?;
        window.button("alice@lab.test is a shared mailbox").await?;
        window.state("sign-in", "failed").await?;
        window.picture("sign-in-shared-refused").await?;
        let items = stage.lab.keychain()?.items()?;
        assert!(
            !format!("{items:?}").contains("/grant"),
            "nothing was saved: {items:?}"
        );
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn it_becomes_a_new_mailbox() {
    play(Options::everything(), async |stage| {
        let window = other_account(stage, "alice@lab.test", "bob").await?;
        window
            .button("Set up bob@lab.test as a new mailbox")
            .await?;
        window.step("confirm").await?;
        window.says("bob@lab.test").await?;
        window.button("Continue").await?;
        window.state("sign-in", "before").await?;
        window
            .sign_in_as(&stage.lab, "bob", BrowserAction::Accept)
            .await?;
        window.state("checks", "passed").await?;
        let listed = Mailwright::new(&stage.lab).json(&["list"]).json();
        assert!(
            listed.to_string().contains("alice@lab.test"),
            "the other one stays: {listed:#}"
        );
        window.close().await?;
        Ok(())
    })
    .await;
}
