//! Pictures of every screen, for somebody to look at.

use std::path::{Path, PathBuf};

use crate::{Outcome, Window, desktop};

/// The folder in `MAILWRIGHT_SCREENS`, or else the build's temporary one.
pub(crate) fn folder() -> Outcome<PathBuf> {
    let folder = match std::env::var_os("MAILWRIGHT_SCREENS") {
        Some(given) => PathBuf::from(given),
        None => desktop::built()?.join("../tmp/window"),
    };
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

impl Window {
    /// Takes a picture in light and one in dark, and lets axe judge both. What it finds is said when the window is
    /// closed, so that one finding does not hide the next.
    pub async fn picture(&self, name: &str) -> Outcome<()> {
        self.picture_in(&folder()?, name).await?;
        let found = self.accessibility().await?;
        let mut findings = self.findings.borrow_mut();
        findings.extend(found.into_iter().map(|one| format!("axe on {name}, {one}")));
        Ok(())
    }

    /// Takes a picture in light and one in dark, in this folder.
    pub async fn picture_in(&self, folder: &Path, name: &str) -> Outcome<()> {
        for theme in ["light", "dark"] {
            self.theme(theme).await?;
            std::fs::write(
                folder.join(format!("{name}-{theme}.png")),
                self.client.screenshot().await?,
            )?;
        }
        self.theme("").await
    }
}
