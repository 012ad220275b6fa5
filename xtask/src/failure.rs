//! Why a command ended early, and the exit code that says so.

use std::fmt;
use std::process::ExitCode;

/// Why a command ended early.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Something was tried and did not hold: exit code 1.
    Failed(String),
    /// Wrong use, or something is missing that this command may not or cannot bring: exit code 2.
    Cannot(String),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Failed(_) => ExitCode::FAILURE,
            Self::Cannot(_) => ExitCode::from(2),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Failed(text) | Self::Cannot(text)) = self;
        formatter.write_str(text)
    }
}
