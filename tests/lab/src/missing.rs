//! Which programs are needed, and which Debian packages bring them.
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::LabError;

/// Programs by package; of several programs in one entry any will do.
const PACKAGES: &[(&str, &[&str])] = &[
    ("nodejs", &["node"]),
    (HEADLESS_SHELL, BROWSERS),
    ("chromium-driver", &["chromedriver"]),
    ("dovecot-core", &["dovecot"]),
    ("dovecot-imapd", &["/usr/lib/dovecot/imap"]),
    ("dovecot-pop3d", &["/usr/lib/dovecot/pop3"]),
    ("dovecot-lmtpd", &["/usr/lib/dovecot/lmtp"]),
    ("dovecot-submissiond", &["/usr/lib/dovecot/submission"]),
    ("postfix", &["postfix"]),
    ("nsd", &["nsd"]),
    ("dbus-daemon", &["dbus-daemon"]),
    ("dbus-bin", &["dbus-send"]),
    ("gnome-keyring", &["gnome-keyring-daemon"]),
    ("libsecret-tools", &["secret-tool"]),
];

/// Chromium's smallest build, which has no window: it starts in a quarter of the time.
pub(crate) const HEADLESS_SHELL: &str = "chromium-headless-shell";

/// The names Chromium goes by, best first.
pub(crate) const BROWSERS: &[&str] = &[
    HEADLESS_SHELL,
    "chromium",
    "chromium-browser",
    "google-chrome",
];

/// The Debian packages whose programs are not here.
pub fn missing_programs() -> Vec<&'static str> {
    PACKAGES
        .iter()
        .filter(|(_, programs)| !programs.iter().any(|program| find(program).is_ok()))
        .map(|(package, _)| *package)
        .collect()
}

/// PATH with the folders for system programs, which a person's PATH often lacks.
pub(crate) fn search_path() -> OsString {
    let given = env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];
    let all = env::split_paths(&given).chain(system.iter().map(PathBuf::from));
    env::join_paths(all).unwrap_or(given)
}

/// Where a program is, or an error that says what to install.
pub(crate) fn find(program: &str) -> Result<PathBuf, LabError> {
    let path = Path::new(program);
    let found = if path.is_absolute() {
        path.is_file().then(|| path.to_owned())
    } else {
        env::split_paths(&search_path())
            .map(|folder| folder.join(program))
            .find(|candidate| candidate.is_file())
    };
    found.ok_or_else(|| {
        let package = PACKAGES
            .iter()
            .find(|(_, programs)| programs.contains(&program))
            .map_or(program, |(package, _)| package);
        LabError::new(format!(
            "{program} is not here: install the package {package}"
        ))
    })
}
