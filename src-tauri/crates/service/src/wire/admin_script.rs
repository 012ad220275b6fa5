use serde::{Deserialize, Serialize};

/// Answer of `registration script`: what an administrator runs in Exchange Online PowerShell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AdminScript {
    /// Name of the app registration.
    pub registration: String,
    /// Its client ID.
    pub client_id: String,
    /// Object ID of the Enterprise application; null where it is not known, and the script asks for it then.
    pub object_id: Option<String>,
    /// The mailboxes that the app is given.
    pub mailboxes: Vec<String>,
    /// Looks at what is there, then gives the access.
    pub script: String,
    /// Takes back what the script gave.
    pub reverse: String,
}
