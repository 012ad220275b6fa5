use std::time::Duration;

use mailwright_domain::{Endpoint, Fault, Protocol, Security};

use crate::driver::Driver;
use crate::failure::{Failure, WireError};

/// Longest wait for a greeting in plain text. Servers that hold it back against spam take up to six seconds.
const PLAIN: Duration = Duration::from_secs(15);
/// The same on ports where TLS comes first: the server is most likely waiting for us.
const PLAIN_ON_TLS_PORT: Duration = Duration::from_secs(5);

/// The time that the greeting may take.
pub(crate) fn limit(endpoint: &Endpoint, security: Security, timeout: Duration) -> Duration {
    match (security, endpoint.port) {
        (Security::Tls, _) => timeout,
        (_, 993 | 995 | 465) => timeout.min(PLAIN_ON_TLS_PORT),
        _ => timeout.min(PLAIN),
    }
}

/// The first line of a server, once it is clear that the right protocol speaks.
pub(crate) async fn first_line(
    driver: &mut Driver,
    protocol: Protocol,
    security: Security,
) -> Result<Vec<u8>, Box<Failure>> {
    let line = match driver.line().await {
        Ok(line) => line,
        Err(error) => return Err(no_line(driver, &error, security)),
    };
    driver.log.received(&line);
    if is_tls(&line) {
        return Err(waits_for_tls());
    }
    match speaks(&line) {
        Some(Speaks::Mail(spoken)) if spoken == protocol => Ok(line),
        other => Err(wrong_protocol(driver, protocol, other, &line)),
    }
}

fn no_line(driver: &Driver, error: &WireError, security: Security) -> Box<Failure> {
    let seen = driver.unfinished();
    let silent = seen.is_empty() && *error == WireError::TimedOut;
    if security != Security::Tls && (silent || is_tls(seen)) {
        return waits_for_tls();
    }
    let detail = match error {
        WireError::TimedOut => "The server did not greet in time.".to_owned(),
        WireError::Closed => "The server closed the connection without a greeting.".to_owned(),
        other => other.to_string(),
    };
    let says = (!seen.is_empty()).then(|| driver.log.clean(seen, 200));
    Failure::new(error.fault(), detail).with_says(says)
}

fn waits_for_tls() -> Box<Failure> {
    Failure::new(
        Fault::NoGreeting,
        "The server sent no greeting: it seems to wait for TLS, so this port wants TLS from the start.",
    )
}

fn wrong_protocol(
    driver: &Driver,
    wanted: Protocol,
    spoken: Option<Speaks>,
    line: &[u8],
) -> Box<Failure> {
    let wanted = name(wanted);
    let what = match spoken {
        Some(Speaks::Mail(protocol)) => name(protocol),
        Some(Speaks::Web) => "a web server",
        Some(Speaks::Ssh) => "an SSH server",
        None => "something that is not a mail server",
    };
    Failure::new(
        Fault::WrongProtocol,
        format!("{wanted} was expected on this port, but {what} answers."),
    )
    .with_says(Some(driver.log.clean(line, 200)))
    .with_value(what)
}

fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Imap => "IMAP",
        Protocol::Pop3 => "POP3",
        Protocol::Smtp => "SMTP",
        // These begin with TLS and greet nobody.
        Protocol::Graph | Protocol::Gmail => "HTTPS",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaks {
    Mail(Protocol),
    Web,
    Ssh,
}

fn speaks(line: &[u8]) -> Option<Speaks> {
    let starts = |with: &str| {
        line.get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
    };
    let reply = |line: &[u8]| {
        line.len() >= 3
            && line.iter().take(3).all(u8::is_ascii_digit)
            && matches!(line.get(3), None | Some(b' ' | b'-'))
    };
    match line {
        _ if starts("* OK") || starts("* PREAUTH") || starts("* BYE") => {
            Some(Speaks::Mail(Protocol::Imap))
        }
        _ if starts("+OK") || starts("-ERR") => Some(Speaks::Mail(Protocol::Pop3)),
        _ if starts("HTTP/") || starts("<") => Some(Speaks::Web),
        _ if starts("SSH-") => Some(Speaks::Ssh),
        _ if reply(line) => Some(Speaks::Mail(Protocol::Smtp)),
        _ => None,
    }
}

/// A TLS alert record (RFC 8446 section 5.1), which is what some servers say to whoever does not begin with TLS.
fn is_tls(bytes: &[u8]) -> bool {
    matches!(bytes, [0x15, 0x03, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_are_told_apart() {
        for (line, expected) in [
            (
                "* OK [CAPABILITY IMAP4rev1] ready",
                Some(Speaks::Mail(Protocol::Imap)),
            ),
            ("* PREAUTH hello", Some(Speaks::Mail(Protocol::Imap))),
            ("+OK POP3 ready", Some(Speaks::Mail(Protocol::Pop3))),
            (
                "220 mail.firma.nl ESMTP",
                Some(Speaks::Mail(Protocol::Smtp)),
            ),
            ("220-mail.firma.nl", Some(Speaks::Mail(Protocol::Smtp))),
            ("554 no", Some(Speaks::Mail(Protocol::Smtp))),
            ("HTTP/1.1 400 Bad Request", Some(Speaks::Web)),
            ("<!doctype html>", Some(Speaks::Web)),
            ("SSH-2.0-OpenSSH_9.2", Some(Speaks::Ssh)),
            ("2200 things", None),
            ("", None),
            ("* ", None),
        ] {
            assert_eq!(speaks(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn ports_that_begin_with_tls_wait_less_for_a_greeting() {
        let long = Duration::from_secs(60);
        let on = |text: &str, security| {
            limit(
                &Endpoint::parse(Protocol::Imap, text).unwrap(),
                security,
                long,
            )
        };
        assert_eq!(on("x.nl:993", Security::Starttls), PLAIN_ON_TLS_PORT);
        assert_eq!(on("x.nl:143", Security::Starttls), PLAIN);
        assert_eq!(on("x.nl:993", Security::Tls), long);
    }
}
