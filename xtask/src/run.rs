//! `cargo xtask run`: the desktop program.

use crate::args::Consent;
use crate::failure::Failure;
use crate::workspace::Workspace;
use crate::{node, packages, process};

/// Builds the user interface and the desktop program, and starts it.
pub(crate) fn run(workspace: &Workspace, consent: Consent) -> Result<(), Failure> {
    packages::ensure(workspace, &[packages::SHELL], consent, "run")?;
    node::packages(workspace, "ui")?;
    process::run(&mut workspace.npm("ui", &["run", "build"]))?;
    process::run(&mut workspace.cargo(&[
        "run",
        "--package=mailwright-app",
        "--features=custom-protocol",
    ]))
}
