use mailwright_domain::{CheckId, Fault, Protocol, Secret, Security};
use mailwright_mail::Credential;

use crate::support::{World, check, failed, target};

const BYE: &str = "S: * BYE later";

#[tokio::test]
async fn tls_on_a_port_for_starttls_says_so() {
    let world = World::new();
    for (protocol, greeting) in [
        (
            Protocol::Imap,
            "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready",
        ),
        (Protocol::Smtp, "S: 220 mail.lab.test ESMTP"),
        (Protocol::Pop3, "S: +OK POP3 ready"),
    ] {
        let server = world.server(&[greeting]).await;
        let ladder = world
            .climb(&target(protocol, server.port, Security::Tls))
            .await;
        let evidence = failed(&ladder, CheckId::Tls);
        assert_eq!(evidence.fault, Some(Fault::TlsNotSpoken));
        assert!(
            greeting.contains(&evidence.detail.unwrap()),
            "what was seen is kept"
        );
    }
}

#[tokio::test]
async fn auto_falls_back_to_starttls_and_never_to_plain() {
    let world = World::new();
    let greeting = "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR] ready";
    let server = world.server(&[greeting]).await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Auto))
        .await;
    let evidence = failed(&ladder, CheckId::Starttls);
    assert_eq!(evidence.fault, Some(Fault::StarttlsMissing));
    assert_eq!(ladder.security, Security::Starttls);
    assert!(
        !server.heard().iter().any(|l| l.contains("AUTH")),
        "{:?}",
        server.heard()
    );

    let script =
        format!("{greeting}\nC: A1 STARTTLS\nS: A1 OK go\nTLS\nC: A2 CAPABILITY\n{BYE}\nCLOSE");
    let server = world
        .server(&["S: * OK ready", &script.replace("AUTH=PLAIN", "STARTTLS")])
        .await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Auto))
        .await;
    let evidence = failed(&ladder, CheckId::CapabilitiesSecure);
    assert_eq!(
        evidence.text, "BYE later",
        "it got past TLS: {}",
        ladder.transcript
    );
}

#[tokio::test]
async fn auto_takes_tls_where_it_is_spoken() {
    let world = World::new();
    let server = world.server(&[&format!("TLS\n{BYE}")]).await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Auto))
        .await;
    let evidence = failed(&ladder, CheckId::Greeting);
    assert_eq!(evidence.text, "BYE later");
    assert_eq!(
        (ladder.security, evidence.security),
        (Security::Tls, Some(Security::Tls))
    );
}

#[tokio::test]
async fn another_protocol_on_the_port_is_named() {
    let world = World::new();
    for (protocol, greeting, seen) in [
        (Protocol::Imap, "+OK POP3 ready", "POP3"),
        (Protocol::Imap, "220 mail.lab.test ESMTP", "SMTP"),
        (Protocol::Smtp, "* OK IMAP4rev1 ready", "IMAP"),
        (Protocol::Smtp, "HTTP/1.1 400 Bad Request", "a web server"),
        (Protocol::Pop3, "* OK IMAP4rev1 ready", "IMAP"),
        (Protocol::Pop3, "220 mail.lab.test ESMTP", "SMTP"),
        (Protocol::Pop3, "SSH-2.0-OpenSSH_9.2", "an SSH server"),
        (
            Protocol::Imap,
            "what do you want?",
            "something that is not a mail server",
        ),
    ] {
        let server = world.server(&[&format!("S: {greeting}")]).await;
        let ladder = world
            .climb(&target(protocol, server.port, Security::Starttls))
            .await;
        let evidence = failed(&ladder, CheckId::Greeting);
        assert_eq!(evidence.fault, Some(Fault::WrongProtocol), "{greeting}");
        assert_eq!(evidence.text, greeting);
        assert_eq!(evidence.detail.as_deref(), Some(seen));
    }
}

#[tokio::test]
async fn a_tls_alert_instead_of_a_greeting_means_that_tls_comes_first() {
    let world = World::new();
    for alert in [
        "S; \\x15\\x03\\x03\\0\\x02\\x02\\n",
        "S; \\x15\\x03\\x01\\0\\x02\\x02\\x28\nCLOSE",
    ] {
        let server = world.server(&[alert]).await;
        let ladder = world
            .climb(&target(Protocol::Smtp, server.port, Security::Starttls))
            .await;
        assert_eq!(
            failed(&ladder, CheckId::Greeting).fault,
            Some(Fault::NoGreeting)
        );
    }
}

#[tokio::test]
async fn plain_text_carries_no_credential_unless_allowed() {
    let world = World::new();
    let script = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR STARTTLS AUTH=XOAUTH2] ready";
    let allowed = format!("{script}\nC: A1 AUTHENTICATE XOAUTH2 *\nS: A1 NO no");
    let server = world.server(&[script, &allowed]).await;
    let mut target = target(Protocol::Imap, server.port, Security::Plain);
    let ladder = world.climb(&target).await;
    failed(&ladder, CheckId::Authenticate);
    assert!(
        check(&ladder, CheckId::Authenticate)
            .detail
            .contains("has not been allowed")
    );
    assert_eq!(server.heard(), Vec::<String>::new());
    target.allow_plain = true;
    let ladder = world.climb(&target).await;
    assert_eq!(failed(&ladder, CheckId::Authenticate).text, "NO no");
    server.check();
}

#[tokio::test]
async fn no_protocol_and_no_kind_of_sign_in_goes_in_plain_text() {
    let world = World::new();
    for (protocol, script) in [
        (
            Protocol::Imap,
            "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2] ready",
        ),
        (
            Protocol::Smtp,
            "S: 220 x\nC: EHLO *\nS: 250-x\nS: 250 AUTH PLAIN LOGIN XOAUTH2",
        ),
        (
            Protocol::Pop3,
            "S: +OK\nC: CAPA\nS: +OK\nS: SASL PLAIN XOAUTH2\nS: USER\nS: .",
        ),
    ] {
        for credential in [
            Credential::OAuth(Secret::new("token-token-token")),
            Credential::Password(Secret::new("geheim-geheim")),
        ] {
            let server = world.server(&[script]).await;
            let target = target(protocol, server.port, Security::Plain);
            let ladder = world.climb_with(&target, &credential).await;
            failed(&ladder, CheckId::Authenticate);
            server.check();
            let said = server.heard().join("\n");
            assert!(!said.contains("info@") && !said.contains("AUTH"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_closed_port_is_refused() {
    let world = World::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let ladder = world
        .climb(&target(Protocol::Imap, port, Security::Tls))
        .await;
    assert_eq!(
        failed(&ladder, CheckId::Connect).fault,
        Some(Fault::Refused)
    );
}

#[tokio::test]
async fn a_server_that_agrees_to_tls_and_goes_on_in_plain_text_is_left() {
    let world = World::new();
    let script = "S: 220 x\nC: EHLO *\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nC: *\nS: 500 what?";
    let server = world.server(&[script]).await;
    let ladder = world
        .climb(&target(Protocol::Smtp, server.port, Security::Starttls))
        .await;
    let evidence = failed(&ladder, CheckId::Tls);
    assert_eq!(evidence.fault, Some(Fault::TlsNotSpoken));
    assert!(
        check(&ladder, CheckId::Tls)
            .detail
            .contains("agreed to STARTTLS")
    );
}
