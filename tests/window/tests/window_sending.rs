//! A mailbox that sends without a mail server, from the window.
#![cfg(target_os = "linux")]

use mailwright_e2e::{Graph, Mailbox, Mailwright, add_client, add_mailbox, sign_in};
use mailwright_lab::{BrowserAction, Options, PUBLIC_CLIENT, Tenant};
use mailwright_window_tests::play;

const ALICE: &str = "alice@lab.test";

#[tokio::test]
async fn microsoft_graph_takes_the_place_of_the_mail_server() {
    play(Options::everything(), async |stage| {
        let lab = &stage.lab;
        let graph = Graph::start(lab, None);
        let send = graph.permission();
        let outlook = |name: &str| format!("https://outlook.office.com/{name}");
        let (read, submit) = (outlook("IMAP.AccessAsUser.All"), outlook("SMTP.Send"));
        let scopes = ["--scope", &read, "--scope", &submit, "--scope", &send];
        let said = add_client(lab, "Graph", Tenant::Contoso, PUBLIC_CLIENT, None, &scopes);
        assert_eq!(said.code, 0, "{said:?}");
        let said = add_mailbox(lab, &Mailbox::of(lab, "alice"), "Graph", &[]);
        assert_eq!(said.code, 0, "{said:?}");
        let said = sign_in(lab, ALICE, "alice", BrowserAction::Accept, &[]);
        assert_eq!(said.code, 0, "{said:?}");

        let window = stage.window().await?;
        window.open_mailbox(ALICE).await?;
        window.click("tab", "Sending").await?;
        window.click("combobox", "Send with").await?;
        window.click("option", "Microsoft Graph").await?;
        assert!(!window.has("textbox", "Server").await?);
        window.picture("mailbox-sending-graph").await?;
        window.button("Save").await?;
        window.says("Saved").await?;
        window.click("tab", "Overview").await?;
        window.says("Microsoft Graph").await?;
        window
            .click("checkbox", "Send a test message to yourself")
            .await?;
        window.button(&format!("Test {ALICE}")).await?;
        for check in ["graph/message", "imap/arrived", "imap/remove"] {
            window.check(check, "passed").await?;
        }
        window.picture("mailbox-graph-tested").await?;
        let asked = graph.seen();
        assert!(
            asked.iter().any(|line| line.ends_with("/sendMail")),
            "{asked:?}"
        );
        let shown = Mailwright::new(lab).json(&["show", ALICE]).json();
        assert_eq!(shown["send_via"], "graph");
        assert_eq!(shown["proof"], "arrived");
        window.close().await?;
        Ok(())
    })
    .await;
}
