//! Writing a support package: always a new file, never over another one.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use directories::UserDirs;

use super::SupportPackage;
use crate::{Code, Failure};

/// So many packages with the same name are kept side by side.
const MOST: usize = 99;

impl SupportPackage {
    /// Writes it to a new file that only this account reads, where the system knows such files.
    ///
    /// # Errors
    /// There is a file of this name already, or it cannot be written there.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let written = options
            .open(path)
            .and_then(|mut file| writeln!(file, "{}", self.text).and_then(|()| file.sync_all()));
        written.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => Self::there_already(path),
            _ => Failure::new(
                Code::Storage,
                format!(
                    "The support package could not be written to {}: {error}.",
                    path.display()
                ),
            ),
        })
    }

    /// Writes it where a person looks for what a program saved: the downloads folder, else the documents, else the own
    /// folder. A name that is taken gets a number.
    ///
    /// # Errors
    /// This account has no folder of its own, or it cannot be written there.
    pub fn save(&self) -> Result<PathBuf, Failure> {
        let folder = UserDirs::new()
            .and_then(|own| usable(&[own.download_dir(), own.document_dir(), Some(own.home_dir())]))
            .ok_or_else(|| {
                Failure::new(
                    Code::Storage,
                    "This account has no folder to save in. Copy the package into a file yourself.",
                )
            })?;
        self.save_in(&folder)
    }

    fn save_in(&self, folder: &Path) -> Result<PathBuf, Failure> {
        let name = self.file_name();
        let mut last = None;
        for number in 1..=MOST {
            let path = match number {
                1 => folder.join(format!("{name}.json")),
                more => folder.join(format!("{name}-{more}.json")),
            };
            match self.write(&path) {
                Err(failure) if failure.code == Code::Conflict => last = Some(failure),
                written => return written.map(|()| path),
            }
        }
        Err(last.unwrap_or_else(|| Self::there_already(folder)))
    }

    /// Its name without the ending: by the error ID where it is about one.
    fn file_name(&self) -> String {
        match &*self.error_ids {
            [id] => format!("mailwright-support-{id}"),
            _ => "mailwright-support".to_owned(),
        }
    }

    /// Said where a file of this name is there already.
    pub fn there_already(path: &Path) -> Failure {
        Failure::new(
            Code::Conflict,
            format!(
                "{} exists already. Name another file; nothing was written.",
                path.display()
            ),
        )
    }
}

/// The first of these folders that is there: a system may name one that nobody made.
fn usable(folders: &[Option<&Path>]) -> Option<PathBuf> {
    folders
        .iter()
        .flatten()
        .find(|folder| folder.is_dir())
        .map(|folder| (*folder).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(ids: &[&str]) -> SupportPackage {
        SupportPackage {
            text: "{}".to_owned(),
            masked: false,
            contents: Vec::new(),
            error_ids: ids.iter().map(|&id| id.to_owned()).collect(),
            subject: String::new(),
            message: String::new(),
            mailto: String::new(),
        }
    }

    #[test]
    fn a_file_that_is_there_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("package.json");
        package(&[]).write(&path).unwrap();
        let other = SupportPackage {
            text: "x".to_owned(),
            ..package(&[])
        };
        assert_eq!(other.write(&path).unwrap_err().code, Code::Conflict);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = path.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let about_one = package(&["MW-7K3F-9Q2D"]);
        let names: Vec<PathBuf> = (0..2)
            .map(|_| about_one.save_in(folder.path()).unwrap())
            .collect();
        assert_eq!(
            names,
            [
                folder.path().join("mailwright-support-MW-7K3F-9Q2D.json"),
                folder.path().join("mailwright-support-MW-7K3F-9Q2D-2.json")
            ]
        );
        let nowhere = folder.path().join("not-there");
        let failure = about_one.save_in(&nowhere).unwrap_err();
        assert_eq!(failure.code, Code::Storage);
    }

    #[test]
    fn the_first_folder_that_is_there_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("Downloads");
        assert_eq!(
            usable(&[None, Some(&gone), Some(folder.path())]).as_deref(),
            Some(folder.path())
        );
        assert_eq!(usable(&[Some(&gone)]), None);
    }
}
