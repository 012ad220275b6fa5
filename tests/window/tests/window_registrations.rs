//! App registrations in the window, and a pasted page that is explained.
#![cfg(target_os = "linux")]

use mailwright_e2e::{Mailwright, add_registration, add_registration_with_certificate};
use mailwright_lab::{
    CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET, KeychainState, Options, PUBLIC_CLIENT, Tenant,
};
use mailwright_window_tests::{Outcome, Stage, Window, play};

fn options() -> Options {
    Options::new()
        .authorization_server()
        .keychain(KeychainState::Unlocked)
}

async fn registrations(stage: &Stage) -> Outcome<Window> {
    let window = stage.window().await?;
    window.page("mailboxes").await?;
    window.click("link", "App registrations").await?;
    window.page("registrations").await?;
    Ok(window)
}

#[tokio::test]
async fn added_with_a_pasted_secret_changed_and_removed() {
    play(options(), async |stage| {
        let window = registrations(stage).await?;
        window.picture("registrations-empty").await?;
        window.button("Add").await?;
        window.page("registration").await?;
        window.says("In the portal, one visit").await?;
        window.says("0 of 8").await?;
        window.picture("registration-new").await?;
        window.fill("Name", "ERP mail").await?;
        window
            .fill("Application (client) ID", CONFIDENTIAL_CLIENT)
            .await?;
        window.fill("Directory (tenant) ID", "lab.test").await?;
        let copied = stage.copy(CONFIDENTIAL_SECRET)?;
        window.button("Paste the secret from the clipboard").await?;
        window.says(&CONFIDENTIAL_SECRET.len().to_string()).await?;
        drop(copied);
        // Client ID, tenant and secret are filled in; with a secret there are the steps for one, too.
        window.says("3 of 11").await?;
        window.picture("registration-pasted").await?;
        window.button("Save").await?;
        window.page("registrations").await?;
        window.says("ERP mail").await?;
        window.picture("registrations-one").await?;
        let shown = Mailwright::new(&stage.lab)
            .json(&["registration", "show", "ERP mail"])
            .json();
        assert_eq!(shown["has_secret"], true, "{shown:#}");
        let document = window.document().await?;
        assert!(
            !document.contains(CONFIDENTIAL_SECRET),
            "the secret never comes into the page"
        );
        for message in window.messages().await? {
            let all = format!("{message:?}");
            assert!(
                !all.contains(CONFIDENTIAL_SECRET),
                "nor into a message: {}",
                message.to
            );
        }

        window.click("link", "ERP mail").await?;
        window.page("registration").await?;
        window.fill("Name", "Order mail").await?;
        window.button("Save").await?;
        window.page("registrations").await?;
        window.says("Order mail").await?;
        let shown = Mailwright::new(&stage.lab)
            .json(&["registration", "show", "Order mail"])
            .json();
        assert_eq!(shown["has_secret"], true, "the secret stays: {shown:#}");

        window.click("cell|gridcell", CONFIDENTIAL_CLIENT).await?;
        window.button("Remove Order mail").await?;
        window.find("dialog", "Remove Order mail?").await?;
        window.picture("registration-remove").await?;
        window.button("Remove").await?;
        window.says("No app registrations yet").await?;
        assert!(
            stage.lab.keychain()?.items()?.is_empty(),
            "its secret is gone"
        );
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn fields_are_looked_at_while_they_are_filled_in() {
    play(options(), async |stage| {
        let window = registrations(stage).await?;
        window.button("Add").await?;
        window.page("registration").await?;
        window.fill("Application (client) ID", "not-an-id").await?;
        window.press("Tab").await?;
        window.shows("[aria-invalid='true']").await?;
        window.picture("registration-wrong-id").await?;
        // Going away and coming back keeps what was typed.
        window.click("link", "Explain an error").await?;
        window.page("explain").await?;
        window.click("link", "App registrations").await?;
        window.page("registrations").await?;
        window.button("Add").await?;
        assert_eq!(
            window.value("textbox", "Application (client) ID").await?,
            "not-an-id"
        );
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn tenant_and_cloud_are_found_by_a_domain() {
    play(options(), async |stage| {
        let window = registrations(stage).await?;
        window.button("Add").await?;
        window.page("registration").await?;
        window.fill("Domain or address", "nobody.test").await?;
        window.button("Find the tenant").await?;
        window.says("Microsoft knows no organisation").await?;
        window.picture("registration-no-tenant").await?;
        window
            .fill("Domain or address", "anna@gcc-high.test")
            .await?;
        window.button("Find the tenant").await?;
        window.says("gcc-high.test was found at Microsoft").await?;
        window.says("Not confirmed by Microsoft").await?;
        assert_eq!(
            window.value("textbox", "Directory (tenant) ID").await?,
            Tenant::Contoso.id()
        );
        window.picture("registration-tenant-found").await?;
        window.fill("Name", "Government").await?;
        window
            .fill("Application (client) ID", PUBLIC_CLIENT)
            .await?;
        window.button("Save").await?;
        window.page("registrations").await?;
        let shown = Mailwright::new(&stage.lab)
            .json(&["registration", "show", "Government"])
            .json();
        assert_eq!(shown["cloud"], "gcc-high", "{shown:#}");
        assert_eq!(shown["tenant"], Tenant::Contoso.id());
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_addresses_of_an_own_server_are_read_from_its_issuer() {
    play(options(), async |stage| {
        let issuer = stage.lab.authorization()?.issuer(Tenant::Op);
        let window = registrations(stage).await?;
        window.button("Add").await?;
        window.page("registration").await?;
        window.click("radio", "Own server").await?;
        window.fill("Name", "Own").await?;
        window.fill("Client ID", PUBLIC_CLIENT).await?;
        window.fill("Issuer", &format!("{issuer}/")).await?;
        window.button("Save").await?;
        window.says("calls itself").await?;
        window.picture("registration-other-issuer").await?;
        window.fill("Issuer", &issuer).await?;
        window.button("Save").await?;
        window.page("registrations").await?;
        window.says("Its addresses were read from").await?;
        window.picture("registrations-saved-notes").await?;
        let shown = Mailwright::new(&stage.lab)
            .json(&["registration", "show", "Own"])
            .json();
        assert_eq!(shown["token_url"], format!("{issuer}/token"), "{shown:#}");
        assert_eq!(shown["device_url"], format!("{issuer}/device/auth"));
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn one_that_is_used_is_not_removed() {
    play(options().mailboxes_only().dns(), async |stage| {
        assert_eq!(add_registration(&stage.lab, "Lab", Tenant::Contoso).code, 0);
        let bob = mailwright_e2e::Mailbox::of(&stage.lab, "bob");
        assert_eq!(
            mailwright_e2e::add_mailbox(&stage.lab, &bob, "Lab", &[]).code,
            0
        );
        let window = registrations(stage).await?;
        window.click("cell|gridcell", PUBLIC_CLIENT).await?;
        window.button("Remove Lab").await?;
        window.find("dialog", "Lab is in use").await?;
        window.says("bob@lab.test").await?;
        window.picture("registration-in-use").await?;
        window.press("Escape").await?;
        window.says("Lab").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_pasted_page_is_explained() {
    play(options(), async |stage| {
        let window = stage.window().await?;
        window.click("link", "Explain an error").await?;
        window.page("explain").await?;
        window.picture("explain-empty").await?;
        window
            .fill("Text or address", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.")
            .await?;
        window.button("Explain").await?;
        window.says("What to do").await?;
        window.picture("explain-known").await?;
        window.fill("Text or address", "lorem ipsum dolor").await?;
        window.press("Control+Enter").await?;
        window.says("Nothing in this text is known here").await?;
        window.picture("explain-unknown").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

/// What an order system writes into its log when a client secret is wrong: two causes, and the second follows.
const LOG: &str = r#"OAuth authentication failed for info@firma.nl
{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID."}
535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.
"#;

#[tokio::test]
async fn a_long_log_is_explained_and_the_window_goes_on() {
    play(options(), async |stage| {
        let window = stage.window().await?;
        window.click("link", "Explain an error").await?;
        window.page("explain").await?;
        // 100 kB are too much to type. How often the page gets a turn meanwhile is counted.
        window
            .run(
                "const field = document.querySelector('textarea');
                field.value = '2026-11-20 03:10:12 INFO  Polling the order mailbox\\n'.repeat(2000) + arguments[0];
                field.dispatchEvent(new Event('input', { bubbles: true }));
                window.__turns = 0;
                setInterval(() => { window.__turns += 1; }, 5);",
                vec![LOG.into()],
            )
            .await?;
        window.press("Control+Enter").await?;
        window.says("2 causes found, the likely one first").await?;
        window.says("Less likely").await?;
        let turns = window.run("return window.__turns", vec![]).await?;
        assert!(turns.as_u64() > Some(0), "it did something else: {turns}");
        window.says("AADSTS7000215").await?;
        window.picture("explain-several").await?;
        window.click("radio", "Sending").await?;
        window.says("causes found").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_certificate_is_shown_and_replaced_by_a_command() {
    play(options(), async |stage| {
        let _ = add_registration_with_certificate(&stage.lab, "ERP mail").exits(0);
        let window = registrations(stage).await?;
        window.says("Certificate: ").await?;
        window.picture("registrations-certificate").await?;
        window.click("link", "ERP mail").await?;
        window.page("registration").await?;
        window.says("Thumbprint").await?;
        window
            .says("mailwright registration set 'ERP mail' --certificate")
            .await?;
        // As “Needs attention” leads here.
        window
            .run("location.hash += '/certificate'", Vec::new())
            .await?;
        window.shows("section:focus").await?;
        assert_eq!(window.focused().await?, "region Certificate");
        window.picture("registration-certificate").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}
