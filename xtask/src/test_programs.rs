//! The programs that `cargo test` builds, run side by side: most of them wait for servers, and cargo itself starts the
//! next one only when the last has ended.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::Value;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// How many run at once. Each has as many tests going as there are cores.
const AT_ONCE: usize = 2;

/// One test program.
#[derive(Debug, PartialEq, Eq)]
struct Program {
    /// What a person calls it: package and target.
    name: String,
    /// The words that choose it, perhaps among others.
    again: String,
    executable: PathBuf,
    /// Where cargo would start it.
    folder: PathBuf,
    /// Whether it is one of a package's `tests/`, which take longest.
    is_long: bool,
}

/// Builds what these words of `cargo test` choose, and runs it. What a program printed is shown as a whole once it has
/// ended.
pub(crate) fn run(
    workspace: &Workspace,
    words: &[&str],
    surroundings: &[(&str, &Path)],
) -> Result<(), Failure> {
    let mut programs = built(workspace, words)?;
    if programs.is_empty() {
        return Err(Failure::Failed("there are no tests".to_owned()));
    }
    // The longest last would run alone.
    programs.sort_by_key(|program| !program.is_long);
    let count = programs.len();
    let queue = Mutex::new(VecDeque::from(programs));
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(program) = next(&queue) {
                    if !held(workspace, &program, surroundings) {
                        failed
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(program);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failed.is_empty() {
        println!("{count} test programs held.");
        return Ok(());
    }
    let features = words.iter().skip_while(|word| **word != "--features");
    let features: Vec<&str> = features.take(2).copied().collect();
    let lines: Vec<String> = failed
        .iter()
        .map(|p| {
            let features = features.join(" ");
            format!(
                "  {}: cargo test --workspace {features} {}",
                p.name, p.again
            )
        })
        .collect();
    Err(Failure::Failed(format!(
        "{} of {count} test programs did not hold. To see each again:\n{}",
        failed.len(),
        lines.join("\n")
    )))
}

fn next(queue: &Mutex<VecDeque<Program>>) -> Option<Program> {
    queue
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .pop_front()
}

/// Builds the programs, with cargo's own messages on the terminal.
fn built(workspace: &Workspace, words: &[&str]) -> Result<Vec<Program>, Failure> {
    let mut command = workspace.cargo(words);
    command.args(["--no-run", "--message-format=json-render-diagnostics"]);
    println!("$ {}", process::describe(&command));
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::Failed(format!("cargo cannot be started: {error}")))?;
    if !output.status.success() {
        return Err(Failure::Failed("the tests cannot be built".to_owned()));
    }
    Ok(programs(&String::from_utf8_lossy(&output.stdout)))
}

/// The test programs among cargo's messages (The Cargo Book, “External tools”).
fn programs(messages: &str) -> Vec<Program> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter_map(|message| program(&message))
        .collect()
}

fn program(message: &Value) -> Option<Program> {
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?;
    let package = folder.file_name()?.to_string_lossy();
    let target = message["target"]["name"].as_str()?;
    let kind = message["target"]["kind"][0].as_str()?;
    let again = match kind {
        "test" => format!("--test {target}"),
        "bin" => format!("--bin {target}"),
        _ => "--lib".to_owned(),
    };
    Some(Program {
        name: format!("{package}, {kind} {target}"),
        again,
        executable: message["executable"].as_str()?.into(),
        folder: folder.to_path_buf(),
        is_long: kind == "test",
    })
}

/// Runs one and shows what it said; whether all its tests held.
fn held(workspace: &Workspace, program: &Program, surroundings: &[(&str, &Path)]) -> bool {
    let mut command: Command = workspace.program(&program.executable, &[]);
    // Where tests read files beside their package, as under cargo.
    command
        .current_dir(&program.folder)
        .env("CARGO_MANIFEST_DIR", &program.folder)
        .envs(surroundings.iter().copied())
        .stdin(Stdio::null());
    let began = Instant::now();
    let output = command.output();
    let seconds = began.elapsed().as_secs_f64();
    match output {
        Ok(output) => {
            // Nobody reads any more: the outcome is told all the same.
            let _ = show(program, &output, seconds);
            output.status.success()
        }
        Err(error) => {
            eprintln!(
                "{} cannot be started: {error}",
                program.executable.display()
            );
            false
        }
    }
}

/// In one piece, so that two programs never speak at once.
fn show(program: &Program, output: &Output, seconds: f64) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "\n     Running {} ({seconds:.1} s)", program.name)?;
    out.write_all(&output.stdout)?;
    out.write_all(&output.stderr)?;
    if !output.status.success() {
        writeln!(out, "{} ended with {}", program.name, output.status)?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_found_among_cargos_messages() {
        let artifact = |test: bool, kind: &str, executable: &str| {
            serde_json::json!({
                "reason": "compiler-artifact",
                "manifest_path": "/p/crates/mail/Cargo.toml",
                "target": { "name": "ladder", "kind": [kind] },
                "profile": { "test": test },
                "executable": executable,
            })
            .to_string()
        };
        let library = r#"{"reason":"compiler-artifact","manifest_path":"/p/x/Cargo.toml","target":{"name":"x","kind":["lib"]},"profile":{"test":true},"executable":null}"#;
        let messages = [
            "not JSON".to_owned(),
            artifact(true, "test", "/t/ladder-1"),
            artifact(false, "bin", "/t/ladder"),
            artifact(true, "lib", "/t/mail-1"),
            library.to_owned(),
            r#"{"reason":"build-finished","success":true}"#.to_owned(),
        ];
        let found = programs(&messages.join("\n"));
        let names: Vec<&str> = found.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["mail, test ladder", "mail, lib ladder"]);
        assert_eq!(found[0].again, "--test ladder");
        assert_eq!(found[0].folder, Path::new("/p/crates/mail"));
        assert!(found[0].is_long && !found[1].is_long);
    }
}
