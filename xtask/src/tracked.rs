//! The files that belong to the project, read once per check.

use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// A text file with its path from the project's folder, with forward slashes.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// One for a test, which is not on the disk.
    #[cfg(test)]
    pub(crate) fn of(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Whether the file's name ends like this, whatever the case.
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| found.eq_ignore_ascii_case(extension))
    }
}

/// All text files that git tracks or would track. Pictures and the like are left out.
pub(crate) fn files(workspace: &Workspace) -> Result<Vec<File>, Failure> {
    let words = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--deduplicate",
    ];
    let listed = process::output(&mut workspace.program("git", &words))?;
    let mut files = Vec::new();
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        // A tracked file may have been deleted without a commit yet, a submodule is a folder, a picture is no text.
        if let Ok(text) = fs::read_to_string(workspace.path(path))
            && !text.contains('\0')
        {
            files.push(File {
                path: path.to_owned(),
                text,
            });
        }
    }
    Ok(files)
}

/// Fails with the list unless it is empty.
pub(crate) fn none(problems: &[String]) -> Result<(), Failure> {
    match problems.len() {
        0 => Ok(()),
        1 => Err(Failure::Failed(problems.concat())),
        number => Err(Failure::Failed(format!(
            "{number} places:\n{}",
            problems.join("\n")
        ))),
    }
}
