use serde::{Deserialize, Serialize};

use super::{MailboxDetails, MailboxLine, ReportInfo, SetupInfo, VerdictInfo};

/// What the window's first page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Home {
    /// All mailboxes, by address.
    pub mailboxes: Vec<HomeLine>,
    /// Set-ups that were begun and have no mailbox yet, the latest first.
    pub setups: Vec<SetupInfo>,
}

/// One mailbox of the window's first page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HomeLine {
    /// What every list shows.
    #[serde(flatten)]
    pub line: MailboxLine,
    /// Sending: `off`, `unchecked`, `proven` or `failed`.
    pub sending: String,
    /// Reading: `off`, `unchecked`, `proven` or `failed`.
    pub reading: String,
    /// Diagnosis of the first failed check of the last test.
    pub problem: Option<VerdictInfo>,
    /// What it rests on that ends within 30 days, the next one.
    pub ends: Option<Ends>,
    /// Id of a set-up that was begun for it and is not done.
    pub setup: Option<String>,
}

/// Something that ends by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Ends {
    /// `secret`, `certificate`, `google-testing`, `inactivity` or `sign-in-frequency`.
    pub kind: String,
    /// The day on which it ends.
    pub on: String,
    /// Days until then; none left or fewer where it has ended.
    pub days: i32,
}

/// What the page of one mailbox shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MailboxPage {
    /// Its line on the first page.
    pub home: HomeLine,
    /// All settings.
    pub details: MailboxDetails,
    /// Id of its app registration.
    pub registration_id: Option<String>,
    /// The last test.
    pub report: Option<ReportInfo>,
    /// Other mailboxes that use the same sign-in.
    pub shares_sign_in_with: Vec<String>,
}

/// A check that a test will make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PlannedCheck {
    /// Which step.
    pub id: String,
    /// `imap` or `smtp`; null for what concerns the sign-in.
    pub protocol: Option<String>,
    /// What it is about, where there are several of the same: the sender address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub about: Option<String>,
}
