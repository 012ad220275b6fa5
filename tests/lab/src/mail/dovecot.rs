//! Dovecot: mailboxes, and the place where passwords and tokens are checked.
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Command;

use super::MailServers;
use crate::authorization::Tenant;
use crate::server::{Launch, Server, greets};
use crate::template::fill;
use crate::user::SHARED_MAILBOX;
use crate::{AuthorizationServer, Certificates, Folder, LabError, User, random};

const CONFIG: &str = include_str!("../../templates/dovecot.conf");
const OAUTH: &str = include_str!("../../templates/dovecot-oauth2.conf");
const ASKING: &str = include_str!("../../templates/dovecot-oauth2-asking.conf");

/// Whom the services run as.
struct Account {
    user: String,
    group: String,
    uid: u32,
    gid: u32,
}

pub(super) fn start(
    folder: &Folder,
    users: &[User],
    certificates: &Certificates,
    authorization: Option<&AuthorizationServer>,
    ports: &MailServers,
    relay: u16,
) -> Result<Server, LabError> {
    let account = account(folder)?;
    for name in ["dovecot", "dovecot/run", "dovecot/state", "dovecot/mail"] {
        chown(
            folder.make(name, 0o755)?,
            Some(account.uid),
            Some(account.gid),
        )?;
    }
    let passwords = folder.write(
        "dovecot/users",
        &password_file(folder, users, &account),
        0o600,
    )?;
    chown(passwords, Some(account.uid), Some(account.gid))?;
    let log = folder.write("logs/dovecot.log", "", 0o600)?;
    chown(log, Some(account.uid), Some(account.gid))?;

    let config = fill(
        CONFIG,
        &[
            ("oauth", oauth(folder, authorization)?),
            ("folder", folder.path().display().to_string()),
            ("instance", format!("lab-{}", random::word())),
            ("user", account.user),
            ("group", account.group),
            (
                "certificate",
                certificates.good().chain.display().to_string(),
            ),
            ("key", certificates.good().key.display().to_string()),
            ("relay_port", relay.to_string()),
            ("imap", ports.imap.to_string()),
            ("imaps", ports.imaps.to_string()),
            ("pop3", ports.pop3.to_string()),
            ("pop3s", ports.pop3s.to_string()),
            ("submission", ports.dovecot_submission.to_string()),
            ("submissions", ports.dovecot_submissions.to_string()),
        ],
    )?;
    let config = folder.write("dovecot/dovecot.conf", &config, 0o644)?;
    let server = Launch::new("dovecot", "dovecot")?
        .args(["-F", "-c"])
        .arg(config)
        .start(folder)?;
    server.ready(|_| {
        let up = greets(ports.imap, "* OK")
            && greets(ports.pop3, "+OK")
            && greets(ports.dovecot_submission, "220");
        up.then_some(())
    })?;
    Ok(server)
}

/// Started by root it gives up its rights to `nobody`; otherwise it runs as whoever made the folder.
fn account(folder: &Folder) -> Result<Account, LabError> {
    let owner = fs::metadata(folder.path())?.uid();
    let passwd = fs::read_to_string("/etc/passwd")?;
    passwd
        .lines()
        .find_map(|line| {
            let fields: Vec<_> = line.split(':').collect();
            let [name, _, uid, gid, ..] = fields[..] else {
                return None;
            };
            let wanted = if owner == 0 {
                name == "nobody"
            } else {
                uid.parse() == Ok(owner)
            };
            wanted.then(|| Some((name.to_owned(), uid.parse().ok()?, gid.parse().ok()?)))?
        })
        .and_then(|(user, uid, gid): (String, u32, u32)| {
            Some(Account {
                user,
                group: group_name(gid)?,
                uid,
                gid,
            })
        })
        .ok_or_else(|| LabError::new("no account for Dovecot in /etc/passwd"))
}

fn group_name(gid: u32) -> Option<String> {
    let groups = fs::read_to_string("/etc/group").ok()?;
    groups.lines().find_map(|line| {
        let fields: Vec<_> = line.split(':').collect();
        let found = fields.get(2)?.parse() == Ok(gid);
        found.then(|| fields.first().map(|name| (*name).to_owned()))?
    })
}

fn password_file(folder: &Folder, users: &[User], account: &Account) -> String {
    let home = |user: &User| folder.join("dovecot/mail").join(user.key);
    let shared = folder.join("dovecot/mail/shared");
    let shared = line(SHARED_MAILBOX, &random::word(), &shared, account);
    users
        .iter()
        .map(|user| line(user.address, &user.password, &home(user), account))
        .chain([shared])
        .collect()
}

fn line(address: &str, password: &str, home: &Path, Account { uid, gid, .. }: &Account) -> String {
    format!(
        "{address}:{{PLAIN}}{password}:{uid}:{gid}::{}::\n",
        home.display()
    )
}

/// The part about access tokens; empty when there is nobody who issues any.
fn oauth(folder: &Folder, authorization: Option<&AuthorizationServer>) -> Result<String, LabError> {
    let Some(server) = authorization else {
        return Ok(String::new());
    };
    // One place to ask per audience, since Dovecot 2.3 knows only one audience in each.
    let microsoft = [
        Tenant::Contoso,
        Tenant::Strict,
        Tenant::Short,
        Tenant::Guarded,
    ];
    let blocks = [
        passdb(
            folder,
            server,
            &[Tenant::Op],
            "https://mail.lab.test",
            &PERSON,
        )?,
        passdb(
            folder,
            server,
            &microsoft,
            "https://outlook.office.com",
            &PERSON,
        )?,
        // As Exchange does: the token is a person's, the user name that of a shared mailbox.
        passdb(
            folder,
            server,
            &microsoft,
            "https://outlook.office.com",
            &SHARED,
        )?,
        passdb(folder, server, &[Tenant::Contoso], APP_RESOURCE, &APP)?,
        passdb(
            folder,
            server,
            &[Tenant::Google],
            "https://mail.google.com",
            &AT_GOOGLE,
        )?,
        passdb_that_asks(folder, server)?,
    ];
    Ok(blocks.concat())
}

/// Whose token it is.
struct Whose {
    /// Part of a file's name.
    word: &'static str,
    /// Settings that say which name the token has to bear.
    user: &'static str,
}

/// The token of a person is for that person's mailbox.
const PERSON: Whose = Whose {
    word: "person",
    user: "username_attribute = upn",
};

/// The same for a shared mailbox.
const SHARED: Whose = Whose {
    word: "shared",
    user: "username_attribute = shared",
};

/// Google lets nobody in who may only send.
const AT_GOOGLE: Whose = Whose {
    word: "person",
    user: "username_attribute = upn\nscope = https://mail.google.com/",
};

/// The token of an app names nobody, and an administrator has given it the mailboxes: here, all of them. What is compared
/// is the same word on both sides.
const APP: Whose = Whose {
    word: "app",
    user: "username_attribute = sub\nusername_format = app\nscope = https://outlook.office365.com/.default",
};

/// The resource that only apps ask for.
const APP_RESOURCE: &str = "https://outlook.office365.com";

fn passdb(
    folder: &Folder,
    server: &AuthorizationServer,
    tenants: &[Tenant],
    audience: &str,
    whose: &Whose,
) -> Result<String, LabError> {
    let issuers: Vec<_> = tenants
        .iter()
        .map(|&tenant| server.issuer(tenant))
        .collect();
    let config = fill(
        OAUTH,
        &[
            ("keys", server.keys().display().to_string()),
            ("issuers", issuers.join(" ")),
            ("audience", audience_setting(audience)),
            ("user", whose.user.to_owned()),
            ("metadata", server.metadata_url(tenants[0])),
        ],
    )?;
    let name = format!("dovecot/oauth2-{}-{}.conf", tenants[0].name(), whose.word);
    let file = folder.write(name, &config, 0o644)?;
    Ok(block(&file))
}

/// Where an access token says nothing, the authorization server is asked about it.
fn passdb_that_asks(folder: &Folder, server: &AuthorizationServer) -> Result<String, LabError> {
    let config = fill(ASKING, &[("introspection", server.introspection_url())])?;
    let file = folder.write("dovecot/oauth2-opaque.conf", &config, 0o644)?;
    Ok(block(&file))
}

fn block(file: &Path) -> String {
    format!(
        "passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {}\n}}\n",
        file.display()
    )
}

/// The setting that refuses tokens for somebody else. Debian added it with a security update; an earlier Dovecot does
/// not know the word and would not start its authentication service, so there it is left out.
fn audience_setting(audience: &str) -> String {
    let knows = Command::new("dpkg-query")
        .args(["--show", "--showformat=${Version}", "dovecot-core"])
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .and_then(|version| version.rsplit_once("+deb12u")?.1.parse::<u32>().ok())
        .is_none_or(|update| update >= 7);
    if knows {
        format!("audience = {audience}")
    } else {
        "# audience: not known to this version".to_owned()
    }
}
