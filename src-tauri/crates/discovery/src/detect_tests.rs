use std::time::Duration;

use mailwright_domain::Provider;
use mailwright_net::NetOptions;

use super::*;
use crate::support::name_server::{self, Answer, CNAME, MX, Record, SRV, TXT};
use crate::support::{Site, page};

fn record(owner: &str, kind: u16, data: Vec<u8>) -> Record {
    (owner.to_owned(), kind, data)
}

/// The names that these tests know.
fn names(owner: &str, kind: u16) -> Answer {
    let mx = |host: &str| record(owner, MX, name_server::mx(10, host));
    let srv = |port, host: &str| record(owner, SRV, name_server::srv(0, 1, port, host));
    Answer::Records(match (owner, kind) {
        ("m365.test", MX) => vec![mx("m365-test.mail.protection.outlook.com")],
        ("filtered.test", MX) => vec![mx("eu-smtp-inbound-1.filter.test")],
        ("autodiscover.filtered.test", CNAME) => {
            vec![record(
                owner,
                CNAME,
                name_server::name("autodiscover.outlook.com"),
            )]
        }
        ("sends.test" | "own.test" | "hosted.test" | "tenant.test", MX) => vec![mx("mx.isp.test")],
        ("forged.test", MX) => vec![mx("forged-test.mail.protection.outlook.com")],
        ("sends.test", TXT) => {
            vec![record(
                owner,
                TXT,
                name_server::txt("v=spf1 include:_spf.google.com -all"),
            )]
        }
        ("_imaps._tcp.own.test", SRV) => vec![srv(993, "mail.own.test")],
        ("_submissions._tcp.own.test", SRV) => vec![srv(465, "mail.own.test")],
        ("_imaps._tcp.forged.test", SRV) => vec![srv(993, "mail.evil.test")],
        ("_imap._tcp.own.test", SRV) => vec![srv(0, "")],
        (
            "m365.test" | "filtered.test" | "sends.test" | "own.test" | "hosted.test"
            | "nomail.test",
            _,
        ) => vec![],
        _ => return Answer::NoSuchName,
    })
}

/// A database that knows `isp.test`, and a Microsoft that knows `own.test` and `tenant.test`.
fn pages(path: &str) -> Vec<u8> {
    match path {
        "/db/isp.test" => page(crate::settings::tests::USUAL.as_bytes()),
        "/ms/tenant.test/v2.0/.well-known/openid-configuration"
        | "/ms/own.test/v2.0/.well-known/openid-configuration" => page(
            br#"{"issuer":"https://login.microsoftonline.com/5f1b2c3d-0001-4000-8000-0000000000c0/v2.0"}"#,
        ),
        _ => b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n".to_vec(),
    }
}

async fn site() -> (Site, Net, Places) {
    let site = Site::start(pages).await;
    let net = site.net_with(name_server::start(names).await);
    let places = Places {
        database: Some(site.url("db")),
        microsoft: Some(site.url("ms")),
    };
    (site, net, places)
}

#[tokio::test]
async fn a_providers_own_domain_needs_no_question() {
    // A name server that nobody runs: an answer proves that none was asked.
    let dead = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let net = Net::new(&NetOptions {
        ca_file: None,
        dns: Some(dead.local_addr().unwrap()),
    })
    .unwrap();
    let address = "anna@hotmail.nl".parse().unwrap();
    let found = detect(&net, &address, &Places::default()).await.unwrap();
    assert_eq!(
        (found.best.kind, found.best.source),
        (Kind::OutlookCom, FoundIn::Domain)
    );
    assert_eq!(provider(&net, &address).await, Some(Kind::OutlookCom));
}

#[tokio::test]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn each_source_finds_and_says_how_sure_it_is() {
    use Confidence::{Certain, Likely, Possible};
    let (site, net, places) = site().await;
    for (domain, kind, source, confidence, told_by) in [
        (
            "m365.test",
            Kind::Microsoft365,
            FoundIn::Mx,
            Certain,
            "m365-test.mail.protection.outlook.com",
        ),
        (
            "filtered.test",
            Kind::Microsoft365,
            FoundIn::Autodiscover,
            Likely,
            "autodiscover.outlook.com",
        ),
        ("own.test", Kind::Other, FoundIn::Srv, Likely, "own.test"),
        (
            "hosted.test",
            Kind::Other,
            FoundIn::Database,
            Possible,
            "localhost",
        ),
    ] {
        let address = format!("anna@{domain}").parse().unwrap();
        let best = detect(&net, &address, &places).await.unwrap().best;
        assert_eq!(
            (
                best.kind,
                best.source,
                best.confidence,
                best.told_by.as_str()
            ),
            (kind, source, confidence, told_by),
            "{domain}"
        );
        assert!(best.servers.len() >= 2, "{domain}");
    }
    let asked = site.asked().join("");
    assert!(!asked.contains("anna"), "{asked}");
    assert!(
        !asked.contains("m365.test"),
        "a mail record settles it: {asked}"
    );
}

#[tokio::test]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn mere_signs_are_kept_for_a_person_to_choose() {
    let (_site, net, places) = site().await;
    let at = |domain: &str| format!("anna@{domain}").parse().unwrap();
    let found = detect(&net, &at("own.test"), &places).await.unwrap();
    let others: Vec<_> = found.others.iter().map(|f| (f.kind, f.source)).collect();
    // The database knows the exchanger's domain, and Microsoft knows an organisation.
    assert_eq!(
        others,
        [
            (Kind::Other, FoundIn::Database),
            (Kind::Microsoft365, FoundIn::Tenant)
        ]
    );
    let organisation = found.at(Provider::Microsoft).unwrap();
    assert_eq!(organisation.confidence, Confidence::Possible);

    let alone = Places {
        database: None,
        ..places
    };
    let found = detect(&net, &at("tenant.test"), &alone).await.unwrap();
    assert_eq!(
        (found.best.kind, found.best.source),
        (Kind::Microsoft365, FoundIn::Tenant)
    );
    let found = detect(&net, &at("sends.test"), &alone).await.unwrap();
    assert_eq!(
        (found.best.kind, found.best.source),
        (Kind::Google, FoundIn::Spf)
    );
}

#[tokio::test]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn forged_names_beside_a_provider_are_never_its_servers() {
    let (_site, net, places) = site().await;
    let address = "anna@forged.test".parse().unwrap();
    let found = detect(&net, &address, &places).await.unwrap();
    assert_eq!(found.best.kind, Kind::Microsoft365);
    let mut hosts = found.best.servers.iter().map(|s| s.endpoint.host.as_str());
    assert!(hosts.all(|host| host.ends_with(".office365.com")));
    assert_eq!(found.others.len(), 1);
    let forged = &found.others[0];
    assert!(forged.is_only_named());
    assert_eq!(forged.servers[0].endpoint.source, FoundIn::Srv);
}

#[tokio::test]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn nothing_is_told_apart() {
    let (_site, net, _) = site().await;
    let places = Places::default();
    for (domain, nothing) in [
        (
            "missing.test",
            Nothing::NoSuchDomain("missing.test".to_owned()),
        ),
        ("nomail.test", Nothing::NoMail("nomail.test".to_owned())),
        (
            "hosted.test",
            Nothing::Unknown {
                domain: "hosted.test".to_owned(),
                exchanger: "mx.isp.test".to_owned(),
            },
        ),
    ] {
        let address = format!("anna@{domain}").parse().unwrap();
        assert_eq!(detect(&net, &address, &places).await, Err(nothing));
    }
}

#[tokio::test]
async fn whoever_never_answers_costs_a_limited_time() {
    let silent = name_server::start(|_, _| Answer::Silence).await;
    let net = Net::new(&NetOptions {
        ca_file: None,
        dns: Some(silent),
    })
    .unwrap();
    let began = Instant::now();
    let found = detect(
        &net,
        &"anna@firma.test".parse().unwrap(),
        &Places::default(),
    )
    .await;
    assert!(
        matches!(found, Err(Nothing::Unreachable { .. })),
        "{found:?}"
    );
    assert!(
        began.elapsed() < Duration::from_secs(11),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn it_is_settled_when_nobody_could_say_anything_better() {
    let settled = |found: &[FoundIn], waiting: &[FoundIn]| {
        is_settled(found.iter().copied(), waiting.iter().copied())
    };
    let srv = [FoundIn::Srv];
    assert!(!settled(&srv, &[FoundIn::Autoconfig, FoundIn::Tenant]));
    assert!(!settled(&[FoundIn::Database], &[FoundIn::Database]));
    assert!(settled(&srv, &[FoundIn::Database, FoundIn::Tenant]));
    assert!(!settled(&[], &[FoundIn::Tenant]));
}
