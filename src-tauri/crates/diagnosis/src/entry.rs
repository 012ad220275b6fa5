use mailwright_domain::Who;
use serde::Deserialize;

use crate::rule::{Rule, Surroundings};
use crate::sample::Sample;

/// How well the server texts of an entry are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Mark {
    /// Seen word for word in a vendor's document or a real log, or observed by this program itself.
    V,
    /// A vendor's reference table; the sentence at run time differs, so only the number is matched.
    D,
    /// Seen in third-party sources that agree.
    T,
    /// From memory, unverified.
    M,
}

/// One known failure: how it is recognised and what is said about it. The texts are templates, see
/// [`Entry::PLACEHOLDERS`]; a part in `[?` `]` is left out when one of its values is not known.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Stable name.
    pub id: String,
    /// Other names under which the failure is known in documents.
    #[serde(default)]
    pub also: Vec<String>,
    /// How well its texts are known.
    pub evidence: Mark,
    /// One line.
    pub title: String,
    /// What happened.
    pub what: String,
    /// What still works or was not changed.
    pub still_works: Option<String>,
    /// Who has to act.
    pub who: Who,
    /// What to do, in order.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Page that leads to the fix.
    pub link: Option<String>,
    /// Page that explains an Entra number, used instead of `link` where one was seen.
    pub code_link: Option<String>,
    /// Command for an administrator to copy.
    pub command: Option<String>,
    /// The command that takes the other back.
    pub reverse: Option<String>,
    /// Where the knowledge comes from.
    pub source: String,
    /// The day it was last compared with its source.
    pub checked_on: String,
    /// Signing in again is what fixes it.
    #[serde(default)]
    pub sign_in_helps: bool,
    /// Waiting and trying again may fix it.
    #[serde(default)]
    pub try_later: bool,
    /// Says only what kind of failure it is; `explain` drops it where a more exact entry fits better.
    #[serde(default)]
    pub generic: bool,
    /// The ways to recognise it; one is enough.
    #[serde(default, rename = "match")]
    pub rules: Vec<Rule>,
    /// Observations that must lead here; the tests run every one.
    #[serde(default, rename = "sample")]
    pub samples: Vec<Sample>,
}

impl Entry {
    /// The values that a text may use.
    pub const PLACEHOLDERS: [&'static str; 6] =
        ["mailbox", "host", "port", "provider", "detail", "code"];
}

/// One thing to do: a text, or a text that only fits where nothing known contradicts its surroundings.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Step {
    /// For everybody.
    Always(String),
    /// Left out where something known contradicts, such as a password's step where somebody signs in.
    When {
        /// The template.
        text: String,
        /// Where it fits.
        when: Box<Surroundings>,
    },
}

impl Step {
    /// The template.
    pub fn text(&self) -> &str {
        match self {
            Self::Always(text) | Self::When { text, .. } => text,
        }
    }
}

/// A catalogue file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// Its entries.
    #[serde(default)]
    pub(crate) entry: Vec<Entry>,
}
