//! Ladders over a connection in memory, for tests that hold the other end of it and, mostly, the clock.

use std::sync::LazyLock;
use std::time::Duration;

use mailwright_domain::{
    AuthKind, Check, CheckId, EmailAddress, Endpoint, Outcome, Protocol, Secret, Security,
};
use mailwright_net::{Net, NetOptions};
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::Instant;

use crate::climb::Climb;
use crate::driver::{Driver, Io};
use crate::fuzz;
use crate::open::{Context, protect};
use crate::transcript::{Log, Transcript};
use crate::{Credential, Errand, Findings, Target, imap, pop3, smtp};

/// Bytes that are on the way at most.
pub(crate) const ON_THE_WAY: usize = 4096;
/// Time limit of each check.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// Reading the computer's root certificates takes longer than most ladders.
static NET: LazyLock<Net> = LazyLock::new(|| Net::new(&NetOptions::default()).unwrap());

/// What came of it.
pub(crate) struct Climbed {
    pub(crate) checks: Vec<Check>,
    pub(crate) took: Duration,
    pub(crate) transcript: Transcript,
}

/// Climbs from TLS or the greeting on.
pub(crate) async fn climb(
    protocol: Protocol,
    text: &str,
    server: impl FnOnce(DuplexStream),
) -> Climbed {
    climb_for(protocol, text, Errand::Nothing, server).await
}

/// The same with an errand at its end.
pub(crate) async fn climb_for(
    protocol: Protocol,
    text: &str,
    errand: Errand,
    server: impl FnOnce(DuplexStream),
) -> Climbed {
    let (ours, theirs) = duplex(ON_THE_WAY);
    server(theirs);
    climb_over(protocol, text, errand, Box::new(ours)).await
}

async fn climb_over(protocol: Protocol, text: &str, errand: Errand, io: Box<dyn Io>) -> Climbed {
    let sender: EmailAddress = "info@firma.nl".parse().unwrap();
    let target = Target {
        endpoint: Endpoint::parse(protocol, text).unwrap(),
        login: "info@firma.nl".into(),
        sender: Some(sender),
        more_senders: Vec::new(),
        recipient: None,
        known_folders: Vec::new(),
        timeout: LIMIT,
        allow_plain: true,
    };
    let credential = Credential::OAuth(Secret::new("token-token-token"));
    let log = Log::new(credential.secret());
    let (events, _received) = unbounded_channel();
    let context = Context::new(&NET, &target, &credential, log.clone());
    let mut climb = Climb::new(&target.endpoint, AuthKind::Oauth, log.clone(), &events)
        .with_more(errand.checks());
    let mut driver = Driver::new(io, log.clone());
    let mut found = Findings {
        errand,
        ..Findings::default()
    };
    let began = Instant::now();
    if climb.security == Security::Tls {
        let tls = protect(&context, &mut driver, Security::Tls);
        let _ = climb.step(CheckId::Tls, tls).await;
    } else {
        // Where it failed is in the checks.
        let _ = match protocol {
            Protocol::Imap => imap::from_greeting(&context, &mut climb, &mut found, driver).await,
            Protocol::Smtp => smtp::from_greeting(&context, &mut climb, &mut found, driver).await,
            Protocol::Pop3 => pop3::from_greeting(&context, &mut climb, &mut found, driver).await,
            Protocol::Graph | Protocol::Gmail => unreachable!("no session"),
        };
    }
    let took = began.elapsed();
    Climbed {
        checks: climb.finish(),
        took,
        transcript: log.transcript(),
    }
}

/// A whole ladder: whatever the server says, at most one check fails and none passes after it.
fn ladder(protocol: Protocol, input: &[u8]) -> u64 {
    let text = "mail.firma.nl:2525:plain";
    let climbed = fuzz::block_on(climb_over(
        protocol,
        text,
        Errand::Nothing,
        fuzz::server(input),
    ));
    let mut checks = climbed
        .checks
        .iter()
        .filter(|check| check.outcome != Outcome::Skipped)
        .skip_while(|check| check.outcome == Outcome::Passed);
    let failed = checks.next();
    assert!(checks.next().is_none(), "{}", climbed.transcript);
    for check in &climbed.checks {
        let says = check.server_says.as_deref().unwrap_or_default();
        assert!(says.len() < 70_000 && !says.contains("token-token-token"));
    }
    let why = failed.map(|check| {
        let evidence = check.evidence.as_deref().expect("a failure has evidence");
        let code = evidence.smtp.map(|code| code.basic / 100);
        (
            check.id,
            evidence.fault,
            code,
            evidence.response_code.is_some(),
        )
    });
    fuzz::kind(why)
}

pub(crate) fn imap_ladder(input: &[u8]) -> u64 {
    ladder(Protocol::Imap, input)
}

pub(crate) fn smtp_ladder(input: &[u8]) -> u64 {
    ladder(Protocol::Smtp, input)
}

pub(crate) fn pop3_ladder(input: &[u8]) -> u64 {
    ladder(Protocol::Pop3, input)
}
