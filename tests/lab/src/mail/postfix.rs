//! Postfix: submission that knows who may send as whom.
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::ALIAS;
use crate::server::{Launch, Server, greets};
use crate::template::fill;
use crate::user::SHARED_MAILBOX;
use crate::{Certificates, Folder, LabError, User, missing};

const MAIN: &str = include_str!("../../templates/postfix-main.cf");
const MASTER: &str = include_str!("../../templates/postfix-master.cf");

/// Where Postfix listens.
#[derive(Clone, Debug)]
pub struct PostfixPorts {
    /// With STARTTLS.
    pub submission: u16,
    /// Over TLS from the start.
    pub smtps: u16,
    /// Takes what somebody else has let in already, without sign-in and protection.
    pub relay: u16,
}

pub(super) fn start(
    folder: &Folder,
    users: &[User],
    certificates: &Certificates,
    ports: &PostfixPorts,
) -> Result<Server, LabError> {
    if fs::metadata(folder.path())?.uid() != 0 {
        return Err(LabError::new(
            "Postfix runs as root only: ask for mailboxes without Postfix, or start the lab as root",
        ));
    }
    for name in ["postfix", "postfix/etc", "postfix/queue", "postfix/data"] {
        folder.make(name, 0o755)?;
    }
    chown(folder.join("postfix/data"), Some(postfix_user()?), None)?;
    tables(folder, users)?;

    let postfix = missing::find("postfix")?;
    let daemons = daemon_directory()?;
    let main = fill(
        MAIN,
        &[
            ("folder", folder.path().display().to_string()),
            ("commands", parent(&postfix)),
            ("daemons", daemons.display().to_string()),
            (
                "certificate",
                certificates.good().chain.display().to_string(),
            ),
            ("key", certificates.good().key.display().to_string()),
        ],
    )?;
    let config = folder.write("postfix/etc/main.cf", &main, 0o644)?;
    let master = fill(
        MASTER,
        &[
            ("submission", ports.submission.to_string()),
            ("smtps", ports.smtps.to_string()),
            ("relay_port", ports.relay.to_string()),
        ],
    )?;
    folder.write("postfix/etc/master.cf", &master, 0o644)?;
    let config = parent(&config);

    // Makes the queue's folders.
    let check = Command::new(&postfix)
        .args(["-c", &config, "check"])
        .output()?;
    if !check.status.success() {
        let text = String::from_utf8_lossy(&check.stderr).into_owned();
        return Err(LabError::new(text).while_doing("postfix check"));
    }
    // Not `postfix start`: that one leaves, and with it the way to end what it started.
    let master = daemons.join("master").display().to_string();
    let server = Launch::new("postfix", &master)?
        .args(["-c", &config])
        .env("MAIL_CONFIG", &config)
        .start(folder)?;
    server.ready(|_| greets(ports.submission, "220 mail.lab.test").then_some(()))?;
    Ok(server)
}

/// Who has a mailbox, whose mail goes elsewhere, and who may send as whom.
fn tables(folder: &Folder, users: &[User]) -> Result<(), LabError> {
    let owner = users[0].address;
    let own: Vec<_> = users
        .iter()
        .map(|user| format!("{0} {0}\n", user.address))
        .collect();
    let own = own.concat();
    let mailboxes = format!("{own}{SHARED_MAILBOX} {SHARED_MAILBOX}\n");
    folder.write("postfix/etc/mailboxes", &mailboxes, 0o644)?;
    folder.write("postfix/etc/aliases", &format!("{ALIAS} {owner}\n"), 0o644)?;
    folder.write(
        "postfix/etc/senders",
        &format!("{own}{ALIAS} {owner}\n{SHARED_MAILBOX} {owner}\n"),
        0o644,
    )?;
    Ok(())
}

fn postfix_user() -> Result<u32, LabError> {
    fs::read_to_string("/etc/passwd")?
        .lines()
        .find_map(|line| {
            let mut fields = line.split(':');
            (fields.next() == Some("postfix")).then(|| fields.nth(1)?.parse().ok())?
        })
        .ok_or_else(|| LabError::new("no user postfix: install the package postfix"))
}

fn daemon_directory() -> Result<PathBuf, LabError> {
    [
        "/usr/lib/postfix/sbin",
        "/usr/libexec/postfix",
        "/usr/lib/postfix",
    ]
    .into_iter()
    .map(PathBuf::from)
    .find(|folder| folder.join("master").is_file())
    .ok_or_else(|| LabError::new("no Postfix daemons: install the package postfix"))
}

fn parent(path: &Path) -> String {
    path.parent().unwrap_or(path).display().to_string()
}
