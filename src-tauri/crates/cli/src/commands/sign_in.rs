use std::io::IsTerminal;
use std::time::Duration;

use mailwright_service::{
    Browser, Code, Environment, Failure, Service, SignInEvent, SignInOptions, SystemBrowser,
};
use tokio::sync::mpsc;

use crate::args::SignInArguments;
use crate::output::Output;
use crate::people;

pub(super) async fn sign_in(
    service: &Service,
    arguments: &SignInArguments,
    environment: &Environment,
    output: Output,
) -> Result<(), Failure> {
    let terminal = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
    let open = arguments.open || (terminal && !arguments.print_link);
    if !open && !arguments.print_link {
        return Err(Failure::new(
            Code::Usage,
            "There is no terminal, so no browser is opened. Give --open, or --print-link and open the address yourself. Nothing was changed.",
        ));
    }
    let options = SignInOptions {
        shared: arguments.shared,
        choose_account: arguments.choose_account,
        limit: Duration::from_secs(arguments.timeout),
    };
    let (events, mut received) = mpsc::unbounded_channel();
    let signing_in = service.sign_in(&arguments.mailbox, &options, &events);
    tokio::pin!(signing_in);
    let signed_in = loop {
        tokio::select! {
            done = &mut signing_in => break done?,
            Some(event) = received.recv() => show(&event, arguments, environment, open, output)?,
            _ = tokio::signal::ctrl_c() => {
                return Err(Failure::new(Code::NeedsSignIn, "Cancelled. Nothing was changed."));
            }
        }
    };
    output.answer(&signed_in, people::signed_in);
    Ok(())
}

fn show(
    event: &SignInEvent,
    arguments: &SignInArguments,
    environment: &Environment,
    open: bool,
    output: Output,
) -> Result<(), Failure> {
    match event {
        SignInEvent::Queued => {
            output.progress("Another sign-in is open on this computer. Waiting until it is done …");
        }
        SignInEvent::Link(address) => {
            if arguments.print_link {
                if output.json {
                    output.progress(address.as_str());
                } else {
                    output.line(address.as_str());
                }
            }
            if open {
                output.progress("Opening the sign-in page in your browser. Your password is never seen by Mailwright.");
                if !arguments.print_link {
                    output.progress(&format!(
                        "If no page opens, open this address yourself:\n{address}"
                    ));
                }
                SystemBrowser::new(environment.browser.clone()).open(address)?;
            }
            output.progress(&format!(
                "Waiting for you in the browser, at most {} seconds. Ctrl-C cancels.",
                arguments.timeout
            ));
        }
        SignInEvent::CameBack => output.progress("You came back. Finishing the sign-in …"),
    }
    Ok(())
}
