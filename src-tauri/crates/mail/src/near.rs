//! Ladders over a connection in memory, for tests that hold the other end of it and, mostly, the clock.

use std::sync::LazyLock;
use std::time::Duration;

use mailwright_domain::{
    AuthKind, Check, CheckId, EmailAddress, Endpoint, Protocol, Secret, Security,
};
use mailwright_net::{Net, NetOptions};
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::Instant;

use crate::climb::Climb;
use crate::driver::Driver;
use crate::open::{Context, protect};
use crate::transcript::{Log, Transcript};
use crate::{Credential, Findings, Target, imap, pop3, smtp};

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
    let sender: EmailAddress = "info@firma.nl".parse().unwrap();
    let target = Target {
        endpoint: Endpoint::parse(protocol, text).unwrap(),
        login: "info@firma.nl".into(),
        sender: Some(sender),
        recipient: None,
        timeout: LIMIT,
        allow_plain: true,
    };
    let credential = Credential::OAuth(Secret::new("token-token-token"));
    let log = Log::new(credential.secret());
    let (events, _received) = unbounded_channel();
    let context = Context::new(&NET, &target, &credential, log.clone());
    let mut climb = Climb::new(&target.endpoint, AuthKind::Oauth, log.clone(), &events);
    let (ours, theirs) = duplex(ON_THE_WAY);
    server(theirs);
    let mut driver = Driver::new(Box::new(ours), log.clone());
    let mut found = Findings::default();
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
        };
    }
    let took = began.elapsed();
    Climbed {
        checks: climb.finish(),
        took,
        transcript: log.transcript(),
    }
}
