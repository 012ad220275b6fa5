//! About the program itself.

use serde::Serialize;

/// Which program this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppInfo {
    /// The product's name.
    pub name: String,
    /// The version, as `mailwright --version` says it.
    pub version: String,
}

impl AppInfo {
    /// The running program.
    fn current() -> Self {
        Self {
            name: "Mailwright".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Name and version, for the foot of the window.
#[tauri::command]
pub fn app_info() -> AppInfo {
    AppInfo::current()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn app_info_crosses_in_the_shape_the_window_reads() {
        let json = serde_json::to_value(app_info()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({ "name": "Mailwright", "version": env!("CARGO_PKG_VERSION") })
        );
    }
}
