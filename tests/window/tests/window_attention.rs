//! What needs attention, and what ends by itself.
#![cfg(target_os = "linux")]

use mailwright_e2e::{Mailbox, Mailwright, add_mailbox, add_registration, sign_in};
use mailwright_lab::{
    BrowserAction, CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET, Lab, Options, Tenant,
};
use mailwright_window_tests::{Outcome, play};

/// A registration whose secret ends on this day.
fn register(lab: &Lab, name: &str, ends: &str) -> Outcome<()> {
    let base = lab.authorization()?.base().to_owned();
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
        &base,
        "--tenant",
        "contoso",
        "--client-id",
        CONFIDENTIAL_CLIENT,
        "--client-secret-stdin",
        "--secret-expires",
        ends,
    ];
    let _ = Mailwright::new(lab)
        .run_with_input(&words, CONFIDENTIAL_SECRET)
        .exits(0);
    Ok(())
}

#[tokio::test]
async fn one_fix_for_many_leads_to_where_it_is_done() {
    play(Options::everything(), async |stage| {
        let lab = &stage.lab;
        let program = Mailwright::new(lab);
        let window = stage.window().await?;
        window.page("mailboxes").await?;
        window.click("link", "Needs attention").await?;
        window.page("attention").await?;
        window.says("Nothing needs attention").await?;
        window.picture("attention-none").await?;

        register(lab, "ERP mail", "2099-12-31")?;
        for who in ["alice", "bob"] {
            let mailbox = Mailbox::of(lab, who);
            let _ = add_mailbox(lab, &mailbox, "ERP mail", &[]).exits(0);
            let _ = sign_in(lab, &mailbox.address, who, BrowserAction::Accept, &[]).exits(0);
            let _ = program.json(&["test", &mailbox.address]).exits(0);
        }
        let zoe = Mailbox::of(lab, "zoe");
        // Not with the secret that ends: nothing but a sign-in is missing there.
        let _ = add_registration(lab, "Lab", Tenant::Contoso).exits(0);
        let _ = add_mailbox(lab, &zoe, "Lab", &[]).exits(0);
        let approval = Mailbox::of(lab, "admin-approval");
        let _ = add_mailbox(lab, &approval, "ERP mail", &[]).exits(0);
        let _ = sign_in(
            lab,
            &approval.address,
            "admin-approval",
            BrowserAction::Cancel,
            &[],
        )
        .exits(4);
        let ended = [
            "registration",
            "set",
            "ERP mail",
            "--secret-expires",
            "2020-02-29",
        ];
        let _ = program.run(&ended).exits(0);

        window.click("link", "Mailboxes").await?;
        window.page("mailboxes").await?;
        window.status("alice@lab.test", "needs-attention").await?;
        window.click("gridcell", "alice@lab.test").await?;
        window.says("ended on").await?;
        window.picture("home-needs-attention").await?;
        window.click("link", "Needs attention 2").await?;
        window.page("attention").await?;
        window
            .shows("[data-kind='secret'][data-action='replace-secret']")
            .await?;
        window.says("Secret of “ERP mail” has ended").await?;
        window.says("alice, bob").await?;
        window.says("waits for a sign-in").await?;
        window.says("Waiting for somebody else").await?;
        window.says("Dates ahead").await?;
        window.picture("attention-some").await?;

        window
            .button("Replace secret: Secret of “ERP mail” has ended")
            .await?;
        window.page("registration").await?;
        window.shows("input[type='password']:focus").await?;
        window.click("link", "Needs attention 2").await?;
        window.page("attention").await?;
        window
            .button(&format!("Sign in: {} waits for a sign-in", zoe.address))
            .await?;
        window.page("mailbox").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}
