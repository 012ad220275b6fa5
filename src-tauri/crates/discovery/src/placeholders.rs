//! Placeholders of settings documents, such as `%EMAILADDRESS%` (Mozilla: “Autoconfiguration file format”).

use mailwright_domain::EmailAddress;

/// Longest result, in bytes: the longest address (RFC 5321 section 4.5.3.1) and a little more.
const LONGEST: usize = 512;

/// A host name with its placeholders replaced. Only the domain may enter it: a name that is looked up goes to name
/// servers, and the local part is not told to them.
pub(crate) fn host(text: &str, address: &EmailAddress) -> Option<String> {
    replaced(text, |name| match name {
        "EMAILDOMAIN" => Some(address.ascii_domain()),
        _ => None,
    })
}

/// The name to sign in with; none where it is the address itself, or cannot be made.
pub(crate) fn login(text: &str, address: &EmailAddress) -> Option<String> {
    let whole = address.to_string();
    let (local, domain) = whole.rsplit_once('@')?;
    let login = replaced(text, |name| match name {
        "EMAILADDRESS" => Some(whole.as_str()),
        "EMAILLOCALPART" => Some(local),
        "EMAILDOMAIN" => Some(domain),
        _ => None,
    })?;
    let shown = !login.is_empty() && !login.contains(char::is_control);
    (shown && login != whole).then_some(login)
}

/// Goes through the text once, so that a placeholder in an address stays what it is. None where one is not known.
fn replaced<'a>(text: &str, value: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let mut out = String::new();
    let mut parts = text.split('%');
    out.push_str(parts.next()?);
    while let Some(name) = parts.next() {
        out.push_str(value(name)?);
        out.push_str(parts.next()?); // a sign without its partner is no placeholder
    }
    (out.len() <= LONGEST).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn anna() -> EmailAddress {
        "anna@firma.nl".parse().unwrap()
    }

    #[test]
    fn a_host_is_told_the_domain_and_nothing_else() {
        for (text, host_) in [
            ("mail.%EMAILDOMAIN%", Some("mail.firma.nl")),
            ("mail.isp.example", Some("mail.isp.example")),
            ("%EMAILLOCALPART%.evil.example", None),
            ("%EMAILADDRESS%", None),
            ("%REALNAME%.nl", None),
            ("50%", None),
            ("%", None),
            ("%%", None),
        ] {
            assert_eq!(host(text, &anna()).as_deref(), host_, "{text}");
        }
    }

    #[test]
    fn a_login_is_told_where_it_is_not_the_address() {
        for (text, login_) in [
            ("%EMAILADDRESS%", None),
            ("%EMAILLOCALPART%@%EMAILDOMAIN%", None),
            ("%EMAILLOCALPART%", Some("anna")),
            ("%EMAILDOMAIN%\\%EMAILLOCALPART%", Some("firma.nl\\anna")),
            ("%CUSTOM%", None),
            ("", None),
            ("a\nb", None),
        ] {
            assert_eq!(login(text, &anna()).as_deref(), login_, "{text}");
        }
        // What an address holds is not read as a placeholder.
        let sly: EmailAddress = "%EMAILDOMAIN%@firma.nl".parse().unwrap();
        assert_eq!(
            login("%EMAILLOCALPART%", &sly).as_deref(),
            Some("%EMAILDOMAIN%")
        );
    }

    proptest! {
        #[test]
        fn nothing_of_the_local_part_ever_enters_a_host(text in "(%?[A-Z.]{0,14}%?|%EMAIL(ADDRESS|LOCALPART|DOMAIN)%){0,6}") {
            let address: EmailAddress = "qqxqq@firma.nl".parse().unwrap();
            if let Some(host) = host(&text, &address) {
                prop_assert!(!host.contains("qqxqq"));
            }
        }
    }
}
