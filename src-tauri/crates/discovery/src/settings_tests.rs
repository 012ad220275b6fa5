use std::fmt::Write;

use super::*;

pub(crate) const USUAL: &str = include_str!("../tests/corpus/settings/usual.xml");

fn wrapped(inside: &str) -> String {
    format!(
        "<clientConfig version='1.1'><emailProvider id='firma.nl'>{inside}</emailProvider></clientConfig>"
    )
}

fn host_of(inside: &str) -> Result<String, Refused> {
    let text = wrapped(&format!(
        "<incomingServer type='imap'><hostname>{inside}</hostname></incomingServer>"
    ));
    let mut servers = read(text.as_bytes())?;
    Ok(servers.remove(0).host)
}

#[test]
fn a_usual_document_is_read_in_its_order() {
    let servers = read(USUAL.as_bytes()).unwrap();
    let short: Vec<_> = servers
        .iter()
        .map(|s| {
            (
                s.kind.as_str(),
                s.host.as_str(),
                s.port.as_str(),
                s.socket.as_str(),
            )
        })
        .collect();
    assert_eq!(
        short,
        [
            ("imap", "imap.%EMAILDOMAIN%", "993", "SSL"),
            ("pop3", "pop.firma.nl", "995", "SSL"),
            ("smtp", "smtp.firma.nl", "587", "STARTTLS"),
        ]
    );
    assert_eq!(servers[0].auth, ["OAuth2", "password-cleartext"]);
    assert_eq!(servers[0].login, "%EMAILADDRESS%");
}

#[test]
fn characters_are_read_however_they_are_written() {
    for written in [
        "mail.firma.nl",
        " mail.&#102;irma.nl\n",
        "mail.<![CDATA[firma]]>.nl",
        "mail.&#x66;irma.nl",
    ] {
        assert_eq!(
            host_of(written).as_deref(),
            Ok("mail.firma.nl"),
            "{written}"
        );
    }
    assert_eq!(host_of("a&lt;b&amp;c&quot;").as_deref(), Ok("a<b&c\""));
}

#[test]
fn what_grows_or_reaches_elsewhere_is_refused() {
    let laughs = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><clientConfig/>";
    assert_eq!(read(laughs.as_bytes()), Err(Refused::Doctype));
    let file = "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><clientConfig/>";
    assert_eq!(read(file.as_bytes()), Err(Refused::Doctype));
    assert_eq!(host_of("&mail;"), Err(Refused::Entity));
    assert_eq!(host_of(&"x".repeat(513)), Err(Refused::TooLong));
    assert_eq!(host_of(&"&#120;".repeat(513)), Err(Refused::TooLong));
    let deep = "<a>".repeat(17);
    assert_eq!(read(deep.as_bytes()), Err(Refused::TooDeep));
    let wide = wrapped(&"<a/>".repeat(4_001));
    assert_eq!(read(wide.as_bytes()), Err(Refused::TooMany));
    assert_eq!(read(&vec![b' '; 256 * 1024 + 1]), Err(Refused::TooLarge));
    assert_eq!(
        read(b"<clientConfig>\xff</clientConfig>"),
        Err(Refused::NotUtf8)
    );
}

#[test]
fn what_is_no_document_is_refused() {
    for text in [
        "<clientConfig>",
        "<clientConfig></a>",
        "<clientConfig><a b=></clientConfig",
        "</clientConfig>",
    ] {
        assert_eq!(read(text.as_bytes()), Err(Refused::NotXml), "{text}");
    }
    for text in [
        "",
        "hello",
        "<html><body/></html>",
        "<a><clientConfig/></a>",
    ] {
        assert_eq!(read(text.as_bytes()), Err(Refused::NotSettings), "{text}");
    }
    assert_eq!(read(b"<clientConfig/>"), Ok(vec![]));
}

#[test]
fn only_the_first_provider_counts_and_only_so_many_servers() {
    let server = |n| {
        format!(
            "<incomingServer type='imap'><hostname>h{n}</hostname><hostname>x</hostname></incomingServer>"
        )
    };
    let many = (0..100).fold(String::new(), |mut text, n| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}", server(n));
        text
    });
    let two = format!(
        "<clientConfig><emailProvider>{many}</emailProvider><emailProvider>{}</emailProvider></clientConfig>",
        server(7)
    );
    let servers = read(two.as_bytes()).unwrap();
    assert_eq!(servers.len(), MOST_SERVERS);
    assert_eq!(
        (servers[0].host.as_str(), servers[15].host.as_str()),
        ("h0", "h15")
    );
    let elsewhere = format!(
        "<clientConfig><webMail>{}</webMail></clientConfig>",
        server(1)
    );
    assert_eq!(read(elsewhere.as_bytes()), Ok(vec![]));
}
