use serde::{Deserialize, Serialize};

use super::{AnnouncementInfo, VerdictInfo};

/// Answer of `organisation`: the switches of the organisation behind an app registration, what is known of each, and
/// the commands by which an administrator looks and changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Organisation {
    /// Name of the app registration.
    pub registration: String,
    /// Its id.
    pub registration_id: String,
    /// `microsoft` or `google`.
    pub provider: String,
    /// The organisation: a domain where one is known, else its tenant ID.
    pub organisation: Option<String>,
    /// When this was put together.
    pub looked: String,
    /// One for each switch, in the order in which they are shown.
    pub checks: Vec<OrganisationCheck>,
    /// What the provider has announced for the days to come, by day.
    pub announced: Vec<AnnouncementInfo>,
    /// Everything that an administrator runs to look, each command once: first the one that connects.
    pub look: Vec<OrganisationCommand>,
    /// What the pasted text said; null where none was pasted.
    pub pasted: Option<OrganisationPasted>,
}

/// One switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OrganisationCheck {
    /// Stable name, such as `smtp-auth-mailbox`.
    pub id: String,
    /// One line.
    pub title: String,
    /// What it belongs to: `mailbox`, `organisation`, `app` or `policy`.
    pub about: String,
    /// `passed`, `failed`, `unchecked`, or `skipped` where no mailbox needs it.
    pub outcome: String,
    /// What it rests on: `seen` (a test or sign-in showed it), `pasted` (an administrator looked), `not-seen`, or
    /// `mixed`.
    pub basis: String,
    /// One or two plain sentences.
    pub detail: String,
    /// Mailboxes or policies, one finding each; for the rest one without a name.
    pub findings: Vec<OrganisationFinding>,
    /// The role that is needed, by its official name.
    pub who: String,
    /// How long it may take until a change has its effect, in minutes.
    pub wait_minutes: u32,
    /// How to change it by hand, in order.
    pub steps: Vec<String>,
    /// Page of the setting.
    pub link: String,
    /// How to understand what the command that looks prints.
    pub read_note: Option<String>,
    /// What to think of before it is changed.
    pub caution: Option<String>,
    /// Commands to copy: those that look first, then each change with its reverse.
    pub commands: Vec<OrganisationCommand>,
    /// What the catalogue says about what failed.
    pub verdict: Option<VerdictInfo>,
    /// Where this knowledge comes from.
    pub source: String,
    /// Day on which it was last compared with its source.
    pub checked_on: String,
}

/// What is known of a switch for one mailbox, one policy or the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OrganisationFinding {
    /// Address or name; null where the switch is the organisation's or the app's.
    pub subject: Option<String>,
    /// `passed`, `failed` or `unchecked`.
    pub outcome: String,
    /// `seen`, `pasted` or `not-seen`.
    pub basis: String,
    /// One plain sentence.
    pub detail: String,
    /// The value, as the provider's commands print it; empty where nothing is set, null where it is not known.
    pub value: Option<String>,
    /// Id of the switch that decides, where another one than this does.
    pub decided_by: Option<String>,
    /// When it was seen.
    pub seen: Option<String>,
    /// Id of the catalogue's entry on it.
    pub verdict: Option<String>,
}

/// A command for an administrator to copy. Mailwright runs none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OrganisationCommand {
    /// `connect`, `look`, `change` or `reverse`; a reverse stands right after its change.
    pub kind: String,
    /// PowerShell module that has it: `exchange` or `graph`.
    pub shell: String,
    /// The mailboxes that it is for.
    pub mailboxes: Vec<String>,
    /// As it is typed.
    pub command: String,
}

/// What was understood of a pasted text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OrganisationPasted {
    /// How many values were read.
    pub understood: u32,
    /// How many of them are about mailboxes that are not set up with this registration; they were left out.
    pub others: u32,
    /// What could not be used and why, one sentence each.
    pub unclear: Vec<String>,
    /// What PowerShell said instead of an answer, and what helps.
    pub troubles: Vec<String>,
}
