//! After the whole job, with failures, no token, code, password or client secret went through the window.
#![cfg(target_os = "linux")]

use mailwright_e2e::{Mailbox, Mailwright, add_mailbox};
use mailwright_lab::{
    BrowserAction, CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET, Lab, Options, Tenant,
};
use mailwright_window_tests::{Outcome, Window, play};
use serde_json::json;

const ALICE: &str = "alice@lab.test";

/// Everything that a look into the window could find, with a name each.
async fn look(window: &Window, into: &mut Vec<(String, String)>) -> Outcome<()> {
    into.push(("document".to_owned(), window.document().await?));
    into.push(("storage".to_owned(), window.storage().await?));
    Ok(())
}

async fn messages(window: &Window, into: &mut Vec<(String, String)>) -> Outcome<()> {
    for message in window.messages().await? {
        into.push((format!("sent to {}", message.to), message.sent));
        into.push((format!("answer of {}", message.to), message.answer));
    }
    Ok(())
}

fn confidential(lab: &Lab) -> Outcome<()> {
    let base = lab.authorization()?.base().to_owned();
    let words = [
        "registration",
        "add",
        "--name",
        "Lab",
        "--provider",
        "microsoft",
        "--cloud",
        "custom",
        "--authority",
        &base,
        "--tenant",
        Tenant::Contoso.name(),
        "--client-id",
        CONFIDENTIAL_CLIENT,
    ];
    let added = Mailwright::new(lab).json(&words);
    assert_eq!(added.code, 0, "{added:?}");
    let bob = add_mailbox(lab, &Mailbox::of(lab, "bob"), "Lab", &[]);
    assert_eq!(bob.code, 0, "{bob:?}");
    Ok(())
}

#[tokio::test]
async fn no_secret_comes_into_the_window() {
    play(Options::everything(), async |stage| {
        let lab = &stage.lab;
        confidential(lab)?;
        let mut seen = Vec::new();
        let window = stage.window().await?;

        // The client secret comes from the clipboard.
        window.click("link", "App registrations").await?;
        window.page("registrations").await?;
        window.click("link", "Lab").await?;
        window.page("registration").await?;
        let copied = stage.copy(CONFIDENTIAL_SECRET)?;
        window.button("Paste the secret from the clipboard").await?;
        window.says(&CONFIDENTIAL_SECRET.len().to_string()).await?;
        drop(copied);
        look(&window, &mut seen).await?;
        window.button("Save").await?;
        window.page("registrations").await?;
        window.click("link", "Mailboxes").await?;

        // Cancelled, another account, a token endpoint out of order, then the right one.
        window.go_to_sign_in(ALICE).await?;
        window
            .sign_in_as(lab, "alice", BrowserAction::Cancel)
            .await?;
        window.state("sign-in", "failed").await?;
        look(&window, &mut seen).await?;
        window.sign_in_as(lab, "bob", BrowserAction::Accept).await?;
        window.state("sign-in", "different-account").await?;
        look(&window, &mut seen).await?;
        lab.authorization()?.fail(&json!({ "kind": "html" }))?;
        lab.plan_browser("alice", BrowserAction::Accept)?;
        window.button("Sign in again as").await?;
        window.state("sign-in", "failed").await?;
        look(&window, &mut seen).await?;
        lab.authorization()?.mend()?;
        window.button("Open sign-in page").await?;
        window.state("checks", "passed").await?;
        look(&window, &mut seen).await?;
        window.button("Continue").await?;
        window.step("folders").await?;
        window.button("Continue").await?;
        window.step("done").await?;
        look(&window, &mut seen).await?;
        window.button("Finish").await?;

        // Failures say most: refused renewals, answers that are none, refused tokens.
        window.open_mailbox(ALICE).await?;
        for kind in ["503", "html", "drop"] {
            lab.authorization()?.fail(&json!({ "kind": kind }))?;
            test(&window).await?;
            lab.authorization()?.mend()?;
            look(&window, &mut seen).await?;
        }
        let set = Mailwright::new(lab).run(&["set", ALICE, "--smtp-login", "bob@lab.test"]);
        assert_eq!(set.code, 0, "{set:?}");
        test(&window).await?;
        window.check("smtp/authenticate", "failed").await?;
        look(&window, &mut seen).await?;
        lab.authorization()?.revoke(ALICE)?;
        window.button("Test alice@lab.test").await?;
        // The sign-in has ended, so there is nothing more to test.
        window.find("button", "Sign in to alice@lab.test").await?;
        look(&window, &mut seen).await?;

        messages(&window, &mut seen).await?;
        let token = Mailwright::new(lab).run(&["token", ALICE]).out;
        window.close().await?;
        judge(lab, &seen, token.trim())
    })
    .await;
}

/// Tests and waits for the end.
async fn test(window: &Window) -> Outcome<()> {
    window.button("Test alice@lab.test").await?;
    window.find("button", "Test alice@lab.test").await?;
    Ok(())
}

fn judge(lab: &Lab, seen: &[(String, String)], token: &str) -> Outcome<()> {
    let mut secrets = lab.authorization()?.issued()?;
    assert!(
        secrets.len() >= 4,
        "codes and refresh tokens were given out"
    );
    secrets.push(CONFIDENTIAL_SECRET.to_owned());
    secrets.extend(lab.users().iter().map(|user| user.password.clone()));
    if token.len() > 100 {
        // The signature alone identifies a token and is in no other text.
        secrets.extend(token.rsplit('.').next().map(str::to_owned));
    }
    assert!(
        seen.len() > 60,
        "messages, documents and storage were looked at: {}",
        seen.len()
    );
    for (what, text) in seen {
        for secret in &secrets {
            assert!(
                !text.contains(secret.as_str()),
                "{what} holds a secret of {} characters",
                secret.len()
            );
        }
        assert!(!holds_a_token(text), "{what} holds a token");
    }
    Ok(())
}

/// Whether a text holds something with the shape of a signed token.
fn holds_a_token(text: &str) -> bool {
    text.match_indices("eyJ").any(|(at, _)| {
        let word = text[at..]
            .split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
            .next();
        word.is_some_and(|word| word.len() > 80)
    })
}
