//! The window closed, ended and opened again in each step: nothing that was typed is lost.
#![cfg(target_os = "linux")]

use mailwright_lab::{BrowserAction, Options};
use mailwright_window_tests::{Outcome, Stage, Window, at_hand, opened, play};

const ALICE: &str = "alice@lab.test";

/// How the window goes away.
#[derive(Clone, Copy, Debug)]
enum End {
    CloseButton,
    Killed,
}

impl End {
    async fn end(self, window: Window) -> Outcome<()> {
        match self {
            Self::CloseButton => window.press_close_button().await,
            Self::Killed => window.kill().await,
        }
    }
}

/// From the list back to where the set-up of alice's mailbox stood.
async fn again(stage: &Stage, step: &str) -> Outcome<Window> {
    let window = stage.window().await?;
    window.page("mailboxes").await?;
    window.shows(&format!("[data-mailbox='{ALICE}']")).await?;
    window.click("link", ALICE).await?;
    window.shows("[data-page='mailbox'], [data-step]").await?;
    if window.is_there("[data-page='mailbox']").await? {
        window.button("More actions for").await?;
        window.click("menuitem", "Continue set-up").await?;
    }
    window.step(step).await?;
    Ok(window)
}

async fn every_step(stage: &Stage, end: End) -> Outcome<()> {
    let lab = &stage.lab;
    at_hand(lab)?;
    let window = stage.window().await?;
    window.add_mailbox().await?;
    window.fill("E-mail address", ALICE).await?;
    window.saved("address").await?;
    end.end(window).await?;

    let window = again(stage, "address").await?;
    assert_eq!(window.value("textbox", "E-mail address").await?, ALICE);
    window.button("Continue").await?;
    window.step("confirm").await?;
    window.fill("Sender name", "Alice, sales").await?;
    window.saved("confirm").await?;
    end.end(window).await?;

    let window = again(stage, "confirm").await?;
    assert_eq!(
        window.value("textbox", "Sender name").await?,
        "Alice, sales"
    );
    window.button("Continue").await?;
    window.state("sign-in", "before").await?;
    lab.plan_browser_for_later("alice", BrowserAction::Accept, "late")?;
    window.button("Open sign-in page").await?;
    window.state("sign-in", "waiting").await?;
    opened(lab, 1).await?;
    end.end(window).await?;

    let window = again(stage, "sign-in").await?;
    window.state("sign-in", "before").await?;
    window
        .sign_in_as(lab, "alice", BrowserAction::Accept)
        .await?;
    window.stands_at("checks").await?;
    end.end(window).await?;

    let window = again(stage, "checks").await?;
    window.state("checks", "passed").await?;
    window.button("Continue").await?;
    window.stands_at("folders").await?;
    end.end(window).await?;

    let window = again(stage, "folders").await?;
    window.button("Continue").await?;
    window.step("done").await?;
    end.end(window).await?;

    // What is done is in the list.
    let window = stage.window().await?;
    window.status(ALICE, "working").await?;
    window.close().await?;
    Ok(())
}

#[tokio::test]
async fn closed_in_each_step_and_opened_again() {
    play(Options::everything(), async |stage| {
        every_step(stage, End::CloseButton).await
    })
    .await;
}

#[tokio::test]
async fn killed_in_each_step_and_opened_again() {
    play(Options::everything(), async |stage| {
        every_step(stage, End::Killed).await
    })
    .await;
}

#[tokio::test]
async fn going_back_loses_no_text() {
    play(Options::everything(), async |stage| {
        at_hand(&stage.lab)?;
        let window = stage.window().await?;
        window.begin_set_up(ALICE).await?;
        window.fill("Sender name", "Alice, sales").await?;
        window.press("Escape").await?;
        window.step("address").await?;
        assert_eq!(window.value("textbox", "E-mail address").await?, ALICE);
        window.button("Continue").await?;
        window.step("confirm").await?;
        assert_eq!(
            window.value("textbox", "Sender name").await?,
            "Alice, sales"
        );
        window.button("Continue").await?;
        window.state("sign-in", "before").await?;
        window.press("Alt+Left").await?;
        window.step("confirm").await?;
        assert_eq!(
            window.value("textbox", "Sender name").await?,
            "Alice, sales"
        );
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_was_left_is_found_in_the_list_and_from_its_address() {
    play(Options::everything(), async |stage| {
        at_hand(&stage.lab)?;
        let window = stage.window().await?;
        window.begin_set_up(ALICE).await?;
        window.click("link", "Mailboxes").await?;
        window.page("mailboxes").await?;
        window.shows(&format!("[data-mailbox='{ALICE}']")).await?;
        window.picture("home-with-a-begun-set-up").await?;
        // The same address once more leads to the one that was begun.
        window.add_mailbox().await?;
        window.fill("E-mail address", ALICE).await?;
        window.press("Tab").await?;
        window.state("address", "taken").await?;
        window.picture("address-taken").await?;
        window.press("Enter").await?;
        window.step("confirm").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}
