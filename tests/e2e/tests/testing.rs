//! The check ladders against real mail servers: what works is proven, what does not gets a verdict.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::io::Write;
use std::net::TcpListener;

use mailwright_e2e::{Mailbox, Mailwright, check, failure, failures, report, set_up, sign_in};
use mailwright_lab::{BrowserAction, Lab, Options, Tenant};
use serde_json::Value;

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

#[test]
fn every_pair_of_protection_modes_is_proven_and_auto_finds_the_right_one() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    let mail = lab.mail().expect("mail");
    for (imap, smtp) in [
        (
            format!("mail.lab.test:{}:starttls", mail.imap),
            format!("mail.lab.test:{}:tls", mail.smtps()),
        ),
        (
            format!("mail.lab.test:{}:tls", mail.imaps),
            format!("mail.lab.test:{}:starttls", mail.submission()),
        ),
        (
            format!("mail.lab.test:{}:auto", mail.imap),
            format!("mail.lab.test:{}:auto", mail.smtps()),
        ),
        (
            format!("mail.lab.test:{}:auto", mail.imaps),
            format!("mail.lab.test:{}:auto", mail.submission()),
        ),
    ] {
        let _ = Mailwright::new(&lab)
            .run(&["set", &mailbox.address, "--imap", &imap, "--smtp", &smtp])
            .exits(0);
        let said = Mailwright::new(&lab)
            .json(&["test", &mailbox.address])
            .exits(0);
        let value = said.json();
        assert_eq!(
            (&report(&value)["status"], &report(&value)["proof"]),
            (&"working".into(), &"envelope".into()),
            "{imap} {smtp}: {value:#}"
        );
        for (protocol, id) in [
            ("imap", "inbox"),
            ("imap", "folders"),
            ("imap", "count"),
            ("smtp", "envelope"),
            ("", "renew"),
        ] {
            assert_eq!(
                check(&value, protocol, id)["outcome"],
                "passed",
                "{protocol} {id}"
            );
        }
    }
    let shown = Mailwright::new(&lab)
        .json(&["show", &mailbox.address])
        .json();
    assert_eq!(shown["status"], "working");
    let only = Mailwright::new(&lab)
        .json(&["test", &mailbox.address, "--only", "smtp"])
        .exits(0)
        .json();
    assert!(
        report(&only)["checks"]
            .as_array()
            .expect("checks")
            .iter()
            .all(|c| c["protocol"] != "imap")
    );
}

#[test]
fn a_certificate_that_is_not_trusted_is_not_talked_to_and_its_issuer_is_named() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    // The same computer without the lab's authority among its roots.
    let output = Mailwright::new(&lab)
        .command(&["--json", "test", &mailbox.address])
        .env_remove("MAILWRIGHT_CA_FILE")
        .output()
        .expect("it runs");
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        failures(&value),
        [
            failure("imap", "tls", "tls-untrusted-issuer"),
            failure("smtp", "tls", "tls-untrusted-issuer")
        ],
        "{value:#}"
    );
    let verdict = check(&value, "imap", "tls")["verdict"].to_string();
    assert!(
        verdict.contains("Mailwright Lab CA"),
        "the issuer is named: {verdict}"
    );
    assert_eq!(check(&value, "imap", "authenticate")["outcome"], "skipped");
    assert_eq!(report(&value)["status"], "stopped");
}

#[test]
fn a_wrong_mode_on_a_port_is_told_which_way_round() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    let mail = lab.mail().expect("mail");
    let imap = format!("mail.lab.test:{}:tls", mail.imap); // STARTTLS lives there
    let smtp = format!("mail.lab.test:{}:starttls", mail.smtps()); // TLS lives there
    let _ = Mailwright::new(&lab)
        .run(&["set", &mailbox.address, "--imap", &imap, "--smtp", &smtp])
        .exits(0);
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address, "--timeout", "5"])
        .exits(1)
        .json();
    assert_eq!(
        failures(&value),
        [
            failure("imap", "tls", "tls-wrong-mode-implicit-on-plain"),
            failure("smtp", "greeting", "tls-wrong-mode-plain-on-tls")
        ],
        "{value:#}"
    );
    // The other way round was tried, without signing in, and is the first thing to do; nothing was changed.
    for (protocol, id, works) in [
        (
            "imap",
            "tls",
            format!("mail.lab.test:{}:starttls", mail.imap),
        ),
        (
            "smtp",
            "greeting",
            format!("mail.lab.test:{}:tls", mail.smtps()),
        ),
    ] {
        let found = check(&value, protocol, id);
        assert_eq!(
            found["works_instead"],
            serde_json::json!([works]),
            "{found:#}"
        );
        let step = found["verdict"]["steps"][0].as_str().expect("a step");
        assert!(step.contains(&works), "{step}");
        let changed = Mailwright::new(&lab)
            .json(&["show", &mailbox.address])
            .json();
        assert!(!changed.to_string().contains(&works), "{changed:#}");
    }
    // Whoever reads along is told it too, after the steps.
    let said = Mailwright::new(&lab)
        .run(&["test", &mailbox.address])
        .exits(1);
    let (_, more) = said
        .err
        .split_once("More is known at the end:")
        .expect("what was found out after the steps");
    let works = format!("mail.lab.test:{}:starttls", mail.imap);
    assert!(more.contains(&works), "{said:?}");
    // POP3 where IMAP was expected.
    let imap = format!("mail.lab.test:{}:tls", mail.pop3s);
    let _ = Mailwright::new(&lab)
        .run(&["set", &mailbox.address, "--imap", &imap])
        .exits(0);
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address, "--only", "imap"])
        .exits(1)
        .json();
    assert_eq!(
        failures(&value),
        [failure("imap", "greeting", "pop-port-on-imap")],
        "{value:#}"
    );
    let found = check(&value, "imap", "greeting");
    assert_eq!(found["works_instead"], serde_json::json!([]), "{found:#}");
    assert!(
        found["detail"]
            .to_string()
            .contains("is not to be had there"),
        "{found:#}"
    );
}

#[test]
fn a_refused_token_keeps_the_servers_reason() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    // Bob is named as the person who signs in for Alice's mailbox, and has no rights there.
    let _ = Mailwright::new(&lab)
        .run(&["set", &mailbox.address, "--sign-in-name", "bob@lab.test"])
        .exits(0);
    let _ = sign_in(&lab, &mailbox.address, "bob", BrowserAction::Accept, &[]).exits(0);
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address, "--only", "imap"])
        .json();
    let refused = check(&value, "imap", "authenticate");
    assert_eq!(refused["outcome"], "failed", "{value:#}");
    assert!(
        refused["server_says"]
            .as_str()
            .is_some_and(|s| s.contains("AUTHENTICATIONFAILED")),
        "{refused:#}"
    );
    let challenge: Value = serde_json::from_str(
        refused["challenge"]
            .as_str()
            .expect("the decoded challenge"),
    )
    .expect("JSON");
    assert!(
        challenge["status"].is_string() || challenge["schemes"].is_string(),
        "{challenge}"
    );
    assert!(
        refused["verdict"]["id"]
            .as_str()
            .is_some_and(|id| id != "unknown"),
        "{refused:#}"
    );

    // SMTP: the login is Bob's, the sender Alice's. Signing in works, the envelope does not.
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address, "--only", "smtp"])
        .exits(1)
        .json();
    assert_eq!(check(&value, "smtp", "authenticate")["outcome"], "passed");
    let refused = check(&value, "smtp", "envelope");
    assert!(
        refused["server_says"]
            .as_str()
            .is_some_and(|s| s.starts_with("553 5.7.1")),
        "{refused:#}"
    );

    // And with Alice's name on Bob's token SMTP refuses the token itself, challenge first.
    let _ = Mailwright::new(&lab)
        .run(&["set", &mailbox.address, "--smtp-login", "alice@lab.test"])
        .exits(0);
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address, "--only", "smtp"])
        .json();
    let refused = check(&value, "smtp", "authenticate");
    assert!(
        refused["server_says"]
            .as_str()
            .is_some_and(|s| s.contains("535")),
        "{refused:#}"
    );
    assert!(refused["challenge"].is_string(), "{refused:#}");
}

#[test]
fn a_shared_mailbox_that_does_not_open_is_not_saved() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    let before = Mailwright::new(&lab)
        .json(&["show", &mailbox.address])
        .json();
    let said = sign_in(
        &lab,
        &mailbox.address,
        "bob",
        BrowserAction::Accept,
        &["--shared"],
    );
    assert_ne!(said.code, 0, "{said:?}");
    let verdict = said.json()["error"]["verdict"]["id"].clone();
    assert_eq!(verdict, "imap-auth-generic", "{said:?}");
    let after = Mailwright::new(&lab)
        .json(&["show", &mailbox.address])
        .json();
    assert_eq!(
        after["signed_in_as"], "alice@lab.test",
        "the sign-in that works is kept"
    );
    assert_eq!(after["sign_in_name"], before["sign_in_name"]);
    let _ = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .exits(0);
}

#[test]
fn a_server_that_is_not_there_is_network_and_not_the_sign_in() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    let free = TcpListener::bind("127.0.0.1:0")
        .and_then(|l| l.local_addr())
        .expect("a port")
        .port();
    let imap = format!("mail.lab.test:{free}:tls");
    let _ = Mailwright::new(&lab)
        .run(&[
            "set",
            &mailbox.address,
            "--imap",
            &imap,
            "--smtp",
            &format!("nowhere.lab.test:{free}:tls"),
        ])
        .exits(0);
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .json();
    assert_eq!(
        failures(&value),
        [
            failure("imap", "connect", "tcp-refused"),
            failure("smtp", "resolve", "dns-nxdomain")
        ],
        "{value:#}"
    );
    // Something else answers: a web server on the port.
    let web = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = web.local_addr().expect("a port").port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = web.accept().expect("a connection");
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    let smtp = format!("127.0.0.1:{port}:starttls");
    let _ = Mailwright::new(&lab)
        .run(&["set", &mailbox.address, "--smtp", &smtp])
        .exits(0);
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address, "--only", "smtp"])
        .exits(1)
        .json();
    assert_eq!(failures(&value)[0].1, "greeting", "{value:#}");
    server.join().expect("it served");
}

#[test]
fn plain_text_gets_a_credential_only_where_a_person_typed_it() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    // Automatic on a server that offers no TLS at all must not end in plain text.
    let bare = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = bare.local_addr().expect("a port").port();
    let heard = std::thread::spawn(move || {
        let mut heard = String::new();
        for stream in bare.incoming().take(2) {
            let mut stream = stream.expect("a connection");
            let _ = stream.set_read_timeout(Some(std::time::Duration::from_secs(5)));
            let _ = stream.write_all(b"* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] ready\r\n");
            let mut buffer = [0; 4096];
            while let Ok(n) = std::io::Read::read(&mut stream, &mut buffer) {
                if n == 0 {
                    break;
                }
                heard.push_str(&String::from_utf8_lossy(&buffer[..n]));
            }
        }
        heard
    });
    let _ = Mailwright::new(&lab)
        .run(&[
            "set",
            &mailbox.address,
            "--imap",
            &format!("127.0.0.1:{port}:auto"),
        ])
        .exits(0);
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address, "--only", "imap"])
        .json();
    assert_eq!(
        failures(&value),
        [failure("imap", "starttls", "tls-starttls-missing")],
        "{value:#}"
    );
    let heard = heard.join().expect("it listened");
    assert!(!heard.contains("AUTHENTICATE"), "{heard}");
}

#[test]
fn folders_are_mapped_decoded_chosen_and_forgotten() {
    let lab = lab();
    let (mailbox, _) = set_up(&lab, "alice", Tenant::Contoso);
    let program = Mailwright::new(&lab);
    let value = program.json(&["folders", &mailbox.address]).exits(0).json();
    for (role, name) in [
        ("inbox", "INBOX"),
        ("sent", "Gesendete Objekte"),
        ("drafts", "Entwürfe"),
        ("trash", "Gelöschte Objekte"),
    ] {
        assert_eq!(
            (&value["roles"][role]["mode"], &value["roles"][role]["name"]),
            (&"automatic".into(), &name.into()),
            "{value:#}"
        );
    }
    let folder = |name: &str| {
        let folders = value["folders"].as_array().expect("folders");
        folders
            .iter()
            .find(|f| f["name"] == name)
            .cloned()
            .unwrap_or_else(|| panic!("{name}: {value:#}"))
    };
    assert_eq!(
        folder("Entwürfe")["raw"],
        "Entw&APw-rfe",
        "stored as the server spells it"
    );
    assert_eq!(folder("Projekte/Übersicht/日本語")["role"], Value::Null);

    let value = program
        .json(&[
            "folders",
            &mailbox.address,
            "--set",
            "archive=Projekte/Übersicht/日本語",
            "--none",
            "junk",
        ])
        .exits(0)
        .json();
    assert_eq!(
        value["roles"]["archive"],
        serde_json::json!({ "mode": "chosen", "missing": null, "name": "Projekte/Übersicht/日本語" })
    );
    assert_eq!(
        value["roles"]["junk"],
        serde_json::json!({ "mode": "none", "missing": null, "name": null })
    );
    let shown = program.json(&["show", &mailbox.address]).json();
    assert_eq!(
        shown["folders"]["archive"]["name"], "Projekte/Übersicht/日本語",
        "kept"
    );
    let error = program
        .json(&["folders", &mailbox.address, "--set", "sent=Nowhere"])
        .exits(1)
        .json();
    assert!(
        error["error"]["message"]
            .as_str()
            .is_some_and(|m| m.contains("“Nowhere”") && m.contains("Entwürfe")),
        "{error}"
    );
    let error = program
        .json(&["folders", &mailbox.address, "--set", "outbox=INBOX"])
        .exits(2)
        .json();
    assert!(
        error["error"]["message"]
            .as_str()
            .is_some_and(|m| m.contains("sent")),
        "{error}"
    );
    let value = program
        .json(&["folders", &mailbox.address, "--auto"])
        .exits(0)
        .json();
    assert_eq!(
        value["roles"]["archive"],
        serde_json::json!({ "mode": "automatic", "missing": null, "name": "Archiv" })
    );
}

#[test]
fn send_only_asks_for_less_and_tests_less() {
    let lab = lab();
    let mailbox = Mailbox::of(&lab, "bob");
    let _ = mailwright_e2e::add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
    let words = [
        "add",
        &mailbox.address,
        "--registration",
        "Lab",
        "--smtp",
        &mailbox.smtp,
        "--no-receive",
    ];
    let _ = Mailwright::new(&lab).json(&words).exits(0);
    let answer = sign_in(&lab, &mailbox.address, "bob", BrowserAction::Accept, &[])
        .exits(0)
        .json();
    assert!(!answer["scopes"].to_string().contains("IMAP"), "{answer}");
    let value = Mailwright::new(&lab)
        .json(&["test", &mailbox.address])
        .exits(0)
        .json();
    assert_eq!(report(&value)["status"], "working");
    assert!(
        report(&value)["checks"]
            .as_array()
            .expect("checks")
            .iter()
            .all(|c| c["protocol"] != "imap")
    );
    let error = Mailwright::new(&lab)
        .json(&["folders", &mailbox.address])
        .exits(2)
        .json();
    assert!(
        error["error"]["message"]
            .as_str()
            .is_some_and(|m| m.contains("no folders")),
        "{error}"
    );
    let token = Mailwright::new(&lab)
        .json(&["token", &mailbox.address, "--for", "imap"])
        .exits(2);
    assert_eq!(token.json()["error"]["code"], "usage");
}
