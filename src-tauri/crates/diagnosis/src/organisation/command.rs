//! Commands with values in them. A value is always a literal of PowerShell and never a part of the command.

use std::fmt::Write;

use super::switch::Switch;

/// More mailboxes than these stand below each other.
const ON_ONE_LINE: usize = 3;

/// What the commands of a switch are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// Addresses; with several the command is one pipeline for all of them.
    pub mailboxes: &'a [String],
    /// Client ID of the app registration.
    pub client_id: &'a str,
    /// Name of a policy.
    pub policy: Option<&'a str>,
    /// What was read before the change.
    pub value: Option<&'a str>,
}

impl Asked<'_> {
    /// The command that looks.
    pub fn read(&self, switch: &Switch) -> Option<String> {
        switch.read.as_deref().map(|template| self.fill(template))
    }

    /// The command that changes.
    pub fn change(&self, switch: &Switch) -> Option<String> {
        switch.change.as_deref().map(|template| self.fill(template))
    }

    /// A template with its values. Where it names a mailbox and several are asked for, they go into it by a pipeline.
    pub fn fill(&self, template: &str) -> String {
        match self.mailboxes {
            several @ [_, _, ..] if template.contains(MAILBOX) => self.pipeline(several, template),
            _ => {
                let one = self.mailboxes.first().map_or("<mailbox>", String::as_str);
                self.with(template, &literal(one))
            }
        }
    }

    /// `'a', 'b' | ForEach-Object { Get-… -Identity $_ } | Format-List …`
    fn pipeline(&self, mailboxes: &[String], template: &str) -> String {
        let between = if mailboxes.len() > ON_ONE_LINE {
            ",\n"
        } else {
            ", "
        };
        let all: Vec<String> = mailboxes.iter().map(|m| literal(m)).collect();
        let each = self.with(template, "$_");
        let (each, rest) = match each.split_once(" | ") {
            Some((each, rest)) => (each.to_owned(), format!(" | {rest}")),
            None => (each, String::new()),
        };
        format!("{} | ForEach-Object {{ {each} }}{rest}", all.join(between))
    }

    fn with(&self, template: &str, mailbox: &str) -> String {
        let mut out = String::with_capacity(template.len() + 64);
        let mut rest = template;
        while let Some(at) = rest.find('{') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let Some((name, value)) = self.named(rest, mailbox) else {
                out.push('{');
                rest = &rest[1..];
                continue;
            };
            out.push_str(&value);
            rest = &rest[name..];
        }
        out.push_str(rest);
        out
    }

    /// Length of the placeholder that a text begins with, and its value. Other braces are PowerShell's own.
    fn named(&self, text: &str, mailbox: &str) -> Option<(usize, String)> {
        let or = |value: Option<&str>, missing: &str| literal(value.unwrap_or(missing));
        let known = [
            (MAILBOX, mailbox.to_owned()),
            ("{client_id}", literal(self.client_id)),
            ("{policy}", or(self.policy, "<policy>")),
            ("{value}", or(self.value, "<value>")),
        ];
        known
            .into_iter()
            .find(|(name, _)| text.starts_with(name))
            .map(|(name, value)| (name.len(), value))
    }
}

const MAILBOX: &str = "{mailbox}";

/// A text as an expression of PowerShell. Between single quotes nothing but a quote has a meaning, and PowerShell takes
/// four other characters for one (U+2018 to U+201B); so all that is not printable ASCII is written by its number.
pub fn literal(text: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut quoted = String::new();
    for letter in text.chars() {
        match letter {
            '\'' => quoted.push_str("''"),
            ' '..='~' => quoted.push(letter),
            _ => {
                if !quoted.is_empty() {
                    parts.push(format!("'{}'", std::mem::take(&mut quoted)));
                }
                parts.push(format!("[char]::ConvertFromUtf32({})", u32::from(letter)));
            }
        }
    }
    if !quoted.is_empty() || parts.is_empty() {
        parts.push(format!("'{quoted}'"));
    }
    match parts.as_slice() {
        [one] if one.starts_with('\'') => one.clone(),
        [first, ..] => {
            // A text first, so that + joins.
            let mut all = String::from("(");
            if !first.starts_with('\'') {
                all.push_str("'' + ");
            }
            let _ = write!(all, "{})", parts.join(" + "));
            all
        }
        [] => "''".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(mailboxes: &[String]) -> Asked<'_> {
        Asked {
            mailboxes,
            client_id: "0000-'x",
            policy: None,
            value: Some("{mailbox}"),
        }
    }

    #[test]
    fn a_value_is_a_literal_and_never_a_template() {
        let one = ["o'neil$(rm)\u{2019}@firma.nl".to_owned()];
        assert_eq!(
            asked(&one).fill("Get-X -Identity {mailbox} | Format-List A"),
            "Get-X -Identity ('o''neil$(rm)' + [char]::ConvertFromUtf32(8217) + '@firma.nl') | Format-List A"
        );
        assert_eq!(
            asked(&one).fill("Set-X {value} { $_.Id } {client_id}"),
            "Set-X '{mailbox}' { $_.Id } '0000-''x'"
        );
        assert_eq!(asked(&[]).fill("Get-X {mailbox}"), "Get-X '<mailbox>'");
    }

    #[test]
    fn several_mailboxes_are_one_pipeline() {
        let two = ["a@firma.nl".to_owned(), "b@firma.nl".to_owned()];
        assert_eq!(
            asked(&two).fill("Get-X -Identity {mailbox} | Format-List A"),
            "'a@firma.nl', 'b@firma.nl' | ForEach-Object { Get-X -Identity $_ } | Format-List A"
        );
        assert_eq!(
            asked(&two).fill("Set-X -Identity {mailbox} -On $true"),
            "'a@firma.nl', 'b@firma.nl' | ForEach-Object { Set-X -Identity $_ -On $true }"
        );
        // What names no mailbox is the same for all.
        assert_eq!(asked(&two).fill("Get-Y | fl"), "Get-Y | fl");
    }
}
