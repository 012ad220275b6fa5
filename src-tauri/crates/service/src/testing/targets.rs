//! What a mailbox is tested with.

use std::time::Duration;

use mailwright_domain::{EmailAddress, Endpoint, FoundIn, Mailbox, Protocol, Security};
use mailwright_mail::Target;
use mailwright_oauth::Profile;
use url::Url;

use super::TestOptions;
use crate::mailboxes::allows_plain;
use crate::{Code, Failure, Service};

impl Service {
    /// What a mailbox is tested with, reading first.
    ///
    /// # Errors
    /// Nothing of it is to be tested, or its app registration cannot be used.
    pub(crate) fn targets(
        &self,
        mailbox: &Mailbox,
        options: &TestOptions,
    ) -> Result<Vec<Target>, Failure> {
        let mut targets = of_servers(mailbox, options);
        if let Some(imap) = targets
            .iter_mut()
            .find(|t| t.endpoint.protocol == Protocol::Imap)
        {
            let settings = self.store.folder_roles().get(mailbox.id)?;
            imap.known_folders = settings.into_iter().filter_map(|s| s.resolved).collect();
        }
        if let Some(endpoint) = self.api_endpoint(mailbox)?
            && options.asks_for(endpoint.protocol)
        {
            targets.push(api_target(mailbox, endpoint, options.limit));
        }
        if targets.is_empty() {
            return Err(nothing_to_test(mailbox));
        }
        Ok(targets)
    }

    /// Where a mailbox sends by requests of HTTP; none where it sends otherwise or not at all. The address is the
    /// provider's own, or stands in the app registration because a person typed it.
    fn api_endpoint(&self, mailbox: &Mailbox) -> Result<Option<Endpoint>, Failure> {
        let protocol = mailbox.purpose.via.protocol();
        if !(mailbox.purpose.send && protocol.is_api()) {
            return Ok(None);
        }
        let registration = self.registration_of(mailbox)?;
        let profile = Profile::new(&registration, mailbox.purpose)?;
        let url = profile.api(protocol).and_then(|base| Url::parse(base).ok());
        let host = url.as_ref().and_then(Url::host_str);
        let (Some(url), Some(host)) = (&url, host) else {
            let name = &registration.name;
            return Err(Failure::new(
                Code::Usage,
                format!(
                    "“{name}” does not sign in at a provider that sends by {protocol}. Choose another way to send."
                ),
            ));
        };
        Ok(Some(Endpoint {
            protocol,
            host: host.to_owned(),
            port: url.port_or_known_default().unwrap_or(443),
            security: Security::Tls,
            source: FoundIn::BuiltIn,
        }))
    }
}

impl TestOptions {
    /// Whether a test with these options is about this protocol. “Only smtp” means only sending, whichever way.
    pub fn asks_for(&self, protocol: Protocol) -> bool {
        is_asked_for(&self.only, protocol)
    }
}

/// Whether a test of only these is about this protocol.
pub(super) fn is_asked_for<'a>(
    only: impl IntoIterator<Item = &'a Protocol>,
    protocol: Protocol,
) -> bool {
    let mut only = only.into_iter().peekable();
    let meant = |p: &Protocol| *p == protocol || (*p == Protocol::Smtp && protocol.is_api());
    only.peek().is_none() || only.any(meant)
}

fn of_servers(mailbox: &Mailbox, options: &TestOptions) -> Vec<Target> {
    Protocol::ALL
        .into_iter()
        .filter(|p| options.asks_for(*p))
        .filter_map(|p| target(mailbox, p, options.limit))
        .collect()
}

/// Graph knows whoever signed in as “me”; another mailbox, and an app that nobody signs in to, name the address.
fn api_target(mailbox: &Mailbox, endpoint: Endpoint, limit: Option<Duration>) -> Target {
    let is_me =
        endpoint.protocol == Protocol::Gmail || (mailbox.is_ones_own() && !mailbox.is_app_only());
    Target {
        login: if is_me {
            "me".to_owned()
        } else {
            mailbox.address.to_string()
        },
        sender: mailbox.senders.first().cloned(),
        more_senders: more_senders(mailbox),
        recipient: Some(mailbox.address.clone()),
        known_folders: Vec::new(),
        timeout: limit.unwrap_or(mailbox.timeout),
        allow_plain: false,
        endpoint,
    }
}

fn nothing_to_test(mailbox: &Mailbox) -> Failure {
    let address = &mailbox.address;
    Failure::new(
        Code::Usage,
        format!("{address} is not used with what was asked for, so there is nothing to test."),
    )
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
        known_folders: Vec::new(),
        timeout: limit.unwrap_or(mailbox.timeout),
        allow_plain: allows_plain(endpoint),
    })
}

/// All sender addresses but the usual one.
fn more_senders(mailbox: &Mailbox) -> Vec<EmailAddress> {
    mailbox.senders.iter().skip(1).cloned().collect()
}
