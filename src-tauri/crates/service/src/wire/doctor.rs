use serde::{Deserialize, Serialize};

use super::VerdictInfo;

/// Answer of `doctor`: what was found on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Doctor {
    /// When it was looked at, by this computer's clock.
    pub checked: String,
    /// How long all of it took, in milliseconds.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ms: u64,
    /// In the order in which a sign-in needs them.
    pub checks: Vec<DoctorCheck>,
}

/// One thing about this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DoctorCheck {
    /// `keychain`, `browser`, `loopback-ipv4`, `loopback-ipv6`, `localhost`, `dns`, `proxy`, `tls` or `clock`.
    pub id: String,
    /// `passed`, `failed`, `skipped` or `unchecked`.
    pub outcome: String,
    /// How long it took, in milliseconds.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ms: u64,
    /// One plain sentence: what was found, or why it is not known.
    pub detail: String,
    /// Of `clock`: by how much this computer is ahead, in milliseconds; negative where it is behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub drift_ms: Option<i64>,
    /// What it means, what still works and who has to do what; also of a passed one where somebody should know.
    pub verdict: Option<VerdictInfo>,
}
