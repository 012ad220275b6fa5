use mailwright_domain::SendVia;

use super::*;

fn fields(imap: Option<&str>, pop3: Option<&str>, smtp: Option<&str>) -> MailboxFields {
    MailboxFields {
        imap: imap.map(str::to_owned),
        pop3: pop3.map(str::to_owned),
        smtp: smtp.map(str::to_owned),
        ..MailboxFields::default()
    }
}

fn typed(imap: Option<&str>, pop3: Option<&str>, smtp: Option<&str>) -> Vec<Endpoint> {
    typed_endpoints(&fields(imap, pop3, smtp)).unwrap()
}

fn shown(endpoints: &[Endpoint]) -> Vec<String> {
    let line = |e: &Endpoint| format!("{} {e}", e.protocol);
    endpoints.iter().map(line).collect()
}

#[test]
fn one_server_for_reading_suffices() {
    let purpose = Purpose::BOTH;
    for (imap, pop3, smtp, lacking) in [
        (None, None, None, true),
        (Some("a.nl"), None, Some("a.nl"), false),
        (None, Some("a.nl"), Some("a.nl"), false),
        (Some("a.nl"), Some("a.nl"), None, true),
        (Some(""), None, Some("a.nl"), true),
    ] {
        let endpoints = typed(imap, pop3, smtp);
        assert_eq!(is_lacking(&endpoints, purpose), lacking, "{endpoints:?}");
    }
    let reads = Purpose {
        send: false,
        ..Purpose::BOTH
    };
    assert!(!is_lacking(&typed(None, Some("a.nl"), None), reads));
    let by_graph = Purpose {
        via: SendVia::Graph,
        ..Purpose::BOTH
    };
    assert!(!is_lacking(&typed(Some("a.nl"), None, None), by_graph));
}

#[test]
fn what_is_missing_comes_from_what_was_found_and_imap_goes_first() {
    let found = known_servers(
        mailwright_discovery::Kind::Google,
        Cloud::Global,
        FoundIn::BuiltIn,
    );
    let mut none = Vec::new();
    add_needed(&mut none, Purpose::BOTH, &found);
    assert_eq!(
        shown(&none),
        ["imap imap.gmail.com:993:tls", "smtp smtp.gmail.com:465:tls"]
    );
    let mut pop3 = typed(None, Some("pop.gmail.com"), None);
    add_needed(&mut pop3, Purpose::BOTH, &found);
    assert_eq!(
        shown(&pop3),
        ["pop3 pop.gmail.com:995:auto", "smtp smtp.gmail.com:465:tls"]
    );
    let only_pop3: Vec<Endpoint> = found
        .into_iter()
        .filter(|e| e.protocol != Protocol::Imap)
        .collect();
    let mut none = Vec::new();
    let reads = Purpose {
        send: false,
        ..Purpose::BOTH
    };
    add_needed(&mut none, reads, &only_pop3);
    assert_eq!(shown(&none), ["pop3 pop.gmail.com:995:tls"]);
}

#[test]
fn a_server_is_replaced_added_or_taken_away() {
    let mut servers = typed(Some("a.nl"), None, Some("a.nl"));
    let more = fields(None, Some("a.nl:1995:tls"), Some("b.nl"));
    change_endpoints(&mut servers, &more).unwrap();
    assert_eq!(
        shown(&servers),
        [
            "imap a.nl:993:auto",
            "pop3 a.nl:1995:tls",
            "smtp b.nl:587:auto"
        ]
    );
    change_endpoints(&mut servers, &fields(Some(" "), None, None)).unwrap();
    assert_eq!(
        shown(&servers),
        ["pop3 a.nl:1995:tls", "smtp b.nl:587:auto"]
    );
    let failure = change_endpoints(&mut servers, &fields(None, Some("a.nl:0"), None)).unwrap_err();
    assert_eq!(failure.code, Code::Usage);
    assert!(failure.message.contains("POP3 server"), "{failure}");
    assert_eq!(failure.hint, Some(Hint::Server(Protocol::Pop3)));
}

#[test]
fn a_provider_is_known_by_all_its_servers() {
    assert_eq!(
        provider_of(&typed(None, Some("pop.gmail.com"), Some("smtp.gmail.com"))),
        Provider::Google
    );
    assert_eq!(
        provider_of(&typed(Some("mail.firma.nl"), None, Some("smtp.gmail.com"))),
        Provider::Custom
    );
}
