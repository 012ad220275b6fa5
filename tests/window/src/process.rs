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

    /// The memory of all its processes in megabytes, what they share counted once (PSS).
    pub fn memory(&self) -> Outcome<f64> {
        let group = self.group.ok_or("it does not run")?;
        let mut kilobytes = 0.0;
        for id in processes().filter(|id| stat(*id, 2) == Some(group)) {
            // A process may end between two looks.
            let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
            let value = line.and_then(|line| line.split_whitespace().next());
            kilobytes += value.and_then(|value| value.parse().ok()).unwrap_or(0.0);
        }
        Ok(kilobytes / 1024.0)
    }

    /// Whether this very process listens on a TCP port of 127.0.0.1.
    pub(crate) fn listens(&self, port: u16) -> bool {
        let Some(id) = self.id() else { return false };
        // proc_pid_net(5): the address in hexadecimal of the machine's byte order, state 0A is LISTEN, column 9 the
        // inode.
        let address = format!("{:08X}:{port:04X}", u32::from_ne_bytes([127, 0, 0, 1]));
        let table = fs::read_to_string(format!("/proc/{id}/net/tcp")).unwrap_or_default();
        let socket = table.lines().find_map(|line| {
            let columns: Vec<_> = line.split_whitespace().collect();
            (columns.get(1) == Some(&address.as_str()) && columns.get(3) == Some(&"0A"))
                .then(|| format!("socket:[{}]", columns.get(9).unwrap_or(&"")))
        });
        let open = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten();
        socket.is_some_and(|socket| {
            open.flatten()
                .any(|file| fs::read_link(file.path()).is_ok_and(|at| at.as_os_str() == &*socket))
        })
    }

    /// What runs in its group and where each thread waits, for whoever reads a failure.
    pub(crate) fn describe(&self) -> String {
        let text = |file: String| {
            fs::read_to_string(file)
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let of_group = processes().filter(|id| self.group.is_some() && stat(*id, 2) == self.group);
        let described = of_group.map(|id| {
            let threads = fs::read_dir(format!("/proc/{id}/task"))
                .into_iter()
                .flatten();
            let threads = threads.flatten().map(|thread| {
                let thread = thread.path().display().to_string();
                format!(
                    "{} in {}",
                    text(format!("{thread}/comm")),
                    text(format!("{thread}/wchan"))
                )
            });
            format!("process {id}: {}", threads.collect::<Vec<_>>().join(", "))
        });
        let described = described.collect::<Vec<_>>().join("\n");
        if described.is_empty() {
            "nothing of it runs".to_owned()
        } else {
            described
        }
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
    processes()
        .filter(|id| stat(*id, 1) == Some(of))
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

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// A number from what the system says of a process: 1 is its parent, 2 its group.
fn stat(id: u32, field: usize) -> Option<u32> {
    // The name in brackets may hold spaces; after it come the state, the parent and the group.
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(") ")?
        .1
        .split(' ')
        .nth(field)?
        .parse()
        .ok()
}
