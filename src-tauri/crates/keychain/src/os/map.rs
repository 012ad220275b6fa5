use keyring_core::Error;
use zeroize::Zeroize;

use super::platform;
use crate::KeychainError;

/// Why the store could not be opened. Whatever it is, there is none to use, unless it says that it refuses us.
pub(super) fn unreachable(error: Error) -> KeychainError {
    match failed(error) {
        KeychainError::Denied => KeychainError::Denied,
        KeychainError::Locked => KeychainError::Locked,
        _ => KeychainError::Missing,
    }
}

/// Why an operation failed. Some of the library's errors carry the secret: it is wiped, and only their kind is used.
pub(super) fn failed(error: Error) -> KeychainError {
    match error {
        Error::NoStorageAccess(cause) => {
            platform::reason(cause.as_ref()).unwrap_or(KeychainError::Locked)
        }
        Error::PlatformFailure(cause) => platform::reason(cause.as_ref())
            .unwrap_or_else(|| KeychainError::Other(cause.to_string())),
        Error::BadEncoding(mut secret) | Error::BadDataFormat(mut secret, _) => {
            secret.zeroize();
            KeychainError::Damaged
        }
        Error::BadStoreFormat(_) => KeychainError::Damaged,
        Error::TooLong(..) => KeychainError::TooLong,
        Error::Ambiguous(_) => KeychainError::Ambiguous,
        Error::NoDefaultStore => KeychainError::Missing,
        Error::NoEntry => KeychainError::Other("an entry disappeared".to_owned()),
        Error::Invalid(what, why) => KeychainError::Other(format!("{what} {why}")),
        Error::NotSupportedByStore(why) => KeychainError::Other(why),
        _ => KeychainError::Other("of a kind unknown to Mailwright".to_owned()),
    }
}
