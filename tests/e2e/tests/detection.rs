//! Where a mailbox is: every source, its priority, and what is done with servers that were merely named.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use mailwright_e2e::{Front, Mailwright, add_registration};
use mailwright_lab::{KeychainState, Lab, Options, Tenant};
use serde_json::Value;

const DOCUMENT: &str = r#"<clientConfig version="1.1"><emailProvider id="lab.test">
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
<username>%EMAILLOCALPART%</username><authentication>OAuth2</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.lab.test</hostname><port>465</port><socketType>SSL</socketType>
</outgoingServer></emailProvider></clientConfig>"#;

fn lab() -> Lab {
    let options = Options::new()
        .authorization_server()
        .mailboxes_only()
        .dns()
        .keychain(KeychainState::Unlocked);
    Lab::start(options).expect("the lab starts")
}

fn by_proxy(lab: &Lab, proxy: &Front, set: &[(&str, &str)]) -> Value {
    let mut command = Mailwright::new(lab).command(&["--json", "detect", "alice@lab.test"]);
    command.env("HTTPS_PROXY", format!("http://127.0.0.1:{}", proxy.port));
    command.envs(set.iter().copied());
    Mailwright::finish(command).exits(0).json()
}

#[test]
fn service_records_are_read_in_their_order_and_named_servers_are_entered_by_a_person() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let mail = lab.mail().expect("mail");
    let found = program.json(&["detect", "alice@lab.test"]).exits(0).json();
    assert_eq!(
        (&found["provider"], &found["source"], &found["confidence"]),
        (&"custom".into(), &"srv".into(), &"likely".into())
    );
    let incoming = found["incoming"].as_array().expect("a list");
    let places: Vec<_> = incoming
        .iter()
        .map(|s| {
            (
                s["protocol"].as_str(),
                s["port"].as_u64(),
                s["security"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        places,
        [
            (Some("imap"), Some(mail.imaps.into()), Some("tls")),
            (Some("imap"), Some(mail.imap.into()), Some("starttls")),
            (Some("pop3"), Some(mail.pop3s.into()), Some("tls")),
            (Some("pop3"), Some(mail.pop3.into()), Some("starttls")),
        ]
    );
    // Microsoft, as the lab plays it, has an organisation with this domain: another answer to choose.
    assert_eq!(found["others"][0]["provider"], "microsoft", "{found:#}");
    assert_eq!(found["others"][0]["confidence"], "possible");

    let text = program.run(&["detect", "alice@lab.test"]).exits(0).out;
    let entered = format!("--imap mail.lab.test:{}:tls", mail.imaps);
    assert!(
        text.contains(&entered) && text.contains("Also found"),
        "{text}"
    );
}

#[test]
fn an_alias_names_microsoft_behind_a_filter_and_a_service_that_is_not_offered_is_no_server() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let found = program
        .json(&["detect", "anna@filtered.test"])
        .exits(0)
        .json();
    assert_eq!(
        (&found["provider"], &found["source"], &found["confidence"]),
        (
            &"microsoft".into(),
            &"autodiscover".into(),
            &"likely".into()
        )
    );
    assert_eq!(found["incoming"][0]["host"], "outlook.office365.com");
    let declined = program
        .json(&["detect", "anna@declined.test"])
        .exits(0)
        .json();
    assert_eq!(
        (
            &declined["provider"],
            &declined["source"],
            &declined["confidence"]
        ),
        (&"google".into(), &"spf".into(), &"possible".into())
    );
    assert_eq!(declined["others"], serde_json::json!([]));
}

#[test]
fn a_document_of_the_domains_own_goes_before_its_records_and_learns_the_domain_alone() {
    let lab = lab();
    let site = Front::site(lab.certificates().good(), DOCUMENT);
    let proxy = Front::proxy_to("lab.test", site.port);
    let found = by_proxy(&lab, &proxy, &[]);
    assert_eq!(
        (&found["provider"], &found["source"], &found["note"]),
        (
            &"custom".into(),
            &"autoconfig".into(),
            &"autoconfig.lab.test".into()
        ),
        "{found:#}"
    );
    let imap = &found["incoming"][0];
    assert_eq!(
        (&imap["host"], &imap["login"]),
        (&"imap.lab.test".into(), &"alice".into())
    );
    assert_eq!(imap["auth"], serde_json::json!(["oauth2"]));
    assert_eq!(found["others"][0]["source"], "srv");
    for said in site.seen().iter().chain(&proxy.seen()) {
        assert!(!said.contains("alice"), "{said}");
    }

    // Whoever cannot prove to be the domain is not believed.
    for certificate in [
        lab.certificates().untrusted(),
        lab.certificates().expired(),
        lab.certificates().wrong_name(),
    ] {
        let site = Front::site(certificate, DOCUMENT);
        let proxy = Front::proxy_to("lab.test", site.port);
        assert_eq!(by_proxy(&lab, &proxy, &[])["source"], "srv");
        assert!(
            site.seen().iter().all(|said| said == "refused"),
            "{:?}",
            site.seen()
        );
        assert!(!site.seen().is_empty());
    }
}

#[test]
fn the_database_is_asked_by_the_domain_or_not_at_all() {
    let lab = lab();
    let site = Front::site(lab.certificates().good(), DOCUMENT);
    let proxy = Front::proxy_to("nowhere.test", 9);
    let base = format!("https://localhost:{}/v1.1", site.port);
    let set = [
        ("MAILWRIGHT_ISPDB", base.as_str()),
        ("NO_PROXY", "localhost"),
    ];
    let found = by_proxy(&lab, &proxy, &set);
    let sources: Vec<_> = found["others"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|other| other["source"].as_str())
        .collect();
    assert_eq!(found["source"], "srv");
    assert_eq!(sources, [Some("database"), Some("tenant")], "{found:#}");
    assert_eq!(site.seen().len(), 1, "{:?}", site.seen());
    assert!(
        site.seen()[0].starts_with("GET /v1.1/lab.test HTTP/1.1"),
        "{:?}",
        site.seen()
    );

    let found = by_proxy(&lab, &proxy, &[("MAILWRIGHT_ISPDB", "off")]);
    assert_eq!(found["others"][0]["source"], "tenant");
    assert_eq!(site.seen().len(), 1);
}

#[test]
fn an_answer_is_chosen_by_the_registration_that_a_person_names() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let _ = add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
    // The lab's registration is of a custom cloud of Microsoft, whose servers nobody knows beforehand.
    let refused = program.json(&["add", "alice@lab.test", "--registration", "Lab"]);
    let message = refused.exits(2).json()["error"]["message"].to_string();
    assert!(message.contains("custom cloud"), "{message}");
}
