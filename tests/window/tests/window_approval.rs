//! An administrator's approval in the window: asked for, given on this computer, and there again after a restart.
#![cfg(target_os = "linux")]

use mailwright_e2e::Mailwright;
use mailwright_lab::{BrowserAction, Options};
use mailwright_window_tests::{Outcome, Stage, Window, at_hand, end_page, play};

const PERSON: &str = "admin-approval@lab.test";

/// A window whose sign-in was told that an administrator has to approve.
async fn refused(stage: &Stage) -> Outcome<Window> {
    at_hand(&stage.lab)?;
    let window = stage.window().await?;
    window.go_to_sign_in(PERSON).await?;
    window
        .sign_in_as(&stage.lab, "admin-approval", BrowserAction::Cancel)
        .await?;
    window.state("sign-in", "approval").await?;
    Ok(window)
}

#[tokio::test]
async fn the_message_is_ready_and_the_mailbox_waits_over_a_restart() {
    play(Options::everything(), async |stage| {
        let window = refused(stage).await?;
        window
            .says("An administrator must approve this once")
            .await?;
        window.says("Waiting for admin").await?;
        window.says("IMAP.AccessAsUser.All").await?;
        window.says("adminconsent").await?;
        window.picture("approval-ask").await?;
        window.button("Copy message").await?;
        window.hears("message to the administrator").await?;
        window.says("copied").await?;
        window.button("Check now").await?;
        window.says("only a sign-in shows it").await?;
        window.button("Finish later").await?;
        window.page("mailboxes").await?;
        window.status(PERSON, "waiting-for-admin").await?;
        window.picture("home-waiting-for-admin").await?;
        window.close().await?;

        let window = stage.window().await?;
        window.page("mailboxes").await?;
        window.status(PERSON, "waiting-for-admin").await?;
        window.click("gridcell", "Microsoft 365").await?;
        window.button(&format!("Continue {PERSON}")).await?;
        window.state("sign-in", "approval").await?;
        window.says("copied").await?;
        window.close().await?;

        // On the page of a mailbox whose set-up is over.
        let window = stage.window().await?;
        window.open_mailbox(PERSON).await?;
        window.click("tab", "Sign-in").await?;
        window.shows(".panel[data-state='approval']").await?;
        window.picture("approval-on-the-mailboxs-page").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_administrator_approves_here_and_then_the_person_signs_in() {
    play(Options::everything(), async |stage| {
        let window = refused(stage).await?;
        window.click("radio", "I am the administrator").await?;
        window.says("Two sign-ins, in this order").await?;
        window.picture("approval-as-administrator").await?;

        // Somebody who may not, then one who says no.
        for (who, says) in [
            ("bob", "may not approve"),
            ("administrator", "did not approve"),
        ] {
            stage.lab.plan_browser(who, BrowserAction::Cancel)?;
            window.button("Open approval page").await?;
            window.says(says).await?;
            window.state("sign-in", "approval").await?;
        }
        window.picture("approval-declined").await?;

        stage
            .lab
            .plan_browser("administrator", BrowserAction::Accept)?;
        window.button("Open approval page").await?;
        window.state("sign-in", "before").await?;
        window.says("Approved for lab.test").await?;
        window.says(&format!("Now {PERSON} signs in")).await?;
        window.picture("approval-given").await?;
        assert_eq!(end_page(&stage.lab, 4).await?, "Approved");
        window
            .sign_in_as(&stage.lab, "admin-approval", BrowserAction::Accept)
            .await?;
        window.state("checks", "passed").await?;
        let shown = Mailwright::new(&stage.lab).json(&["show", PERSON]).json();
        assert_eq!(shown["status"], "working", "{shown:#}");
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_page_that_only_shows_it_is_told_to_the_window() {
    play(Options::everything(), async |stage| {
        at_hand(&stage.lab)?;
        let window = stage.window().await?;
        window.go_to_sign_in(PERSON).await?;
        // The person closes the tab, as many do; nothing comes back.
        window
            .sign_in_as(&stage.lab, "admin-approval", BrowserAction::Close)
            .await?;
        window.state("sign-in", "waiting").await?;
        window
            .button("“Need admin approval”, and no Accept button")
            .await?;
        window.button("Ask an administrator, or approve").await?;
        window.state("sign-in", "approval").await?;
        let shown = Mailwright::new(&stage.lab).json(&["show", PERSON]).json();
        assert_eq!(shown["status"], "waiting-for-admin", "{shown:#}");
        window.close().await?;
        Ok(())
    })
    .await;
}
