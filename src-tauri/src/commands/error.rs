//! How a command says that it failed.

use mailwright_service::wire::{OtherAccount, VerdictInfo};
use mailwright_service::{Code, Failure};
use serde::Serialize;

use crate::running::Stopped;

/// What crosses to the window when a command fails. The window decides by `code` and shows `message` or the verdict;
/// it never matches their text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommandError {
    /// A word of [`Code`], or `cancelled` for what somebody stopped.
    pub code: &'static str,
    /// What happened, what was not changed and what to do, without secrets.
    pub message: String,
    /// The diagnosis, where the catalogue knows the cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Box<VerdictInfo>>,
    /// Who signed in, where it was not the one expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_account: Option<Box<OtherAccount>>,
}

/// What a command answers.
pub(crate) type Answer<T> = Result<T, CommandError>;

impl CommandError {
    /// A failure without diagnosis.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            verdict: None,
            other_account: None,
        }
    }

    /// What was entered cannot be carried out.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage.word(), message)
    }
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        Self {
            code: failure.code.word(),
            message: failure.message,
            verdict: failure.verdict.as_deref().map(|v| Box::new(v.into())),
            other_account: failure.other_account,
        }
    }
}

impl From<Stopped> for CommandError {
    fn from(Stopped: Stopped) -> Self {
        Self::new("cancelled", "This was stopped.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_crosses_as_code_and_message() {
        let json =
            serde_json::to_value(CommandError::new("not-found", "There is no such mailbox."))
                .unwrap();
        assert_eq!(
            json,
            serde_json::json!({ "code": "not-found", "message": "There is no such mailbox." })
        );
    }

    #[test]
    fn another_account_crosses_with_both_names() {
        let failure = Failure {
            other_account: Some(Box::new(OtherAccount {
                expected: "a@firma.test".to_owned(),
                signed_in_as: "b@firma.test".to_owned(),
            })),
            ..Failure::new(Code::NeedsSignIn, "Somebody else signed in.")
        };
        let json = serde_json::to_value(CommandError::from(failure)).unwrap();
        assert_eq!(json["code"], "needs-sign-in");
        assert_eq!(json["other_account"]["signed_in_as"], "b@firma.test");
    }
}
