use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A mailbox address, `local@domain`, as RFC 5321 section 4.1.2 has it, with RFC 6531's characters in the local part.
///
/// The domain is kept lower-case and as people write it; [`EmailAddress::ascii_domain`] gives the A-label form for DNS.
/// Two addresses are equal when they are equal without regard to case, which is how every provider treats them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    local: String,
    domain: String,
    ascii_domain: String,
}

/// Why a text is not an address that a mailbox can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was entered.
    #[error("no address was given")]
    Empty,
    /// There is no `@`, or more than one outside quotes.
    #[error("“{0}” has no “@” between a name and a domain")]
    NoAt(String),
    /// The part after `@` is no domain name.
    #[error("“{domain}” in “{address}” is not a domain name")]
    Domain {
        /// What was entered.
        address: String,
        /// The part after `@`.
        domain: String,
    },
    /// The part before `@` has characters an address cannot have.
    #[error("“{0}” has a character before “@” that an address cannot have, or is too long")]
    Local(String),
}

impl EmailAddress {
    /// The part before `@`.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The domain as people write it, lower-case.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The domain in A-label form (RFC 5890), for DNS.
    pub fn ascii_domain(&self) -> &str {
        &self.ascii_domain
    }
}

impl FromStr for EmailAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let (local, domain) = text
            .rsplit_once('@')
            .filter(|(local, domain)| !local.is_empty() && !domain.is_empty())
            .ok_or_else(|| AddressError::NoAt(text.to_owned()))?;
        let wrong_domain = || AddressError::Domain {
            address: text.to_owned(),
            domain: domain.to_owned(),
        };
        let ascii_domain = idna::domain_to_ascii_strict(domain).map_err(|_| wrong_domain())?;
        if !ascii_domain.contains('.') || ascii_domain.len() > 253 {
            return Err(wrong_domain());
        }
        let options = email_address::Options::default()
            .without_display_text()
            .without_domain_literal();
        email_address::EmailAddress::parse_with_options(
            &format!("{local}@{ascii_domain}"),
            options,
        )
        .map_err(|_| AddressError::Local(text.to_owned()))?;
        Ok(Self {
            local: local.to_owned(),
            domain: domain.to_lowercase(),
            ascii_domain,
        })
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.ascii_domain == other.ascii_domain
            && self.local.to_lowercase() == other.local.to_lowercase()
    }
}

impl Eq for EmailAddress {}

impl TryFrom<String> for EmailAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<EmailAddress, AddressError> {
        text.parse()
    }

    #[test]
    fn ordinary_and_international_addresses_are_accepted() {
        for (text, domain) in [
            ("anna@firma.nl", "firma.nl"),
            ("  Anna.Maria+sales@FIRMA.nl ", "firma.nl"),
            ("zoë@lab.test", "lab.test"),
            ("info@müller.example", "xn--mller-kva.example"),
        ] {
            let address = parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(address.ascii_domain(), domain, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_part_that_is_wrong() {
        assert_eq!(parse(" "), Err(AddressError::Empty));
        assert_eq!(parse("anna"), Err(AddressError::NoAt("anna".into())));
        assert_eq!(
            parse("@firma.nl"),
            Err(AddressError::NoAt("@firma.nl".into()))
        );
        assert!(matches!(
            parse("anna@firma"),
            Err(AddressError::Domain { .. })
        ));
        assert!(matches!(
            parse("anna@fir ma.nl"),
            Err(AddressError::Domain { .. })
        ));
        assert!(matches!(
            parse("an na@firma.nl"),
            Err(AddressError::Local(_))
        ));
        assert!(matches!(parse("a@b@firma.nl"), Err(AddressError::Local(_))));
        assert!(matches!(
            parse("a\r\nRCPT TO:<x@y.nl>@firma.nl"),
            Err(AddressError::Local(_))
        ));
    }

    #[test]
    fn case_does_not_make_two_mailboxes() {
        assert_eq!(parse("Anna@Firma.nl"), parse("anna@firma.NL"));
    }
}
