use std::sync::Arc;

use mailwright_domain::{CheckId, Evidence, FoundIn, Stage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::samples::failed;

fn endpoint(protocol: Protocol, text: &str) -> Endpoint {
    Endpoint::parse(protocol, text).unwrap()
}

fn listed(protocol: Protocol, text: &str) -> Vec<String> {
    let failed = endpoint(protocol, text);
    let used = failed.security;
    let places = neighbours(&failed, used);
    assert!(
        places
            .iter()
            .all(|p| p.source == FoundIn::Typed && p.host == failed.host)
    );
    let short = places.iter().map(|p| format!("{}:{}", p.port, p.security));
    short.collect()
}

#[test]
fn the_same_port_the_other_way_round_then_the_protocols_own_ports() {
    use Protocol::{Imap, Pop3, Smtp};
    for (protocol, failed, tried) in [
        (
            Imap,
            "mail.firma.nl:993:tls",
            &["993:starttls", "143:starttls"][..],
        ),
        (Imap, "mail.firma.nl:143:tls", &["143:starttls", "993:tls"]),
        (Pop3, "mail.firma.nl:110:starttls", &["110:tls", "995:tls"]),
        (
            Smtp,
            "mail.firma.nl:25:starttls",
            &["25:tls", "465:tls", "587:starttls"],
        ),
        (
            Smtp,
            "mail.firma.nl:2525:plain",
            &[
                "2525:tls",
                "2525:starttls",
                "465:tls",
                "587:starttls",
                "25:starttls",
            ],
        ),
        (
            Smtp,
            "smtp.office365.com:587:tls",
            &["587:starttls", "25:starttls"],
        ),
        (
            Smtp,
            "smtp.office365.com:465:tls",
            &["587:starttls", "25:starttls"],
        ),
    ] {
        assert_eq!(listed(protocol, failed), tried, "{failed}");
    }
}

#[test]
fn only_a_failure_of_port_or_mode_is_looked_into() {
    let check = |fault| {
        let mut check = failed(CheckId::Connect, Some(Protocol::Imap), "no");
        check.evidence = Some(Box::new(Evidence::fault(Stage::Tcp, fault, "")));
        check
    };
    for fault in [
        Fault::Refused,
        Fault::TimedOut,
        Fault::NoGreeting,
        Fault::StarttlsMissing,
    ] {
        assert!(may_be_mended(&check(fault)), "{fault:?}");
    }
    let mut unable = check(Fault::NoMechanism);
    assert!(!may_be_mended(&unable), "another port offers no other kind");
    unable.protocol = Some(Protocol::Smtp);
    assert!(may_be_mended(&unable), "port 25 signs nobody in");
    for fault in [
        Fault::NameNotFound,
        Fault::TlsUntrusted,
        Fault::TlsName,
        Fault::WrongAccount,
    ] {
        assert!(!may_be_mended(&check(fault)), "{fault:?}");
    }
}

#[test]
fn what_works_is_the_first_step_and_what_does_not_is_said() {
    let at = |text| endpoint(Protocol::Smtp, text);
    let mut check = failed(CheckId::Connect, Some(Protocol::Smtp), "no");
    check.evidence = Some(Box::new(Evidence::fault(Stage::Tcp, Fault::TimedOut, "")));
    let blocked = at("mail.firma.nl:25:starttls");
    let works = [at("mail.firma.nl:587:starttls")];
    tell(&mut check, &blocked, &works, &works);
    let step = &check.verdict.as_ref().unwrap().steps[0];
    assert!(
        step.contains("mail.firma.nl:587:starttls") && step.contains("port 25"),
        "{step}"
    );
    assert_eq!(
        check.evidence.unwrap().works_instead,
        ["mail.firma.nl:587:starttls"]
    );

    let mut check = failed(CheckId::Connect, Some(Protocol::Smtp), "no");
    let before = check.verdict.clone();
    tell(&mut check, &blocked, &[at("mail.firma.nl:465:tls")], &[]);
    assert_eq!(check.verdict, before);
    assert!(
        check.detail.ends_with("port 465 with TLS either."),
        "{}",
        check.detail
    );
}

#[tokio::test]
async fn what_listens_and_speaks_something_else_does_not_work() {
    let net = Net::new(&mailwright_net::NetOptions::default()).unwrap();
    let mut places = Vec::new();
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    for greeting in [
        "+OK POP3 ready\r\n",
        "SSH-2.0-x\r\n",
        "* OK no protection\r\n",
        "",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for mode in ["tls", "starttls", "plain", "auto"] {
            places.push(endpoint(
                Protocol::Imap,
                &format!("127.0.0.1:{port}:{mode}"),
            ));
        }
        let heard = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let heard = Arc::clone(&heard);
                tokio::spawn(async move {
                    let _ = stream.write_all(greeting.as_bytes()).await;
                    let mut said = [0; 1_024];
                    while let Ok(length @ 1..) = stream.read(&mut said).await {
                        heard.lock().unwrap().extend_from_slice(&said[..length]);
                    }
                });
            }
        });
    }
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    places.push(endpoint(Protocol::Imap, &format!("127.0.0.1:{closed}:tls")));
    let limit = Duration::from_secs(2);
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let began = tokio::time::Instant::now();
    assert_eq!(that_work(&net, &places, limit, &turns).await, []);
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "side by side: {:?}",
        began.elapsed()
    );
    let heard = String::from_utf8_lossy(&heard.lock().unwrap()).to_uppercase();
    assert!(
        !heard.contains("AUTH") && !heard.contains("LOGIN"),
        "{heard}"
    );
}
