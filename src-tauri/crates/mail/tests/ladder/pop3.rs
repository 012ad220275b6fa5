use mailwright_domain::{CheckId, Fault, Proof, Protocol, Secret, Security, Stage};
use mailwright_mail::Credential;

use CheckId::{
    Authenticate, Capabilities, CapabilitiesSecure, Connect, Count, Greeting, Inbox, Resolve,
    Starttls, Tls,
};

use crate::support::{World, check, failed, passed, target, xoauth2};

/// Up to the sign-in over TLS.
const START: &str = "
    TLS
    S: +OK Dovecot ready.
    C: CAPA
    S: +OK
    S: PIPELINING
    S: SASL PLAIN XOAUTH2
    S: .
    C: AUTH XOAUTH2
    S: +
";
const SIGNED_IN: &str = "S: +OK Logged in.\n";
const OPENED: &str = "
    C: STAT
    C: LIST 1
    S: +OK 172 5000000000
    S: +OK 1 4711
    C: QUIT
    S: +OK Logging out.
";

fn response() -> String {
    format!("\nC: {}\n", xoauth2())
}

#[tokio::test]
async fn everything_works_over_tls_with_the_form_in_two_steps() {
    let world = World::new();
    let server = world
        .server(&[&[START, &response(), SIGNED_IN, OPENED].concat()])
        .await;
    let ladder = world
        .climb(&target(Protocol::Pop3, server.port, Security::Tls))
        .await;
    passed(&ladder);
    server.check();
    let ids: Vec<CheckId> = ladder.checks.iter().map(|c| c.id).collect();
    assert_eq!(
        ids,
        [
            Resolve,
            Connect,
            Tls,
            Greeting,
            CapabilitiesSecure,
            Authenticate,
            Inbox,
            Count
        ]
    );
    assert_eq!(ladder.proof, Some(Proof::Login));
    let opened = &check(&ladder, Inbox).detail;
    assert!(
        opened.contains("172 messages of 5000000000 bytes"),
        "{opened}"
    );
    assert!(check(&ladder, Count).detail.contains("4711 bytes"));
}

#[tokio::test]
async fn everything_works_with_starttls_and_a_short_token_in_one_line() {
    let world = World::new();
    let script = "
        S: +OK ready
        C: CAPA
        S: +OK
        S: STLS
        S: SASL PLAIN
        S: ..stuffed
        S: .
        C: STLS
        S: +OK Begin TLS
        TLS
        C: CAPA
        S: +OK
        S: sasl oauthbearer XOAUTH2
        S: .
        C: AUTH XOAUTH2 dXNlcj1pbmZvQGZpcm1hLm5sAWF1dGg9QmVhcmVyIHNob3J0LXRva2VuAQE=
        S: +OK
        C: STAT
        S: +OK 2 320
        C: LIST 1
        S: +OK 1 120
        C: QUIT
        CLOSE
    ";
    let server = world.server(&[script]).await;
    let target = target(Protocol::Pop3, server.port, Security::Starttls);
    let ladder = world
        .climb_with(&target, &Credential::OAuth(Secret::new("short-token")))
        .await;
    passed(&ladder);
    server.check();
    let ids: Vec<CheckId> = ladder.checks.iter().map(|c| c.id).collect();
    assert_eq!(
        ids,
        [
            Resolve,
            Connect,
            Greeting,
            Capabilities,
            Starttls,
            Tls,
            CapabilitiesSecure,
            Authenticate,
            Inbox,
            Count
        ]
    );
    let says = check(&ladder, Capabilities).server_says.clone().unwrap();
    assert_eq!(says, "+OK\nSTLS\nSASL PLAIN\n.stuffed");
}

/// Longer than RFC 5034's line: 255 octets go in one line, 256 do not.
#[tokio::test]
async fn one_line_or_two_is_decided_by_the_octet() {
    let world = World::new();
    // "AUTH XOAUTH2 ", the response in Base64, CRLF.
    let fixed = "user=info@firma.nl\x01auth=Bearer \x01\x01".len();
    let fits = 240 / 4 * 3 - fixed;
    for (token, line, octets) in [
        (fits, "C: AUTH XOAUTH2 dXNl*", 255),
        (fits + 1, "C: AUTH XOAUTH2\nS: +\nC: dXNl*", 14),
    ] {
        let script = format!(
            "TLS\nS: +OK\nC: CAPA\nS: +OK\nS: SASL XOAUTH2\nS: .\n{line}\nS: -ERR [AUTH] no"
        );
        let server = world.server(&[&script]).await;
        let ladder = world
            .climb_with(
                &target(Protocol::Pop3, server.port, Security::Tls),
                &Credential::OAuth(Secret::new("t".repeat(token))),
            )
            .await;
        failed(&ladder, Authenticate);
        server.check();
        assert_eq!(server.heard()[1].len() + "\r\n".len(), octets);
    }
}

#[tokio::test]
async fn an_empty_mailbox_is_open_too() {
    let world = World::new();
    let rest = "C: STAT\nC: LIST 1\nS: +OK 0 0\nS: -ERR no such message\nC: QUIT\nS: +OK\n";
    let server = world
        .server(&[&[START, &response(), SIGNED_IN, rest].concat()])
        .await;
    let ladder = world
        .climb(&target(Protocol::Pop3, server.port, Security::Tls))
        .await;
    passed(&ladder);
    server.check();
    assert_eq!(ladder.proof, Some(Proof::Login));
}

/// failures.md, 5.3: what the large providers say.
#[tokio::test]
async fn refusals_of_the_large_providers_keep_their_words_and_codes() {
    let world = World::new();
    let token = Credential::OAuth(Secret::new(crate::support::TOKEN));
    let password = Credential::Password(Secret::new("geheim-geheim"));
    let gmail_off = include_str!("fixtures/gmail-pop-refused.txt").replace(
        "[AUTH] Username and password not accepted.",
        "[SYS/PERM] Your account is not enabled for POP access. Please visit your Gmail settings page and enable your account for POP access.",
    );
    let challenge =
        Some(r#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#);
    for (script, credential, text, code, challenge) in [
        (
            include_str!("fixtures/exchange-pop-refused.txt"),
            &token,
            "-ERR Authentication failure: unknown user name or bad password.",
            None,
            None,
        ),
        (
            include_str!("fixtures/exchange-pop-basic.txt"),
            &password,
            "-ERR Logon failure: unknown user name or bad password.",
            None,
            None,
        ),
        (
            include_str!("fixtures/gmail-pop-refused.txt"),
            &token,
            "-ERR [AUTH] Username and password not accepted.",
            Some("AUTH"),
            challenge,
        ),
        (
            &gmail_off,
            &token,
            "-ERR [SYS/PERM] Your account is not enabled for POP access. Please visit your Gmail settings page and enable your account for POP access.",
            Some("SYS/PERM"),
            challenge,
        ),
    ] {
        let server = world.server(&[script]).await;
        let ladder = world
            .climb_with(
                &target(Protocol::Pop3, server.port, Security::Tls),
                credential,
            )
            .await;
        let evidence = failed(&ladder, Authenticate);
        server.check();
        assert_eq!((evidence.stage, evidence.fault), (Stage::Pop3, None));
        assert_eq!(evidence.text, text);
        assert_eq!(evidence.response_code.as_deref(), code);
        assert_eq!(evidence.challenge.as_deref(), challenge);
        assert!(!ladder.transcript.to_string().contains("geheim"));
    }
}

#[tokio::test]
async fn oauthbearer_answers_its_challenge_with_one_octet() {
    let world = World::new();
    let script = "
        TLS
        S: +OK ready
        C: CAPA
        S: +OK
        S: SASL OAUTHBEARER
        S: .
        C: AUTH OAUTHBEARER
        S: +
        C: bixhPWlu*
        S: + eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=
        C: AQ==
        S: -ERR [AUTH] Authentication failed.
    ";
    let server = world.server(&[script]).await;
    let ladder = world
        .climb(&target(Protocol::Pop3, server.port, Security::Tls))
        .await;
    let evidence = failed(&ladder, Authenticate);
    server.check();
    assert_eq!(
        evidence.challenge.as_deref(),
        Some(r#"{"status":"invalid_token"}"#)
    );
}

#[tokio::test]
async fn passwords_go_with_plain_user_or_login() {
    let world = World::new();
    let password = Credential::Password(Secret::new("geheim-geheim-geheim"));
    let plain = "C: AUTH PLAIN AGluZm9AZmlybWEubmwAZ2VoZWltLWdlaGVpbS1nZWhlaW0=";
    let user = "C: USER info@firma.nl\nS: +OK\nC: PASS geheim-geheim-geheim";
    let login = "C: AUTH LOGIN\nS: + VXNlcm5hbWU6\nC: aW5mb0BmaXJtYS5ubA==\nS: + UGFzc3dvcmQ6\nC: Z2VoZWltLWdlaGVpbS1nZWhlaW0=";
    let offers = |lines: &str| format!("S: +OK\n{lines}\nS: PIPELINING\nS: .");
    for (offered, exchange) in [
        (offers("S: SASL LOGIN PLAIN\nS: USER"), plain),
        (offers("S: SASL LOGIN\nS: USER"), user),
        (offers("S: SASL LOGIN"), login),
        (offers("S: USER"), user),
    ] {
        let script = format!("TLS\nS: +OK\nC: CAPA\n{offered}\n{exchange}\n{SIGNED_IN}{OPENED}");
        let server = world.server(&[&script]).await;
        let target = target(Protocol::Pop3, server.port, Security::Tls);
        let ladder = world.climb_with(&target, &password).await;
        passed(&ladder);
        server.check();
        let shown = ladder.transcript.to_string();
        assert!(
            !shown.contains("Z2Vo") && !shown.contains("geheim"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_server_that_does_not_know_capa_still_takes_a_password_and_never_a_token() {
    let world = World::new();
    let script = "TLS\nS: +OK\nC: CAPA\nS: -ERR unknown command\nC: USER info@firma.nl\nS: +OK\nC: PASS geheim-geheim\nS: -ERR [IN-USE] locked";
    let password = Credential::Password(Secret::new("geheim-geheim"));
    let server = world.server(&[script]).await;
    let target = target(Protocol::Pop3, server.port, Security::Tls);
    let ladder = world.climb_with(&target, &password).await;
    let evidence = failed(&ladder, Authenticate);
    server.check();
    assert_eq!(evidence.response_code.as_deref(), Some("IN-USE"));
    let server = world.server(&[script]).await;
    let target = self::target(Protocol::Pop3, server.port, Security::Tls);
    let ladder = world.climb(&target).await;
    let evidence = failed(&ladder, Authenticate);
    assert_eq!(evidence.fault, Some(Fault::NoMechanism));
    assert_eq!(evidence.text, "-ERR unknown command");
    assert_eq!(server.heard(), ["CAPA"]);
}

#[tokio::test]
async fn a_refused_name_gets_no_password() {
    let world = World::new();
    let script =
        "TLS\nS: +OK\nC: CAPA\nS: +OK\nS: USER\nS: .\nC: USER info@firma.nl\nS: -ERR no such user";
    let password = Credential::Password(Secret::new("geheim-geheim"));
    let server = world.server(&[script]).await;
    let target = target(Protocol::Pop3, server.port, Security::Tls);
    let ladder = world.climb_with(&target, &password).await;
    assert_eq!(failed(&ladder, Authenticate).text, "-ERR no such user");
    assert!(!server.heard().iter().any(|l| l.starts_with("PASS")));
}

#[tokio::test]
async fn a_greeting_may_refuse_and_a_mailbox_may_stay_closed() {
    let world = World::new();
    let server = world
        .server(&["TLS\nS: -ERR [SYS/TEMP] Too many connections"])
        .await;
    let ladder = world
        .climb(&target(Protocol::Pop3, server.port, Security::Tls))
        .await;
    let evidence = failed(&ladder, Greeting);
    assert_eq!(evidence.response_code.as_deref(), Some("SYS/TEMP"));
    for (rest, id, fault, proof) in [
        (
            "S: -ERR [IN-USE] Mailbox is locked\nS: -ERR x",
            Inbox,
            None,
            None,
        ),
        (
            "S: +OK many\nS: +OK 1 2",
            Inbox,
            Some(Fault::Malformed),
            None,
        ),
        ("S: +\nS: +OK 1 2", Inbox, Some(Fault::Malformed), None),
        ("S: +OK 3 4\nS: -ERR no", Count, None, Some(Proof::Login)),
        (
            "S: +OK 3 4\nS: +OK 3 4",
            Count,
            Some(Fault::Malformed),
            Some(Proof::Login),
        ),
    ] {
        let asked = "C: STAT\nC: LIST 1\n";
        let script = [START, &response(), SIGNED_IN, asked, rest].concat();
        let server = world.server(&[&script]).await;
        let ladder = world
            .climb(&target(Protocol::Pop3, server.port, Security::Tls))
            .await;
        let evidence = failed(&ladder, id);
        assert_eq!((evidence.fault, ladder.proof), (fault, proof), "{rest}");
        assert!(check(&ladder, Tls).evidence.is_none());
    }
}

#[tokio::test]
async fn starttls_is_found_out_where_nobody_said_what_the_port_is() {
    let world = World::new();
    let script = "S: +OK\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS\nS: +OK\nTLS\nC: CAPA\nS: -ERR [SYS/TEMP] later\nCLOSE";
    let server = world.server(&["S: +OK", script]).await;
    let ladder = world
        .climb(&target(Protocol::Pop3, server.port, Security::Auto))
        .await;
    failed(&ladder, Authenticate);
    assert_eq!(ladder.security, Security::Starttls);
    assert!(check(&ladder, Starttls).server_says.is_some());
    assert_eq!(
        check(&ladder, Connect).outcome,
        mailwright_domain::Outcome::Passed
    );
}
