use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::fixture::{CLIENT, TENANT, jwt};

const NOW: i64 = 1_800_000_000;

fn good() -> Value {
    json!({
        "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "sub": "person", "aud": CLIENT,
        "exp": NOW + 3600, "nonce": "n", "preferred_username": "anna@firma.nl", "tid": TENANT,
    })
}

fn check(claims: &Value, nonce: Option<&str>) -> Result<Identity, Problem> {
    let issuer = Issuer::Microsoft {
        authority: "https://login.microsoftonline.com".into(),
        tenant: "organizations".into(),
        tid_required: true,
    };
    let nonce = nonce.map(Secret::new);
    let expected = Expected {
        issuer: &issuer,
        client_id: CLIENT,
        nonce: nonce.as_ref(),
        now: Timestamp::from_second(NOW).unwrap(),
    };
    read(&jwt(claims), &expected)
}

fn changed(name: &str, value: Value) -> Result<Identity, Problem> {
    let mut claims = good();
    claims[name] = value;
    check(&claims, Some("n"))
}

#[test]
fn a_fitting_token_says_who_signed_in() {
    let identity = check(&good(), Some("n")).unwrap();
    assert_eq!(
        (identity.name.as_str(), identity.subject.as_str()),
        ("anna@firma.nl", "person")
    );
    assert_eq!(
        (identity.email, identity.tenant.as_deref()),
        (None, Some(TENANT))
    );
}

#[test]
fn what_a_person_is_called_is_for_display_only() {
    let named = changed("name", json!("  Anna\r\nde\tVries ")).unwrap();
    assert_eq!(named.display_name.as_deref(), Some("Anna de Vries"));
    assert_eq!(named.name, "anna@firma.nl", "not the sign-in name");
    assert_eq!(changed("name", json!(" ")).unwrap().display_name, None);
    let long = changed("name", json!("é".repeat(1000))).unwrap();
    assert_eq!(
        long.display_name.map(|name| name.chars().count()),
        Some(200)
    );
    let upn = changed("upn", json!("adv@firma.nl")).unwrap();
    assert_eq!(
        (upn.upn.as_deref(), upn.name.as_str()),
        (Some("adv@firma.nl"), "anna@firma.nl")
    );
}

#[test]
fn each_wrong_claim_is_refused() {
    assert!(matches!(
        changed("iss", json!("https://evil.example/v2.0")),
        Err(Problem::Issuer(_))
    ));
    assert!(matches!(
        changed("tid", json!("other")),
        Err(Problem::Issuer(_))
    ));
    assert_eq!(changed("aud", json!("another-app")), Err(Problem::Audience));
    assert_eq!(changed("azp", json!("another-app")), Err(Problem::Audience));
    assert_eq!(changed("nonce", json!("m")), Err(Problem::Nonce));
    assert_eq!(changed("nonce", Value::Null), Err(Problem::Nonce));
    assert_eq!(changed("exp", json!(NOW - 301)), Err(Problem::Expired));
    for nonsense in [json!("soon"), Value::Null] {
        assert_eq!(changed("exp", nonsense), Err(Problem::NotJwt));
    }
}

#[test]
fn what_may_vary_is_accepted() {
    assert!(changed("aud", json!([CLIENT, "another"])).is_ok());
    assert!(changed("exp", json!(NOW - 299)).is_ok(), "clocks differ");
    assert!(changed("exp", json!(1_800_000_100.5)).is_ok());
    assert!(check(&good(), None).is_ok(), "a renewal sent no nonce");
    let mut google = good();
    google["preferred_username"] = Value::Null;
    google["email"] = json!("anna@gmail.com");
    assert_eq!(check(&google, Some("n")).unwrap().name, "anna@gmail.com");
}

#[test]
fn what_is_no_token_is_none() {
    for text in [
        "",
        "a",
        "a.b",
        "a.b.c",
        "..",
        "a.e30.c.d",
        "a.!!!.c",
        "EwBwA8l6BAAUO9chh",
    ] {
        assert!(jwt::claims::<Value>(text).is_none(), "{text}");
    }
    assert!(
        jwt::claims::<Value>(&format!("a.{}.c", "e30".repeat(40_000))).is_none(),
        "too long"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,300}") {
        let _ = jwt::claims::<Claims>(&text);
    }

    #[test]
    fn any_payload_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), exp in any::<f64>()) {
        use base64::Engine as _;
        let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes);
        let _ = jwt::claims::<Claims>(&format!("e30.{payload}.x"));
        let _ = changed("exp", json!(exp));
    }
}
