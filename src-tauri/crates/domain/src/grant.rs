use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::RegistrationId;

/// Scopes that say who signed in and that the sign-in is to last (OpenID Connect Core 1.0 sections 5.4 and 11). They are
/// about no mailbox.
pub const IDENTITY_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Identity of a grant in this database, and its owner name in the keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantId(pub Uuid);

impl fmt::Display for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a sign-in yielded, without its secrets. It belongs to registration + issuer + subject; mailboxes point to it.
/// The refresh token and its generation share one keychain entry under this id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Identity in this database.
    pub id: GrantId,
    /// The registration that it was given to.
    pub registration: RegistrationId,
    /// Issuer of the identity (`iss`).
    pub issuer: String,
    /// The signed-in person at that issuer (`sub`).
    pub subject: String,
    /// The name under which that person signed in (`preferred_username` or `email`).
    pub signed_in_as: String,
    /// Scopes that were granted.
    pub scopes: Vec<String>,
    /// When a person signed in last.
    pub signed_in_at: Timestamp,
    /// When it was renewed last.
    pub renewed_at: Timestamp,
    /// The provider has definitively rejected it: somebody must sign in again. Holds the verdict id.
    pub dead: Option<String>,
}
