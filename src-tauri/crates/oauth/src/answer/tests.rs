use mailwright_domain::Purpose;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde_json::json;

use super::*;
use crate::fixture::registration;

fn answer(status: u16, body: &[u8]) -> HttpReply {
    HttpReply {
        status,
        headers: HeaderMap::new(),
        body: body.to_vec(),
    }
}

fn judged(status: u16, body: &Value) -> Result<Map<String, Value>, OauthError> {
    judge_reply(&answer(status, body.to_string().as_bytes()))
}

fn judge_reply(reply: &HttpReply) -> Result<Map<String, Value>, OauthError> {
    let profile = Profile::new(
        &registration(mailwright_domain::Provider::Microsoft),
        Purpose::BOTH,
    )
    .unwrap();
    judge(reply, base(&profile, &profile.token), TOKEN, &[])
}

fn entra(error: &str, code: u32) -> Value {
    json!({ "error": error, "error_description": format!("AADSTS{code}: Something. Trace ID: t"), "error_codes": [code],
            "trace_id": "t-1", "correlation_id": "c-1", "timestamp": "2026-11-20 08:00:00Z" })
}

#[test]
fn dead_grants_are_told_from_all_else_by_number() {
    for (status, error, code, definitive, transient) in [
        (400, "invalid_grant", 700_082, true, false),
        (400, "invalid_grant", 50173, true, false),
        (400, "invalid_grant", 70008, true, false),
        (400, "invalid_grant", 70043, true, false),
        (400, "invalid_grant", 70000, true, false),
        (400, "invalid_grant", 50076, false, false),
        (400, "invalid_grant", 65001, false, false),
        (400, "invalid_grant", 53003, false, false),
        (400, "interaction_required", 50079, false, false),
        (401, "invalid_client", 7_000_215, false, false),
        (401, "invalid_client", 7_000_222, false, false),
        (400, "unauthorized_client", 700_016, false, false),
        (400, "invalid_grant", 50196, false, true),
        (400, "invalid_request", 90055, false, true),
        (400, "temporarily_unavailable", 0, false, true),
        (500, "invalid_grant", 70000, false, true),
        (429, "invalid_grant", 70000, false, true),
    ] {
        let error_value = judged(status, &entra(error, code)).unwrap_err();
        assert_eq!(error_value.is_definitive(), definitive, "{error} {code}");
        assert_eq!(error_value.is_transient(), transient, "{error} {code}");
        let evidence = error_value.evidence();
        assert_eq!(evidence.error_codes, [code]);
        assert_eq!(
            (evidence.oauth_error.as_deref(), evidence.http_status),
            (Some(error), Some(status))
        );
        assert_eq!(
            evidence.detail.as_deref(),
            Some("Correlation ID: c-1, Trace ID: t-1, Timestamp: 2026-11-20 08:00:00Z")
        );
        assert_eq!(evidence.host.as_deref(), Some("login.microsoftonline.com"));
    }
}

#[test]
fn a_policys_claims_are_kept_for_the_next_sign_in() {
    let mut body = entra("invalid_grant", 99999);
    body["claims"] = json!(r#"{"access_token":{}}"#);
    body["suberror"] = json!("basic_action");
    match judged(400, &body).unwrap_err() {
        OauthError::NeedsPerson { claims, evidence } => {
            assert_eq!(claims.as_deref(), Some(r#"{"access_token":{}}"#));
            assert!(
                evidence
                    .detail
                    .unwrap()
                    .starts_with("suberror: basic_action, ")
            );
        }
        other => panic!("{other}"),
    }
}

#[test]
fn numbers_are_taken_from_the_text_where_the_list_is_missing() {
    let body = json!({ "error": "invalid_grant", "error_description": "AADSTS70008: expired" });
    assert_eq!(
        judged(400, &body).unwrap_err().evidence().error_codes,
        [70008]
    );
    let google = json!({ "error": "invalid_grant", "error_description": "Token has been expired or revoked." });
    let error = judged(400, &google).unwrap_err();
    assert!(error.is_definitive() && error.evidence().error_codes.is_empty());
}

#[test]
fn asking_for_more_than_was_granted_does_not_kill_the_grant() {
    let body = json!({ "error": "invalid_grant", "error_codes": [70000], "error_description":
        "AADSTS70000: The request was denied because one or more scopes requested are unauthorized or expired." });
    let error = judged(400, &body).unwrap_err();
    assert!(
        matches!(error, OauthError::NeedsPerson { claims: None, .. }),
        "{error}"
    );
}

#[test]
fn pages_and_nothing_are_no_json_errors() {
    let mut page = answer(503, b"<html>canary</html>");
    page.headers
        .insert(CONTENT_TYPE, "text/html; charset=utf-8".parse().unwrap());
    page.headers.insert(RETRY_AFTER, "7".parse().unwrap());
    let busy = judge_reply(&page).unwrap_err();
    assert!(busy.is_transient());
    assert_eq!(busy.retry_after(), Some(std::time::Duration::from_secs(7)));
    assert_eq!(
        busy.evidence().text,
        "the sign-in server answered with status 503"
    );
    page.status = 200;
    let portal = judge_reply(&page).unwrap_err();
    assert_eq!(
        portal.to_string(),
        "the sign-in server answered with status 200 and “text/html” instead of a token response"
    );
    assert!(!portal.is_definitive() && !format!("{busy:?}{portal:?}").contains("canary"));
    for (status, body) in [
        (200, ""),
        (200, "{}"),
        (200, "[]"),
        (302, ""),
        (403, "no"),
        (200, "{\"access_token\":7}"),
    ] {
        let error = judge_reply(&answer(status, body.as_bytes())).unwrap_err();
        assert!(
            matches!(error, OauthError::Unreadable(_)),
            "{status} {body}: {error}"
        );
        assert_eq!(error.evidence().fault, Some(Fault::Malformed));
    }
}

#[test]
fn a_success_with_an_error_in_it_is_an_error() {
    let error = judged(
        200,
        &json!({ "error": "invalid_grant", "access_token": "x" }),
    )
    .unwrap_err();
    assert!(
        matches!(error, OauthError::Refused(_)),
        "only a 4xx is definitive"
    );
}

#[test]
fn what_we_sent_does_not_come_back_in_a_text() {
    let profile = Profile::new(
        &registration(mailwright_domain::Provider::Google),
        Purpose::BOTH,
    )
    .unwrap();
    let code = Secret::new("canary-code");
    let body = json!({ "error": "invalid_grant", "error_description": "code canary-code is used", "trace_id": "canary-code" });
    let error = judge(
        &answer(400, body.to_string().as_bytes()),
        base(&profile, &profile.token),
        TOKEN,
        &[&code],
    )
    .unwrap_err();
    assert!(
        !format!("{error} {error:?}").contains("canary"),
        "{error:?}"
    );
}

#[test]
fn answers_are_put_into_strict_form() {
    let loose = json!({ "access_token": "a", "expires_in": "3599", "refresh_token": "", "scope": ["x", "y"], "id_token": null, "foci": "1" });
    let strict = |value: &Value| Value::Object(super::strict(value.as_object().unwrap().clone()));
    assert_eq!(
        strict(&loose),
        json!({ "access_token": "a", "token_type": "bearer", "expires_in": 3599, "scope": "x y" })
    );
    for (value, expected) in [
        (json!(60.9), json!(60)),
        (json!(-5), Value::Null),
        (json!("x"), Value::Null),
        (json!(1e300), Value::Null),
    ] {
        assert_eq!(
            strict(&json!({ "access_token": "a", "expires_in": value }))["expires_in"],
            expected,
            "{value}"
        );
    }
    assert!(matches!(
        judged(200, &json!({ "access_token": "a", "token_type": "DPoP" })),
        Err(OauthError::Unreadable(_))
    ));
}
