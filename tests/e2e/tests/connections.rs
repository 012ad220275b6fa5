//! What networks do to connections, through the whole program: it goes on where it can, and says what it saw.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::net::{Ipv4Addr, TcpStream};

use mailwright_e2e::{Mailwright, check, failure, failures, set_up};
use mailwright_lab::{Lab, Options, Tenant};
use serde_json::Value;

const ALICE: &str = "alice@lab.test";

fn lab() -> Lab {
    let lab = Lab::start(Options::everything()).expect("the lab starts");
    let _ = set_up(&lab, "alice", Tenant::Contoso);
    lab
}

fn tested(lab: &Lab, option: &str, place: &str, code: i32) -> Value {
    let program = Mailwright::new(lab);
    let _ = program.run(&["set", ALICE, option, place]).exits(0);
    program.json(&["test", ALICE]).exits(code).json()
}

/// Linux drops what comes to a listener whose queue is full, as a network does that loses IPv6.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_ipv6_address_that_is_silent_is_named_and_costs_nothing() {
    let lab = lab();
    let imaps = lab.mail().expect("mail").imaps;
    let far = mailwright_e2e::Far::from(imaps, std::time::Duration::ZERO);
    let silent = std::net::SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, far.port()));
    let socket = tokio::net::TcpSocket::new_v6().expect("a socket");
    socket.bind(silent).expect("the port is free with IPv6");
    let _listener = socket.listen(0).expect("it listens");
    let _queue = TcpStream::connect(silent).expect("the one that is let in");
    let place = format!("both.lab.test:{}:tls", far.port());
    let report = tested(&lab, "--imap", &place, 0);
    let resolved = check(&report, "imap", "resolve")["detail"].to_string();
    assert!(
        resolved.contains("127.0.0.1") && resolved.contains("::1"),
        "{resolved}"
    );
    let connected = check(&report, "imap", "connect")["detail"].to_string();
    assert!(
        connected.contains("The IPv6 address ::1 did not answer, and another one was used"),
        "{connected}"
    );
}

#[test]
fn a_trusted_firewall_that_opens_tls_is_named_and_fails_nothing() {
    let lab = lab();
    let port = lab.mail().expect("mail").imaps;
    for (host, provider) in [
        ("outlook.office365.com", "Microsoft"),
        ("imap.gmail.com", "Google"),
    ] {
        let report = tested(&lab, "--imap", &format!("{host}:{port}:tls"), 0);
        let detail = check(&report, "imap", "tls")["detail"].to_string();
        let says = format!("“CN=Mailwright Lab CA” does not issue {provider}'s certificates");
        assert!(detail.contains(&says), "{detail}");
    }
    // A server of one's own may have a certificate of anybody who is trusted.
    let report = tested(&lab, "--imap", &format!("mail.lab.test:{port}:tls"), 0);
    let detail = check(&report, "imap", "tls")["detail"].to_string();
    assert!(!detail.contains("does not issue"), "{detail}");
}

/// Ports of their own numbers, where nobody listens. A computer with a mail server of its own cannot show it for its
/// port 25.
#[test]
fn ports_that_cannot_be_sent_through_are_known_by_their_numbers() {
    let lab = lab();
    for (port, mode, knows) in [
        (465, "tls", "Exchange Online has no port 465"),
        (25, "starttls", "block port 25. Use 587"),
    ] {
        if port == 25 && TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            continue;
        }
        let place = format!("smtp.office365.com:{port}:{mode}");
        let report = tested(&lab, "--smtp", &place, 5);
        assert_eq!(
            failures(&report),
            [failure("smtp", "connect", "tcp-refused")]
        );
        let failed = check(&report, "smtp", "connect");
        let steps = failed["verdict"]["steps"].to_string();
        assert!(steps.contains(knows), "{steps}");
        let detail = failed["detail"].to_string();
        // Nobody waits for a port that Exchange Online does not have.
        assert!(!detail.contains("port 465 with"), "{detail}");
    }
}
