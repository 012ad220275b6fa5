//! The one request that is made: what comes of it shows proxy, TLS and clock.

use std::time::Duration;

use jiff::Timestamp;
use mailwright_net::{HttpError, HttpReply, Net};
use tokio::time::{Instant, timeout};
use url::Url;

/// Longer than any sign-in service takes, shorter than a person's patience.
const LIMIT: Duration = Duration::from_secs(20);

/// What came of asking the sign-in service.
pub(super) struct Asked {
    /// What was asked.
    pub(super) address: Url,
    pub(super) host: String,
    pub(super) answer: Result<HttpReply, HttpError>,
    /// Who issued the accepted certificate.
    pub(super) issuer: Option<String>,
    /// This computer's time in the middle between question and answer.
    pub(super) at: Timestamp,
    pub(super) took: Duration,
}

/// Reads the address's front page, without anything that tells who asks; none where nobody is to be asked.
pub(super) async fn ask(net: &Net, address: Option<Url>) -> Option<Asked> {
    let mut address = address?;
    address.set_path("/");
    address.set_query(None);
    let host = address.host_str().unwrap_or_default().to_owned();
    let before = Timestamp::now();
    let began = Instant::now();
    let answer = timeout(LIMIT, net.get(address.clone()))
        .await
        .unwrap_or_else(|_| Err(HttpError::TimedOut(host.clone())));
    let took = began.elapsed();
    Some(Asked {
        issuer: net.issuer_of(&host),
        address,
        host,
        answer,
        at: before.checked_add(took / 2).unwrap_or(before),
        took,
    })
}

/// Why nothing of a finding is known where nobody is asked.
pub(super) const NOBODY: &str = "No sign-in service is asked here.";
