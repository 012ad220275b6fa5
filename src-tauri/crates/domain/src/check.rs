use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Evidence, MailboxId, Protocol, Status, Verdict};

/// One step of a connection test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckId {
    /// The sign-in can be used: a fresh access token was obtained.
    Token,
    /// Host name to addresses.
    Resolve,
    /// TCP connection, both families raced.
    Connect,
    /// The server's first line.
    Greeting,
    /// What the server offers before TLS.
    Capabilities,
    /// The STARTTLS command.
    Starttls,
    /// TLS handshake and certificate.
    Tls,
    /// What the server offers after TLS.
    CapabilitiesSecure,
    /// The server accepts the sign-in.
    Authenticate,
    /// The inbox opens (IMAP SELECT, POP3 STAT).
    Inbox,
    /// Folders can be listed (IMAP LIST).
    Folders,
    /// Messages can be counted (IMAP STATUS) or listed (POP3 LIST).
    Count,
    /// Sender and recipient are accepted (SMTP MAIL, RCPT, then RSET).
    Envelope,
    /// A real message is accepted.
    Message,
    /// That message is found in the mailbox.
    Arrived,
    /// That message is taken away again.
    Remove,
    /// Another address may send too.
    Sender,
    /// The grant can be renewed.
    Renew,
}

impl CheckId {
    /// The word used in JSON and transcripts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Greeting => "greeting",
            Self::Capabilities => "capabilities",
            Self::Starttls => "starttls",
            Self::Tls => "tls",
            Self::CapabilitiesSecure => "capabilities-secure",
            Self::Authenticate => "authenticate",
            Self::Inbox => "inbox",
            Self::Folders => "folders",
            Self::Count => "count",
            Self::Envelope => "envelope",
            Self::Message => "message",
            Self::Arrived => "arrived",
            Self::Remove => "remove",
            Self::Sender => "sender",
            Self::Renew => "renew",
        }
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Proven.
    Passed,
    /// Proven not to work.
    Failed,
    /// Not run because an earlier one failed.
    Skipped,
    /// Could not be known.
    Unchecked,
    /// Somebody stopped the test.
    Cancelled,
}

/// How far a test got; AUTH success alone proves nothing about sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Signed in, and where reading was tested the inbox was opened.
    Login,
    /// Sender and recipient were accepted; nothing was sent.
    Envelope,
    /// A message was accepted.
    Message,
    /// It arrived.
    Arrived,
}

/// A finished check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which step.
    pub id: CheckId,
    /// Of which protocol; none for what concerns the grant.
    pub protocol: Option<Protocol>,
    /// What it is about, where a ladder has the same step for several things: the sender address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
    /// One plain sentence: what was found, or why it was skipped.
    pub detail: String,
    /// The server's own words, without secrets.
    pub server_says: Option<String>,
    /// What a failure rests on.
    pub evidence: Option<Box<Evidence>>,
    /// The diagnosis of a failure.
    pub verdict: Option<Box<Verdict>>,
}

/// Progress of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckEvent {
    /// A step began.
    Started {
        /// Of which protocol.
        protocol: Option<Protocol>,
        /// Which step.
        id: CheckId,
        /// As [`Check::about`].
        about: Option<String>,
    },
    /// A step ended.
    Finished(Check),
}

/// All checks of one run on one mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// When it began.
    pub started: Timestamp,
    /// How long all of it took.
    pub took: Duration,
    /// The status that follows.
    pub status: Status,
    /// How far it got; none when nobody got in.
    pub proof: Option<Proof>,
    /// In ladder order, one protocol after the other.
    pub checks: Vec<Check>,
}
