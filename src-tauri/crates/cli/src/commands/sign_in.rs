use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use mailwright_service::{
    Browser, Code, Environment, Failure, Service, SignInEvent, SignInOptions, SystemBrowser,
    show_time_limit,
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
        ..SignInOptions::default()
    };
    let (events, mut received) = mpsc::unbounded_channel();
    let signing_in = service.sign_in(&arguments.mailbox, &options, &events);
    tokio::pin!(signing_in);
    let signed_in = loop {
        tokio::select! {
            done = &mut signing_in => {
                break done.map_err(|failure| people::ways_on(failure, &arguments.mailbox))?;
            }
            Some(event) = received.recv() => show(&event, arguments, environment, open, output),
        }
    };
    output.answer(&signed_in, |s| people::signed_in(s, &arguments.mailbox));
    Ok(())
}

fn show(
    event: &SignInEvent,
    arguments: &SignInArguments,
    environment: &Environment,
    open: bool,
    output: Output,
) {
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
                let program = environment.browser.as_deref();
                let browser = SystemBrowser::new(program.map(Path::to_owned));
                // A browser that cannot be started is no reason to stop: the address can be opened by hand.
                let started = browser.open(address).is_ok();
                output.progress(&people::browser(started, program));
                if !arguments.print_link {
                    output.progress(&people::address_to_open(started, address.as_str()));
                }
            }
            output.progress(&format!(
                "Waiting for you in the browser, at most {}. Ctrl-C cancels.",
                show_time_limit(Duration::from_secs(arguments.timeout))
            ));
        }
        SignInEvent::CameBack => output.progress("You came back. Finishing the sign-in …"),
    }
}
