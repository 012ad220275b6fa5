//! A server process that cannot outlive the lab, however the lab ends.
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::folder::{Folder, tail};
use crate::wait::{START_LIMIT, until};
use crate::{LabError, missing};

const SUPERVISE: &str = include_str!("../templates/supervise.sh");

/// A running server under its supervising shell (templates/supervise.sh).
#[derive(Debug)]
pub(crate) struct Server {
    name: String,
    shell: Child,
    state: PathBuf,
    log: PathBuf,
}

/// How a server is started.
#[derive(Debug)]
pub(crate) struct Launch {
    name: String,
    program: PathBuf,
    args: Vec<OsString>,
    env: Vec<(String, OsString)>,
    input: PathBuf,
}

impl Launch {
    /// A program looked up in PATH and in the folders for system programs.
    pub(crate) fn new(name: &str, program: &str) -> Result<Self, LabError> {
        Ok(Self {
            name: name.to_owned(),
            program: missing::find(program)?,
            args: Vec::new(),
            env: Vec::new(),
            input: PathBuf::from("/dev/null"),
        })
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args
            .extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// A file to read standard input from.
    pub(crate) fn input(mut self, file: &Path) -> Self {
        file.clone_into(&mut self.input);
        self
    }

    /// Starts it with nothing of the caller's environment but PATH, so that no lab depends on who runs it.
    pub(crate) fn start(self, folder: &Folder) -> Result<Server, LabError> {
        let state = folder.join("run").join(&self.name);
        let log = folder.join("logs").join(format!("{}.log", self.name));
        for old in ["pid", "exit", "alive"] {
            let _ = fs::remove_file(state.with_extension(old));
        }
        let output = OpenOptions::new().create(true).append(true).open(&log)?;
        let shell = Command::new("sh")
            .args(["-c", SUPERVISE, "supervise"])
            .args([&state, &self.input])
            .arg(&self.program)
            .args(&self.args)
            .env_clear()
            .env("PATH", missing::search_path())
            .env("LANG", "C.UTF-8")
            .env("HOME", folder.join("home"))
            .env("TMPDIR", folder.join("tmp"))
            .envs(self.env)
            .current_dir(folder.path())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(File::try_clone(&output)?)
            .stderr(output)
            .spawn()
            .map_err(|error| LabError::from(error).while_doing(&self.name))?;
        Ok(Server {
            name: self.name,
            shell,
            state,
            log,
        })
    }
}

impl Server {
    /// What it has written so far.
    pub(crate) fn output(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Waits for readiness; an early end of the server, or the deadline, is an error that carries its log.
    pub(crate) fn ready<T>(
        &self,
        mut probe: impl FnMut(&Self) -> Option<T>,
    ) -> Result<T, LabError> {
        until(&self.name, START_LIMIT, || {
            if let Some(found) = probe(self) {
                return Ok(Some(found));
            }
            match fs::read_to_string(self.state.with_extension("exit")) {
                Ok(status) => Err(LabError::new(format!(
                    "{} ended with status {}",
                    self.name,
                    status.trim()
                ))),
                Err(_) => Ok(None),
            }
        })
        .map_err(|error| LabError::new(format!("{error}\n{}", tail(&self.log, 30))))
    }

    /// Tells the supervising shell to end the server, without waiting for it.
    pub(crate) fn release(&mut self) {
        drop(self.shell.stdin.take());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.release();
        // The shell kills its whole group, itself included, after at most three seconds.
        let _ = self.shell.wait();
    }
}

/// Whether something on this port greets with these words.
pub(crate) fn greets(port: u16, words: &str) -> bool {
    let Ok(stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
        return false;
    };
    let mut line = String::new();
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .and_then(|()| BufReader::new(stream).read_line(&mut line))
        .is_ok_and(|_| line.starts_with(words))
}
