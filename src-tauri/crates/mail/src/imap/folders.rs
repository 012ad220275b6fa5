use std::collections::BTreeSet;

use mailwright_domain::{Fault, Folder, FolderRole};

use super::response::{Listed, Untagged};
use super::session::{Event, Imap};
use crate::climb::{Passed, Step};
use crate::failure::Failure;
use crate::open::Context;
use crate::{assign_roles, utf7};

/// Folders that are taken from a list.
const MOST_FOLDERS: usize = 10_000;

/// LIST (RFC 9051 section 6.3.9), with RETURN (SPECIAL-USE) where both RFC 6154 and RFC 5258 are offered.
pub(super) async fn list(context: &Context<'_>, imap: &mut Imap) -> Step<Vec<Folder>> {
    imap.driver.begin_list(context.target.timeout);
    let offered = imap.capabilities().await?;
    let asks_use =
        offered.has("IMAP4REV2") || (offered.has("SPECIAL-USE") && offered.has("LIST-EXTENDED"));
    let mut listed = Vec::new();
    let mut says = None;
    if asks_use {
        let command = "LIST \"\" \"*\" RETURN (SPECIAL-USE)";
        let done = imap.command_with(command, |d| keep(&mut listed, d)).await?;
        says = done.ok.then_some(done.says);
    }
    let says = if let Some(says) = says {
        says
    } else {
        // Not offered, or offered and refused.
        listed.clear();
        let done = imap
            .command_with("LIST \"\" \"*\"", |d| keep(&mut listed, d))
            .await?;
        done.or_refused("The server does not list the folders.")?
    };
    if listed.len() > MOST_FOLDERS {
        return Err(Failure::new(
            Fault::Malformed,
            format!("The server lists more than {MOST_FOLDERS} folders."),
        ));
    }
    let folders = unique(listed);
    let detail = match folders.len() {
        0 => {
            return Err(Failure::refused(
                "The server lists no folders, not even the inbox.",
                says,
            ));
        }
        many => format!("{many} {}.", folders_word(many)),
    };
    Ok(Passed::new(folders, detail))
}

fn keep(listed: &mut Vec<Listed>, data: Untagged) {
    // One more than allowed, so that passing the limit can be seen.
    if let Untagged::List(entry) = data
        && listed.len() <= MOST_FOLDERS
    {
        listed.push(entry);
    }
}

fn unique(listed: Vec<Listed>) -> Vec<Folder> {
    let mut seen = BTreeSet::new();
    listed
        .into_iter()
        .filter(|entry| seen.insert(entry.name.clone()))
        .map(folder)
        .collect()
}

fn folder(entry: Listed) -> Folder {
    let cannot_open = ["\\noselect", "\\nonexistent"];
    let special_use = entry.flags.iter().find_map(|flag| match flag.as_str() {
        "\\sent" => Some(FolderRole::Sent),
        "\\drafts" => Some(FolderRole::Drafts),
        "\\trash" => Some(FolderRole::Trash),
        "\\junk" => Some(FolderRole::Junk),
        "\\archive" => Some(FolderRole::Archive),
        _ => None,
    });
    let flagged = entry
        .flags
        .iter()
        .any(|f| cannot_open.contains(&f.as_str()));
    let name = String::from_utf8(entry.name);
    // A name that is no text cannot be kept and sent back, so it cannot be opened either.
    let usable = name.is_ok();
    let raw = name.unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
    Folder {
        name: utf7::decode(&raw),
        raw,
        messages: None,
        selectable: usable && !flagged,
        special_use,
    }
}

/// STATUS (RFC 9051 section 6.3.11) of the folders that have a role; the inbox was counted when it was opened.
pub(super) async fn count(
    context: &Context<'_>,
    imap: &mut Imap,
    inbox: Option<u32>,
    folders: &mut [Folder],
) -> Step<()> {
    imap.driver.begin(context.target.timeout);
    if let Some(folder) = folders.iter_mut().find(|f| is_inbox(f)) {
        folder.messages = inbox;
    }
    let roles = assign_roles(folders);
    let commands: Vec<String> = folders
        .iter()
        .filter(|f| f.selectable && !is_inbox(f) && roles.values().any(|raw| *raw == f.raw))
        .filter_map(|f| Some(format!("STATUS {} (MESSAGES)", quoted(&f.raw)?)))
        .collect();
    let mut refusal = None;
    if !commands.is_empty() {
        let ends = imap
            .commands_with(&commands, |data| {
                if let Untagged::Counted(name, messages) = data
                    && let Some(folder) = folders.iter_mut().find(|f| f.raw.as_bytes() == name)
                {
                    folder.messages = messages;
                }
            })
            .await?;
        for end in ends {
            if let Err(failure) = end.or_refused("The server does not count messages.") {
                refusal = Some(failure);
            }
        }
    }
    let counted = folders.iter().filter(|f| f.messages.is_some()).count();
    match refusal {
        Some(failure) if counted == 0 => Err(failure),
        _ => Ok(Passed::new(
            (),
            format!("Messages counted in {counted} {}.", folders_word(counted)),
        )),
    }
}

fn folders_word(count: usize) -> &'static str {
    if count == 1 { "folder" } else { "folders" }
}

fn is_inbox(folder: &Folder) -> bool {
    folder.raw.eq_ignore_ascii_case("INBOX")
}

/// A raw name as a quoted string; none where it cannot be one.
fn quoted(raw: &str) -> Option<String> {
    let plain = raw.bytes().all(|b| (b' '..=b'~').contains(&b));
    plain.then(|| format!("\"{}\"", raw.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// SELECT INBOX (RFC 9051 section 6.3.2): the proof that the sign-in leads somewhere. Gives the number of messages.
pub(super) async fn inbox(context: &Context<'_>, imap: &mut Imap) -> Step<Option<u32>> {
    imap.driver.begin(context.target.timeout);
    imap.start(b"SELECT INBOX", "SELECT INBOX").await?;
    let mut messages = None;
    let done = loop {
        match imap.event(false).await? {
            Event::Done(completion) => break completion,
            Event::Data(Untagged::Exists(count)) => messages = Some(count),
            Event::Data(_) | Event::Continue(_) => {}
        }
    };
    let says = done.or_refused("The sign-in was accepted, but the inbox does not open.")?;
    let detail = match messages {
        Some(1) => "The inbox opens; it holds 1 message.".to_owned(),
        Some(count) => format!("The inbox opens; it holds {count} messages."),
        None => "The inbox opens.".to_owned(),
    };
    Ok(Passed::new(messages, detail).saying(says))
}
