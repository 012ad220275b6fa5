use proptest::prelude::*;

use super::*;

fn record(priority: u16, weight: u16, port: u16, host: &str) -> ServiceRecord {
    ServiceRecord {
        priority,
        weight,
        port,
        host: host.to_owned(),
    }
}

fn listed(servers: &[FoundServer]) -> Vec<String> {
    let lines = servers
        .iter()
        .map(|s| format!("{} {}", s.endpoint.protocol, s.endpoint));
    lines.collect()
}

#[test]
fn priority_goes_before_tls_and_tls_before_weight() {
    let named = vec![
        (
            SERVICES[0],
            vec![record(10, 1, 993, "b.nl"), record(10, 9, 993, "a.nl")],
        ),
        (
            SERVICES[1],
            vec![record(0, 1, 143, "c.nl"), record(10, 50, 143, "d.nl")],
        ),
        (SERVICES[4], vec![record(0, 0, 465, "s.nl")]),
        (SERVICES[5], vec![record(0, 9, 587, "s.nl")]),
    ];
    assert_eq!(
        listed(&servers(named)),
        [
            "smtp s.nl:465:tls",
            "smtp s.nl:587:starttls",
            "imap c.nl:143:starttls",
            "imap a.nl:993:tls",
            "imap b.nl:993:tls",
            "imap d.nl:143:starttls",
        ]
    );
}

#[test]
fn the_root_means_not_offered_and_what_is_no_server_is_dropped() {
    let named = vec![
        (SERVICES[0], vec![record(0, 0, 0, "")]),
        (
            SERVICES[2],
            vec![record(0, 0, 995, "p.nl"), record(0, 0, 0, "p.nl")],
        ),
        (
            SERVICES[4],
            vec![record(0, 0, 465, "a b.nl"), record(0, 0, 465, "a:25.nl")],
        ),
    ];
    assert_eq!(listed(&servers(named)), ["pop3 p.nl:995:tls"]);
    assert_eq!(
        Finding::named(FoundIn::Srv, "x.nl", Confidence::Likely, servers(vec![])),
        None
    );
}

proptest! {
    #[test]
    fn whatever_the_records_say_the_list_is_short_protected_and_of_host_names(
        records in proptest::collection::vec(
            (0_usize..6, any::<u16>(), any::<u16>(), any::<u16>(), "(\\PC{0,40}|[a-z.:\\[\\]@%/]{0,30})"),
            0..40,
        )
    ) {
        let mut named: Vec<_> = SERVICES.into_iter().map(|s| (s, Vec::new())).collect();
        for (service, priority, weight, port, host) in records {
            named[service].1.push(record(priority, weight, port, &host));
        }
        let servers = servers(named);
        prop_assert!(servers.len() <= MOST);
        for FoundServer { endpoint, .. } in servers {
            prop_assert!(matches!(endpoint.security, Security::Tls | Security::Starttls));
            prop_assert!(endpoint.source == FoundIn::Srv && endpoint.port > 0);
            let again = Endpoint::parse(endpoint.protocol, &endpoint.to_string());
            prop_assert_eq!(again.map(|e| e.host), Ok(endpoint.host));
        }
    }
}
