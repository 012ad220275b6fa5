use serde::{Deserialize, Serialize};

/// What a folder is for. The six roles that business systems ask for; RFC 6154 names all but the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FolderRole {
    /// Where mail arrives; always the folder `INBOX` (RFC 3501 section 5.1).
    Inbox,
    /// Copies of sent messages, `\Sent`.
    Sent,
    /// Unfinished messages, `\Drafts`.
    Drafts,
    /// Deleted messages, `\Trash`.
    Trash,
    /// Unwanted messages, `\Junk`.
    Junk,
    /// Messages kept out of the inbox, `\Archive`.
    Archive,
}

impl FolderRole {
    /// Every role, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::Inbox,
        Self::Sent,
        Self::Drafts,
        Self::Trash,
        Self::Junk,
        Self::Archive,
    ];

    /// The word used in options, files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Sent => "sent",
            Self::Drafts => "drafts",
            Self::Trash => "trash",
            Self::Junk => "junk",
            Self::Archive => "archive",
        }
    }

    /// The role that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|r| r.word().eq_ignore_ascii_case(word))
    }
}

/// One folder as the server listed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// Decoded name, levels joined by the server's separator: for people.
    pub name: String,
    /// The name exactly as the server sent it (modified UTF-7 unless UTF8=ACCEPT was enabled): what is stored and sent back.
    pub raw: String,
    /// Number of messages, where the server said it.
    pub messages: Option<u32>,
    /// Whether it can be opened (`\Noselect` and `\NonExistent` cannot).
    pub selectable: bool,
    /// Role that the server itself names (SPECIAL-USE, RFC 6154).
    pub special_use: Option<FolderRole>,
}

/// How a role got its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", content = "raw", rename_all = "kebab-case")]
pub enum RoleChoice {
    /// By the server's flags, then by well-known names.
    #[default]
    Automatic,
    /// A person chose this folder; holds its raw name.
    Chosen(String),
    /// A person said that this role is not used.
    None,
}
