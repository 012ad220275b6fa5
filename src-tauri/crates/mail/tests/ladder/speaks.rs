//! What speaks its protocol with protection is found out with nothing to sign in with.

use std::time::{Duration, Instant};

use mailwright_domain::{Endpoint, Protocol, Security};
use mailwright_mail::speaks;

use crate::certificates::Flaw;
use crate::server::Server;
use crate::support::World;

const LIMIT: Duration = Duration::from_secs(20);

fn at(protocol: Protocol, port: u16, security: Security) -> Endpoint {
    let endpoint = Endpoint::parse(protocol, &format!("127.0.0.1:{port}")).unwrap();
    Endpoint {
        security,
        ..endpoint
    }
}

const IMAP: &str =
    "S: * OK ready\nC: A1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 AUTH=PLAIN\nS: A1 OK";
const SMTP: &str = "S: 220 mail.lab.test ESMTP\nC: EHLO *\nS: 250-mail.lab.test\nS: 250 AUTH PLAIN";
const POP3: &str = "S: +OK ready\nC: CAPA\nS: +OK\nS: SASL PLAIN\nS: .";

#[tokio::test]
async fn every_protocol_is_recognised_in_both_modes_and_nothing_is_given_away() {
    let world = World::new();
    for (protocol, inside, before) in [
        (
            Protocol::Imap,
            IMAP.replace("A1", "A2").replace("S: * OK ready\n", ""),
            "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready\nC: A1 STARTTLS\nS: A1 OK go",
        ),
        (
            Protocol::Smtp,
            SMTP.replace("S: 220 mail.lab.test ESMTP\n", ""),
            "S: 220 x ESMTP\nC: EHLO *\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go",
        ),
        (
            Protocol::Pop3,
            POP3.replace("S: +OK ready\n", ""),
            "S: +OK ready\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS\nS: +OK go",
        ),
    ] {
        let whole = match protocol {
            Protocol::Imap => IMAP,
            Protocol::Smtp => SMTP,
            Protocol::Pop3 => POP3,
            Protocol::Graph | Protocol::Gmail => unreachable!("greet nobody"),
        };
        let scripts = [
            (Security::Tls, format!("TLS\n{whole}")),
            (Security::Starttls, format!("{before}\nTLS\n{inside}")),
        ];
        for (mode, script) in scripts {
            let server = world.server(&[&script]).await;
            let place = at(protocol, server.port, mode);
            assert!(speaks(&world.net, &place, LIMIT).await, "{place}");
            server.check();
            let heard = server.heard().join("\n");
            assert!(
                !heard.contains("AUTH") && !heard.contains("USER"),
                "{heard}"
            );
        }
    }
}

#[tokio::test]
async fn a_server_that_takes_mail_and_signs_nobody_in_is_no_answer() {
    let world = World::new();
    let script = format!(
        "TLS\n{}",
        SMTP.replace("250 AUTH PLAIN", "250 SIZE 1000000")
    );
    let server = world.server(&[&script]).await;
    let place = at(Protocol::Smtp, server.port, Security::Tls);
    assert!(!speaks(&world.net, &place, LIMIT).await);
    server.check();
    assert_eq!(server.heard().len(), 1, "{:?}", server.heard());
}

#[tokio::test]
async fn what_is_not_protected_is_no_answer() {
    let world = World::new();
    let plain = "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready";
    for (mode, script) in [
        (Security::Starttls, plain),
        (Security::Plain, plain),
        (Security::Auto, plain),
        (Security::Tls, plain),
        (Security::Starttls, "S: * PREAUTH ready"),
        (Security::Starttls, "S: +OK POP3 ready"),
        (Security::Tls, "TLS\nS: * BYE not for you"),
        (Security::Tls, "TLS\nS: 220 mail.lab.test ESMTP"),
        (Security::Tls, "CLOSE"),
    ] {
        let server = world.server(&[script]).await;
        let place = at(Protocol::Imap, server.port, mode);
        assert!(!speaks(&world.net, &place, LIMIT).await, "{place} {script}");
    }
    for flaw in [Flaw::Expired, Flaw::OtherName] {
        let config = Some(world.authority.server(flaw));
        let server = Server::start(&[&format!("TLS\n{IMAP}")], config).await;
        let place = at(Protocol::Imap, server.port, Security::Tls);
        assert!(!speaks(&world.net, &place, LIMIT).await);
    }
}

#[tokio::test]
async fn a_server_that_says_a_byte_a_second_is_given_up_in_time() {
    let world = World::new();
    let server = world.server(&["DRIP * OK ready and waiting"]).await;
    let place = at(Protocol::Imap, server.port, Security::Starttls);
    let began = Instant::now();
    assert!(!speaks(&world.net, &place, Duration::from_secs(2)).await);
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
}
