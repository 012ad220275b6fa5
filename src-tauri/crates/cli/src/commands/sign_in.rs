use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use mailwright_service::{
    Browser, Code, Environment, Failure, Pasting, Route, Service, SignInEvent, SignInOptions,
    SystemBrowser, Waiting,
};
use tokio::sync::mpsc;

use super::input;
use super::lines::Lines;
use crate::args::SignInArguments;
use crate::output::Output;
use crate::people;

/// How long a person may take in the browser.
const USUAL_LIMIT: Duration = Duration::from_secs(300);
/// Longer than any code can be used.
const CODE_LIMIT: Duration = Duration::from_secs(3600);

pub(super) async fn sign_in(
    service: &Service,
    arguments: &SignInArguments,
    environment: &Environment,
    output: Output,
) -> Result<(), Failure> {
    if let Some(whose) = &arguments.whose {
        let signed_in = service.use_sign_in(&arguments.mailbox, whose).await?;
        output.answer(&signed_in, |s| people::signed_in(s, &arguments.mailbox));
        return Ok(());
    }
    // Where none is needed, it does not matter whether there is a terminal.
    service.expects_sign_in(&arguments.mailbox)?;
    let options = SignInOptions {
        shared: arguments.shared,
        choose_account: arguments.choose_account,
        waiting: waiting(arguments),
        ..SignInOptions::default()
    };
    let show = Show {
        arguments,
        environment,
        open: opens(arguments)?,
        limit: options.waiting.limit,
        output,
    };
    let pasting = options.waiting.pasting.clone();
    let (events, mut received) = mpsc::unbounded_channel();
    let mut lines = Lines::none();
    let signing_in = service.sign_in(&arguments.mailbox, &options, &events);
    tokio::pin!(signing_in);
    let signed_in = loop {
        tokio::select! {
            done = &mut signing_in => {
                break done.map_err(|failure| people::ways_on(failure, &arguments.mailbox))?;
            }
            Some(event) = received.recv() => {
                show.event(&event);
                if arguments.paste && matches!(event, SignInEvent::Link(_)) {
                    lines = Lines::of_standard_input();
                }
            }
            Some(line) = lines.next() => show.pasted(&pasting, &line),
        }
    };
    output.answer(&signed_in, |s| people::signed_in(s, &arguments.mailbox));
    Ok(())
}

/// Says what else stops before it happens. Where other mailboxes stop, somebody has to want that.
pub(super) async fn sign_out(
    service: &Service,
    mailbox: &str,
    keep_remote: bool,
    yes: bool,
    output: Output,
) -> Result<(), Failure> {
    let plan = service.sign_out_plan(mailbox)?;
    if let Some(text) = people::before_sign_out(&plan, keep_remote) {
        output.progress(&text);
    }
    let stopping = !keep_remote && !plan.stops_at_provider.is_empty();
    if stopping && !yes && !input::agrees("Sign out?", output) {
        return Err(Failure::new(
            Code::Usage,
            "Not signed out, because other mailboxes would stop with it. Give --yes to sign out all the same, or --keep-remote to end the sign-in on this computer only. Nothing was changed.",
        ));
    }
    let signed_out = service.sign_out(mailbox, keep_remote).await?;
    output.answer(&signed_out, people::signed_out);
    Ok(())
}

fn waiting(arguments: &SignInArguments) -> Waiting {
    let (route, usual) = match arguments {
        a if a.device => (Route::Code, CODE_LIMIT),
        a if a.paste => (Route::Pasted, USUAL_LIMIT),
        _ => (Route::Browser, USUAL_LIMIT),
    };
    Waiting {
        route,
        limit: arguments.timeout.map_or(usual, Duration::from_secs),
        ..Waiting::default()
    }
}

/// Whether a browser is opened here.
fn opens(arguments: &SignInArguments) -> Result<bool, Failure> {
    let terminal = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
    let elsewhere = arguments.print_link || arguments.paste || arguments.device;
    let open = arguments.open || (terminal && !elsewhere);
    if open || elsewhere {
        return Ok(open);
    }
    Err(Failure::new(
        Code::Usage,
        "There is no terminal, so no browser is opened. Give --open, or --print-link and open the address yourself. Nothing was changed.",
    ))
}

/// What is shown while a sign-in goes on.
struct Show<'a> {
    arguments: &'a SignInArguments,
    environment: &'a Environment,
    open: bool,
    limit: Duration,
    output: Output,
}

impl Show<'_> {
    fn event(&self, event: &SignInEvent) {
        let output = self.output;
        match event {
            SignInEvent::Queued => {
                output.progress(
                    "Another sign-in is open on this computer. Waiting until it is done …",
                );
            }
            SignInEvent::Link(address) => {
                self.link(address.as_str(), |browser| browser.open(address).is_ok());
            }
            SignInEvent::Code(shown) => output.progress(&people::code_to_enter(shown)),
            SignInEvent::Polled { answered: true, .. } => {}
            SignInEvent::Polled { again_in, .. } => output.progress(&people::not_asked(*again_in)),
            SignInEvent::CameBack if self.arguments.device => {
                output.progress("The code was used. Finishing the sign-in …");
            }
            SignInEvent::CameBack => output.progress("You came back. Finishing the sign-in …"),
        }
    }

    fn link(&self, address: &str, start: impl FnOnce(&SystemBrowser) -> bool) {
        let output = self.output;
        let printed = self.arguments.print_link || self.arguments.paste;
        if printed && output.json {
            output.progress(address);
        } else if printed {
            output.line(address);
        }
        if self.open {
            let program = self.environment.browser.as_deref();
            // A browser that cannot be started is no reason to stop: the address can be opened by hand.
            let started = start(&SystemBrowser::new(program.map(Path::to_owned)));
            output.progress(&people::browser(started, program));
            if !printed {
                output.progress(&people::address_to_open(started, address));
            }
        }
        output.progress(&people::waiting_for(self.arguments.paste, self.limit));
    }

    /// What did not complete the sign-in is said, and the next line is waited for.
    fn pasted(&self, pasting: &Pasting, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        if let Err(failure) = pasting.complete(line) {
            self.output.complaint(&failure);
        }
    }
}
