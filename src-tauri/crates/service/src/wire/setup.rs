use serde::{Deserialize, Serialize};

use super::{Detected, ProblemDetails, VerdictInfo};

/// A set-up that was begun in the window and can be gone on with, also after the program has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SetupInfo {
    /// The set-up's id.
    pub id: String,
    /// Where it stands: `address`, `confirm`, `sign-in`, `checks`, `folders` or `done`.
    pub step: String,
    /// Id of the mailbox, once it was confirmed.
    pub mailbox: Option<String>,
    /// Who signed in before there was a mailbox; the sign-in waits in the keychain for it.
    pub signed_in_as: Option<String>,
    /// What was entered.
    pub form: SetupForm,
    /// When it was begun.
    pub started: String,
    /// When it was changed last.
    pub changed: String,
}

/// What a person entered so far, as typed and not yet checked; an empty text means that nothing was entered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SetupForm {
    /// Address of the mailbox.
    pub address: String,
    /// Id of the app registration.
    pub registration: String,
    /// Whether it sends.
    pub send: bool,
    /// What it sends with: `smtp`, `graph` (Microsoft Graph) or `gmail` (the Gmail API); SMTP where nothing is said.
    pub send_via: String,
    /// Whether it receives.
    pub receive: bool,
    /// Who signs in: `mailbox` (its own account), `other` (a different sign-in name), `shared` (a colleague), `nobody`
    /// (the app registration has access of its own) or `password` (its servers want one, which is no part of the form).
    pub who_signs_in: String,
    /// The sign-in name, where it is different; the user name of a password, where that is not the address.
    pub sign_in_name: String,
    /// Name that recipients see.
    pub sender_name: String,
    /// Addresses it may send as, the usual one first.
    pub senders: Vec<String>,
    /// Account name.
    pub account_name: String,
    /// Whether the servers below are used instead of detected ones.
    pub manual: bool,
    /// What the mailbox is read with at the servers below: `imap`, `pop3` or `both`; IMAP where nothing is said.
    pub read_with: String,
    /// Server for reading with IMAP.
    pub imap: ServerForm,
    /// Server for reading with POP3.
    pub pop3: ServerForm,
    /// Server for sending.
    pub smtp: ServerForm,
    /// Time limit of one check, in seconds.
    pub timeout: String,
}

/// A server as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ServerForm {
    /// Host name.
    pub host: String,
    /// Port.
    pub port: String,
    /// `auto`, `tls`, `starttls` or `plain`.
    pub security: String,
}

/// Everything that is known about an address before it is set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Found {
    /// Provider and servers, where the domain tells them.
    pub detected: Detected,
    /// Id of the mailbox with this address, if it is set up already.
    pub existing: Option<String>,
    /// Id of a set-up of this address that was begun.
    pub begun: Option<String>,
    /// App registrations that can sign in at this provider, the likeliest first; all where no provider was found.
    pub registrations: Vec<RegistrationChoice>,
    /// Servers that a person gave for another mailbox of the same domain.
    pub known: Option<KnownServers>,
}

/// An app registration to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegistrationChoice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `microsoft`, `google` or `custom`.
    pub provider: String,
    /// Whether it can have access without anybody who signs in.
    pub app_only: bool,
}

/// Servers of another mailbox of the same domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct KnownServers {
    /// Address of that mailbox.
    pub from: String,
    /// Id of its app registration.
    pub registration: String,
    /// Server for reading with IMAP.
    pub imap: Option<ServerForm>,
    /// Server for reading with POP3.
    pub pop3: Option<ServerForm>,
    /// Server for sending.
    pub smtp: Option<ServerForm>,
}

/// One permission that a provider will ask a person for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Permission {
    /// `send`, `read`, `read-and-send`, `stay-signed-in`, `identity` or `other`.
    pub meaning: String,
    /// Its official name.
    pub name: String,
}

/// What is known before the browser opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Readiness {
    /// `keychain`, `browser` and `return-address`, in this order.
    pub parts: Vec<ReadyPart>,
    /// Whether a sign-in can begin.
    pub ready: bool,
    /// Why nobody can sign in with a code on another device with this app registration; null where somebody can.
    pub no_code: Option<ProblemDetails>,
}

/// One thing that a sign-in needs of this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReadyPart {
    /// `keychain`, `browser` or `return-address`.
    pub id: String,
    /// Which one: the store's name, the program, the address.
    pub name: String,
    /// What is wrong with it; null where nothing is.
    pub problem: Option<ProblemDetails>,
}

/// One event of a running sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum SignInStep {
    /// Another sign-in is open on this computer; this one goes on when that one has ended.
    Queued,
    /// The address to open. It can be used once.
    Link {
        /// The provider's page with this request.
        url: String,
        /// How long the sign-in waits for the person, in milliseconds.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        ms: u64,
    },
    /// No browser could be started; the sign-in goes on waiting for whoever opens the address by hand.
    NotOpened {
        /// Why, and what to do.
        message: String,
    },
    /// The code to enter on another device.
    Code {
        /// The page to open there.
        page: String,
        /// What to type there.
        code: String,
        /// How long it can be used, in milliseconds.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        ms: u64,
        /// How often the provider is asked whether it was used, in milliseconds.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        every_ms: u64,
    },
    /// The provider was asked whether the code was used.
    Polled {
        /// It said that it was not; otherwise it gave no usable answer.
        answered: bool,
        /// When it is asked again, in milliseconds from now on.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        again_in_ms: u64,
    },
    /// The person has finished; the sign-in is being completed.
    CameBack,
}

/// What became of a text that a person pasted while a sign-in waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Pasted {
    /// It was the address that was waited for; the sign-in goes on by itself.
    pub completed: bool,
    /// Otherwise what can be said about it, best first.
    pub verdicts: Vec<VerdictInfo>,
}

/// Somebody else signed in than the mailbox expects; nothing was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OtherAccount {
    /// The sign-in name that was expected.
    pub expected: String,
    /// Who signed in.
    pub signed_in_as: String,
}
