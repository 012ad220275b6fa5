//! What a mailbox is tested with, and whether its token may go there.

use std::time::Duration;

use jiff::Timestamp;
use mailwright_domain::{EmailAddress, Evidence, Fault, FoundIn, Mailbox, Protocol, Stage};
use mailwright_mail::Target;
use mailwright_oauth::{Profile, peek, preflight};

use super::TestOptions;
use crate::mailboxes::allows_plain;
use crate::tokens::Access;
use crate::{Code, Failure};

pub(crate) fn targets(mailbox: &Mailbox, options: &TestOptions) -> Result<Vec<Target>, Failure> {
    let targets: Vec<Target> = [Protocol::Imap, Protocol::Smtp]
        .into_iter()
        .filter(|p| options.only.is_empty() || options.only.contains(p))
        .filter_map(|p| target(mailbox, p, options.limit))
        .collect();
    if targets.is_empty() {
        return Err(Failure::new(
            Code::Usage,
            format!(
                "{} is not used with what was asked for, so there is nothing to test.",
                mailbox.address
            ),
        ));
    }
    Ok(targets)
}

/// What a mailbox is tested with; none where it is not used with this protocol.
pub(crate) fn target(
    mailbox: &Mailbox,
    protocol: Protocol,
    limit: Option<Duration>,
) -> Option<Target> {
    let endpoint = mailbox.endpoint(protocol)?;
    Some(Target {
        endpoint: endpoint.clone(),
        login: mailbox.login(protocol),
        sender: mailbox.senders.first().cloned(),
        more_senders: more_senders(mailbox),
        recipient: Some(mailbox.address.clone()),
        timeout: limit.unwrap_or(mailbox.timeout),
        allow_plain: allows_plain(endpoint),
    })
}

/// All sender addresses but the usual one.
fn more_senders(mailbox: &Mailbox) -> Vec<EmailAddress> {
    mailbox.senders.iter().skip(1).cloned().collect()
}

/// A token that cannot work, or a host that must not get one. A host that was only discovered may be anybody's.
pub(crate) fn refuse_token(
    mailbox: &Mailbox,
    target: &Target,
    access: &Access,
) -> Option<Evidence> {
    let endpoint = &target.endpoint;
    let mut evidence = if may_have_token(&access.profile, endpoint.source, &endpoint.host) {
        let claims = peek(&access.token)?;
        preflight(
            &access.profile,
            &claims,
            endpoint.protocol,
            Timestamp::now(),
        )?
    } else {
        let text = format!(
            "{} is not one of the provider's servers, and nobody typed it",
            endpoint.host
        );
        Evidence::fault(Stage::Token, Fault::WrongAudience, text)
    };
    evidence.protocol = Some(endpoint.protocol);
    evidence.mailbox = Some(mailbox.address.to_string());
    evidence.host = Some(endpoint.host.clone());
    Some(evidence)
}

fn may_have_token(profile: &Profile, source: FoundIn, host: &str) -> bool {
    source == FoundIn::Typed || profile.is_own_host(host)
}
