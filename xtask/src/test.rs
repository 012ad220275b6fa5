//! `cargo xtask test`: installs, builds, checks and tests everything.

use crate::args::Consent;
use crate::failure::Failure;
use crate::steps::Steps;
use crate::workspace::{FEATURES, Workspace};
use crate::{check, gen_types, lab, node, packages, test_programs};

/// From nothing to a plain closing line.
pub(crate) fn test(workspace: &Workspace, consent: Consent) -> Result<(), Failure> {
    let consent = if on_a_build_server() {
        Consent::Given
    } else {
        consent
    };
    packages::ensure(
        workspace,
        &[packages::SHELL, packages::WINDOW, packages::LAB],
        consent,
        "test",
    )?;
    let mut steps = Steps::new();
    check::sources(workspace, &mut steps);
    let interface = check::interface(workspace, &mut steps);
    if interface {
        steps.program(
            "tests of the user interface",
            &mut workspace.npm("ui", &["test"]),
        );
    }
    if cfg!(target_os = "linux") {
        steps.step(
            "packages of the lab",
            &format!("npm --prefix {} ci", lab::FOLDER),
            || node::packages(workspace, lab::FOLDER),
        );
    }
    if interface {
        programs(workspace, &mut steps);
    } else {
        steps.skip(
            "clippy, build and tests",
            "because the shell contains the user interface",
        );
    }
    steps.finish()
}

/// Everything in Rust, compiled once for clippy and once to be run: `--all-targets` gives dependencies the very
/// features that `cargo test` gives them, so nothing is compiled a third time.
fn programs(workspace: &Workspace, steps: &mut Steps) {
    check::lints(workspace, steps);
    let build = [
        "build",
        "--workspace",
        "--bins",
        "--tests",
        "--features",
        FEATURES,
    ];
    if !steps.program("build", &mut workspace.cargo(&build)) {
        steps.skip("tests", "because the build failed");
        return;
    }
    steps.step(
        "generated types",
        "cargo xtask gen-types, then git diff ui/src/bindings",
        || {
            gen_types::fresh(
                workspace,
                &mut workspace.program(workspace.built("gen-types")?, &[]),
            )
        },
    );
    let words = [
        "test",
        "--workspace",
        "--exclude=mailwright-window-tests",
        "--features",
        FEATURES,
    ];
    steps.step("tests", &format!("cargo {}", words.join(" ")), || {
        test_programs::run(workspace, &words, &[])
    });
    let words = ["test", "--workspace", "--features", FEATURES, "--doc"];
    steps.program(
        "examples in the documentation",
        &mut workspace.cargo(&words),
    );
    if cfg!(target_os = "linux") {
        window(workspace, steps);
    }
}

/// The real window against the lab. Chosen by name and not by package: built with the features of the whole
/// workspace, nothing is compiled again.
fn window(workspace: &Workspace, steps: &mut Steps) {
    const NAME: &str = "tests of the window";
    match workspace.built("mailwright-app") {
        Ok(app) => {
            let words = [
                "test",
                "--workspace",
                "--features",
                FEATURES,
                "--test=window_*",
            ];
            let again = format!("MAILWRIGHT_APP={} cargo {}", app.display(), words.join(" "));
            // They drive this program; they are told, not left to guess.
            let surroundings = [("MAILWRIGHT_APP", app.as_path())];
            steps.step(NAME, &again, || {
                test_programs::run(workspace, &words, &surroundings)
            });
        }
        Err(failure) => steps.skip(NAME, &failure.to_string()),
    }
}

fn on_a_build_server() -> bool {
    std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}
