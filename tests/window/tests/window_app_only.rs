//! A mailbox that nobody signs in to: chosen in the set-up, explained, proven, and shown on its page.
#![cfg(target_os = "linux")]

use mailwright_e2e::{Mailbox, Mailwright, add_mailbox, add_registration_with_secret};
use mailwright_lab::{Options, Tenant};
use mailwright_window_tests::{Outcome, Stage, Window, play};

const ALICE: &str = "alice@lab.test";

/// A registration with a secret, and one mailbox of the domain, so that the servers are known.
async fn with_secret(stage: &Stage) -> Outcome<Window> {
    let lab = &stage.lab;
    for said in [
        add_registration_with_secret(lab, "ERP mail", Tenant::Contoso),
        add_mailbox(lab, &Mailbox::of(lab, "bob"), "ERP mail", &[]),
    ] {
        assert_eq!(said.code, 0, "{said:?}");
    }
    stage.window().await
}

#[tokio::test]
async fn chosen_in_the_set_up_it_is_proven_without_a_browser() {
    play(Options::everything(), async |stage| {
        let window = with_secret(stage).await?;
        window.begin_set_up(ALICE).await?;
        window.click("radio", "Nobody: organisation access").await?;
        window.picture("confirm-nobody-signs-in").await?;
        window.button("Continue to the access").await?;
        window.state("sign-in", "access").await?;
        window.says("Get-ServicePrincipal").await?;
        window.says("Remove-MailboxPermission").await?;
        window.picture("sign-in-organisation-access").await?;
        window.button("Copy command").await?;
        window.hears("Copied").await?;
        window.button("Continue to the checks").await?;
        window.state("checks", "passed").await?;
        assert_eq!(stage.lab.browser_openings(), 0, "nobody signed in");
        window.button("Continue").await?;
        window.stands_at("folders").await?;
        window.button("Continue").await?;
        window.step("done").await?;
        window.button("Finish").await?;
        window.status(ALICE, "working").await?;
        window.picture("home-organisation-access").await?;
        let shown = Mailwright::new(&stage.lab).json(&["show", ALICE]).json();
        assert_eq!(shown["auth"], "app-only", "{shown:#}");

        window.open_mailbox(ALICE).await?;
        window.says("Nobody: organisation access").await?;
        window.click("tab", "Sign-in").await?;
        window.says("Nobody signs in to alice@lab.test").await?;
        window.says("Get-ServicePrincipal").await?;
        window.picture("mailbox-organisation-access").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}
