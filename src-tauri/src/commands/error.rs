//! How a command says that it failed.

use serde::Serialize;

/// What crosses to the window when a command fails. The window decides by `code` and shows `message`; it never
/// matches text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommandError {
    /// A stable word, in the form `not-found`.
    pub code: &'static str,
    /// One sentence for a person, without secrets.
    pub message: String,
}

impl CommandError {
    /// A failure with its code and sentence.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
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
}
