//! What must hold of every answer of Graph and Gmail, whatever is sent in their place.

use mailwright_domain::Secret;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

use super::*;
use crate::fuzz::kind;
use crate::transcript::Log;

const TOKEN: &str = "token-token-token";

/// An answer: its status and how long to wait in the first line, then its body.
pub(crate) fn answer(input: &[u8]) -> u64 {
    let end = input.iter().position(|b| *b == b'\n');
    let (head, body) = input.split_at(end.map_or(0, |at| at + 1));
    let head = head.trim_ascii_end();
    let (status, wait) = head.split_at(head.len().min(3));
    let status = String::from_utf8_lossy(status).parse();
    let mut headers = HeaderMap::new();
    if let (false, Ok(wait)) = (wait.is_empty(), HeaderValue::from_bytes(wait.trim_ascii())) {
        headers.insert(RETRY_AFTER, wait);
    }
    let reply = HttpReply {
        status: status.unwrap_or(403),
        headers,
        body: body.to_vec(),
    };
    let log = Log::new(&Secret::new(TOKEN));
    let answer = Answer::new(&reply, &log);
    let says = answer.says();
    // Each byte may have become a sign of three.
    assert!(says.len() <= 3 * MOST_SHOWN + 300, "{} bytes", says.len());
    can_be_shown(&says.replace('\n', " "));
    assert!(!answer.is_ok() || says.len() == "HTTP 200".len(), "{says}");
    assert!(!answer.only_may_not_read() || reply.status == 403);
    for code in &answer.codes {
        assert!((1..=LONGEST_CODE).contains(&code.len()), "{code}");
        assert!(code.is_ascii(), "{code}");
        can_be_shown(code);
    }
    let what = (
        (answer.is_ok(), answer.only_may_not_read()),
        answer.codes.len().min(2),
        answer.retry_after.is_some(),
        (answer.text.is_empty(), answer.text.ends_with('…')),
        shows(&answer, "(secret)"),
        shows(&answer, "\u{fffd}"),
    );
    let first = answer.codes.first().cloned();
    let failure = answer.refused("No.".to_owned());
    assert_eq!(failure.http_status, Some(reply.status));
    assert_eq!(failure.response_code, first);
    assert_eq!(failure.says.as_deref(), Some(&*says));
    kind(what)
}

/// Where this stands: in a code, in the time to wait, in the text.
fn shows(answer: &Answer, what: &str) -> [bool; 3] {
    [
        answer.codes.iter().any(|code| code.contains(what)),
        answer.retry_after.iter().any(|wait| wait.contains(what)),
        answer.text.contains(what),
    ]
}

fn can_be_shown(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
    assert!(
        !text.contains(['\u{202e}', '\u{2066}', '\u{200f}']),
        "{text:?}"
    );
    assert!(!text.contains(TOKEN), "{text:?}");
}
