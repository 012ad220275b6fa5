use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mailwright_domain::{CheckId, Protocol, Secret, Security};
use mailwright_mail::{Credential, Ladder};

use crate::support::{TOKEN, World, failed, target, xoauth2};

/// Nothing of the token is in anything that can be shown.
fn holds_no_secret(ladder: &Ladder) {
    let shown = format!("{}{:?}{:#?}", ladder.transcript, ladder, ladder.checks);
    let forms = [
        TOKEN.to_owned(),
        xoauth2(),
        STANDARD.encode(TOKEN),
        TOKEN.to_uppercase(),
    ];
    for form in forms {
        // The end of a Base64 form depends on what follows it.
        let sure = &form[40..form.len() - 8];
        for piece in sure.as_bytes().chunks(24).filter(|c| c.len() == 24) {
            let piece = std::str::from_utf8(piece).unwrap();
            assert!(!shown.contains(piece), "{piece} is in\n{shown}");
        }
    }
}

#[tokio::test]
async fn a_server_that_repeats_the_token_cannot_make_it_visible() {
    let world = World::new();
    let echo_json = STANDARD.encode(format!("{{\"token\":\"{TOKEN}\"}}"));
    let echo_plain = STANDARD.encode(TOKEN);
    let all = xoauth2();
    let upper = TOKEN.to_uppercase();
    let imap = format!(
        "TLS\nS: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] x\nC: A1 AUTH*\nS: * NO {TOKEN}\nS: + {echo_json}\nC:\nS: * NO {all}\nS: * BAD {upper}\nS: A1 NO [X{TOKEN}] bad {echo_plain} {echo_json}"
    );
    let smtp = format!(
        "TLS\nS: 220 x\nC: EHLO *\nS: 250-x\nS: 250 AUTH XOAUTH2\nC: AUTH XOAUTH2\nS: 334\nC: {all}\nS: 334 {echo_json}\nC:\nS: 535-5.7.8 {TOKEN}\nS: 535-5.7.8 {upper}\nS: 535 5.7.8 {echo_plain}"
    );
    let pop3 = format!(
        "TLS\nS: +OK\nC: CAPA\nS: +OK\nS: SASL XOAUTH2\nS: .\nC: AUTH XOAUTH2\nS: + {echo_json}\nC: {all}\nS: + {echo_json}\nC:\nS: -ERR [AUTH] {TOKEN} {upper} {echo_plain}"
    );
    for (protocol, script) in [
        (Protocol::Imap, imap),
        (Protocol::Smtp, smtp),
        (Protocol::Pop3, pop3),
    ] {
        let server = world.server(&[&script]).await;
        let ladder = world
            .climb(&target(protocol, server.port, Security::Tls))
            .await;
        let evidence = failed(&ladder, CheckId::Authenticate);
        server.check();
        assert!(evidence.text.contains("(secret)"), "{}", evidence.text);
        assert!(evidence.challenge.unwrap().contains("(secret)"));
        holds_no_secret(&ladder);
    }
}

#[tokio::test]
async fn the_transcript_tells_the_length_of_what_it_hides() {
    let world = World::new();
    let script = "TLS\nS: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] x\nC: A1 AUTH*\nS: A1 NO AUTHENTICATE failed.";
    let server = world.server(&[script]).await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Tls))
        .await;
    let shown = ladder.transcript.to_string();
    let line = format!(
        "C: A1 AUTHENTICATE XOAUTH2 (secret, {} bytes)",
        xoauth2().len()
    );
    assert!(shown.contains(&line), "{shown}");
    assert!(shown.contains("S: A1 NO AUTHENTICATE failed."));
    holds_no_secret(&ladder);
}

#[test]
fn nothing_that_can_be_printed_holds_the_credential() {
    let credential = Credential::Password(Secret::new("geheim-geheim"));
    assert_eq!(format!("{credential:?}"), "Password(Secret(…))");
}
