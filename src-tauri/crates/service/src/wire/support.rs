use serde::{Deserialize, Serialize};

use super::{Doctor, MailboxDetails, RegistrationDetails, ReportInfo};

/// One part of a support package, for the list that is shown before it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PackagePart {
    /// Its key in the file: `program`, `computer`, `mailboxes`, `registrations`, `reports` or `transcripts`.
    pub part: String,
    /// What of it is there, in a sentence.
    pub what: String,
    /// Its size in bytes.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: usize,
}

/// Answer of `support-package`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SupportPackaged {
    /// The file; none where it was not written.
    pub file: Option<String>,
    /// Its size in bytes.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: usize,
    /// Whether addresses and host names were replaced.
    pub masked: bool,
    /// Error IDs of the failed reports in it, the newest first.
    pub error_ids: Vec<String>,
    /// All that is in it.
    pub contents: Vec<PackagePart>,
    /// Subject for a message to support.
    pub subject: String,
    /// An address that opens such a message (RFC 6068).
    pub mailto: String,
}

/// A support package as the window shows it before it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SupportShown {
    /// The whole file: one JSON document.
    pub text: String,
    /// Its size in bytes.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: usize,
    /// Whether addresses and host names were replaced.
    pub masked: bool,
    /// Error IDs of the failed reports in it, the newest first.
    pub error_ids: Vec<String>,
    /// All that is in it.
    pub contents: Vec<PackagePart>,
    /// Subject for a message to support.
    pub subject: String,
}

/// A support package that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SupportSaved {
    /// The file, by its whole path.
    pub file: String,
}

/// The file: one JSON document. It has no field for a secret or a message.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Package {
    pub(crate) about: String,
    pub(crate) made: String,
    pub(crate) masked: bool,
    pub(crate) error_ids: Vec<String>,
    pub(crate) program: PackageProgram,
    pub(crate) computer: Doctor,
    pub(crate) mailboxes: Vec<MailboxDetails>,
    pub(crate) registrations: Vec<RegistrationDetails>,
    pub(crate) reports: Vec<ReportInfo>,
    pub(crate) transcripts: Vec<PackageTranscript>,
}

/// Versions, and what changes how the program behaves.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PackageProgram {
    pub(crate) version: String,
    pub(crate) system: String,
    pub(crate) architecture: String,
    pub(crate) system_name: Option<String>,
    pub(crate) keychain: String,
    /// Names only: a value may hold a path or a password.
    pub(crate) variables_set: Vec<String>,
}

/// One conversation with a mail server, without secrets.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PackageTranscript {
    pub(crate) mailbox: String,
    pub(crate) protocol: String,
    pub(crate) lines: Vec<String>,
}
