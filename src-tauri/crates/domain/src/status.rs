use serde::{Deserialize, Serialize};

/// How a mailbox is doing. The same ten words in window, command line, report and database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Nothing has been proven yet: settings are incomplete, or it was not tested since the last sign-in.
    NotStarted,
    /// A person has to sign in.
    WaitingForYou,
    /// An administrator has to approve or change something first.
    WaitingForAdmin,
    /// The provider was changed just now and needs time.
    WaitingForProvider,
    /// A test is running.
    Testing,
    /// Everything that was asked for is proven.
    Working,
    /// Sending works and reading does not, or the reverse.
    PartlyWorking,
    /// Works, or worked when it was last reached; something needs looking after before it stops.
    NeedsAttention,
    /// Nothing works until somebody acts.
    Stopped,
    /// Kept for the record, not used.
    Retired,
}

impl Status {
    /// Every status, in the order in which they are explained to people.
    pub const ALL: [Self; 10] = [
        Self::NotStarted,
        Self::WaitingForYou,
        Self::WaitingForAdmin,
        Self::WaitingForProvider,
        Self::Testing,
        Self::Working,
        Self::PartlyWorking,
        Self::NeedsAttention,
        Self::Stopped,
        Self::Retired,
    ];

    /// The word used on screen, in files and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotStarted => "not-started",
            Self::WaitingForYou => "waiting-for-you",
            Self::WaitingForAdmin => "waiting-for-admin",
            Self::WaitingForProvider => "waiting-for-provider",
            Self::Testing => "testing",
            Self::Working => "working",
            Self::PartlyWorking => "partly-working",
            Self::NeedsAttention => "needs-attention",
            Self::Stopped => "stopped",
            Self::Retired => "retired",
        }
    }

    /// The status that a word names, if it is one of the ten.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for status in Status::ALL {
            assert_eq!(Status::from_word(status.word()), Some(status));
        }
        assert_eq!(Status::from_word("Working"), None);
    }
}
