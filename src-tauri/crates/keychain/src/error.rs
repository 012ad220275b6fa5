use crate::vault::VALUE_LIMIT;

/// Why the keychain could not be used. Every text says what happened, what that means for the value, and what to do;
/// none of them ever holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// The keychain is there and locked, and nobody unlocked it.
    #[error(
        "The keychain is locked, so nothing was read or saved. Unlock it (usually with the password you sign in to \
         this computer with) and try again."
    )]
    Locked,
    /// There is no keychain: no service answers, or it has no default keyring.
    #[error("This computer has no keychain that can be used, so nothing was saved. {MISSING_HELP}")]
    Missing,
    /// The keychain or the person in front of it said no.
    #[error(
        "The keychain refused access to Mailwright's entries, so nothing was saved. Allow access when the system \
         asks for it, then try again."
    )]
    Denied,
    /// Longer than this crate ([`VALUE_LIMIT`]) or the keychain allows.
    #[error(
        "The value is too long for the keychain (at most {VALUE_LIMIT} bytes), so nothing was saved. A password or \
         token is never that long: check what was entered."
    )]
    TooLong,
    /// More than one entry has the same name.
    #[error(
        "The keychain holds more than one entry with the same name, so nothing was read or saved. Remove the entries \
         of app.mailwright in the keychain's own program, then sign in again."
    )]
    Ambiguous,
    /// No answer within the time limit. The keychain may still finish what it was asked last; nothing is sent to it
    /// after that.
    #[error(
        "The keychain did not answer in time, so take it that nothing was saved. It may be waiting for your password \
         in another window: answer that one and try again."
    )]
    TimedOut,
    /// What is stored is not what was put there: an entry is missing, cut off or was changed by something else.
    #[error(
        "What the keychain returned is not what Mailwright stored there, so it was not used. Sign in again, or enter \
         the password again, to replace it."
    )]
    Damaged,
    /// Anything else, in the keychain's own words.
    #[error(
        "The keychain failed ({0}), so nothing was saved. Try again; if it fails again, sign out of this computer \
         and in again."
    )]
    Other(String),
}

#[cfg(all(unix, not(target_os = "macos")))]
const MISSING_HELP: &str =
    "Install and start GNOME Keyring or KWallet, give it a default keyring, and try again.";
#[cfg(target_os = "macos")]
const MISSING_HELP: &str =
    "Open Keychain Access, make sure that there is a login keychain, and try again.";
#[cfg(windows)]
const MISSING_HELP: &str =
    "Sign in to Windows with a user profile (not over the network or as a service), and try again.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_says_what_it_means_for_the_value() {
        for error in [
            KeychainError::Locked,
            KeychainError::Missing,
            KeychainError::Denied,
            KeychainError::TooLong,
            KeychainError::Ambiguous,
            KeychainError::TimedOut,
            KeychainError::Other("code 31".into()),
        ] {
            let text = error.to_string();
            assert!(
                text.contains("nothing was") && text.ends_with('.'),
                "{text}"
            );
        }
        assert!(KeychainError::Damaged.to_string().contains("not used"));
    }
}
