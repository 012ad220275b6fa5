//! The authorization server behaves as Entra and as a plain OpenID issuer do.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // helpers of tests may, as tests do

mod support;

use mailwright_lab::{
    Browser, CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET, Lab, Options, PUBLIC_CLIENT, Tenant, get,
    post_form,
};
use serde_json::{Value, json};
use support::{Callback, authorize_url, claims, query, redeem, refresh, sign_in, token};
use url::Url;

fn lab() -> Lab {
    Lab::start(Options::new().authorization_server()).unwrap()
}

#[test]
fn metadata_names_the_issuer_that_tokens_have() {
    let lab = lab();
    let server = lab.authorization().unwrap();
    for tenant in [
        Tenant::Contoso,
        Tenant::Strict,
        Tenant::Short,
        Tenant::Guarded,
        Tenant::Op,
    ] {
        let found = get(&server.metadata_url(tenant)).unwrap().json().unwrap();
        assert_eq!(found["issuer"], server.issuer(tenant));
        assert_eq!(found["token_endpoint"], server.token_url(tenant));
        assert_eq!(
            found["authorization_endpoint"],
            server.authorize_url(tenant)
        );
    }
    let common = format!(
        "{}/common/v2.0/.well-known/openid-configuration",
        server.base()
    );
    let common = get(&common).unwrap().json().unwrap();
    assert!(
        common["issuer"]
            .as_str()
            .unwrap()
            .ends_with("/{tenantid}/v2.0")
    );
    let nobody = format!(
        "{}/nobody/v2.0/.well-known/openid-configuration",
        server.base()
    );
    let nobody = get(&nobody).unwrap().json().unwrap();
    assert_eq!(nobody["error_codes"], json!([90002]));
}

#[tokio::test]
async fn a_person_signs_in_and_the_tokens_say_who() {
    let lab = lab();
    let browser = lab.browser().await.unwrap();
    let tokens = sign_in(&lab, &browser, Tenant::Contoso, "zoe").await;
    let id = claims(&tokens["id_token"]);
    assert_eq!(
        id["iss"],
        lab.authorization().unwrap().issuer(Tenant::Contoso)
    );
    assert_eq!(id["aud"], PUBLIC_CLIENT);
    assert_eq!(id["nonce"], "a nonce");
    assert_eq!(id["tid"], Tenant::Contoso.id());
    assert_eq!(id["preferred_username"], "zoë@lab.test");
    assert_eq!(id["email"], "zoë@lab.test");
    assert!(id["oid"].is_string() && id["sub"].is_string() && id["exp"].is_number());
    let access = claims(&tokens["access_token"]);
    assert_eq!(access["aud"], "https://outlook.office.com");
    assert_eq!(access["upn"], "zoë@lab.test");
    assert_eq!(access["appid"], PUBLIC_CLIENT);
    assert_eq!(
        access["scp"],
        "IMAP.AccessAsUser.All POP.AccessAsUser.All SMTP.Send"
    );
    assert!(tokens["ext_expires_in"].is_number());

    // The second time nobody is asked: the session is there and consent was given.
    let callback = Callback::listen();
    let url = authorize_url(&lab, Tenant::Contoso, &callback.redirect, &[]);
    browser.open(&url).await.unwrap();
    let redirect = callback.redirect.clone();
    let answer = callback.result();
    assert!(!query(&answer, "session_state").is_empty());
    let code = query(&answer, "code");
    assert!(redeem(&lab, Tenant::Contoso, &code, &redirect)["access_token"].is_string());
    let again = redeem(&lab, Tenant::Contoso, &code, &redirect);
    assert_eq!(again["error_codes"], json!([54005]));
    browser.close().await.unwrap();
}

#[tokio::test]
async fn refresh_tokens_follow_the_tenants_rules() {
    let lab = lab();
    let server = lab.authorization().unwrap();
    let browser = lab.browser().await.unwrap();

    let first = sign_in(&lab, &browser, Tenant::Contoso, "alice").await;
    let first = first["refresh_token"].as_str().unwrap();
    let second = refresh(&lab, Tenant::Contoso, first);
    assert!(second["access_token"].is_string(), "{second}");
    assert!(refresh(&lab, Tenant::Contoso, first)["access_token"].is_string());
    let stranger = "https://graph.microsoft.com/User.Read";
    let other = token(
        &lab,
        Tenant::Contoso,
        &[
            ("grant_type", "refresh_token"),
            ("client_id", PUBLIC_CLIENT),
            ("refresh_token", first),
            ("scope", stranger),
        ],
    );
    assert_eq!(other["error_codes"], json!([65001]), "{other}");
    assert!(server.revoke("alice@lab.test").unwrap() > 0);
    assert_eq!(
        refresh(&lab, Tenant::Contoso, first)["error_codes"],
        json!([50173])
    );

    for tenant in [Tenant::Strict, Tenant::Op] {
        let killed = server.state().unwrap()["families_killed"].as_u64().unwrap();
        let first = sign_in(&lab, &browser, tenant, "bob").await;
        let first = first["refresh_token"].as_str().unwrap();
        let second = refresh(&lab, tenant, first);
        let second = second["refresh_token"].as_str().unwrap();
        assert_eq!(refresh(&lab, tenant, first)["error"], "invalid_grant");
        assert_eq!(refresh(&lab, tenant, second)["error"], "invalid_grant");
        assert_eq!(server.state().unwrap()["families_killed"], killed + 1);
    }
    browser.close().await.unwrap();
}

#[tokio::test]
async fn refusals_come_back_with_their_numbers() {
    let lab = lab();
    let browser = lab.browser().await.unwrap();
    let alice = lab.user("alice").unwrap();

    let callback = Callback::listen();
    let hint = [("login_hint", alice.address)];
    let url = authorize_url(&lab, Tenant::Contoso, &callback.redirect, &hint);
    browser.open(&url).await.unwrap();
    browser
        .sign_in(alice.address, "not her password")
        .await
        .unwrap();
    browser
        .wait_for_text("Your account or password is incorrect")
        .await
        .unwrap();
    browser
        .sign_in(alice.address, &alice.password)
        .await
        .unwrap();
    browser
        .wait_for_title("Permissions requested")
        .await
        .unwrap();
    browser.cancel().await.unwrap();
    let answer = callback.result();
    assert_eq!(query(&answer, "error"), "access_denied");
    assert_eq!(query(&answer, "error_subcode"), "cancel");
    assert!(query(&answer, "error_description").contains("AADSTS65004"));
    browser.close().await.unwrap();

    let browser = lab.browser().await.unwrap();
    let callback = Callback::listen();
    let url = authorize_url(&lab, Tenant::Contoso, &callback.redirect, &[]);
    browser.open(&url).await.unwrap();
    let admin = lab.user("admin-approval").unwrap();
    browser
        .sign_in(admin.address, &admin.password)
        .await
        .unwrap();
    browser.wait_for_text("Need admin approval").await.unwrap();
    browser.cancel().await.unwrap();
    let answer = callback.result();
    assert!(query(&answer, "error_description").contains("AADSTS90094"));

    // What cannot be sent back is shown.
    let bad = authorize_url(&lab, Tenant::Contoso, "http://localhost:9/elsewhere", &[]);
    browser.open(&bad).await.unwrap();
    browser.wait_for_text("AADSTS50011").await.unwrap();
    browser
        .open(&bad.replace(PUBLIC_CLIENT, "nobody"))
        .await
        .unwrap();
    browser.wait_for_text("AADSTS700016").await.unwrap();
    browser.close().await.unwrap();
}

/// The approval page of a tenant for the public client's mail permissions.
fn approval_url(lab: &Lab, tenant: Tenant, redirect: &str) -> String {
    let base = lab.authorization().unwrap().base();
    let mut url = Url::parse(&format!("{base}/{}/v2.0/adminconsent", tenant.name())).unwrap();
    url.query_pairs_mut()
        .append_pair("client_id", PUBLIC_CLIENT)
        .append_pair("scope", support::MAIL_SCOPES)
        .append_pair("redirect_uri", redirect)
        .append_pair("state", "a state");
    url.into()
}

/// Somebody goes through the approval page and ends with this button; what comes back to the program.
async fn approval(lab: &Lab, browser: &Browser, who: &str, button: &str) -> Url {
    let callback = Callback::listen();
    let url = approval_url(lab, Tenant::Guarded, &callback.redirect);
    browser.open(&url).await.unwrap();
    let user = lab.user(who).unwrap();
    browser.sign_in(user.address, &user.password).await.unwrap();
    browser.click(button).await.unwrap();
    callback.result()
}

#[tokio::test]
async fn only_an_administrator_approves_and_then_nobody_is_asked_any_more() {
    let lab = lab();
    let browser = lab.browser().await.unwrap();
    let denied = |answer: &Url| query(answer, "error_description");

    // An ordinary user is told no, here and at the sign-in.
    let answer = approval(&lab, &browser, "alice", "cancel").await;
    assert!(denied(&answer).contains("AADSTS90093"), "{answer}");
    let callback = Callback::listen();
    let sign_in_page = authorize_url(&lab, Tenant::Guarded, &callback.redirect, &[]);
    browser.open(&sign_in_page).await.unwrap();
    let alice = lab.user("alice").unwrap();
    browser
        .sign_in(alice.address, &alice.password)
        .await
        .unwrap();
    browser.wait_for_title("Need admin approval").await.unwrap();
    browser.cancel().await.unwrap();
    assert!(denied(&callback.result()).contains("AADSTS90094"));

    let answer = approval(&lab, &browser, "administrator", "cancel").await;
    assert!(denied(&answer).contains("AADSTS65004"), "{answer}");
    let answer = approval(&lab, &browser, "administrator", "accept").await;
    assert_eq!(query(&answer, "admin_consent"), "True");
    assert_eq!(query(&answer, "tenant"), Tenant::Guarded.id());
    assert_eq!(query(&answer, "state"), "a state");

    // Alice is still signed in there, and nothing is asked.
    let callback = Callback::listen();
    let sign_in_page = authorize_url(&lab, Tenant::Guarded, &callback.redirect, &[]);
    browser.open(&sign_in_page).await.unwrap();
    assert!(!query(&callback.result(), "code").is_empty());

    lab.authorization()
        .unwrap()
        .withdraw_approval(PUBLIC_CLIENT)
        .unwrap();
    let callback = Callback::listen();
    let url = approval_url(&lab, Tenant::Guarded, &callback.redirect);
    for (strange, number) in [
        (url.replace(PUBLIC_CLIENT, "nobody"), "AADSTS700016"),
        (url.replace("SMTP.Send", "SMTP.Sent"), "AADSTS650053"),
        (url.replace("localhost", "elsewhere.test"), "AADSTS50011"),
    ] {
        browser.open(&strange).await.unwrap();
        browser.wait_for_text(number).await.unwrap();
    }
    browser.close().await.unwrap();
}

#[test]
fn each_cause_has_its_number_at_the_token_endpoint() {
    let lab = lab();
    let number = |fields: &[(&str, &str)]| -> Value {
        let answer = token(&lab, Tenant::Contoso, fields);
        assert!(answer["trace_id"].is_string() && answer["timestamp"].is_string());
        answer["error_codes"][0].clone()
    };
    let grant = ("grant_type", "refresh_token");
    let dead = ("refresh_token", "never issued");
    let confidential = ("client_id", CONFIDENTIAL_CLIENT);
    assert_eq!(number(&[grant, dead, ("client_id", "nobody")]), 700_016);
    assert_eq!(number(&[grant, dead, ("client_id", PUBLIC_CLIENT)]), 70000);
    assert_eq!(number(&[grant, dead, confidential]), 7_000_218);
    assert_eq!(
        number(&[grant, dead, confidential, ("client_secret", "wrong")]),
        7_000_215
    );
    let secret = ("client_secret", CONFIDENTIAL_SECRET);
    assert_eq!(number(&[grant, dead, confidential, secret]), 70000);
    let odd = ("grant_type", "password");
    assert_eq!(number(&[odd, ("client_id", PUBLIC_CLIENT)]), 70003);
    let app = [("grant_type", "client_credentials"), confidential, secret];
    let scope = ("scope", "https://graph.microsoft.com/.default");
    let answer = token(&lab, Tenant::Contoso, &[&app[..], &[scope]].concat());
    assert!(answer["access_token"].is_string(), "{answer}");
}

#[test]
fn planned_faults_happen_and_end() {
    let lab = lab();
    let server = lab.authorization().unwrap();
    let url = server.token_url(Tenant::Contoso);
    let ask = || {
        post_form(
            &url,
            &[("client_id", "nobody"), ("grant_type", "refresh_token")],
        )
    };
    server.fail(&json!({ "kind": "503", "count": 2 })).unwrap();
    assert_eq!(ask().unwrap().status, 503);
    assert_eq!(ask().unwrap().status, 503);
    server.fail(&json!({ "kind": "html" })).unwrap();
    assert!(ask().unwrap().body.contains("<title>"));
    server.fail(&json!({ "kind": "429" })).unwrap();
    assert!(
        ask()
            .unwrap()
            .headers
            .to_lowercase()
            .contains("retry-after")
    );
    server
        .fail(&json!({ "aadsts": { "number": 53003 } }))
        .unwrap();
    assert_eq!(
        ask().unwrap().json().unwrap()["error_codes"],
        json!([53003])
    );
    server.fail(&json!({ "kind": "drop" })).unwrap();
    assert!(ask().is_err());
    assert_eq!(
        ask().unwrap().json().unwrap()["error_codes"],
        json!([700_016])
    );
    assert_eq!(server.state().unwrap()["token"], 7);
}

#[tokio::test]
async fn a_device_code_is_entered_on_another_page() {
    let lab = lab();
    let server = lab.authorization().unwrap();
    let browser = lab.browser().await.unwrap();
    let url = server.device_url(Tenant::Contoso);
    let fields = [
        ("client_id", PUBLIC_CLIENT),
        ("scope", support::MAIL_SCOPES),
    ];
    let device = post_form(&url, &fields).unwrap().json().unwrap();
    let poll = || {
        token(
            &lab,
            Tenant::Contoso,
            &[
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("client_id", PUBLIC_CLIENT),
                ("device_code", device["device_code"].as_str().unwrap()),
            ],
        )
    };
    assert_eq!(poll()["error"], "authorization_pending");
    let page = device["verification_uri"].as_str().unwrap();
    assert!(device["message"].as_str().unwrap().contains(page));
    let code = device["user_code"].as_str().unwrap();
    let bob = lab.user("bob").unwrap();
    browser
        .use_device_code(page, code, bob.address, &bob.password)
        .await
        .unwrap();
    let tokens = poll();
    assert_eq!(
        claims(&tokens["access_token"])["upn"],
        bob.address,
        "{tokens}"
    );
    assert!(tokens["refresh_token"].is_string());
    browser.close().await.unwrap();
}
