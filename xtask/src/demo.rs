//! `cargo xtask demo`: the whole main job on this computer, with real servers and a real browser.

use std::path::PathBuf;

use crate::args::{Consent, PICTURES, Show};
use crate::failure::Failure;
use crate::workspace::{FEATURES, Workspace};
use crate::{lab, node, packages, process, root};

/// Installs what is missing, builds the programs and the lab, and shows the main job.
pub(crate) fn demo(workspace: &Workspace, consent: Consent, show: &Show) -> Result<(), Failure> {
    lab::possible_here("demo")?;
    match show {
        Show::Cli => on_the_command_line(workspace, consent),
        Show::Headless(folder) => in_the_window(workspace, consent, Some(folder.clone())),
        Show::Window if has_display() => in_the_window(workspace, consent, None),
        Show::Window => {
            println!(
                "There is no display here, so nobody can see a window: going on as with --headless, pictures go to {PICTURES}."
            );
            in_the_window(workspace, consent, Some(PICTURES.into()))
        }
    }
}

fn on_the_command_line(workspace: &Workspace, consent: Consent) -> Result<(), Failure> {
    packages::ensure(workspace, &[packages::LAB], consent, "demo --cli")?;
    node::packages(workspace, lab::FOLDER)?;
    process::run(&mut workspace.cargo(&[
        "build",
        "--package=mailwright-cli",
        "--package=mailwright-lab",
        "--package=mailwright-e2e",
        "--bins",
    ]))?;
    // Postfix runs as root only.
    let driver = workspace.built("demo")?;
    let line = driver.display().to_string();
    root::run(workspace, driver, &[], &line)
}

/// With a folder for pictures the demo does the job itself, without one a person does.
fn in_the_window(
    workspace: &Workspace,
    consent: Consent,
    pictures: Option<PathBuf>,
) -> Result<(), Failure> {
    let needed = [packages::SHELL, packages::WINDOW, packages::LAB];
    packages::ensure(workspace, &needed, consent, "demo")?;
    node::packages(workspace, lab::FOLDER)?;
    node::packages(workspace, "ui")?;
    process::run(&mut workspace.npm("ui", &["run", "build"]))?;
    process::run(&mut workspace.cargo(&[
        "build",
        "--workspace",
        "--bins",
        "--features",
        FEATURES,
    ]))?;
    let driver = workspace.built("window-demo")?.display().to_string();
    let mut words = Vec::new();
    if let Some(folder) = pictures {
        let folder = workspace.path(&folder.to_string_lossy());
        words.extend([driver.clone(), folder.display().to_string()]);
    } else {
        words.extend(display());
        words.push(driver.clone());
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // Postfix runs as root only.
    root::run(workspace, "env", &words, &driver)
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// What another user, such as root, needs to show a window on this display.
fn display() -> Vec<String> {
    let authority = std::env::var("XAUTHORITY").ok().or_else(|| {
        let home = PathBuf::from(std::env::var_os("HOME")?).join(".Xauthority");
        home.is_file().then(|| home.display().to_string())
    });
    ["DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR"]
        .into_iter()
        .map(|name| (name, std::env::var(name).ok()))
        .chain([("XAUTHORITY", authority)])
        .filter_map(|(name, value)| Some(format!("{name}={}", value?)))
        .collect()
}
