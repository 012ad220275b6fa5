use mailwright_domain::{Check, CheckEvent, Mailbox, Report};
use serde::{Deserialize, Serialize};

use super::{AnnouncementInfo, VerdictInfo};

/// One check of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CheckInfo {
    /// Which step.
    pub id: String,
    /// `imap`, `pop3` or `smtp`; null for what concerns the sign-in.
    pub protocol: Option<String>,
    /// What it is about, where a ladder has the same step for several things: the sender address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub about: Option<String>,
    /// `passed`, `failed`, `skipped`, `unchecked` or `cancelled`.
    pub outcome: String,
    /// How long it took, in milliseconds.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ms: u64,
    /// One plain sentence.
    pub detail: String,
    /// The server's own words, without secrets.
    pub server_says: Option<String>,
    /// What was decoded from the refusal of a token (RFC 7628 section 3.2.2).
    pub challenge: Option<String>,
    /// Where the server answers instead, as `HOST:PORT:MODE`, better places first: tried after this check failed,
    /// without signing in.
    #[serde(default)]
    pub works_instead: Vec<String>,
    /// The diagnosis of a failure.
    pub verdict: Option<VerdictInfo>,
}

/// All checks of one mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReportInfo {
    /// Address of the mailbox.
    pub mailbox: String,
    /// The status that follows.
    pub status: String,
    /// `login`, `envelope`, `message` or `arrived`; null when nobody got in.
    pub proof: Option<String>,
    /// How long all of it took, in milliseconds.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ms: u64,
    /// When it began.
    pub started: String,
    /// Of a failed report: the number by which a person and support talk about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub error_id: Option<String>,
    /// Somebody stopped the test, so that it says nothing about the mailbox that was not known before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub stopped: bool,
    /// In ladder order, one protocol after the other.
    pub checks: Vec<CheckInfo>,
    /// What the mailbox's provider has announced about it, by day.
    #[serde(default)]
    pub announcements: Vec<AnnouncementInfo>,
}

/// What was said with one server in a test, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ConversationInfo {
    /// `imap`, `pop3`, `smtp`, `graph` or `gmail`.
    pub protocol: String,
    /// Seconds since it began, who said it (`C:` this program, `S:` the server, `--` neither), and what.
    pub lines: Vec<String>,
}

/// Answer of `test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Reports {
    /// One per mailbox, in the order asked for.
    pub reports: Vec<ReportInfo>,
}

/// One line of `test --json-lines`, and one event of a running test in the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum TestEvent {
    /// A check began.
    Started {
        /// Address of the mailbox.
        mailbox: String,
        /// Of which protocol.
        protocol: Option<String>,
        /// Which step.
        id: String,
        /// As of the check.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        about: Option<String>,
    },
    /// A check ended.
    Finished {
        /// Address of the mailbox.
        mailbox: String,
        /// The check.
        check: Box<CheckInfo>,
    },
    /// The mailbox is done.
    Report {
        /// Its report.
        report: Box<ReportInfo>,
    },
}

/// Answer of `token`: the one answer that holds a secret, because another program asked for it.
#[derive(Clone, Serialize)]
pub struct Token {
    /// The access token.
    pub access_token: String,
    /// When it ends.
    pub expires: String,
    /// The name to use with it towards the mail server.
    pub user: String,
}

/// The word of a domain enum, as serde writes it.
pub(crate) fn word<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        // Every enum passed here is a plain word; another value would show in the snapshot tests.
        other => format!("{other:?}"),
    }
}

impl From<&Check> for CheckInfo {
    fn from(check: &Check) -> Self {
        Self {
            id: check.id.word().to_owned(),
            protocol: check.protocol.map(|p| p.word().to_owned()),
            about: check.about.clone(),
            outcome: word(check.outcome),
            ms: milliseconds(check.took),
            detail: check.detail.clone(),
            server_says: check.server_says.clone(),
            challenge: check.evidence.as_ref().and_then(|e| e.challenge.clone()),
            works_instead: check
                .evidence
                .as_ref()
                .map_or_else(Vec::new, |e| e.works_instead.clone()),
            verdict: check.verdict.as_deref().map(VerdictInfo::from),
        }
    }
}

impl ReportInfo {
    /// The report of the mailbox with this address.
    pub fn new(address: &str, report: &Report) -> Self {
        Self {
            mailbox: address.to_owned(),
            status: report.status.word().to_owned(),
            proof: report.proof.map(word),
            ms: milliseconds(report.took),
            started: report.started.to_string(),
            error_id: crate::error_id::error_id(report),
            stopped: false,
            checks: report.checks.iter().map(CheckInfo::from).collect(),
            announcements: Vec::new(),
        }
    }

    /// The same, with what concerns the mailbox as it is now.
    pub(crate) fn of(mailbox: &Mailbox, report: &Report) -> Self {
        Self {
            announcements: crate::calendar::announcements(mailbox),
            ..Self::new(&mailbox.address.to_string(), report)
        }
    }
}

impl TestEvent {
    /// The event of the mailbox with this address.
    pub fn new(address: &str, event: &CheckEvent) -> Self {
        let mailbox = address.to_owned();
        match event {
            CheckEvent::Started {
                protocol,
                id,
                about,
            } => Self::Started {
                mailbox,
                protocol: protocol.map(|p| p.word().to_owned()),
                id: id.word().to_owned(),
                about: about.clone(),
            },
            CheckEvent::Finished(check) => Self::Finished {
                mailbox,
                check: Box::new(check.into()),
            },
        }
    }
}

/// Whole milliseconds; a duration beyond 500 million years counts as that.
pub(crate) fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
