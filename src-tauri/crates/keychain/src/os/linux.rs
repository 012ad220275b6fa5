//! Secret Service over D-Bus: GNOME Keyring, `KWallet`, `KeePassXC`.

use std::error::Error;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use keyring_core::CredentialStore;
use zeroize::Zeroizing;

use crate::KeychainError;

pub(super) const NAME: &str = "Secret Service (GNOME Keyring, KWallet or similar)";
/// What the keychain's own program shows.
pub(super) const MODIFIERS: &[(&str, &str)] = &[("label", "Mailwright")];

pub(super) fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

/// `KWallet` replaces every byte from 128 up by three others (keyring-rs issue 284), so entries hold base64 text.
pub(super) fn encode(value: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(STANDARD_NO_PAD.encode(value).into_bytes())
}

pub(super) fn decode(stored: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeychainError> {
    let decoded = STANDARD_NO_PAD.decode(stored).map(Zeroizing::new);
    decoded.map_err(|_| KeychainError::Damaged)
}

/// What the library's cause means; none where it means nothing in particular.
pub(super) fn reason(cause: &(dyn Error + 'static)) -> Option<KeychainError> {
    use secret_service::Error as Cause;
    match cause.downcast_ref::<Cause>()? {
        Cause::Locked | Cause::Prompt | Cause::PromptDisconnected => Some(KeychainError::Locked),
        // The service runs and has no default keyring.
        Cause::NoResult | Cause::Unavailable => Some(KeychainError::Missing),
        other => dbus_reason(&other.to_string()),
    }
}

/// D-Bus errors are identified by a name, which their text contains.
fn dbus_reason(text: &str) -> Option<KeychainError> {
    const NAMES: [(&str, KeychainError); 5] = [
        (
            "org.freedesktop.Secret.Error.IsLocked",
            KeychainError::Locked,
        ),
        (
            "org.freedesktop.DBus.Error.AccessDenied",
            KeychainError::Denied,
        ),
        (
            "org.freedesktop.DBus.Error.ServiceUnknown",
            KeychainError::Missing,
        ),
        (
            "org.freedesktop.DBus.Error.NameHasNoOwner",
            KeychainError::Missing,
        ),
        (
            "org.freedesktop.DBus.Error.NoReply",
            KeychainError::TimedOut,
        ),
    ];
    NAMES
        .into_iter()
        .find(|(name, _)| text.contains(name))
        .map(|(_, error)| error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_apart() {
        let of = |cause: secret_service::Error| reason(&cause);
        assert_eq!(
            of(secret_service::Error::Locked),
            Some(KeychainError::Locked)
        );
        assert_eq!(
            of(secret_service::Error::Prompt),
            Some(KeychainError::Locked)
        );
        assert_eq!(
            of(secret_service::Error::NoResult),
            Some(KeychainError::Missing)
        );
        assert_eq!(
            of(secret_service::Error::Unavailable),
            Some(KeychainError::Missing)
        );
        assert_eq!(of(secret_service::Error::Crypto("padding")), None);
        assert_eq!(
            dbus_reason("org.freedesktop.Secret.Error.IsLocked: Cannot create item"),
            Some(KeychainError::Locked)
        );
    }

    #[test]
    fn an_entry_is_plain_ascii() {
        let stored = encode(&[0, 10, 127, 128, 255]);
        assert!(stored.is_ascii());
        assert_eq!(
            decode(&stored).as_deref().map(Vec::as_slice),
            Ok([0, 10, 127, 128, 255].as_slice())
        );
        assert_eq!(decode(b"\xef\xbf\xbd"), Err(KeychainError::Damaged));
    }
}
