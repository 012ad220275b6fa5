use serde::{Deserialize, Serialize};

use super::Permission;

/// Answer of `approve`: an administrator's approval of an app registration, for one mailbox or for all that use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ApprovalInfo {
    /// Where an administrator approves; null where the provider has no such page.
    pub link: Option<String>,
    /// Where it is done by hand instead: the page's address.
    pub console: Option<String>,
    /// A ready message to the administrator, without its subject.
    pub message: String,
    /// Subject of the message.
    pub subject: String,
    /// The mailbox's status; for a registration `waiting-for-admin`, `working` or `not-started`.
    pub status: String,
    /// The mailbox asked about.
    pub mailbox: Option<String>,
    /// Who signs in to it.
    pub person: Option<String>,
    /// Name of the app registration.
    pub registration: String,
    /// Its id.
    pub registration_id: String,
    /// `microsoft`, `google` or `custom`.
    pub provider: String,
    /// Client ID of the app.
    pub client_id: String,
    /// The organisation, by its domain, where that is known.
    pub organisation: Option<String>,
    /// What is approved, and nothing else.
    pub permissions: Vec<Permission>,
    /// Mailboxes that wait for this approval.
    pub waiting: Vec<String>,
    /// `ask` or `administrator`: the way that was chosen in the window.
    pub way: Option<String>,
    /// When a sign-in said that the approval is needed.
    pub needed_at: Option<String>,
    /// When the message was taken.
    pub asked_at: Option<String>,
    /// `copied` or `mail`.
    pub asked_by: Option<String>,
    /// When it was looked for last, without a person.
    pub looked_at: Option<String>,
    /// What was found then: `approved`, `not-yet`, `unreachable`, or `unseen`: only a sign-in shows it.
    pub found: Option<String>,
    /// When an administrator approved on this computer.
    pub approved_at: Option<String>,
    /// For which organisation.
    pub approved_for: Option<String>,
}
