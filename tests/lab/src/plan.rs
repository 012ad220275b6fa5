//! What the stand-in for the system browser shall do.
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// How the person on the sign-in page behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrowserAction {
    /// Signs in and accepts.
    #[default]
    Accept,
    /// Signs in (when an address is given) and then cancels.
    Cancel,
    /// Looks at the page and does nothing.
    Nothing,
    /// Looks at the page and closes the tab.
    Close,
}

/// The plan, read from the file that `LAB_BROWSER_PLAN` names (or from the variable itself, as JSON).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BrowserPlan {
    /// Who signs in.
    pub email: Option<String>,
    /// A file with the password and nothing else, so that it stands in no environment.
    pub password_file: Option<PathBuf>,
    /// What is done about consent.
    pub action: BrowserAction,
    /// The page is left open until this file is there; only then something is done about it.
    pub wait_for: Option<PathBuf>,
    /// Where a line is appended for each page that was opened, before anything is done about it.
    pub opening_file: Option<PathBuf>,
    /// Where the headings of end pages are appended, one line each; of a closed tab `closed`.
    pub heading_file: Option<PathBuf>,
    /// Where a picture of the last page goes.
    pub screenshot: Option<PathBuf>,
}
