use mailwright_domain::{CheckId, Fault, Outcome, Protocol, Security};

use crate::support::{World, failed, target, xoauth2};

#[tokio::test]
async fn bytes_after_the_starttls_reply_end_the_attempt() {
    let world = World::new();
    let imap = "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready\nC: A1 STARTTLS\nS; A1 OK go\\r\\n* CAPABILITY AUTH=XOAUTH2 SASL-IR\\r\\n\nTLS";
    let smtp = "S: 220 x\nC: EHLO *\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\nS; 220 go\\r\\n250 AUTH XOAUTH2\\r\\n\nTLS";
    let pop3 = "S: +OK\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS\nS; +OK go\\r\\n+OK\\r\\nSASL XOAUTH2\\r\\n.\\r\\n\nTLS";
    for (protocol, script) in [
        (Protocol::Imap, imap),
        (Protocol::Smtp, smtp),
        (Protocol::Pop3, pop3),
    ] {
        let server = world.server(&[script]).await;
        let ladder = world
            .climb(&target(protocol, server.port, Security::Starttls))
            .await;
        assert_eq!(
            failed(&ladder, CheckId::Starttls).fault,
            Some(Fault::StarttlsInjection)
        );
    }
}

#[tokio::test]
async fn a_stripped_starttls_ends_the_attempt_with_what_was_offered() {
    let world = World::new();
    let imap = "S: * OK ready\nC: A1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 AUTH=PLAIN\nS: A1 OK";
    let smtp = "S: 220 x\nC: EHLO *\nS: 250-x\nS: 250-XXXXXXXA\nS: 250 AUTH PLAIN";
    let pop3 = "S: +OK\nC: CAPA\nS: +OK\nS: XXXX\nS: SASL PLAIN\nS: .";
    for (protocol, script, seen) in [
        (Protocol::Imap, imap, "AUTH=PLAIN"),
        (Protocol::Smtp, smtp, "XXXXXXXA"),
        (Protocol::Pop3, pop3, "XXXX\nSASL PLAIN"),
    ] {
        let server = world.server(&[script]).await;
        let ladder = world
            .climb(&target(protocol, server.port, Security::Starttls))
            .await;
        let evidence = failed(&ladder, CheckId::Starttls);
        assert_eq!(evidence.fault, Some(Fault::StarttlsMissing));
        assert!(evidence.text.contains(seen));
        assert!(!server.heard().iter().any(|l| l.contains("AUTH")));
    }
}

#[tokio::test]
async fn what_is_offered_only_before_tls_is_not_used() {
    let world = World::new();
    let imap = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR STARTTLS AUTH=XOAUTH2] x\nC: A1 STARTTLS\nS: A1 OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] go\nTLS\nC: A2 CAPABILITY\nS: * CAPABILITY IMAP4rev1 AUTH=PLAIN\nS: A2 OK";
    let smtp = "S: 220 x\nC: EHLO *\nS: 250-x\nS: 250-AUTH XOAUTH2\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO *\nS: 250-x\nS: 250 AUTH PLAIN";
    let pop3 = "S: +OK\nC: CAPA\nS: +OK\nS: STLS\nS: SASL XOAUTH2\nS: .\nC: STLS\nS: +OK\nTLS\nC: CAPA\nS: +OK\nS: SASL PLAIN\nS: .";
    for (protocol, script) in [
        (Protocol::Imap, imap),
        (Protocol::Smtp, smtp),
        (Protocol::Pop3, pop3),
    ] {
        let server = world.server(&[script]).await;
        let ladder = world
            .climb(&target(protocol, server.port, Security::Starttls))
            .await;
        let evidence = failed(&ladder, CheckId::Authenticate);
        assert_eq!(evidence.fault, Some(Fault::NoMechanism));
        server.check();
        assert!(!server.heard().iter().any(|line| line.contains("AUTH")));
    }
}

#[tokio::test]
async fn a_refused_starttls_goes_no_further() {
    let world = World::new();
    let imap = "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] x\nC: A1 STARTTLS\nS: A1 BAD no";
    let smtp = "S: 220 x\nC: EHLO *\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 4.7.0 TLS not available";
    let pop3 = "S: +OK\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS\nS: -ERR not now";
    for (protocol, script, text) in [
        (Protocol::Imap, imap, "BAD no"),
        (Protocol::Smtp, smtp, "454 4.7.0 TLS not available"),
        (Protocol::Pop3, pop3, "-ERR not now"),
    ] {
        let server = world.server(&[script]).await;
        let ladder = world
            .climb(&target(protocol, server.port, Security::Starttls))
            .await;
        assert_eq!(failed(&ladder, CheckId::Starttls).text, text);
    }
}

#[tokio::test]
async fn a_session_that_claims_to_be_signed_in_is_refused() {
    let world = World::new();
    for (security, script, fault) in [
        (
            Security::Starttls,
            "S: * PREAUTH welcome",
            Fault::StarttlsInjection,
        ),
        (Security::Tls, "TLS\nS: * PREAUTH welcome", Fault::Malformed),
    ] {
        let server = world.server(&[script]).await;
        let ladder = world
            .climb(&target(Protocol::Imap, server.port, security))
            .await;
        let evidence = failed(&ladder, CheckId::Greeting);
        assert_eq!(evidence.fault, Some(fault));
        assert_eq!(evidence.text, "PREAUTH welcome");
    }
}

#[tokio::test]
async fn a_server_may_close_after_any_line() {
    let world = World::new();
    let imap = format!(
        "S: * OK ready\nC: A1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 STARTTLS\nS: A1 OK\nC: A2 STARTTLS\nS: A2 OK\nTLS\nC: A3 CAPABILITY\nS: * CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2\nS: A3 OK\nC: A4 AUTHENTICATE XOAUTH2 {}\nS: + e30=\nC:\nS: A4 OK [CAPABILITY IMAP4rev1]\nC: A5 SELECT INBOX\nS: * 1 EXISTS\nS: A5 OK\nC: A6 LIST \"\" \"*\"\nS: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Sent\nS: A6 OK\nC: A7 STATUS \"Sent\" (MESSAGES)",
        xoauth2()
    );
    let smtp = format!(
        "S: 220 x\nC: EHLO *\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO *\nS: 250-x\nS: 250 AUTH XOAUTH2\nC: AUTH XOAUTH2\nS: 334\nC: {}\nS: 235 ok\nC: MAIL *\nS: 250 ok\nC: RCPT *",
        xoauth2()
    );
    let pop3 = format!(
        "S: +OK\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS\nS: +OK\nTLS\nC: CAPA\nS: +OK\nS: SASL XOAUTH2\nS: .\nC: AUTH XOAUTH2\nS: +\nC: {}\nS: + e30=\nC:\nS: +OK\nC: STAT\nS: +OK 2 320\nC: LIST 1",
        xoauth2()
    );
    for (protocol, script) in [
        (Protocol::Imap, imap),
        (Protocol::Smtp, smtp),
        (Protocol::Pop3, pop3),
    ] {
        let lines: Vec<&str> = script.lines().collect();
        for end in 0..=lines.len() {
            let script = format!("{}\nCLOSE", lines[..end].join("\n"));
            let server = world.server(&[&script]).await;
            let ladder = world
                .climb(&target(protocol, server.port, Security::Starttls))
                .await;
            let failures: Vec<_> = ladder
                .checks
                .iter()
                .filter(|c| c.outcome == Outcome::Failed)
                .collect();
            assert_eq!(
                failures.len(),
                1,
                "after {end} lines:\n{}",
                ladder.transcript
            );
            let fault = failures[0].evidence.as_ref().and_then(|e| e.fault);
            assert!(
                matches!(fault, Some(Fault::Closed | Fault::Reset)),
                "after {end} lines: {fault:?}\n{}",
                ladder.transcript
            );
        }
    }
}

#[tokio::test]
async fn a_line_without_end_is_cut_off() {
    let world = World::new();
    let endless = "x".repeat(200_000);
    for (protocol, start) in [
        (Protocol::Imap, "S: * OK ready\nC: A1 CAPABILITY\nS; * "),
        (Protocol::Smtp, "S: 220 x\nC: EHLO *\nS; 250-"),
        (Protocol::Pop3, "S: +OK\nC: CAPA\nS; +OK "),
    ] {
        let server = world.server(&[&format!("{start}{endless}")]).await;
        let ladder = world
            .climb(&target(protocol, server.port, Security::Starttls))
            .await;
        assert_eq!(
            failed(&ladder, CheckId::Capabilities).fault,
            Some(Fault::Malformed)
        );
        assert!(ladder.transcript.to_string().len() < 20_000);
    }
}

#[tokio::test]
async fn lines_without_end_are_cut_off() {
    let world = World::new();
    for (protocol, start, line) in [
        (
            Protocol::Imap,
            "S: * OK ready\nC: A1 CAPABILITY\n",
            "S: * OK still thinking\n",
        ),
        (Protocol::Smtp, "S: 220 x\nC: EHLO *\n", "S: 250-more\n"),
        (Protocol::Pop3, "S: +OK\nC: CAPA\nS: +OK\n", "S: MORE\n"),
    ] {
        let server = world
            .server(&[&format!("{start}{}", line.repeat(3_000))])
            .await;
        let ladder = world
            .climb(&target(protocol, server.port, Security::Starttls))
            .await;
        assert_eq!(
            failed(&ladder, CheckId::Capabilities).fault,
            Some(Fault::Malformed)
        );
        assert!(ladder.transcript.lines.len() <= 1_000);
    }
}

#[tokio::test]
async fn literals_have_limits() {
    let world = World::new();
    for literal in ["{70000}", "{99999999999999999999}", "{4294967295}"] {
        let script = format!("S: * OK ready\nC: A1 CAPABILITY\nS: * LIST () \"/\" {literal}");
        let server = world.server(&[&script]).await;
        let ladder = world
            .climb(&target(Protocol::Imap, server.port, Security::Starttls))
            .await;
        assert_eq!(
            failed(&ladder, CheckId::Capabilities).fault,
            Some(Fault::Malformed),
            "{literal}"
        );
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_shown_and_do_no_harm() {
    let world = World::new();
    let script = "S: * OK [\\0\\xff\\xfe] \\x1b[2J hi\nC: A1 CAPABILITY\nS: \\0\\0\\0\nS: *\nS: * \nS:\nS: +++\nS: A1 NO \\xc3\\x28 no";
    let server = world.server(&[&script.replace("S: +++\n", "")]).await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Starttls))
        .await;
    let evidence = failed(&ladder, CheckId::Capabilities);
    assert_eq!(evidence.text, "NO \u{fffd}( no");
    let shown = ladder.transcript.to_string();
    assert!(!shown.contains(['\0', '\x1b']), "{shown:?}");
}

#[tokio::test]
async fn answers_nobody_asked_for_are_refused() {
    let world = World::new();
    for answer in ["A9 OK done", "+ go on"] {
        let script = format!("S: * OK ready\nC: A1 CAPABILITY\nS: {answer}");
        let server = world.server(&[&script]).await;
        let ladder = world
            .climb(&target(Protocol::Imap, server.port, Security::Starttls))
            .await;
        assert_eq!(
            failed(&ladder, CheckId::Capabilities).fault,
            Some(Fault::Malformed)
        );
    }
}

#[tokio::test]
async fn an_exchange_that_never_ends_is_ended() {
    let world = World::new();
    let start = "TLS\nS: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] x\nC: A1 AUTH*\n";
    let smtp = "TLS\nS: 220 x\nC: EHLO *\nS: 250-x\nS: 250 AUTH XOAUTH2\nC: AUTH XOAUTH2\nS: 334\nC: dXNl*\n";
    let pop3 =
        "TLS\nS: +OK\nC: CAPA\nS: +OK\nS: SASL XOAUTH2\nS: .\nC: AUTH XOAUTH2\nS: +\nC: dXNl*\n";
    for (protocol, start, again) in [
        (Protocol::Imap, start, "S: +\nC:\n"),
        (Protocol::Smtp, smtp, "S: 334\nC:\n"),
        (Protocol::Pop3, pop3, "S: +\nC:\n"),
    ] {
        let script = format!("{start}{}", again.repeat(20));
        let server = world.server(&[&script]).await;
        let ladder = world
            .climb(&target(protocol, server.port, Security::Tls))
            .await;
        let fault = failed(&ladder, CheckId::Authenticate).fault;
        assert_eq!(fault, Some(Fault::Malformed));
    }
}

#[tokio::test]
async fn the_servers_last_words_are_the_reason() {
    let world = World::new();
    let start = "TLS\nS: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] x\nC: A1 AUTH*\nS: * BYE [UNAVAILABLE] Temporary System Problem\nCLOSE";
    let server = world.server(&[start]).await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Tls))
        .await;
    let evidence = failed(&ladder, CheckId::Authenticate);
    assert_eq!(evidence.text, "BYE [UNAVAILABLE] Temporary System Problem");
    assert_eq!(evidence.response_code.as_deref(), Some("UNAVAILABLE"));
}

#[tokio::test]
async fn whoever_has_said_goodbye_accepts_nothing_any_more() {
    let world = World::new();
    let start = "TLS\nS: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] x\nC: A1 AUTH*\n";
    let goodbye = "S: * BYE Too many connections\nS: ";
    for (rest, id, text) in [
        (
            "A1 OK welcome",
            CheckId::Authenticate,
            "BYE Too many connections\nOK welcome",
        ),
        (
            "A1 NO [ALERT] no",
            CheckId::Authenticate,
            "BYE Too many connections\nNO [ALERT] no",
        ),
    ] {
        let server = world.server(&[&format!("{start}{goodbye}{rest}")]).await;
        let ladder = world
            .climb(&target(Protocol::Imap, server.port, Security::Tls))
            .await;
        assert_eq!(failed(&ladder, id).text, text);
        assert_eq!(ladder.proof, None);
    }
}

#[tokio::test]
async fn one_command_ends_once() {
    let world = World::new();
    let script = "TLS\nS: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] x\nC: A1 AUTH*\nS: A1 OK\nC: A2 SELECT INBOX\nS: A2 OK\nS: A2 OK\nS: A3 OK";
    let server = world.server(&[script]).await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Tls))
        .await;
    assert_eq!(
        failed(&ladder, CheckId::Folders).fault,
        Some(Fault::Malformed)
    );
}

#[tokio::test]
async fn dropping_the_test_closes_the_connection() {
    let world = World::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let target = target(Protocol::Imap, port, Security::Starttls);
    let net = world.net.clone();
    let climbing = tokio::spawn(async move {
        let (events, _received) = tokio::sync::mpsc::unbounded_channel();
        let credential = mailwright_mail::Credential::OAuth("t".to_owned().into());
        mailwright_mail::run(&net, &target, &credential, &events).await
    });
    let (mut stream, _) = listener.accept().await.unwrap();
    climbing.abort();
    let mut rest = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest).await;
    assert!(read.is_err() || rest.is_empty());
}
