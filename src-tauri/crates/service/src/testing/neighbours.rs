//! Where a server does answer, when it does not where it was looked for: its neighbours are tried side by side, without
//! a sign-in, and what works is told. Nothing is changed.

use std::sync::Arc;
use std::time::Duration;

use mailwright_domain::{Check, Endpoint, Fault, Outcome, Protocol, Security};
use mailwright_mail::{Ladder, Target, speaks};
use mailwright_net::Net;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::turns::{AT_ONCE, turn};

/// Longest time that looking for something better may hold up a report.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tries the neighbours of a server whose ladder ended before the sign-in in a way that another port or mode may
/// mend, and adds what was found to the check that failed. For sending each connection waits for one of `turns`.
pub(super) async fn advise(
    net: &Net,
    target: &Target,
    ladder: &mut Ladder,
    turns: Option<Arc<Semaphore>>,
) {
    let used = ladder.security;
    let failed = ladder.checks.iter_mut();
    let failed = failed.filter(|check| check.outcome == Outcome::Failed);
    let Some(check) = failed.into_iter().find(|check| may_be_mended(check)) else {
        return;
    };
    let places = neighbours(&target.endpoint, used);
    if places.is_empty() {
        return;
    }
    let turns = turns.unwrap_or_else(|| Arc::new(Semaphore::new(AT_ONCE)));
    let working = that_work(net, &places, target.timeout.min(PATIENCE), &turns).await;
    tell(check, &target.endpoint, &places, &working);
}

/// Whether the failure is one of the port or the mode. A certificate that is not trusted, or a name that does not
/// exist, is the same on every port.
fn may_be_mended(check: &Check) -> bool {
    let fault = check.evidence.as_ref().and_then(|evidence| evidence.fault);
    // Port 25 of many servers takes mail for its own people from anybody, and signs nobody in.
    let signs_nobody_in =
        check.protocol == Some(Protocol::Smtp) && fault == Some(Fault::NoMechanism);
    let is_near = matches!(
        fault,
        Some(
            Fault::Refused
                | Fault::TimedOut
                | Fault::Reset
                | Fault::Closed
                | Fault::TlsNotSpoken
                | Fault::TlsRefused
                | Fault::NoGreeting
                | Fault::WrongProtocol
                | Fault::StarttlsMissing
        )
    );
    signs_nobody_in || is_near
}

/// What is tried, better places first: the same port the other way round, then the protocol's own ports (RFC 8314
/// section 7.3, RFC 5321 section 4.5.4.2), without the place that failed.
fn neighbours(failed: &Endpoint, used: Security) -> Vec<Endpoint> {
    use Security::{Starttls, Tls};
    let own: &[(u16, Security)] = match failed.protocol {
        Protocol::Imap => &[(993, Tls), (143, Starttls)],
        Protocol::Pop3 => &[(995, Tls), (110, Starttls)],
        Protocol::Graph | Protocol::Gmail => &[], // at one place only
        Protocol::Smtp => &[(465, Tls), (587, Starttls), (25, Starttls)],
    };
    if failed.protocol.is_api() {
        return Vec::new();
    }
    let same = [(failed.port, Tls), (failed.port, Starttls)];
    let mut places: Vec<(u16, Security)> = Vec::new();
    for place in same.into_iter().chain(own.iter().copied()) {
        let tried = place == (failed.port, used);
        let missing = place.0 == 465 && is_exchange_online(&failed.host);
        if !tried && !missing && !places.contains(&place) {
            places.push(place);
        }
    }
    places
        .into_iter()
        .map(|(port, security)| Endpoint {
            port,
            security,
            ..failed.clone()
        })
        .collect()
}

/// Exchange Online has no port 465: whoever asks waits for nothing.
fn is_exchange_online(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    [
        ".office365.com",
        ".office365.us",
        ".partner.outlook.cn",
        "-mail.outlook.com",
    ]
    .iter()
    .any(|suffix| host.ends_with(suffix))
}

/// The places that speak their protocol with protection, in the order given, within the limit. Waiting for a turn that
/// another test has is not counted.
async fn that_work(
    net: &Net,
    places: &[Endpoint],
    limit: Duration,
    turns: &Arc<Semaphore>,
) -> Vec<Endpoint> {
    let mut trying = JoinSet::new();
    let rounds = u32::try_from(places.len().div_ceil(AT_ONCE)).unwrap_or(u32::MAX);
    let each = limit / rounds.max(1);
    for (at, place) in places.iter().cloned().enumerate() {
        let (net, turns) = (net.clone(), Arc::clone(turns));
        trying.spawn(async move {
            let _turn = turn(Some(turns)).await;
            (at, speaks(&net, &place, each).await)
        });
    }
    let mut working = Vec::new();
    while let Some(tried) = trying.join_next().await {
        if let Ok((at, true)) = tried {
            working.push(at);
        }
    }
    working.sort_unstable();
    working
        .into_iter()
        .filter_map(|at| places.get(at).cloned())
        .collect()
}

fn tell(check: &mut Check, failed: &Endpoint, places: &[Endpoint], working: &[Endpoint]) {
    let protocol = failed.protocol.word().to_uppercase();
    let Some(best) = working.first() else {
        let tried: Vec<String> = places.iter().map(place).collect();
        let also = format!(
            " {protocol} is not to be had there on {} either.",
            tried.join(", ")
        );
        check.detail.push_str(&also);
        return;
    };
    let also: Vec<String> = working.iter().map(place).collect();
    let found = format!(" {protocol} answers there on {}.", also.join(" and on "));
    check.detail.push_str(&found);
    if let Some(evidence) = check.evidence.as_mut() {
        evidence.works_instead = working.iter().map(Endpoint::to_string).collect();
    }
    if let Some(verdict) = check.verdict.as_mut() {
        let why = why(failed, best);
        let step = format!(
            "Use {} for {protocol}: {best}. It was tried just now, without signing in, and answers with protection.{why}",
            place(best)
        );
        verdict.steps.insert(0, step);
    }
}

/// What is known of the port that failed.
fn why(failed: &Endpoint, best: &Endpoint) -> &'static str {
    match (failed.protocol, failed.port) {
        (Protocol::Smtp, 25) => " Many networks close port 25 to all but mail servers.",
        (Protocol::Smtp, 465) if is_exchange_online(&failed.host) => {
            " Exchange Online has no port 465."
        }
        (_, port) if port == best.port => " The port is right, the protection was the other one.",
        _ => "",
    }
}

fn place(endpoint: &Endpoint) -> String {
    let mode = match endpoint.security {
        Security::Tls => "TLS",
        _ => "STARTTLS",
    };
    format!("port {} with {mode}", endpoint.port)
}

#[cfg(test)]
#[path = "neighbours_tests.rs"]
mod tests;
