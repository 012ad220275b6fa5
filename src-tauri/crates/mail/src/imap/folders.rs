use std::collections::{BTreeMap, BTreeSet};

use mailwright_domain::{Fault, Folder, FolderRole};

use super::response::{Listed, Untagged};
use super::session::{Capabilities, Imap};
use crate::climb::{Passed, Step};
use crate::failure::Failure;
use crate::open::Context;
use crate::{assign_roles, utf7};

/// Folders that are taken from a list.
const MOST_FOLDERS: usize = 10_000;

/// Folders of an earlier list whose messages are counted ahead.
const MOST_KNOWN: usize = 10;

/// SELECT and LIST, sent together: neither needs the other's answer, and each answer is a check of its own. What counts
/// messages goes with them where the names are not needed for it.
#[derive(Default)]
pub(super) struct Opening {
    /// Tag of LIST.
    list: u32,
    /// Tags of commands that count messages ahead.
    counting: Vec<u32>,
    /// Tag of CAPABILITY, where the sign-in did not say what is offered from now on.
    capability: Option<u32>,
    /// LIST asks for roles (RFC 6154).
    asked_use: bool,
    /// Messages in the inbox, once the server has said so.
    messages: Option<u32>,
    listed: Vec<Listed>,
    counted: BTreeMap<Vec<u8>, u32>,
}

impl Opening {
    /// A server may answer LIST before it has opened the inbox.
    fn keep(&mut self, data: Untagged) {
        match data {
            Untagged::Exists(count) => self.messages = Some(count),
            // One more than allowed, so that passing the limit can be seen.
            Untagged::List(entry) if self.listed.len() <= MOST_FOLDERS => self.listed.push(entry),
            Untagged::Counted(name, Some(messages)) if self.counted.len() <= MOST_FOLDERS => {
                self.counted.insert(name, messages);
            }
            _ => {}
        }
    }
}

const LIST: &str = "LIST \"\" \"*\"";
const LIST_WITH_USE: &str = "LIST \"\" \"*\" RETURN (SPECIAL-USE)";
const COUNT_BY_USE: &str = "LIST (SPECIAL-USE) \"\" \"*\" RETURN (STATUS (MESSAGES))";

/// Whether LIST may ask for roles: both RFC 6154 and RFC 5258 are offered.
fn offers_use(offered: &Capabilities) -> bool {
    offered.has("IMAP4REV2") || (offered.has("SPECIAL-USE") && offered.has("LIST-EXTENDED"))
}

/// Commands that count messages before the list is there: of all folders with a role, where the server can choose them
/// itself (RFC 5819, RFC 6154 section 3), and of those that had one last time.
fn counts_ahead(offered: Option<&Capabilities>, known: &[String]) -> Vec<String> {
    let all = ["LIST-STATUS", "LIST-EXTENDED", "SPECIAL-USE"];
    if offered.is_some_and(|offered| all.iter().all(|word| offered.has(word))) {
        return vec![COUNT_BY_USE.to_owned()];
    }
    known
        .iter()
        .filter_map(|raw| status(raw))
        .take(MOST_KNOWN)
        .collect()
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
    let counting = counts_ahead(imap.known(), &context.target.known_folders);
    let mut commands = vec!["SELECT INBOX", list];
    commands.extend(counting.iter().map(String::as_str));
    if known.is_none() {
        commands.push("CAPABILITY");
    }
    let mut tags = imap.start_all(&commands).await?.into_iter();
    let select = tags.next().unwrap_or_default();
    opening.list = tags.next().unwrap_or_default();
    opening.counting = tags.by_ref().take(counting.len()).collect();
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
) -> Step<(Vec<Folder>, Opening)> {
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
    let folders = unique(std::mem::take(&mut opening.listed));
    let detail = match folders.len() {
        0 => {
            return Err(Failure::refused(
                "The server lists no folders, not even the inbox.",
                says,
            ));
        }
        many => format!("{many} {}.", folders_word(many)),
    };
    Ok(Passed::new((folders, opening), detail))
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

/// STATUS (RFC 9051 section 6.3.11) of the folders that have a role and are not counted yet; the inbox was counted when
/// it was opened. That something could not be counted ahead means nothing: it is asked for by name then.
pub(super) async fn count(
    context: &Context<'_>,
    imap: &mut Imap,
    mut opening: Opening,
    folders: &mut [Folder],
) -> Step<()> {
    imap.driver.begin(context.target.timeout);
    for tag in std::mem::take(&mut opening.counting) {
        imap.end_of(tag, |data| opening.keep(data)).await?;
    }
    let roles = assign_roles(folders);
    let has_role = |f: &Folder| f.selectable && roles.values().any(|raw| *raw == f.raw);
    for folder in folders.iter_mut() {
        if is_inbox(folder) {
            folder.messages = opening.messages;
        } else if has_role(folder) {
            folder.messages = opening.counted.get(folder.raw.as_bytes()).copied();
        }
    }
    let commands: Vec<String> = folders
        .iter()
        .filter(|f| !is_inbox(f) && has_role(f) && f.messages.is_none())
        .filter_map(|f| status(&f.raw))
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

/// The command that counts a folder's messages; none for a name that cannot be quoted.
fn status(raw: &str) -> Option<String> {
    Some(format!("STATUS {} (MESSAGES)", quoted(raw)?))
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
