use std::collections::BTreeMap;

use mailwright_domain::{Fault, Purpose};

use super::*;
use crate::fixture::{CLIENT, custom_at, registration, url};

fn profile(provider: Provider) -> Profile {
    let registration = match provider {
        Provider::Custom => custom_at(&url("https://id.example/")),
        other => registration(other),
    };
    Profile::new(&registration, Purpose::BOTH).unwrap()
}

fn request(provider: Provider, account: Account) -> SignInRequest {
    let options = SignInOptions {
        account,
        ..SignInOptions::default()
    };
    SignInRequest::new(&profile(provider), "http://localhost:5000", &options).unwrap()
}

fn parameters(request: &SignInRequest) -> BTreeMap<String, String> {
    let pairs = request.authorize_url().query_pairs();
    let all: Vec<(String, String)> = pairs
        .map(|(n, v)| (n.into_owned(), v.into_owned()))
        .collect();
    let count = all.len();
    let map: BTreeMap<String, String> = all.into_iter().collect();
    assert_eq!(map.len(), count, "no parameter twice");
    map
}

#[test]
fn a_request_has_what_the_standards_want() {
    let request = request(
        Provider::Microsoft,
        Account::Expected("anna@firma.nl".into()),
    );
    let sent = parameters(&request);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", "http://localhost:5000"),
        ("code_challenge_method", "S256"),
        ("login_hint", "anna@firma.nl"),
        ("state", request.state().expose()),
    ] {
        assert_eq!(sent.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!(
        sent.get("nonce").map(String::as_str),
        request.nonce().map(Secret::expose)
    );
    assert!(
        !sent.contains_key("prompt"),
        "a hint stands alone at Microsoft"
    );
    assert!(sent["scope"].contains("offline_access"));
    assert!(request.state().len() >= 40 && request.verifier().len() >= 43);
}

#[test]
fn every_request_is_new() {
    let (one, two) = (
        request(Provider::Google, Account::Any),
        request(Provider::Google, Account::Any),
    );
    assert_ne!(one.state().expose(), two.state().expose());
    assert_ne!(one.verifier().expose(), two.verifier().expose());
    assert_ne!(
        one.nonce().map(Secret::expose),
        two.nonce().map(Secret::expose)
    );
}

#[test]
fn prompts_differ_by_provider() {
    let hint = || Account::Expected("anna@firma.nl".into());
    for (provider, account, prompt, has_hint) in [
        (Provider::Microsoft, Account::Any, None, false),
        (
            Provider::Microsoft,
            Account::Choose,
            Some("select_account"),
            false,
        ),
        (Provider::Google, hint(), Some("consent"), true),
        (
            Provider::Google,
            Account::Choose,
            Some("select_account consent"),
            false,
        ),
        (Provider::Custom, hint(), Some("consent"), true),
    ] {
        let sent = parameters(&request(provider, account));
        assert_eq!(
            sent.get("prompt").map(String::as_str),
            prompt,
            "{provider:?}"
        );
        assert_eq!(sent.contains_key("login_hint"), has_hint, "{provider:?}");
        assert_eq!(
            sent.contains_key("access_type"),
            provider == Provider::Google
        );
    }
}

#[test]
fn a_policys_demand_goes_back_to_it() {
    let options = SignInOptions {
        claims: Some(r#"{"access_token":{}}"#.into()),
        ask_consent: true,
        ..SignInOptions::default()
    };
    let request = SignInRequest::new(
        &profile(Provider::Microsoft),
        "http://localhost:5000",
        &options,
    )
    .unwrap();
    let sent = parameters(&request);
    assert_eq!(sent["claims"], r#"{"access_token":{}}"#);
    assert_eq!(sent["prompt"], "consent");
}

#[test]
fn a_pasted_address_completes_its_own_sign_in() {
    let request = request(Provider::Microsoft, Account::Any);
    let state = request.state().expose();
    for pasted in [
        format!(" http://localhost:5000/?code=abc&state={state}&session_state=x \n"),
        format!("http://localhost:5000/?code=a\r\n  bc&state={state}"),
        format!("localhost:5000/?code=abc&state={state}"),
        format!("localhost/iche_demo/Handler?state={state}&code=abc#"),
        format!("“http://127.0.0.1:5000/?code=abc&state={state}”"),
        format!("<http://[::1]:5000/?code=abc&state={state}>"),
    ] {
        let code = request.code_from_address(&pasted);
        assert_eq!(code.unwrap().expose(), "abc", "{pasted}");
    }
}

#[test]
fn what_is_pasted_by_mistake_is_told_apart() {
    let request = request(Provider::Microsoft, Account::Any);
    let state = request.state().expose();
    let page = request.authorize_url().as_str();
    for (pasted, fault) in [
        ("", Fault::PastedNoAddress),
        ("AADSTS50011: no", Fault::PastedNoAddress),
        ("javascript:alert(1)?code=abc", Fault::PastedNoAddress),
        (
            "Sorry, but we’re having trouble signing you in.",
            Fault::PastedNoAddress,
        ),
        ("what is this?", Fault::PastedNoAddress),
        ("abc", Fault::PastedNoAddress),
        ("http://localhost:5000/", Fault::PastedNoCode),
        (page, Fault::PastedNoCode),
        ("http://localhost:5000/?code=&state=", Fault::PastedNoCode),
        (
            "http://localhost:5000/?code=abc&state=other",
            Fault::PastedOtherSignIn,
        ),
        ("http://localhost:5000/?code=abc", Fault::PastedOtherSignIn),
        (
            "http://localhost:5000/?error=access_denied",
            Fault::PastedOtherSignIn,
        ),
        (
            &format!("http://localhost:5000/?code=abc&code=def&state={state}"),
            Fault::PastedOtherSignIn,
        ),
    ] {
        let error = request.code_from_address(pasted).unwrap_err();
        assert!(matches!(error, OauthError::Pasted(_)), "{pasted}");
        assert_eq!(error.evidence().fault, Some(fault), "{pasted}");
        assert!(!format!("{error:?}").contains("abc"), "{pasted}");
    }
    let denied = format!("http://localhost:5000/?error=access_denied&state={state}");
    let error = request.code_from_address(&denied).unwrap_err();
    assert!(matches!(error, OauthError::Denied(_)));
    assert_eq!(error.evidence().fault, Some(Fault::Cancelled));
}

#[test]
fn debug_shows_none_of_the_secrets() {
    let request = request(Provider::Microsoft, Account::Any);
    let shown = format!("{request:?}");
    for secret in [
        request.state(),
        request.verifier(),
        request.nonce().unwrap(),
    ] {
        assert!(!shown.contains(secret.expose()), "{shown}");
    }
}
