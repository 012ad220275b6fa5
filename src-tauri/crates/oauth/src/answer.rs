//! What a token endpoint answered. The `oauth2` crate keeps neither status nor header nor Entra's own fields, reports
//! an HTML page as a JSON error that holds the raw body, and gives up on a lifetime written as text, a missing
//! `token_type` or a `text/plain` label. So answers are judged here, and only good ones reach it, in strict form.

use mailwright_domain::{Evidence, Fault, Secret, Stage};
use mailwright_net::{HttpError, HttpReply, Net};
use oauth2::{HttpRequest, HttpResponse};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Map, Value};
use url::Url;

use crate::error::OauthError;
use crate::profile::Profile;
use crate::retry_after::retry_after;
use crate::text;

/// Numbers of Entra that mean “not now”, whatever the HTTP status is.
const TRY_LATER: [u32; 10] = [
    50000, 50033, 50196, 70012, 90006, 90012, 90024, 90033, 90055, 90090,
];
/// Numbers of Entra that stand beside `invalid_grant` and yet are no word about the grant: a person or an
/// administrator has to act, and the same refresh token may go on afterwards.
const NEEDS_PERSON: [u32; 38] = [
    50005, 50053, 50055, 50057, 50058, 50072, 50074, 50076, 50078, 50079, 50097, 50105, 50129,
    50131, 50135, 50144, 50155, 50158, 50187, 53000, 53001, 53002, 53003, 53004, 53009, 53010,
    53011, 65001, 65004, 90093, 90094, 90095, 530_003, 530_032, 530_034, 530_035, 900_941, 900_981,
];
/// AADSTS70000 means a dead token, and with these words that more was asked for than was granted.
const MORE_THAN_GRANTED: &str = "one or more scopes requested are unauthorized";
/// Error values of OpenID Connect Core 1.0 section 3.1.2.6 and of Entra with the same meaning.
const NEEDS_PERSON_WORDS: [&str; 4] = [
    "interaction_required",
    "login_required",
    "account_selection_required",
    "consent_required",
];
/// The field without which an answer is no token response.
pub(crate) const TOKEN: &str = "access_token";
/// Fields of a token response that are used; no other is handed on.
const USED: [&str; 6] = [
    "access_token",
    "token_type",
    "expires_in",
    "refresh_token",
    "scope",
    "id_token",
];

/// Sends a request that `oauth2` built and judges the answer. `secrets` is what the request holds; no text of the
/// server keeps any of it.
pub(crate) async fn ask(
    net: &Net,
    profile: &Profile,
    request: HttpRequest,
    secrets: &[&Secret],
) -> Result<HttpResponse, OauthError> {
    let (parts, body) = request.into_parts();
    let reply = net
        .http(parts.method, profile.token.clone(), parts.headers, body)
        .await;
    let reply = reply.map_err(|error| no_answer(base(profile, &profile.token), &error))?;
    let fields = judge(&reply, base(profile, &profile.token), TOKEN, secrets)?;
    Ok(HttpResponse::new(
        Value::Object(strict(fields)).to_string().into_bytes(),
    ))
}

/// Sends a form to one of the profile's addresses and judges the answer, which must have the field `needed`.
/// `secrets` is what the form holds.
pub(crate) async fn ask_form(
    net: &Net,
    profile: &Profile,
    url: &Url,
    form: String,
    needed: &str,
    secrets: &[&Secret],
) -> Result<Map<String, Value>, OauthError> {
    let reply = net
        .http(Method::POST, url.clone(), form_headers(), form.into_bytes())
        .await;
    let reply = reply.map_err(|error| no_answer(base(profile, url), &error))?;
    judge(&reply, base(profile, url), needed, secrets)
}

/// The header of a form (RFC 6749 appendix B).
pub(crate) fn form_headers() -> HeaderMap {
    HeaderMap::from_iter([(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    )])
}

/// Evidence of a token endpoint with nothing known yet.
pub(crate) fn base(profile: &Profile, url: &Url) -> Evidence {
    Evidence {
        provider: Some(profile.provider),
        auth: Some(profile.auth),
        host: url.host_str().map(str::to_owned),
        port: url.port_or_known_default(),
        ..Evidence::at(Stage::OauthToken)
    }
}

pub(crate) fn no_answer(mut evidence: Evidence, error: &HttpError) -> OauthError {
    evidence.text = error.to_string();
    match error {
        HttpError::Connect { issuer, .. } => evidence.detail.clone_from(issuer),
        HttpError::Proxy { reason, .. } => evidence.detail = Some(reason.clone()),
        _ => {}
    }
    evidence.fault = Some(error.fault());
    let evidence = Box::new(evidence);
    if matches!(error, HttpError::TooLarge(_)) {
        return OauthError::Unreadable(evidence);
    }
    OauthError::Transient {
        retry_after: None,
        evidence,
    }
}

/// The fields of a good answer, which has the field `needed`, or what a bad one means.
fn judge(
    reply: &HttpReply,
    mut evidence: Evidence,
    needed: &str,
    secrets: &[&Secret],
) -> Result<Map<String, Value>, OauthError> {
    evidence.http_status = Some(reply.status);
    let fields = serde_json::from_slice::<Map<String, Value>>(&reply.body).ok();
    let error = fields.as_ref().and_then(|fields| text_of(fields, "error"));
    if let (Some(fields), Some(error)) = (&fields, error) {
        note_error(&mut evidence, fields, error, secrets);
    }
    if reply.is_try_later() || says_try_later(&evidence) {
        if evidence.text.is_empty() {
            evidence.text = format!("the sign-in server answered with status {}", reply.status);
        }
        return Err(OauthError::Transient {
            retry_after: retry_after(&reply.headers),
            evidence: Box::new(evidence),
        });
    }
    match fields {
        Some(fields) if evidence.oauth_error.is_some() => {
            Err(refused(reply.status, evidence, &fields))
        }
        Some(fields)
            if (200..300).contains(&reply.status) && text_of(&fields, needed).is_some() =>
        {
            check_token_type(&fields, evidence)?;
            Ok(fields)
        }
        _ => Err(unreadable(reply, evidence)),
    }
}

/// A revocation answers 200 without a body (RFC 7009 section 2.2). Google answers 400 `invalid_token` for a token that
/// is already dead, which is what was wanted.
pub(crate) fn judge_revocation(
    reply: &HttpReply,
    evidence: Evidence,
    secrets: &[&Secret],
) -> Result<(), OauthError> {
    if (200..300).contains(&reply.status) {
        return Ok(());
    }
    match judge(reply, evidence, TOKEN, secrets) {
        Err(error) if error.evidence().oauth_error.as_deref() != Some("invalid_token") => {
            Err(error)
        }
        _ => Ok(()),
    }
}

fn note_error(
    evidence: &mut Evidence,
    fields: &Map<String, Value>,
    error: &str,
    secrets: &[&Secret],
) {
    evidence.oauth_error = Some(text::clean(error, secrets));
    evidence.text = text::clean(
        text_of(fields, "error_description").unwrap_or_default(),
        secrets,
    );
    let numbers = fields.get("error_codes").and_then(Value::as_array);
    evidence.error_codes = numbers
        .into_iter()
        .flatten()
        .filter_map(|number| u32::try_from(number.as_u64()?).ok())
        .take(8)
        .collect();
    if evidence.error_codes.is_empty() {
        evidence.error_codes = text::aadsts(&evidence.text);
    }
    let named: Vec<String> = [
        ("suberror", "suberror"),
        ("correlation_id", "Correlation ID"),
        ("trace_id", "Trace ID"),
        ("timestamp", "Timestamp"),
    ]
    .into_iter()
    .filter_map(|(field, name)| {
        Some(format!(
            "{name}: {}",
            text::clean(text_of(fields, field)?, secrets)
        ))
    })
    .collect();
    evidence.detail = (!named.is_empty()).then(|| named.join(", "));
}

fn says_try_later(evidence: &Evidence) -> bool {
    let by_word = matches!(
        evidence.oauth_error.as_deref(),
        Some("temporarily_unavailable" | "server_error" | "slow_down")
    );
    let by_number = evidence
        .error_codes
        .first()
        .is_some_and(|code| TRY_LATER.contains(code));
    by_word || by_number
}

fn refused(status: u16, evidence: Evidence, fields: &Map<String, Value>) -> OauthError {
    let claims = text_of(fields, "claims").map(str::to_owned);
    let error = evidence.oauth_error.as_deref().unwrap_or_default();
    let by_number = evidence
        .error_codes
        .first()
        .is_some_and(|code| NEEDS_PERSON.contains(code));
    let by_word = NEEDS_PERSON_WORDS.contains(&error) || evidence.text.contains(MORE_THAN_GRANTED);
    let needs_person = claims.is_some() || by_number || by_word;
    let dead = error == "invalid_grant" && (400..500).contains(&status);
    let evidence = Box::new(evidence);
    if needs_person {
        OauthError::NeedsPerson { claims, evidence }
    } else if dead {
        OauthError::Rejected(evidence)
    } else {
        OauthError::Refused(evidence)
    }
}

/// A token of a type that we cannot use must not be used (RFC 6749 section 7.1).
fn check_token_type(fields: &Map<String, Value>, mut evidence: Evidence) -> Result<(), OauthError> {
    match text_of(fields, "token_type") {
        Some(other) if !other.eq_ignore_ascii_case("bearer") => {
            evidence.fault = Some(Fault::Malformed);
            evidence.text = format!(
                "the sign-in server gave a token of the type “{}”",
                text::clean(other, &[])
            );
            Err(OauthError::Unreadable(Box::new(evidence)))
        }
        _ => Ok(()),
    }
}

fn unreadable(reply: &HttpReply, mut evidence: Evidence) -> OauthError {
    evidence.fault = Some(Fault::Malformed);
    let kind = match (reply.body.is_empty(), reply.media_type()) {
        (true, _) => "nothing".to_owned(),
        (false, kind) if kind.is_empty() => "something without a media type".to_owned(),
        (false, kind) => format!("“{}”", text::clean(&kind, &[])),
    };
    evidence.text = format!(
        "the sign-in server answered with status {} and {kind} instead of a token response",
        reply.status
    );
    OauthError::Unreadable(Box::new(evidence))
}

pub(crate) fn text_of<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

/// The used fields, typed as RFC 6749 section 5.1 has them.
pub(crate) fn strict(mut fields: Map<String, Value>) -> Map<String, Value> {
    fields.retain(|name, value| USED.contains(&name.as_str()) && !value.is_null());
    fields.insert("token_type".to_owned(), Value::from("bearer"));
    let seconds = fields.remove("expires_in").as_ref().and_then(seconds);
    if let Some(seconds) = seconds {
        fields.insert("expires_in".to_owned(), Value::from(seconds));
    }
    if let Some(Value::Array(words)) = fields.get("scope") {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        let joined = words.join(" ");
        fields.insert("scope".to_owned(), Value::from(joined));
    }
    for name in ["refresh_token", "scope", "id_token"] {
        if text_of(&fields, name).is_none() {
            fields.remove(name);
        }
    }
    fields
}

/// Whole seconds, written as a number, a fraction or a text.
pub(crate) fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            let whole = format!("{:.0}", number.as_f64()?.trunc());
            whole.parse().ok()
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
