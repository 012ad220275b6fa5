use std::collections::BTreeMap;

use mailwright_domain::{Folder, FolderRole};

/// Names that mail programs and servers give their folders, lower-case. English first, then German, Dutch, French,
/// Spanish, Italian, Portuguese, Polish, Swedish, Danish, Norwegian, Finnish and Czech; what is first in a list wins.
const SENT: &[&str] = &[
    "sent",
    "sent items",
    "sent messages",
    "sent mail",
    "gesendet",
    "gesendete elemente",
    "gesendete objekte",
    "gesendete nachrichten",
    "verzonden",
    "verzonden items",
    "verzonden berichten",
    "envoyés",
    "éléments envoyés",
    "messages envoyés",
    "enviados",
    "elementos enviados",
    "mensajes enviados",
    "inviata",
    "posta inviata",
    "inviati",
    "itens enviados",
    "mensagens enviadas",
    "wysłane",
    "elementy wysłane",
    "skickat",
    "skickade objekt",
    "sendt",
    "sendt post",
    "sendte elementer",
    "lähetetyt",
    "odeslaná pošta",
    "odeslané",
];
const DRAFTS: &[&str] = &[
    "drafts",
    "draft",
    "entwürfe",
    "concepten",
    "brouillons",
    "borradores",
    "bozze",
    "rascunhos",
    "robocze",
    "wersje robocze",
    "utkast",
    "kladder",
    "luonnokset",
    "koncepty",
];
const TRASH: &[&str] = &[
    "trash",
    "deleted items",
    "deleted messages",
    "bin",
    "papierkorb",
    "gelöscht",
    "gelöschte elemente",
    "gelöschte objekte",
    "prullenbak",
    "verwijderde items",
    "corbeille",
    "éléments supprimés",
    "papelera",
    "elementos eliminados",
    "cestino",
    "posta eliminata",
    "lixeira",
    "itens excluídos",
    "kosz",
    "elementy usunięte",
    "papperskorg",
    "papperskorgen",
    "borttaget",
    "papirkurv",
    "slettet post",
    "slettede elementer",
    "roskakori",
    "koš",
    "odstraněná pošta",
];
const JUNK: &[&str] = &[
    "junk",
    "spam",
    "junk e-mail",
    "junk-e-mail",
    "junk email",
    "junk mail",
    "bulk mail",
    "spamverdacht",
    "unerwünscht",
    "ongewenste e-mail",
    "ongewenst",
    "courrier indésirable",
    "indésirables",
    "pourriel",
    "correo no deseado",
    "posta indesiderata",
    "lixo eletrônico",
    "lixo eletrónico",
    "wiadomości-śmieci",
    "niechciane",
    "skräppost",
    "uønsket mail",
    "uønsket post",
    "søppelpost",
    "roskaposti",
    "nevyžádaná pošta",
];
const ARCHIVE: &[&str] = &[
    "archive",
    "archives",
    "archiv",
    "archief",
    "archivo",
    "archivio",
    "arquivo",
    "arquivo morto",
    "archiwum",
    "arkiv",
    "arkisto",
    "archivovat",
];

/// Finds the folder of each role: what the server itself names (RFC 6154) first, then well-known names, in the top
/// level before deeper ones. A folder gets one role at most, folders that cannot be opened get none, and the inbox is
/// always `INBOX` (RFC 9051 section 5.1). Gives raw names.
pub fn assign_roles(folders: &[Folder]) -> BTreeMap<FolderRole, String> {
    let mut roles = BTreeMap::new();
    let inbox = folders.iter().find(|f| is_inbox(f));
    let inbox = inbox.map_or_else(|| "INBOX".to_owned(), |f| f.raw.clone());
    roles.insert(FolderRole::Inbox, inbox);
    let usable: Vec<&Folder> = folders
        .iter()
        .filter(|f| f.selectable && !is_inbox(f))
        .collect();
    for folder in &usable {
        if let Some(role) = folder.special_use.filter(|role| *role != FolderRole::Inbox) {
            roles.entry(role).or_insert_with(|| folder.raw.clone());
        }
    }
    for (role, names) in [
        (FolderRole::Sent, SENT),
        (FolderRole::Drafts, DRAFTS),
        (FolderRole::Trash, TRASH),
        (FolderRole::Junk, JUNK),
        (FolderRole::Archive, ARCHIVE),
    ] {
        if roles.contains_key(&role) {
            continue;
        }
        let free = usable
            .iter()
            .filter(|f| f.special_use.is_none() && !roles.values().any(|raw| *raw == f.raw));
        let best = free
            .filter_map(|f| Some((rank(&f.name, names)?, &f.raw)))
            .min_by_key(|(rank, _)| *rank);
        if let Some((_, raw)) = best {
            roles.insert(role, raw.clone());
        }
    }
    roles
}

fn is_inbox(folder: &Folder) -> bool {
    folder.raw.eq_ignore_ascii_case("INBOX")
}

/// Level and place in the list; smaller is better.
fn rank(name: &str, names: &[&str]) -> Option<(usize, usize)> {
    let lower = name.to_lowercase();
    // The server's separator is `/` or `.`; folders below the inbox or below “[Gmail]” count as top level.
    let below = ["inbox/", "inbox.", "[gmail]/", "[google mail]/"];
    let top = below
        .iter()
        .find_map(|prefix| lower.strip_prefix(prefix))
        .unwrap_or(&lower);
    let place = |text: &str| names.iter().position(|n| *n == text);
    if let Some(place) = place(top) {
        return Some((0, place));
    }
    let level = top.matches(['/', '.']).count();
    let last = top.rsplit(['/', '.']).next()?;
    Some((level, place(last)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::utf7;

    fn folder(name: &str, special_use: Option<FolderRole>) -> Folder {
        Folder {
            name: name.to_owned(),
            raw: utf7::encode(name),
            messages: None,
            selectable: true,
            special_use,
        }
    }

    fn named(names: &[&str]) -> BTreeMap<FolderRole, String> {
        let folders: Vec<Folder> = names.iter().map(|n| folder(n, None)).collect();
        assign_roles(&folders)
            .into_iter()
            .map(|(role, raw)| (role, utf7::decode(&raw)))
            .collect()
    }

    #[test]
    fn names_of_many_languages_are_known() {
        for names in [
            [
                "Sent Items",
                "Drafts",
                "Deleted Items",
                "Junk Email",
                "Archive",
            ],
            [
                "Gesendete Elemente",
                "Entwürfe",
                "Gelöschte Elemente",
                "Junk-E-Mail",
                "Archiv",
            ],
            [
                "Verzonden items",
                "Concepten",
                "Verwijderde items",
                "Ongewenste e-mail",
                "Archief",
            ],
            [
                "Éléments envoyés",
                "Brouillons",
                "Éléments supprimés",
                "Courrier indésirable",
                "Archives",
            ],
            [
                "Elementos enviados",
                "Borradores",
                "Papelera",
                "Correo no deseado",
                "Archivo",
            ],
            [
                "Posta inviata",
                "Bozze",
                "Cestino",
                "Posta indesiderata",
                "Archivio",
            ],
            [
                "Elementy wysłane",
                "Robocze",
                "Kosz",
                "Wiadomości-śmieci",
                "Archiwum",
            ],
            ["Skickat", "Utkast", "Papperskorgen", "Skräppost", "Arkiv"],
            [
                "Sendt post",
                "Kladder",
                "Slettet post",
                "Uønsket mail",
                "Arkiv",
            ],
        ] {
            let found = named(&names);
            for (role, name) in FolderRole::ALL.iter().skip(1).zip(names) {
                assert_eq!(found.get(role).map(String::as_str), Some(name), "{role:?}");
            }
        }
    }

    #[test]
    fn what_the_server_names_wins_and_no_folder_has_two_roles() {
        let folders = [
            folder("INBOX", None),
            folder("Sent", None),
            folder("Verstuurd", Some(FolderRole::Sent)),
            folder("Trash", Some(FolderRole::Junk)),
        ];
        let roles = assign_roles(&folders);
        assert_eq!(
            roles.get(&FolderRole::Sent).map(String::as_str),
            Some("Verstuurd")
        );
        assert_eq!(
            roles.get(&FolderRole::Junk).map(String::as_str),
            Some("Trash")
        );
        assert_eq!(roles.get(&FolderRole::Trash), None);
    }

    #[test]
    fn top_level_comes_before_deeper_and_the_inbox_is_always_there() {
        let found = named(&["Projects/Old/Sent", "INBOX.Sent", "Projects.Trash"]);
        assert_eq!(
            found.get(&FolderRole::Sent).map(String::as_str),
            Some("INBOX.Sent")
        );
        assert_eq!(
            found.get(&FolderRole::Trash).map(String::as_str),
            Some("Projects.Trash")
        );
        assert_eq!(
            found.get(&FolderRole::Inbox).map(String::as_str),
            Some("INBOX")
        );
    }

    #[test]
    fn what_cannot_be_opened_has_no_role() {
        let mut sent = folder("Sent", Some(FolderRole::Sent));
        sent.selectable = false;
        assert_eq!(assign_roles(&[sent]).get(&FolderRole::Sent), None);
    }
}
