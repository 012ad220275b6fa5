//! What can be done with a mailbox that is set up.
#![cfg(target_os = "linux")]

use mailwright_e2e::{Mailbox, Mailwright, add_mailbox, set_up};
use mailwright_lab::{BrowserAction, KeychainState, Options, Tenant};
use mailwright_window_tests::{Outcome, Stage, Window, play};
use serde_json::Value;

const ALICE: &str = "alice@lab.test";

/// Alice is signed in, bob is not.
async fn two(stage: &Stage) -> Outcome<Window> {
    set_up(&stage.lab, "alice", Tenant::Contoso);
    let bob = add_mailbox(&stage.lab, &Mailbox::of(&stage.lab, "bob"), "contoso", &[]);
    assert_eq!(bob.code, 0, "{bob:?}");
    stage.window().await
}

fn shown(stage: &Stage, address: &str) -> Value {
    Mailwright::new(&stage.lab).json(&["show", address]).json()
}

#[tokio::test]
async fn the_list_shows_and_filters() {
    play(Options::everything(), async |stage| {
        let window = two(stage).await?;
        window.status(ALICE, "not-started").await?;
        window.status("bob@lab.test", "waiting-for-you").await?;
        window.picture("home-two").await?;
        window.press("Control+f").await?;
        assert_eq!(window.focused().await?, "searchbox Filter mailboxes");
        window.type_text("ali").await?;
        window.shows_no("[data-mailbox='bob@lab.test']").await?;
        window.picture("home-filtered").await?;
        window.press("Escape").await?;
        window.status("bob@lab.test", "waiting-for-you").await?;
        window.press("?").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn settings_are_tested_before_they_are_saved() {
    play(Options::everything(), async |stage| {
        let window = two(stage).await?;
        window.open_mailbox(ALICE).await?;
        window.click("tab", "Sending").await?;
        let right = window.value("textbox", "Port").await?;
        window.fill("Port", "1").await?;
        window.button("Test without saving").await?;
        window.check("smtp/connect", "failed").await?;
        window.picture("mailbox-sending-not-saved").await?;
        window.fill("Port", &right).await?;
        window.shows_no("[data-check]").await?;
        // Another way to write the same server.
        window.fill("Server", "localhost").await?;
        window.button("Test without saving").await?;
        window.check("smtp/envelope", "passed").await?;
        window.says("Not saved yet").await?;
        let servers = shown(stage, ALICE)["servers"].to_string();
        assert!(servers.contains("mail.lab.test"), "{servers}");
        assert!(!servers.contains("localhost"), "{servers}");
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn every_tab_is_shown() {
    play(Options::everything(), async |stage| {
        let window = two(stage).await?;
        window.open_mailbox(ALICE).await?;
        for tab in ["Sign-in", "Sending", "Receiving", "Folders", "Overview"] {
            window.click("tab", tab).await?;
            window.find("tab", tab).await?;
            if tab == "Folders" {
                window.shows("[data-state='ready']").await?;
            }
            window
                .picture(&format!("mailbox-{}", tab.to_lowercase()))
                .await?;
        }
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn signed_out_and_in_again() {
    play(Options::everything(), async |stage| {
        let window = two(stage).await?;
        window.open_mailbox(ALICE).await?;
        window.button("More actions for alice@lab.test").await?;
        window.click("menuitem", "Sign out").await?;
        window.find("dialog", "Sign out of alice@lab.test?").await?;
        assert_eq!(
            window.focused().await?,
            "button Stay signed in",
            "the safe answer has the focus"
        );
        window.picture("mailbox-sign-out").await?;
        window.press("Escape").await?;
        window.shows_no("dialog[open], [role=dialog]").await?;
        assert_eq!(shown(stage, ALICE)["signed_in_as"], ALICE);
        window.button("More actions for alice@lab.test").await?;
        window.click("menuitem", "Sign out").await?;
        window.button("Sign out").await?;
        window.status(ALICE, "waiting-for-you").await?;
        assert_eq!(shown(stage, ALICE)["signed_in_as"], Value::Null);
        window.picture("mailbox-signed-out").await?;
        window.button("Sign in to alice@lab.test").await?;
        window
            .sign_in_as(&stage.lab, "alice", BrowserAction::Accept)
            .await?;
        window.hears("Signed in").await?;
        assert_eq!(shown(stage, ALICE)["signed_in_as"], ALICE);
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn removed_and_brought_back_and_removed_for_good() {
    play(Options::everything(), async |stage| {
        let window = two(stage).await?;
        let items = || -> Outcome<String> { Ok(format!("{:?}", stage.lab.keychain()?.items()?)) };
        let kept = items()?;
        assert!(kept.contains("/grant"), "{kept}");
        window.open_mailbox(ALICE).await?;
        window.button("More actions for alice@lab.test").await?;
        window.click("menuitem", "Remove").await?;
        window.page("mailboxes").await?;
        window.shows_no("[data-mailbox='alice@lab.test']").await?;
        // What undoes it is there for some seconds only, and as long as it has the focus.
        window.button("Undo").await?;
        window.status(ALICE, "not-started").await?;
        assert_eq!(items()?, kept, "its sign-in is still there");

        window.open_mailbox(ALICE).await?;
        window.button("More actions for alice@lab.test").await?;
        window.click("menuitem", "Remove").await?;
        window.page("mailboxes").await?;
        window.press("Control+z").await?;
        window.status(ALICE, "not-started").await?;

        window.open_mailbox(ALICE).await?;
        window.button("More actions for alice@lab.test").await?;
        window.click("menuitem", "Remove").await?;
        window.page("mailboxes").await?;
        window.shows_no("[data-mailbox='alice@lab.test']").await?;
        window.tab_to("button Undo").await?;
        window.picture("home-removed").await?;
        window.press_close_button().await?;
        assert!(
            !items()?.contains("/grant"),
            "its sign-in is gone: {}",
            items()?
        );
        let listed = Mailwright::new(&stage.lab).json(&["list"]).json();
        assert!(!listed.to_string().contains(ALICE), "{listed:#}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn settings_are_changed_and_wrong_ones_refused() {
    play(Options::everything(), async |stage| {
        let window = two(stage).await?;
        window.open_mailbox(ALICE).await?;
        window.click("tab", "Sending").await?;
        window.fill("Port", "70000").await?;
        window.button("Save").await?;
        window.says("A port is a number from 1 to 65535").await?;
        window.picture("mailbox-wrong-port").await?;
        let port = stage.lab.mail()?.smtps().to_string();
        window.fill("Port", &port).await?;
        window.fill("Sender name", "Alice, sales").await?;
        window.button("Save").await?;
        window.says("Saved").await?;
        let now = shown(stage, ALICE);
        assert_eq!(now["sender_name"], "Alice, sales", "{now:#}");
        assert!(now.to_string().contains(&port), "{now:#}");
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_used_is_said() {
    play(
        Options::new().keychain(KeychainState::Unlocked),
        async |stage| {
            let file = stage.lab.folder().write("no-folder", "", 0o600)?;
            let inside = file.join("data").display().to_string();
            let window = stage.window_with(&[("MAILWRIGHT_HOME", &inside)]).await?;
            window.says("Could not read the mailboxes").await?;
            window.picture("home-not-readable").await?;
            window.close().await?;
            Ok(())
        },
    )
    .await;
}
