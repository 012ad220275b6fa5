use super::*;
use crate::builtin::Kind;
use crate::settings::tests::USUAL;
use crate::support::{self, Site};

fn anna() -> EmailAddress {
    "anna@firma.nl".parse().unwrap()
}

fn raw(kind: &str, host: &str, port: &str, socket: &str) -> RawServer {
    RawServer {
        kind: kind.to_owned(),
        host: host.to_owned(),
        port: port.to_owned(),
        socket: socket.to_owned(),
        ..RawServer::default()
    }
}

fn read_server(raw: &RawServer) -> Option<String> {
    let found = server(raw, &anna(), FoundIn::Autoconfig)?;
    Some(format!("{} {}", found.endpoint.protocol, found.endpoint))
}

#[test]
fn only_the_domain_is_in_an_address_that_is_asked() {
    let places: Vec<String> = own_places("firma.nl").iter().map(Url::to_string).collect();
    assert_eq!(
        places,
        [
            "https://autoconfig.firma.nl/mail/config-v1.1.xml",
            "https://firma.nl/.well-known/autoconfig/mail/config-v1.1.xml",
        ]
    );
    for base in ["https://db.example/v1.1", "https://db.example/v1.1/"] {
        let place = database_place(&base.parse().unwrap(), "firma.nl").unwrap();
        assert_eq!(place.as_str(), "https://db.example/v1.1/firma.nl");
    }
}

#[test]
fn an_exchanger_belongs_to_a_domain_above_it() {
    for (host, domains) in [
        ("mx00.ionos.de", vec!["ionos.de"]),
        (
            "in1.mail.isp.example",
            vec!["mail.isp.example", "isp.example"],
        ),
        ("a.b.c.d.e", vec!["b.c.d.e", "c.d.e"]),
        ("isp.example", vec![]),
        ("localhost", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(domains_of_exchanger(host), domains, "{host}");
    }
}

#[test]
fn a_server_is_protected_and_complete_or_left_out() {
    for (server, read) in [
        (
            raw("imap", "imap.%EMAILDOMAIN%", "993", "SSL"),
            Some("imap imap.firma.nl:993:tls"),
        ),
        (
            raw("SMTP", "Smtp.firma.nl", "587", "starttls"),
            Some("smtp smtp.firma.nl:587:starttls"),
        ),
        (
            raw("pop3", "pop.firma.nl", "995", "SSL"),
            Some("pop3 pop.firma.nl:995:tls"),
        ),
        (raw("imap", "mail.firma.nl", "143", "plain"), None),
        (raw("imap", "mail.firma.nl", "143", ""), None),
        (raw("imap", "mail.firma.nl", "0", "SSL"), None),
        (raw("imap", "mail.firma.nl", "70000", "SSL"), None),
        (raw("imap", "mail.firma.nl:25", "993", "SSL"), None),
        (raw("imap", "", "993", "SSL"), None),
        (
            raw("imap", "%EMAILLOCALPART%.evil.example", "993", "SSL"),
            None,
        ),
        (raw("imap", "evil.example/anna@", "993", "SSL"), None),
        (raw("exchange", "mail.firma.nl", "443", "SSL"), None),
    ] {
        assert_eq!(read_server(&server).as_deref(), read, "{server:?}");
    }
}

#[test]
fn ways_to_sign_in_are_in_our_words_with_the_token_first() {
    let words = ["GSSAPI", "password-cleartext", "oauth2", "none"].map(str::to_owned);
    assert_eq!(auth(&words), ["oauth2", "password"]);
}

#[tokio::test]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn a_document_is_read_over_tls_through_redirects_to_tls_only() {
    let site = Site::start(|path| match path {
        "/mail" => support::page(USUAL.as_bytes()),
        "/moved" => support::redirect("/mail"),
        "/plain" => support::redirect("http://localhost/mail"),
        "/nobody" => support::redirect("https://anna@localhost/mail"),
        "/round" => support::redirect("/round"),
        "/large" => support::page(&vec![b' '; 300_000]),
        "/error" => b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n".to_vec(),
        _ => support::page(b"<html><body>Welcome</body></html>"),
    })
    .await;
    for (path, good) in [
        ("mail", true),
        ("moved", true),
        ("plain", false),
        ("nobody", false),
        ("round", false),
        ("large", false),
        ("error", false),
        ("welcome", false),
    ] {
        let url = site.url(path);
        let (source, sure) = (FoundIn::Autoconfig, Confidence::Likely);
        let found = by_document(&site.net, url, &anna(), source, sure).await;
        assert_eq!(found.is_some(), good, "{path}");
        let Some(found) = found else { continue };
        assert_eq!(
            (found.kind, found.told_by.as_str()),
            (Kind::Other, "localhost")
        );
        assert!(found.is_only_named());
        let logins: Vec<_> = found.servers.iter().map(|s| s.login.as_deref()).collect();
        assert_eq!(logins, [None, Some("anna"), None]);
        assert_eq!(found.servers[0].auth, ["oauth2", "password"]);
    }
    for line in site.asked() {
        assert!(!line.contains("anna") && !line.contains('?'), "{line}");
    }
    // Whoever has no certificate that is trusted here is not believed.
    let stranger = mailwright_net::Net::new(&mailwright_net::NetOptions::default()).unwrap();
    let (source, sure) = (FoundIn::Autoconfig, Confidence::Likely);
    let found = by_document(&stranger, site.url("mail"), &anna(), source, sure).await;
    assert_eq!(found, None);
}
