use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use mailwright_service::wire::ApprovalInfo;
use mailwright_service::{
    ApprovalOf, ApprovalStep, Browser, Code, Environment, Failure, Service, SignInEvent,
    SystemBrowser, show_time_limit,
};
use tokio::sync::mpsc;

use crate::args::ApproveArguments;
use crate::output::Output;
use crate::{exit, people};

pub(super) async fn approve(
    service: &Service,
    arguments: &ApproveArguments,
    environment: &Environment,
    output: Output,
) -> Result<ExitCode, Failure> {
    let of = of(arguments);
    if arguments.as_administrator {
        let info = here(service, of, arguments, environment, output).await?;
        output.answer(&info, people::approved);
    } else if arguments.check {
        let info = service.check_approval(of).await?;
        output.answer(&info, people::approval_looked);
        return Ok(exit_of(&info));
    } else if arguments.link {
        let info = service.approval(of).await?;
        let page = info.link.clone().or_else(|| info.console.clone());
        let Some(page) = page else {
            return Err(no_link(&info));
        };
        output.answer(&info, |_| page.clone());
    } else if arguments.message {
        let info = service.note_approval(of, ApprovalStep::Copied).await?;
        output.answer(&info, |i| format!("{}\n\n{}", i.subject, i.message));
    } else {
        output.answer(&service.approval(of).await?, people::approval);
    }
    Ok(ExitCode::SUCCESS)
}

/// The parser has seen to it that one of the two is given.
fn of(arguments: &ApproveArguments) -> ApprovalOf<'_> {
    match (&arguments.mailbox, &arguments.registration) {
        (_, Some(registration)) => ApprovalOf::Registration(registration),
        (mailbox, None) => ApprovalOf::Mailbox(mailbox.as_deref().unwrap_or_default()),
    }
}

/// 4 while an administrator has to act, 5 where nobody could be asked.
fn exit_of(info: &ApprovalInfo) -> ExitCode {
    match (info.status.as_str(), info.found.as_deref()) {
        ("waiting-for-admin", Some("unreachable")) => ExitCode::from(exit::UNREACHABLE),
        ("waiting-for-admin", _) => ExitCode::from(exit::NEEDS_ADMINISTRATOR),
        _ => ExitCode::SUCCESS,
    }
}

fn no_link(info: &ApprovalInfo) -> Failure {
    Failure::new(
        Code::Usage,
        format!(
            "There is no page on which “{}” is approved. Send the message instead: mailwright approve --registration \"{}\" --message",
            info.registration, info.registration
        ),
    )
}

async fn here(
    service: &Service,
    of: ApprovalOf<'_>,
    arguments: &ApproveArguments,
    environment: &Environment,
    output: Output,
) -> Result<ApprovalInfo, Failure> {
    let terminal = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
    let open = arguments.open || (terminal && !arguments.print_link);
    if !open && !arguments.print_link {
        return Err(Failure::new(
            Code::Usage,
            "There is no terminal, so no browser is opened. Give --open, or --print-link and open the address yourself. Nothing was changed.",
        ));
    }
    output.progress(&people::approval_announced(&service.approval(of).await?));
    let limit = Duration::from_secs(arguments.timeout);
    let (events, mut received) = mpsc::unbounded_channel();
    let approving = service.approve_here(of, limit, &events);
    tokio::pin!(approving);
    loop {
        tokio::select! {
            done = &mut approving => return done,
            Some(event) = received.recv() => show(&event, arguments, environment, open, output),
        }
    }
}

fn show(
    event: &SignInEvent,
    arguments: &ApproveArguments,
    environment: &Environment,
    open: bool,
    output: Output,
) {
    match event {
        SignInEvent::Queued => {
            output.progress("A sign-in is open on this computer. Waiting until it is done …");
        }
        SignInEvent::Link(address) => {
            if arguments.print_link && output.json {
                output.progress(address.as_str());
            } else if arguments.print_link {
                output.line(address.as_str());
            }
            if open {
                let program = environment.browser.as_deref();
                let browser = SystemBrowser::new(program.map(Path::to_owned));
                let started = browser.open(address).is_ok();
                if !arguments.print_link {
                    output.progress(&people::address_to_open(started, address.as_str()));
                }
            }
            output.progress(&format!(
                "Waiting for the administrator in the browser, at most {}. Ctrl-C cancels.",
                show_time_limit(Duration::from_secs(arguments.timeout))
            ));
        }
        SignInEvent::Code(_) | SignInEvent::Polled { .. } => {} // an approval has neither
        SignInEvent::CameBack => output.progress("The browser came back."),
    }
}
