//! A server chooses folder names and error texts. On a terminal a control character in them could move the cursor or
//! recolour a line, and a direction mark could make one name look like another; neither may leave this program.

use std::fmt::Write;

/// A text for people: what would steer a terminal is shown as the replacement character. Line breaks and tabs stay.
pub(crate) fn text(given: &str) -> String {
    given
        .replace("\r\n", "\n")
        .chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            c if steers(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}

/// A JSON document: the same characters as escapes, so that nothing of the value is lost. They can only stand inside
/// of its strings.
pub(crate) fn json(document: &str) -> String {
    let mut escaped = String::with_capacity(document.len());
    for c in document.chars() {
        if c != '\n' && steers(c) {
            let _ = write!(escaped, "\\u{:04x}", u32::from(c)); // writing to a String does not fail
        } else {
            escaped.push(c);
        }
    }
    escaped
}

fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        assert_eq!(
            text("a\x1b[2Jb\u{9b}1m\x07\x7f\r\0"),
            "a\u{FFFD}[2Jb\u{FFFD}1m\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"
        );
        assert_eq!(
            text("exe.\u{202E}txt\u{2066}\u{2069}"),
            "exe.\u{FFFD}txt\u{FFFD}\u{FFFD}"
        );
    }

    #[test]
    fn words_of_any_script_and_line_breaks_stay() {
        let plain = "Entwürfe\tПапка\n受信箱 📥 ‘x’ e\u{301}\u{200D}";
        assert_eq!(text(plain), plain);
        assert_eq!(text("535 no\r\n535 way\r\n"), "535 no\n535 way\n");
    }

    #[test]
    fn json_keeps_the_value() {
        let value = "a\x1b\u{9b}\x7f\u{202E}\n\té";
        let document = serde_json::to_string_pretty(&[value]).unwrap();
        let escaped = json(&document);
        assert!(
            escaped.chars().all(|c| c == '\n' || !steers(c)),
            "{escaped:?}"
        );
        let back: Vec<String> = serde_json::from_str(&escaped).unwrap();
        assert_eq!(back, [value]);
    }
}
