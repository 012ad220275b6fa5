use std::process::ExitCode;

use clap::{Command, CommandFactory};
use mailwright_service::{Code, Failure, VARIABLES};

use crate::args::Arguments;
use crate::output::Output;

/// Prints the help on a topic: nothing, a verb with or without a verb below it, or `environment`.
pub(super) fn help(topic: &[String], output: Output) -> Result<ExitCode, Failure> {
    output.line(text(topic)?.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn text(topic: &[String]) -> Result<String, Failure> {
    if matches!(topic, [word] if word == "environment") {
        return Ok(environment());
    }
    let mut program = Arguments::command();
    program.build(); // so that every verb knows its full name and the options that all verbs have
    let found = topic
        .iter()
        .try_fold(&mut program, |command: &mut Command, word| {
            command.find_subcommand_mut(word).ok_or(word)
        });
    match found {
        Ok(command) => Ok(command.render_long_help().to_string()),
        Err(word) => Err(Failure::new(
            Code::Usage,
            format!(
                "There is no help on “{word}”. Try: mailwright help, or mailwright help environment."
            ),
        )),
    }
}

fn environment() -> String {
    let entries = VARIABLES.map(|(name, meaning)| format!("{name}\n    {meaning}"));
    format!("Environment variables:\n\n{}", entries.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Result<String, Failure> {
        text(&words.iter().map(|&w| w.to_owned()).collect::<Vec<_>>())
    }

    fn check(path: &[&str], command: &Command) {
        let text = of(path).unwrap();
        let usage = format!("Usage: mailwright {}", path.join(" "));
        assert!(text.contains(usage.trim_end()), "{path:?}: {text}");
        for below in command.get_subcommands() {
            check(&[path, &[below.get_name()]].concat(), below);
        }
    }

    #[test]
    fn every_verb_has_help_under_its_full_name() {
        check(&[], &Arguments::command());
    }

    #[test]
    fn other_topics() {
        assert!(of(&["environment"]).unwrap().contains("MAILWRIGHT_HOME"));
        assert_eq!(
            of(&["registration", "nonsense"]).unwrap_err().code,
            Code::Usage
        );
    }
}
