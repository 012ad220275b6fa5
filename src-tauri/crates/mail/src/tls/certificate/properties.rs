//! What must hold of every certificate, whatever a server sends.

use mailwright_domain::Fault;

use super::*;
use crate::fuzz::{kind, size};
use crate::tls::TlsFailure;

/// A text of a certificate in bytes: each of it may have become a sign of three, and an ellipsis stands at its end.
const MOST_BYTES: usize = LONGEST * 3 + 3;

/// Certificates one after the other, as long as each says it is: what is read of them can be shown.
pub(crate) fn chain(input: &[u8]) -> u64 {
    let chain = one_by_one(input);
    let facts = Facts::read(&chain);
    for (fault, value) in [
        (
            Fault::TlsUntrusted,
            facts.as_ref().map(|f| f.issuer.clone()),
        ),
        (Fault::TlsName, facts.as_ref().map(Facts::names)),
        (
            Fault::TlsNotYetValid,
            facts.as_ref().map(|f| f.from.clone()),
        ),
    ] {
        let failure = TlsFailure::new(fault, "No.").with_chain(&chain);
        assert_eq!(failure.value, value);
        can_be_shown(&failure.detail, 11 * MOST_BYTES);
    }
    let Some(facts) = facts else {
        return kind(chain.len().min(2));
    };
    assert!(facts.names.len() <= MOST_NAMES);
    assert!(facts.more_names == 0 || facts.names.len() == MOST_NAMES);
    for name in facts.names.iter().chain([&facts.issuer]) {
        can_be_shown(name, MOST_BYTES);
    }
    for day in [&facts.from, &facts.until] {
        let figures = day.bytes().filter(u8::is_ascii_digit).count();
        assert!((8..=10).contains(&figures) && day.len() <= 13, "{day}");
    }
    let odd = |text: &String| text.contains(char::REPLACEMENT_CHARACTER);
    kind((
        chain.len().min(3),
        facts.names.len().min(2),
        facts.more_names > 0,
        facts.names.iter().any(odd),
        odd(&facts.issuer),
        size(facts.issuer.len()) / 2,
        facts.not_yet_valid(),
    ))
}

fn can_be_shown(text: &str, most: usize) {
    assert!(text.len() <= most, "{} bytes", text.len());
    assert!(!text.chars().any(char::is_control), "{text:?}");
    assert!(
        !text.contains(['\u{202e}', '\u{2066}', '\u{200f}']),
        "{text:?}"
    );
}

/// The input, cut where its certificates end (X.690 section 8.1.3); what has no such length is one.
fn one_by_one(mut input: &[u8]) -> Vec<CertificateDer<'static>> {
    let mut chain = Vec::new();
    while let [0x30, 0x82, high, low, ..] = *input {
        let length = 4 + usize::from(u16::from_be_bytes([high, low]));
        let (first, rest) = input.split_at(length.min(input.len()));
        chain.push(CertificateDer::from(first.to_vec()));
        input = rest;
    }
    if !input.is_empty() || chain.is_empty() {
        chain.push(CertificateDer::from(input.to_vec()));
    }
    chain
}
