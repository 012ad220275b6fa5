//! What a mailbox is tested with, and whether its token may go there.

use std::time::Duration;

use jiff::Timestamp;
use mailwright_domain::{
    EmailAddress, Endpoint, Evidence, Fault, FoundIn, Mailbox, Protocol, Security, Stage,
};
use mailwright_mail::Target;
use mailwright_oauth::{Profile, peek, preflight};
use url::Url;

use super::TestOptions;
use crate::mailboxes::allows_plain;
use crate::tokens::Access;
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
        // “Only smtp” means only sending.
        let sends = options.only.is_empty() || options.only.contains(&Protocol::Smtp);
        if sends && let Some(endpoint) = self.api_endpoint(mailbox)? {
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

fn of_servers(mailbox: &Mailbox, options: &TestOptions) -> Vec<Target> {
    [Protocol::Imap, Protocol::Smtp]
        .into_iter()
        .filter(|p| options.only.is_empty() || options.only.contains(p))
        .filter_map(|p| target(mailbox, p, options.limit))
        .collect()
}

/// Graph knows whoever signed in as “me”; another mailbox, and an app that nobody signs in to, name the address.
fn api_target(mailbox: &Mailbox, endpoint: Endpoint, limit: Option<Duration>) -> Target {
    let own = mailbox
        .sign_in_name
        .eq_ignore_ascii_case(&mailbox.address.to_string());
    let is_me = endpoint.protocol == Protocol::Gmail || (own && !mailbox.is_app_only());
    Target {
        login: if is_me {
            "me".to_owned()
        } else {
            mailbox.address.to_string()
        },
        sender: mailbox.senders.first().cloned(),
        more_senders: more_senders(mailbox),
        recipient: Some(mailbox.address.clone()),
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
    let mut evidence = if endpoint.protocol == Protocol::Gmail && !may_send_by_gmail(access) {
        let text = "the sign-in was without a permission to send with Gmail";
        Evidence::fault(Stage::Token, Fault::ScopeMissing, text)
    } else if endpoint.protocol.is_api()
        || may_have_token(&access.profile, endpoint.source, &endpoint.host)
    {
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

/// What was granted is known only where the provider said so.
fn may_send_by_gmail(access: &Access) -> bool {
    access.scopes.is_empty() || Profile::gmail_may_send(&access.scopes)
}

fn may_have_token(profile: &Profile, source: FoundIn, host: &str) -> bool {
    source == FoundIn::Typed || profile.is_own_host(host)
}
