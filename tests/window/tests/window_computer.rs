//! The page about this computer, where it is ready, where something is in the way, and while it is looked at.
#![cfg(target_os = "linux")]

use std::net::{Ipv4Addr, TcpListener};

use mailwright_e2e::Front;
use mailwright_lab::{KeychainState, Options};
use mailwright_window_tests::{Outcome, Window, at_hand, play};

async fn open(window: &Window) -> Outcome<()> {
    window.page("mailboxes").await?;
    window.click("link", "This computer").await?;
    window.page("computer").await
}

#[tokio::test]
async fn a_computer_that_is_ready_is_said_to_be() {
    play(Options::everything(), async |stage| {
        at_hand(&stage.lab)?;
        let front = Front::tls(&stage.lab, stage.lab.certificates().good());
        let microsoft = format!("https://localhost:{}/", front.port);
        let window = stage
            .window_with(&[("MAILWRIGHT_MICROSOFT", &microsoft)])
            .await?;
        open(&window).await?;
        window.shows("[data-state='ready']").await?;
        window.hears("This computer is ready").await?;
        for check in ["keychain", "browser", "loopback-ipv4", "dns", "tls"] {
            window.check(check, "passed").await?;
        }
        // It is opened on the way by somebody whom this computer trusts: no failure, but worth knowing.
        window.says("worth knowing").await?;
        window.says("Mailwright Lab CA").await?;
        window.picture("computer-ready").await?;
        assert_eq!(stage.lab.browser_openings(), 0, "nothing is opened");
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_in_the_way_says_who_has_to_do_what() {
    let options = Options::everything().keychain(KeychainState::Missing);
    play(options, async |stage| {
        let window = stage.window().await?;
        open(&window).await?;
        window.shows("[data-state='hindered']").await?;
        window.check("keychain", "failed").await?;
        window.hears("Keychain: failed").await?;
        window.says("What to do").await?;
        window.picture("computer-no-keychain").await?;
        window.button("Look again").await?;
        window.shows("[data-state='hindered']").await?;
        window.button("Ask for help").await?;
        window.page("support").await?;
        window.shows("[data-state='shown']").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn looking_is_shown_as_it_goes_and_is_stopped() {
    play(Options::everything(), async |stage| {
        // It takes connections and never says a word.
        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let microsoft = format!("https://127.0.0.1:{}/", silent.local_addr()?.port());
        let window = stage
            .window_with(&[("MAILWRIGHT_MICROSOFT", &microsoft)])
            .await?;
        open(&window).await?;
        window.check("browser", "passed").await?;
        window.check("loopback-ipv4", "passed").await?;
        window.check("tls", "running").await?;
        window.picture("computer-looking").await?;
        window.button("Stop").await?;
        window.shows("[data-state='stopped']").await?;
        window.check("tls", "stopped").await?;
        window.check("browser", "passed").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}
