//! Servers that want a password, from the first field to the proof.
#![cfg(target_os = "linux")]

use mailwright_e2e::{Mailbox, Mailwright};
use mailwright_lab::Options;
use mailwright_window_tests::play;

const ALICE: &str = "alice@lab.test";

#[tokio::test]
async fn a_mailbox_is_read_with_pop3_by_a_password() {
    play(Options::everything(), async |stage| {
        let lab = &stage.lab;
        let mail = lab.mail()?;
        let password = lab.user("alice")?.password.clone();
        let window = stage.window().await?;
        window.begin_set_up(ALICE).await?;
        window
            .click("radio", "With a password or an app password")
            .await?;
        window.click("radio", "POP3").await?;
        let pop3 = mail.pop3s.to_string();
        let submission = Mailbox::of(lab, "alice").smtp;
        let submission = submission.split(':').nth(1).unwrap_or_default();
        for (side, port) in [("Receiving", pop3.as_str()), ("Sending", submission)] {
            window
                .fill(&format!("{side} server"), "mail.lab.test")
                .await?;
            window.fill(&format!("{side} port"), port).await?;
        }
        // Without one nothing goes on, and the field says so.
        window.button("Continue").await?;
        window.says("Enter the password.").await?;
        window.picture("confirm-password-missing").await?;

        window.fill("Password", "not this one").await?;
        window.picture("confirm-password").await?;
        window.button("Continue").await?;
        window.check("pop3/authenticate", "failed").await?;
        window.check("smtp/authenticate", "failed").await?;
        window.picture("checks-password-wrong").await?;

        window.button("Enter another password").await?;
        window.step("confirm").await?;
        window.fill("Password", &password).await?;
        window.button("Continue").await?;
        window.state("checks", "passed").await?;
        window.check("pop3/count", "passed").await?;
        window.picture("checks-password").await?;
        // POP3 shows no folders: the next step is the last one.
        window.button("Continue").await?;
        window.step("done").await?;
        for message in window.messages().await? {
            assert!(!message.answer.contains(&password), "{}", message.to);
        }
        window.close().await?;
        let shown = Mailwright::new(lab).json(&["show", ALICE]).json();
        assert_eq!(shown["auth"], "password");
        assert_eq!(shown["status"], "working");
        Ok(())
    })
    .await;
}
