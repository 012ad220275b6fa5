use mailwright_domain::{Provider, Purpose};
use serde_json::json;

use super::*;
use crate::fixture::{TENANT, jwt, registration};

const NOW: i64 = 1_800_000_000;

fn look(provider: Provider, claims: &serde_json::Value, protocol: Protocol) -> Option<Evidence> {
    let profile = Profile::new(&registration(provider), Purpose::BOTH).unwrap();
    let claims = peek(&Secret::new(jwt(claims))).unwrap();
    preflight(
        &profile,
        &claims,
        protocol,
        Timestamp::from_second(NOW).unwrap(),
    )
}

fn outlook() -> serde_json::Value {
    json!({ "aud": "https://outlook.office.com", "scp": "IMAP.AccessAsUser.All SMTP.Send", "upn": "anna@firma.nl",
            "tid": TENANT, "exp": NOW + 3600 })
}

#[test]
fn a_good_token_passes_and_is_readable() {
    let claims = peek(&Secret::new(jwt(&outlook()))).unwrap();
    assert_eq!(claims.user.as_deref(), Some("anna@firma.nl"));
    assert_eq!(claims.scopes, ["IMAP.AccessAsUser.All", "SMTP.Send"]);
    for protocol in [Protocol::Imap, Protocol::Smtp] {
        assert_eq!(look(Provider::Microsoft, &outlook(), protocol), None);
    }
    let mut other_name = outlook();
    other_name["aud"] = json!("https://outlook.office365.com/");
    assert_eq!(look(Provider::Microsoft, &other_name, Protocol::Imap), None);
}

#[test]
fn what_the_server_would_refuse_is_named_first() {
    let mut graph = outlook();
    graph["aud"] = json!("00000003-0000-0000-c000-000000000000");
    let fault = |claims, protocol| look(Provider::Microsoft, claims, protocol).unwrap().fault;
    assert_eq!(fault(&graph, Protocol::Imap), Some(Fault::WrongAudience));
    assert_eq!(fault(&outlook(), Protocol::Pop3), Some(Fault::ScopeMissing));
    let mut old = outlook();
    old["exp"] = json!(NOW);
    let found = look(Provider::Microsoft, &old, Protocol::Smtp).unwrap();
    assert_eq!(found.fault, Some(Fault::TokenExpired));
    assert_eq!(
        (found.stage, found.protocol),
        (Stage::Token, Some(Protocol::Smtp))
    );
    assert_eq!(
        found.text,
        "the access token ended at 2027-01-15T08:00:00Z, and this computer's clock says 2027-01-15T08:00:00Z"
    );
}

#[test]
fn a_token_of_later_shows_that_the_clock_is_behind() {
    let begins = |provider, nbf: serde_json::Value| {
        let mut claims = outlook();
        claims["nbf"] = nbf;
        look(provider, &claims, Protocol::Imap)
    };
    let found = begins(Provider::Microsoft, json!(NOW + 301)).unwrap();
    assert_eq!(
        (found.stage, found.fault),
        (Stage::Token, Some(Fault::TokenExpired))
    );
    assert_eq!(
        found.text,
        "the access token is good from 2027-01-15T08:05:01Z on, and this computer's clock says 2027-01-15T08:00:00Z, so it is behind"
    );
    for fine in [NOW + 300, NOW, NOW - 3600] {
        assert_eq!(begins(Provider::Microsoft, json!(fine)), None, "{fine}");
    }
    assert_eq!(
        begins(Provider::Google, json!(NOW + 3600)),
        None,
        "nothing is known of when others' tokens begin"
    );
}

#[test]
fn what_a_token_leaves_out_is_not_judged() {
    assert_eq!(look(Provider::Microsoft, &json!({}), Protocol::Imap), None);
    let foreign = json!({ "aud": ["https://mail.example"], "scp": ["mail"] });
    assert_eq!(
        look(Provider::Google, &foreign, Protocol::Imap),
        None,
        "nothing is known of others' audiences"
    );
    assert_eq!(peek(&Secret::new("ya29.opaque-token")), None);
    assert_eq!(
        peek(&Secret::new("EwBwA8l6BAAUO9chh8cJscQLmU+LSWpbnr0vmwwT")),
        None
    );
}
