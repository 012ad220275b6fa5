//! What people type wrong, and days on which the world around is wrong: clear words, the right exit code, and
//! nothing lost or half saved.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::too_many_lines)] // what is not as expected ends the test; tables of cases are long

use mailwright_e2e::{Mailbox, Mailwright, add_mailbox, add_registration};
use mailwright_lab::{KeychainState, Lab, Options, PUBLIC_CLIENT, Tenant};

fn small_lab() -> Lab {
    Lab::start(Options::new().dns().keychain(KeychainState::Unlocked)).expect("the lab starts")
}

/// The exit code and the code word of a command that must fail.
fn refused(lab: &Lab, words: &[&str]) -> (i32, String, String) {
    let said = Mailwright::new(lab).json(words);
    let error = &said.json()["error"];
    let word = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
    (said.code, word("code"), word("message"))
}

#[test]
fn a_malformed_address_is_named_and_nothing_is_saved() {
    let lab = small_lab();
    for (address, part) in [
        ("anna", "“anna”"),
        ("anna@", "“anna@”"),
        ("an na@firma.nl", "before “@”"),
        ("anna@firma", "“firma”"),
    ] {
        let (exit, code, message) = refused(&lab, &["detect", address]);
        assert_eq!((exit, code.as_str()), (2, "usage"), "{address}");
        assert!(
            message.contains(part) && message.contains("anna@firma.nl"),
            "{address}: {message}"
        );
        let (exit, _, message) = refused(&lab, &["add", address]);
        assert_eq!(exit, 2, "{message}");
    }
    assert_eq!(
        Mailwright::new(&lab).json(&["list"]).json()["mailboxes"],
        serde_json::json!([])
    );
}

#[test]
fn an_unknown_domain_says_so_and_how_to_go_on() {
    let lab = small_lab();
    let said = Mailwright::new(&lab)
        .json(&["detect", "anna@unknown.test"])
        .exits(1);
    assert_eq!(said.json()["provider"], serde_json::Value::Null);
    let text = Mailwright::new(&lab)
        .run(&["detect", "anna@unknown.test"])
        .exits(1)
        .out;
    assert!(
        text.contains("does not exist") && text.contains("--imap"),
        "{text}"
    );
    let text = Mailwright::new(&lab)
        .run(&["detect", "anna@nomx.test"])
        .exits(1)
        .out;
    assert!(text.contains("has no mail servers"), "{text}");

    let authority = [
        "registration",
        "add",
        "--name",
        "R",
        "--provider",
        "microsoft",
        "--client-id",
        PUBLIC_CLIENT,
    ];
    let _ = Mailwright::new(&lab).run(&authority).exits(0);
    let (exit, code, message) = refused(&lab, &["add", "anna@unknown.test", "--registration", "R"]);
    assert_eq!((exit, code.as_str()), (1, "not-found"));
    assert!(
        message.contains("--imap HOST") && message.contains("Nothing was saved"),
        "{message}"
    );
}

#[test]
fn providers_are_found_by_domain_and_by_mail_exchanger() {
    let lab = small_lab();
    for (address, provider, source, tenant) in [
        (
            "info@contoso-mail.test",
            "microsoft",
            "mx",
            serde_json::Value::Null,
        ),
        ("anna@consumer.test", "microsoft", "mx", "consumers".into()),
        (
            "anna@workspace.test",
            "google",
            "mx",
            serde_json::Value::Null,
        ),
        (
            "anna@gmail.com",
            "google",
            "domain",
            serde_json::Value::Null,
        ),
        ("anna@hotmail.nl", "microsoft", "domain", "consumers".into()),
    ] {
        let found = Mailwright::new(&lab)
            .json(&["detect", address])
            .exits(0)
            .json();
        assert_eq!(
            (&found["provider"], &found["source"], &found["tenant"]),
            (&provider.into(), &source.into(), &tenant),
            "{address}"
        );
        assert_eq!(
            found["incoming"].as_array().map(Vec::len),
            Some(2), // IMAP and POP3
            "{address}"
        );
        assert_eq!(
            found["outgoing"].as_array().map(Vec::len),
            Some(1),
            "{address}"
        );
    }
}

#[test]
fn nobody_answers_for_names() {
    let lab = small_lab();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port"); // bound, and never answering
    let address = socket.local_addr().expect("a port").to_string();
    let output = Mailwright::new(&lab)
        .command(&["detect", "anna@firma.nl"])
        .env("MAILWRIGHT_DNS", address)
        .output()
        .expect("the program starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{text}");
    assert!(
        text.contains("could not be looked up") && text.contains("--imap"),
        "{text}"
    );
}

#[test]
fn wrong_copies_into_a_registration_are_caught_on_entry() {
    let lab = small_lab();
    let add = |more: &[&str], secret: Option<&str>| {
        let mut words = vec![
            "--json",
            "registration",
            "add",
            "--name",
            "R",
            "--provider",
            "microsoft",
        ];
        words.extend(more);
        if secret.is_some() {
            words.push("--client-secret-stdin");
        }
        let said = Mailwright::new(&lab).run_with_input(&words, secret.unwrap_or_default());
        (
            said.code,
            said.json()["error"]["message"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    let id = PUBLIC_CLIENT;
    for (more, secret, part) in [
        (
            vec![],
            None,
            "Nobody can sign in without an app registration",
        ),
        (vec!["--client-id", "ERP mail"], None, "is not a client ID"),
        (
            vec!["--client-id", id, "--tenant", id],
            None,
            "copied from the wrong line",
        ),
        (
            vec!["--client-id", id],
            Some("99998888-aaaa-4222-8bbb-3333cccc4444\n"),
            "Secret ID",
        ),
        (vec!["--client-id", id], Some("  \n"), "No client secret"),
        (
            vec!["--client-id", id, "--cloud", "custom"],
            None,
            "--authority",
        ),
        (
            vec![
                "--client-id",
                id,
                "--cloud",
                "custom",
                "--authority",
                "http://login.example",
            ],
            None,
            "https",
        ),
        (
            vec![
                "--client-id",
                id,
                "--redirect-uri",
                "https://erp.example/cb",
            ],
            None,
            "back to this computer",
        ),
        (
            vec!["--client-id", id, "--secret-expires", "next year"],
            None,
            "not a day",
        ),
    ] {
        let (exit, message) = add(&more, secret);
        assert_eq!(exit, 2, "{more:?}: {message}");
        assert!(
            message.contains(part) && message.contains("Nothing was saved"),
            "{more:?}: {message}"
        );
    }
    let none = Mailwright::new(&lab).json(&["registration", "list"]).json();
    assert_eq!(none["registrations"], serde_json::json!([]));
    // White space around a copied secret is dropped; a tilde inside stays (see the redemption tests).
    let _ = Mailwright::new(&lab)
        .run_with_input(
            &[
                "registration",
                "add",
                "--name",
                "R",
                "--provider",
                "microsoft",
                "--client-id",
                id,
                "--client-secret-stdin",
            ],
            " a~b.c \n",
        )
        .exits(0);
    let (exit, code, _) = refused(
        &lab,
        &[
            "registration",
            "add",
            "--name",
            "r",
            "--provider",
            "microsoft",
            "--client-id",
            id,
        ],
    );
    assert_eq!(
        (exit, code.as_str()),
        (2, "conflict"),
        "names differ in more than case"
    );
}

#[test]
fn an_ambiguous_registration_lists_the_candidates() {
    let lab = small_lab();
    let add = |name: &str| {
        let words = [
            "registration",
            "add",
            "--name",
            name,
            "--provider",
            "microsoft",
            "--client-id",
            PUBLIC_CLIENT,
        ];
        let _ = Mailwright::new(&lab).run(&words).exits(0);
    };
    let (exit, _, message) = refused(&lab, &["add", "info@contoso-mail.test"]);
    assert_eq!(exit, 2, "{message}");
    assert!(
        message.contains("no app registration for Microsoft yet"),
        "{message}"
    );
    add("ERP");
    add("Sales");
    let (exit, _, message) = refused(&lab, &["add", "info@contoso-mail.test"]);
    assert_eq!(exit, 2);
    assert!(message.contains("“ERP”, “Sales”"), "{message}");
    let added = Mailwright::new(&lab)
        .json(&["add", "info@contoso-mail.test", "--registration", "sales"])
        .exits(0)
        .json();
    assert_eq!(added["status"], "waiting-for-you");
    let (exit, code, message) = refused(
        &lab,
        &["add", "INFO@contoso-mail.test", "--registration", "Sales"],
    );
    assert_eq!((exit, code.as_str()), (2, "conflict"), "{message}");
    let (exit, code, message) = refused(&lab, &["registration", "remove", "Sales"]);
    assert_eq!((exit, code.as_str()), (2, "conflict"));
    assert!(message.contains("info@contoso-mail.test"), "{message}");
}

#[test]
fn every_field_of_a_mailbox_can_be_set_and_seen() {
    let lab = small_lab();
    let _ = Mailwright::new(&lab)
        .run(&[
            "registration",
            "add",
            "--name",
            "R",
            "--provider",
            "microsoft",
            "--client-id",
            PUBLIC_CLIENT,
        ])
        .exits(0);
    let words = [
        "add",
        "info@contoso-mail.test",
        "--name",
        "Info",
        "--sender-name",
        "Firma B.V.",
        "--sender",
        "info@contoso-mail.test",
        "--sender",
        "sales@contoso-mail.test",
        "--sign-in-name",
        "anna@contoso-mail.test",
        "--smtp-login",
        "relay@contoso-mail.test",
        "--imap",
        "mail.firma.nl:10993:tls",
        "--timeout",
        "1500ms",
        "--no-send",
    ];
    let _ = Mailwright::new(&lab).run(&words).exits(0);
    let shown = Mailwright::new(&lab)
        .json(&["show", "info@contoso-mail.test"])
        .exits(0)
        .json();
    for (key, value) in [
        ("name", "Info"),
        ("sender_name", "Firma B.V."),
        ("sign_in_name", "anna@contoso-mail.test"),
        ("smtp_login", "relay@contoso-mail.test"),
        ("status", "waiting-for-you"),
    ] {
        assert_eq!(shown[key], value, "{key}");
    }
    assert_eq!(
        shown["senders"],
        serde_json::json!(["info@contoso-mail.test", "sales@contoso-mail.test"])
    );
    assert_eq!(
        (&shown["sends"], &shown["receives"], &shown["timeout_ms"]),
        (&false.into(), &true.into(), &1500.into())
    );
    assert_eq!(shown["servers"][0]["host"], "mail.firma.nl");

    let (exit, _, message) = refused(&lab, &["set", "info@contoso-mail.test", "--receive", "no"]);
    assert_eq!(exit, 2, "{message}");
    let (exit, _, message) = refused(
        &lab,
        &["set", "info@contoso-mail.test", "--timeout", "100000"],
    );
    assert_eq!(exit, 2);
    assert!(
        message.contains("100000ms"),
        "a number that was meant in milliseconds: {message}"
    );
    let (exit, _, message) = refused(
        &lab,
        &[
            "set",
            "info@contoso-mail.test",
            "--imap",
            "mail.firma.nl:99999",
        ],
    );
    assert_eq!(exit, 2);
    assert!(message.contains("99999"), "{message}");
    let (exit, _, message) = refused(&lab, &["set", "info@contoso-mail.test", "--send", "yes"]);
    assert_eq!(exit, 2, "there is no server for sending yet: {message}");
    let _ = Mailwright::new(&lab)
        .run(&[
            "set",
            "info@contoso-mail.test",
            "--send",
            "yes",
            "--smtp",
            "mail.firma.nl:587:starttls",
            "--timeout",
            "2m",
        ])
        .exits(0);
    let shown = Mailwright::new(&lab)
        .json(&["show", "info@contoso-mail.test"])
        .json();
    assert_eq!(
        (&shown["sends"], &shown["timeout_ms"], &shown["name"]),
        (&true.into(), &120_000.into(), &"Info".into())
    );
}

#[test]
fn what_is_not_there_is_not_found() {
    let lab = small_lab();
    for words in [
        vec!["show", "nobody@lab.test"],
        vec!["remove", "nobody@lab.test"],
        vec!["sign-out", "nobody@lab.test"],
        vec!["test", "nobody@lab.test"],
        vec!["folders", "nobody@lab.test"],
        vec!["token", "00000000-0000-4000-8000-000000000000"],
        vec!["registration", "show", "R"],
    ] {
        let (exit, code, _) = refused(&lab, &words);
        assert_eq!((exit, code.as_str()), (1, "not-found"), "{words:?}");
    }
}

#[test]
fn a_locked_or_missing_keychain_is_said_before_any_browser_opens() {
    for (state, id) in [
        (KeychainState::Locked, "keychain-locked"),
        (KeychainState::Missing, "keychain-missing"),
    ] {
        let lab = Lab::start(
            Options::new()
                .authorization_server()
                .mailboxes_only()
                .dns()
                .browser()
                .keychain(state),
        )
        .expect("the lab starts");
        let _ = add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
        let mail = lab.mail().expect("mail");
        let mailbox = Mailbox {
            address: "alice@lab.test".to_owned(),
            imap: format!("mail.lab.test:{}:tls", mail.imaps),
            smtp: format!("mail.lab.test:{}:starttls", mail.dovecot_submission),
        };
        let _ = add_mailbox(&lab, &mailbox, "Lab", &[]).exits(0);
        let said = Mailwright::new(&lab)
            .json(&["sign-in", "alice@lab.test", "--open", "--print-link"])
            .exits(1);
        let error = &said.json()["error"];
        assert_eq!(
            (&error["code"], &error["verdict"]["id"]),
            (&"keychain".into(), &id.into()),
            "{said:?}"
        );
        assert!(
            !said.err.contains("/authorize?"),
            "no address was handed out: {}",
            said.err
        );
        let state = lab
            .authorization()
            .expect("authorization")
            .state()
            .expect("state");
        assert_eq!(state["authorize"], 0, "no browser opened the sign-in page");
        let shown = Mailwright::new(&lab)
            .json(&["show", "alice@lab.test"])
            .json();
        assert_eq!(shown["status"], "waiting-for-you", "nothing was changed");
    }
}

#[test]
fn a_newer_database_is_refused_and_left_as_it_is() {
    let lab = small_lab();
    let _ = Mailwright::new(&lab).run(&["list"]).exits(0);
    let file = std::fs::read_dir(lab.mailwright_home())
        .expect("the data folder")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|e| e == "db" || e == "sqlite"))
        .expect("the database");
    // The file header keeps the format's number in bytes 60 to 63 (SQLite file format, section 1.3).
    let mut bytes = std::fs::read(&file).expect("it reads");
    bytes[60..64].copy_from_slice(&999_u32.to_be_bytes());
    std::fs::write(&file, &bytes).expect("it writes");
    let before = std::fs::read(&file).expect("it reads");
    let (exit, code, message) = refused(&lab, &["list"]);
    assert_eq!((exit, code.as_str()), (1, "storage"));
    assert!(
        message.contains("newer Mailwright") && message.contains("999"),
        "{message}"
    );
    assert_eq!(
        std::fs::read(&file).expect("it reads"),
        before,
        "not one byte was changed"
    );
}

#[test]
fn explain_works_without_data_folder_network_or_keychain() {
    let lab = Lab::start(Options::new()).expect("the lab starts");
    let text = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [MN2PR05CA0004.namprd05.prod.outlook.com 2023-09-12T20:59:57.214Z 08DBB276B7E699C4]";
    let explained = Mailwright::new(&lab)
        .json(&["explain", text])
        .exits(0)
        .json();
    assert_eq!(explained["verdicts"][0]["id"], "smtp-auth-off-tenant");
    assert_eq!(explained["verdicts"][0]["who"], "administrator");
    let piped = Mailwright::new(&lab).run_with_input(
        &["--json", "explain", "-"],
        "AADSTS7000222: The provided client secret keys are expired.",
    );
    assert_eq!(
        piped.exits(0).json()["verdicts"][0]["id"],
        "entra-secret-expired"
    );
    let unknown = Mailwright::new(&lab)
        .json(&["explain", "the printer is out of paper"])
        .exits(1)
        .json();
    assert_eq!(unknown["verdicts"][0]["id"], "unknown");
    assert!(
        std::fs::read_dir(lab.mailwright_home()).is_ok_and(|mut entries| entries.next().is_none()),
        "nothing was written"
    );
}
