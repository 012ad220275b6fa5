//! `cargo xtask bench`: what the window costs, against an empty window of the same versions, what a token costs, against
//! a script that renews it, and what a test costs, against curl.

use crate::args::Consent;
use crate::failure::Failure;
use crate::workspace::{FEATURES, Workspace};
use crate::{node, packages, process};

/// Builds both programs as they would be shipped, and starts them in turn.
pub(crate) fn bench(workspace: &Workspace, consent: Consent) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::Cannot(
            "The measurement watches a display of its own, which only Linux has.".to_owned(),
        ));
    }
    let needed = [packages::SHELL, packages::WINDOW, packages::LAB];
    packages::ensure(workspace, &needed, consent, "bench")?;
    node::packages(workspace, "ui")?;
    process::run(&mut workspace.npm("ui", &["run", "build"]))?;
    process::run(&mut workspace.cargo(&[
        "build",
        "--release",
        "--package=mailwright-app",
        "--package=mailwright-cli",
        "--bin=mailwright-app",
        "--bin=mailwright",
        "--example=empty_window",
        "--features=mailwright-app/custom-protocol",
    ]))?;
    process::run(&mut workspace.cargo(&[
        "build",
        "--workspace",
        "--bins",
        "--features",
        FEATURES,
    ]))?;
    let release = workspace.target()?.join("release");
    let program = release.join("mailwright-app").display().to_string();
    let empty = release.join("examples/empty_window").display().to_string();
    let window = workspace.program(workspace.built("start-cost")?, &[&program, &empty]);
    let command_line = release.join("mailwright").display().to_string();
    let token = workspace.program(workspace.built("token-cost")?, &[&command_line]);
    let test = workspace.program(workspace.built("test-cost")?, &[&command_line]);
    for mut part in [window, token, test] {
        process::run(&mut part)?;
    }
    Ok(())
}
