//! One error type: what could not be done, in words, with the server's own log where there is one.
use std::fmt;

/// What went wrong in the lab.
#[derive(Debug)]
pub struct LabError(String);

impl LabError {
    /// An error with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The same error, preceded by what was being done.
    #[must_use]
    pub fn while_doing(self, what: impl fmt::Display) -> Self {
        Self(format!("{what}: {}", self.0))
    }
}

impl fmt::Display for LabError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LabError {}

macro_rules! from {
    ($($source:ty),+ $(,)?) => {$(
        impl From<$source> for LabError {
            fn from(error: $source) -> Self {
                Self(error.to_string())
            }
        }
    )+};
}

from!(
    std::io::Error,
    serde_json::Error,
    rcgen::Error,
    fantoccini::error::CmdError,
    fantoccini::error::NewSessionError,
);
