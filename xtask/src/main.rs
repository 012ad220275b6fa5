//! `cargo xtask …`: what a person or the build server types. Builds without the desktop's native libraries.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "talking to a terminal is what it is for"
)]

mod args;
mod bench;
mod check;
mod demo;
mod failure;
mod gen_types;
mod lab;
mod layers;
mod node;
mod packages;
mod process;
mod root;
mod run;
mod steps;
mod test;
mod test_programs;
mod texts;
mod tracked;
mod variables;
mod workspace;

use std::process::ExitCode;

use args::{Command, HELP};
use failure::Failure;
use workspace::Workspace;

fn main() -> ExitCode {
    match args::parse(std::env::args().skip(1)).and_then(carry_out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit_code()
        }
    }
}

fn carry_out(command: Command) -> Result<(), Failure> {
    let workspace = Workspace::find()?;
    match command {
        Command::Help => {
            print!("{HELP}");
            Ok(())
        }
        Command::Demo(consent, show) => demo::demo(&workspace, consent, &show),
        Command::Test(consent) => test::test(&workspace, consent),
        Command::Check(consent) => check::check(&workspace, consent),
        Command::Run(consent) => run::run(&workspace, consent),
        Command::Lab(consent) => lab::lab(&workspace, consent),
        Command::Bench(consent) => bench::bench(&workspace, consent),
        Command::GenTypes => gen_types::write(&workspace),
    }
}
