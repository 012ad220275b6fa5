//! What a mailbox is tested with.

use std::time::Duration;

use mailwright_domain::{EmailAddress, Mailbox, Protocol};
use mailwright_mail::Target;

use super::TestOptions;
use crate::mailboxes::allows_plain;
use crate::{Code, Failure};

pub(crate) fn targets(mailbox: &Mailbox, options: &TestOptions) -> Result<Vec<Target>, Failure> {
    let targets: Vec<Target> = Protocol::ALL
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
