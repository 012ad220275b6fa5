//! Starts programs and shows the line a person would type for the same.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// Shows and runs a program with this terminal; anything but success is a failure.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let line = describe(command);
    run_as(&line, command)
}

/// Like [`run`], shown as another line because the real one is too long to read.
pub(crate) fn run_as(line: &str, command: &mut Command) -> Result<(), Failure> {
    println!("$ {line}");
    let status = command
        .status()
        .map_err(|error| not_started(line, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Failed(format!("`{line}` ended with {status}")))
    }
}

/// Runs a program that asks nothing and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let line = describe(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(&line, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::Failed(format!(
        "`{line}` ended with {}: {}",
        output.status,
        said.trim()
    )))
}

fn not_started(line: &str, error: &std::io::Error) -> Failure {
    Failure::Failed(format!("`{line}` cannot be started: {error}"))
}

/// The line a person would type. Settings of `PATH` are left out.
pub(crate) fn describe(command: &Command) -> String {
    let mut words = Vec::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value
            && name != "PATH"
        {
            words.push(format!(
                "{}={}",
                name.to_string_lossy(),
                quoted(&value.to_string_lossy())
            ));
        }
    }
    let program = Path::new(command.get_program());
    words.push(match (program.file_stem(), program.extension()) {
        (Some(stem), None) => stem.to_string_lossy().into_owned(),
        (Some(stem), Some(extension)) if extension == "cmd" || extension == "exe" => {
            stem.to_string_lossy().into_owned()
        }
        _ => program.to_string_lossy().into_owned(),
    });
    words.extend(
        command
            .get_args()
            .map(|word| quoted(&word.to_string_lossy())),
    );
    words.join(" ")
}

/// The `PATH` a program will have.
pub(crate) fn path(command: &Command) -> Option<OsString> {
    let set = command
        .get_envs()
        .find(|(name, _)| *name == "PATH")
        .and_then(|(_, value)| value.map(OsString::from));
    set.or_else(|| std::env::var_os("PATH"))
}

fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./=:,@+%\\".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Whether a person can be asked.
pub(crate) fn has_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Asks a question on the terminal; an empty answer means yes.
pub(crate) fn ask(question: &str) -> bool {
    print!("{question} [Y/n] ");
    let mut answer = String::new();
    let heard = std::io::stdout().flush().is_ok()
        && std::io::stdin()
            .read_line(&mut answer)
            .is_ok_and(|read| read > 0);
    heard && matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_typed() {
        let mut command = Command::new("/opt/rust/bin/cargo");
        command
            .args(["test", "a b", "it's"])
            .env("MODE", "x y")
            .env("PATH", "/bin")
            .env_remove("GONE");
        assert_eq!(describe(&command), r"MODE='x y' cargo test 'a b' 'it'\''s'");
        assert_eq!(describe(&Command::new("npm.cmd")), "npm");
    }

    #[test]
    fn a_program_that_does_not_exist_is_named() {
        let Err(failure) = run(&mut Command::new("no-such-program-here")) else {
            panic!("it ran")
        };
        assert!(
            failure.to_string().contains("no-such-program-here"),
            "{failure}"
        );
    }
}
