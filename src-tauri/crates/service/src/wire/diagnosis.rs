use mailwright_domain::Verdict;
use serde::{Deserialize, Serialize};

use crate::failure::code_of;
use crate::{Code, Failure};

/// A diagnosis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VerdictInfo {
    /// Stable name.
    pub id: String,
    /// One line.
    pub title: String,
    /// What happened.
    pub what: String,
    /// What still works.
    pub still_works: Option<String>,
    /// Who has to act: `you`, `administrator`, `consultant`, `network`, `provider` or `developer`.
    pub who: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Page that leads to the fix.
    pub link: Option<String>,
    /// Command for an administrator to copy.
    pub command: Option<String>,
    /// The command that takes it back.
    pub reverse: Option<String>,
    /// Where this knowledge comes from.
    pub source: String,
    /// Day on which it was last compared with its source.
    pub checked_on: String,
    /// Text or code that led here.
    pub matched: Option<String>,
    /// What a program that called us should do next; not part of the JSON, the exit code says it.
    #[serde(skip, default = "failed")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub code: Code,
}

fn failed() -> Code {
    Code::Failed
}

impl From<&Verdict> for VerdictInfo {
    fn from(v: &Verdict) -> Self {
        Self {
            id: v.id.clone(),
            title: v.title.clone(),
            what: v.what.clone(),
            still_works: v.still_works.clone(),
            who: super::testing::word(v.who),
            steps: v.steps.clone(),
            link: v.link.clone(),
            command: v.command.clone(),
            reverse: v.reverse.clone(),
            source: v.source.clone(),
            checked_on: v.checked_on.clone(),
            matched: v.matched.clone(),
            code: code_of(v),
        }
    }
}

/// Answer of `explain`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Explained {
    /// Best first.
    pub verdicts: Vec<VerdictInfo>,
}

/// What went wrong, where a use case did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Problem {
    /// The details.
    pub error: ProblemDetails,
}

/// See [`Problem`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProblemDetails {
    /// For programs.
    pub code: String,
    /// For people.
    pub message: String,
    /// The diagnosis.
    pub verdict: Option<VerdictInfo>,
    /// The provider is not asked again before this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub try_again_at: Option<String>,
}

impl From<&Failure> for Problem {
    fn from(failure: &Failure) -> Self {
        Self {
            error: ProblemDetails {
                code: failure.code.word().to_owned(),
                message: failure.message.clone(),
                verdict: failure.verdict.as_deref().map(VerdictInfo::from),
                try_again_at: failure.try_again_at.map(|at| at.to_string()),
            },
        }
    }
}
