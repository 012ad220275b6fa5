use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use mailwright_domain::Purpose;
use serde_json::json;
use url::form_urlencoded;

use super::*;
use crate::fixture::{
    CLIENT, Script, client_certificate, custom_at, json as answer, microsoft_at, net,
};
use crate::proof::ClientKey;

fn form(asked: &str) -> BTreeMap<String, String> {
    let body = asked.split_once("\r\n\r\n").unwrap().1;
    form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

fn entra(number: u32, error: &str) -> String {
    let body = json!({ "error": error, "error_codes": [number],
                       "error_description": format!("AADSTS{number}: secret-canary") });
    answer(401, &body)
}

fn microsoft(script: &Script) -> Profile {
    Profile::new(&microsoft_at(&script.url), Purpose::BOTH).unwrap()
}

#[tokio::test]
async fn a_secret_is_tried_for_a_token_of_the_app_itself_and_never_repeated() {
    let token = answer(200, &json!({ "access_token": "t", "token_type": "Bearer" }));
    let script = Script::new([token, entra(7_000_215, "invalid_client")]).await;
    let profile = microsoft(&script);
    let secret = ClientProof::Secret(Secret::new("secret-canary"));
    let scope = "https://graph.microsoft.com/.default";
    try_proof(&net(), &profile, &secret, scope).await.unwrap();
    let refused = try_proof(&net(), &profile, &secret, scope)
        .await
        .unwrap_err();
    assert_eq!(refused.evidence().error_codes, [7_000_215]);
    assert!(!format!("{refused:?} {refused}").contains("secret-canary"));
    let form = form(&script.asked()[0]);
    assert_eq!(form["grant_type"], "client_credentials");
    assert_eq!(form["client_id"], CLIENT);
    assert_eq!(form["client_secret"], "secret-canary");
    assert_eq!(form["scope"], scope);
}

#[tokio::test]
async fn somebody_made_up_is_asked_for_in_the_same_form() {
    let refused = || answer(400, &json!({ "error": "invalid_grant" }));
    let script = Script::new([refused(), refused(), refused()]).await;
    let profile = Profile::new(&custom_at(&script.url), Purpose::BOTH).unwrap();
    let secret = ClientProof::Secret(Secret::new("secret-canary"));
    for asker in [
        Asker::Own(Some(&secret)),
        Asker::Wrong(&secret),
        Asker::Nobody,
    ] {
        let error = try_client(&net(), &profile, asker).await.unwrap();
        assert!(matches!(error, OauthError::Rejected(_)), "{error:?}");
    }
    let [own, wrong, nobody] = &script.asked()[..] else {
        panic!("three questions");
    };
    assert_eq!(form(own)["client_secret"], "secret-canary");
    assert_eq!(form(wrong)["client_id"], CLIENT);
    assert_ne!(form(wrong)["client_secret"], "secret-canary");
    assert_ne!(form(nobody)["client_id"], CLIENT);
    assert!(!form(nobody).contains_key("client_secret"));
    assert!(like("1-x.apps.googleusercontent.com").ends_with(".apps.googleusercontent.com"));
}

#[tokio::test]
async fn a_certificate_is_tried_like_a_secret() {
    let token = answer(200, &json!({ "access_token": "t", "token_type": "Bearer" }));
    let refused = || answer(400, &json!({ "error": "invalid_grant" }));
    let script = Script::new([token, refused(), refused()]).await;
    let profile = microsoft(&script);
    let (certificate, key) = client_certificate();
    let proof = ClientProof::Certificate(ClientKey::new(key, &certificate));
    let scope = "https://graph.microsoft.com/.default";
    try_proof(&net(), &profile, &proof, scope).await.unwrap();
    for asker in [Asker::Own(Some(&proof)), Asker::Wrong(&proof)] {
        assert!(try_client(&net(), &profile, asker).await.is_some());
    }
    let signed = |asked: &String| {
        use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
        let form = form(asked);
        assert_eq!(form["client_id"], CLIENT);
        assert!(!form.contains_key("client_secret"));
        let (said, signature) = form["client_assertion"].rsplit_once('.').unwrap();
        let der = STANDARD.decode(&certificate.der).unwrap();
        let (_, parsed) = x509_parser::parse_x509_certificate(&der).unwrap();
        let public = parsed.public_key().subject_public_key.data.to_vec();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, public)
            .verify(said.as_bytes(), &signature)
            .is_ok()
    };
    let signed: Vec<bool> = script.asked().iter().map(signed).collect();
    assert_eq!(signed, [true, true, false]);
}

#[tokio::test]
async fn one_poll_tells_a_public_client_from_a_confidential_one() {
    let code = || {
        answer(
            200,
            &json!({ "device_code": "device-canary", "user_code": "ABC", "expires_in": 900 }),
        )
    };
    let pending = answer(400, &json!({ "error": "authorization_pending" }));
    let script = Script::new([
        code(),
        pending,
        code(),
        entra(7_000_218, "invalid_client"),
        entra(700_016, "unauthorized_client"),
    ])
    .await;
    let profile = microsoft(&script);
    let polled = try_device(&net(), &profile).await;
    assert!(matches!(polled, Some(DevicePoll::Pending)), "{polled:?}");
    for number in [7_000_218, 700_016] {
        let Some(DevicePoll::Refused(error)) = try_device(&net(), &profile).await else {
            panic!("{number}");
        };
        assert_eq!(error.evidence().error_codes, [number]);
    }
    let asked = script.asked();
    assert_eq!(form(&asked[1])["device_code"], "device-canary");
    assert!(!form(&asked[1]).contains_key("client_secret"));
    let mut without = profile;
    without.device = None;
    assert!(try_device(&net(), &without).await.is_none());
}
