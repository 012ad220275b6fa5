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
    let encoding = Encoding::of(&kept);
    let mut end = Vec::new();
    let mut cut = false;
    while from.by_ref().take(block).read_to_end(&mut end)? > 0 {
        if end.len() > each {
            end.drain(..encoding.whole(end.len() - each));
            cut = true;
        }
    }
    let text = if cut {
        // Two lines that never met are not one.
        [encoding.read(&kept), encoding.read(&end)].join("\n")
    } else {
        kept.extend(end);
        encoding.read(&kept)
    };
    Ok((text.replace(BYTE_ORDER_MARK, ""), cut))
}

/// The text of a file, without its byte order mark.
pub(super) fn decoded(bytes: &[u8]) -> String {
    Encoding::of(bytes).read(bytes).replace(BYTE_ORDER_MARK, "")
}

/// How a text is written. Windows PowerShell writes UTF-16 with a byte order mark when its output is redirected to a
/// file.
#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16(fn([u8; 2]) -> u16),
}

impl Encoding {
    /// By the byte order mark at its beginning.
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0xff, 0xfe, ..] => Self::Utf16(u16::from_le_bytes),
            [0xfe, 0xff, ..] => Self::Utf16(u16::from_be_bytes),
            _ => Self::Utf8,
        }
    }

    /// So many bytes, or one more where that would be in the middle of a unit.
    fn whole(self, bytes: usize) -> usize {
        match self {
            Self::Utf8 => bytes,
            Self::Utf16(_) => bytes.next_multiple_of(2),
        }
    }

    /// The text, with its byte order mark; half a unit at the end is left out.
    fn read(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Utf16(unit) => {
                let pairs = bytes.chunks_exact(2);
                let units: Vec<u16> = pairs.map(|pair| unit([pair[0], pair[1]])).collect();
                String::from_utf16_lossy(&units)
            }
        }
    }
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
    fn a_log_that_windows_powershell_wrote_is_text_however_long() {
        let written = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(unit).collect()
        };
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            let log = written("535 5.7.139 é", unit);
            assert_eq!(decoded(&log), "535 5.7.139 é");
            let (read, cut) = text(log.as_slice(), 100).unwrap();
            assert_eq!((&*read, cut), ("535 5.7.139 é", false));
            let (read, cut) = text(log.as_slice(), 8).unwrap();
            assert_eq!((&*read, cut), ("535\n39 é", true));
        }
        let half = [0xff, 0xfe, b'5'];
        assert_eq!(decoded(&half), "");
        assert_eq!(decoded(b"\xff"), "\u{FFFD}");
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
