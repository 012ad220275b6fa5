use mailwright_domain::{CheckId, Outcome, Protocol, Provider, Reading};
use serde::Deserialize;

/// What a switch belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// One for each mailbox.
    Mailbox,
    /// One for the whole organisation.
    Organisation,
    /// One for the app registration, in this organisation.
    App,
    /// One for each authentication policy, found by its name.
    Policy,
}

/// For which mailboxes a switch matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Concerns {
    /// Those that send by SMTP.
    Smtp,
    /// Those that are read by IMAP.
    Imap,
    /// Those that are read by POP3.
    Pop3,
    /// Those that sign in with a password.
    Password,
    /// All of them.
    Everybody,
}

/// Which PowerShell module has the commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shell {
    /// `ExchangeOnlineManagement`, after `Connect-ExchangeOnline`.
    Exchange,
    /// `Microsoft.Graph`, after `Connect-MgGraph`.
    Graph,
}

impl Shell {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Graph => "graph",
        }
    }
}

/// Which of several answers counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Several {
    /// The last one: it was looked at before and after a change.
    #[default]
    Last,
    /// The best one: one is enough.
    Best,
    /// The one whose meaning stands first among the values.
    First,
}

/// One switch: how it is read, what its values mean, how it is changed and changed back.
///
/// Commands are templates with `{mailbox}`, `{client_id}`, `{policy}` and `{value}` (what was read); each is put in as a
/// literal of PowerShell, so that no value can be anything but a value. `read` only looks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Stable name.
    pub id: String,
    /// One line.
    pub title: String,
    /// Whose it is.
    pub provider: Provider,
    /// What it belongs to.
    pub about: About,
    /// For which mailboxes it matters.
    pub concerns: Concerns,
    /// Where its commands run; none where the provider has no commands for it.
    pub shell: Option<Shell>,
    /// Permissions of Microsoft Graph that looking needs.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Permissions of Microsoft Graph that changing needs.
    #[serde(default)]
    pub change_scopes: Vec<String>,
    /// Cmdlets whose output holds it.
    #[serde(default)]
    pub cmdlets: Vec<String>,
    /// The property that holds it.
    #[serde(default)]
    pub property: String,
    /// Properties that say which mailbox or policy it is, the best first.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Properties (`Name`, or `Name=Value`) by which its output is known where the command line is missing. Without
    /// any, the property itself says enough.
    #[serde(default)]
    pub marks: Vec<String>,
    /// Command that looks and changes nothing.
    pub read: Option<String>,
    /// How to understand what it prints.
    pub read_note: Option<String>,
    /// Command that changes it.
    pub change: Option<String>,
    /// Command that takes the change back.
    pub reverse: Option<String>,
    /// What to think of before it is changed.
    pub caution: Option<String>,
    /// The same by hand, in order.
    #[serde(default)]
    pub steps: Vec<String>,
    /// The role that is needed, by its official name.
    pub who: String,
    /// Page of the setting.
    pub link: String,
    /// How long it may take until a change has its effect, in minutes.
    pub wait_minutes: u32,
    /// Switches that decide where this one is empty, in order.
    #[serde(default)]
    pub falls_back: Vec<String>,
    /// Where the knowledge comes from.
    pub source: String,
    /// The day it was last compared with its source.
    pub checked_on: String,
    /// Which of several answers counts.
    #[serde(default)]
    pub several: Several,
    /// What its values mean; the first that fits.
    #[serde(default, rename = "value")]
    pub values: Vec<Value>,
    /// What tests and sign-ins show of it; the first that fits.
    #[serde(default)]
    pub seen: Vec<Seen>,
    /// Outputs that must lead to an outcome; the tests read every one.
    #[serde(default, rename = "sample")]
    pub samples: Vec<SwitchSample>,
}

impl Switch {
    /// What a value means.
    pub fn value(&self, read: &str) -> Option<&Value> {
        self.values.iter().find(|v| v.fits(read))
    }
}

/// What one value means. Of `is`, `contains` and `any` exactly one is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// The value; empty means that nothing is set. Case makes no difference.
    pub is: Option<String>,
    /// A part of the value.
    pub contains: Option<String>,
    /// Everything but nothing.
    #[serde(default)]
    pub any: bool,
    /// What it means by itself.
    pub outcome: Outcome,
    /// The same as a sentence; `{value}` is what was read.
    pub says: String,
    /// The entry of the catalogue that says what to do.
    pub verdict: Option<String>,
    /// Another switch decides, see [`Switch::falls_back`].
    #[serde(default)]
    pub inherits: bool,
    /// What it means for those that fall back on it.
    pub passes_on: Option<PassedOn>,
    /// Command that takes a change back to this value, where it is another than [`Switch::reverse`].
    pub reverse: Option<String>,
}

impl Value {
    fn fits(&self, read: &str) -> bool {
        let within = |part: &String| read.to_lowercase().contains(&part.to_lowercase());
        match (&self.is, &self.contains) {
            (Some(is), _) => is.eq_ignore_ascii_case(read),
            (None, Some(part)) => within(part),
            (None, None) => self.any && !read.is_empty(),
        }
    }
}

/// What a switch means for another that falls back on it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassedOn {
    /// What it comes to.
    pub outcome: Outcome,
    /// The same as a sentence.
    pub says: String,
    /// The entry of the catalogue that says what to do.
    pub verdict: Option<String>,
}

/// What a test or a sign-in shows of a switch. Either a check of a protocol that passed, a verdict, or a reading of the
/// app registration that passed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The protocol of the check.
    pub protocol: Option<Protocol>,
    /// The check that passed.
    pub check: Option<CheckId>,
    /// The verdict of a check or a sign-in that failed.
    pub verdict: Option<String>,
    /// The reading of the app registration that passed.
    pub registration: Option<Reading>,
    /// What it shows.
    pub outcome: Outcome,
    /// The same as a sentence.
    pub says: String,
    /// The value that it shows, for switches that fall back on this one.
    pub is: Option<String>,
    /// The switch that decided.
    pub decided_by: Option<String>,
    /// Command that takes a change back to what was seen, where it is another than [`Switch::reverse`].
    pub reverse: Option<String>,
}

/// An output, and what must be read out of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchSample {
    /// As pasted.
    pub text: String,
    /// The mailbox or policy that it is about.
    pub subject: Option<String>,
    /// What it means by itself.
    pub outcome: Outcome,
}

/// What PowerShell says instead of an answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trouble {
    /// Stable name.
    pub id: String,
    /// Any of these, anywhere; case makes no difference.
    pub text: Vec<String>,
    /// What helps.
    pub says: String,
}

/// A file of switches.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) switch: Vec<Switch>,
    #[serde(default)]
    pub(super) trouble: Vec<Trouble>,
}
