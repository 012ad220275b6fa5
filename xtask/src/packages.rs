//! Debian packages: which are needed for what, which are missing, and installing them after asking.

use crate::args::Consent;
use crate::failure::Failure;
use crate::workspace::Workspace;
use crate::{process, root};

/// To compile the desktop program.
pub(crate) const SHELL: &[&str] = &["libwebkit2gtk-4.1-dev"];

/// To drive the desktop program's window without a screen.
pub(crate) const WINDOW: &[&str] = &["xvfb", "xauth", "webkit2gtk-driver"];

/// The lab's servers, its browser and its keychain.
pub(crate) const LAB: &[&str] = &[
    "dbus",
    "gnome-keyring",
    "libsecret-tools",
    "dovecot-imapd",
    "dovecot-pop3d",
    "dovecot-submissiond",
    "dovecot-lmtpd",
    "postfix",
    "postfix-pcre",
    "nsd",
    "chromium",
    "chromium-driver",
    "chromium-headless-shell",
    "fonts-dejavu-core",
];

const SCRIPT: &str = include_str!("install.sh");
/// One installed package per line: state, name, what else it provides.
const FORMAT: &str = "${db:Status-Abbrev}|${Package}|${Provides}\n";

/// Makes sure that all packages are there; `command` is what the person typed.
pub(crate) fn ensure(
    workspace: &Workspace,
    groups: &[&[&'static str]],
    consent: Consent,
    command: &str,
) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        println!("Debian packages: nothing to install on this system");
        return Ok(());
    }
    let wanted = groups.concat();
    let Some(listed) = listed(workspace) else {
        println!(
            "Not a Debian system, so nothing is installed. What Debian calls this is needed: {}",
            wanted.join(" ")
        );
        return Ok(());
    };
    let missing = missing(&listed, &wanted);
    if missing.is_empty() {
        println!("Debian packages: all {} are there", wanted.len());
        return Ok(());
    }
    println!("Missing Debian packages: {}", missing.join(" "));
    if missing.contains(&"postfix") {
        for other in other_mail_servers(&listed) {
            println!("Note: Debian allows one mail server, so installing postfix removes {other}.");
        }
    }
    permitted(consent, command, &missing)?;
    let line = format!(
        "apt-get install --no-install-recommends {}",
        missing.join(" ")
    );
    let words = [&["-c", SCRIPT, "install"], missing.as_slice()].concat();
    root::run(workspace, "sh", &words, &line)
        .map_err(|failure| by_hand(&failure.to_string(), &missing))?;
    let still = self::missing(&self::listed(workspace).unwrap_or_default(), &wanted);
    if still.is_empty() {
        Ok(())
    } else {
        Err(by_hand("Some packages are still missing.", &still))
    }
}

/// All that dpkg knows, or nothing where there is no dpkg.
fn listed(workspace: &Workspace) -> Option<String> {
    process::output(&mut workspace.program("dpkg-query", &["--show", "--showformat", FORMAT])).ok()
}

fn permitted(consent: Consent, command: &str, missing: &[&str]) -> Result<(), Failure> {
    if consent == Consent::Given {
        return Ok(());
    }
    if !process::has_terminal() {
        return Err(by_hand(
            &format!(
                "Nobody can be asked here. To have them installed, type: cargo xtask {command} --yes"
            ),
            missing,
        ));
    }
    println!(
        "No service is started now; Debian may start dovecot, postfix and nsd when the computer starts next."
    );
    if process::ask("Install them?") {
        Ok(())
    } else {
        Err(by_hand("Nothing was installed.", missing))
    }
}

fn by_hand(sentence: &str, missing: &[&str]) -> Failure {
    Failure::Cannot(format!(
        "{sentence}\nBy hand: sudo apt-get install --no-install-recommends {}",
        missing.join(" ")
    ))
}

/// The wanted packages that are not fully installed.
fn missing<'wanted>(listed: &str, wanted: &[&'wanted str]) -> Vec<&'wanted str> {
    let installed: Vec<&str> = installed(listed).map(|(name, _)| name).collect();
    wanted
        .iter()
        .copied()
        .filter(|name| !installed.contains(name))
        .collect()
}

/// Installed mail servers that postfix would replace.
fn other_mail_servers(listed: &str) -> Vec<&str> {
    installed(listed)
        .filter(|(name, provides)| {
            *name != "postfix"
                && provides
                    .split(", ")
                    .any(|one| one == "mail-transport-agent")
        })
        .map(|(name, _)| name)
        .collect()
}

/// Name and provided names of every package in state `ii`.
fn installed(listed: &str) -> impl Iterator<Item = (&str, &str)> {
    listed.lines().filter_map(|line| {
        let mut parts = line.splitn(3, '|');
        let state = parts.next()?;
        let package = (parts.next()?, parts.next().unwrap_or_default());
        (state.get(1..2) == Some("i") && state.get(2..3) != Some("R")).then_some(package)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "ii |nsd|\nrc |postfix|mail-transport-agent\niU |xvfb|\niF |dbus|default-dbus-system-bus\n\
        hi |chromium|www-browser\nii |exim4-daemon-light|exim4-localscanapi-4.1, mail-transport-agent\nbroken\n";

    #[test]
    fn removed_and_half_installed_packages_are_missing() {
        let wanted = [
            "nsd",
            "postfix",
            "xvfb",
            "dbus",
            "chromium",
            "never-heard-of",
        ];
        assert_eq!(
            missing(LISTED, &wanted),
            ["postfix", "xvfb", "dbus", "never-heard-of"]
        );
        assert_eq!(missing("", &wanted), wanted);
    }

    #[test]
    fn the_mail_server_that_postfix_replaces_is_named() {
        assert_eq!(other_mail_servers(LISTED), ["exim4-daemon-light"]);
        assert!(other_mail_servers("ii |postfix|mail-transport-agent\n").is_empty());
    }

    #[test]
    fn without_a_terminal_the_line_to_type_is_said() {
        let failure = by_hand("Nobody can be asked here.", &["nsd", "postfix"]);
        assert!(
            failure
                .to_string()
                .ends_with("sudo apt-get install --no-install-recommends nsd postfix")
        );
        assert_eq!(permitted(Consent::Given, "demo", &["nsd"]), Ok(()));
    }

    #[test]
    fn the_command_line_needs_no_web_view() {
        assert!(LAB.iter().all(|name| !name.contains("webkit")));
    }
}
