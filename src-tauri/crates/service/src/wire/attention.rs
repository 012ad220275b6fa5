use serde::{Deserialize, Serialize};

use super::{AnnouncementInfo, VerdictInfo};

/// Answer of `status`: what needs attention, grouped so that one fix helps as many mailboxes as it can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Attention {
    /// When this was put together.
    pub at: String,
    /// How many mailboxes there are.
    pub mailboxes: u32,
    /// How many of them work, with nothing that ends within 30 days.
    pub working: u32,
    /// What is to be done here, the most urgent first.
    pub fixes: Vec<Fix>,
    /// What somebody else has to do, the longest wait first.
    pub waiting: Vec<Fix>,
    /// Everything that ends and whose day is known, the next first; what ends within 30 days is among `fixes` too.
    pub dates: Vec<Fix>,
}

/// One thing to do, and the mailboxes that it helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Fix {
    /// What it is about: something that ends (`secret`, `certificate`, `google-testing`, `inactivity`,
    /// `sign-in-frequency`, `announced` by the provider), or `sign-in`, `password`, `approval`, `problem`.
    pub kind: String,
    /// The status of the mailboxes concerned, the worst of them.
    pub status: String,
    /// Who has to act: `you`, `administrator`, `consultant`, `network`, `provider` or `developer`.
    pub who: String,
    /// What to do: `replace-secret`, `replace-certificate`, `publish`, `open-registration`, `test`, `sign-in`,
    /// `enter-password`, `approve`, `tell` (somebody else) or `open` (the mailbox).
    pub action: String,
    /// The day on which it ends.
    pub on: Option<String>,
    /// Days until then; none left or fewer where it has ended.
    pub days: Option<i32>,
    /// 7, 30 or 60 where it ends within so many days; 0 where it has ended.
    pub within: Option<u32>,
    /// The app registration concerned.
    pub registration: Option<FixRegistration>,
    /// Mailboxes that it helps, by address.
    pub mailboxes: Vec<FixMailbox>,
    /// Who is signed in, where it is about one person's sign-in.
    pub person: Option<String>,
    /// Since when, where it is known.
    pub since: Option<String>,
    /// The diagnosis, where a check failed.
    pub problem: Option<VerdictInfo>,
    /// What the provider has announced, where it is about that.
    pub announcement: Option<AnnouncementInfo>,
}

/// The app registration that a fix is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FixRegistration {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A mailbox that a fix helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FixMailbox {
    /// Its id.
    pub id: String,
    /// Its address.
    pub address: String,
}
