use std::fmt;

use mailwright_domain::Secret;
use zeroize::Zeroizing;

/// A secret as it was read from the keychain.
///
/// Wiped from memory when dropped; `Debug` shows a placeholder; there is no `Serialize`, no `Display` and no
/// comparison.
#[derive(Clone)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes ownership of a secret value.
    pub fn new(value: Zeroizing<Vec<u8>>) -> Self {
        Self(value)
    }

    /// The value itself.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Length in bytes; safe to show.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value as text; none if it is not UTF-8.
    pub fn to_secret(&self) -> Option<Secret> {
        std::str::from_utf8(&self.0).ok().map(Secret::new)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_value() {
        let secret = SecretBytes::new(Zeroizing::new(b"hunter2-hunter2".to_vec()));
        assert_eq!(format!("{secret:?}"), "SecretBytes(…)");
    }

    #[test]
    fn text_comes_back_as_text_and_other_bytes_do_not() {
        let text = SecretBytes::new(Zeroizing::new("wachtwoord é".into()));
        assert!(
            text.to_secret()
                .is_some_and(|s| s.expose() == "wachtwoord é")
        );
        let bytes = SecretBytes::new(Zeroizing::new(vec![0xff, 0xfe]));
        assert!(bytes.to_secret().is_none());
    }
}
