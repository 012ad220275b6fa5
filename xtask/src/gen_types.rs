//! `cargo xtask gen-types`: the TypeScript types that the window shares with the program.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

const BINDINGS: &str = "ui/src/bindings";

/// Texts by their path in a folder.
type Files = BTreeMap<String, String>;

/// Writes the types where the window reads them.
pub(crate) fn write(workspace: &Workspace) -> Result<(), Failure> {
    let now = generated(workspace, &mut generator(workspace))?;
    let bindings = workspace.path(BINDINGS);
    empty(&bindings)?;
    for (name, text) in &now {
        let file = bindings.join(name);
        let folder = file.parent().unwrap_or(&bindings);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&file, text))
            .map_err(|error| unusable(&file, &error))?;
    }
    println!("{BINDINGS}: {} files", now.len());
    Ok(())
}

/// The generator, built on its own.
pub(crate) fn generator(workspace: &Workspace) -> Command {
    workspace.cargo(&[
        "run",
        "--package=mailwright-service",
        "--features=ts",
        "--bin=gen-types",
        "--",
    ])
}

/// Compares what a generator writes now with what the project has.
pub(crate) fn fresh(workspace: &Workspace, generator: &mut Command) -> Result<(), Failure> {
    let now = generated(workspace, generator)?;
    let bindings = workspace.path(BINDINGS);
    let kept = contents(&bindings).map_err(|error| unusable(&bindings, &error))?;
    let differences = differences(&kept, &now);
    if differences.is_empty() {
        return Ok(());
    }
    Err(Failure::Failed(format!(
        "{BINDINGS} is not what the program has now:\n{}",
        differences.join("\n")
    )))
}

/// What a generator writes, by way of a folder that it may fill or leave half full.
fn generated(workspace: &Workspace, generator: &mut Command) -> Result<Files, Failure> {
    let folder = workspace.target()?.join("xtask").join("bindings");
    empty(&folder)?;
    process::run(generator.arg(&folder))?;
    let files = contents(&folder).map_err(|error| unusable(&folder, &error))?;
    if files.is_empty() {
        Err(Failure::Failed("The generator wrote no types.".to_owned()))
    } else {
        Ok(files)
    }
}

fn empty(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    }
    fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))
}

fn unusable(folder: &Path, error: &io::Error) -> Failure {
    Failure::Failed(format!("{}: {error}", folder.display()))
}

/// Every file below a folder with its text, line ends made equal. A missing folder is an empty one.
fn contents(folder: &Path) -> io::Result<Files> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(current) = open.pop() {
        let entries = match fs::read_dir(&current) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .unwrap_or(&path)
                    .to_string_lossy()
                    .replace('\\', "/");
                found.insert(name, fs::read_to_string(&path)?.replace("\r\n", "\n"));
            }
        }
    }
    Ok(found)
}

fn differences(kept: &Files, now: &Files) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, text) in now {
        match kept.get(name) {
            None => differences.push(format!("  {name} is missing")),
            Some(other) if other != text => differences.push(format!("  {name} is out of date")),
            Some(_) => {}
        }
    }
    differences.extend(
        kept.keys()
            .filter(|name| !now.contains_key(*name))
            .map(|name| format!("  {name} is left over")),
    );
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_difference_is_named() {
        let folder = |files: &[(&str, &str)]| {
            files
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect()
        };
        let kept = folder(&[("Same.ts", "1"), ("Old.ts", "1"), ("Changed.ts", "1")]);
        let now = folder(&[("Same.ts", "1"), ("New.ts", "1"), ("Changed.ts", "2")]);
        assert_eq!(
            differences(&kept, &now),
            [
                "  Changed.ts is out of date",
                "  New.ts is missing",
                "  Old.ts is left over"
            ]
        );
        assert!(differences(&kept, &kept).is_empty());
    }
}
