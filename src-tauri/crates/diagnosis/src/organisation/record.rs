/// One object that PowerShell printed, with the command that it came from where that was pasted too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// Names and values, as printed.
    pub(super) fields: Vec<(String, String)>,
    /// The cmdlet, in lower case.
    pub(super) cmdlet: Option<String>,
    /// What it was asked for, where that is an address.
    pub(super) identity: Option<String>,
}

/// What a table puts in place of what did not fit.
const CUT: [&str; 2] = ["…", "..."];

impl Record {
    /// The value of a property. A table may have cut its name.
    pub(super) fn value(&self, property: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(name, _)| is_name(name, property))
            .map(|(_, value)| value.as_str())
    }

    /// Whether a mark fits: `Name`, or `Name=Value`.
    pub(super) fn has(&self, mark: &str) -> bool {
        match mark.split_once('=') {
            Some((name, wanted)) => self
                .value(name)
                .is_some_and(|value| value.eq_ignore_ascii_case(wanted)),
            None => self.value(mark).is_some(),
        }
    }

    /// Whether it has a property of this name already, as the next object of a list without empty lines has.
    pub(super) fn repeats(&self, name: &str) -> bool {
        self.fields
            .iter()
            .any(|(n, _)| n.eq_ignore_ascii_case(name))
    }
}

/// The text without the mark that something did not fit, if it has one.
pub(super) fn uncut(text: &str) -> Option<&str> {
    CUT.iter().find_map(|mark| text.strip_suffix(mark))
}

/// Fewer letters of a cut name could be another's.
const ENOUGH: usize = 8;

fn is_name(printed: &str, property: &str) -> bool {
    match uncut(printed) {
        Some(start) => {
            start.len() >= ENOUGH
                && property
                    .get(..start.len())
                    .is_some_and(|p| p.eq_ignore_ascii_case(start))
        }
        None => printed.eq_ignore_ascii_case(property),
    }
}

/// A value as PowerShell means it: braces of a list, quotation marks and the ways to write true, false and nothing.
pub(super) fn plain(value: &str) -> String {
    let value = value.trim();
    let inner = value
        .strip_prefix('{')
        .and_then(|v| v.strip_suffix('}'))
        .unwrap_or(value)
        .trim();
    let bare = ['"', '\'']
        .into_iter()
        .find_map(|q| inner.strip_prefix(q)?.strip_suffix(q))
        .unwrap_or(inner);
    match bare.to_ascii_lowercase().as_str() {
        "$true" | "true" => "True".to_owned(),
        "$false" | "false" => "False".to_owned(),
        "$null" | "null" => String::new(),
        _ => bare.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_name_is_known_and_a_short_one_is_not() {
        let record = Record {
            fields: vec![
                ("SmtpClientAuthentic…".to_owned(), "True".to_owned()),
                ("Imap...".to_owned(), "False".to_owned()),
            ],
            ..Record::default()
        };
        assert_eq!(
            record.value("SmtpClientAuthenticationDisabled"),
            Some("True")
        );
        assert_eq!(record.value("ImapEnabled"), None);
    }

    #[test]
    fn values_are_what_powershell_means() {
        for (printed, meant) in [
            (" $false ", "False"),
            ("TRUE", "True"),
            ("$null", ""),
            ("{}", ""),
            ("{a, b}", "a, b"),
            ("\"Block Basic Auth\"", "Block Basic Auth"),
            ("é", "é"),
        ] {
            assert_eq!(plain(printed), meant, "{printed}");
        }
    }
}
