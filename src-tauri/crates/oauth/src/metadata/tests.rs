use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::*;
use crate::fixture::{Script, net, reply, url, words as list};

const ISSUER: &str = "https://id.example/realms/mail";

fn document(fields: &Value) -> Value {
    let mut all = json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://id.example/auth",
        "token_endpoint": "https://id.example/token",
        "device_authorization_endpoint": "https://id.example/device",
        "revocation_endpoint": "https://id.example/revoke",
        "scopes_supported": ["openid", "mail"],
    });
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

fn answer(issuer: &str, status: u16, body: &str) -> Result<Metadata, NoMetadata> {
    let reply = HttpReply {
        status,
        headers: HeaderMap::new(),
        body: body.as_bytes().to_vec(),
    };
    read(&reply, &url(issuer), Evidence::at(Stage::OauthToken))
}

#[test]
fn the_document_is_looked_for_where_the_two_rules_have_it() {
    let at =
        |issuer: &str| -> Vec<String> { places(&url(issuer)).iter().map(Url::to_string).collect() };
    assert_eq!(
        at(ISSUER),
        [
            "https://id.example/.well-known/oauth-authorization-server/realms/mail",
            "https://id.example/realms/mail/.well-known/openid-configuration",
        ]
    );
    assert_eq!(
        at("https://id.example"),
        [
            "https://id.example/.well-known/oauth-authorization-server",
            "https://id.example/.well-known/openid-configuration",
        ]
    );
}

#[test]
fn everything_that_a_sign_in_needs_is_read() {
    let found = answer(ISSUER, 200, &document(&json!({})).to_string()).unwrap();
    assert_eq!(found.token.as_str(), "https://id.example/token");
    assert_eq!(found.device.unwrap().as_str(), "https://id.example/device");
    assert_eq!(found.revoke.unwrap().as_str(), "https://id.example/revoke");
    assert_eq!(found.scopes, list("openid mail"));
    let bare = json!({ "device_authorization_endpoint": null, "revocation_endpoint": null });
    let bare = answer(ISSUER, 200, &document(&bare).to_string()).unwrap();
    assert_eq!((bare.device, bare.revoke), (None, None));
}

#[test]
fn another_issuer_is_refused_and_named() {
    for (asked, named, same) in [
        (ISSUER, ISSUER, true),
        (ISSUER, "https://id.example/realms/mail/", false),
        (ISSUER, "https://ID.example/realms/mail", false),
        (ISSUER, "https://evil.example/realms/mail", false),
        ("https://id.example", "https://id.example", true),
        ("https://id.example", "https://id.example/", true),
        ("https://id.example/", "https://id.example", true),
    ] {
        let body = document(&json!({ "issuer": named })).to_string();
        let found = answer(asked, 200, &body);
        assert_eq!(found.is_ok(), same, "{asked} {named}");
        if let Err(error) = found {
            assert!(matches!(&error, NoMetadata::AnotherIssuer(said) if said == named));
        }
    }
}

#[test]
fn a_secret_is_never_sent_in_the_clear() {
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "device_authorization_endpoint",
        "revocation_endpoint",
    ] {
        let body = document(&json!({ name: "http://id.example/x" })).to_string();
        let found = answer(ISSUER, 200, &body);
        assert!(matches!(found, Err(NoMetadata::Unprotected(_))), "{name}");
    }
}

#[test]
fn what_is_no_description_is_told_apart_from_no_answer() {
    let lacks = document(&json!({ "token_endpoint": null })).to_string();
    for (status, body) in [
        (404, "not found"),
        (200, "<html>Network sign-in</html>"),
        (200, lacks.as_str()),
        (400, r#"{"error":"invalid_request"}"#),
    ] {
        let found = answer(ISSUER, status, body);
        assert!(matches!(found, Err(NoMetadata::NotThere(_))), "{body}");
    }
    let later = answer(ISSUER, 503, "");
    assert!(matches!(later, Err(NoMetadata::Unreachable(_))));
}

#[tokio::test]
async fn the_second_place_is_asked_when_the_first_has_nothing() {
    let body = document(&json!({})).to_string();
    let second = reply(200, "Content-Type: application/json\r\n", &body);
    let script = Script::new([reply(404, "", ""), second]).await;
    let error = discover(&net(), &script.url).await.unwrap_err();
    assert!(matches!(error, NoMetadata::AnotherIssuer(_)), "{error}");
    let asked = script.asked();
    assert!(asked[0].starts_with("GET /.well-known/oauth-authorization-server "));
    assert!(asked[1].starts_with("GET /.well-known/openid-configuration "));
    let plain = discover(&net(), &url("http://id.example/")).await;
    assert!(matches!(plain, Err(NoMetadata::Unprotected(_))));
}
