//! A keychain that is locked or missing: said before the browser opens, and never a window that hangs.
#![cfg(target_os = "linux")]

use mailwright_e2e::set_up;
use mailwright_lab::{BrowserAction, KeychainState, Options, Tenant};
use mailwright_window_tests::{at_hand, opened, play};

const ALICE: &str = "alice@lab.test";

fn with(keychain: KeychainState) -> Options {
    Options::everything().keychain(keychain)
}

#[tokio::test]
async fn a_locked_keychain_is_said_before_the_browser_opens() {
    play(with(KeychainState::Locked), async |stage| {
        at_hand(&stage.lab)?;
        let window = stage.window().await?;
        window.begin_set_up(ALICE).await?;
        window.button("Continue").await?;
        window.state("sign-in", "not-ready").await?;
        window.says("keychain").await?;
        window.picture("sign-in-keychain-locked").await?;
        assert_eq!(
            window.on_screen()?.len(),
            1,
            "nobody else's question covers the window"
        );
        assert_eq!(stage.lab.browser_openings(), 0);
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn no_keychain_at_all_says_what_to_install() {
    play(with(KeychainState::Missing), async |stage| {
        at_hand(&stage.lab)?;
        let window = stage.window().await?;
        window.begin_set_up(ALICE).await?;
        window.button("Continue").await?;
        window.state("sign-in", "not-ready").await?;
        window.says("No keychain at all").await?;
        window.picture("sign-in-keychain-missing").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_keychain_that_is_locked_meanwhile_saves_nothing_and_says_so() {
    play(with(KeychainState::Unlocked), async |stage| {
        let lab = &stage.lab;
        at_hand(lab)?;
        let window = stage.window().await?;
        window.go_to_sign_in(ALICE).await?;
        lab.plan_browser_for_later("alice", BrowserAction::Accept, "locked")?;
        window.button("Open sign-in page").await?;
        window.state("sign-in", "waiting").await?;
        opened(lab, 1).await?;
        lab.keychain()?.lock()?;
        lab.go_on_in_browser("locked")?;
        window.state("sign-in", "failed").await?;
        window.says("keychain").await?;
        window.picture("sign-in-keychain-locked-meanwhile").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_test_with_a_locked_keychain_names_it_and_does_not_call_the_mailbox_stopped() {
    play(with(KeychainState::Unlocked), async |stage| {
        set_up(&stage.lab, "alice", Tenant::Contoso);
        let window = stage.window().await?;
        window.open_mailbox(ALICE).await?;
        window.button("Test alice@lab.test").await?;
        window.status(ALICE, "working").await?;
        stage.lab.keychain()?.lock()?;
        window.button("Test alice@lab.test").await?;
        window.says("keychain").await?;
        window.status(ALICE, "needs-attention").await?;
        window.picture("checks-keychain-locked").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}
