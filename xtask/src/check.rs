//! `cargo xtask check`: everything that can be said about the project without running its tests.

use crate::args::Consent;
use crate::failure::Failure;
use crate::steps::Steps;
use crate::workspace::{FEATURES, Workspace};
use crate::{gen_types, layers, node, packages, texts, tracked, variables};

const AGAIN: &str = "cargo xtask check";

/// Runs the checks, each once, and sums up what did not hold.
pub(crate) fn check(workspace: &Workspace, consent: Consent) -> Result<(), Failure> {
    packages::ensure(workspace, &[packages::SHELL], consent, "check")?;
    let mut steps = Steps::new();
    sources(workspace, &mut steps);
    if interface(workspace, &mut steps) {
        lints(workspace, &mut steps);
    } else {
        steps.skip("clippy", "because the shell contains the user interface");
    }
    steps.step(
        "generated types",
        "cargo xtask gen-types, then git diff ui/src/bindings",
        || gen_types::fresh(workspace, &mut gen_types::generator(workspace)),
    );
    steps.finish()
}

/// What takes a second and compiles nothing.
pub(crate) fn sources(workspace: &Workspace, steps: &mut Steps) {
    steps.program(
        "formatting of Rust",
        &mut workspace.cargo(&["fmt", "--all", "--check"]),
    );
    steps.step("texts", AGAIN, || {
        let files = tracked::files(workspace)?;
        tracked::none(&texts::problems(&files))
    });
    steps.step("environment variables", AGAIN, || {
        let files = tracked::files(workspace)?;
        tracked::none(&variables::problems(&files))
    });
    steps.step("direction of dependencies", AGAIN, || {
        tracked::none(&layers::problems(&workspace.metadata()?))
    });
}

/// The user interface: built first, because the shell contains it. Returns whether it could be built.
pub(crate) fn interface(workspace: &Workspace, steps: &mut Steps) -> bool {
    let installed = steps.step(
        "packages of the user interface",
        "npm --prefix ui ci",
        || node::packages(workspace, "ui"),
    );
    if !installed {
        steps.skip("user interface", "because its packages are missing");
        return false;
    }
    let built = steps.program(
        "user interface",
        &mut workspace.npm("ui", &["run", "build"]),
    );
    for (name, script) in [
        ("eslint", "lint"),
        ("prettier", "format:check"),
        ("svelte-check", "check"),
    ] {
        steps.program(name, &mut workspace.npm("ui", &["run", script]));
    }
    built
}

/// Clippy over every target of every package.
pub(crate) fn lints(workspace: &Workspace, steps: &mut Steps) {
    let words = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        FEATURES,
        "--",
        "-D",
        "warnings",
    ];
    steps.program("clippy", &mut workspace.cargo(&words));
}
