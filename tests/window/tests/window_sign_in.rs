//! Bad days between the window and the browser.
#![cfg(target_os = "linux")]

use mailwright_e2e::Mailwright;
use mailwright_lab::{BrowserAction, Options};
use mailwright_window_tests::{Outcome, Stage, Window, at_hand, end_page, opened, play};

const ALICE: &str = "alice@lab.test";

/// A window before the sign-in of alice's mailbox.
async fn before(stage: &Stage) -> Outcome<Window> {
    at_hand(&stage.lab)?;
    let window = stage.window().await?;
    window.go_to_sign_in(ALICE).await?;
    Ok(window)
}

#[tokio::test]
async fn cancelled_in_the_browser() {
    play(Options::everything(), async |stage| {
        let window = before(stage).await?;
        window
            .sign_in_as(&stage.lab, "alice", BrowserAction::Cancel)
            .await?;
        window.state("sign-in", "failed").await?;
        assert_eq!(end_page(&stage.lab, 1).await?, "Sign-in was cancelled");
        window.picture("sign-in-cancelled-in-browser").await?;
        assert!(nothing_is_kept(stage)?, "nothing was saved");
        window
            .sign_in_as(&stage.lab, "alice", BrowserAction::Accept)
            .await?;
        window.state("checks", "passed").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn cancelled_in_the_window_and_the_old_tab_answered_late() {
    play(Options::everything(), async |stage| {
        let window = before(stage).await?;
        let lab = &stage.lab;
        lab.plan_browser_for_later("alice", BrowserAction::Accept, "late")?;
        window.button("Open sign-in page").await?;
        window.state("sign-in", "waiting").await?;
        opened(lab, 1).await?;
        window.picture("sign-in-waiting").await?;
        window.button("Cancel sign-in").await?;
        window.state("sign-in", "before").await?;
        window.hears("cancelled").await?;
        window.picture("sign-in-cancelled").await?;
        lab.go_on_in_browser("late")?;
        let heading = end_page(lab, 1).await?;
        assert_ne!(
            heading, "You are signed in",
            "the tab of a sign-in that was given up"
        );
        assert!(nothing_is_kept(stage)?, "nothing was saved");
        window.state("sign-in", "before").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_closed_tab_is_opened_again() {
    play(Options::everything(), async |stage| {
        let window = before(stage).await?;
        window
            .sign_in_as(&stage.lab, "alice", BrowserAction::Close)
            .await?;
        assert_eq!(end_page(&stage.lab, 1).await?, "closed");
        window.state("sign-in", "waiting").await?;
        stage.lab.plan_browser("alice", BrowserAction::Accept)?;
        window.button("Open again").await?;
        window.state("checks", "passed").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_tab_that_was_opened_again_is_answered_late() {
    play(Options::everything(), async |stage| {
        let window = before(stage).await?;
        let lab = &stage.lab;
        lab.plan_browser_for_later("alice", BrowserAction::Accept, "old")?;
        window.button("Open sign-in page").await?;
        opened(lab, 1).await?;
        lab.plan_browser_for_later("alice", BrowserAction::Accept, "new")?;
        window.button("Open again").await?;
        opened(lab, 2).await?;
        // The old tab comes first, while the new one is still waited for.
        lab.go_on_in_browser("old")?;
        let old = end_page(lab, 1).await?;
        assert!(
            old.contains("out of date") || old.contains("already used"),
            "{old}"
        );
        window.state("sign-in", "waiting").await?;
        lab.go_on_in_browser("new")?;
        window.state("checks", "passed").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn another_program_signs_in_first() {
    play(Options::everything(), async |stage| {
        let window = before(stage).await?;
        let program = Mailwright::new(&stage.lab);
        let (_, other) = program.start_sign_in(&["sign-in", "bob@lab.test", "--print-link"]);
        window
            .sign_in_as(&stage.lab, "alice", BrowserAction::Accept)
            .await?;
        window.state("sign-in", "queued").await?;
        window.picture("sign-in-queued").await?;
        assert_eq!(stage.lab.browser_openings(), 0, "no page is opened in vain");
        other.kill();
        window.state("checks", "passed").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_does_the_page_show_is_answered_while_it_waits() {
    play(Options::everything(), async |stage| {
        let window = before(stage).await?;
        window
            .sign_in_as(&stage.lab, "alice", BrowserAction::Nothing)
            .await?;
        window.state("sign-in", "waiting").await?;
        window.button("A message with a code").await?;
        window
            .fill(
                "Text or address of the page",
                "AADSTS50105: the signed in user is not assigned to a role",
            )
            .await?;
        window.button("Explain").await?;
        window.shows(".verdict").await?;
        window.picture("sign-in-page-explained").await?;
        window.state("sign-in", "waiting").await?;
        window.button("Cancel sign-in").await?;
        window.state("sign-in", "before").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn nobody_came_back() {
    play(Options::everything(), async |stage| {
        at_hand(&stage.lab)?;
        // Long enough for the second sign-in, which somebody finishes.
        let window = stage
            .window_with(&[("MAILWRIGHT_SIGN_IN_TIMEOUT", "20s")])
            .await?;
        window.go_to_sign_in(ALICE).await?;
        window
            .sign_in_as(&stage.lab, "alice", BrowserAction::Close)
            .await?;
        window.state("sign-in", "waiting").await?;
        window
            .wait_long(
                std::time::Duration::from_secs(60),
                "[data-step='sign-in'][data-state='failed']",
            )
            .await?;
        window.picture("sign-in-nobody-came-back").await?;
        assert!(nothing_is_kept(stage)?, "nothing was saved");
        window
            .sign_in_as(&stage.lab, "alice", BrowserAction::Accept)
            .await?;
        window.state("checks", "passed").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

fn nothing_is_kept(stage: &Stage) -> Outcome<bool> {
    let items = stage.lab.keychain()?.items()?;
    Ok(items
        .iter()
        .all(|item| !format!("{item:?}").contains("/grant")))
}
