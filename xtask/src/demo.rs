//! `cargo xtask demo`: the whole main job on this computer, with real servers and a real browser.

use crate::args::Consent;
use crate::failure::Failure;
use crate::workspace::Workspace;
use crate::{lab, node, packages, process, root};

/// Installs what is missing, builds the program and the lab, and sets up a mailbox until it is working.
pub(crate) fn demo(workspace: &Workspace, consent: Consent) -> Result<(), Failure> {
    lab::possible_here("demo")?;
    packages::ensure(workspace, &[packages::LAB], consent, "demo")?;
    node::packages(workspace, lab::FOLDER)?;
    process::run(&mut workspace.cargo(&[
        "build",
        "--package=mailwright-cli",
        "--package=mailwright-lab",
        "--package=mailwright-e2e",
        "--bins",
    ]))?;
    // Postfix runs as root only.
    let driver = workspace.built("demo")?;
    let line = driver.display().to_string();
    root::run(workspace, driver, &[], &line)
}
