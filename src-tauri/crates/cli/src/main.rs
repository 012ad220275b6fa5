//! The `mailwright` program: the use cases of `mailwright-service`, one verb each.
//!
//! `args` says what can be typed, `commands` calls the service, `people` makes sentences of the answers, `output` is
//! the only place that prints: one JSON document or plain sentences on standard output, progress and errors on
//! standard error. The exit code follows from what a program that called us should do next (see `exit`).

mod args;
mod commands;
mod exit;
mod mistake;
mod neutral;
mod output;
mod people;

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use clap::Parser;
use mailwright_service::{Environment, Failure};

use crate::args::Arguments;
use crate::output::Output;

fn main() -> ExitCode {
    mistake::announce();
    let code = mistake::caught(|| match Arguments::try_parse() {
        Ok(arguments) => carry_out(&arguments),
        Err(said) => Output::new(false).parser(&said),
    });
    Output::new(false).finish(code)
}

fn carry_out(arguments: &Arguments) -> ExitCode {
    let output = Output::new(arguments.json);
    start(arguments, output).unwrap_or_else(|failure| {
        output.failure(&failure);
        exit::code(failure.code)
    })
}

fn start(arguments: &Arguments, output: Output) -> Result<ExitCode, Failure> {
    let mut environment = Environment::read()?;
    if let Some(home) = &arguments.home {
        environment.home = Some(home.clone());
    }
    output::log_to_stderr(environment.log.as_deref());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Failure::internal(format!("The runtime could not be started: {e}")))?;
    // Never dropped, which would wait: a keychain that never answers must not keep the program from ending.
    let runtime = ManuallyDrop::new(runtime);
    runtime.block_on(commands::run(&arguments.command, environment, output))
}
