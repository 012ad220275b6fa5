//! The main job in the window, with the lab's servers. Without an argument a person does it, with the accounts to type
//! in the terminal; with a folder the demo does it and leaves pictures there. Started by `cargo xtask demo`.
#![cfg_attr(
    target_os = "linux",
    expect(clippy::print_stdout, reason = "showing is what it is for")
)]

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    match demo::run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(problem) => {
            println!("\nThe demo did not reach its end: {problem}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
mod demo {
    use std::path::{Path, PathBuf};

    use mailwright_lab::{Lab, Options};
    use mailwright_window_tests::{
        By, Counts, Desktop, Outcome, REGISTRATION, Told, Window, app, at_hand, main_job,
        missing_programs,
    };
    use tokio::process::Command;
    use tokio::signal::ctrl_c;

    const WHO: &str = "alice";

    pub(crate) async fn run() -> Outcome<()> {
        let missing = missing_programs();
        if !missing.is_empty() {
            return Err(format!("first: apt-get install {}", missing.join(" ")).into());
        }
        println!(
            "Starting real servers on this computer: authorization server, Dovecot, Postfix, nsd, GNOME Keyring …"
        );
        let lab = Lab::start(Options::everything())?;
        at_hand(&lab)?;
        println!(
            "There is an app registration, “{REGISTRATION}”, and bob's mailbox, so that the domain's servers are known."
        );
        match std::env::args_os().nth(1) {
            Some(folder) => by_itself(&lab, &PathBuf::from(folder)).await,
            None => for_a_person(&lab).await,
        }
    }

    async fn by_itself(lab: &Lab, folder: &Path) -> Outcome<()> {
        std::fs::create_dir_all(folder)?;
        let desktop = Desktop::start().await?;
        let window = Window::start(&desktop, lab).await?;
        println!("The window is open, on a display that nobody sees.\n");
        let mut number = 0;
        let mut before = Counts::default();
        let done = main_job(&window, lab, WHO, By::Mouse, async |window, told: Told| {
            number += 1;
            let took = told.counts.machine.saturating_sub(before.machine);
            println!(
                "{number}  {:<40} {:>5.1} s   so far: {}",
                told.what,
                took.as_secs_f64(),
                told.counts
            );
            before = told.counts;
            window
                .picture_in(folder, &format!("{number}-{}", told.name))
                .await
        })
        .await;
        let closed = window.close().await;
        let counts = done?;
        closed?;
        println!(
            "\n{} is working. The main job: {counts}.",
            lab.user(WHO)?.address
        );
        println!("Pictures: {}", folder.display());
        Ok(())
    }

    async fn for_a_person(lab: &Lab) -> Outcome<()> {
        println!(
            "\nType one of these addresses in the window, and sign in with its password in the browser:\n"
        );
        for user in lab.users().iter().filter(|user| user.key != "bob") {
            println!("  {:<28} {}", user.address, user.password);
        }
        println!(
            "\nadmin-approval@lab.test only ever gets “Need admin approval”. Closing the window ends the demo."
        );
        let own = std::env::current_exe()?;
        let browser = own.with_file_name("demo-browser");
        let mut command = Command::from(lab.command(app()?));
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        // The session bus is the lab's, so the display is reached by its own address.
        if let (Some(display), Some(folder)) = (
            std::env::var_os("WAYLAND_DISPLAY"),
            std::env::var_os("XDG_RUNTIME_DIR"),
        ) {
            command.env("WAYLAND_DISPLAY", Path::new(&folder).join(display));
        }
        command
            .env("MAILWRIGHT_BROWSER", browser)
            .kill_on_drop(true);
        let mut window = command.spawn()?;
        tokio::select! {
            ended = window.wait() => {
                let status = ended?;
                if status.success() { Ok(()) } else { Err(format!("the window ended with {status}; without a screen, use --headless").into()) }
            }
            _ = ctrl_c() => Ok(()),
        }
    }
}
