//! What a person enters, before it is checked.

use std::time::Duration;

use mailwright_domain::{Cloud, Provider, Publishing, Secret};

use crate::{Code, Failure};

/// Longest and shortest time limit of a check.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(600);

/// An app registration as entered.
#[derive(Clone, Debug)]
pub struct NewRegistration {
    /// Name that people give it.
    pub name: String,
    /// Whose registration it is.
    pub provider: Provider,
    /// Client ID.
    pub client_id: Option<String>,
    /// Microsoft tenant.
    pub tenant: Option<String>,
    /// Microsoft cloud.
    pub cloud: Cloud,
    /// Authority of a custom cloud, or issuer of a custom provider.
    pub authority: Option<String>,
    /// Authorization endpoint of a custom provider.
    pub authorize_url: Option<String>,
    /// Token endpoint of a custom provider.
    pub token_url: Option<String>,
    /// Device authorization endpoint of a custom provider.
    pub device_url: Option<String>,
    /// Revocation endpoint of a custom provider.
    pub revoke_url: Option<String>,
    /// Scopes to ask for instead of the usual ones.
    pub scopes: Vec<String>,
    /// Client secret; surrounding white space is dropped, nothing else is changed.
    pub client_secret: Option<Secret>,
    /// Day on which the secret ends, `YYYY-MM-DD`.
    pub secret_expires: Option<String>,
    /// Google: whether the project is published.
    pub publishing: Option<Publishing>,
    /// Certificate with its private key.
    pub certificate: Option<CertificateFiles>,
    /// Fixed redirect address (platform “Web”).
    pub redirect_uri: Option<String>,
}

/// A certificate with its private key, as PEM files hold them. Both are kept as secrets until it is known which part is
/// one.
#[derive(Clone, Debug)]
pub struct CertificateFiles {
    /// The certificate; often the private key too.
    pub certificate: Secret,
    /// The private key, where it is in a file of its own.
    pub key: Option<Secret>,
}

/// Changes to an app registration, as entered; what is not given stays, an empty text takes away what was there.
#[derive(Clone, Debug, Default)]
pub struct RegistrationChange {
    /// Name that people give it.
    pub name: Option<String>,
    /// Client ID.
    pub client_id: Option<String>,
    /// Microsoft tenant.
    pub tenant: Option<String>,
    /// Microsoft cloud.
    pub cloud: Option<Cloud>,
    /// Authority of a custom cloud, or issuer of a custom provider.
    pub authority: Option<String>,
    /// Authorization endpoint of a custom provider.
    pub authorize_url: Option<String>,
    /// Token endpoint of a custom provider.
    pub token_url: Option<String>,
    /// Device authorization endpoint of a custom provider.
    pub device_url: Option<String>,
    /// Revocation endpoint of a custom provider.
    pub revoke_url: Option<String>,
    /// Scopes to ask for instead of the usual ones; empty texts do not count.
    pub scopes: Option<Vec<String>>,
    /// What becomes of the client secret.
    pub secret: SecretChange,
    /// Day on which the secret ends, `YYYY-MM-DD`.
    pub secret_expires: Option<String>,
    /// Google: whether the project is published.
    pub publishing: Option<Publishing>,
    /// What becomes of the certificate.
    pub certificate: CertificateChange,
    /// Fixed redirect address (platform “Web”).
    pub redirect_uri: Option<String>,
}

/// What becomes of a certificate and its private key.
#[derive(Clone, Debug, Default)]
pub enum CertificateChange {
    /// The one that is there stays, or there is none.
    #[default]
    Keep,
    /// There is none any more.
    Remove,
    /// This one takes its place.
    New(CertificateFiles),
}

/// What becomes of a client secret.
#[derive(Clone, Debug, Default)]
pub enum SecretChange {
    /// The one in the keychain stays, or there is none.
    #[default]
    Keep,
    /// There is none any more.
    Remove,
    /// This one takes its place; surrounding white space is dropped, nothing else is changed.
    New(Secret),
}

/// Fields of a mailbox as entered; what is not given is detected or stays as it was.
#[derive(Clone, Debug, Default)]
pub struct MailboxFields {
    /// Name or id of the app registration.
    pub registration: Option<String>,
    /// `oauth` where a person signs in, `password` where the servers want one, `app-only` where nobody signs in.
    pub auth: Option<String>,
    /// The password; a line end behind it is dropped, nothing else is changed.
    pub password: Option<Secret>,
    /// Account name.
    pub name: Option<String>,
    /// Name that recipients see.
    pub sender_name: Option<String>,
    /// Addresses it may send as, the usual one first; empty leaves them.
    pub senders: Vec<String>,
    /// The person who signs in, or the user name that a password belongs to.
    pub sign_in_name: Option<String>,
    /// Name towards SMTP.
    pub smtp_login: Option<String>,
    /// `HOST[:PORT][:MODE]` for reading with IMAP; empty for none.
    pub imap: Option<String>,
    /// `HOST[:PORT][:MODE]` for reading with POP3; empty for none.
    pub pop3: Option<String>,
    /// `HOST[:PORT][:MODE]` for sending.
    pub smtp: Option<String>,
    /// Which way it sends: `smtp`, `graph` or `gmail`.
    pub send_via: Option<String>,
    /// Whether it sends.
    pub send: Option<bool>,
    /// Whether it receives.
    pub receive: Option<bool>,
    /// Time limit of one check, with or without unit.
    pub timeout: Option<String>,
}

/// Reads a time limit: a number of seconds, or a number with `ms`, `s`, `m` or `min`.
///
/// # Errors
/// It is no such number, or not between one second and ten minutes; a number without unit that only makes sense in
/// milliseconds is named as such.
pub fn time_limit(text: &str) -> Result<Duration, Failure> {
    let text = text.trim();
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = (&text[..split], text[split..].trim());
    let wrong = |hint: &str| {
        Failure::new(
            Code::Usage,
            format!(
                "“{text}” is not a time limit between 1 second and 10 minutes. {hint} Nothing was changed."
            ),
        )
    };
    let number: u64 = number
        .parse()
        .map_err(|_| wrong("Give seconds, or a unit: 30, 30s, 2m, 100000ms."))?;
    let limit = match unit {
        "" | "s" | "sec" => Duration::from_secs(number),
        "ms" => Duration::from_millis(number),
        "m" | "min" => Duration::from_secs(number.saturating_mul(60)),
        _ => return Err(wrong("Known units are ms, s and m.")),
    };
    if limit < SHORTEST || limit > LONGEST {
        let hint = if unit.is_empty() && (1_000..=600_000).contains(&number) {
            format!("A number without unit means seconds; for milliseconds write {number}ms.")
        } else {
            String::new()
        };
        return Err(wrong(&hint));
    }
    Ok(limit)
}

/// A time limit for people: whole seconds where it is that, else milliseconds.
pub fn show_time_limit(limit: Duration) -> String {
    match limit.as_millis() {
        1_000 => "1 second".to_owned(),
        ms if ms % 1_000 == 0 => format!("{} seconds", ms / 1_000),
        ms => format!("{ms} milliseconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_limit_has_a_unit_that_people_see() {
        for (text, shown) in [
            ("100", "100 seconds"),
            ("30s", "30 seconds"),
            ("100000ms", "100 seconds"),
            ("1500 ms", "1500 milliseconds"),
            ("2m", "120 seconds"),
            ("1", "1 second"),
        ] {
            assert_eq!(
                time_limit(text).map(show_time_limit).unwrap(),
                shown,
                "{text}"
            );
        }
    }

    #[test]
    fn a_number_that_was_meant_in_milliseconds_is_explained() {
        let failure = time_limit("100000").unwrap_err();
        assert!(failure.message.contains("100000ms"), "{}", failure.message);
        for text in ["", "soon", "0", "10h", "-1", "99999999999999999999"] {
            assert_eq!(time_limit(text).unwrap_err().code, Code::Usage, "{text}");
        }
    }
}
