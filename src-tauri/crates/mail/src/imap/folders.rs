use std::collections::BTreeSet;

use mailwright_domain::{Fault, Folder, FolderRole};

use super::response::{Listed, Untagged};
use super::session::{Capabilities, Imap};
use crate::climb::{Passed, Step};
use crate::failure::Failure;
use crate::open::Context;
use crate::{assign_roles, utf7};

/// Folders that are taken from a list.
const MOST_FOLDERS: usize = 10_000;

/// SELECT and LIST, sent together: neither needs the other's answer, and each answer is a check of its own.
#[derive(Default)]
pub(super) struct Opening {
    /// Tag of LIST.
    list: u32,
    /// Tag of CAPABILITY, where the sign-in did not say what is offered from now on.
    capability: Option<u32>,
    /// LIST asks for roles (RFC 6154).
    asked_use: bool,
    /// Messages in the inbox, once the server has said so.
    messages: Option<u32>,
    listed: Vec<Listed>,
}

impl Opening {
    /// A server may answer LIST before it has opened the inbox.
    fn keep(&mut self, data: Untagged) {
        match data {
            Untagged::Exists(count) => self.messages = Some(count),
            // One more than allowed, so that passing the limit can be seen.
            Untagged::List(entry) if self.listed.len() <= MOST_FOLDERS => self.listed.push(entry),
            _ => {}
        }
    }
}

const LIST: &str = "LIST \"\" \"*\"";
const LIST_WITH_USE: &str = "LIST \"\" \"*\" RETURN (SPECIAL-USE)";

/// Whether LIST may ask for roles: both RFC 6154 and RFC 5258 are offered.
fn offers_use(offered: &Capabilities) -> bool {
    offered.has("IMAP4REV2") || (offered.has("SPECIAL-USE") && offered.has("LIST-EXTENDED"))
}

/// SELECT INBOX (RFC 9051 section 6.3.2): the proof that the sign-in leads somewhere. LIST goes out with it.
pub(super) async fn inbox(context: &Context<'_>, imap: &mut Imap) -> Step<Opening> {
    imap.driver.begin_list(context.target.timeout);
    let mut opening = Opening::default();
    let known = imap.known().map(offers_use);
    opening.asked_use = known == Some(true);
    let list = if opening.asked_use {
        LIST_WITH_USE
    } else {
        LIST
    };
    let mut commands = vec!["SELECT INBOX", list];
    if known.is_none() {
        commands.push("CAPABILITY");
    }
    let mut tags = imap.start_all(&commands).await?.into_iter();
    let select = tags.next().unwrap_or_default();
    opening.list = tags.next().unwrap_or_default();
    opening.capability = tags.next();
    let done = imap.end_of(select, |data| opening.keep(data)).await?;
    let says = done.or_refused("The sign-in was accepted, but the inbox does not open.")?;
    let detail = match opening.messages {
        Some(1) => "The inbox opens; it holds 1 message.".to_owned(),
        Some(count) => format!("The inbox opens; it holds {count} messages."),
        None => "The inbox opens.".to_owned(),
    };
    Ok(Passed::new(opening, detail).saying(says))
}

/// The answer to LIST (RFC 9051 section 6.3.9). It is asked once more where roles were asked for and refused, and
/// where they are offered and were not told unasked.
pub(super) async fn list(
    context: &Context<'_>,
    imap: &mut Imap,
    mut opening: Opening,
) -> Step<(Vec<Folder>, Option<u32>)> {
    imap.driver.begin_list(context.target.timeout);
    let mut done = imap.end_of(opening.list, |data| opening.keep(data)).await?;
    let mut again = (opening.asked_use && !done.ok).then_some(LIST);
    if let Some(tag) = opening.capability {
        imap.end_of(tag, |data| opening.keep(data)).await?;
        let told = opening.listed.iter().any(|entry| role(entry).is_some());
        if done.ok && !told && imap.known().is_some_and(offers_use) {
            again = Some(LIST_WITH_USE);
        }
    }
    if let Some(command) = again {
        let first = std::mem::take(&mut opening.listed);
        let second = imap
            .command_with(command, |data| opening.keep(data))
            .await?;
        if second.ok || !done.ok {
            done = second;
        } else {
            opening.listed = first;
        }
    }
    let says = done.or_refused("The server does not list the folders.")?;
    if opening.listed.len() > MOST_FOLDERS {
        return Err(Failure::new(
            Fault::Malformed,
            format!("The server lists more than {MOST_FOLDERS} folders."),
        ));
    }
    let folders = unique(opening.listed);
    let detail = match folders.len() {
        0 => {
            return Err(Failure::refused(
                "The server lists no folders, not even the inbox.",
                says,
            ));
        }
        many => format!("{many} {}.", folders_word(many)),
    };
    Ok(Passed::new((folders, opening.messages), detail))
}

fn unique(listed: Vec<Listed>) -> Vec<Folder> {
    let mut seen = BTreeSet::new();
    listed
        .into_iter()
        .filter(|entry| seen.insert(entry.name.clone()))
        .map(folder)
        .collect()
}

/// The role that the server itself gives a folder (RFC 6154 section 2).
fn role(entry: &Listed) -> Option<FolderRole> {
    entry.flags.iter().find_map(|flag| match flag.as_str() {
        "\\sent" => Some(FolderRole::Sent),
        "\\drafts" => Some(FolderRole::Drafts),
        "\\trash" => Some(FolderRole::Trash),
        "\\junk" => Some(FolderRole::Junk),
        "\\archive" => Some(FolderRole::Archive),
        _ => None,
    })
}

pub(super) fn folder(entry: Listed) -> Folder {
    let cannot_open = ["\\noselect", "\\nonexistent"];
    let special_use = role(&entry);
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
pub(super) fn quoted(raw: &str) -> Option<String> {
    let plain = raw.bytes().all(|b| (b' '..=b'~').contains(&b));
    plain.then(|| format!("\"{}\"", raw.replace('\\', "\\\\").replace('"', "\\\"")))
}
