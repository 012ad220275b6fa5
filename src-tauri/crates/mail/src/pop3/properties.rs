//! What must hold of every reply, whatever a server sends.

use super::reply::{Reply, code, numbers, parse, unstuffed};
use super::session::Pop3;
use crate::fuzz::{block_on, driver, kind, size};

/// One line.
pub(crate) fn line(line: &[u8]) -> u64 {
    let rest = unstuffed(line);
    assert_eq!(rest.is_none(), line == b".");
    let (what, text) = match parse(line) {
        Ok(Reply::Ok(text)) => (1, text),
        Ok(Reply::Err(text)) => (2, text),
        Ok(Reply::Continue(text)) => (3, text),
        Err(_) => return kind(rest.is_some_and(|rest| rest.len() < line.len())),
    };
    assert!(line.ends_with(text));
    let code = code(text);
    if let Some(code) = &code {
        assert!(!code.is_empty() && code.len() <= 60);
        assert!(!code.contains(|c: char| c.is_ascii_lowercase() || c == ']'));
    }
    kind((
        what,
        code.is_some(),
        numbers(text).is_some(),
        size(text.len()),
    ))
}

/// A whole session: what is offered, then replies as long as they come.
pub(crate) fn session(input: &[u8]) -> u64 {
    block_on(async {
        let mut pop3 = Pop3::new(driver(input));
        let offers = match pop3.offers().await {
            Ok(offers) => offers,
            Err(failure) => return kind((failure.fault, failure.says.is_some())),
        };
        assert!(offers.says.len() < 70_000);
        let mut replies = 0;
        let failure = loop {
            match pop3.reply().await {
                Ok(_) => replies += 1,
                Err(failure) => break failure,
            }
        };
        kind((
            failure.fault,
            offers.silent,
            offers.has("STLS"),
            offers.signs_in_with("XOAUTH2"),
            size(replies),
        ))
    })
}
