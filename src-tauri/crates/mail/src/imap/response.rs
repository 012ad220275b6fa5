use super::found::{Fetched, esearch, fetched, search};
use crate::failure::WireError;

/// One response of a server (RFC 9051 section 7), as far as the ladder needs it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Response {
    /// `+ …`: the server waits for more.
    Continue(Vec<u8>),
    /// `* …`.
    Untagged(Untagged),
    /// The end of a command.
    Done { tag: Vec<u8>, status: Status },
    /// A line that is none of these. Servers send such, and it means nothing.
    Noise,
}

/// Data that no tag announces.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Untagged {
    Status(Status),
    Capability(Vec<String>),
    Exists(u32),
    List(Listed),
    /// STATUS of a folder: raw name, number of messages.
    Counted(Vec<u8>, Option<u32>),
    /// UIDs that SEARCH found, the highest of them.
    Found(Vec<u32>),
    /// FETCH of one message.
    Fetched(Fetched),
    Other,
}

/// The word of a status response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Ok,
    No,
    Bad,
    Bye,
    Preauth,
}

/// A status response: word, response code (RFC 5530) and everything from the word on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) word: Word,
    /// First word of the code, upper-case.
    pub(crate) code: Option<String>,
    /// What a `[CAPABILITY …]` code lists.
    pub(crate) capability: Option<Vec<String>>,
    pub(crate) line: Vec<u8>,
}

/// A line of LIST.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Lower-case, with the backslash.
    pub(crate) flags: Vec<String>,
    pub(crate) name: Vec<u8>,
}

/// Whether this line is a status response; those end in text for people, which may look like a literal.
pub(crate) fn is_status(line: &[u8]) -> bool {
    match line.split_first() {
        Some((b'*', rest)) => status(rest.trim_ascii_start()).is_some(),
        _ => true,
    }
}

/// Length of the literal that this line announces at its end (RFC 9051 section 4.3).
pub(crate) fn literal(line: &[u8]) -> Result<Option<(usize, usize)>, WireError> {
    let Some(inner) = line.strip_suffix(b"}") else {
        return Ok(None);
    };
    let Some(open) = inner.iter().rposition(|b| *b == b'{') else {
        return Ok(None);
    };
    let digits = inner.get(open + 1..).unwrap_or_default();
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Ok(None);
    }
    let length = number(digits).ok_or(WireError::TooMuch("64 KiB in one literal"))?;
    // A `~` before it announces binary data (RFC 3516), which reads the same.
    Ok(Some((open, length as usize)))
}

/// Appends a literal's bytes as a quoted string, so that one parser reads both.
pub(crate) fn append_quoted(line: &mut Vec<u8>, bytes: &[u8]) {
    line.push(b'"');
    for byte in bytes {
        if matches!(byte, b'"' | b'\\') {
            line.push(b'\\');
        }
        line.push(*byte);
    }
    line.push(b'"');
}

/// Reads a whole response, literals already quoted. Nothing is an error: what is not understood is noise.
pub(crate) fn parse(line: &[u8]) -> Response {
    match line.split_first() {
        Some((b'+', rest)) => Response::Continue(rest.trim_ascii_start().to_vec()),
        Some((b'*', rest)) if rest.first() == Some(&b' ') => {
            Response::Untagged(untagged(rest.trim_ascii_start()))
        }
        _ => done(line).unwrap_or(Response::Noise),
    }
}

fn done(line: &[u8]) -> Option<Response> {
    let (tag, rest) = word(line);
    if tag.is_empty() || !tag.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let status = status(rest)?;
    matches!(status.word, Word::Ok | Word::No | Word::Bad).then(|| Response::Done {
        tag: tag.to_vec(),
        status,
    })
}

fn untagged(rest: &[u8]) -> Untagged {
    if let Some(status) = status(rest) {
        return Untagged::Status(status);
    }
    let (first, after) = word(rest);
    if first.eq_ignore_ascii_case(b"CAPABILITY") {
        return Untagged::Capability(words(after));
    }
    if first.eq_ignore_ascii_case(b"LIST") {
        return listed(after).map_or(Untagged::Other, Untagged::List);
    }
    if first.eq_ignore_ascii_case(b"STATUS") {
        return counted(after).unwrap_or(Untagged::Other);
    }
    if first.eq_ignore_ascii_case(b"SEARCH") {
        return Untagged::Found(search(after));
    }
    if first.eq_ignore_ascii_case(b"ESEARCH") {
        return Untagged::Found(esearch(after));
    }
    match number(first) {
        Some(_) if word(after).0.eq_ignore_ascii_case(b"FETCH") => {
            fetched(word(after).1).map_or(Untagged::Other, Untagged::Fetched)
        }
        Some(count) if word(after).0.eq_ignore_ascii_case(b"EXISTS") => Untagged::Exists(count),
        _ => Untagged::Other,
    }
}

fn status(rest: &[u8]) -> Option<Status> {
    let (first, after) = word(rest);
    let word = [
        (b"OK".as_slice(), Word::Ok),
        (b"NO", Word::No),
        (b"BAD", Word::Bad),
        (b"BYE", Word::Bye),
        (b"PREAUTH", Word::Preauth),
    ]
    .into_iter()
    .find(|(text, _)| first.eq_ignore_ascii_case(text))?
    .1;
    let code = after
        .strip_prefix(b"[")
        .and_then(|inner| inner.split(|b| *b == b']').next());
    let mut code_words = code.map(words).unwrap_or_default();
    let name = (!code_words.is_empty()).then(|| code_words.remove(0));
    Some(Status {
        word,
        capability: (name.as_deref() == Some("CAPABILITY")).then_some(code_words),
        code: name,
        line: rest.to_vec(),
    })
}

fn listed(rest: &[u8]) -> Option<Listed> {
    let inner = rest.strip_prefix(b"(")?;
    let end = inner.iter().position(|b| *b == b')')?;
    let flags = words(inner.get(..end)?)
        .into_iter()
        .map(|flag| flag.to_lowercase())
        .collect();
    let after = inner.get(end + 1..)?.trim_ascii_start();
    let (_, after) = if after.first() == Some(&b'"') {
        quoted(after)?
    } else {
        let (delimiter, after) = word(after);
        (delimiter.to_vec(), after)
    };
    let after = after.trim_ascii_start();
    let name = if after.first() == Some(&b'"') {
        quoted(after)?.0
    } else {
        // Some servers do not quote names with spaces; extended data (RFC 5258) begins with a parenthesis.
        let end = after.windows(2).position(|w| w == b" (");
        after
            .get(..end.unwrap_or(after.len()))?
            .trim_ascii_end()
            .to_vec()
    };
    (!name.is_empty()).then_some(Listed { flags, name })
}

fn counted(rest: &[u8]) -> Option<Untagged> {
    let (name, after) = if rest.first() == Some(&b'"') {
        quoted(rest)?
    } else {
        let open = rest.iter().rposition(|b| *b == b'(')?;
        (
            rest.get(..open)?.trim_ascii_end().to_vec(),
            rest.get(open..)?,
        )
    };
    let inner = after.trim_ascii_start().strip_prefix(b"(")?;
    let end = inner.iter().position(|b| *b == b')')?;
    let items = words(inner.get(..end)?);
    let messages = items
        .iter()
        .position(|item| item == "MESSAGES")
        .and_then(|at| items.get(at + 1))
        .and_then(|count| count.parse().ok());
    Some(Untagged::Counted(name, messages))
}

/// A quoted string without its quotes, and what follows it.
pub(super) fn quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let inner = text.strip_prefix(b"\"")?;
    let mut out = Vec::new();
    let mut escaped = false;
    for (at, byte) in inner.iter().enumerate() {
        match byte {
            _ if escaped => {
                out.push(*byte);
                escaped = false;
            }
            b'\\' => escaped = true,
            b'"' => return Some((out, inner.get(at + 1..).unwrap_or_default())),
            _ => out.push(*byte),
        }
    }
    None
}

fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|b| *b == b' ') {
        Some(at) => {
            let (word, rest) = text.split_at(at);
            (word, rest.trim_ascii_start())
        }
        None => (text, &[]),
    }
}

fn words(text: &[u8]) -> Vec<String> {
    text.split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).to_ascii_uppercase())
        .collect()
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests;
