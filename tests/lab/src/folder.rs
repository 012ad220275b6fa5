//! The folder in which everything of one lab lives, and which goes with it.
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::LabError;

const JANITOR: &str = include_str!("../templates/janitor.sh");

/// A temporary folder that is removed when it is dropped, and also when the process is killed: a small shell
/// holds the other end of a pipe and removes the folder when the pipe ends.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    janitor: Child,
}

impl Folder {
    /// A new folder under the system's (or `TMPDIR`'s) temporary one.
    pub fn new() -> Result<Self, LabError> {
        let path = tempfile::Builder::new()
            .prefix("mailwright-lab-")
            .tempdir()?;
        // Mail servers drop their rights and still have to get at their own folders in here.
        fs::set_permissions(path.path(), fs::Permissions::from_mode(0o755))?;
        let janitor = Command::new("sh")
            .args(["-c", JANITOR, "janitor"])
            .arg(path.path())
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let folder = Self {
            path: path.keep(),
            janitor,
        };
        for (name, mode) in [
            ("run", 0o755),
            ("logs", 0o755),
            ("home", 0o700),
            ("tmp", 0o700),
        ] {
            folder.make(name, mode)?;
        }
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Something inside.
    pub fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    /// Makes a folder inside with exactly these permissions.
    pub fn make(&self, name: impl AsRef<Path>, mode: u32) -> Result<PathBuf, LabError> {
        let path = self.join(name);
        fs::create_dir_all(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        Ok(path)
    }

    /// Writes a file inside with exactly these permissions.
    pub fn write(
        &self,
        name: impl AsRef<Path>,
        content: &str,
        mode: u32,
    ) -> Result<PathBuf, LabError> {
        let path = self.join(name);
        // Never readable by more people than it shall be, not even for a moment.
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&path)?;
        file.write_all(content.as_bytes())?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        Ok(path)
    }

    /// The last lines of every server log.
    pub fn logs(&self) -> String {
        let mut files: Vec<_> = fs::read_dir(self.join("logs"))
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        files.sort();
        let parts: Vec<_> = files
            .iter()
            .map(|file| {
                let name = file.file_name().unwrap_or(OsStr::new("?"));
                format!("--- {}\n{}\n", name.to_string_lossy(), tail(file, 40))
            })
            .collect();
        parts.concat()
    }
}

/// The last lines of a file that may not be there.
pub(crate) fn tail(file: &Path, lines: usize) -> String {
    let text = fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let all: Vec<_> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(self.janitor.stdin.take());
        // The janitor gives up on its own after some seconds, so this wait has an end.
        let _ = self.janitor.wait();
    }
}
