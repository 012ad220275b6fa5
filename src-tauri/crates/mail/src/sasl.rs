//! The sign-in exchanges that mail protocols share (RFC 4422).

pub(crate) mod exchange;

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use mailwright_domain::{Endpoint, Fault, Secret, Security};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::open::{Context, plain_not_allowed};
use crate::{Credential, Target};
pub(crate) use exchange::{Answer, Exchange};

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mechanism {
    /// Google's and Microsoft's own form of OAuth.
    Xoauth2,
    /// RFC 7628.
    OauthBearer,
    /// RFC 4616.
    Plain,
    /// Two answers, user name and password; obsolete, and all that some servers have.
    Login,
}

impl Mechanism {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Xoauth2 => "XOAUTH2",
            Self::OauthBearer => "OAUTHBEARER",
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
        }
    }

    /// The best one that the server offers and that takes this kind of credential.
    pub(crate) fn choose(credential: &Credential, offers: impl Fn(&str) -> bool) -> Option<Self> {
        let ours = match credential {
            Credential::OAuth(_) => [Self::Xoauth2, Self::OauthBearer],
            Credential::Password(_) => [Self::Plain, Self::Login],
        };
        ours.into_iter().find(|m| offers(m.word()))
    }

    /// What is sent first, in Base64.
    fn response(self, target: &Target, credential: &Credential) -> Secret {
        let Endpoint { host, port, .. } = &target.endpoint;
        let login = &target.login;
        let secret = credential.secret().expose();
        let raw = Zeroizing::new(match self {
            Self::Xoauth2 => format!("user={login}\x01auth=Bearer {secret}\x01\x01"),
            Self::OauthBearer => {
                // A “saslname” (RFC 5801 section 4) has its own way to write these two.
                let login = login.replace('=', "=3D").replace(',', "=2C");
                format!(
                    "n,a={login},\x01host={host}\x01port={port}\x01auth=Bearer {secret}\x01\x01"
                )
            }
            Self::Plain => format!("\0{login}\0{secret}"),
            Self::Login => login.clone(),
        });
        Secret::new(STANDARD.encode(raw.as_bytes()))
    }

    /// Whether the first response may stand in the command. LOGIN's answers are asked for one by one; its draft knows
    /// no initial response.
    fn begins_with_a_response(self) -> bool {
        self != Self::Login
    }

    /// What is sent when the server asks once more. For OAuth that is the way to say “understood, now tell me that you
    /// refuse” (RFC 7628 section 3.2.3: one octet 0x01; XOAUTH2: an empty line).
    fn next_response(self, credential: &Credential) -> Option<Secret> {
        match self {
            Self::Xoauth2 => Some(Secret::new("")),
            Self::OauthBearer => Some(Secret::new("AQ==")),
            Self::Login => Some(Secret::new(STANDARD.encode(credential.secret().expose()))),
            Self::Plain => None,
        }
    }

    /// Whether what the server asks after the first response is a reason for refusing.
    fn explains_refusal(self) -> bool {
        matches!(self, Self::Xoauth2 | Self::OauthBearer)
    }
}

/// Whether anything secret may be sent over this connection, and can be; `starttls` is whether the server offers it.
pub(crate) fn may_sign_in(
    context: &Context<'_>,
    security: Security,
    starttls: bool,
) -> Result<(), Box<Failure>> {
    if security == Security::Plain && !context.target.allow_plain {
        return Err(plain_not_allowed(starttls));
    }
    if !is_safe(context.target, context.credential) {
        return Err(Box::new(Failure {
            detail: "The sign-in name or the secret has a character that cannot be sent."
                .to_owned(),
            ..Failure::default()
        }));
    }
    Ok(())
}

/// Nothing that the server offers takes this kind of credential; `offered` is what it does offer.
pub(crate) fn none_fits(offered: String) -> Box<Failure> {
    Failure::new(
        Fault::NoMechanism,
        "The server offers none of the ways to sign in that fit this kind of sign-in.",
    )
    .with_says(Some(offered))
}

/// A name or password that a protocol's own command cannot carry.
pub(crate) fn only_ascii() -> Box<Failure> {
    Failure::new(
        Fault::NoMechanism,
        "The server can only take a name and password of plain ASCII characters here.",
    )
}

/// Whether this can be put into an exchange without changing its meaning.
fn is_safe(target: &Target, credential: &Credential) -> bool {
    let separates = |text: &str| text.contains(['\0', '\x01', '\r', '\n']);
    !separates(&target.login) && !separates(credential.secret().expose())
}

/// The text of a challenge; a server that forgets padding, or sends something else, is shown as it is.
fn decode_challenge(text: &[u8]) -> Vec<u8> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let trimmed = text.trim_ascii();
    LENIENT.decode(trimmed).unwrap_or_else(|_| trimmed.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mailwright_domain::Protocol;
    use std::time::Duration;

    fn target() -> Target {
        Target {
            endpoint: Endpoint::parse(Protocol::Imap, "imap.firma.nl:993").unwrap(),
            login: "a,b=c@firma.nl".into(),
            sender: None,
            more_senders: Vec::new(),
            recipient: None,
            known_folders: Vec::new(),
            timeout: Duration::from_secs(1),
            allow_plain: false,
        }
    }

    fn decoded(mechanism: Mechanism, credential: &Credential) -> String {
        let sent = mechanism.response(&target(), credential);
        String::from_utf8(STANDARD.decode(sent.expose()).unwrap()).unwrap()
    }

    #[test]
    fn responses_are_what_the_documents_say() {
        let token = Credential::OAuth(Secret::new("t0ken"));
        let password = Credential::Password(Secret::new("pass"));
        assert_eq!(
            decoded(Mechanism::Xoauth2, &token),
            "user=a,b=c@firma.nl\x01auth=Bearer t0ken\x01\x01"
        );
        assert_eq!(
            decoded(Mechanism::OauthBearer, &token),
            "n,a=a=2Cb=3Dc@firma.nl,\x01host=imap.firma.nl\x01port=993\x01auth=Bearer t0ken\x01\x01"
        );
        assert_eq!(
            decoded(Mechanism::Plain, &password),
            "\0a,b=c@firma.nl\0pass"
        );
        assert_eq!(decoded(Mechanism::Login, &password), "a,b=c@firma.nl");
    }

    #[test]
    fn xoauth2_is_preferred_and_a_token_is_never_sent_as_a_password() {
        let token = Credential::OAuth(Secret::new("t"));
        let choose = |offered: &[&str]| Mechanism::choose(&token, |m| offered.contains(&m));
        assert_eq!(
            choose(&["PLAIN", "OAUTHBEARER", "XOAUTH2"]),
            Some(Mechanism::Xoauth2)
        );
        assert_eq!(
            choose(&["PLAIN", "OAUTHBEARER"]),
            Some(Mechanism::OauthBearer)
        );
        assert_eq!(choose(&["PLAIN", "LOGIN"]), None);
    }

    #[test]
    fn a_challenge_is_read_with_and_without_padding_and_shown_when_it_is_none() {
        assert_eq!(decode_challenge(b" eyJhIjoxfQ== "), b"{\"a\":1}");
        assert_eq!(decode_challenge(b"eyJhIjoxfQ"), b"{\"a\":1}");
        assert_eq!(decode_challenge(b"not base64!"), b"not base64!");
    }

    #[test]
    fn what_would_change_the_exchange_is_not_sent() {
        let mut target = target();
        let token = Credential::OAuth(Secret::new("t"));
        assert!(is_safe(&target, &token));
        target.login = "a\x01auth=Bearer x".into();
        assert!(!is_safe(&target, &token));
    }
}
