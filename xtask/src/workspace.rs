//! Where things are, and programs started in the right place with the right surroundings.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::failure::Failure;
use crate::process;

/// The one set of features everything is built with, so that no dependency is compiled twice.
pub(crate) const FEATURES: &str = "mailwright-app/custom-protocol,mailwright-service/ts";

/// The project's folder.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the folder that contains this package.
    pub(crate) fn find() -> Result<Self, Failure> {
        let here = env::var_os("CARGO_MANIFEST_DIR")
            .unwrap_or_else(|| OsString::from(env!("CARGO_MANIFEST_DIR")));
        match Path::new(&here).parent() {
            Some(root) => Ok(Self {
                root: root.to_path_buf(),
            }),
            None => Err(Failure::Cannot(
                "Cannot find the project's folder.".to_owned(),
            )),
        }
    }

    /// A path given from the project's folder.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Any program, started in the project's folder.
    pub(crate) fn program(&self, program: impl Into<OsString>, words: &[&str]) -> Command {
        let mut command = Command::new(program.into());
        command.current_dir(&self.root).args(words);
        for (name, _) in env::vars_os() {
            // What cargo says about *this* package. Build scripts (ring's, for one) watch these variables, and
            // dependencies would be compiled again after every change between `cargo` and `cargo xtask`.
            if name.to_str().is_some_and(is_about_this_package) {
                command.env_remove(name);
            }
        }
        if let Some(path) = path_with_system_programs() {
            command.env("PATH", path);
        }
        command
    }

    /// The cargo that started this program.
    pub(crate) fn cargo(&self, words: &[&str]) -> Command {
        self.program(
            env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            words,
        )
    }

    /// npm in one of the project's folders.
    pub(crate) fn npm(&self, folder: &str, words: &[&str]) -> Command {
        let mut command = self.program(
            if cfg!(windows) { "npm.cmd" } else { "npm" },
            &["--prefix", folder],
        );
        command.args(words);
        command
    }

    /// What cargo knows about all packages, for all systems and features.
    pub(crate) fn metadata(&self) -> Result<Value, Failure> {
        let text = process::output(&mut self.cargo(&[
            "metadata",
            "--format-version",
            "1",
            "--all-features",
        ]))?;
        serde_json::from_str(&text)
            .map_err(|error| Failure::Failed(format!("cargo metadata cannot be read: {error}")))
    }

    /// A program that was built for debugging.
    pub(crate) fn built(&self, name: &str) -> Result<PathBuf, Failure> {
        Ok(self
            .target()?
            .join("debug")
            .join(format!("{name}{}", env::consts::EXE_SUFFIX)))
    }

    /// The folder cargo builds into.
    pub(crate) fn target(&self) -> Result<PathBuf, Failure> {
        let text =
            process::output(&mut self.cargo(&["metadata", "--format-version", "1", "--no-deps"]))?;
        serde_json::from_str::<Value>(&text)
            .ok()
            .and_then(|metadata| metadata["target_directory"].as_str().map(PathBuf::from))
            .ok_or_else(|| Failure::Failed("cargo metadata names no target folder.".to_owned()))
    }
}

fn is_about_this_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// Debian keeps servers where a person's `PATH` does not look.
fn path_with_system_programs() -> Option<OsString> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let path = env::var_os("PATH")?;
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    for folder in ["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    env::join_paths(folders).ok()
}
