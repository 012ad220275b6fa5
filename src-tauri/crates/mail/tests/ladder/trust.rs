use mailwright_domain::{CheckId, Fault, Outcome, Protocol, Security, Stage};

use crate::certificates::{Authority, Flaw};
use crate::server::Server;
use crate::support::{World, check, failed, target};

const IMAP_STARTTLS: &str = "
    S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
    C: A1 STARTTLS
    S: A1 OK go
    TLS
";
const SMTP_STARTTLS: &str = "
    S: 220 x
    C: EHLO *
    S: 250-x
    S: 250 STARTTLS
    C: STARTTLS
    S: 220 go
    TLS
";
const POP3_STARTTLS: &str = "
    S: +OK ready
    C: CAPA
    S: +OK
    S: STLS
    S: .
    C: STLS
    S: +OK go
    TLS
";
/// The second look needs no list of what is offered.
const POP3_AGAIN: &str = "
    S: +OK ready
    C: STLS
    S: +OK go
    TLS
";

#[tokio::test]
async fn an_unknown_issuer_is_named_in_every_mode() {
    let world = World::new();
    let shield = Authority::new("Mail Shield Root");
    for (protocol, security, scripts) in [
        (Protocol::Imap, Security::Tls, &["TLS"][..]),
        (Protocol::Imap, Security::Auto, &["TLS"]),
        (Protocol::Imap, Security::Starttls, &[IMAP_STARTTLS]),
        (Protocol::Smtp, Security::Starttls, &[SMTP_STARTTLS]),
        (
            Protocol::Pop3,
            Security::Starttls,
            &[POP3_STARTTLS, POP3_AGAIN],
        ),
    ] {
        let server = Server::start(scripts, Some(shield.server(Flaw::None))).await;
        let ladder = world.climb(&target(protocol, server.port, security)).await;
        let evidence = failed(&ladder, CheckId::Tls);
        assert_eq!(
            (evidence.stage, evidence.fault),
            (Stage::Tls, Some(Fault::TlsUntrusted))
        );
        assert_eq!(evidence.detail.as_deref(), Some("CN=Mail Shield Root"));
        server.check();
        assert!(!server.heard().iter().any(|l| l.contains("AUTH")));
    }
}

#[tokio::test]
async fn wrong_dates_and_names_are_told_apart() {
    let world = World::new();
    for (flaw, fault, value) in [
        (Flaw::Expired, Fault::TlsExpired, "2025-06-01"),
        (Flaw::NotYetValid, Fault::TlsNotYetValid, "2054-01-01"),
        (Flaw::OtherName, Fault::TlsName, "mail.elsewhere.example"),
    ] {
        let server = Server::start(&["TLS"], Some(world.authority.server(flaw))).await;
        let ladder = world
            .climb(&target(Protocol::Imap, server.port, Security::Tls))
            .await;
        let evidence = failed(&ladder, CheckId::Tls);
        assert_eq!(evidence.fault, Some(fault));
        assert_eq!(evidence.detail.as_deref(), Some(value));
        assert!(
            check(&ladder, CheckId::Tls)
                .detail
                .contains("issued by CN=Lab Root")
        );
    }
}

#[tokio::test]
async fn certificates_and_chains_of_any_size_end_in_a_short_sentence() {
    let world = World::new();
    let shield = Authority::new("Mail Shield Root");
    // 800 names are 45 KB. Beyond 64 KB, and for more certificates than a chain has, TLS itself ends.
    for (names, more) in [(800, 0), (5_000, 0), (0, 90), (0, 2_000)] {
        for (authority, trusted) in [(&world.authority, true), (&shield, false)] {
            let config = authority.large_server(Flaw::None, names, more);
            let server = Server::start(&["TLS\nS: * BYE enough"], Some(config)).await;
            let ladder = world
                .climb(&target(Protocol::Imap, server.port, Security::Tls))
                .await;
            let tls = check(&ladder, CheckId::Tls);
            let fits = names < 1_000 && more < 1_000;
            if fits && trusted {
                assert_eq!(tls.outcome, Outcome::Passed, "{names} {more}: {tls:?}");
            } else {
                let expected = if fits {
                    Fault::TlsUntrusted
                } else {
                    Fault::Malformed
                };
                let found = failed(&ladder, CheckId::Tls).fault;
                assert_eq!(found, Some(expected), "{names} {more}: {tls:?}");
            }
            assert!(tls.detail.len() < 2_000, "{}", tls.detail.len());
        }
    }
}

#[tokio::test]
async fn a_refused_handshake_and_a_closed_one_are_told_apart() {
    let world = World::new();
    // A fatal alert: handshake_failure (RFC 8446 section 6).
    for (script, fault) in [
        ("S; \\x15\\x03\\x03\\0\\x02\\x02\\x28", Fault::TlsRefused),
        ("S; \\x16\\x03\\x03\\0\\x04abcd", Fault::Malformed),
    ] {
        let server = world.server(&[script]).await;
        let ladder = world
            .climb(&target(Protocol::Smtp, server.port, Security::Tls))
            .await;
        assert_eq!(failed(&ladder, CheckId::Tls).fault, Some(fault), "{script}");
    }
    let server = world.server(&["CLOSE"]).await;
    let ladder = world
        .climb(&target(Protocol::Smtp, server.port, Security::Tls))
        .await;
    let fault = failed(&ladder, CheckId::Tls).fault;
    assert!(
        matches!(fault, Some(Fault::Closed | Fault::Reset)),
        "{fault:?}"
    );
}
