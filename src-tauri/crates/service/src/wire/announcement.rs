use mailwright_diagnosis::Announcement;
use serde::{Deserialize, Serialize};

/// Something that the provider of a mailbox has announced and that concerns it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AnnouncementInfo {
    /// Stable name.
    pub id: String,
    /// The day from which it holds.
    pub on: String,
    /// The same for people, as exactly as the provider said it.
    pub when: String,
    /// Whether something stops working on that day unless somebody acts.
    pub ends: bool,
    /// One line.
    pub title: String,
    /// What it means.
    pub what: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Where the provider says it.
    pub link: String,
    /// Where this knowledge comes from.
    pub source: String,
    /// The day on which it was last compared with its source.
    pub checked_on: String,
}

impl From<&Announcement> for AnnouncementInfo {
    fn from(announcement: &Announcement) -> Self {
        Self {
            id: announcement.id.clone(),
            on: announcement.on.to_string(),
            when: announcement.when.clone(),
            ends: announcement.ends,
            title: announcement.title.clone(),
            what: announcement.what.clone(),
            steps: announcement.steps.clone(),
            link: announcement.link.clone(),
            source: announcement.source.clone(),
            checked_on: announcement.checked_on.clone(),
        }
    }
}
