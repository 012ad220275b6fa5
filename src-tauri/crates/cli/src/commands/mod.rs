mod account;
mod approve;
mod doctor;
mod explain;
mod help;
mod input;
mod junit;
mod lines;
mod organisation;
mod registration;
mod round;
mod sign_in;
mod support;
mod testing;

use std::process::ExitCode;
use std::time::Duration;

use mailwright_service::{Code, Environment, Failure, Service};

use crate::args::Command;
use crate::output::Output;
use crate::people;

/// Carries out one verb, until it is done or Ctrl-C stops it.
pub(crate) async fn run(
    command: &Command,
    environment: Environment,
    output: Output,
) -> Result<ExitCode, Failure> {
    // These two need neither data folder nor network.
    match command {
        Command::Help { topic } => return help::help(topic, output),
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
    let result = match command {
        // What was found until then is the answer, so it ends by itself.
        Command::Test(arguments) => {
            testing::test(&service, arguments, asked_to_stop(), output).await
        }
        command => tokio::select! {
            // The verb first: a prompt for a secret blocks in there, and until Ctrl-C is listened for, it ends the program.
            biased;
            result = carry_out(&service, command, &environment, output) => result,
            () = asked_to_stop() => {
                output.transient("");
                Err(stopped(command))
            }
        },
    };
    settle(&service, output).await;
    result
}

/// Ctrl-C, or whatever else the system has for asking a program to end: a service manager, a closed terminal.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = (
            signal(SignalKind::terminate()),
            signal(SignalKind::hangup()),
        );
        if let (Ok(mut terminate), Ok(mut hang_up)) = signals {
            tokio::select! {
                Ok(()) = tokio::signal::ctrl_c() => return,
                _ = terminate.recv() => return,
                _ = hang_up.recv() => return,
            }
        }
    }
    #[cfg(windows)]
    if let Ok(mut close) = tokio::signal::windows::ctrl_close() {
        tokio::select! {
            Ok(()) = tokio::signal::ctrl_c() => return,
            _ = close.recv() => return,
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Work that must not be cut off goes on behind a verb that was stopped.
async fn settle(service: &Service, output: Output) {
    const PATIENCE: Duration = Duration::from_secs(1);
    if tokio::time::timeout(PATIENCE, service.settle())
        .await
        .is_err()
    {
        output.progress(
            "A sign-in is being saved. Waiting until that is done, less than two minutes …",
        );
        service.settle().await;
    }
}

fn stopped(command: &Command) -> Failure {
    match command {
        Command::SignIn(arguments) => Failure::new(
            Code::NeedsSignIn,
            format!(
                "Cancelled. If you had already finished on the provider's page, the sign-in was finished; else nothing was changed. To see which: mailwright show {}",
                arguments.mailbox
            ),
        ),
        Command::Approve(arguments) if arguments.as_administrator => Failure::new(
            Code::NeedsAdministrator,
            "Cancelled. If “Accept” was chosen before, the approval is given all the same; else nothing was changed. A sign-in shows which.",
        ),
        _ => Failure::new(Code::Failed, "Stopped. Nothing is half done."),
    }
}

async fn carry_out(
    service: &Service,
    command: &Command,
    environment: &Environment,
    output: Output,
) -> Result<ExitCode, Failure> {
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
        Command::Registration(command) => {
            return registration::run(service, command, output).await;
        }
        Command::Add(arguments) => account::add(service, arguments, output).await?,
        Command::List => output.answer(&service.mailboxes()?, people::mailboxes),
        Command::Show { mailbox } => output.answer(&service.mailbox(mailbox)?, people::mailbox),
        Command::Set(arguments) => account::set(service, arguments, output).await?,
        Command::Remove { mailbox } => {
            output.answer(&service.remove_mailbox(mailbox).await?, people::removed);
        }
        Command::SignIn(arguments) => {
            sign_in::sign_in(service, arguments, environment, output).await?;
        }
        Command::SignOut {
            mailbox,
            keep_remote,
            yes,
        } => sign_in::sign_out(service, mailbox, *keep_remote, *yes, output).await?,
        Command::Approve(arguments) => {
            return approve::approve(service, arguments, environment, output).await;
        }
        Command::Organisation(arguments) => {
            return organisation::organisation(service, arguments, output);
        }
        Command::Status => {
            let attention = service.attention()?;
            output.answer(&attention, people::attention);
            let calm = attention.fixes.is_empty() && attention.waiting.is_empty();
            return Ok(ExitCode::from(if calm { 0 } else { crate::exit::FAILED }));
        }
        Command::Doctor => return doctor::doctor(service, environment, output).await,
        Command::SupportPackage(arguments) => {
            support::package(service, arguments, environment, output).await?;
        }
        Command::Folders(arguments) => account::folders(service, arguments, output).await?,
        Command::Token { mailbox, purpose } => {
            let token = service.token(mailbox, purpose.as_deref()).await?;
            output.answer(&token, |t| t.access_token.clone());
        }
        Command::Test(_) | Command::Help { .. } | Command::Explain { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}
