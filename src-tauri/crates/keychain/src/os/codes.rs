//! What the systems' error numbers mean. Kept apart from the systems' own files, so that every system tests it.

use crate::KeychainError;

/// An error number of macOS (`SecBase.h`, `MacErrors.h`); none where it means nothing in particular.
#[cfg(any(target_os = "macos", test))]
pub(super) fn of_macos(code: i32) -> Option<KeychainError> {
    match code {
        // errSecInteractionNotAllowed, errSecInteractionRequired, errSecInDarkWake: it would have to ask, and nobody can
        // be asked.
        -25308 | -25315 | -25320 => Some(KeychainError::Locked),
        // wrPermErr, errSecInvalidOwnerEdit, errSecReadOnly, errSecAuthFailed, errSecUserCanceled, errSecNoAccessForItem,
        // errSecMissingEntitlement; errSecDuplicateItem, because the library looks for the entry and adds it if it cannot
        // be read, whatever the reason.
        -61 | -25244 | -25292 | -25293 | -128 | -25243 | -34018 | -25299 => {
            Some(KeychainError::Denied)
        }
        // errSecDataTooLarge
        -25302 => Some(KeychainError::TooLong),
        // errSecNotAvailable, errSecNoSuchKeychain, errSecInvalidKeychain, errSecNoDefaultKeychain
        -25291 | -25294 | -25295 | -25307 => Some(KeychainError::Missing),
        _ => None,
    }
}

/// The text of the Windows library, whose type is private and has the number in its text.
#[cfg(any(windows, test))]
pub(super) fn of_windows(text: &str) -> Option<KeychainError> {
    match text {
        // 1312: no credential set in this kind of session (a service, a network logon).
        "Windows ERROR_NO_SUCH_LOGON_SESSION" => Some(KeychainError::Missing),
        // 5: access denied. 1223: cancelled by the person.
        "Windows error code 5" | "Windows error code 1223" => Some(KeychainError::Denied),
        // 1783: the stub received bad data, which is how a value over the limit shows on some versions.
        "Windows error code 1783" => Some(KeychainError::TooLong),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_macos_are_told_apart() {
        for (code, expected) in [
            (-25308, Some(KeychainError::Locked)),
            (-25293, Some(KeychainError::Denied)),
            (-128, Some(KeychainError::Denied)),
            (-25299, Some(KeychainError::Denied)),
            (-25302, Some(KeychainError::TooLong)),
            (-25307, Some(KeychainError::Missing)),
            (-67_000, None),
        ] {
            assert_eq!(of_macos(code), expected, "{code}");
        }
    }

    #[test]
    fn numbers_of_windows_are_told_apart() {
        for (text, expected) in [
            (
                "Windows ERROR_NO_SUCH_LOGON_SESSION",
                Some(KeychainError::Missing),
            ),
            ("Windows error code 5", Some(KeychainError::Denied)),
            ("Windows error code 1783", Some(KeychainError::TooLong)),
            ("Windows error code 31", None),
        ] {
            assert_eq!(of_windows(text), expected, "{text}");
        }
    }
}
