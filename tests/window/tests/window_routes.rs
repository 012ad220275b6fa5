//! Signing in where no browser of this computer comes back: with a code, and with a pasted address.
#![cfg(target_os = "linux")]

use std::net::TcpListener;

use mailwright_e2e::Mailwright;
use mailwright_lab::{Lab, Options};
use mailwright_window_tests::{Outcome, REGISTRATION, Stage, Window, at_hand, play};

const ALICE: &str = "alice@lab.test";
const WITH_CODE: &str = "Sign in with a code on another device";
const PASTING: &str = "Use a browser that cannot come back here";

/// What the page shows there, as text.
async fn shown(window: &Window, selector: &str) -> Outcome<String> {
    window.shows(selector).await?;
    let script = "return document.querySelector(arguments[0]).textContent";
    let text = window.run(script, vec![selector.into()]).await?;
    Ok(text.as_str().unwrap_or_default().trim().to_owned())
}

/// Page and code that the window shows.
async fn page_and_code(window: &Window) -> Outcome<(String, String)> {
    let code = shown(window, "[data-code]").await?;
    Ok((shown(window, ".three code").await?, code))
}

/// Somebody enters the code in another browser.
async fn enter(lab: &Lab, who: &str, (page, code): &(String, String)) -> Outcome<()> {
    let browser = lab.browser().await?;
    let user = lab.user(who)?;
    browser
        .use_device_code(page, code, user.address, &user.password)
        .await?;
    Ok(browser.close().await?)
}

#[tokio::test]
async fn a_code_is_used_on_another_device() {
    play(Options::everything(), async |stage| {
        at_hand(&stage.lab)?;
        let window = stage.window().await?;
        window.go_to_sign_in(ALICE).await?;
        window.picture("sign-in-other-ways").await?;
        window.button(WITH_CODE).await?;
        window.state("sign-in", "code").await?;
        window.hears("The code is ").await?;
        window.says("Last answer").await?;
        let first = page_and_code(&window).await?;
        window.picture("sign-in-code").await?;
        window.button("Copy code").await?;
        window.says("Copied").await?;
        window.button("Larger").await?;
        window.picture("sign-in-code-large").await?;
        window.button("Smaller").await?;

        // A new one takes the place of the old.
        window.button("New code").await?;
        window
            .wait("another code", async || {
                let now = page_and_code(&window).await?;
                Ok((now.1 != first.1).then_some(()))
            })
            .await?;
        let shown = page_and_code(&window).await?;
        enter(&stage.lab, "alice", &shown).await?;
        window.hears("The code was used").await?;
        window.state("checks", "passed").await?;
        assert_eq!(stage.lab.browser_openings(), 0, "nothing opens here");
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_code_on_a_mailboxs_page_cancelled_and_used_by_somebody_else() {
    play(Options::everything(), async |stage| {
        at_hand(&stage.lab)?;
        let window = stage.window().await?;
        window.open_mailbox("bob@lab.test").await?;
        window.click("tab", "Sign-in").await?;
        window.button(WITH_CODE).await?;
        window.shows(".panel[data-state='code']").await?;
        window.picture("mailbox-sign-in-code").await?;
        window.button("Cancel sign-in").await?;
        window.shows(".panel[data-state='before']").await?;
        window.hears("cancelled").await?;

        window.button(WITH_CODE).await?;
        let shown = page_and_code(&window).await?;
        enter(&stage.lab, "alice", &shown).await?;
        window
            .shows(".panel[data-state='different-account']")
            .await?;
        window.button("Sign in again as bob@lab.test").await?;
        window.shows(".panel[data-state='code']").await?;
        let shown = page_and_code(&window).await?;
        enter(&stage.lab, "bob", &shown).await?;
        window.says("Signed in as").await?;
        window.shows_no(".panel[data-state]").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_code_that_nobody_used_and_one_that_is_blocked() {
    play(Options::everything(), async |stage| {
        at_hand(&stage.lab)?;
        let server = stage.lab.authorization()?;
        let window = stage
            .window_with(&[("MAILWRIGHT_SIGN_IN_TIMEOUT", "4s")])
            .await?;
        window.go_to_sign_in(ALICE).await?;
        window.button(WITH_CODE).await?;
        window.state("sign-in", "failed").await?;
        window.says("The code was not used in time").await?;
        window.picture("sign-in-code-ended").await?;

        let blocked = serde_json::json!({ "aadsts": { "number": 53003, "error": "access_denied", "text": "Lab." } });
        server.fail(&blocked)?;
        window.button("New code").await?;
        window.state("sign-in", "failed").await?;
        window
            .says("Your organisation does not allow signing in with a code")
            .await?;
        window.picture("sign-in-code-blocked").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn where_nothing_can_listen_the_pasted_address_completes_it() {
    play(Options::everything(), async |stage| {
        at_hand(&stage.lab)?;
        // The one port of the registration is another program's.
        let taken = TcpListener::bind("127.0.0.1:0")?;
        let redirect = format!("http://localhost:{}/callback", taken.local_addr()?.port());
        let words = [
            "registration",
            "set",
            REGISTRATION,
            "--redirect-uri",
            &redirect,
        ];
        let said = Mailwright::new(&stage.lab).run(&words);
        assert_eq!(said.code, 0, "{said:?}");
        let window = stage.window().await?;
        window.begin_set_up(ALICE).await?;
        window.button("Continue").await?;
        window.state("sign-in", "not-ready").await?;
        window.picture("sign-in-no-way-back").await?;
        window.button(PASTING).await?;
        window.state("sign-in", "waiting").await?;
        window.hears("The sign-in link is on the clipboard").await?;
        window.picture("sign-in-paste").await?;

        let link = shown(&window, ".link code").await?;
        let field = "Whole address of the page that did not load";
        window
            .fill(field, "http://localhost/?code=x&state=y")
            .await?;
        window.button("Go on").await?;
        window
            .says("This address belongs to another sign-in")
            .await?;
        window.picture("sign-in-paste-other").await?;

        drop(taken); // the browser finds nobody there
        let last = last_address(stage, &link).await?;
        assert!(last.starts_with(&redirect), "{last}");
        window.fill(field, &last).await?;
        window.button("Go on").await?;
        window.state("checks", "passed").await?;
        assert!(
            !window.document().await?.contains("code="),
            "it is not kept"
        );
        window.close().await?;
        Ok(())
    })
    .await;
}

/// The address of the last page, which that browser could not open.
async fn last_address(stage: &Stage, link: &str) -> Outcome<String> {
    let browser = stage.lab.browser().await?;
    browser.open(link).await?;
    let alice = stage.lab.user("alice")?;
    browser.sign_in(alice.address, &alice.password).await?;
    browser.accept().await?;
    let address = browser.wait_to_leave(link).await?;
    browser.close().await?;
    Ok(address)
}
