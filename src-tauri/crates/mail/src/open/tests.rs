//! Time limits of whole ladders, on a clock that the test moves.

use mailwright_domain::{Check, Fault, Outcome, Protocol};
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::time::sleep;

use super::*;
use crate::near;

/// The check that failed, and how long it all took.
async fn climb(
    protocol: Protocol,
    text: &str,
    server: impl FnOnce(DuplexStream),
) -> (Check, Duration) {
    let ladder = near::climb(protocol, text, server).await;
    let failed = ladder
        .checks
        .into_iter()
        .find(|c| c.outcome == Outcome::Failed);
    (failed.unwrap(), ladder.took)
}

fn fault(check: &Check) -> Option<Fault> {
    check.evidence.as_ref().and_then(|e| e.fault)
}

/// Keeps the connection open and says nothing.
fn silent(server: DuplexStream) {
    tokio::spawn(async move {
        sleep(Duration::from_secs(3600)).await;
        drop(server);
    });
}

fn dripping(mut server: DuplexStream) {
    tokio::spawn(async move {
        while server.write_all(b"*").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    });
}

#[tokio::test(start_paused = true)]
async fn no_greeting_in_plain_text_means_that_tls_is_awaited() {
    for (protocol, text, seconds) in [
        (Protocol::Imap, "x.nl:993:starttls", 5),
        (Protocol::Imap, "x.nl:143:starttls", 15),
        (Protocol::Smtp, "x.nl:465:starttls", 5),
        (Protocol::Smtp, "x.nl:2525:plain", 15),
        (Protocol::Pop3, "x.nl:995:starttls", 5),
        (Protocol::Pop3, "x.nl:110:plain", 15),
    ] {
        let (check, took) = climb(protocol, text, silent).await;
        assert_eq!(
            (check.id, fault(&check)),
            (CheckId::Greeting, Some(Fault::NoGreeting)),
            "{text}"
        );
        assert_eq!(took, Duration::from_secs(seconds), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_greeting_that_drips_runs_out_of_time() {
    let (check, took) = climb(Protocol::Imap, "x.nl:143:starttls", dripping).await;
    assert_eq!(
        (check.id, fault(&check)),
        (CheckId::Greeting, Some(Fault::TimedOut))
    );
    assert_eq!(took, Duration::from_secs(15));
}

#[tokio::test(start_paused = true)]
async fn a_handshake_without_answer_runs_out_of_time() {
    let (check, took) = climb(Protocol::Imap, "x.nl:993:tls", silent).await;
    assert_eq!(
        (check.id, fault(&check)),
        (CheckId::Tls, Some(Fault::TimedOut))
    );
    assert_eq!(took, Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn every_later_step_has_its_own_limit() {
    let half = |said: &'static str| {
        move |mut server: DuplexStream| {
            tokio::spawn(async move {
                server.write_all(said.as_bytes()).await.unwrap();
                sleep(Duration::from_secs(3600)).await;
            });
        }
    };
    let imap = half("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] x\r\n* OK one moment\r\n");
    let (check, took) = climb(Protocol::Imap, "x.nl:143:plain", imap).await;
    assert_eq!(
        (check.id, fault(&check)),
        (CheckId::Authenticate, Some(Fault::TimedOut))
    );
    assert_eq!(took, Duration::from_secs(30));
    let smtp = half("220 x\r\n250-x\r\n");
    let (check, _) = climb(Protocol::Smtp, "x.nl:587:plain", smtp).await;
    assert_eq!(
        (check.id, fault(&check)),
        (CheckId::Capabilities, Some(Fault::TimedOut))
    );
}
