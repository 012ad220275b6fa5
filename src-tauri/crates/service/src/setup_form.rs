//! The form of a set-up as fields of a mailbox, with sentences that fit a window.

use std::net::Ipv6Addr;

use mailwright_domain::{AuthKind, Purpose, SendVia, Uses};

use crate::wire::{ServerForm, SetupForm};
use crate::{Code, Failure, Hint, MailboxFields, Protocol};

/// Longest text of a form, in characters.
const LONGEST: usize = 2_000;
/// Most sender addresses of a form.
const MOST_SENDERS: usize = 100;

/// Whether a form can be kept, whatever it says.
pub(crate) fn check_size(form: &SetupForm) -> Result<(), Failure> {
    if form.senders.len() > MOST_SENDERS {
        return Err(wrong(&format!(
            "There are more than {MOST_SENDERS} sender addresses. Leave some out. Nothing was saved."
        )));
    }
    let texts = [
        &form.address,
        &form.registration,
        &form.who_signs_in,
        &form.sign_in_name,
        &form.sender_name,
        &form.account_name,
        &form.imap.host,
        &form.imap.port,
        &form.imap.security,
        &form.read_with,
        &form.pop3.host,
        &form.pop3.port,
        &form.pop3.security,
        &form.smtp.host,
        &form.smtp.port,
        &form.smtp.security,
        &form.timeout,
    ];
    let long = |text: &&String| text.chars().nth(LONGEST).is_some();
    match texts.into_iter().chain(&form.senders).find(long) {
        Some(text) => {
            let beginning: String = text.chars().take(20).collect();
            Err(wrong(&format!(
                "The text that begins with “{beginning}” is longer than {LONGEST} characters. Shorten it. Nothing was saved."
            )))
        }
        None => Ok(()),
    }
}

/// Address and fields of the mailbox that a form describes.
pub(crate) fn entered(form: &SetupForm) -> Result<(String, MailboxFields), Failure> {
    let address = form.address.trim().to_owned();
    if address.is_empty() {
        return Err(wrong(
            "There is no address yet. Enter the address of the mailbox. Nothing was saved.",
        ));
    }
    if !form.send && !form.receive {
        return Err(wrong(
            "The mailbox neither sends nor receives. Choose at least one of them. Nothing was saved.",
        ));
    }
    let uses = uses(form);
    let server = |protocol, typed, wanted: bool| -> Result<Option<String>, Failure> {
        if form.manual && wanted {
            server(protocol, typed).map(Some)
        } else {
            Ok(None)
        }
    };
    let fields = MailboxFields {
        registration: given(&form.registration).filter(|_| !wants_password(form)),
        auth: Some(auth(form).word().to_owned()),
        password: None,
        name: given(&form.account_name),
        sender_name: given(&form.sender_name),
        senders: form.senders.iter().filter_map(|s| given(s)).collect(),
        sign_in_name: sign_in_name(form)?,
        smtp_login: None,
        imap: server(Protocol::Imap, &form.imap, uses.imap)?,
        pop3: server(Protocol::Pop3, &form.pop3, uses.pop3)?,
        smtp: server(Protocol::Smtp, &form.smtp, uses.smtp)?,
        send_via: Some(via(form).word().to_owned()),
        send: Some(form.send),
        receive: Some(form.receive),
        timeout: given(&form.timeout),
    };
    Ok((address, fields))
}

/// The protocols that a form is about: what is ticked, or both directions where nothing is.
pub(crate) fn uses(form: &SetupForm) -> Uses {
    let purpose = match (form.send, form.receive) {
        (false, false) => Purpose {
            via: via(form),
            ..Purpose::BOTH
        },
        (send, receive) => Purpose {
            send,
            receive,
            via: via(form),
        },
    };
    let reads = |with: &str| form.manual && purpose.receive && form.read_with == with;
    Uses {
        imap: purpose.receive && !reads("pop3"),
        pop3: reads("pop3") || reads("both"),
        graph_for_others: purpose.wants(Protocol::Graph) && somebody_else_signs_in(form),
        ..purpose.into()
    }
}

fn somebody_else_signs_in(form: &SetupForm) -> bool {
    matches!(form.who_signs_in.as_str(), "other" | "shared")
}

/// The way that mail is sent; a word that nobody knows is no choice. A password opens mail servers only.
fn via(form: &SetupForm) -> SendVia {
    if wants_password(form) {
        return SendVia::Smtp;
    }
    SendVia::from_word(&form.send_via).unwrap_or_default()
}

/// Whether the servers want a password.
pub(crate) fn wants_password(form: &SetupForm) -> bool {
    auth(form) == AuthKind::Password
}

fn auth(form: &SetupForm) -> AuthKind {
    match form.who_signs_in.as_str() {
        "nobody" => AuthKind::AppOnly,
        "password" => AuthKind::Password,
        _ => AuthKind::Oauth,
    }
}

fn sign_in_name(form: &SetupForm) -> Result<Option<String>, Failure> {
    match (form.who_signs_in.as_str(), given(&form.sign_in_name)) {
        ("other", None) => Err(wrong(
            "The sign-in name is missing. Enter the name that signs in to the mailbox. Nothing was saved.",
        )),
        ("other" | "shared" | "password", name) => Ok(name),
        _ => Ok(None), // the mailbox itself; what was typed before another choice was made does not count
    }
}

/// A server as typed, as `HOST:PORT:MODE`.
fn server(protocol: Protocol, typed: &ServerForm) -> Result<String, Failure> {
    let what = if protocol.receives() {
        "reading"
    } else {
        "sending"
    };
    let incomplete = |text: String| wrong(&text).hinting(Hint::Server(protocol));
    let host = typed.host.trim();
    if host.is_empty() {
        return Err(incomplete(format!(
            "The server for {what} is missing. Enter its name. Nothing was saved."
        )));
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_ipv6 = bare.parse::<Ipv6Addr>().is_ok();
    if host.contains(':') && !is_ipv6 {
        return Err(incomplete(format!(
            "“{host}” is not the name of a server. Enter the port in its own field. Nothing was saved."
        )));
    }
    let port = typed.port.trim();
    if !port.is_empty() && port.parse::<u16>().ok().is_none_or(|port| port == 0) {
        return Err(incomplete(format!(
            "“{port}” is not a port from 1 to 65535. Nothing was saved."
        )));
    }
    let host = if is_ipv6 {
        format!("[{bare}]")
    } else {
        host.to_owned()
    };
    let security = given(&typed.security).unwrap_or_else(|| "auto".to_owned());
    Ok(if port.is_empty() {
        format!("{host}:{security}")
    } else {
        format!("{host}:{port}:{security}")
    })
}

fn given(text: &str) -> Option<String> {
    Some(text.trim())
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn wrong(message: &str) -> Failure {
    Failure::new(Code::Usage, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> SetupForm {
        SetupForm {
            address: " anna@firma.nl ".to_owned(),
            send: true,
            receive: true,
            who_signs_in: "mailbox".to_owned(),
            ..SetupForm::default()
        }
    }

    fn typed(host: &str, port: &str, security: &str) -> ServerForm {
        ServerForm {
            host: host.to_owned(),
            port: port.to_owned(),
            security: security.to_owned(),
        }
    }

    #[test]
    fn texts_become_fields_and_empty_ones_become_nothing() {
        let (address, fields) = entered(&SetupForm {
            senders: vec![" ".to_owned(), " sales@firma.nl".to_owned()],
            sign_in_name: "left over".to_owned(),
            sender_name: "  ".to_owned(),
            imap: typed("not.used", "", ""),
            ..form()
        })
        .unwrap();
        assert_eq!(address, "anna@firma.nl");
        assert_eq!(fields.senders, ["sales@firma.nl"]);
        assert_eq!((fields.imap, fields.sign_in_name), (None, None));
        assert_eq!((fields.sender_name, fields.timeout), (None, None));
    }

    #[test]
    fn reading_is_with_what_was_chosen_and_a_password_needs_no_registration() {
        let manual = SetupForm {
            manual: true,
            registration: "R".to_owned(),
            who_signs_in: "password".to_owned(),
            sign_in_name: " anna ".to_owned(),
            imap: typed("imap.firma.nl", "993", "tls"),
            pop3: typed("pop.firma.nl", "", ""),
            smtp: typed("smtp.firma.nl", "587", "starttls"),
            ..form()
        };
        for (with, imap, pop3) in [
            ("", true, false),
            ("imap", true, false),
            ("pop3", false, true),
            ("both", true, true),
        ] {
            let form = SetupForm {
                read_with: with.to_owned(),
                ..manual.clone()
            };
            let (_, fields) = entered(&form).unwrap();
            assert_eq!((fields.imap.is_some(), fields.pop3.is_some()), (imap, pop3));
            assert_eq!((uses(&form).imap, uses(&form).pop3), (imap, pop3), "{with}");
            assert_eq!(
                (fields.registration, fields.password.is_some()),
                (None, false)
            );
            assert_eq!(fields.auth.as_deref(), Some("password"));
            assert_eq!(fields.sign_in_name.as_deref(), Some("anna"));
        }
        let detected = SetupForm {
            manual: false,
            read_with: "pop3".to_owned(),
            ..manual
        };
        assert!(
            uses(&detected).imap,
            "a choice at servers that are not used"
        );
    }

    #[test]
    fn servers_are_used_as_typed_and_only_those_that_are_needed() {
        let (_, fields) = entered(&SetupForm {
            manual: true,
            receive: false,
            smtp: typed(" mail.firma.nl ", "2525", "starttls"),
            ..form()
        })
        .unwrap();
        assert_eq!(
            (fields.imap, fields.smtp.as_deref()),
            (None, Some("mail.firma.nl:2525:starttls"))
        );
        for (server_form, text) in [
            (typed("mail.firma.nl", "", ""), "mail.firma.nl:auto"),
            (typed("::1", "143", "plain"), "[::1]:143:plain"),
            (typed("[::1]", "", "tls"), "[::1]:tls"),
        ] {
            assert_eq!(server(Protocol::Imap, &server_form).unwrap(), text);
        }
    }

    #[test]
    fn each_thing_that_is_missing_is_said_without_a_word_of_the_command_line() {
        let manual = SetupForm {
            manual: true,
            imap: typed("mail.firma.nl", "993", "tls"),
            smtp: typed("mail.firma.nl", "587", "starttls"),
            ..form()
        };
        for (form, part) in [
            (
                SetupForm {
                    address: " ".to_owned(),
                    ..form()
                },
                "no address",
            ),
            (
                SetupForm {
                    send: false,
                    receive: false,
                    ..form()
                },
                "neither",
            ),
            (
                SetupForm {
                    who_signs_in: "other".to_owned(),
                    ..form()
                },
                "sign-in name is missing",
            ),
            (
                SetupForm {
                    imap: typed("", "993", ""),
                    ..manual.clone()
                },
                "server for reading",
            ),
            (
                SetupForm {
                    smtp: typed("mail.firma.nl:587", "", ""),
                    ..manual.clone()
                },
                "its own field",
            ),
            (
                SetupForm {
                    smtp: typed("mail.firma.nl", "0", ""),
                    ..manual
                },
                "not a port",
            ),
        ] {
            let failure = entered(&form).unwrap_err();
            assert_eq!(failure.code, Code::Usage);
            assert!(failure.message.contains(part), "{}", failure.message);
            assert!(!failure.message.contains("--"), "{}", failure.message);
        }
    }

    #[test]
    fn what_is_too_long_is_not_kept() {
        assert!(
            check_size(&SetupForm {
                address: "é".repeat(LONGEST),
                senders: vec![String::new(); MOST_SENDERS],
                ..form()
            })
            .is_ok()
        );
        for form in [
            SetupForm {
                sender_name: "x".repeat(LONGEST + 1),
                ..form()
            },
            SetupForm {
                senders: vec![String::new(); MOST_SENDERS + 1],
                ..form()
            },
            SetupForm {
                senders: vec!["x".repeat(LONGEST + 1)],
                ..form()
            },
        ] {
            assert_eq!(check_size(&form).unwrap_err().code, Code::Usage);
        }
    }
}
