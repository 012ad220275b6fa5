//! The check of an app registration in the window: each reading with what it rests on.
#![cfg(target_os = "linux")]

use mailwright_e2e::{Mailwright, add_registration};
use mailwright_lab::{CONFIDENTIAL_CLIENT, KeychainState, Lab, Options, Tenant};
use mailwright_window_tests::{Outcome, Stage, Window, play};

fn options() -> Options {
    Options::new()
        .authorization_server()
        .keychain(KeychainState::Unlocked)
}

async fn opened(stage: &Stage, name: &str) -> Outcome<Window> {
    let window = stage.window().await?;
    window.page("mailboxes").await?;
    window.click("link", "App registrations").await?;
    window.page("registrations").await?;
    window.click("link", name).await?;
    window.page("registration").await?;
    Ok(window)
}

fn add_with_secret(lab: &Lab, name: &str, secret: &str) -> Outcome<()> {
    let words = [
        "registration",
        "add",
        "--name",
        name,
        "--provider",
        "microsoft",
        "--cloud",
        "custom",
        "--authority",
        lab.authorization()?.base(),
        "--tenant",
        "contoso",
        "--client-id",
        CONFIDENTIAL_CLIENT,
        "--client-secret-stdin",
    ];
    let said = Mailwright::new(lab).run_with_input(&words, secret);
    assert_eq!(said.code, 0, "{said:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_known_and_what_is_not_stand_beside_each_other() {
    play(options(), async |stage| {
        assert_eq!(add_registration(&stage.lab, "Lab", Tenant::Contoso).code, 0);
        let window = opened(stage, "Lab").await?;
        window.says("Nobody has asked the provider").await?;
        window.button("Check now").await?;
        for reading in ["tenant", "client", "public-client"] {
            window.check(reading, "passed").await?;
        }
        for reading in ["redirect", "platform", "consent"] {
            window.check(reading, "unchecked").await?;
        }
        window.check("secret", "skipped").await?;
        window.says("Not seen live").await?;
        window.picture("registration-checked").await?;
        // It is kept: the list shows it, and the page when it is opened again.
        window.click("link", "App registrations").await?;
        window.page("registrations").await?;
        window.shows("td.checked .row").await?;
        window.picture("registrations-checked").await?;
        window.click("link", "Lab").await?;
        window.page("registration").await?;
        window.check("client", "passed").await?;
        window.fill("Name", "Lab 2").await?;
        window.says("Checked is what was saved").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_secret_that_is_refused_says_who_does_what() {
    play(options(), async |stage| {
        const WRONG: &str = "not~the.secret-canary";
        add_with_secret(&stage.lab, "ERP mail", WRONG)?;
        let window = opened(stage, "ERP mail").await?;
        window.button("Check now").await?;
        window.check("secret", "failed").await?;
        window.check("client", "passed").await?;
        window
            .says("Microsoft does not know this client secret")
            .await?;
        window.says("Certificates & secrets").await?;
        window.picture("registration-checked-failed").await?;
        let document = window.document().await?;
        assert!(!document.contains(WRONG), "the secret stays out");
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_cannot_be_asked_is_no_failure_of_the_registration() {
    play(options(), async |stage| {
        assert_eq!(add_registration(&stage.lab, "Lab", Tenant::Contoso).code, 0);
        let window = opened(stage, "Lab").await?;
        let fault = serde_json::json!({ "endpoint": "metadata", "kind": "503" });
        stage.lab.authorization()?.fail(&fault)?;
        window.button("Check now").await?;
        window.check("tenant", "unchecked").await?;
        window.says("gave no usable answer").await?;
        window.picture("registration-not-checked").await?;
        window.button("Check again").await?;
        window.check("tenant", "passed").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}
