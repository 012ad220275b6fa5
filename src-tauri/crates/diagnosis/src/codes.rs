//! Codes within a text.

use crate::rule::Enhanced;
use crate::{patterns, text};

/// More codes of a kind than this say nothing more.
const MOST: usize = 64;

/// Codes of one SMTP reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) basic: Option<u16>,
    pub(crate) enhanced: Option<Enhanced>,
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.basic, self.enhanced) {
            (Some(basic), Some(enhanced)) => write!(f, "{basic} {enhanced}"),
            (Some(basic), None) => write!(f, "{basic}"),
            (None, Some(enhanced)) => write!(f, "{enhanced}"),
            (None, None) => Ok(()),
        }
    }
}

/// Numbers after `AADSTS`, the longest first: `AADSTS700016` is never taken for `70001`.
pub(crate) fn aadsts(text: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for captures in patterns::AADSTS.captures_iter(text) {
        let number = &captures[1];
        let joined = captures
            .get(2)
            .map(|rest| format!("{number}{}", rest.as_str()));
        let number = joined
            .as_deref()
            .filter(|n| (5..=7).contains(&n.len()))
            .unwrap_or(number);
        if (5..=7).contains(&number.len()) {
            push(&mut found, number.parse().ok());
        }
    }
    found.sort_by_key(|n: &u32| std::cmp::Reverse(n.to_string().len()));
    found
}

/// Numbers that stand where Entra's stand but without the letters; other systems number their errors too.
pub(crate) fn bare_numbers(text: &str) -> Vec<u32> {
    let mut found = Vec::new();
    let alone = text.trim();
    if (5..=7).contains(&alone.len()) {
        push(&mut found, alone.parse().ok());
    }
    for captures in patterns::ENTRA_NUMBER.captures_iter(text).take(MOST) {
        push(&mut found, captures[1].parse().ok());
    }
    found
}

/// The numbers in `error_codes` of a JSON body, in their order.
pub(crate) fn error_codes(text: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for captures in patterns::ERROR_CODES.captures_iter(text).take(MOST) {
        for number in captures[1].split(',') {
            push(&mut found, number.trim().parse().ok());
        }
    }
    found
}

/// Codes of the SMTP replies in a text. One text may carry two: `530 5.7.57 … Error: 535 5.7.139 …`.
pub(crate) fn smtp(words: &str) -> Vec<Reply> {
    let mut found = Vec::new();
    for dotted in patterns::DOTTED.find_iter(words) {
        let Some(enhanced) = enhanced(dotted.as_str()) else {
            continue;
        };
        let before = &words[..dotted.start()];
        if before.ends_with(|c: char| c.is_ascii_alphabetic() || c == '.') {
            continue;
        }
        let near = &before[text::ceil(before, before.len().saturating_sub(9))..];
        let basic = patterns::BASIC_BEFORE
            .captures(near)
            .and_then(|c| c[1].parse().ok());
        push(
            &mut found,
            Some(Reply {
                basic,
                enhanced: Some(enhanced),
            }),
        );
    }
    for captures in patterns::BASIC.captures_iter(words) {
        let basic = captures[1].parse().ok();
        if !found.iter().any(|r| r.basic == basic) {
            push(
                &mut found,
                basic.map(|_| Reply {
                    basic,
                    enhanced: None,
                }),
            );
        }
    }
    found
}

/// Response codes of IMAP and POP3 replies, in capitals.
pub(crate) fn response_codes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for captures in patterns::RESPONSE_CODE.captures_iter(text).take(MOST) {
        push(&mut found, Some(captures[1].to_ascii_uppercase()));
    }
    found
}

/// Words such as `invalid_grant`, wherever they stand.
pub(crate) fn snake_words(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for word in patterns::SNAKE.find_iter(&lower) {
        push(&mut found, Some(word.as_str().to_owned()));
    }
    found
}

/// The `error` of a JSON body or of an address (RFC 6749 sections 4.1.2.1 and 5.2), in lower case.
pub(crate) fn oauth_error(text: &str) -> Option<String> {
    let captures = patterns::OAUTH_ERROR.captures(text)?;
    let word = captures.get(1).or_else(|| captures.get(2))?.as_str();
    Some(word.to_ascii_lowercase())
}

/// Status of an HTTP answer.
pub(crate) fn http_status(text: &str) -> Option<u16> {
    patterns::HTTP_STATUS.captures(text)?[1].parse().ok()
}

/// Audience in the decoded part of a token.
pub(crate) fn audience(text: &str) -> Option<String> {
    Some(patterns::AUDIENCE.captures(text)?[1].to_owned())
}

fn enhanced(dotted: &str) -> Option<Enhanced> {
    let code = Enhanced::try_from(dotted.to_owned()).ok()?;
    (matches!(code.0, 2 | 4 | 5) && code.1 < 1000 && code.2 < 1000).then_some(code)
}

fn push<T: PartialEq>(found: &mut Vec<T>, value: Option<T>) {
    if let Some(value) = value
        && found.len() < MOST
        && !found.contains(&value)
    {
        found.push(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(basic: Option<u16>, enhanced: Option<(u8, u16, u16)>) -> Reply {
        Reply {
            basic,
            enhanced: enhanced.map(|(a, b, c)| Enhanced(a, b, c)),
        }
    }

    #[test]
    fn the_longest_number_comes_first_and_is_whole() {
        assert_eq!(aadsts("AADSTS70001 and AADSTS700016: x"), [700_016, 70001]);
        assert_eq!(aadsts("AADSTS70001\r\n6: Application with"), [700_016]);
        assert_eq!(aadsts("aadsts 50105 2"), [50105]);
        assert_eq!(aadsts("AADSTS12345678901"), Vec::<u32>::new());
    }

    #[test]
    fn both_codes_of_a_reply_belong_together() {
        assert_eq!(
            smtp("530 5.7.57 SMTP; Error: 535 5.7.139 Authentication unsuccessful"),
            [
                reply(Some(530), Some((5, 7, 57))),
                reply(Some(535), Some((5, 7, 139)))
            ]
        );
        assert_eq!(
            smtp("(535, b'5.7.8 bad')"),
            [reply(Some(535), Some((5, 7, 8)))]
        );
        assert_eq!(smtp("5.7.60 SMTP; no"), [reply(None, Some((5, 7, 60)))]);
        assert_eq!(smtp("535 Incorrect"), [reply(Some(535), None)]);
        assert_eq!(smtp("from 5.7.3.1 with v5.7.3"), []);
    }

    #[test]
    fn response_codes_are_found_in_replies_only() {
        assert_eq!(
            response_codes("a1 NO [AUTHENTICATIONFAILED] x"),
            ["AUTHENTICATIONFAILED"]
        );
        assert_eq!(response_codes("-ERR [SYS/PERM] x"), ["SYS/PERM"]);
        assert_eq!(response_codes("see [HOST]"), Vec::<String>::new());
    }
}
