//! What must hold of every challenge, whatever a server sends.

use std::sync::LazyLock;

use super::*;
use crate::fuzz::{kind, size};

const TOKEN: &str = "token-token-token";
static CREDENTIAL: LazyLock<Credential> = LazyLock::new(|| Credential::OAuth(Secret::new(TOKEN)));

/// A challenge after the first response: it is answered, and what is kept of it can be shown.
pub(crate) fn challenge(input: &[u8]) -> u64 {
    let log = Log::new(CREDENTIAL.secret());
    let mut exchange = Exchange {
        mechanism: Mechanism::Xoauth2,
        credential: &CREDENTIAL,
        log: log.clone(),
        unsent: None,
        length: 0,
        rounds: 0,
        challenge: None,
    };
    let answer = exchange.answer(input).unwrap();
    assert_eq!(answer.line.expose(), "");
    let Some(kept) = exchange.challenge else {
        return 0;
    };
    assert!(!kept.contains(TOKEN) && !log.transcript().to_string().contains(TOKEN));
    assert!(!kept.chars().any(char::is_control) && kept.len() < 7_000);
    kind((
        kept.starts_with('{'),
        kept.contains("(secret)"),
        kept.contains(char::REPLACEMENT_CHARACTER),
        size(kept.len()),
    ))
}
