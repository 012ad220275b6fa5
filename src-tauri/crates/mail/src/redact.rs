use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use mailwright_domain::Secret;

/// A piece of a secret of this many bytes is recognised wherever it stands.
const WINDOW: usize = 16;
/// Shorter passwords are not looked for in what a server says: they would match ordinary words.
const SHORTEST: usize = 4;
const PLACEHOLDER: &str = "(secret)";

/// Takes secrets out of text before anybody sees it. What it keeps of a long secret are keyed hashes of its pieces.
pub(crate) struct Redactor {
    hasher: RandomState,
    pieces: HashSet<u64>,
    short: Vec<Secret>,
}

impl Redactor {
    /// Nothing is secret yet.
    pub(crate) fn new() -> Self {
        Self {
            hasher: RandomState::new(),
            pieces: HashSet::new(),
            short: Vec::new(),
        }
    }

    /// From now on this value, its pieces, and its Base64 forms are taken out.
    pub(crate) fn learn(&mut self, secret: &Secret) {
        let value = secret.expose();
        self.learn_form(value);
        // Base64 of something that contains the value: three forms, one for each position in a group of three bytes.
        for skip in 0..3 {
            if let Some(rest) = value.as_bytes().get(skip..).filter(|r| !r.is_empty()) {
                let encoded = Secret::new(STANDARD_NO_PAD.encode(rest));
                // The last characters depend on what follows the value.
                let sure = encoded.len().saturating_sub(2);
                self.learn_form(encoded.expose().get(..sure).unwrap_or_default());
            }
        }
    }

    fn learn_form(&mut self, form: &str) {
        if form.len() >= WINDOW {
            for piece in form.as_bytes().windows(WINDOW) {
                let hash = self.hash(piece);
                self.pieces.insert(hash);
            }
        } else if form.len() >= SHORTEST {
            self.short.push(Secret::new(form));
        }
    }

    fn hash(&self, piece: &[u8]) -> u64 {
        let mut folded = [0; WINDOW];
        for (to, from) in folded.iter_mut().zip(piece) {
            *to = from.to_ascii_lowercase();
        }
        self.hasher.hash_one(folded)
    }

    /// The text without anything secret.
    pub(crate) fn clean(&self, text: &str) -> String {
        let mut text = self.without_pieces(text);
        for secret in &self.short {
            if text.contains(secret.expose()) {
                text = text.replace(secret.expose(), PLACEHOLDER);
            }
        }
        text
    }

    fn without_pieces(&self, text: &str) -> String {
        if self.pieces.is_empty() || text.len() < WINDOW {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut kept_to = 0;
        let mut hidden_to = 0;
        for (at, piece) in text.as_bytes().windows(WINDOW).enumerate() {
            if !self.pieces.contains(&self.hash(piece)) {
                continue;
            }
            let start = floor_boundary(text, at);
            if start >= hidden_to {
                out.push_str(text.get(kept_to..start).unwrap_or_default());
                out.push_str(PLACEHOLDER);
            }
            hidden_to = ceil_boundary(text, at + WINDOW);
            kept_to = hidden_to;
        }
        out.push_str(text.get(kept_to..).unwrap_or_default());
        out
    }
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// What a server sent, as text that can be shown: at most `most` bytes of it, what is not UTF-8 replaced, and nothing
/// that moves a cursor or turns the direction of writing.
pub(crate) fn shown(bytes: &[u8], most: usize) -> String {
    let cut = bytes.get(..most).unwrap_or(bytes);
    let mut text: String = String::from_utf8_lossy(cut)
        .chars()
        .map(|c| match c {
            '\t' => ' ',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                char::REPLACEMENT_CHARACTER
            }
            c if c.is_control() => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect();
    if cut.len() < bytes.len() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    const TOKEN: &str = "eyJ0eXAiOiJKV1QifQ.canary-canary-canary-0123456789.signature";

    fn redactor(secret: &str) -> Redactor {
        let mut redactor = Redactor::new();
        redactor.learn(&Secret::new(secret));
        redactor
    }

    #[test]
    fn whole_and_part_of_a_token_are_taken_out() {
        let redactor = redactor(TOKEN);
        assert_eq!(
            redactor.clean(&format!("bad token {TOKEN} refused")),
            "bad token (secret) refused"
        );
        assert_eq!(
            redactor.clean(&format!("bad token {}… refused", &TOKEN[3..40])),
            "bad token (secret)… refused"
        );
        assert_eq!(redactor.clean("nothing in it"), "nothing in it");
    }

    #[test]
    fn short_passwords_are_taken_out_and_shorter_ones_do_not_eat_the_text() {
        assert_eq!(
            redactor("geheim").clean("bad password geheim"),
            "bad password (secret)"
        );
        assert_eq!(redactor("a").clean("bad password"), "bad password");
    }

    #[test]
    fn control_characters_and_bytes_that_are_no_text_are_replaced() {
        assert_eq!(
            shown(b"a\0b\x1b[31m\xff\tz", 100),
            "a\u{fffd}b\u{fffd}[31m\u{fffd} z"
        );
        assert_eq!(shown("abc".as_bytes(), 2), "ab…");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            let _ = redactor(TOKEN).clean(&text);
        }

        #[test]
        fn base64_of_anything_that_holds_the_token_hides_it(before in "[ -~]{0,20}", after in "[ -~]{0,20}") {
            let echoed = STANDARD.encode(format!("{before}{TOKEN}{after}"));
            let cleaned = redactor(TOKEN).clean(&echoed);
            let decoded_part = STANDARD.encode(TOKEN);
            prop_assert!(cleaned.contains("(secret)"));
            prop_assert!(!cleaned.contains(&decoded_part[8..40]));
            prop_assert!(cleaned.len() < before.len() * 2 + after.len() * 2 + 40);
        }
    }
}
