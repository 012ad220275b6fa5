//! What must hold of every response, whatever a server sends.

use super::folders::{folder, quoted};
use super::response::{
    Listed, Response, Status, Untagged, Word, append_quoted, is_status, literal, parse,
};
use super::session::{Event, Imap};
use crate::fuzz::{block_on, driver, kind, size};
use crate::utf7;

/// One line.
pub(crate) fn response(line: &[u8]) -> u64 {
    let announced = literal(line);
    if let Ok(Some((open, length))) = announced {
        assert_eq!(line.get(open), Some(&b'{'));
        assert!(u32::try_from(length).is_ok());
    }
    let response = parse(line);
    let what = match &response {
        Response::Continue(text) => {
            assert!(line.first() == Some(&b'+') && line.ends_with(text));
            (1, 0)
        }
        Response::Done { tag, status } => {
            assert!(!tag.is_empty() && tag.iter().all(u8::is_ascii_alphanumeric));
            assert!(matches!(status.word, Word::Ok | Word::No | Word::Bad));
            (2, of_status(status, line))
        }
        Response::Untagged(Untagged::Status(status)) => {
            assert!(is_status(line));
            (3, of_status(status, line))
        }
        Response::Untagged(Untagged::Capability(words)) => (4, of_words(words)),
        Response::Untagged(Untagged::Exists(count)) => (5, size(*count as usize)),
        Response::Untagged(Untagged::List(listed)) => {
            assert!(!listed.name.is_empty() && listed.name.len() <= line.len());
            assert!(listed.flags.iter().all(|f| *f == f.to_lowercase()));
            (6, size(listed.flags.len()))
        }
        Response::Untagged(Untagged::Counted(name, messages)) => {
            assert!(name.len() <= line.len());
            (7, u32::from(messages.is_some()))
        }
        Response::Untagged(Untagged::Found(uids)) => {
            assert!(uids.is_sorted() && !uids.contains(&0) && uids.len() <= 50);
            (10, size(uids.len()))
        }
        Response::Untagged(Untagged::Fetched(fetched)) => {
            let header = fetched.header.as_ref().map_or(0, Vec::len);
            assert!(header <= line.len());
            (11, u32::from(fetched.uid.is_some()) + size(header))
        }
        Response::Untagged(Untagged::Other) => (8, 0),
        Response::Noise => (9, 0),
    };
    kind((what, matches!(announced, Ok(Some(_))), announced.is_err()))
}

fn of_status(status: &Status, line: &[u8]) -> u32 {
    assert!(line.ends_with(&status.line));
    if let Some(words) = &status.capability {
        of_words(words);
    }
    let code = status.code.as_deref().unwrap_or_default();
    assert!(!code.contains([' ', ']']));
    status.word as u32 * 4
        + u32::from(!code.is_empty()) * 2
        + u32::from(status.capability.is_some())
}

fn of_words(words: &[String]) -> u32 {
    let sound = |word: &String| {
        !word.is_empty()
            && !word.contains(|c: char| c.is_ascii_whitespace() || c.is_ascii_lowercase())
    };
    assert!(words.iter().all(sound));
    size(words.len())
}

/// A whole session: two commands run, and the server says what it likes.
pub(crate) fn session(input: &[u8]) -> u64 {
    block_on(async {
        let mut imap = Imap::new(driver(input));
        imap.start_all(&["SELECT INBOX", "LIST \"\" \"*\""])
            .await
            .unwrap_or_else(|failure| panic!("{}", failure.detail));
        let (mut ends, mut data, mut asked) = (0, 0, 0);
        let failure = loop {
            match imap.event(true).await {
                Ok(Event::Done(completion)) => {
                    assert!(!completion.says.is_empty() && completion.says.len() < 40_000);
                    ends += 1;
                }
                Ok(Event::Data(_)) => data += 1,
                Ok(Event::Continue(_)) => asked += 1,
                Err(failure) => break failure,
            }
        };
        assert!(ends <= 2, "each command ends once");
        assert!(data + asked <= 1_000);
        kind((
            failure.fault,
            ends,
            size(data),
            size(asked),
            failure.says.is_some(),
            imap.known().is_some(),
        ))
    })
}

/// A folder's name: what a server can list can be read, shown, and where it is sent back, is the same.
pub(crate) fn list_name(name: &[u8]) -> u64 {
    if name.is_empty() {
        return 0;
    }
    let mut line = b"* LIST (\\HasNoChildren) \"/\" ".to_vec();
    append_quoted(&mut line, name);
    let Response::Untagged(Untagged::List(listed)) = parse(&line) else {
        panic!("no list");
    };
    assert_eq!(listed.name, name);
    let folder = folder(Listed {
        flags: Vec::new(),
        name: name.to_vec(),
    });
    assert_eq!(folder.selectable, std::str::from_utf8(name).is_ok());
    if folder.selectable {
        assert_eq!(folder.raw.as_bytes(), name);
    }
    let back = quoted(&folder.raw);
    if let Some(quoted) = &back {
        let line = format!("* STATUS {quoted} (MESSAGES 3)");
        let counted = Untagged::Counted(folder.raw.clone().into_bytes(), Some(3));
        assert_eq!(parse(line.as_bytes()), Response::Untagged(counted));
    }
    if folder.name != folder.raw {
        assert_eq!(utf7::encode(&folder.name), folder.raw);
    }
    kind((
        folder.selectable,
        back.is_some(),
        folder.name == folder.raw,
        size(folder.name.chars().count()),
    ))
}
