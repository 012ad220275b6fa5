//! What was typed after `cargo xtask`.

use std::path::PathBuf;

use crate::failure::Failure;

/// What `cargo xtask` prints when nothing else was asked.
pub(crate) const HELP: &str = "\
cargo xtask COMMAND [--yes]

  demo       starts real mail servers on this computer and opens the window on them, with accounts to sign in with
             (Debian 12); --headless does the whole job in a window without a screen and leaves pictures in
             target/demo, or in FOLDER with --headless=FOLDER; --cli does it on the command line
  run        builds and starts the desktop program
  test       installs what is missing, then builds, checks and tests everything
  check      formatting, lints, types, texts and the direction of dependencies, without the tests
  bench      compares what the window costs to start and to keep open with an empty window, and what a token costs
             with a script that renews it (Linux)
  lab        starts the mail servers and keeps them running, to try things by hand (Debian 12)
  gen-types  writes the TypeScript types that the window shares with the program
  help       prints this

--yes installs missing Debian packages without asking. Nothing that is installed is started as a service.
Installing, demo and lab need root: where you are not root, they use sudo.
Exit codes: 0 all went well, 1 something failed, 2 wrong use or not possible on this computer.
";

/// A command with what it needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Demo(Consent, Show),
    Test(Consent),
    Check(Consent),
    Run(Consent),
    Lab(Consent),
    Bench(Consent),
    GenTypes,
}

/// What the demo shows the main job on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Show {
    /// The window, for a person to use.
    #[default]
    Window,
    /// The window without a screen, used by the demo itself; pictures go to the folder.
    Headless(PathBuf),
    /// The command line.
    Cli,
}

/// Where the demo's pictures go unless a folder is named.
pub(crate) const PICTURES: &str = "target/demo";

/// Whether packages may be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Said on the command line, or by a build server.
    Given,
    /// To be asked for on the terminal.
    Ask,
}

/// Reads the words after `cargo xtask`.
pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Result<Command, Failure> {
    let mut name = None;
    let mut consent = None;
    let mut show = None;
    for word in words {
        match word.as_str() {
            "--yes" | "-y" => consent = Some(Consent::Given),
            flag if showing(flag).is_some() => {
                if show.is_some() {
                    return Err(wrong("The demo is shown in one way."));
                }
                show = showing(flag);
            }
            "--help" | "-h" => return Ok(Command::Help),
            flag if flag.starts_with('-') => {
                return Err(wrong(&format!("There is no option {flag}.")));
            }
            _ if name.is_some() => {
                return Err(wrong(&format!(
                    "One command at a time: {word} is too many."
                )));
            }
            _ => name = Some(word),
        }
    }
    if show.is_some() && name.as_deref() != Some("demo") {
        return Err(wrong("--headless and --cli belong to demo."));
    }
    let asked = consent.unwrap_or(Consent::Ask);
    match name.as_deref() {
        None | Some("help") if consent.is_none() => Ok(Command::Help),
        Some("gen-types") if consent.is_none() => Ok(Command::GenTypes),
        None | Some("help" | "gen-types") => Err(wrong(
            "--yes belongs to a command that may install packages.",
        )),
        Some("demo") => Ok(Command::Demo(asked, show.unwrap_or_default())),
        Some("test") => Ok(Command::Test(asked)),
        Some("check") => Ok(Command::Check(asked)),
        Some("run") => Ok(Command::Run(asked)),
        Some("lab") => Ok(Command::Lab(asked)),
        Some("bench") => Ok(Command::Bench(asked)),
        Some(other) => Err(wrong(&format!("There is no command {other}."))),
    }
}

fn showing(flag: &str) -> Option<Show> {
    match flag {
        "--cli" => Some(Show::Cli),
        "--headless" => Some(Show::Headless(PICTURES.into())),
        _ => match flag.strip_prefix("--headless=") {
            None | Some("") => None,
            Some(folder) => Some(Show::Headless(folder.into())),
        },
    }
}

fn wrong(sentence: &str) -> Failure {
    Failure::Cannot(format!("{sentence}\n\n{HELP}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Result<Command, Failure> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn every_command_is_understood_and_listed() {
        for (line, expected) in [
            ("", Command::Help),
            ("help", Command::Help),
            ("demo --help", Command::Help),
            ("demo", Command::Demo(Consent::Ask, Show::Window)),
            ("demo --yes", Command::Demo(Consent::Given, Show::Window)),
            ("demo --cli", Command::Demo(Consent::Ask, Show::Cli)),
            (
                "--headless demo -y",
                Command::Demo(Consent::Given, Show::Headless(PICTURES.into())),
            ),
            (
                "demo --headless=pictures",
                Command::Demo(Consent::Ask, Show::Headless("pictures".into())),
            ),
            ("-y test", Command::Test(Consent::Given)),
            ("check", Command::Check(Consent::Ask)),
            ("run", Command::Run(Consent::Ask)),
            ("lab --yes", Command::Lab(Consent::Given)),
            ("bench", Command::Bench(Consent::Ask)),
            ("gen-types", Command::GenTypes),
        ] {
            assert_eq!(typed(line), Ok(expected), "{line}");
        }
        for name in [
            "demo",
            "run",
            "test",
            "check",
            "bench",
            "lab",
            "gen-types",
            "help",
        ] {
            assert!(
                HELP.lines().any(|line| line.trim_start().starts_with(name)),
                "{name} is not in the help"
            );
        }
    }

    #[test]
    fn wrong_use_is_refused_with_the_help() {
        for line in [
            "dmeo",
            "demo twice",
            "demo --no",
            "demo --headless=",
            "demo --headless --cli",
            "test --headless",
            "--cli",
            "--yes",
            "gen-types --yes",
            "help --yes",
        ] {
            let refused = typed(line);
            assert!(
                matches!(&refused, Err(Failure::Cannot(text)) if text.ends_with(HELP)),
                "{line}: {refused:?}"
            );
        }
    }
}
