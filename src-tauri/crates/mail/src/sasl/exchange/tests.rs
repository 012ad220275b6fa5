use mailwright_domain::{Endpoint, Protocol};
use std::time::Duration;

use super::*;

fn target() -> Target {
    Target {
        endpoint: Endpoint::parse(Protocol::Smtp, "smtp.firma.nl:587").unwrap(),
        login: "info@firma.nl".into(),
        sender: None,
        more_senders: Vec::new(),
        recipient: None,
        known_folders: Vec::new(),
        timeout: Duration::from_secs(1),
        allow_plain: false,
    }
}

fn begin(credential: &Credential, mechanism: Mechanism, longest: usize) -> (Exchange<'_>, Answer) {
    let log = Log::new(credential.secret());
    Exchange::begin("AUTH", longest, mechanism, &target(), credential, &log)
}

#[test]
fn the_first_response_is_in_the_command_up_to_the_last_octet_and_not_beyond() {
    let token = Credential::OAuth(Secret::new("token-token"));
    let (exchange, whole) = begin(&token, Mechanism::Xoauth2, usize::MAX);
    let line = whole.line.len() + 2;
    assert!(exchange.unsent.is_none() && whole.line.expose().starts_with("AUTH XOAUTH2 dXNl"));
    assert!(!whole.shown.contains("dXNl"), "{}", whole.shown);
    let (_, fits) = begin(&token, Mechanism::Xoauth2, line);
    assert_eq!(fits.line.expose(), whole.line.expose());
    for longest in [line - 1, 0] {
        let (mut exchange, command) = begin(&token, Mechanism::Xoauth2, longest);
        assert_eq!(command.line.expose(), "AUTH XOAUTH2");
        let first = exchange.answer(b"").unwrap();
        assert_eq!(
            format!("AUTH XOAUTH2 {}", first.line.expose()),
            whole.line.expose()
        );
    }
}

#[test]
fn a_refusal_is_answered_and_its_reason_kept_whatever_it_is() {
    let token = Credential::OAuth(Secret::new("token-token"));
    for (mechanism, answered, shown) in [
        (Mechanism::Xoauth2, "", "(empty line)"),
        (Mechanism::OauthBearer, "AQ==", "AQ=="),
    ] {
        for (challenge, kept) in [
            ("eyJzdGF0dXMiOiI0MDAifQ==", Some(r#"{"status":"400"}"#)),
            ("eyJzdGF0dXMiOiI0MDAifQ", Some(r#"{"status":"400"}"#)),
            ("{\"plain\":1}", Some("{\"plain\":1}")),
            ("", None),
            ("AAEC", Some("\u{fffd}\u{fffd}\u{fffd}")),
        ] {
            let (mut exchange, _) = begin(&token, mechanism, 500);
            let answer = exchange.answer(challenge.as_bytes()).unwrap();
            assert_eq!((answer.line.expose(), &*answer.shown), (answered, shown));
            assert_eq!(exchange.challenge.as_deref(), kept);
        }
    }
}

#[test]
fn login_asks_for_name_and_password_one_by_one() {
    let password = Credential::Password(Secret::new("geheim"));
    let (mut exchange, command) = begin(&password, Mechanism::Login, 500);
    assert_eq!(command.line.expose(), "AUTH LOGIN");
    let mut say = |asked: &[u8]| exchange.answer(asked).unwrap();
    assert_eq!(say(b"VXNlcm5hbWU6").line.expose(), "aW5mb0BmaXJtYS5ubA==");
    let answer = say(b"UGFzc3dvcmQ6");
    assert_eq!(answer.line.expose(), "Z2VoZWlt");
    assert_eq!(answer.shown, "(secret, 8 bytes)");
    assert_eq!(exchange.challenge, None, "a question is no refusal");
}

#[test]
fn plain_is_ended_where_more_is_asked_and_nothing_goes_on_for_ever() {
    let password = Credential::Password(Secret::new("geheim"));
    let (mut exchange, _) = begin(&password, Mechanism::Plain, 500);
    assert_eq!(exchange.answer(b"").unwrap().line.expose(), "*");
    let token = Credential::OAuth(Secret::new("token-token"));
    let (mut exchange, _) = begin(&token, Mechanism::Xoauth2, 500);
    for _ in 0..MOST_ROUNDS {
        assert!(exchange.answer(b"e30=").is_ok());
    }
    assert!(exchange.answer(b"e30=").is_err());
}
