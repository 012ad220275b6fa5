use crate::failure::WireError;

/// Longest response code that is kept; those of RFC 2449 and RFC 3206 have at most 11 characters.
const LONGEST_CODE: usize = 60;

/// The first line of a reply (RFC 1939 section 3, RFC 5034 section 4).
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply<'a> {
    /// `+OK`, and what follows it.
    Ok(&'a [u8]),
    /// `-ERR`, and what follows it.
    Err(&'a [u8]),
    /// `+` alone: the server waits for more of a sign-in.
    Continue(&'a [u8]),
}

pub(crate) fn parse(line: &[u8]) -> Result<Reply<'_>, WireError> {
    let (word, text) = match line.iter().position(|b| matches!(b, b' ' | b'\t')) {
        Some(at) => {
            let (word, rest) = line.split_at(at);
            (word, rest.trim_ascii_start())
        }
        None => (line, b"".as_slice()),
    };
    match word {
        b"+" => Ok(Reply::Continue(text)),
        _ if word.eq_ignore_ascii_case(b"+OK") => Ok(Reply::Ok(text)),
        _ if word.eq_ignore_ascii_case(b"-ERR") => Ok(Reply::Err(text)),
        _ => Err(WireError::Malformed(
            "a reply begins with neither +OK nor -ERR",
        )),
    }
}

/// The response code at the beginning of a text (RFC 2449 section 8), upper-case, without its brackets.
pub(crate) fn code(text: &[u8]) -> Option<String> {
    let inner = text.strip_prefix(b"[")?;
    let end = inner.iter().position(|b| *b == b']')?;
    let code = inner.get(..end)?;
    let fits = (1..=LONGEST_CODE).contains(&code.len())
        && code
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-'));
    fits.then(|| String::from_utf8_lossy(code).to_ascii_uppercase())
}

/// A line of a reply that has several, without the stuffed dot; none is the end (RFC 1939 section 3).
pub(crate) fn unstuffed(line: &[u8]) -> Option<&[u8]> {
    match line.strip_prefix(b".") {
        Some([]) => None,
        Some(rest) => Some(rest),
        None => Some(line),
    }
}

/// Two numbers: how many messages and octets (STAT), or which message and how many octets (LIST).
pub(crate) fn numbers(text: &[u8]) -> Option<(u64, u64)> {
    let text = std::str::from_utf8(text).ok()?;
    let mut words = text.split_ascii_whitespace();
    let mut number = || {
        let word = words.next()?;
        // `parse` would also take a plus sign.
        word.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| word.parse().ok())?
    };
    Some((number()?, number()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn replies_of_all_forms() {
        for (line, reply) in [
            ("+OK", Reply::Ok(b"")),
            ("+OK 2 320", Reply::Ok(b"2 320")),
            ("+ok\tready", Reply::Ok(b"ready")),
            ("-ERR [AUTH] no", Reply::Err(b"[AUTH] no")),
            ("-ERR", Reply::Err(b"")),
            ("+", Reply::Continue(b"")),
            ("+ ", Reply::Continue(b"")),
            ("+ eyJ9", Reply::Continue(b"eyJ9")),
        ] {
            assert_eq!(parse(line.as_bytes()), Ok(reply), "{line}");
        }
        for wrong in [
            "", " ", "+OKAY", "+OK2", "-", "-ERROR", "* OK", "220 x", "\0",
        ] {
            assert!(parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn codes_are_read_only_where_they_are_ones() {
        for (text, expected) in [
            (
                "[SYS/PERM] Your account is not enabled for POP access.",
                Some("SYS/PERM"),
            ),
            ("[auth] no", Some("AUTH")),
            ("[LOGIN-DELAY]", Some("LOGIN-DELAY")),
            ("[] x", None),
            ("[a b] x", None),
            ("[AUTH", None),
            ("no [AUTH]", None),
            ("", None),
        ] {
            assert_eq!(code(text.as_bytes()).as_deref(), expected, "{text}");
        }
        assert_eq!(code(format!("[{}]", "A".repeat(61)).as_bytes()), None);
    }

    #[test]
    fn a_dot_alone_ends_and_a_stuffed_one_goes() {
        assert_eq!(unstuffed(b"."), None);
        assert_eq!(unstuffed(b".."), Some(&b"."[..]));
        assert_eq!(unstuffed(b".x"), Some(&b"x"[..]));
        assert_eq!(unstuffed(b""), Some(&b""[..]));
    }

    #[test]
    fn numbers_are_two_and_nothing_else() {
        assert_eq!(numbers(b"2 320"), Some((2, 320)));
        assert_eq!(
            numbers(b"1 5000000000 octets"),
            Some((1, 5_000_000_000)),
            "more may follow"
        );
        for wrong in ["", "2", "two 320", "2 -1", "+2 3", "2 99999999999999999999"] {
            assert_eq!(numbers(wrong.as_bytes()), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(line in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = (parse(&line), code(&line), unstuffed(&line), numbers(&line));
        }
    }
}
