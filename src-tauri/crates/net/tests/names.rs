//! What name servers say, and what hostile ones try.
#![allow(clippy::unwrap_used)] // tests

#[path = "support/name_server.rs"]
#[allow(dead_code, missing_docs, unreachable_pub)] // shared with other crates' tests
mod name_server;

use std::time::{Duration, Instant};

use mailwright_net::{Net, NetOptions, ResolveError, ServiceRecord};
use name_server::{A, Answer, CNAME, MX, SRV, TXT, mx, name, srv, txt};

async fn net(script: impl Fn(&str, u16) -> Answer + Send + Sync + 'static) -> Net {
    let dns = name_server::start(script).await;
    Net::new(&NetOptions {
        ca_file: None,
        dns: Some(dns),
    })
    .unwrap()
}

fn records(owner: &str, kind: u16, all: impl IntoIterator<Item = Vec<u8>>) -> Answer {
    let record = |data| (owner.to_owned(), kind, data);
    Answer::Records(all.into_iter().map(record).collect())
}

#[tokio::test]
async fn services_aliases_and_texts_are_read() {
    let net = net(|owner, kind| match (owner, kind) {
        ("_imaps._tcp.firma.test", SRV) => records(
            owner,
            SRV,
            [srv(10, 5, 993, "Mail.Firma.test"), srv(0, 0, 0, "")],
        ),
        ("autodiscover.firma.test", CNAME) => {
            records(owner, CNAME, [name("autodiscover.outlook.test")])
        }
        ("firma.test", TXT) => records(owner, TXT, [txt("v=spf1 -all"), txt(&"x".repeat(600))]),
        ("empty.test", _) => Answer::Records(Vec::new()),
        _ => Answer::NoSuchName,
    })
    .await;
    let found = net.services("_imaps._tcp", "firma.test").await.unwrap();
    let record = |priority, weight, port, host: &str| ServiceRecord {
        priority,
        weight,
        port,
        host: host.to_owned(),
    };
    assert_eq!(
        found,
        [record(10, 5, 993, "mail.firma.test"), record(0, 0, 0, "")]
    );
    assert_eq!(
        net.alias("autodiscover.firma.test")
            .await
            .unwrap()
            .as_deref(),
        Some("autodiscover.outlook.test")
    );
    assert_eq!(
        net.texts("firma.test").await.unwrap(),
        ["v=spf1 -all".to_owned(), "x".repeat(600)]
    );
    for domain in ["empty.test", "missing.test"] {
        assert_eq!(net.services("_imaps._tcp", domain).await, Ok(vec![]));
        assert_eq!(net.alias(domain).await, Ok(None));
        assert_eq!(net.texts(domain).await, Ok(vec![]));
    }
}

#[tokio::test]
async fn a_great_many_records_are_cut_to_a_few() {
    let net = net(|owner, kind| {
        let each = (0..1_000_u16).map(|n| match kind {
            MX => mx(n, &format!("mx{n}.test")),
            SRV => srv(n, 0, 993, &format!("mx{n}.test")),
            _ => txt(&format!("text {n}")),
        });
        records(owner, kind, each)
    })
    .await;
    assert_eq!(net.mail_exchangers("many.test").await.unwrap().len(), 64);
    assert_eq!(
        net.services("_imaps._tcp", "many.test")
            .await
            .unwrap()
            .len(),
        64
    );
    assert_eq!(net.texts("many.test").await.unwrap().len(), 64);
}

#[tokio::test]
async fn names_that_go_round_in_a_circle_end_soon() {
    // Each name stands for the next, and the last for the first; or each for one that is longer still.
    let net = net(|owner, kind| {
        let target = match owner {
            "round.test" => "again.test".to_owned(),
            "again.test" => "round.test".to_owned(),
            other => format!("x{other}"),
        };
        let _ = kind;
        records(owner, CNAME, [name(&target)])
    })
    .await;
    let began = Instant::now();
    for host in ["round.test", "x.endless.test"] {
        assert!(net.resolve(host).await.is_err(), "{host}");
        assert_eq!(
            net.services("_imaps._tcp", host).await.unwrap_or_default(),
            []
        );
        assert_eq!(net.mail_exchangers(host).await.unwrap_or_default(), []);
        assert_eq!(
            net.texts(host).await.unwrap_or_default(),
            Vec::<String>::new()
        );
        // A question for the alias itself is answered by one step.
        assert!(net.alias(host).await.is_ok(), "{host}");
    }
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn what_is_no_answer_is_no_answer() {
    let net = net(|owner, kind| match owner {
        // A name that points to itself (RFC 1035 section 4.1.4), where a record should be.
        o if o.ends_with("loop.test") => {
            Answer::Bytes([&[0x85, 0x80, 0, 0, 0, 1, 0, 0, 0, 0][..], &[0xc0, 12]].concat())
        }
        o if o.ends_with("short.test") => Answer::Bytes(vec![0x85]),
        // Records of another name, and of another type than was asked for.
        o if o.ends_with("other.test") => records("stranger.test", kind, [mx(0, "evil.test")]),
        o if o.ends_with("type.test") => records(o, A, [vec![127, 0, 0, 1]]),
        _ => Answer::Silence,
    })
    .await;
    let asked = [
        "loop.test",
        "short.test",
        "other.test",
        "type.test",
        "silent.test",
    ];
    let each = asked.map(|domain| {
        let net = net.clone();
        tokio::spawn(async move {
            let (services, exchangers, texts) = tokio::join!(
                net.services("_imaps._tcp", domain),
                net.mail_exchangers(domain),
                net.texts(domain)
            );
            assert_eq!(services.unwrap_or_default(), [], "{domain}");
            assert_eq!(exchangers.unwrap_or_default(), [], "{domain}");
            texts
        })
    });
    for (asking, domain) in each.into_iter().zip(asked) {
        let texts = asking.await.unwrap();
        let failed = matches!(texts, Err(ResolveError::Failed { .. }));
        assert!(failed || domain != "silent.test", "{texts:?}");
    }
}

#[tokio::test]
async fn damaged_answers_end_in_time_and_are_short() {
    const ANSWERS: u64 = 400;
    let net = net(|owner, kind| {
        let seed = owner
            .split('.')
            .find_map(|label| label.strip_prefix('n')?.parse().ok());
        let data = match kind {
            MX => vec![mx(10, "mail.firma.test"), mx(20, "backup.firma.test")],
            SRV => vec![srv(0, 1, 993, "mail.firma.test"), srv(0, 0, 0, "")],
            _ => vec![txt("v=spf1 include:spf.firma.test -all")],
        };
        let records = data.into_iter().map(|data| (owner.to_owned(), kind, data));
        Answer::Damaged(records.collect(), seed.unwrap_or(0))
    })
    .await;
    let began = Instant::now();
    let mut asking = tokio::task::JoinSet::new();
    for n in 0..ANSWERS {
        let net = net.clone();
        asking.spawn(async move {
            let domain = format!("n{n}.test");
            let (services, exchangers, texts) = tokio::join!(
                net.services("_imaps._tcp", &domain),
                net.mail_exchangers(&domain),
                net.texts(&domain)
            );
            let hosts = services.into_iter().flatten().map(|record| record.host);
            let more = exchangers.into_iter().flatten().map(|mx| mx.host);
            let hosts: Vec<String> = hosts.chain(more).collect();
            assert!(hosts.len() <= 128 && hosts.iter().all(|host| host.len() <= 1_024));
            assert!(
                texts
                    .unwrap_or_default()
                    .iter()
                    .all(|text| text.len() <= 3 * 4_096)
            );
        });
    }
    while let Some(ended) = asking.join_next().await {
        ended.unwrap();
    }
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
}
