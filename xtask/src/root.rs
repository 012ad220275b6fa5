//! Programs that only root may run: as root directly, otherwise by way of sudo.

use std::ffi::OsString;
use std::process::Command;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// Runs a program as root, shown as `line`; it finds other programs where the person finds them.
pub(crate) fn run(
    workspace: &Workspace,
    program: impl Into<OsString>,
    words: &[&str],
    line: &str,
) -> Result<(), Failure> {
    let user = process::output(&mut workspace.program("id", &["-u"]))?;
    if user.trim() == "0" {
        return process::run_as(line, &mut workspace.program(program, words));
    }
    let mut command = with_sudo(workspace)?;
    process::run_as(
        &format!("sudo {line}"),
        command.arg(program.into()).args(words),
    )
}

fn with_sudo(workspace: &Workspace) -> Result<Command, Failure> {
    if process::output(&mut workspace.program("sudo", &["-V"])).is_err() {
        return Err(Failure::Cannot(
            "This needs root, and there is no sudo here.".to_owned(),
        ));
    }
    // Without a terminal sudo must not wait for a password.
    let words: &[&str] = if process::has_terminal() {
        &["env"]
    } else {
        &["-n", "env"]
    };
    let mut command = workspace.program("sudo", words);
    if let Some(path) = process::path(&command) {
        let mut setting = OsString::from("PATH=");
        setting.push(path);
        command.arg(setting);
    }
    Ok(command)
}
