//! Which checks a ladder has, and what is said about them.

use mailwright_domain::{CheckId, Protocol, Security, Stage};

/// The steps of a ladder, in order.
pub(crate) fn plan(protocol: Protocol, security: Security) -> &'static [CheckId] {
    use CheckId::{
        Authenticate, Capabilities, CapabilitiesSecure, Connect, Count, Envelope, Folders,
        Greeting, Inbox, Resolve, Starttls, Tls,
    };
    match (protocol, security) {
        (Protocol::Graph | Protocol::Gmail, _) => &[Resolve, Connect, Tls, Authenticate],
        (Protocol::Smtp, Security::Tls | Security::Auto) => &[
            Resolve,
            Connect,
            Tls,
            Greeting,
            CapabilitiesSecure,
            Authenticate,
            Envelope,
        ],
        (Protocol::Smtp, Security::Starttls) => &[
            Resolve,
            Connect,
            Greeting,
            Capabilities,
            Starttls,
            Tls,
            CapabilitiesSecure,
            Authenticate,
            Envelope,
        ],
        (Protocol::Smtp, Security::Plain) => &[
            Resolve,
            Connect,
            Greeting,
            Capabilities,
            Authenticate,
            Envelope,
        ],
        (Protocol::Imap, Security::Tls | Security::Auto) => &[
            Resolve,
            Connect,
            Tls,
            Greeting,
            CapabilitiesSecure,
            Authenticate,
            Inbox,
            Folders,
            Count,
        ],
        (Protocol::Imap, Security::Starttls) => &[
            Resolve,
            Connect,
            Greeting,
            Capabilities,
            Starttls,
            Tls,
            CapabilitiesSecure,
            Authenticate,
            Inbox,
            Folders,
            Count,
        ],
        (Protocol::Imap, Security::Plain) => &[
            Resolve,
            Connect,
            Greeting,
            Capabilities,
            Authenticate,
            Inbox,
            Folders,
            Count,
        ],
        (Protocol::Pop3, Security::Tls | Security::Auto) => &[
            Resolve,
            Connect,
            Tls,
            Greeting,
            CapabilitiesSecure,
            Authenticate,
            Inbox,
            Count,
        ],
        (Protocol::Pop3, Security::Starttls) => &[
            Resolve,
            Connect,
            Greeting,
            Capabilities,
            Starttls,
            Tls,
            CapabilitiesSecure,
            Authenticate,
            Inbox,
            Count,
        ],
        (Protocol::Pop3, Security::Plain) => &[
            Resolve,
            Connect,
            Greeting,
            Capabilities,
            Authenticate,
            Inbox,
            Count,
        ],
    }
}

/// Where a check belongs in the diagnosis.
pub(crate) fn stage(protocol: Protocol, id: CheckId) -> Stage {
    match (id, protocol) {
        (CheckId::Resolve, _) => Stage::Dns,
        (CheckId::Connect, _) => Stage::Tcp,
        (CheckId::Tls, _) => Stage::Tls,
        (CheckId::Token | CheckId::Renew, _) => Stage::Token,
        (CheckId::Greeting, _) => Stage::Greeting,
        (_, Protocol::Graph | Protocol::Gmail) => Stage::Api,
        (_, Protocol::Pop3) => Stage::Pop3,
        (CheckId::Capabilities | CheckId::Starttls | CheckId::CapabilitiesSecure, _) => {
            Stage::Greeting
        }
        (CheckId::Authenticate, Protocol::Smtp) => Stage::SmtpAuth,
        (CheckId::Authenticate, Protocol::Imap) => Stage::ImapAuth,
        (_, Protocol::Smtp) => Stage::SmtpMail,
        (_, Protocol::Imap) => Stage::ImapSelect,
    }
}

/// Completes “Skipped because …” where this check failed.
pub(crate) fn what_failed(id: CheckId) -> &'static str {
    match id {
        CheckId::Token | CheckId::Renew => "there is no usable sign-in",
        CheckId::Resolve => "the server's name has no address",
        CheckId::Connect => "there is no connection to the server",
        CheckId::Greeting => "the server did not greet as it should",
        CheckId::Capabilities | CheckId::CapabilitiesSecure => {
            "the server did not say what it offers"
        }
        CheckId::Starttls | CheckId::Tls => "the connection could not be protected",
        CheckId::Authenticate => "the server did not accept the sign-in",
        CheckId::Inbox => "the inbox did not open",
        CheckId::Folders => "the folders could not be listed",
        CheckId::Count => "messages could not be counted",
        CheckId::Envelope => "sender or recipient was not accepted",
        CheckId::Message => "sending the message did not succeed",
        CheckId::Arrived => "the message was not found",
        CheckId::Remove => "the message was not taken away",
        CheckId::Sender => "trying a sender address did not succeed",
    }
}
