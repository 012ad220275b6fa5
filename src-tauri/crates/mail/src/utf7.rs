use std::fmt::Write;

/// Decodes a folder name in modified UTF-7 (RFC 3501 section 5.1.3). A name that is not valid modified UTF-7 is
/// returned as it is: servers do send such names, and people must see something.
pub fn decode(raw: &str) -> String {
    try_decode(raw).unwrap_or_else(|| raw.to_owned())
}

fn try_decode(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, shifted)) = rest.split_once('&') {
        out.push_str(printable(plain)?);
        let (encoded, after) = shifted.split_once('-')?;
        if encoded.is_empty() {
            out.push('&');
        } else {
            out.push_str(&decode_shifted(encoded)?);
            // Two encoded parts in a row are one part badly written (RFC 3501 section 5.1.3 forbids it).
            if after.starts_with('&') && !after.starts_with("&-") {
                return None;
            }
        }
        rest = after;
    }
    out.push_str(printable(rest)?);
    Some(out)
}

fn printable(text: &str) -> Option<&str> {
    text.bytes()
        .all(|b| (b' '..=b'~').contains(&b))
        .then_some(text)
}

fn decode_shifted(encoded: &str) -> Option<String> {
    let mut bits = 0_u32;
    let mut held = 0_u32;
    let mut units = Vec::new();
    for byte in encoded.bytes() {
        held = (held << 6) | sextet(byte)?;
        bits += 6;
        if bits >= 16 {
            bits -= 16;
            units.push(u16::try_from((held >> bits) & 0xffff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    // What is left over must be padding: less than a sextet, all zero.
    if bits >= 6 || held != 0 {
        return None;
    }
    let text = String::from_utf16(&units).ok()?;
    // What can stand for itself must not be encoded, otherwise one name would have two forms.
    let needed = !text.is_empty() && !text.chars().any(|c| (' '..='~').contains(&c));
    needed.then_some(text)
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b',' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// Encodes a folder name in modified UTF-7 (RFC 3501 section 5.1.3).
pub fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut pending = Vec::new();
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut pending, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            pending.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
    }
    flush(&mut pending, &mut out);
    out
}

fn flush(pending: &mut Vec<u16>, out: &mut String) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
    if pending.is_empty() {
        return;
    }
    out.push('&');
    let (mut held, mut bits) = (0_u32, 0);
    let mut put = |sextet: u32| {
        let letter = ALPHABET
            .get((sextet & 63) as usize)
            .copied()
            .unwrap_or(b'A');
        // Writing to a String cannot fail.
        let _ = out.write_char(char::from(letter));
    };
    for unit in pending.drain(..) {
        held = (held << 16) | u32::from(unit);
        bits += 16;
        while bits >= 6 {
            bits -= 6;
            put(held >> bits);
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        put(held << (6 - bits));
    }
    out.push('-');
}

#[cfg(test)]
pub(crate) mod properties {
    use super::*;
    use crate::fuzz::{kind, size};

    /// A name in either form: one name has one form, and every name survives the way there and back.
    pub(crate) fn name(input: &[u8]) -> u64 {
        let text = String::from_utf8_lossy(input);
        let shown = decode(&text);
        if shown != text {
            assert_eq!(encode(&shown), text);
        }
        let raw = encode(&text);
        assert!(raw.bytes().all(|b| (b' '..=b'~').contains(&b)));
        assert_eq!(decode(&raw), text);
        kind((shown == text, raw == text, size(shown.chars().count())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_the_documents_and_of_real_servers() {
        for (raw, name) in [
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
            ("&Jjo-!", "☺!"),
            ("R&AOk-ponses & more", "R&AOk-ponses & more"),
            ("Entw&APw-rfe", "Entwürfe"),
            ("&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-", "Отправленные"),
            ("Tom &- Jerry", "Tom & Jerry"),
            ("&2Dzf,w-", "\u{1F3FF}"),
            ("INBOX", "INBOX"),
        ] {
            assert_eq!(decode(raw), name, "{raw}");
        }
    }

    #[test]
    fn what_is_invalid_is_shown_as_it_is() {
        for raw in [
            "&",
            "&!!!-",
            "&AGE-",
            "&U,BTFw",
            "&Jjo-&U,BTFw-",
            "&2Dw-",
            "a\u{e9}",
            "&A-",
            "&Jjp-",
        ] {
            assert_eq!(decode(raw), raw);
        }
    }

    proptest! {
        #[test]
        fn every_name_survives_the_round_trip(name in "\\PC{0,60}") {
            let raw = encode(&name);
            prop_assert!(raw.bytes().all(|b| (b' '..=b'~').contains(&b)));
            prop_assert_eq!(decode(&raw), name);
        }

        #[test]
        fn no_name_makes_it_panic_and_one_name_has_one_form(raw in "[&A-Za-z0-9,+!-]{0,40}") {
            let name = decode(&raw);
            if name != raw {
                prop_assert_eq!(encode(&name), raw);
            }
        }

        #[test]
        fn no_text_at_all_makes_it_panic(raw in any::<String>()) {
            let _ = decode(&raw);
        }
    }
}
