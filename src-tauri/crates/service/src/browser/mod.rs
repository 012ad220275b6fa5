#[cfg(all(unix, not(target_os = "macos")))]
mod desktop;
mod mail;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mailwright_domain::{Evidence, Fault, Stage};
use url::Url;

use crate::{Code, Failure};

pub(crate) use mail::mailto;
pub use mail::open_mail;

/// What people call a browser whose name nobody knows.
const SOME_BROWSER: &str = "your default browser";

/// Opens the sign-in page. A trait because tests need another world.
pub trait Browser: Send + Sync {
    /// Opens the address and returns at once.
    ///
    /// # Errors
    /// No browser could be started. A sign-in need not end by that: the address can be opened by hand.
    fn open(&self, address: &Url) -> Result<(), Failure>;

    /// What people call it. Answers at once and starts nothing.
    fn name(&self) -> String;

    /// Whether it looks as if it could be started. Answers at once and starts nothing.
    ///
    /// # Errors
    /// What [`Browser::open`] would say.
    fn check(&self) -> Result<(), Failure>;
}

/// The system's browser, or the program that a person named instead.
#[derive(Clone, Debug, Default)]
pub struct SystemBrowser {
    program: Option<PathBuf>,
}

impl SystemBrowser {
    /// `program` is started with the address as its only argument; none means the system's browser.
    pub fn new(program: Option<PathBuf>) -> Self {
        Self { program }
    }
}

impl Browser for SystemBrowser {
    fn open(&self, address: &Url) -> Result<(), Failure> {
        let started = match &self.program {
            None => open::that_detached(address.as_str()),
            // Its output must not mix with ours: standard output may be a program's only source.
            Some(program) => Command::new(program)
                .arg(address.as_str())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .map(drop),
        };
        started.map_err(|error| not_started(self.program.as_deref(), &error.to_string()))
    }

    /// The named program's file name. Else, on Linux, the name of the browser that the desktop's own lists give; on
    /// other systems, and where the lists do not say, “your default browser”.
    fn name(&self) -> String {
        let named = match &self.program {
            Some(program) => Some(shown(program)),
            None => default_browser(),
        };
        named.unwrap_or_else(|| SOME_BROWSER.to_owned())
    }

    fn check(&self) -> Result<(), Failure> {
        match &self.program {
            Some(program) if !is_program(program) => {
                Err(not_started(Some(program), "there is no such program"))
            }
            None if !has_launcher() => Err(not_started(
                None,
                "there is no program that opens addresses, such as xdg-open",
            )),
            _ => Ok(()),
        }
    }
}

fn not_started(program: Option<&Path>, why: &str) -> Failure {
    let detail = match program {
        Some(program) => format!("{}: {why}", shown(program)),
        None => why.to_owned(),
    };
    let evidence = Evidence {
        detail: Some(detail),
        ..Evidence::fault(Stage::OauthAuthorize, Fault::NoBrowser, why)
    };
    Failure::diagnosed(&evidence).with_code(Code::Failed)
}

/// The file name of a program: its folder says nothing to people.
fn shown(program: &Path) -> String {
    let name = program.file_name().unwrap_or(program.as_os_str());
    name.to_string_lossy().into_owned()
}

/// Whether a program can be found as the system finds it when it is started.
fn is_program(program: &Path) -> bool {
    if program.components().count() > 1 {
        return is_executable(program);
    }
    let Some(folders) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&folders).any(|folder| {
        let path = folder.join(program);
        is_executable(&path) || (cfg!(windows) && is_executable(&path.with_extension("exe")))
    })
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// Windows and macOS open addresses themselves.
#[cfg(any(windows, target_os = "macos"))]
fn has_launcher() -> bool {
    true
}

#[cfg(all(unix, not(target_os = "macos")))]
fn has_launcher() -> bool {
    let launchers = open::commands("https://localhost");
    launchers
        .iter()
        .any(|launcher| is_program(Path::new(launcher.get_program())))
}

#[cfg(all(unix, not(target_os = "macos")))]
fn default_browser() -> Option<String> {
    desktop::Desktop::of_this_session().browser()
}

#[cfg(any(windows, target_os = "macos"))]
fn default_browser() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(program: &str) -> SystemBrowser {
        SystemBrowser::new(Some(program.into()))
    }

    #[test]
    fn a_program_is_called_by_its_file_name() {
        assert_eq!(named("/opt/firma/bin/firefox").name(), "firefox");
        assert_eq!(named("chromium").name(), "chromium");
        assert!(!SystemBrowser::default().name().is_empty());
    }

    #[test]
    fn what_cannot_be_started_is_said_as_the_sign_in_would_say_it() {
        let browser = named("/nowhere/firefox");
        let address = Url::parse("https://login.example/").unwrap();
        for failure in [
            browser.check().unwrap_err(),
            browser.open(&address).unwrap_err(),
        ] {
            let verdict = failure.verdict.expect("a diagnosis");
            assert_eq!(verdict.id, "loop-browser-not-opened");
            assert!(verdict.what.contains("firefox"), "{}", verdict.what);
            assert!(!verdict.what.contains("/nowhere"), "{}", verdict.what);
        }
        assert!(named("no-such-program-anywhere").check().is_err());
    }

    #[test]
    fn a_program_that_is_there_can_be_started() {
        let this = std::env::current_exe().unwrap();
        assert!(SystemBrowser::new(Some(this)).check().is_ok());
        let on_the_path = if cfg!(windows) { "cmd" } else { "sh" };
        assert!(named(on_the_path).check().is_ok());
    }
}
