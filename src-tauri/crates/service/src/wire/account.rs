use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::AnnouncementInfo;

/// A server as it was detected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Server {
    /// `imap`, `pop3` or `smtp`.
    pub protocol: String,
    /// Host name.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// `auto`, `tls`, `starttls` or `plain`.
    pub security: String,
    /// Ways to sign in, best first: `xoauth2`, `oauthbearer`, `oauth2` (one of these two), `password`; empty where
    /// nobody said.
    pub auth: Vec<String>,
    /// Name to sign in with, where somebody said that it is not the address.
    pub login: Option<String>,
    /// Where host and port came from.
    pub source: String,
}

/// Answer of `detect`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Detected {
    /// The address asked about.
    pub address: String,
    /// `microsoft`, `google`, or `custom` where only servers were found; null where nothing was.
    pub provider: Option<String>,
    /// Tenant to sign in at: `consumers` for personal Microsoft accounts, the tenant ID of an organisation at
    /// Microsoft; null where it is not known.
    pub tenant: Option<String>,
    /// Microsoft cloud of the tenant; null where it is not known.
    pub cloud: Option<String>,
    /// What of this cloud Microsoft has not confirmed, as a sentence.
    pub not_confirmed: Option<String>,
    /// Why the organisation's tenant is not known although it is at Microsoft.
    pub tenant_note: Option<String>,
    /// `domain`, `mx`, `autodiscover`, `autoconfig`, `srv`, `database`, `spf` or `tenant`; null where nothing was found.
    pub source: Option<String>,
    /// `certain`, `likely` or `possible`; null where nothing was found.
    pub confidence: Option<String>,
    /// The name that told it, or the sentence that says why nothing was found.
    pub note: String,
    /// Servers for reading. Those of a `custom` provider get no token before a person has entered them.
    pub incoming: Vec<Server>,
    /// Servers for sending.
    pub outgoing: Vec<Server>,
    /// What else was found, better answers first.
    pub others: Vec<OtherFound>,
}

/// Another answer to where a mailbox is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OtherFound {
    /// `microsoft`, `google` or `custom`.
    pub provider: String,
    /// Where that was found.
    pub source: String,
    /// `certain`, `likely` or `possible`.
    pub confidence: String,
    /// The name that told it.
    pub note: String,
    /// Servers for reading.
    pub incoming: Vec<Server>,
    /// Servers for sending.
    pub outgoing: Vec<Server>,
}

/// Answer of `add` and `set`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Added {
    /// The mailbox's id.
    pub id: String,
    /// Its address.
    pub address: String,
    /// Its status.
    pub status: String,
}

/// One mailbox in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MailboxLine {
    /// The mailbox's id.
    pub id: String,
    /// Its address.
    pub address: String,
    /// Its status.
    pub status: String,
    /// Account name.
    pub name: String,
    /// `microsoft`, `google` or `custom`.
    pub provider: String,
    /// `oauth` where a person signs in, `password` where the servers want one, `app-only` where nobody signs in.
    pub auth: String,
    /// Whether it sends.
    pub sends: bool,
    /// Whether it receives.
    pub receives: bool,
    /// What it is used with: `imap`, `pop3`, `smtp`.
    pub protocols: Vec<String>,
    /// Person who is signed in.
    pub signed_in_as: Option<String>,
    /// When it was tested last.
    pub last_check: Option<String>,
}

/// Answer of `list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Mailboxes {
    /// All of them, by address.
    pub mailboxes: Vec<MailboxLine>,
}

/// A server of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EndpointInfo {
    /// `imap`, `pop3` or `smtp`.
    pub protocol: String,
    /// Host name.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// `auto`, `tls`, `starttls` or `plain`.
    pub security: String,
    /// Where host and port came from.
    pub source: String,
    /// Name used towards this server.
    pub login: String,
}

/// Answer of `show`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MailboxDetails {
    /// What the list shows.
    #[serde(flatten)]
    pub line: MailboxLine,
    /// Name that recipients see.
    pub sender_name: String,
    /// Addresses it may send as, the usual one first.
    pub senders: Vec<String>,
    /// The person who signs in.
    pub sign_in_name: String,
    /// Name used towards SMTP.
    pub smtp_login: String,
    /// Which way it sends: `smtp`, `graph` or `gmail`.
    pub send_via: String,
    /// Servers.
    pub servers: Vec<EndpointInfo>,
    /// Name of the app registration.
    pub registration: Option<String>,
    /// Time limit of one check, in milliseconds.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub timeout_ms: u64,
    /// Granted permissions.
    pub scopes: Vec<String>,
    /// When a person signed in last.
    pub signed_in_at: Option<String>,
    /// When the sign-in was renewed last.
    pub renewed_at: Option<String>,
    /// Where the sign-in is kept.
    pub keychain: String,
    /// `login`, `envelope`, `message` or `arrived`: how far the last test got.
    pub proof: Option<String>,
    /// What its provider has announced about it, by day.
    pub announcements: Vec<AnnouncementInfo>,
    /// Folder of each role, decoded, as last seen.
    pub folders: BTreeMap<String, RoleInfo>,
}

/// Answer of `sign-in`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SignedIn {
    /// The person who signed in.
    pub signed_in_as: String,
    /// Granted permissions.
    pub scopes: Vec<String>,
    /// End of the access token; it is renewed without anybody.
    pub expires: String,
}

/// Somebody who is signed in, and whose sign-in another mailbox may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UsableSignIn {
    /// The person.
    pub signed_in_as: String,
    /// Mailboxes and set-ups that use it now.
    pub mailboxes: Vec<String>,
}

/// What signing out of a mailbox would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SignOutPlan {
    /// The mailbox's address.
    pub address: String,
    /// Other mailboxes on the list that use the same sign-in and keep it; the provider is not told then.
    pub kept_for: Vec<String>,
    /// Mailboxes taken off the list and set-ups that need a new sign-in afterwards, too.
    pub lets_go: Vec<String>,
    /// Whether the provider can be told to end it.
    pub can_revoke: bool,
    /// Other mailboxes that stop if the provider is told: Google ends all that a person granted to an app.
    pub stops_at_provider: Vec<String>,
}

/// Answer of `sign-out`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SignedOut {
    /// The mailbox's address.
    pub address: String,
    /// Other mailboxes that still use the same sign-in; it was kept for them.
    pub kept_for: Vec<String>,
    /// Other mailboxes that stopped because the provider ended their sign-in with this one.
    pub also_stopped: Vec<String>,
    /// Whether the provider was told to end it.
    pub revoked: bool,
    /// What happened, in a sentence.
    pub note: String,
}

/// Answer of `remove`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Removed {
    /// Id of what was removed.
    pub id: String,
    /// Its address or name.
    pub name: String,
    /// What happened to the sign-in, in a sentence.
    pub note: String,
}

/// One folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FolderInfo {
    /// Decoded name.
    pub name: String,
    /// Name as the server spells it.
    pub raw: String,
    /// Number of messages.
    pub messages: Option<u32>,
    /// Role that it has in this mailbox.
    pub role: Option<String>,
    /// Role that the server itself gives it (RFC 6154).
    pub marked: Option<String>,
    /// Whether it can be opened.
    pub selectable: bool,
}

/// A change to the folder of one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "choice", rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum RoleChange {
    /// Found automatically again.
    Automatic {
        /// inbox, sent, drafts, trash, junk or archive.
        role: String,
    },
    /// This role uses no folder.
    None {
        /// sent, drafts, trash, junk or archive.
        role: String,
    },
    /// This role uses this folder.
    Folder {
        /// inbox, sent, drafts, trash, junk or archive.
        role: String,
        /// The folder, as the server spells it.
        raw: String,
    },
}

/// Which folder has a role, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RoleInfo {
    /// `automatic`, `chosen` or `none`.
    pub mode: String,
    /// Decoded name of the folder; null where there is none.
    pub name: Option<String>,
    /// Decoded name of the chosen folder where it does not exist any more.
    pub missing: Option<String>,
}

/// Answer of `folders`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Folders {
    /// Every folder.
    pub folders: Vec<FolderInfo>,
    /// By role: inbox, sent, drafts, trash, junk, archive.
    pub roles: BTreeMap<String, RoleInfo>,
}
