//! What comes on standard input.

use std::io::{BufRead, IsTerminal, Read};
use std::path::Path;

use mailwright_service::{Code, Failure, Secret};
use zeroize::Zeroizing;

use crate::output::Output;

/// Some editors and shells put this in front of a text.
const BYTE_ORDER_MARK: char = '\u{FEFF}';
/// A secret is short; more than this is a file given by mistake.
const LONGEST_SECRET: usize = 8 * 1024;
/// A certificate with its chain and key has a few thousand bytes.
const LONGEST_FILE: usize = 256 * 1024;

/// A text of any length: all of it, or as much as `each` bytes of its beginning and of its end, which says what
/// failed. Also says whether something was left out.
pub(super) fn text(mut from: impl Read, each: usize) -> std::io::Result<(String, bool)> {
    let block = u64::try_from(each).unwrap_or(u64::MAX);
    let mut kept = Vec::new();
    from.by_ref().take(block).read_to_end(&mut kept)?;
    let mut end = Vec::new();
    let mut cut = false;
    while from.by_ref().take(block).read_to_end(&mut end)? > 0 {
        if end.len() > each {
            end.drain(..end.len() - each);
            cut = true;
        }
    }
    if cut {
        kept.push(b'\n'); // two lines that never met are not one
    }
    kept.extend(end);
    let text = String::from_utf8_lossy(&kept).replace(BYTE_ORDER_MARK, "");
    Ok((text, cut))
}

/// A secret: from a terminal without echo, from a pipe as it comes.
pub(super) fn asked(question: &str) -> Result<Secret, Failure> {
    if !std::io::stdin().is_terminal() {
        return secret(std::io::stdin().lock());
    }
    rpassword::prompt_password(question)
        .map(Secret::from)
        .map_err(|e| {
            Failure::new(
                Code::Usage,
                format!("The secret could not be read: {e}. Nothing was saved."),
            )
        })
}

/// A secret as it comes from a pipe or file.
pub(super) fn secret(from: impl Read) -> Result<Secret, Failure> {
    let unusable = |why: &str| Failure::new(Code::Usage, format!("{why} Nothing was saved."));
    // Room for all of it at once, so that no part is left behind in memory when it grows.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_SECRET + 1));
    let limit = u64::try_from(LONGEST_SECRET + 1).unwrap_or(u64::MAX);
    from.take(limit)
        .read_to_end(&mut bytes)
        .map_err(|e| unusable(&format!("The secret could not be read: {e}.")))?;
    if bytes.len() > LONGEST_SECRET {
        return Err(unusable(
            "Standard input holds more than 8 KiB, which is too long for a secret. It may be the wrong file.",
        ));
    }
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| unusable("Standard input is not UTF-8 text, so it cannot be the secret."))?;
    Ok(Secret::new(text.trim_start_matches(BYTE_ORDER_MARK)))
}

/// Asks for a yes on the terminal; without one nobody can agree.
pub(super) fn agrees(question: &str, output: Output) -> bool {
    let stdin = std::io::stdin();
    if !(stdin.is_terminal() && output.is_terminal()) {
        return false;
    }
    output.progress(&format!("{question} Type yes to go on:"));
    says_yes(stdin.lock())
}

fn says_yes(mut from: impl BufRead) -> bool {
    let mut line = String::new();
    // What cannot be read is no agreement.
    let _ = from.read_line(&mut line);
    matches!(line.trim().to_ascii_lowercase().as_str(), "yes" | "y")
}

/// A text file that may hold a private key.
pub(super) fn file(path: &Path) -> Result<Secret, Failure> {
    let unusable = |why: String| {
        let message = format!("{} {why} Nothing was saved.", path.display());
        Failure::new(Code::Usage, message)
    };
    let limit = u64::try_from(LONGEST_FILE + 1).unwrap_or(u64::MAX);
    // Room for all of it at once, so that no part is left behind in memory when it grows.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_FILE + 1));
    std::fs::File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|e| unusable(format!("cannot be read: {e}.")))?;
    if bytes.len() > LONGEST_FILE {
        return Err(unusable(
            "is longer than 256 KiB, so it is no certificate.".to_owned(),
        ));
    }
    // What is no text is no PEM file either, and is refused as such.
    Ok(Secret::new(std::str::from_utf8(&bytes).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_keeps_its_beginning_and_its_end() {
        for (given, kept, cut) in [
            ("", "", false),
            ("abc", "abc", false),
            ("abcdef", "abcdef", false),
            ("abcdefg", "abc\nefg", true),
            ("abc, and then much more, xyz", "abc\nxyz", true),
        ] {
            let read = text(given.as_bytes(), 3).unwrap();
            assert_eq!(read, (kept.to_owned(), cut), "{given}");
        }
    }

    #[test]
    fn a_text_may_be_cut_inside_a_letter_and_begin_with_a_mark() {
        let (read, _) = text("\u{FEFF}535 é".as_bytes(), 100).unwrap();
        assert_eq!(read, "535 é");
        let (read, cut) = text("éééé".as_bytes(), 3).unwrap();
        assert_eq!((read.as_str(), cut), ("é\u{FFFD}\n\u{FFFD}é", true));
    }

    #[test]
    fn only_a_yes_is_one() {
        for (typed, agreed) in [
            ("yes\n", true),
            ("Y\r\n", true),
            ("", false),
            ("no\n", false),
            ("\n", false),
        ] {
            assert_eq!(says_yes(typed.as_bytes()), agreed, "{typed:?}");
        }
    }

    #[test]
    fn a_secret_loses_the_mark_in_front_of_it_only() {
        let read = secret("\u{FEFF}a~b.c\n".as_bytes()).unwrap();
        assert_eq!(read.expose(), "a~b.c\n");
    }

    #[test]
    fn what_cannot_be_a_secret_is_refused() {
        let longest = vec![b'x'; LONGEST_SECRET];
        assert!(secret(longest.as_slice()).is_ok());
        for (given, part) in [
            (vec![b'x'; LONGEST_SECRET + 1], "8 KiB"),
            ("é".repeat(LONGEST_SECRET).into_bytes(), "8 KiB"),
            (vec![b'\xff', b'\xfe', b'x', 0], "not UTF-8"),
        ] {
            let failure = secret(given.as_slice()).unwrap_err();
            assert_eq!(failure.code, Code::Usage);
            assert!(
                failure.message.contains(part) && failure.message.ends_with("Nothing was saved."),
                "{}",
                failure.message
            );
        }
    }
}
