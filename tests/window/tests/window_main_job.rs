//! The main job in the window, by mouse and by keyboard, and what it costs a person.
#![cfg(target_os = "linux")]

use std::time::Duration;

use mailwright_e2e::{Mailbox, add_registration};
use mailwright_lab::{BrowserAction, Options, Tenant};
use mailwright_window_tests::{By, Counts, Outcome, REGISTRATION, Window, at_hand, main_job, play};

/// What the machine may take of a person's two minutes.
const MACHINE: Duration = Duration::from_secs(30);

fn is_as_cheap_as_promised(counts: &Counts) {
    assert_eq!(counts.fields, 1, "fields typed");
    assert_eq!(counts.switches, 2, "to the browser and back");
    assert!(counts.machine <= MACHINE, "{counts}");
}

#[tokio::test]
async fn the_main_job_by_mouse() {
    play(Options::everything(), async |stage| {
        at_hand(&stage.lab)?;
        let window = stage.window().await?;
        let counts = main_job(
            &window,
            &stage.lab,
            "alice",
            By::Mouse,
            async |window, told| window.picture(&format!("main-job-{}", told.name)).await,
        )
        .await?;
        announce("main job", &counts);
        is_as_cheap_as_promised(&counts);
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_main_job_by_keyboard_alone() {
    play(Options::everything(), async |stage| {
        at_hand(&stage.lab)?;
        let window = stage.window().await?;
        let counts = main_job(&window, &stage.lab, "alice", By::Keyboard, async |_, _| {
            Ok(())
        })
        .await?;
        announce("main job by keyboard", &counts);
        is_as_cheap_as_promised(&counts);
        let said = window.said().await?;
        assert!(
            said.iter()
                .any(|said| said.starts_with("polite: ") && said.contains("All checks passed")),
            "what a screen reader says: {said:?}"
        );
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn servers_of_an_unknown_provider_are_typed() {
    play(Options::everything(), async |stage| {
        let lab = &stage.lab;
        assert_eq!(add_registration(lab, REGISTRATION, Tenant::Contoso).code, 0);
        let window = stage.window().await?;
        window.begin_set_up("alice@lab.test").await?;
        window.picture("confirm-unknown").await?;
        type_servers(&window, &Mailbox::of(lab, "alice")).await?;
        window.picture("confirm-by-hand").await?;
        window.button("Continue").await?;
        window.state("sign-in", "before").await?;
        window
            .sign_in_as(lab, "alice", BrowserAction::Accept)
            .await?;
        window.state("checks", "passed").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

/// Types what `Mailbox` holds as `HOST:PORT:MODE`.
async fn type_servers(window: &Window, mailbox: &Mailbox) -> Outcome<()> {
    for (side, server) in [("Receiving", &mailbox.imap), ("Sending", &mailbox.smtp)] {
        let parts: Vec<&str> = server.split(':').collect();
        window.fill(&format!("{side} server"), parts[0]).await?;
        window.fill(&format!("{side} port"), parts[1]).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_sign_in_without_an_address_fills_the_form() {
    play(Options::everything(), async |stage| {
        let lab = &stage.lab;
        at_hand(lab)?;
        let window = stage.window().await?;
        window.add_mailbox().await?;
        lab.plan_browser("alice", BrowserAction::Accept)?;
        window
            .button("Sign in and let Mailwright fill this in")
            .await?;
        window.find("button", "Open sign-in page").await?;
        window.picture("address-by-sign-in").await?;
        window.button("Open sign-in page").await?;
        window.step("confirm").await?;
        window.says("alice@lab.test").await?;
        window.picture("confirm-signed-in").await?;
        window.button("Continue").await?;
        window.state("checks", "passed").await?;
        assert_eq!(window.counts().fields, 0, "nothing was typed");
        assert_eq!(lab.browser_openings(), 1, "one sign-in is enough");
        window.close().await?;
        Ok(())
    })
    .await;
}

#[expect(
    clippy::print_stdout,
    reason = "the figures are for whoever runs the test"
)]
fn announce(what: &str, counts: &Counts) {
    println!("{what}: {counts}");
}
