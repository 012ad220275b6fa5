//! A failed check, its error ID, and a support package that is read before it is written.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use mailwright_e2e::{Mailbox, Mailwright, add_mailbox, add_registration_with_secret, sign_in};
use mailwright_lab::{BrowserAction, CONFIDENTIAL_SECRET, Lab, Options, Tenant};
use mailwright_window_tests::{Outcome, Stage, Window, play};
use serde_json::Value;

const ALICE: &str = "alice@lab.test";

/// Alice's mailbox, in which her token goes with somebody else's name towards SMTP: the server refuses it.
async fn failed(stage: &Stage) -> Outcome<Window> {
    let lab = &stage.lab;
    let _ = add_registration_with_secret(lab, "ERP mail", Tenant::Contoso).exits(0);
    let _ = add_mailbox(lab, &Mailbox::of(lab, "alice"), "ERP mail", &[]).exits(0);
    let _ = sign_in(lab, ALICE, "alice", BrowserAction::Accept, &[]).exits(0);
    let other = ["set", ALICE, "--smtp-login", "bob@lab.test"];
    let _ = Mailwright::new(lab).run(&other).exits(0);
    let window = stage.window().await?;
    window.open_mailbox(ALICE).await?;
    window.button("Test alice@lab.test").await?;
    window.check("smtp/authenticate", "failed").await?;
    window.status(ALICE, "partly-working").await?;
    Ok(window)
}

/// What must be in no file and in no message between page and host.
fn secrets(lab: &Lab) -> Outcome<Vec<String>> {
    let mut secrets = lab.authorization()?.issued()?;
    secrets.push(CONFIDENTIAL_SECRET.to_owned());
    secrets.extend(lab.users().iter().map(|user| user.password.clone()));
    assert!(
        secrets.len() > 4 && secrets.iter().all(|s| s.len() > 4),
        "something to look for"
    );
    Ok(secrets)
}

/// Waits for the file that the page names.
async fn saved(window: &Window) -> Outcome<(String, Value)> {
    let said = window.hears("Saved as ").await?;
    let path = said
        .split("Saved as ")
        .nth(1)
        .map(|path| path.trim_end_matches('.'))
        .ok_or("no path")?;
    let text = fs::read_to_string(path)?;
    let mode = fs::metadata(path)?.permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "nobody else reads it");
    Ok((text.clone(), serde_json::from_str(&text)?))
}

#[tokio::test]
async fn a_failed_check_leads_to_a_package_that_is_read_before_it_is_written() {
    play(Options::everything(), async |stage| {
        let window = failed(stage).await?;
        let shown =
            Mailwright::new(&stage.lab).json(&["support-package", "--dry-run", "--out", "x"]);
        let ids = shown.exits(0).json()["error_ids"].clone();
        let id = ids[0].as_str().ok_or("no error ID")?.to_owned();

        window.click("button", "Technical details").await?;
        window.says(&id).await?;
        window.picture("checks-error-id").await?;
        window.button("Ask for help").await?;
        window.page("support").await?;
        window.shows("[data-state='shown']").await?;
        window.says(&id).await?;
        window.says("alice@lab.test").await?;
        window.picture("support-package").await?;

        // One part alone, with what the server said.
        window.button("Last tests").await?;
        window.says("\"server_says\"").await?;
        window.button("Talks with the servers").await?;
        window.says("XOAUTH2 (").await?;
        window.button("Last tests").await?;
        window.picture("support-package-part").await?;

        window.button("Save").await?;
        let (text, package) = saved(&window).await?;
        assert_eq!(package["error_ids"], ids);
        assert_eq!(package["masked"], false);
        assert!(text.contains(ALICE));
        window.says("Only this account can read it").await?;
        window.picture("support-package-saved").await?;

        let messages = window.messages().await?;
        let crossed: Vec<&str> = messages
            .iter()
            .flat_map(|message| [message.sent.as_str(), message.answer.as_str()])
            .collect();
        let crossed = crossed.join("\n");
        for secret in secrets(&stage.lab)? {
            assert!(!text.contains(&secret), "the file holds a secret");
            assert!(!crossed.contains(&secret), "the window got a secret");
        }
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn with_a_test_and_without_saying_whose_it_is() {
    play(Options::everything(), async |stage| {
        let window = failed(stage).await?;
        window.button("More actions for alice@lab.test").await?;
        window.click("menuitem", "Ask for help").await?;
        window.page("support").await?;
        window.shows("[data-state='shown']").await?;
        window.click("switch", "Whose it is").await?;
        window.hears("Whose it is was taken out").await?;
        window.click("checkbox", "Test now").await?;
        window.button("Talks with the servers").await?;
        window.says("EHLO").await?;
        window.shows("[data-state='shown']").await?;
        window.picture("support-package-masked").await?;
        window.button("Save").await?;
        let (text, package) = saved(&window).await?;
        assert_eq!(package["masked"], true);
        assert!(package["transcripts"][0]["lines"][0].is_string());
        let whose = text.to_lowercase();
        for word in ["alice", "lab.test", "erp mail"] {
            assert!(!whose.contains(word), "it says whose it is: {word}");
        }
        for secret in secrets(&stage.lab)? {
            assert!(!text.contains(&secret), "the file holds a secret");
        }
        window.close().await?;
        Ok(())
    })
    .await;
}
