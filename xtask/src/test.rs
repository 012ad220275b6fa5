//! `cargo xtask test`: installs, builds, checks and tests everything.

use crate::args::Consent;
use crate::failure::Failure;
use crate::steps::Steps;
use crate::tracked::{self, File};
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
    examples(workspace, steps);
    if cfg!(target_os = "linux") {
        window(workspace, steps);
    }
}

/// The examples in the documentation. Where there is none, looking through every crate for one takes over a minute.
fn examples(workspace: &Workspace, steps: &mut Steps) {
    const NAME: &str = "examples in the documentation";
    let words = ["test", "--workspace", "--features", FEATURES, "--doc"];
    match tracked::files(workspace) {
        Ok(files) if !files.iter().any(holds_example) => {
            println!("\n== {NAME}\n-- {NAME}: there are none");
        }
        // Unread files may hold one.
        _ => {
            steps.program(NAME, &mut workspace.cargo(&words));
        }
    }
}

/// Whether a documentation comment of the file holds a block of code (The rustdoc book, “Documentation tests”).
fn holds_example(file: &File) -> bool {
    let mut is_inside = false;
    file.has_extension("rs")
        && file
            .text
            .lines()
            .filter_map(|line| {
                let line = line.trim_start();
                line.strip_prefix("///").or(line.strip_prefix("//!"))
            })
            .filter_map(|line| line.trim_start().strip_prefix("```"))
            .any(|language| {
                is_inside = !is_inside;
                is_inside && language.trim() != "text"
            })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_a_block_of_code_in_documentation() {
        let example = "/// One.\n/// ```\n/// assert!(true);\n/// ```\nfn one() {}\n";
        let indented = "mod a {\n    /// ```no_run\n    /// one();\n    /// ```\n}\n";
        let drawing = "//! ```text\n//! a -> b\n//! ```\n";
        assert!(holds_example(&File::of("a.rs", example)));
        assert!(holds_example(&File::of("a.rs", indented)));
        assert!(holds_example(&File::of(
            "a.rs",
            &format!("{drawing}{example}")
        )));
        assert!(!holds_example(&File::of("a.rs", drawing)));
        assert!(!holds_example(&File::of(
            "a.rs",
            "let fence = \"/// ```\";\n"
        )));
        assert!(!holds_example(&File::of("a.md", example)));
    }
}
