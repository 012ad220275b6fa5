use std::fmt::Write;

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What a secret is. Together with its owner it names the entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Refresh token and its generation, together in one value; the owner is a grant.
    GrantToken,
    /// Access token for the resource of this name (case does not matter), until shortly before it expires; the owner
    /// is a grant, or an app registration that gets access without anybody who signs in.
    AccessToken(String),
    /// Client secret; the owner is an app registration.
    ClientSecret,
    /// Private key of the certificate that proves a client; the owner is an app registration.
    ClientKey,
    /// Password or app password; the owner is a mailbox.
    Password,
}

/// Names of resources longer than this are replaced by their hash: Windows allows 513 characters for all of it.
const LONGEST_RESOURCE: usize = 120;

impl Kind {
    /// The kinds of which an owner has at most one.
    pub(crate) const SINGLE: [Self; 4] = [
        Self::GrantToken,
        Self::ClientSecret,
        Self::ClientKey,
        Self::Password,
    ];

    /// The last part of the account name. Lower-case ASCII without `/`: some stores ignore case, and `/` divides.
    pub(crate) fn word(&self) -> String {
        match self {
            Self::GrantToken => "grant".to_owned(),
            Self::AccessToken(resource) => format!("access.{}", resource_word(resource)),
            Self::ClientSecret => "client-secret".to_owned(),
            Self::ClientKey => "client-key".to_owned(),
            Self::Password => "password".to_owned(),
        }
    }
}

/// Where the names of an owner's resources are kept, so that its access tokens can be found for deletion: stores
/// cannot be searched the same way everywhere.
pub(crate) const ACCESS_INDEX: &str = "access";

/// `{database id}/{owner id}/{word}`.
pub(crate) fn account(database: Uuid, owner: Uuid, word: &str) -> String {
    format!("{database}/{owner}/{word}")
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn resource_word(resource: &str) -> String {
    let mut word = String::new();
    for byte in resource.trim().to_lowercase().bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => word.push(char::from(byte)),
            _ => {
                word.push('%');
                word.push_str(&hex(&[byte]));
            }
        }
    }
    if word.len() > LONGEST_RESOURCE {
        return format!("%{}", hex(&Sha256::digest(word.as_bytes())));
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_three_parts_whatever_the_resource_is_called() {
        let kind = Kind::AccessToken("https://Outlook.office.com/é".into());
        assert_eq!(
            kind.word(),
            "access.https%3a%2f%2foutlook.office.com%2f%c3%a9"
        );
        let name = account(Uuid::nil(), Uuid::nil(), &kind.word());
        assert_eq!(name.matches('/').count(), 2, "{name}");
    }

    #[test]
    fn long_resources_stay_short_and_different() {
        let long = |tail: &str| Kind::AccessToken(format!("{}{tail}", "x".repeat(400))).word();
        assert!(long("a").len() < 100);
        assert_ne!(long("a"), long("b"));
    }
}
