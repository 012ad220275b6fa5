//! Makes pasted text readable: addresses and JSON decoded, challenges opened, and cut into replies.

use std::borrow::Cow;
use std::collections::HashSet;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use url::form_urlencoded;

use crate::patterns;

/// More different parts than this are not looked at; the first and the last ones are.
const PARTS: usize = 4000;
/// How often an address may have been encoded.
const LAYERS: usize = 3;

const ANY_PADDING: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// The text with everything decoded that hides words.
pub(crate) fn decoded(text: &str) -> String {
    let text = entities(text);
    let text = addresses(&text);
    let text = challenges(&text);
    json_escapes(&text).into_owned()
}

/// The replies, paragraphs and log lines of a decoded text, each once.
pub(crate) fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut open_reply: Option<String> = None;
    for raw in text.lines() {
        let prefix = patterns::LINE_PREFIX.find(raw).map_or(0, |m| m.end());
        let line = raw[prefix..].trim_end();
        let reply = patterns::REPLY_LINE.captures(line);
        let continues = matches!((&reply, &open_reply), (Some(r), Some(code)) if &r[1] == code);
        let stamped = !raw[..prefix]
            .trim_matches(|c: char| c == '>' || c.is_whitespace())
            .is_empty();
        let begins = line.is_empty() || stamped || patterns::REPLY_HEAD.is_match(line);
        if begins && !continues && !current.is_empty() {
            parts.push(std::mem::take(&mut current));
        }
        if !line.is_empty() {
            if !current.is_empty() {
                current.push('\n');
            }
            current.push_str(line);
        }
        open_reply = reply.filter(|r| &r[2] == "-").map(|r| r[1].to_owned());
    }
    parts.push(current);
    let mut seen = HashSet::new();
    parts.retain(|part| !part.trim().is_empty() && seen.insert(part.clone()));
    if parts.len() > PARTS {
        parts.drain(PARTS / 2..parts.len() - PARTS / 2);
    }
    parts
}

/// Character references, as in the source of a page.
fn entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.replace("&#39;", "'")
            .replace("&#x27;", "'")
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&nbsp;", " ")
            .replace("&amp;", "&"),
    )
}

/// Addresses and forms as lines of name and value, also where a mail program has wrapped them.
fn addresses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut address = String::new();
    for line in text.lines() {
        let mut words = line.split_whitespace().peekable();
        if !address.is_empty() && !words.peek().is_some_and(|w| w.contains(['%', '&', '='])) {
            write_address(&std::mem::take(&mut address), &mut out);
            out.push('\n');
        }
        let mut rest = line;
        while let Some(word) = words.next() {
            let at = rest.find(word).unwrap_or(0);
            if address.is_empty() {
                out.push_str(&rest[..at]);
            }
            rest = &rest[at + word.len()..];
            let open = !address.is_empty();
            if open || is_encoded(word) {
                address.push_str(word);
                let may_go_on = words.peek().is_none() && address.contains('?');
                if !may_go_on {
                    write_address(&std::mem::take(&mut address), &mut out);
                }
            } else {
                out.push_str(word);
            }
        }
        if address.is_empty() {
            out.push_str(rest);
            out.push('\n');
        }
    }
    if !address.is_empty() {
        write_address(&address, &mut out);
    }
    out
}

/// Whether a word is an address with parameters, a form, or a value out of one.
fn is_encoded(word: &str) -> bool {
    let address = word.contains("://") && word.contains(['?', '#']);
    let form = word.contains('=') && word.contains(['%', '+', '&']) && !word.ends_with('=');
    let value = word.contains(['+', '=']) || word.contains("%20");
    (address && word.contains('=')) || form || (value && patterns::ENCODED_BYTE.is_match(word))
}

fn write_address(address: &str, out: &mut String) {
    let start = address.find(['?', '#']).map_or(0, |at| at + 1);
    out.push_str(&address[..start]);
    let fields = address[start..].trim_end_matches(['"', '\'', '>', ')', ',']);
    for piece in fields.split(['?', '#']) {
        for (name, value) in form_urlencoded::parse(piece.as_bytes()) {
            out.push('\n');
            out.push_str(&name);
            if !value.is_empty() {
                out.push('=');
                out.push_str(&unwrapped(value.into_owned()).replace(['\r', '\n'], " "));
            }
        }
    }
    out.push('\n');
}

/// A value that was encoded more than once.
fn unwrapped(mut value: String) -> String {
    for _ in 1..LAYERS {
        let encoded = value.contains('%') && !value.contains(char::is_whitespace);
        if !encoded {
            break;
        }
        let Some((_, inner)) =
            form_urlencoded::parse(format!("x={}", value.replace('&', "%26")).as_bytes())
                .next()
                .map(|(n, v)| (n.into_owned(), v.into_owned()))
        else {
            break;
        };
        value = inner;
    }
    value
}

/// Challenges of XOAUTH2 and OAUTHBEARER: base64 of a JSON object. Anything else stays as it is.
fn challenges(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for found in patterns::CHALLENGE.find_iter(text) {
        let token = text[found.end()..].starts_with('.') || text[..found.start()].ends_with('.');
        let first_line = found.as_str().lines().next().unwrap_or_default();
        let opened = [found.as_str(), first_line]
            .into_iter()
            .filter(|_| !token)
            .find_map(|encoded| Some((encoded.len(), json_of(encoded)?)));
        if let Some((length, json)) = opened {
            out.push_str(&text[from..found.start()]);
            out.push_str(&json);
            from = found.start() + length;
        }
    }
    out.push_str(&text[from..]);
    out
}

fn json_of(encoded: &str) -> Option<String> {
    let encoded: String = encoded.split_whitespace().collect();
    let bytes = [STANDARD, URL_SAFE].into_iter().find_map(|alphabet| {
        GeneralPurpose::new(&alphabet, ANY_PADDING)
            .decode(&encoded)
            .ok()
    })?;
    let json = String::from_utf8(bytes).ok()?;
    let object = json.starts_with("{\"") && json.trim_end().ends_with('}');
    object.then(|| json.replace(['\r', '\n'], " "))
}

/// Escapes of JSON, also of JSON within JSON.
fn json_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') || !text.contains(['"', '{']) {
        return Cow::Borrowed(text);
    }
    let text = patterns::JSON_UNICODE.replace_all(text, |c: &regex::Captures<'_>| {
        u32::from_str_radix(&c[1], 16)
            .ok()
            .and_then(char::from_u32)
            .map_or_else(|| c[0].to_owned(), String::from)
    });
    let text = patterns::JSON_BREAK.replace_all(&text, " ");
    Cow::Owned(patterns::JSON_QUOTE.replace_all(&text, "$1").into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_opened_even_when_wrapped() {
        let text = "see\nhttp://localhost:5000/?error=access_denied&error_descrip\ntion=AADSTS65004%3a+User+declined+to\nand so on";
        let open = decoded(text);
        assert!(
            open.contains("error_description=AADSTS65004: User declined to"),
            "{open}"
        );
        assert!(open.contains("and so on"));
    }

    #[test]
    fn an_address_encoded_twice_is_opened() {
        let open = decoded("x?error_description=AADSTS90094%253a%2520The%2520grant&a=b");
        assert!(open.contains("AADSTS90094: The grant"), "{open}");
    }

    #[test]
    fn a_challenge_is_opened_and_a_token_is_not() {
        let open = decoded(
            "334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS8ifQ==",
        );
        assert!(open.contains(r#""status":"400""#), "{open}");
        let wrapped = decoded(
            "+ eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoi\nQmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS8ifQ==\n",
        );
        assert!(wrapped.contains("mail.google.com"), "{wrapped}");
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln";
        assert_eq!(decoded(token).trim_end(), token);
    }

    #[test]
    fn replies_are_parted_and_continuations_kept() {
        let log = "2026-01-01 10:00:00 C: AUTH XOAUTH2\n2026-01-01 10:00:01 S: 535-5.7.8 a\n2026-01-01 10:00:01 S: 535 5.7.8 b\n> 250 ok\n";
        assert_eq!(
            parts(log),
            ["AUTH XOAUTH2", "535-5.7.8 a\n535 5.7.8 b", "250 ok"]
        );
    }
}
