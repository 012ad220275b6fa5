use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{EmailAddress, Endpoint, GrantId, Protocol, Provider, RegistrationId, Status};

/// Identity of a mailbox in this database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailboxId(pub Uuid);

impl fmt::Display for MailboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a mailbox is used for; decides which permissions are asked for and what is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purpose {
    /// Mail is sent with it.
    pub send: bool,
    /// Mail is read with it.
    pub receive: bool,
    /// Which way mail is sent.
    #[serde(default)]
    pub via: SendVia,
}

impl Purpose {
    /// Both.
    pub const BOTH: Self = Self {
        send: true,
        receive: true,
        via: SendVia::Smtp,
    };

    /// Whether this protocol serves the purpose.
    pub fn wants(self, protocol: Protocol) -> bool {
        if protocol.receives() {
            self.receive
        } else {
            self.send && self.via.protocol() == protocol
        }
    }
}

/// Which way mail is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendVia {
    /// Submission to a mail server.
    #[default]
    Smtp,
    /// Microsoft Graph, which works where an organisation has switched submission off.
    Graph,
    /// The Gmail API, for which the permission to send is enough.
    Gmail,
}

impl SendVia {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Smtp, Self::Graph, Self::Gmail];

    /// What is spoken on this way.
    pub fn protocol(self) -> Protocol {
        match self {
            Self::Smtp => Protocol::Smtp,
            Self::Graph => Protocol::Graph,
            Self::Gmail => Protocol::Gmail,
        }
    }

    /// The word used in options, files and JSON.
    pub fn word(self) -> &'static str {
        self.protocol().word()
    }

    /// The way that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|via| via.word() == word)
    }

    /// Whose mailboxes can be sent from this way; none where anybody's can.
    pub fn only_for(self) -> Option<Provider> {
        match self {
            Self::Smtp => None,
            Self::Graph => Some(Provider::Microsoft),
            Self::Gmail => Some(Provider::Google),
        }
    }
}

/// How Mailwright proves to the mail server who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthKind {
    /// A person signed in; OAuth 2.0 access tokens (XOAUTH2 or OAUTHBEARER).
    Oauth,
    /// A password or app password.
    Password,
    /// Nobody signs in: the app registration proves itself (RFC 6749 section 4.4) and an administrator has given it the
    /// mailbox.
    AppOnly,
}

impl AuthKind {
    /// The word used in options, files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Oauth => "oauth",
            Self::Password => "password",
            Self::AppOnly => "app-only",
        }
    }

    /// The way that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Oauth, Self::Password, Self::AppOnly]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// The address being set up, and all that is known about how to use it. No secret is part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Identity in this database.
    pub id: MailboxId,
    /// The address.
    pub address: EmailAddress,
    /// Name under which people find it.
    pub account_name: String,
    /// Name that recipients see; empty means none.
    pub sender_name: String,
    /// Addresses it may send as; the first is the usual one.
    pub senders: Vec<EmailAddress>,
    /// The person who signs in, or the user name that the password belongs to, where that is not the address.
    pub sign_in_name: String,
    /// The name used towards SMTP, where that is not the sign-in name.
    pub smtp_login: String,
    /// Who runs it.
    pub provider: Provider,
    /// Sending, receiving or both.
    pub purpose: Purpose,
    /// Servers, at most one per protocol.
    pub endpoints: Vec<Endpoint>,
    /// How it signs in to the servers.
    pub auth: AuthKind,
    /// The app registration it signs in with.
    pub registration: Option<RegistrationId>,
    /// What the last sign-in yielded.
    pub grant: Option<GrantId>,
    /// Time limit of one check.
    pub timeout: Duration,
    /// How it is doing.
    pub status: Status,
}

impl Mailbox {
    /// The server for a protocol, if there is one and the purpose wants it.
    pub fn endpoint(&self, protocol: Protocol) -> Option<&Endpoint> {
        self.endpoints
            .iter()
            .find(|e| e.protocol == protocol && self.purpose.wants(protocol))
    }

    /// Whether a person signs in to it at the provider.
    pub fn is_signed_in_to(&self) -> bool {
        self.auth == AuthKind::Oauth
    }

    /// Whether its servers want a password.
    pub fn has_password(&self) -> bool {
        self.auth == AuthKind::Password
    }

    /// Whether nobody signs in to it.
    pub fn is_app_only(&self) -> bool {
        self.auth == AuthKind::AppOnly
    }

    /// The name to use towards the server of this protocol: the shared or own address for reading, the SMTP login
    /// for sending (tools that used one name for both failed with shared mailboxes). Without a person it is the address
    /// for both: the token is the app's, and only this name says which mailbox is meant. A password belongs to the name
    /// that was entered with it, and many servers know people by other names than their addresses.
    pub fn login(&self, protocol: Protocol) -> String {
        match (self.auth, protocol) {
            (AuthKind::Password, Protocol::Imap | Protocol::Pop3) => self.sign_in_name.clone(),
            (AuthKind::Password, _) | (AuthKind::Oauth, Protocol::Smtp) => self.smtp_login.clone(),
            (AuthKind::Oauth | AuthKind::AppOnly, _) => self.address.to_string(),
        }
    }
}
