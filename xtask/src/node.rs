//! Node: present, new enough, and its packages as the lock file says.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// What the window's build tools ask for.
const OLDEST: (u32, u32) = (20, 19);

/// Installs the packages of a folder unless they are already as its lock file says.
pub(crate) fn packages(workspace: &Workspace, folder: &str) -> Result<(), Failure> {
    present(workspace)?;
    let folder_path = workspace.path(folder);
    if is_current(&folder_path) {
        println!("{folder}/node_modules is as the lock file says");
        return Ok(());
    }
    process::run(&mut workspace.npm(folder, &["ci", "--no-audit", "--no-fund"]))
}

fn present(workspace: &Workspace) -> Result<(), Failure> {
    let wanted = format!(
        "Node {}.{} or newer with npm is needed (https://nodejs.org)",
        OLDEST.0, OLDEST.1
    );
    let found = process::output(&mut workspace.program("node", &["--version"]))
        .map_err(|_| Failure::Cannot(format!("{wanted}: node is not on the PATH.")))?;
    let found = found.trim();
    if version(found).is_none_or(|version| version < OLDEST) {
        return Err(Failure::Cannot(format!("{wanted}: this is {found}.")));
    }
    process::output(&mut workspace.npm("ui", &["--version"]))
        .map(drop)
        .map_err(|_| Failure::Cannot(format!("{wanted}: npm is not on the PATH.")))
}

fn version(printed: &str) -> Option<(u32, u32)> {
    let mut numbers = printed.strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// npm writes `node_modules/.package-lock.json` last, so an installation that was cut short counts as missing.
fn is_current(folder: &Path) -> bool {
    let changed = |path: &str| -> Option<SystemTime> {
        fs::metadata(folder.join(path)).ok()?.modified().ok()
    };
    match (
        changed("node_modules/.package-lock.json"),
        changed("package-lock.json"),
    ) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version("v20.19.4"), Some((20, 19)));
        assert!(version("v20.9.0") < Some(OLDEST));
        assert!(version("v22.1.0") > Some(OLDEST));
        assert_eq!(version("nothing"), None);
    }
}
