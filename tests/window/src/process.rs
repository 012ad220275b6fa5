//! Programs that end with the test, with all that they started.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::{Outcome, STEP};

/// A program in a process group of its own, so that a driver takes along the window it opened. Ended with this value.
#[derive(Debug)]
pub struct Running {
    pub(crate) child: Child,
    group: Option<u32>,
}

impl Running {
    /// Starts a program that says on standard output where it listens.
    pub(crate) fn start(mut command: Command) -> Outcome<Self> {
        command.stdout(Stdio::piped());
        Self::spawn(command)
    }

    /// Starts a program that writes what it has to say to a file.
    pub(crate) fn start_with_log(mut command: Command, log: &Path) -> Outcome<Self> {
        let output = OpenOptions::new().create(true).append(true).open(log)?;
        command.stdout(output.try_clone()?).stderr(output);
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Outcome<Self> {
        let name = command.as_std().get_program().display().to_string();
        command
            .process_group(0)
            .kill_on_drop(true)
            .stdin(Stdio::null());
        let child = command
            .spawn()
            .map_err(|error| format!("{name}: {error}"))?;
        let group = child.id();
        Ok(Self { child, group })
    }

    pub(crate) async fn first_line(&mut self) -> Outcome<String> {
        let output = self.child.stdout.as_mut().ok_or("its output is not kept")?;
        let mut line = String::new();
        timeout(STEP, BufReader::new(output).read_line(&mut line)).await??;
        match line.trim() {
            "" => Err("ended before it said where it listens".into()),
            line => Ok(line.to_owned()),
        }
    }

    /// Waits for its end; says how.
    pub async fn ended(&mut self) -> Outcome<std::process::ExitStatus> {
        Ok(timeout(STEP, self.child.wait())
            .await
            .map_err(|_| "it keeps running")??)
    }

    /// The number of its process, while it runs.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // Nothing to do about a failure: the group has then already ended.
            signal("KILL", &format!("-{group}"));
        }
    }
}

/// Sends a signal to a process, or with a minus to a group.
pub(crate) fn signal(name: &str, to: &str) {
    let _ = std::process::Command::new("kill")
        .args([&format!("-{name}"), "--", to])
        .stderr(Stdio::null())
        .status();
}

/// The children of a process that run this program.
pub(crate) fn children(of: u32, program: &Path) -> Vec<u32> {
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|id| parent(*id) == Some(of))
        .filter(|id| fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == program))
        .collect()
}

/// Whether a process is still there and is not just waiting to be noticed as ended.
pub(crate) fn runs(id: u32) -> bool {
    fs::read_to_string(format!("/proc/{id}/stat"))
        .ok()
        .and_then(|stat| stat.rsplit_once(") ")?.1.chars().next())
        .is_some_and(|state| state != 'Z')
}

fn parent(id: u32) -> Option<u32> {
    // The name in brackets may hold spaces; after it come the state and the parent.
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}
