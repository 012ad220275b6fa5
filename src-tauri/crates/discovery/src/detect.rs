use std::collections::BTreeMap;
use std::time::Duration;

use mailwright_domain::{EmailAddress, FoundIn};
use mailwright_net::{MailExchanger, Net, ResolveError};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use crate::autoconfig::{by_document, database_place, domains_of_exchanger, own_places};
use crate::builtin::{Kind, by_autodiscover, by_domain, by_mail_exchanger, by_spf};
use crate::found::{Confidence, Detection, Finding, rank};
use crate::srv::by_services;
use crate::tenant::{NoTenant, tenant};

/// Limit for everything that name servers are asked, and again for everything that is asked over https.
const HALF: Duration = Duration::from_secs(5);
/// How long others may still answer once nobody can say anything better.
const GRACE: Duration = Duration::from_secs(1);

/// Who is asked besides the domain itself. Both are told the domain and nothing else.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The database of providers; the domain is appended to this address.
    pub database: Option<Url>,
    /// Microsoft's sign-in service, which knows the domains of its organisations.
    pub microsoft: Option<Url>,
}

/// Why nothing was found. Typing the servers works all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Nothing {
    /// The domain does not exist.
    #[error("the domain {0} does not exist; check the address for a typing mistake")]
    NoSuchDomain(String),
    /// The domain takes no mail.
    #[error("the domain {0} has no mail servers, so nothing can be received there")]
    NoMail(String),
    /// Mail goes to somebody that nobody has settings for.
    #[error(
        "mail for {domain} goes to {exchanger}, and neither the domain nor anybody else names servers for it"
    )]
    Unknown {
        /// The address's domain.
        domain: String,
        /// Its preferred mail exchanger.
        exchanger: String,
    },
    /// No name server answered.
    #[error("{domain} could not be looked up: {reason}")]
    Unreachable {
        /// The address's domain.
        domain: String,
        /// Why.
        reason: String,
    },
}

/// Looks an address up, within ten seconds. Name servers first, all questions at once; where they do not settle it,
/// the domain's own documents, the database and Microsoft, all at once. The local part leaves this computer nowhere.
///
/// # Errors
/// Says why nothing was found.
pub async fn detect(
    net: &Net,
    address: &EmailAddress,
    places: &Places,
) -> Result<Detection, Nothing> {
    let domain = address.ascii_domain();
    if let Some(kind) = by_domain(domain) {
        return Ok(Detection {
            best: Finding::provider(kind, FoundIn::Domain, domain, Confidence::Certain),
            others: Vec::new(),
        });
    }
    let (exchangers, mut findings) = by_names(net, domain).await;
    let settled = findings.iter().any(|f| f.confidence == Confidence::Certain);
    let receives = exchangers.as_ref().is_ok_and(|list| !list.is_empty());
    // Without name servers there may still be a proxy that looks names up. A domain that takes no mail is nobody's.
    let worth_asking =
        receives || !findings.is_empty() || matches!(exchangers, Err(ResolveError::Failed { .. }));
    if !settled && worth_asking {
        let known = exchangers.as_deref().unwrap_or_default();
        by_documents(net, address, places, known, &mut findings).await;
    }
    Detection::of(findings).ok_or_else(|| nothing(domain, exchangers))
}

/// Whose mailbox it is, by the domain and its mail exchangers alone: one question to name servers.
pub async fn provider(net: &Net, address: &EmailAddress) -> Option<Kind> {
    let domain = address.ascii_domain();
    if let Some(kind) = by_domain(domain) {
        return Some(kind);
    }
    let exchangers = within(net.mail_exchangers(domain), domain).await.ok()?;
    Some(by_exchangers(&exchangers)?.kind)
}

/// What name servers say: exchangers, and what follows from them and from other records.
async fn by_names(
    net: &Net,
    domain: &str,
) -> (Result<Vec<MailExchanger>, ResolveError>, Vec<Finding>) {
    let autodiscover = format!("autodiscover.{domain}");
    let (exchangers, services, alias, texts) = tokio::join!(
        within(net.mail_exchangers(domain), domain),
        async { timeout(HALF, by_services(net, domain)).await.ok().flatten() },
        within(net.alias(&autodiscover), &autodiscover),
        within(net.texts(domain), domain),
    );
    let mx = exchangers
        .as_ref()
        .ok()
        .and_then(|list| by_exchangers(list));
    let alias = alias.ok().flatten().and_then(|alias| {
        let (source, sure) = (FoundIn::Autodiscover, Confidence::Likely);
        by_autodiscover(&alias).map(|kind| Finding::provider(kind, source, &alias, sure))
    });
    let texts = texts.unwrap_or_default();
    let spf = texts
        .iter()
        .find_map(|text| by_spf(text))
        .map(|kind| Finding::provider(kind, FoundIn::Spf, domain, Confidence::Possible));
    let findings = [mx, alias, services, spf];
    (exchangers, findings.into_iter().flatten().collect())
}

/// A backup exchanger elsewhere does not say where the mailbox is; the preferred ones do.
fn by_exchangers(exchangers: &[MailExchanger]) -> Option<Finding> {
    let preferred = exchangers.first()?.preference;
    exchangers
        .iter()
        .take_while(|mx| mx.preference == preferred)
        .find_map(|mx| {
            let kind = by_mail_exchanger(&mx.host)?;
            let (source, sure) = (FoundIn::Mx, Confidence::Certain);
            Some(Finding::provider(kind, source, &mx.host, sure))
        })
}

/// One question over https: its number, and the answer.
type Answer = (usize, Option<Finding>);

/// Asks everybody at once, and no longer than it can make a difference. Whoever answers first does not go before others
/// of the same kind: their order is that of the questions.
async fn by_documents(
    net: &Net,
    address: &EmailAddress,
    places: &Places,
    exchangers: &[MailExchanger],
    findings: &mut Vec<Finding>,
) {
    let mut deadline = Instant::now() + HALF;
    let mut asked: JoinSet<Answer> = JoinSet::new();
    let mut waiting: BTreeMap<usize, FoundIn> = BTreeMap::new();
    for (url, source, confidence) in documents(address.ascii_domain(), places, exchangers) {
        let (net, address) = (net.clone(), address.clone());
        let at = waiting.len();
        waiting.insert(at, source);
        asked.spawn(async move {
            let found = by_document(&net, url, &address, source, confidence).await;
            (at, found)
        });
    }
    if let Some(authority) = places.microsoft.clone() {
        let (net, domain) = (net.clone(), address.ascii_domain().to_owned());
        let at = waiting.len();
        waiting.insert(at, FoundIn::Tenant);
        asked.spawn(async move {
            let known = has_tenant(&net, &authority, &domain).await;
            let finding = known.then(|| {
                let (source, sure) = (FoundIn::Tenant, Confidence::Possible);
                Finding::provider(Kind::Microsoft365, source, &domain, sure)
            });
            (at, finding)
        });
    }
    let mut answers: BTreeMap<usize, Finding> = BTreeMap::new();
    while let Ok(Some(done)) = timeout_at(deadline, asked.join_next()).await {
        let Ok((at, finding)) = done else {
            continue;
        };
        waiting.remove(&at);
        answers.extend(finding.map(|finding| (at, finding)));
        let found = findings.iter().chain(answers.values());
        if is_settled(found.map(|f| f.source), waiting.values().copied()) {
            deadline = deadline.min(Instant::now() + GRACE);
        }
    }
    findings.extend(answers.into_values());
}

/// Whether nobody who has not answered yet could say anything better.
fn is_settled(
    found: impl Iterator<Item = FoundIn>,
    waiting: impl Iterator<Item = FoundIn>,
) -> bool {
    match (found.map(rank).min(), waiting.map(rank).min()) {
        (Some(best), Some(next)) => best < next,
        _ => false,
    }
}

fn documents(
    domain: &str,
    places: &Places,
    exchangers: &[MailExchanger],
) -> Vec<(Url, FoundIn, Confidence)> {
    let own = own_places(domain).into_iter();
    let mut all: Vec<_> = own
        .map(|url| (url, FoundIn::Autoconfig, Confidence::Likely))
        .collect();
    let Some(base) = &places.database else {
        return all;
    };
    let mut add = |domain: &str, confidence| {
        let place = database_place(base, domain);
        all.extend(place.map(|url| (url, FoundIn::Database, confidence)));
    };
    add(domain, Confidence::Likely);
    let exchanger = exchangers.first().map_or("", |mx| &mx.host);
    for parent in domains_of_exchanger(exchanger) {
        if parent != domain {
            add(parent, Confidence::Possible);
        }
    }
    all
}

async fn has_tenant(net: &Net, authority: &Url, domain: &str) -> bool {
    matches!(
        tenant(net, authority, domain).await,
        Ok(_) | Err(NoTenant::Elsewhere { .. })
    )
}

fn nothing(domain: &str, exchangers: Result<Vec<MailExchanger>, ResolveError>) -> Nothing {
    let domain = domain.to_owned();
    match exchangers {
        Err(ResolveError::NotFound(_)) => Nothing::NoSuchDomain(domain),
        Err(error) => Nothing::Unreachable {
            domain,
            reason: error.to_string(),
        },
        Ok(exchangers) => match exchangers.into_iter().next() {
            None => Nothing::NoMail(domain),
            Some(preferred) => Nothing::Unknown {
                domain,
                exchanger: preferred.host,
            },
        },
    }
}

async fn within<T>(
    question: impl Future<Output = Result<T, ResolveError>>,
    name: &str,
) -> Result<T, ResolveError> {
    timeout(HALF, question).await.unwrap_or_else(|_| {
        Err(ResolveError::Failed {
            name: name.to_owned(),
            reason: format!("no answer within {} seconds", HALF.as_secs()),
        })
    })
}

#[cfg(test)]
#[path = "detect_tests.rs"]
mod tests;
