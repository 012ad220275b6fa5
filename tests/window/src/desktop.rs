//! A display of its own, and the surroundings that a program finds there.

use std::ffi::OsStr;
use std::path::PathBuf;

use mailwright_lab::Lab;
use tokio::process::Command;

use crate::Outcome;
use crate::process::Running;

/// What a desktop needs besides the lab's programs, by Debian package.
const PROGRAMS: [(&str, &str); 2] = [("Xvfb", "xvfb"), ("WebKitWebDriver", "webkit2gtk-driver")];

/// The Debian packages whose programs are not here, the lab's included.
pub fn missing_programs() -> Vec<&'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let here =
        |program: &str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let own = PROGRAMS
        .iter()
        .filter(|(program, _)| !here(program))
        .map(|(_, package)| *package);
    mailwright_lab::missing_programs()
        .into_iter()
        .chain(own)
        .collect()
}

/// An X server without a window manager.
#[derive(Debug)]
pub struct Desktop {
    display: String,
    _server: Running,
}

impl Desktop {
    /// Starts a display whose number the server chooses. It is little larger than the window.
    ///
    /// # Errors
    /// There is no Xvfb, or it does not start.
    pub async fn start() -> Outcome<Self> {
        let mut xvfb = Command::new("Xvfb");
        xvfb.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x800x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ]);
        let mut server = Running::start(xvfb)?;
        let display = format!(":{}", server.first_line().await?);
        Ok(Self {
            display,
            _server: server,
        })
    }

    /// Its name, for `DISPLAY`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Starts a program as a person would, without anything that drives it.
    pub fn start_program(&self, lab: &Lab, program: impl AsRef<OsStr>) -> Outcome<Running> {
        let mut command = self.command(lab, program);
        command.env_remove("TAURI_WEBVIEW_AUTOMATION");
        Running::start(command)
    }

    /// A program that sees this display and the lab, and nothing of the person's own.
    pub(crate) fn command(&self, lab: &Lab, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::from(lab.command(program));
        command
            .env("DISPLAY", &self.display)
            .env("GDK_BACKEND", "x11")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // The window's fonts and colours do not depend on who runs the tests.
            .env_remove("GTK_THEME")
            .env("LANG", "C.UTF-8");
        command
    }
}

/// The built program: what `MAILWRIGHT_APP` names, else the one beside the tests.
///
/// # Errors
/// It was not built yet.
pub fn app() -> Outcome<PathBuf> {
    let app = match std::env::var_os("MAILWRIGHT_APP") {
        Some(given) => PathBuf::from(given),
        None => built()?.join("mailwright-app"),
    };
    if app.is_absolute() && app.is_file() {
        return Ok(app.canonicalize()?);
    }
    Err(format!(
        "no program at {}: npm --prefix ui run build, then cargo build -p mailwright-app --features custom-protocol",
        app.display()
    )
    .into())
}

/// The folder of what was built with these tests.
pub(crate) fn built() -> Outcome<PathBuf> {
    let own = std::env::current_exe()?;
    own.ancestors()
        .skip(1)
        .find(|folder| !folder.ends_with("deps"))
        .map(PathBuf::from)
        .ok_or_else(|| "this program lies in no folder".into())
}
