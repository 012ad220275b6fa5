//! The switches of an organisation: what is known, what is copied for an administrator, and what comes back.
#![cfg(target_os = "linux")]

use mailwright_e2e::{Mailbox, add_mailbox, add_registration};
use mailwright_lab::{KeychainState, Options, Tenant};
use mailwright_window_tests::play;

/// What an administrator's PowerShell prints.
const PRINTED: &str = "Name                             : Transport Settings\n\
    SmtpClientAuthenticationDisabled : True\n\n\
    PrimarySmtpAddress               : alice@lab.test\n\
    SmtpClientAuthenticationDisabled : True\n\
    ImapEnabled                      : True\n";

#[tokio::test]
async fn what_is_not_known_is_copied_looked_up_and_read_back() {
    let options = Options::everything().keychain(KeychainState::Unlocked);
    play(options, async |stage| {
        let lab = &stage.lab;
        assert_eq!(add_registration(lab, "Lab", Tenant::Contoso).code, 0);
        let said = add_mailbox(lab, &Mailbox::of(lab, "alice"), "Lab", &[]);
        assert_eq!(said.code, 0, "{said:?}");
        let window = stage.window().await?;
        window.page("mailboxes").await?;
        window.click("link", "App registrations").await?;
        window.click("link", "Lab").await?;
        window.page("registration").await?;
        window.click("link", "Organisation checks").await?;
        window.page("organisation").await?;
        let switch =
            |id: &str, outcome: &str| format!("[data-switch='{id}'][data-outcome='{outcome}']");
        window
            .shows(&switch("smtp-auth-mailbox", "unchecked"))
            .await?;
        window.picture("organisation-unknown").await?;
        window.button("Copy all for administrator").await?;
        window.hears("message to the administrator").await?;

        window.fill("What the commands printed", PRINTED).await?;
        window.button("Read it").await?;
        window.shows(&switch("smtp-auth-mailbox", "failed")).await?;
        window.shows(&switch("imap-mailbox", "passed")).await?;
        window.hears("to change").await?;
        let change =
            "Set-CASMailbox -Identity 'alice@lab.test' -SmtpClientAuthenticationDisabled $false";
        window.says(change).await?;
        window.says("Mailwright never runs these itself.").await?;
        window.picture("organisation-read-back").await?;

        window
            .fill("What the commands printed", "Good morning")
            .await?;
        window.button("Read it").await?;
        window
            .says("Nothing in the text answers these commands.")
            .await?;
        window.close().await?;
        Ok(())
    })
    .await;
}
