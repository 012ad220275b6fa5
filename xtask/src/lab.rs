//! `cargo xtask lab`: the lab's servers, kept running to try things by hand.

use crate::args::Consent;
use crate::failure::Failure;
use crate::workspace::Workspace;
use crate::{node, packages, process, root};

/// The lab's authorization server, which runs on Node.
pub(crate) const FOLDER: &str = "tests/lab/authorization-server";

/// Installs what is missing and starts the lab until it is interrupted.
pub(crate) fn lab(workspace: &Workspace, consent: Consent) -> Result<(), Failure> {
    possible_here("lab")?;
    packages::ensure(workspace, &[packages::LAB], consent, "lab")?;
    node::packages(workspace, FOLDER)?;
    process::run(&mut workspace.cargo(&["build", "--package=mailwright-lab", "--bins"]))?;
    // Postfix runs as root only.
    let lab = workspace.built("lab")?;
    let line = lab.display().to_string();
    root::run(workspace, lab, &[], &line)
}

/// Says plainly where the lab's servers cannot run.
pub(crate) fn possible_here(command: &str) -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        return Ok(());
    }
    Err(Failure::Cannot(format!(
        "`cargo xtask {command}` starts Dovecot, Postfix, NSD, a Secret Service and Chromium from Debian's packages, \
         which this system does not have. Run it on Debian 12, in a virtual machine or a container; \
         `cargo xtask run` starts the desktop program here."
    )))
}
