use std::borrow::Cow;

use crate::patterns;

/// The most that is looked at; of more, the beginning and the end.
pub(crate) const LIMIT: usize = 256 * 1024;
/// The most that is repeated of a text.
const SHOWN: usize = 300;

/// At most [`LIMIT`] bytes of a text: its beginning and its end, where the cause usually stands.
pub(crate) fn capped(text: &str) -> Cow<'_, str> {
    if text.len() <= LIMIT {
        return Cow::Borrowed(text);
    }
    let head = floor(text, LIMIT / 2);
    let tail = ceil(text, text.len() - LIMIT / 2 + 1);
    Cow::Owned(format!("{}\n{}", &text[..head], &text[tail..]))
}

/// For comparing: no white space, ASCII letters in lower case, straight quotation marks. Wrapped lines, doubled
/// spaces and capitals so make no difference, and neither does “isn't” for “is not”.
pub(crate) fn compact(text: &str) -> String {
    let letters: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c))
        .map(|c| match c {
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            other => other.to_ascii_lowercase(),
        })
        .collect();
    letters.replace("n't", "not")
}

/// For showing: one line, no control characters, no characters that turn the direction of writing.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            if !out.ends_with(' ') && !out.is_empty() {
                out.push(' ');
            }
        } else if !is_invisible(c) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The part of a cleaned text that is worth repeating: around `needle` where the text is long.
pub(crate) fn shown(text: &str, needle: Option<&str>) -> String {
    if text.len() <= SHOWN {
        return text.to_owned();
    }
    let at = needle
        .and_then(|n| text.to_ascii_lowercase().find(&n.to_ascii_lowercase()))
        .unwrap_or(0);
    let start = if at + SHOWN / 2 <= SHOWN {
        0
    } else {
        at - SHOWN / 5
    };
    let start = ceil(text, start);
    let end = floor(text, (start + SHOWN).min(text.len()));
    let before = if start > 0 { "… " } else { "" };
    let after = if end < text.len() { " …" } else { "" };
    format!("{before}{}{after}", text[start..end].trim())
}

/// A reply as one text: codes repeated on continuation lines and the host stamps of Exchange are left out.
pub(crate) fn joined_reply(text: &str) -> String {
    let text = patterns::HOST_TAIL.replace_all(text, "");
    let mut out = String::with_capacity(text.len());
    let mut continues: Option<String> = None;
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        let head = patterns::REPLY_LINE.captures(line);
        let code = head.as_ref().map(|h| h[1].to_owned());
        let rest = match (&head, &continues, &code) {
            (Some(h), Some(open), Some(code)) if open == code => &line[h[0].len()..],
            _ => line,
        };
        continues = match (&head, code) {
            (Some(h), Some(code)) if &h[2] == "-" => Some(code),
            _ => None,
        };
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(rest);
    }
    out
}

/// The last boundary of a character at or before `index`.
pub(crate) fn floor(text: &str, index: usize) -> usize {
    let mut at = index.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The first boundary of a character at or after `index`.
pub(crate) fn ceil(text: &str, index: usize) -> usize {
    let mut at = index.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Characters that take no room or turn the direction of writing.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_over_several_lines_becomes_one_sentence() {
        let reply = "535-5.7.8 Username and Password not accepted. For more\r\n535 5.7.8 information, go to";
        assert_eq!(
            compact(&joined_reply(reply)),
            "535-5.7.8usernameandpasswordnotaccepted.formoreinformation,goto"
        );
    }

    #[test]
    fn the_host_stamp_does_not_count() {
        let reply =
            "535 5.7.3 Authentication unsuccessful [SN2PR00CA0018.namprd00.prod.outlook.com]";
        assert_eq!(joined_reply(reply), "535 5.7.3 Authentication unsuccessful");
    }

    #[test]
    fn of_too_much_the_ends_are_kept() {
        let text = format!("begin{}end", "é".repeat(LIMIT));
        let kept = capped(&text);
        assert!(kept.len() <= LIMIT + 1);
        assert!(kept.starts_with("begin") && kept.ends_with("end"));
    }

    #[test]
    fn what_is_shown_is_one_plain_line() {
        assert_eq!(clean(" a\u{1}\r\n\tb\u{202e}c "), "a bc");
        let long = format!("{} needle {}", "x".repeat(1000), "y".repeat(1000));
        let shown = shown(&long, Some("NEEDLE"));
        assert!(shown.contains("needle") && shown.len() < 400);
    }
}
