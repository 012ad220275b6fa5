use std::collections::BTreeMap;

use mailwright_domain::{Purpose, Registration};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::*;
use crate::fixture::{
    CLIENT, Script, TENANT, custom_at, jwt, microsoft_at, net, reply, url, words,
};
use crate::request::SignInOptions;
use crate::revoke::{Revoked, revoke};
use crate::scopes::check_grant;

const IMAP: &str = "https://outlook.office.com/IMAP.AccessAsUser.All";
const SMTP: &str = "https://outlook.office.com/SMTP.Send";

fn profile(registration: &Registration) -> Profile {
    Profile::new(registration, Purpose::BOTH).unwrap()
}

fn sign_in(profile: &Profile) -> SignInRequest {
    SignInRequest::new(profile, "http://localhost:5000", &SignInOptions::default()).unwrap()
}

/// The form of a recorded request.
fn form(asked: &str) -> BTreeMap<String, String> {
    let body = asked.split_once("\r\n\r\n").unwrap().1;
    form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

fn answer(body: &Value) -> String {
    crate::fixture::json(200, body)
}

#[tokio::test]
async fn a_code_becomes_tokens_and_an_identity() {
    // The issuer has the server's address and the nonce is known only after the request was made: two steps.
    let probe = Script::new([]).await;
    let asking = sign_in(&profile(&microsoft_at(&probe.url)));
    let identity = |server: &str| {
        jwt(
            &json!({ "iss": format!("{server}{TENANT}/v2.0"), "sub": "person", "aud": CLIENT, "tid": TENANT,
                     "exp": Timestamp::now().as_second() + 3600, "nonce": asking.nonce().unwrap().expose(),
                     "preferred_username": "anna@firma.nl" }),
        )
    };
    let body = json!({ "token_type": "Bearer", "scope": format!("{IMAP} {SMTP}"), "expires_in": 3599,
                       "access_token": "access-canary", "refresh_token": "refresh-canary",
                       "id_token": identity(probe.url.as_str()) });
    let script = Script::new([answer(&body)]).await;
    let mut profile = profile(&microsoft_at(&probe.url));
    profile.token.set_port(script.url.port()).unwrap();
    let (secret, code) = (Secret::new("secret-canary"), Secret::new("code-canary"));
    let tokens = redeem(
        &net(),
        &profile,
        Some(&ClientProof::Secret(secret.clone())),
        &code,
        &asking,
        &profile.token_scopes(),
    )
    .await
    .unwrap();

    assert_eq!(
        (tokens.access_token.expose(), tokens.expires_in.as_secs()),
        ("access-canary", 3599)
    );
    assert_eq!(
        tokens.refresh_token.as_ref().map(Secret::expose),
        Some("refresh-canary")
    );
    assert_eq!(
        tokens.identity.as_ref().map(|who| who.name.as_str()),
        Some("anna@firma.nl")
    );
    assert_eq!(check_grant(&profile, &tokens), None);
    assert!(!format!("{tokens:?}").contains("canary"), "{tokens:?}");

    let asked = script.asked();
    assert!(
        asked[0].starts_with(&format!("POST /{TENANT}/oauth2/v2.0/token HTTP/1.1\r\n")),
        "{}",
        asked[0]
    );
    assert!(
        !asked[0].to_lowercase().contains("\r\norigin:"),
        "Entra would take it for a web page's"
    );
    let sent = form(&asked[0]);
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("code", "code-canary"),
        ("client_id", CLIENT),
        ("client_secret", "secret-canary"),
        ("redirect_uri", "http://localhost:5000"),
        ("code_verifier", asking.verifier().expose()),
        (
            "scope",
            &format!("openid profile email offline_access {IMAP} {SMTP}"),
        ),
    ] {
        assert_eq!(sent.get(name).map(String::as_str), Some(value), "{name}");
    }
}

#[tokio::test]
async fn an_identity_of_another_sign_in_is_refused() {
    for (name, value) in [
        ("nonce", "other"),
        ("aud", "other"),
        ("iss", "https://evil.example/"),
    ] {
        let probe = Script::new([]).await;
        let mut profile = profile(&custom_at(&probe.url));
        let asking = sign_in(&profile);
        let mut claims = json!({ "iss": probe.url.as_str(), "sub": "person", "aud": CLIENT,
                                 "exp": Timestamp::now().as_second() + 60, "nonce": asking.nonce().unwrap().expose() });
        claims[name] = json!(value);
        let body = json!({ "access_token": "a", "token_type": "bearer", "id_token": jwt(&claims) });
        let script = Script::new([answer(&body), answer(&body)]).await;
        profile.token = script.url.clone();
        let code = Secret::new("code");
        let error = redeem(&net(), &profile, None, &code, &asking, &[])
            .await
            .unwrap_err();
        assert!(matches!(error, OauthError::Identity(_)), "{name}: {error}");
        let renewed = refresh(&net(), &profile, None, &Secret::new("refresh"), &[])
            .await
            .unwrap();
        assert_eq!(
            renewed.identity.is_some(),
            name == "nonce",
            "a renewal leaves what does not fit out"
        );
    }
}

#[tokio::test]
async fn a_renewal_names_one_resource_and_keeps_what_it_is_given() {
    let body = json!({ "access_token": "a", "scope": "IMAP.AccessAsUser.All", "expires_in": "60" });
    let script = Script::new([reply(
        200,
        "Content-Type: text/plain\r\n",
        &body.to_string(),
    )])
    .await;
    let profile = profile(&microsoft_at(&script.url));
    let tokens = refresh(
        &net(),
        &profile,
        None,
        &Secret::new("old"),
        &profile.token_scopes(),
    )
    .await
    .unwrap();
    assert_eq!(
        tokens.expires_in.as_secs(),
        60,
        "written as text, under the wrong label, without a token type"
    );
    assert!(tokens.refresh_token.is_none(), "the old one stays good");
    let sent = form(&script.asked()[0]);
    assert_eq!(
        (sent["grant_type"].as_str(), sent["refresh_token"].as_str()),
        ("refresh_token", "old")
    );
    assert_eq!(
        sent["scope"],
        format!("openid profile email offline_access {IMAP} {SMTP}")
    );
    assert!(!sent.contains_key("client_secret"));
    let missing = check_grant(&profile, &tokens).unwrap();
    assert_eq!(
        (missing.fault, missing.detail.as_deref()),
        (Some(Fault::ScopeMissing), Some(SMTP))
    );
}

#[tokio::test]
async fn an_absent_scope_means_as_asked_and_lasting_shows_in_the_refresh_token() {
    let script = Script::new([answer(&json!({ "access_token": "a" }))]).await;
    let mut registration = custom_at(&script.url);
    registration.scopes = words("mail offline_access");
    let profile = profile(&registration);
    let asking = sign_in(&profile);
    let tokens = redeem(
        &net(),
        &profile,
        None,
        &Secret::new("code"),
        &asking,
        &profile.token_scopes(),
    )
    .await
    .unwrap();
    assert_eq!(tokens.scopes, words("mail offline_access"));
    assert_eq!(tokens.expires_in, ASSUMED_LIFETIME);
    assert_eq!(
        check_grant(&profile, &tokens).unwrap().fault,
        Some(Fault::NoRefreshToken)
    );
    assert!(
        !form(&script.asked()[0]).contains_key("scope"),
        "RFC 6749 section 4.1.3 has none"
    );
}

#[tokio::test]
async fn failures_are_split_by_what_they_say_about_the_grant() {
    let dead = json!({ "error": "invalid_grant", "error_description": "AADSTS700082: expired", "error_codes": [700_082] });
    let script = Script::new([
        crate::fixture::json(400, &dead),
        reply(
            503,
            "Content-Type: text/html\r\nRetry-After: 9\r\n",
            "<html>refresh-canary</html>",
        ),
        reply(429, "Retry-After: 120\r\n", ""),
        reply(200, "", ""),
        reply(200, "", &"x".repeat(300 * 1024)),
        reply(302, "Location: https://elsewhere.example/\r\n", ""),
    ])
    .await;
    let (net, profile) = (net(), profile(&microsoft_at(&script.url)));
    let token = Secret::new("refresh-canary");
    let mut seen = Vec::new();
    for _ in 0..6 {
        let error = refresh(&net, &profile, None, &token, &[])
            .await
            .unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
        assert_eq!(error.evidence().host.as_deref(), Some("127.0.0.1"));
        seen.push((
            error.is_definitive(),
            error.is_transient(),
            error.retry_after().map(|wait| wait.as_secs()),
        ));
    }
    assert_eq!(
        seen,
        [
            (true, false, None),
            (false, true, Some(9)),
            (false, true, Some(120)),
            (false, false, None),
            (false, false, None),
            (false, false, None),
        ]
    );
    let nobody = refresh(&net, &profile, None, &token, &[])
        .await
        .unwrap_err();
    assert!(
        nobody.is_transient() && nobody.evidence().fault.is_some(),
        "{nobody}"
    );
}

#[tokio::test]
async fn a_grant_is_ended_where_the_provider_can() {
    let script = Script::new([
        reply(200, "", ""),
        crate::fixture::json(400, &json!({ "error": "invalid_token" })),
        crate::fixture::json(401, &json!({ "error": "invalid_client" })),
        reply(503, "", ""),
    ])
    .await;
    let (net, profile) = (net(), profile(&custom_at(&script.url)));
    let token = Secret::new("refresh-canary");
    for _ in 0..2 {
        assert_eq!(
            revoke(&net, &profile, None, &token).await.unwrap(),
            Revoked::Yes
        );
    }
    let proof = ClientProof::Secret(Secret::new("secret"));
    let refused = revoke(&net, &profile, Some(&proof), &token)
        .await
        .unwrap_err();
    assert!(matches!(refused, OauthError::Refused(_)), "{refused}");
    assert!(
        revoke(&net, &profile, None, &token)
            .await
            .unwrap_err()
            .is_transient()
    );
    let asked = script.asked();
    assert!(asked[0].starts_with("POST /revoke HTTP/1.1\r\n"));
    assert_eq!(form(&asked[0])["token"], "refresh-canary");
    assert_eq!(form(&asked[2])["client_secret"], "secret");
    let microsoft = profile_without_revocation();
    assert_eq!(
        revoke(&net, &microsoft, None, &token).await.unwrap(),
        Revoked::NotOffered
    );
}

fn profile_without_revocation() -> Profile {
    profile(&microsoft_at(&url("https://login.example/")))
}
