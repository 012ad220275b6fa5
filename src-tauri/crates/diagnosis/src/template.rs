//! Texts with values in them: `{host}` is replaced; a part in `[?` `]` is left out when a value in it is missing.

use std::fmt::Write;

/// What a text is used as; it decides how a value must be written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// For people.
    Sentence,
    /// For PowerShell: values stand within single quotation marks there.
    Command,
    /// An address.
    Link,
}

/// The values of one verdict.
#[derive(Debug, Default)]
pub(crate) struct Values {
    pub(crate) mailbox: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) port: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) code: Option<String>,
}

impl Values {
    fn known(&self, name: &str) -> Option<&str> {
        match name {
            "mailbox" => self.mailbox.as_deref(),
            "host" => self.host.as_deref(),
            "port" => self.port.as_deref(),
            "provider" => self.provider.as_deref(),
            "detail" => self.detail.as_deref(),
            "code" => self.code.as_deref(),
            _ => None,
        }
    }
}

/// The text with its values.
pub(crate) fn fill(template: &str, values: &Values, used: Use) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(at) = rest.find("[?") {
        part(&rest[..at], values, used, &mut out);
        let inner = &rest[at + 2..];
        let end = inner.find(']').unwrap_or(inner.len());
        if names(&inner[..end]).all(|name| values.known(name).is_some()) {
            part(&inner[..end], values, used, &mut out);
        }
        rest = inner.get(end + 1..).unwrap_or_default();
    }
    part(rest, values, used, &mut out);
    out
}

/// The names of the values in a text.
pub(crate) fn names(template: &str) -> impl Iterator<Item = &str> {
    template
        .split('{')
        .skip(1)
        .filter_map(|after| after.split_once('}').map(|(name, _)| name))
}

fn part(template: &str, values: &Values, used: Use, out: &mut String) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, next)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match values.known(name) {
            Some(value) => write_value(value, used, out),
            None => write_missing(name, used, out),
        }
        rest = next;
    }
    out.push_str(rest);
}

fn write_value(value: &str, used: Use, out: &mut String) {
    match used {
        Use::Sentence => out.push_str(value),
        // PowerShell takes the typographic single quotation marks for the straight one, and doubling escapes it.
        Use::Command => value.chars().filter(|c| !c.is_control()).for_each(|c| {
            out.push(c);
            if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
                out.push(c);
            }
        }),
        Use::Link => {
            for byte in value.bytes() {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    out.push(char::from(byte));
                } else {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
        }
    }
}

fn write_missing(name: &str, used: Use, out: &mut String) {
    if used != Use::Sentence {
        let _ = write!(out, "<{name}>");
        return;
    }
    let words = match name {
        "mailbox" => "this mailbox",
        "host" => "the server",
        "provider" => "the provider",
        _ => "",
    };
    let begins = out.is_empty() || out.ends_with(". ") || out.ends_with("? ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) if begins => {
            out.push(first.to_ascii_uppercase());
            out.push_str(letters.as_str());
        }
        _ => out.push_str(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values {
            mailbox: Some("o'neil@firma.nl".into()),
            host: Some("mail.firma.nl".into()),
            ..Values::default()
        }
    }

    #[test]
    fn values_are_put_in_and_missing_ones_still_make_a_sentence() {
        let text = "{host}[? on port {port}] refused {mailbox}. {provider} says no.";
        assert_eq!(
            fill(text, &values(), Use::Sentence),
            "mail.firma.nl refused o'neil@firma.nl. The provider says no."
        );
        assert_eq!(
            fill(text, &Values::default(), Use::Sentence),
            "The server refused this mailbox. The provider says no."
        );
    }

    #[test]
    fn a_value_cannot_leave_its_quotation_marks_in_a_command() {
        let text = "Get-CASMailbox -Identity '{mailbox}'";
        assert_eq!(
            fill(text, &values(), Use::Command),
            "Get-CASMailbox -Identity 'o''neil@firma.nl'"
        );
        assert_eq!(
            fill(text, &Values::default(), Use::Command),
            "Get-CASMailbox -Identity '<mailbox>'"
        );
    }

    #[test]
    fn a_value_is_not_a_template() {
        let nested = Values {
            host: Some("{mailbox}[?".into()),
            ..values()
        };
        assert_eq!(
            fill("a {host} b", &nested, Use::Sentence),
            "a {mailbox}[? b"
        );
        assert_eq!(
            fill("open { and [? no", &nested, Use::Sentence),
            "open { and  no"
        );
    }
}
