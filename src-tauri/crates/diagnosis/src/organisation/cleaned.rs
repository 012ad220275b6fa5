//! What people paste, made plain: no colours, no quoting, spaces and quotation marks of one kind, lines that end alike.

use crate::{patterns, text};

/// The text in plain characters, at most [`text::LIMIT`] bytes of it and its lines separated by `\n`.
pub(super) fn cleaned(pasted: &str) -> String {
    let capped = text::capped(pasted);
    let plain = patterns::STEERING.replace_all(&capped, "");
    let ends = plain.replace("\r\n", "\n");
    let mut out = String::with_capacity(ends.len());
    for letter in ends.chars() {
        match letter {
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push('\t'),
            // Word processors and mail programs put these in place of what stands on the keyboard.
            '\u{ff1a}' => out.push(':'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{2018}'..='\u{201b}' => out.push('\''),
            '\u{201c}'..='\u{201f}' => out.push('"'),
            space if space.is_whitespace() => out.push(' '),
            letter if letter.is_control() || text::is_invisible(letter) => {}
            letter => out.push(letter),
        }
    }
    out
}

/// A line without the marks by which a mail program quotes.
pub(super) fn unquoted(line: &str) -> &str {
    let mut rest = line;
    while let Some(inner) = rest.strip_prefix('>') {
        rest = inner.strip_prefix(' ').unwrap_or(inner);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_also_without_their_escape() {
        let coloured = "\u{1b}[32;1mImapEnabled : \u{1b}[0mTrue\r\n[32;1mPopEnabled[0m : False\u{1b}]0;title\u{7}";
        assert_eq!(cleaned(coloured), "ImapEnabled : True\nPopEnabled : False");
        // An array index is none.
        assert_eq!(cleaned("$a[0] = [1]"), "$a[0] = [1]");
    }

    #[test]
    fn spaces_dashes_and_quotation_marks_are_those_of_the_keyboard() {
        assert_eq!(
            cleaned(
                "ImapEnabled\u{a0}\u{202f}\u{ff1a}\u{3000}True\u{200b} \u{2013}Identity \u{2018}a\u{2019}"
            ),
            "ImapEnabled  : True -Identity 'a'"
        );
        assert_eq!(unquoted("> > ImapEnabled : True"), "ImapEnabled : True");
    }
}
