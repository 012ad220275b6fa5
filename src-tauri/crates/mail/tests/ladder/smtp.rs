use mailwright_domain::{
    CheckId, Fault, Outcome, Proof, Protocol, Secret, Security, SmtpCode, Stage,
};
use mailwright_mail::Credential;

use crate::support::{World, check, failed, passed, target, xoauth2};

const TLS_START: &str = "
    TLS
    S: 220 mail.lab.test ESMTP
    C: EHLO [127.0.0.1]
    S: 250-mail.lab.test
    S: 250-PIPELINING
    S: 250-auth Plain xoauth2
    S: 250 SIZE 10240000
    C: AUTH XOAUTH2
    S: 334
";
const SIGNED_IN: &str = "S: 235 2.7.0 Authentication successful\n";
const ENVELOPE: &str = "
    C: MAIL FROM:<info@firma.nl>
    S: 250 2.1.0 Sender OK
    C: RCPT TO:<info@firma.nl>
    S: 250 2.1.5 Recipient OK
    C: RSET
    S: 250 2.0.0 Resetting
    C: QUIT
    S: 221 2.0.0 Bye
";

fn response() -> String {
    format!("\nC: {}\n", xoauth2())
}

/// RFC 7628: where only OAUTHBEARER is offered it is used, and a refusal in JSON is answered and kept.
#[tokio::test]
async fn the_standard_way_is_taken_where_it_is_the_only_one() {
    let world = World::new();
    let start = TLS_START.replace("auth Plain xoauth2", "AUTH OAUTHBEARER");
    let start = start.replace("AUTH XOAUTH2", "AUTH OAUTHBEARER");
    let start = format!("{start}\nC: bixhPWlu*\n");
    let server = world
        .server(&[&[&start, SIGNED_IN, ENVELOPE].concat()])
        .await;
    let place = target(Protocol::Smtp, server.port, Security::Tls);
    let ladder = world.climb(&place).await;
    passed(&ladder);
    server.check();
    let says = &check(&ladder, CheckId::Authenticate).detail;
    assert!(says.contains("OAUTHBEARER"), "{says}");

    // {"status":"invalid_token"}
    let refusal =
        "S: 334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\nC: AQ==\nS: 535 5.7.8 no\nC: *\nCLOSE";
    let server = world.server(&[&format!("{start}{refusal}")]).await;
    let place = target(Protocol::Smtp, server.port, Security::Tls);
    let ladder = world.climb(&place).await;
    let evidence = failed(&ladder, CheckId::Authenticate);
    let challenge = evidence.challenge.as_deref().unwrap_or_default();
    assert!(challenge.contains("invalid_token"), "{evidence:?}");
}

#[tokio::test]
async fn everything_works_over_tls_with_the_continuation_form() {
    let world = World::new();
    // The three commands of the envelope arrive before any of them is answered.
    let envelope = "
        C: MAIL FROM:<info@firma.nl>
        C: RCPT TO:<info@firma.nl>
        C: RSET
        S: 250 2.1.0 Sender OK
        S: 250 2.1.5 Recipient OK
        S: 250 2.0.0 Resetting
        C: QUIT
        CLOSE
    ";
    let script = [TLS_START, &response(), SIGNED_IN, envelope].concat();
    let server = world.server(&[&script]).await;
    let ladder = world
        .climb(&target(Protocol::Smtp, server.port, Security::Tls))
        .await;
    passed(&ladder);
    server.check();
    assert_eq!(ladder.proof, Some(Proof::Envelope));
    assert_eq!(ladder.checks.len(), 7);
}

#[tokio::test]
async fn everything_works_with_starttls_and_a_short_token_in_one_line() {
    let world = World::new();
    let script = format!(
        "{}\n{SIGNED_IN}{ENVELOPE}",
        "
        S: 220-mail.lab.test ESMTP
        S: 220-We do not authorize the use of this system
        S: 220 to transport unsolicited mail.
        C: EHLO [127.0.0.1]
        S: 250-mail.lab.test
        S: 250 STARTTLS
        C: STARTTLS
        S: 220 2.0.0 SMTP server ready
        TLS
        C: EHLO [127.0.0.1]
        S: 250-mail.lab.test
        S: 250-AUTH OAUTHBEARER XOAUTH2
        S: 250 ENHANCEDSTATUSCODES
        C: AUTH XOAUTH2 dXNlcj1pbmZvQGZpcm1hLm5sAWF1dGg9QmVhcmVyIHNob3J0LXRva2VuAQE="
    );
    let server = world.server(&[&script]).await;
    let target = target(Protocol::Smtp, server.port, Security::Starttls);
    let ladder = world
        .climb_with(&target, &Credential::OAuth(Secret::new("short-token")))
        .await;
    passed(&ladder);
    server.check();
    assert_eq!(ladder.checks.len(), 9);
    let greeting = check(&ladder, CheckId::Greeting)
        .server_says
        .clone()
        .unwrap();
    assert_eq!(
        greeting.lines().count(),
        3,
        "the greeting is kept whole: {greeting}"
    );
}

#[tokio::test]
async fn gmail_refuses_after_a_challenge_with_a_reply_of_two_lines() {
    let world = World::new();
    let script = [
        TLS_START,
        &response(),
        include_str!("fixtures/gmail-smtp-refused.txt"),
    ]
    .concat();
    let server = world.server(&[&script]).await;
    let ladder = world
        .climb(&target(Protocol::Smtp, server.port, Security::Tls))
        .await;
    let evidence = failed(&ladder, CheckId::Authenticate);
    server.check();
    assert_eq!(evidence.stage, Stage::SmtpAuth);
    assert_eq!(
        evidence.smtp,
        Some(SmtpCode {
            basic: 535,
            enhanced: Some((5, 7, 8))
        })
    );
    assert_eq!(
        evidence.text,
        "535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials a640c23a62f3a - gsmtp"
    );
    assert!(
        evidence
            .challenge
            .unwrap()
            .contains(r#""scope":"https://mail.google.com/""#)
    );
}

#[tokio::test]
async fn exchange_says_that_client_submission_is_off() {
    let world = World::new();
    let text = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [MN2PR05CA0004.namprd05.prod.outlook.com 2023-09-12T20:59:57.214Z 08DBB276B7E699C4]";
    let script = [TLS_START, &response(), "S: ", text].concat();
    let server = world.server(&[&script]).await;
    let ladder = world
        .climb(&target(Protocol::Smtp, server.port, Security::Tls))
        .await;
    let evidence = failed(&ladder, CheckId::Authenticate);
    assert_eq!(
        evidence.smtp,
        Some(SmtpCode {
            basic: 535,
            enhanced: Some((5, 7, 139))
        })
    );
    assert_eq!(evidence.text, text);
}

#[tokio::test]
async fn a_refused_sender_or_recipient_fails_the_envelope() {
    let world = World::new();
    for (rest, basic) in [
        (
            "C: MAIL *\nS: 550 5.7.60 SMTP; Client does not have permissions to send as this sender",
            550,
        ),
        (
            "C: MAIL *\nS: 250 ok\nC: RCPT *\nS: 430 4.2.0 STOREDRV; mailbox logon failure",
            430,
        ),
    ] {
        let script = [TLS_START, &response(), SIGNED_IN, rest].concat();
        let server = world.server(&[&script]).await;
        let ladder = world
            .climb(&target(Protocol::Smtp, server.port, Security::Tls))
            .await;
        let evidence = failed(&ladder, CheckId::Envelope);
        assert_eq!(evidence.stage, Stage::SmtpMail);
        assert_eq!(evidence.smtp.map(|c| c.basic), Some(basic));
        assert_eq!(ladder.proof, Some(Proof::Login));
    }
}

#[tokio::test]
async fn without_a_sender_the_envelope_stays_unchecked() {
    let world = World::new();
    let server = world
        .server(&[&[TLS_START, &response(), SIGNED_IN].concat()])
        .await;
    let mut target = target(Protocol::Smtp, server.port, Security::Tls);
    target.sender = None;
    let ladder = world.climb(&target).await;
    assert_eq!(
        check(&ladder, CheckId::Envelope).outcome,
        Outcome::Unchecked
    );
    assert_eq!(ladder.proof, Some(Proof::Login));
}

#[tokio::test]
async fn letters_beyond_ascii_need_smtputf8() {
    let world = World::new();
    let with = TLS_START.replace("S: 250-PIPELINING", "S: 250-smtputf8");
    let accepted = "
        C: MAIL FROM:<zoë@xn--mller-kva.example> SMTPUTF8
        S: 250 ok
        C: RCPT TO:<zoë@xn--mller-kva.example>
        S: 250 ok
        C: RSET
        S: 250 ok
        C: QUIT
        CLOSE
    ";
    for (start, rest, works) in [(with.as_str(), accepted, true), (TLS_START, "", false)] {
        let server = world
            .server(&[&[start, &response(), SIGNED_IN, rest].concat()])
            .await;
        let mut target = target(Protocol::Smtp, server.port, Security::Tls);
        target.sender = Some("zoë@müller.example".parse().unwrap());
        let ladder = world.climb(&target).await;
        server.check();
        if works {
            passed(&ladder);
        } else {
            failed(&ladder, CheckId::Envelope);
            let detail = &check(&ladder, CheckId::Envelope).detail;
            assert!(
                detail.contains("zoë@müller.example") && detail.contains("SMTPUTF8"),
                "{detail}"
            );
        }
    }
}

#[tokio::test]
async fn passwords_go_with_plain_or_login() {
    let world = World::new();
    let password = Credential::Password(Secret::new("geheim-geheim-geheim"));
    let plain = "C: AUTH PLAIN AGluZm9AZmlybWEubmwAZ2VoZWltLWdlaGVpbS1nZWhlaW0=";
    let login = "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: aW5mb0BmaXJtYS5ubA==\nS: 334 UGFzc3dvcmQ6\nC: Z2VoZWltLWdlaGVpbS1nZWhlaW0=";
    for (offer, exchange) in [("PLAIN LOGIN", plain), ("LOGIN", login)] {
        let script = format!(
            "TLS\nS: 220 x\nC: EHLO *\nS: 250-x\nS: 250 AUTH {offer}\n{exchange}\n{SIGNED_IN}{ENVELOPE}"
        );
        let server = world.server(&[&script]).await;
        let ladder = world
            .climb_with(
                &target(Protocol::Smtp, server.port, Security::Tls),
                &password,
            )
            .await;
        passed(&ladder);
        server.check();
        assert!(
            !ladder.transcript.to_string().contains("Z2Vo"),
            "{}",
            ladder.transcript
        );
    }
}

#[tokio::test]
async fn no_way_to_sign_in_is_said_with_what_is_offered() {
    let world = World::new();
    let script = "TLS\nS: 220 x\nC: EHLO *\nS: 250-x\nS: 250 AUTH GSSAPI NTLM";
    let server = world.server(&[script]).await;
    let ladder = world
        .climb(&target(Protocol::Smtp, server.port, Security::Tls))
        .await;
    let evidence = failed(&ladder, CheckId::Authenticate);
    assert_eq!(evidence.fault, Some(Fault::NoMechanism));
    assert_eq!(evidence.text, "AUTH GSSAPI NTLM");
}

/// RFC 4954 section 4 asks servers to take 12,288 octets in one line; more is sent, and a refusal names it.
#[tokio::test]
async fn a_sign_in_beyond_the_line_limit_is_named_when_it_is_refused() {
    let world = World::new();
    for (octets, named) in [(8_000, false), (9_300, true)] {
        let token = Credential::OAuth(Secret::new("t".repeat(octets)));
        let script = [TLS_START, "\nC: dXNl*\nS: 500 5.5.6 Line too long"].concat();
        let server = world.server(&[&script]).await;
        let target = target(Protocol::Smtp, server.port, Security::Tls);
        let ladder = world.climb_with(&target, &token).await;
        failed(&ladder, CheckId::Authenticate);
        server.check();
        let detail = &check(&ladder, CheckId::Authenticate).detail;
        assert_eq!(detail.contains("12288"), named, "{detail}");
    }
}

/// Each further sender has a check of its own: what is refused does not keep the next one from being tried.
#[tokio::test]
async fn further_senders_are_tried_one_by_one() {
    let world = World::new();
    let envelope = ENVELOPE.replace("    C: QUIT\n    S: 221 2.0.0 Bye\n", "");
    let others = "
        C: MAIL FROM:<boss@firma.nl>
        S: 250 2.1.0 Sender OK
        C: RCPT TO:<info@firma.nl>
        S: 553 5.7.1 <boss@firma.nl>: Sender address rejected: not owned by user info@firma.nl
        C: RSET
        S: 250 2.0.0 Resetting
        C: MAIL FROM:<sales@firma.nl>
        S: 250 2.1.0 Sender OK
        C: RCPT TO:<info@firma.nl>
        S: 250 2.1.5 Recipient OK
        C: RSET
        S: 250 2.0.0 Resetting
        C: QUIT
    ";
    // Without pipelining each command waits for the answer to the one before.
    let start = TLS_START.replace("    S: 250-PIPELINING\n", "");
    let script = [&start, &*response(), SIGNED_IN, &envelope, others].concat();
    let server = world.server(&[&script]).await;
    let mut target = target(Protocol::Smtp, server.port, Security::Tls);
    target.more_senders = ["boss@firma.nl", "sales@firma.nl"]
        .map(|text| text.parse().unwrap())
        .to_vec();
    let ladder = world.climb(&target).await;
    server.check();
    let senders: Vec<_> = ladder
        .checks
        .iter()
        .filter(|c| c.id == CheckId::Sender)
        .map(|c| (c.about.as_deref().unwrap(), c.outcome))
        .collect();
    assert_eq!(
        senders,
        [
            ("boss@firma.nl", Outcome::Failed),
            // Accepted here, and proven only by a message.
            ("sales@firma.nl", Outcome::Unchecked)
        ]
    );
    assert_eq!(ladder.proof, Some(Proof::Envelope));
}

#[tokio::test]
async fn further_senders_are_skipped_where_the_connection_breaks() {
    let world = World::new();
    let start = TLS_START.replace("    S: 250-PIPELINING\n", "");
    let envelope = ENVELOPE.replace("    C: QUIT\n    S: 221 2.0.0 Bye\n", "");
    let breaks = "C: MAIL FROM:<boss@firma.nl>\nCLOSE";
    let script = [&start, &*response(), SIGNED_IN, &envelope, breaks].concat();
    let server = world.server(&[&script]).await;
    let mut target = target(Protocol::Smtp, server.port, Security::Tls);
    target.more_senders = ["boss@firma.nl", "sales@firma.nl"]
        .map(|text| text.parse().unwrap())
        .to_vec();
    let ladder = world.climb(&target).await;
    let evidence = failed(&ladder, CheckId::Sender);
    assert_eq!(evidence.fault, Some(Fault::Closed));
    let last = ladder.checks.last().unwrap();
    assert_eq!(last.about.as_deref(), Some("sales@firma.nl"));
}
