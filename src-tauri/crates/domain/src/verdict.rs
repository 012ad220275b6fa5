use serde::{Deserialize, Serialize};

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The owner of the mailbox, or whoever sits in front of the screen.
    You,
    /// An administrator of the organisation.
    Administrator,
    /// Whoever set up the app registration and the settings here.
    Consultant,
    /// Whoever runs firewall, proxy, virus scanner or internet access.
    Network,
    /// The provider: waiting helps.
    Provider,
    /// The makers of the program or of the app registration.
    Developer,
}

/// The diagnosis of a failed check: what happened and who does what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Stable name, for programs and support.
    pub id: String,
    /// One line.
    pub title: String,
    /// What happened, with the values concerned.
    pub what: String,
    /// What still works or was not changed.
    pub still_works: Option<String>,
    /// Who has to act.
    pub who: Who,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Page that leads to the fix, or to the code's explanation.
    pub link: Option<String>,
    /// Command for an administrator to copy, never run by us.
    pub command: Option<String>,
    /// The command that takes the other back.
    pub reverse: Option<String>,
    /// Where this knowledge comes from.
    pub source: String,
    /// The day (RFC 3339 full-date) on which it was last compared with its source.
    pub checked_on: String,
    /// The text or code that led here.
    pub matched: Option<String>,
    /// Signing in again is what fixes it.
    pub sign_in_helps: bool,
    /// Waiting and trying again may fix it.
    pub try_later: bool,
}
