use mailwright_domain::{Protocol, Provider};

use super::*;

fn named(source: FoundIn, imap: &str, smtp: &str) -> Option<Finding> {
    let server = |protocol, text| {
        let endpoint = Endpoint::parse(protocol, text).unwrap();
        FoundServer::from(Endpoint { source, ..endpoint })
    };
    let servers = vec![server(Protocol::Imap, imap), server(Protocol::Smtp, smtp)];
    Finding::named(source, "firma.nl", Confidence::Likely, servers)
}

#[test]
fn the_better_source_wins_and_what_says_the_same_is_said_once() {
    let mx = Finding::provider(Kind::Google, FoundIn::Mx, "aspmx", Confidence::Certain);
    let spf = Finding::provider(Kind::Google, FoundIn::Spf, "firma.nl", Confidence::Possible);
    let srv = named(FoundIn::Srv, "mail.firma.nl", "mail.firma.nl").unwrap();
    let document = named(FoundIn::Autoconfig, "mail.firma.nl", "mail.firma.nl").unwrap();
    let all = vec![spf, srv.clone(), document.clone(), mx.clone()];
    let found = Detection::of(all).unwrap();
    assert_eq!(found.best, mx);
    assert_eq!(found.others, [document]);
    assert_eq!(
        found.at(Provider::Custom).unwrap().source,
        FoundIn::Autoconfig
    );
    assert_eq!(found.at(Provider::Microsoft), None);
    assert_eq!(Detection::of(vec![]), None);
    // Of the same source and as sure: in the order given.
    let hosts = ["a.firma.nl", "b.firma.nl"].map(|h| named(FoundIn::Database, h, h).unwrap());
    let both = Detection::of(hosts.to_vec()).unwrap();
    assert_eq!([both.best, both.others[0].clone()], hosts);
}

#[test]
fn servers_of_a_known_provider_are_that_provider_and_its_own_list_counts() {
    let found = named(FoundIn::Srv, "outlook.office365.com", "smtp.office365.com").unwrap();
    assert_eq!(found.kind, Kind::Microsoft365);
    assert!(!found.is_only_named());
    let sources: Vec<FoundIn> = found.servers.iter().map(|s| s.endpoint.source).collect();
    assert_eq!(sources, [FoundIn::BuiltIn; 3]);
    // One of them is a stranger's: then all of it is.
    let mixed = named(FoundIn::Srv, "outlook.office365.com", "mail.evil.example").unwrap();
    assert!(mixed.is_only_named());
    assert!(
        mixed
            .servers
            .iter()
            .all(|s| s.endpoint.source == FoundIn::Srv)
    );
}

#[test]
fn every_source_has_a_place_of_its_own_among_the_discovered() {
    let discovered = FoundIn::ALL.into_iter().filter(|source| rank(*source) > 0);
    let mut ranks: Vec<u8> = discovered.map(rank).collect();
    ranks.sort_unstable();
    let count = ranks.len();
    ranks.dedup();
    assert_eq!(ranks.len(), count);
}
