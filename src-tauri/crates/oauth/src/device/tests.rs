use std::collections::BTreeMap;

use mailwright_domain::{Provider, Purpose, Registration};
use serde_json::json;

use super::*;
use crate::fixture::{
    Script, custom_at, json as answer, jwt, microsoft_at, net, registration, reply, url,
};

const BEARER: &str = "device-canary";

fn profile(registration: &Registration) -> Profile {
    Profile::new(registration, Purpose::BOTH).unwrap()
}

/// A custom provider whose server gives these answers, and the codes that it has given.
async fn provider(answers: impl IntoIterator<Item = String>) -> (Script, Profile) {
    let script = Script::new(answers).await;
    let mut registration = custom_at(&script.url);
    registration.custom.as_mut().unwrap().device = script.url.join("device").ok();
    let profile = profile(&registration);
    (script, profile)
}

fn code(expires_in: u64, interval: u64) -> String {
    answer(
        200,
        &json!({ "device_code": BEARER, "user_code": "GK7F-3QXM", "verification_uri": "https://id.example/device",
                 "expires_in": expires_in, "interval": interval }),
    )
}

fn error(status: u16, word: &str) -> String {
    answer(status, &json!({ "error": word }))
}

fn entra(number: u32, word: &str) -> String {
    let text = format!("AADSTS{number}: text.");
    answer(
        400,
        &json!({ "error": word, "error_description": text, "error_codes": [number] }),
    )
}

fn tokens() -> String {
    let body = json!({ "access_token": "access", "token_type": "Bearer", "refresh_token": "refresh", "expires_in": 60 });
    answer(200, &body)
}

fn form(asked: &str) -> BTreeMap<String, String> {
    let body = asked.split_once("\r\n\r\n").unwrap().1;
    form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

/// Everything up to its end: what came, at which second after the code each answer was there, and what was said of it.
struct Run {
    result: Result<Tokens, OauthError>,
    polled: Vec<(u64, Polled)>,
    ended: u64,
    asked: Vec<String>,
}

async fn run(code: String, answers: Vec<String>, limit: u64) -> Run {
    let (script, profile) = provider([code].into_iter().chain(answers)).await;
    let net = net();
    let code = device_code(&net, &profile, None).await.unwrap();
    tokio::time::pause(); // an idle runtime moves the clock on by itself
    let begun = Instant::now();
    let mut polled = Vec::new();
    let limit = Duration::from_secs(limit);
    let result = wait_for_device(&net, &profile, None, &code, limit, |one| {
        polled.push((seconds_since(begun), one));
    })
    .await;
    let ended = seconds_since(begun);
    tokio::time::resume();
    Run {
        result,
        polled,
        ended,
        asked: script.asked(),
    }
}

/// To the nearest one: the code was given a moment before the clock was stopped.
fn seconds_since(begun: Instant) -> u64 {
    (begun.elapsed() + Duration::from_millis(500)).as_secs()
}

/// The seconds at which the provider was asked.
fn times(run: &Run) -> Vec<u64> {
    run.polled.iter().map(|(at, _)| *at).collect()
}

#[tokio::test]
async fn a_code_is_asked_for_with_everything_and_shown_as_it_came() {
    let (script, profile) = provider([code(900, 5)]).await;
    let secret = Secret::new("secret~canary");
    let code = device_code(&net(), &profile, Some(&ClientProof::Secret(secret.clone())))
        .await
        .unwrap();
    assert_eq!(
        (code.user_code.as_str(), code.page.as_str()),
        ("GK7F-3QXM", "https://id.example/device")
    );
    assert_eq!(
        (code.expires_in.as_secs(), code.interval.as_secs()),
        (900, 5)
    );
    assert!(!format!("{code:?}").contains("canary"));
    let asked = script.asked();
    assert!(
        asked[0].starts_with("POST /device HTTP/1.1\r\n"),
        "{asked:?}"
    );
    let sent = form(&asked[0]);
    assert_eq!(sent["client_id"], profile.client_id);
    assert_eq!(sent["client_secret"], "secret~canary");
    assert_eq!(sent["scope"], "openid profile email offline_access");
}

#[tokio::test]
async fn older_and_careless_servers_are_understood() {
    let body = json!({ "device_code": "d", "user_code": "AB\r\nCD", "verification_url": "https://id.example/d",
                       "expires_in": "1800" });
    let (_script, profile) = provider([answer(200, &body)]).await;
    let code = device_code(&net(), &profile, None).await.unwrap();
    assert_eq!(code.user_code, "AB CD");
    assert_eq!(
        (code.expires_in.as_secs(), code.interval, code.page.path()),
        (1800, USUAL_INTERVAL, "/d")
    );
}

#[tokio::test]
async fn what_cannot_be_shown_to_anybody_is_no_code() {
    let good = json!({ "device_code": "d", "user_code": "ABCD", "verification_uri": "https://id.example/d" });
    for (name, value) in [
        ("verification_uri", "http://id.example/d"),
        ("verification_uri", "javascript:alert(1)"),
        ("verification_uri", ""),
        ("user_code", "\u{7}"),
        ("user_code", &"A".repeat(41)),
        ("device_code", ""),
    ] {
        let mut body = good.clone();
        body[name] = json!(value);
        let (_script, profile) = provider([answer(200, &body)]).await;
        let error = device_code(&net(), &profile, None).await.unwrap_err();
        assert!(
            matches!(error, OauthError::Unreadable(_)),
            "{name}: {error}"
        );
    }
}

#[tokio::test]
async fn microsoft_is_asked_in_every_cloud_and_google_never() {
    use mailwright_domain::Cloud;
    for (cloud, address) in [
        (
            Cloud::Global,
            "https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode",
        ),
        (
            Cloud::GccHigh,
            "https://login.microsoftonline.us/organizations/oauth2/v2.0/devicecode",
        ),
        (
            Cloud::Dod,
            "https://login.microsoftonline.us/organizations/oauth2/v2.0/devicecode",
        ),
        (
            Cloud::China,
            "https://login.partner.microsoftonline.cn/organizations/oauth2/v2.0/devicecode",
        ),
    ] {
        let microsoft = Registration {
            cloud,
            ..registration(Provider::Microsoft)
        };
        let device = profile(&microsoft).device;
        assert_eq!(device.as_ref().map(Url::as_str), Some(address));
    }
    for without in [
        registration(Provider::Google),
        custom_at(&url("https://id.example/")),
    ] {
        let error = device_code(&net(), &profile(&without), None).await;
        let error = error.unwrap_err();
        assert!(matches!(error, OauthError::NoDeviceCode(_)), "{error}");
        assert_eq!(error.evidence().provider, Some(without.provider));
        assert_eq!(error.evidence().fault, Some(Fault::DeviceCodeNotOffered));
    }
}

#[tokio::test]
async fn an_interval_without_end_is_no_longer_than_a_code_lives() {
    let (_script, profile) = provider([code(900, u64::MAX)]).await;
    let code = device_code(&net(), &profile, None).await.unwrap();
    assert_eq!(code.interval, LIVES.1);
}

#[tokio::test]
async fn the_interval_is_kept_until_somebody_has_signed_in() {
    let pending = || error(400, "authorization_pending");
    let run = run(code(900, 7), vec![pending(), pending(), tokens()], 900).await;
    let tokens = run.result.as_ref().unwrap();
    assert_eq!(tokens.access_token.expose(), "access");
    assert_eq!(tokens.refresh_token.as_ref().unwrap().expose(), "refresh");
    assert_eq!((times(&run), run.ended), (vec![7, 14], 21));
    assert!(run.polled.iter().all(|(_, one)| one.answered));
    let sent = form(&run.asked[3]);
    assert_eq!(sent["grant_type"], GRANT);
    assert_eq!(sent["device_code"], BEARER);
}

#[tokio::test]
async fn slow_down_adds_five_seconds_for_good() {
    let answers = vec![
        error(400, "slow_down"),
        error(400, "authorization_pending"),
        error(429, "slow_down"),
        error(428, "authorization_pending"),
        tokens(),
    ];
    let run = run(code(900, 5), answers, 900).await;
    assert!(run.result.is_ok());
    // 5, then 10 twice, then 15 twice
    assert_eq!((times(&run), run.ended), (vec![5, 15, 25, 40], 55));
}

#[tokio::test]
async fn failures_on_the_way_are_asked_again_later_and_later() {
    let answers = vec![
        reply(503, "", ""),
        reply(502, "Content-Type: text/html\r\n", "<html>"),
        reply(
            200,
            "Content-Type: text/html\r\n",
            "<html>Terms of use</html>",
        ),
        String::new(), // it hangs up
        error(400, "authorization_pending"),
        reply(429, "Retry-After: 90\r\n", ""),
        tokens(),
    ];
    let run = run(code(900, 5), answers, 900).await;
    assert!(run.result.is_ok(), "{:?}", run.result.err());
    let answered: Vec<bool> = run.polled.iter().map(|(_, one)| one.answered).collect();
    assert_eq!(answered, [false, false, false, false, true, false]);
    // 5, then 10, 20, 40, 60; an answer makes it 5 again; then as long as the server asks for
    assert_eq!(
        (times(&run), run.ended),
        (vec![5, 15, 35, 75, 135, 140], 230)
    );
}

#[tokio::test]
async fn it_ends_with_the_code_or_with_the_limit() {
    for (life, limit) in [(20, 900), (900, 20)] {
        let pending = std::iter::repeat_with(|| error(400, "authorization_pending"));
        let run = run(code(life, 6), pending.take(9).collect(), limit).await;
        let error = run.result.as_ref().unwrap_err();
        assert!(matches!(error, OauthError::CodeEnded(_)), "{error}");
        assert_eq!(error.evidence().fault, Some(Fault::DeviceCodeEnded));
        assert_eq!(error.to_string(), "the code was not used within 20 seconds");
        assert_eq!((times(&run), run.ended), (vec![6, 12, 18], 20));
    }
}

#[tokio::test]
async fn where_the_network_was_the_reason_it_says_so_at_the_end() {
    let run = run(code(20, 6), vec![reply(503, "", "")], 900).await;
    let error = run.result.as_ref().unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert_eq!(run.ended, 20);
}

#[tokio::test]
async fn a_definitive_answer_ends_it_at_once_and_is_told_apart() {
    type Kind = fn(&OauthError) -> bool;
    let denied: Kind = |e| matches!(e, OauthError::Denied(_));
    let ended: Kind = |e| matches!(e, OauthError::CodeEnded(_));
    let person: Kind = |e| matches!(e, OauthError::NeedsPerson { .. });
    let refused: Kind = |e| matches!(e, OauthError::Refused(_));
    for (given, kind, fault) in [
        (error(400, "access_denied"), denied, None),
        (entra(65004, "authorization_declined"), denied, None),
        (
            error(400, "expired_token"),
            ended,
            Some(Fault::DeviceCodeEnded),
        ),
        (
            entra(70020, "expired_token"),
            ended,
            Some(Fault::DeviceCodeEnded),
        ),
        (
            entra(70018, "bad_verification_code"),
            ended,
            Some(Fault::DeviceCodeEnded),
        ),
        (
            entra(53003, "access_denied"),
            person,
            Some(Fault::DeviceCodeBlocked),
        ),
        (
            entra(530_036, "invalid_grant"),
            person,
            Some(Fault::DeviceCodeBlocked),
        ),
        (
            entra(50199, "interaction_required"),
            person,
            Some(Fault::DeviceCodeBlocked),
        ),
        (entra(50105, "interaction_required"), person, None),
        (entra(7_000_218, "invalid_client"), refused, None),
        (error(400, "something_new"), refused, None),
    ] {
        let run = run(code(900, 5), vec![given.clone()], 900).await;
        let error = run.result.as_ref().unwrap_err();
        assert!(kind(error), "{given}: {error:?}");
        assert_eq!(error.evidence().fault, fault, "{given}");
        assert!(run.polled.is_empty() && run.ended == 5, "{given}");
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_refusal_of_the_code_itself_has_its_reason() {
    let (_script, profile) = provider([
        entra(7_000_218, "invalid_client"),
        entra(530_036, "access_denied"),
        reply(503, "Retry-After: 9\r\n", ""),
    ])
    .await;
    let ask = async || device_code(&net(), &profile, None).await.unwrap_err();
    assert_eq!(ask().await.evidence().error_codes, [7_000_218]);
    assert_eq!(ask().await.evidence().fault, Some(Fault::DeviceCodeBlocked));
    assert_eq!(ask().await.retry_after(), Some(Duration::from_secs(9)));
}

#[tokio::test]
async fn who_signed_in_is_read_and_must_be_from_the_provider() {
    for (issuer, fine) in [(None, true), (Some("https://evil.example/"), false)] {
        let probe = Script::new([]).await;
        let profile = profile(&microsoft_at(&probe.url));
        let tenant = crate::fixture::TENANT;
        let own = format!("{}{tenant}/v2.0", probe.url);
        let claims = json!({ "iss": issuer.unwrap_or(&own), "sub": "person", "aud": profile.client_id, "tid": tenant,
                             "exp": jiff::Timestamp::now().as_second() + 60, "preferred_username": "anna@firma.nl" });
        let body = json!({ "access_token": "a", "id_token": jwt(&claims) });
        let script = Script::new([code(900, 5), answer(200, &body)]).await;
        let mut profile = profile;
        profile.token = script.url.join("token").unwrap();
        profile.device = script.url.join("device").ok();
        let (net, limit) = (net(), Duration::from_secs(60));
        let code = device_code(&net, &profile, None).await.unwrap();
        tokio::time::pause();
        let found = wait_for_device(&net, &profile, None, &code, limit, |_| ()).await;
        tokio::time::resume();
        match found {
            Ok(tokens) => assert!(fine && tokens.identity.unwrap().name == "anna@firma.nl"),
            Err(error) => assert!(!fine && matches!(error, OauthError::Identity(_)), "{error}"),
        }
        let sent = form(&script.asked()[1]);
        assert!(sent["scope"].contains("IMAP.AccessAsUser.All"), "{sent:?}");
    }
}
