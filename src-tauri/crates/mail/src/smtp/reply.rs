use mailwright_domain::SmtpCode;

use crate::failure::{Failure, WireError};

/// A reply of one or more lines (RFC 5321 section 4.2.1), kept whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) code: SmtpCode,
    /// What follows the code, one entry a line.
    pub(crate) texts: Vec<Vec<u8>>,
    /// All lines as they came, cleaned.
    pub(crate) says: String,
}

/// One line of a reply.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    pub(crate) basic: u16,
    pub(crate) last: bool,
    pub(crate) text: &'a [u8],
}

pub(crate) fn parse_line(line: &[u8]) -> Result<Line<'_>, WireError> {
    let wrong = WireError::Malformed("a line does not begin with a reply code");
    let Some((digits, rest)) = line.split_at_checked(3) else {
        return Err(wrong);
    };
    let basic = std::str::from_utf8(digits)
        .ok()
        .filter(|d| d.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|d| d.parse().ok())
        .filter(|code| (200..600).contains(code));
    match (basic, rest.split_first()) {
        (Some(basic), None) => Ok(Line {
            basic,
            last: true,
            text: &[],
        }),
        (Some(basic), Some((separator @ (b' ' | b'-'), text))) => Ok(Line {
            basic,
            last: *separator == b' ',
            text,
        }),
        _ => Err(wrong),
    }
}

/// The enhanced code at the beginning of a text (RFC 2034, RFC 3463). Its class must be that of the basic code.
pub(crate) fn enhanced(basic: u16, text: &[u8]) -> Option<(u8, u16, u16)> {
    let first = text.split(|b| *b == b' ').next()?;
    let mut parts = std::str::from_utf8(first).ok()?.split('.');
    let number = |part: &str| -> Option<u16> {
        let digits = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let class = u8::try_from(number(parts.next()?)?).ok()?;
    let subject = number(parts.next()?)?;
    let detail = number(parts.next()?)?;
    let fits = parts.next().is_none() && u16::from(class) == basic / 100;
    (fits && matches!(class, 2 | 4 | 5)).then_some((class, subject, detail))
}

impl Reply {
    /// Whether the code is 2xx.
    pub(crate) fn is_ok(&self) -> bool {
        self.code.basic / 100 == 2
    }

    /// Anything but 2xx is a failure, described by this sentence.
    pub(crate) fn or_refused(self, detail: impl Into<String>) -> Result<Self, Box<Failure>> {
        if self.is_ok() {
            Ok(self)
        } else {
            Err(self.refused(detail))
        }
    }

    pub(crate) fn refused(self, detail: impl Into<String>) -> Box<Failure> {
        let mut failure = Failure::refused(detail, self.says);
        failure.smtp = Some(self.code);
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_of_all_forms() {
        let line = |text: &'static str| parse_line(text.as_bytes());
        assert_eq!(
            line("250 OK"),
            Ok(Line {
                basic: 250,
                last: true,
                text: b"OK"
            })
        );
        assert_eq!(
            line("250-SIZE 1"),
            Ok(Line {
                basic: 250,
                last: false,
                text: b"SIZE 1"
            })
        );
        assert_eq!(
            line("334"),
            Ok(Line {
                basic: 334,
                last: true,
                text: b""
            })
        );
        for wrong in ["", "25", "abc d", "250x", "999 x", "099 x", "+OK"] {
            assert!(line(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn enhanced_codes_are_read_only_where_they_are_ones() {
        assert_eq!(
            enhanced(535, b"5.7.139 Authentication unsuccessful"),
            Some((5, 7, 139))
        );
        assert_eq!(
            enhanced(535, b"5.7.8  https://support.google.com"),
            Some((5, 7, 8))
        );
        assert_eq!(enhanced(250, b"2.1.0 OK"), Some((2, 1, 0)));
        for (basic, text) in [
            (250, "5.1.1 no"),
            (550, "5.7"),
            (550, "5.7.1.2 x"),
            (550, "5.7.1234 x"),
            (550, ""),
        ] {
            assert_eq!(enhanced(basic, text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(line in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(parsed) = parse_line(&line) {
                let _ = enhanced(parsed.basic, parsed.text);
            }
        }
    }
}
