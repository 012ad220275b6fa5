use serde::{Deserialize, Serialize};

/// Answer of `registration add` and `registration remove`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegistrationSaved {
    /// The registration's id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Answer of `registration show`; there is no field for the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegistrationDetails {
    /// The registration's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `microsoft`, `google` or `custom`.
    pub provider: String,
    /// Client ID.
    pub client_id: String,
    /// Microsoft tenant.
    pub tenant: Option<String>,
    /// Microsoft cloud.
    pub cloud: String,
    /// Authority other than the cloud's own.
    pub authority: Option<String>,
    /// Address that the provider sends the browser back to.
    pub redirect_uri: String,
    /// Scopes asked for instead of the usual ones.
    pub scopes: Vec<String>,
    /// Whether a client secret is in the keychain.
    pub has_secret: bool,
    /// Day on which it ends.
    pub secret_expires: Option<String>,
    /// Mailboxes that use it.
    pub mailboxes: Vec<String>,
}

/// Answer of `registration list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Registrations {
    /// All of them, by name.
    pub registrations: Vec<RegistrationDetails>,
}
