//! The servers of a mailbox: those that a person typed, and those that are still needed of what was found.

use mailwright_discovery::{Finding, kind_of_hosts, known_servers};
use mailwright_domain::{
    Cloud, EmailAddress, Endpoint, FoundIn, Mailbox, Protocol, Provider, Purpose,
};

use crate::{Code, Failure, Hint, MailboxFields};

/// The fields of servers, with their protocols.
fn texts(fields: &MailboxFields) -> [(Protocol, Option<&str>); 3] {
    [
        (Protocol::Imap, fields.imap.as_deref()),
        (Protocol::Pop3, fields.pop3.as_deref()),
        (Protocol::Smtp, fields.smtp.as_deref()),
    ]
}

/// The servers that were typed; an empty field is none.
///
/// # Errors
/// A field is no `HOST[:PORT][:MODE]`.
pub(crate) fn typed_endpoints(fields: &MailboxFields) -> Result<Vec<Endpoint>, Failure> {
    texts(fields)
        .into_iter()
        .filter_map(|(protocol, text)| Some((protocol, text?)))
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(protocol, text)| {
            Endpoint::parse(protocol, text).map_err(|e| {
                Failure::new(
                    Code::Usage,
                    format!(
                        "The {} server cannot be used: {e}. Nothing was changed.",
                        protocol.word().to_uppercase()
                    ),
                )
                .hinting(Hint::Server(protocol))
            })
        })
        .collect()
}

/// Whether any server was typed, so that those of before are no longer meant.
pub(crate) fn names_servers(fields: &MailboxFields) -> bool {
    texts(fields).into_iter().any(|(_, text)| text.is_some())
}

/// Puts the typed servers in the place of those of the same protocol, and takes away what was emptied.
///
/// # Errors
/// As [`typed_endpoints`].
pub(crate) fn change_endpoints(
    endpoints: &mut Vec<Endpoint>,
    fields: &MailboxFields,
) -> Result<(), Failure> {
    let typed = typed_endpoints(fields)?;
    let given = |protocol| {
        let mut all = texts(fields).into_iter();
        all.any(|(of, text)| of == protocol && text.is_some())
    };
    endpoints.retain(|endpoint| !given(endpoint.protocol));
    endpoints.extend(typed);
    Ok(())
}

/// Whether servers are missing for this purpose: for reading IMAP or POP3 suffices, and whoever typed one of them has
/// said how the mailbox is read. Graph and Gmail send without a server of the mailbox's own.
pub(crate) fn is_lacking(endpoints: &[Endpoint], purpose: Purpose) -> bool {
    let has = |receives| {
        let mut all = endpoints.iter();
        all.any(|endpoint| endpoint.protocol.receives() == receives)
    };
    (purpose.receive && !has(true)) || (purpose.wants(Protocol::Smtp) && !has(false))
}

/// Adds what is missing of the servers that were found. Reading is by IMAP where it can be.
pub(crate) fn add_needed(endpoints: &mut Vec<Endpoint>, purpose: Purpose, found: &[Endpoint]) {
    let first = |protocol| found.iter().find(|e: &&Endpoint| e.protocol == protocol);
    let reading = first(Protocol::Imap).or(first(Protocol::Pop3));
    for (wanted, server) in [
        (purpose.receive, reading),
        (purpose.wants(Protocol::Smtp), first(Protocol::Smtp)),
    ] {
        if let Some(server) = server.filter(|_| wanted) {
            let receives = server.protocol.receives();
            if endpoints.iter().all(|e| e.protocol.receives() != receives) {
                endpoints.push(server.clone());
            }
        }
    }
}

/// The servers of the provider in one of its clouds; a custom cloud has none that are known.
///
/// # Errors
/// It is a custom cloud.
pub(crate) fn servers_in_cloud(found: &Finding, cloud: Cloud) -> Result<Vec<Endpoint>, Failure> {
    let servers = match cloud {
        Cloud::Global => found.endpoints(),
        other => known_servers(found.kind, other, FoundIn::BuiltIn),
    };
    if servers.is_empty() {
        return Err(Failure::new(
            Code::Usage,
            "The servers of a custom cloud are not known. Enter them by hand. Nothing was saved.",
        )
        .hinting(Hint::Servers));
    }
    Ok(servers)
}

/// Whose servers these are, by their names.
pub(crate) fn provider_of(endpoints: &[Endpoint]) -> Provider {
    let hosts: Vec<&str> = endpoints.iter().map(|e| e.host.as_str()).collect();
    kind_of_hosts(&hosts).map_or(Provider::Custom, mailwright_discovery::Kind::provider)
}

/// Anybody can name a server, and a sign-in there would be given to whoever runs it.
pub(crate) fn only_named(found: &Finding, address: &EmailAddress) -> Failure {
    let server = |protocol: Protocol| {
        let mut servers = found.servers.iter().map(|server| &server.endpoint);
        let server = servers.find(|endpoint| endpoint.protocol == protocol)?;
        Some(format!("{} {server}", protocol.word().to_uppercase()))
    };
    let named: Vec<String> = [
        server(Protocol::Imap).or_else(|| server(Protocol::Pop3)),
        server(Protocol::Smtp),
    ]
    .into_iter()
    .flatten()
    .collect();
    Failure::new(
        Code::NotFound,
        format!(
            "The servers that were found for {address} ({}; told by {}) are no known provider's, and whoever named them may not be the one you trust. Enter them by hand if they are right. Nothing was saved.",
            named.join(" and "),
            found.told_by
        ),
    )
    .hinting(Hint::Servers)
}

/// Whether the mailbox has servers for all that it is used for.
///
/// # Errors
/// Says what is missing.
pub(crate) fn complete(m: &Mailbox) -> Result<(), Failure> {
    let (what, hint) = if m.purpose.receive && m.reading().is_none() {
        (
            "neither an IMAP nor a POP3 server",
            Hint::Server(Protocol::Imap),
        )
    } else if m.purpose.wants(Protocol::Smtp) && m.endpoint(Protocol::Smtp).is_none() {
        ("no SMTP server", Hint::Server(Protocol::Smtp))
    } else {
        return Ok(());
    };
    Err(Failure::new(
        Code::Usage,
        format!("There is {what} for that yet. Enter it too. Nothing was changed."),
    )
    .hinting(hint))
}

#[cfg(test)]
#[path = "servers_tests.rs"]
mod tests;
