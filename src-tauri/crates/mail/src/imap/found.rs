//! Reads which messages SEARCH and FETCH speak of.

use super::response::quoted;

/// UIDs of one answer that are kept, the highest: what was sent just now has the highest ones (RFC 9051 section 2.3.1.1).
pub(super) const MOST_UIDS: usize = 50;

/// What FETCH says of one message, as far as it is asked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fetched {
    pub(crate) uid: Option<u32>,
    /// The header fields that were asked for.
    pub(crate) header: Option<Vec<u8>>,
}

/// The numbers after `SEARCH` (RFC 3501 section 7.2.5).
pub(super) fn search(rest: &[u8]) -> Vec<u32> {
    let numbers = rest.split(u8::is_ascii_whitespace);
    highest(numbers.filter_map(|word| std::str::from_utf8(word).ok()?.parse().ok()))
}

/// What follows `ESEARCH`: correlators and results, of which only `ALL` is read (RFC 9051 section 7.3.4).
pub(super) fn esearch(rest: &[u8]) -> Vec<u32> {
    let mut words = rest.split(u8::is_ascii_whitespace);
    words.find(|word| word.eq_ignore_ascii_case(b"ALL"));
    let set = words.next().unwrap_or_default();
    let ranges = set.split(|b| *b == b',').filter_map(|part| {
        let part = std::str::from_utf8(part).ok()?;
        let (first, last) = part.split_once(':').unwrap_or((part, part));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        Some((first.min(last), first.max(last)))
    });
    // A range may name four milliards of messages; its end is enough.
    let most = u32::try_from(MOST_UIDS).unwrap_or(u32::MAX);
    highest(ranges.flat_map(|(first, last)| first.max(last.saturating_sub(most))..=last))
}

/// Each once, in order.
fn highest(uids: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut kept = std::collections::BTreeSet::new();
    for uid in uids.filter(|uid| *uid != 0) {
        kept.insert(uid);
        if kept.len() > MOST_UIDS {
            kept.pop_first();
        }
    }
    kept.into_iter().collect()
}

/// The list after `FETCH`: names and values (RFC 9051 section 7.5.2). What is not understood ends it.
pub(super) fn fetched(rest: &[u8]) -> Option<Fetched> {
    let mut rest = rest.strip_prefix(b"(")?;
    let mut fetched = Fetched::default();
    loop {
        rest = rest.trim_ascii_start();
        let (name, after) = item_name(rest);
        if name.is_empty() {
            return Some(fetched);
        }
        let (value, after) = value(after.trim_ascii_start())?;
        if name.eq_ignore_ascii_case(b"UID") {
            fetched.uid = std::str::from_utf8(&value).ok()?.parse().ok();
        } else if name.len() >= 5 && name[..5].eq_ignore_ascii_case(b"BODY[") {
            fetched.header = Some(value);
        }
        rest = after;
    }
}

/// A name ends at a space; one with a section may have spaces inside its brackets.
fn item_name(text: &[u8]) -> (&[u8], &[u8]) {
    let mut inside = false;
    let end = text.iter().position(|byte| {
        match byte {
            b'[' => inside = true,
            b']' => inside = false,
            _ => {}
        }
        !inside && matches!(byte, b' ' | b')')
    });
    text.split_at(end.unwrap_or(text.len()))
}

/// A quoted string (literals are quoted already), a list, which is skipped, or an atom.
fn value(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    match text.first()? {
        b'"' => quoted(text),
        b'(' => Some((Vec::new(), after_list(text)?)),
        _ => {
            let end = text.iter().position(|b| matches!(b, b' ' | b')'))?;
            let (atom, rest) = text.split_at(end);
            Some((atom.to_vec(), rest))
        }
    }
}

fn after_list(text: &[u8]) -> Option<&[u8]> {
    let mut depth = 0_usize;
    let mut rest = text;
    loop {
        match rest.first()? {
            b'"' => {
                rest = quoted(rest)?.1;
                continue;
            }
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        rest = rest.get(1..)?;
        if depth == 0 {
            return Some(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn searches_of_both_forms_are_read() {
        assert_eq!(search(b"2 84 882"), [2, 84, 882]);
        assert!(search(b"").is_empty());
        assert_eq!(search(b"x 0 -1 7 4294967296"), [7]);
        assert_eq!(esearch(b"(TAG \"A5\") UID ALL 2,10:12"), [2, 10, 11, 12]);
        assert!(esearch(b"(TAG \"A5\") UID").is_empty());
        let all = esearch(b"UID ALL 1:4294967295");
        assert_eq!((all.len(), all.last()), (MOST_UIDS, Some(&u32::MAX)));
        let many = (1..=1_000).map(|n| n.to_string()).collect::<Vec<_>>();
        let kept = search(many.join(" ").as_bytes());
        assert_eq!((kept.len(), kept[0]), (MOST_UIDS, 951));
    }

    #[test]
    fn the_header_of_a_message_is_found_among_the_rest() {
        let line = b"(FLAGS (\\Seen \"a)\" (x)) UID 7 BODY[HEADER.FIELDS (X-MAILWRIGHT-TEST)] \"X-Mailwright-Test: 1\r\n\")";
        let expected = Fetched {
            uid: Some(7),
            header: Some(b"X-Mailwright-Test: 1\r\n".to_vec()),
        };
        assert_eq!(fetched(line), Some(expected));
        let empty = b"(BODY[HEADER.FIELDS (X)] NIL UID 3)";
        assert_eq!(fetched(empty).unwrap().uid, Some(3));
        for broken in ["", "UID 3", "(UID", "(UID \"3", "(FLAGS ((", "(UID 3"] {
            assert_eq!(fetched(broken.as_bytes()), None, "{broken}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(line in "[()\\[\\]\"a1 :,]{0,60}") {
            let line = line.as_bytes();
            prop_assert!(search(line).len() <= MOST_UIDS && esearch(line).len() <= MOST_UIDS);
            let _ = fetched(line);
        }
    }
}
