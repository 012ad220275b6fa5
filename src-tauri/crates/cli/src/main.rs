//! The `mailwright` program: the use cases of `mailwright-service`, one verb each.
//!
//! `args` says what can be typed, `commands` calls the service, `output` is the only place that prints: one JSON
//! document or plain sentences on standard output, progress and errors on standard error. The exit code follows from
//! what a program that called us should do next (see `exit`).

mod args;
mod commands;
mod exit;
mod output;
mod people;

use std::process::ExitCode;

use clap::Parser;
use mailwright_service::{Environment, Failure};

use crate::args::Arguments;
use crate::output::Output;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json);
    match start(&arguments, output) {
        Ok(code) => code,
        Err(failure) => {
            output.failure(&failure);
            exit::code(failure.code)
        }
    }
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
    let result = runtime.block_on(commands::run(&arguments.command, environment, output));
    // A keychain that never answers must not keep the program from ending.
    runtime.shutdown_background();
    result
}
