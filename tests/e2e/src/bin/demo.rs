//! The whole main job with the lab's servers: an address becomes a mailbox that is proven working. Each step prints
//! what is typed and what the program says. Started by `cargo xtask demo`.
#![cfg_attr(
    unix,
    expect(clippy::print_stdout, reason = "showing is what it is for")
)]

use std::process::ExitCode;

#[cfg(not(unix))]
fn main() -> ExitCode {
    ExitCode::from(2)
}

#[cfg(unix)]
fn main() -> ExitCode {
    match demo::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("\nThe demo did not reach its end: {problem}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(unix)]
mod demo {
    use std::time::{Duration, Instant};

    use mailwright_e2e::{Mailbox, Mailwright, Said};
    use mailwright_lab::{BrowserAction, KeychainState, Lab, Options, PUBLIC_CLIENT, Tenant};

    type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

    const WHO: &str = "alice";

    pub(crate) fn run() -> Result<()> {
        println!(
            "Starting real servers on this computer: authorization server, Dovecot, Postfix, nsd, GNOME Keyring …"
        );
        let options = Options::new()
            .authorization_server()
            .mail()
            .dns()
            .browser()
            .keychain(KeychainState::Unlocked);
        let lab = Lab::start(options)?;
        lab.plan_browser(WHO, BrowserAction::Accept)?;
        let mailbox = Mailbox::of(&lab, WHO);
        let begun = Instant::now();
        let status = main_job(&lab, &mailbox)?;
        println!(
            "\n{} is {status}. The main job took {:.1} s of machine time, the browser included.",
            mailbox.address,
            begun.elapsed().as_secs_f64()
        );
        if status == "working" {
            Ok(())
        } else {
            Err("the mailbox is not working".into())
        }
    }

    fn main_job(lab: &Lab, mailbox: &Mailbox) -> Result<String> {
        let address = mailbox.address.as_str();
        let base = lab.authorization()?.base();
        step(
            lab,
            "What the program finds for an address of Microsoft 365",
            &["detect", "info@contoso-mail.test"],
        )?;
        step(
            lab,
            "An app registration: who Mailwright is when somebody signs in",
            &[
                "registration",
                "add",
                "--name",
                "Lab",
                "--provider",
                "microsoft",
                "--cloud",
                "custom",
                "--authority",
                base,
                "--tenant",
                Tenant::Contoso.name(),
                "--client-id",
                PUBLIC_CLIENT,
            ],
        )?;
        step(
            lab,
            "The mailbox; its servers are typed, because the lab is nobody's provider",
            &[
                "add",
                address,
                "--registration",
                "Lab",
                "--name",
                "Alice, sales",
                "--imap",
                &mailbox.imap,
                "--smtp",
                &mailbox.smtp,
            ],
        )?;
        step(
            lab,
            "Signing in: a real browser opens the provider's page, and comes back",
            &["sign-in", address, "--open"],
        )?;
        println!("  The browser's last page said: {}", last_page(lab));
        step(
            lab,
            "The test, reading and sending side by side",
            &["test", address],
        )?;
        step(lab, "Folders and their roles", &["folders", address])?;
        token(lab, address)?;
        step(lab, "The mailbox as it is now", &["show", address])?;
        let list = Mailwright::new(lab).json(&["list"]).json();
        Ok(list["mailboxes"][0]["status"]
            .as_str()
            .unwrap_or("unknown")
            .to_owned())
    }

    fn step(lab: &Lab, what: &str, words: &[&str]) -> Result<()> {
        println!("\n── {what}");
        let said = Mailwright::new(lab).run(words);
        println!("$ {}", said.typed);
        show(&said);
        succeeded(&said)
    }

    /// The program may be done before its browser has read the page and written the heading down.
    fn last_page(lab: &Lab) -> String {
        let patience = Instant::now() + Duration::from_secs(10);
        loop {
            match lab.browser_headings().pop() {
                Some(heading) => return heading,
                None if Instant::now() > patience => {
                    return "nothing that could be read".to_owned();
                }
                None => std::thread::sleep(Duration::from_millis(25)),
            }
        }
    }

    /// A token is for programs; what is shown is that one came.
    fn token(lab: &Lab, address: &str) -> Result<()> {
        println!("\n── An access token for another program");
        let said = Mailwright::new(lab).run(&["token", address]);
        println!("$ {}", said.typed);
        println!(
            "  (an access token of {} characters)",
            said.out.trim().len()
        );
        succeeded(&said)
    }

    fn show(said: &Said) {
        for line in said.err.lines().chain(said.out.lines()) {
            println!("  {line}");
        }
    }

    fn succeeded(said: &Said) -> Result<()> {
        if said.code == 0 {
            Ok(())
        } else {
            Err(format!("exit code {}", said.code).into())
        }
    }
}
