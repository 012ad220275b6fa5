//! Time limits of whole ladders, on a clock that the test moves.

use mailwright_domain::{AuthKind, Check, Endpoint, Fault, Outcome, Protocol, Secret, Security};
use mailwright_net::NetOptions;
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::sleep;

use super::*;
use crate::Findings;

/// Climbs from the greeting on, over a connection that the test holds the other end of.
async fn climb(
    protocol: Protocol,
    text: &str,
    server: impl FnOnce(DuplexStream),
) -> (Check, Duration) {
    let net = Net::new(&NetOptions::default()).unwrap();
    let target = Target {
        endpoint: Endpoint::parse(protocol, text).unwrap(),
        login: "info@firma.nl".into(),
        sender: None,
        recipient: None,
        timeout: Duration::from_secs(30),
        allow_plain: true,
    };
    let credential = Credential::OAuth(Secret::new("token-token-token"));
    let log = Log::new(credential.secret());
    let (events, _received) = unbounded_channel();
    let context = Context::new(&net, &target, &credential, log.clone());
    let mut climb = Climb::new(&target.endpoint, AuthKind::Oauth, log.clone(), &events);
    let (ours, theirs) = duplex(4096);
    server(theirs);
    let mut driver = Driver::new(Box::new(ours), log);
    let mut found = Findings::default();
    let began = Instant::now();
    if climb.security == Security::Tls {
        let tls = protect(&context, &mut driver, Security::Tls);
        let _ = climb.step(CheckId::Tls, tls).await;
    } else {
        let _ = match protocol {
            Protocol::Imap => imap::from_greeting(&context, &mut climb, &mut found, driver).await,
            _ => smtp::from_greeting(&context, &mut climb, &mut found, driver).await,
        };
    }
    let took = began.elapsed();
    let failed = climb
        .finish()
        .into_iter()
        .find(|c| c.outcome == Outcome::Failed);
    (failed.unwrap(), took)
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
