mod account;
mod explain;
mod registration;
mod sign_in;
mod testing;

use std::process::ExitCode;

use clap::CommandFactory;
use mailwright_service::{Code, Environment, Failure, Service, VARIABLES};

use crate::args::{Arguments, Command};
use crate::output::Output;
use crate::people;

/// Carries out one verb.
pub(crate) async fn run(
    command: &Command,
    environment: Environment,
    output: Output,
) -> Result<ExitCode, Failure> {
    // These two need neither data folder nor network.
    match command {
        Command::Help { topic } => return help(topic.as_deref(), output),
        Command::Explain {
            text,
            stage,
            provider,
        } => {
            return explain::explain(text, stage.as_deref(), provider.as_deref(), output);
        }
        _ => {}
    }
    let service = Service::open(&environment)?;
    match command {
        Command::Detect { address } => {
            let found = service.detect(address).await?;
            let nothing = found.provider.is_none();
            output.answer(&found, people::detected);
            return Ok(if nothing {
                ExitCode::from(crate::exit::FAILED)
            } else {
                ExitCode::SUCCESS
            });
        }
        Command::Registration(command) => registration::run(&service, command, output).await?,
        Command::Add(arguments) => account::add(&service, arguments, output).await?,
        Command::List => output.answer(&service.mailboxes()?, people::mailboxes),
        Command::Show { mailbox } => output.answer(&service.mailbox(mailbox)?, people::mailbox),
        Command::Set(arguments) => account::set(&service, arguments, output)?,
        Command::Remove { mailbox } => {
            output.answer(&service.remove_mailbox(mailbox).await?, people::removed);
        }
        Command::SignIn(arguments) => {
            sign_in::sign_in(&service, arguments, &environment, output).await?;
        }
        Command::SignOut {
            mailbox,
            keep_remote,
        } => {
            output.answer(
                &service.sign_out(mailbox, *keep_remote).await?,
                people::signed_out,
            );
        }
        Command::Test(arguments) => return testing::test(&service, arguments, output).await,
        Command::Folders(arguments) => account::folders(&service, arguments, output).await?,
        Command::Token { mailbox, purpose } => {
            let token = service.token(mailbox, purpose.as_deref()).await?;
            output.answer(&token, |t| t.access_token.clone());
        }
        Command::Help { .. } | Command::Explain { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn help(topic: Option<&str>, output: Output) -> Result<ExitCode, Failure> {
    let mut program = Arguments::command();
    let text = match topic {
        None => program.render_long_help().to_string(),
        Some("environment") => environment_help(),
        Some(verb) => program
            .find_subcommand_mut(verb)
            .ok_or_else(|| {
                Failure::new(
                    Code::Usage,
                    format!("There is no help on “{verb}”. Try: mailwright help, or mailwright help environment."),
                )
            })?
            .render_long_help()
            .to_string(),
    };
    output.line(text.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn environment_help() -> String {
    let entries = VARIABLES.map(|(name, meaning)| format!("{name}\n    {meaning}"));
    format!("Environment variables:\n\n{}", entries.join("\n\n"))
}
