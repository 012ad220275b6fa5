//! Texts of servers, made fit for evidence.

use mailwright_domain::Secret;
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

/// Longest text that is kept, in characters. Entra's longest descriptions have about 900.
const LONGEST: usize = 2000;
/// What is shorter is no secret, and replacing it would garble the text.
const SHORTEST_SECRET: usize = 6;

/// One readable text without control characters and without anything we sent that is secret.
pub(crate) fn clean(text: &str, secrets: &[&Secret]) -> String {
    let mut text = text.to_owned();
    for secret in secrets
        .iter()
        .filter(|secret| secret.len() >= SHORTEST_SECRET)
    {
        text = text.replace(secret.expose(), "…");
        // As it was sent: a server may quote the form.
        let sent = Zeroizing::new(byte_serialize(secret.expose().as_bytes()).collect::<String>());
        text = text.replace(&**sent, "…");
    }
    let printable: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST)
        .collect();
    printable.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The numbers after `AADSTS` in a description, in their order, each once.
pub(crate) fn aadsts(text: &str) -> Vec<u32> {
    let mut codes = Vec::new();
    for piece in text.split("AADSTS").skip(1) {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(code) = piece[..digits]
            .parse()
            .ok()
            .filter(|code| !codes.contains(code))
        {
            codes.push(code);
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_whole() {
        assert_eq!(
            aadsts("AADSTS700016: x AADSTS70001 (AADSTS700016) AADSTS AADSTS99999999999"),
            [700_016, 70001]
        );
    }

    #[test]
    fn what_was_sent_in_a_form_does_not_come_back_either() {
        let secret = Secret::new("abc8Q~x/y+z");
        assert_eq!(
            clean("client_secret=abc8Q%7Ex%2Fy%2Bz&a=b", &[&secret]),
            "client_secret=…&a=b"
        );
    }

    #[test]
    fn what_was_sent_does_not_come_back() {
        let code = Secret::new("canary-code");
        assert_eq!(
            clean("the code canary-code\r\n\u{1b}[1m is wrong", &[&code]),
            "the code … [1m is wrong"
        );
        assert_eq!(clean(&"x".repeat(5000), &[]).len(), LONGEST);
    }
}
