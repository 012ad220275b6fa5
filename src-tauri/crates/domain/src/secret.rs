use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A token, password or client secret.
///
/// The value is wiped from memory when dropped, `Debug` prints a placeholder, and there is no `Serialize`, no
/// `Display` and no comparison: whoever needs the value calls [`Secret::expose`] where a reviewer can see it.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes ownership of a secret value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The value itself. Hand it to the wire or to the keychain and nowhere else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Length in bytes; safe to show.
    pub fn len(&self) -> usize {
        self.expose().len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_value() {
        let shown = format!("{:?}", Secret::new("hunter2-hunter2"));
        assert_eq!(
            shown, "Secret(…)",
            "Debug output is what ends in logs and panics"
        );
    }
}
