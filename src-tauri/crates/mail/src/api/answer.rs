use mailwright_domain::Fault;
use mailwright_net::{HttpError, HttpReply};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use serde_json::Value;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::request::Request;
use crate::failure::Failure;
use crate::open::Context;
use crate::transcript::Log;

/// Bytes of an answer that are shown.
const MOST_SHOWN: usize = 2_000;
/// Bytes of what it says of waiting that are shown; a date has 29 (RFC 9110 section 5.6.7).
const LONGEST_WAIT: usize = 60;
/// Longest code that is one.
const LONGEST_CODE: usize = 80;
/// Codes and reasons with which the providers say that a good token lacks the right to read (Microsoft Graph error
/// responses; Google: `google.rpc.ErrorInfo`, Gmail API errors).
const MAY_NOT_READ: [&str; 4] = [
    "Authorization_RequestDenied",
    "ErrorAccessDenied",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    "insufficientPermissions",
];

/// An answer, ready to be shown and judged.
pub(super) struct Answer {
    status: u16,
    /// What the provider says of the error, cleaned, most exact first: `error.code` of Graph; `reason` and `status` of Google.
    codes: Vec<String>,
    /// Its body, cleaned.
    text: String,
    retry_after: Option<String>,
}

/// Sends a request with the token, and reads the answer.
pub(super) async fn ask(context: &Context<'_>, request: Request) -> Result<Answer, Box<Failure>> {
    let log = context.log();
    let Request {
        method,
        url,
        media_type,
        body,
        shown,
    } = request;
    let host = url.host_str().unwrap_or_default().to_owned();
    log.sent(&format!("{method} {} {shown}", url.path()));
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, bearer(context)?);
    if let Some(media_type) = media_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    let asking = context.net().http(method, url, headers, body);
    let reply = match timeout(context.target.timeout, asking).await {
        Err(_) => Err(HttpError::TimedOut(host)),
        Ok(reply) => reply,
    };
    let reply = reply.map_err(|error| no_answer(&error))?;
    let answer = Answer::new(&reply, &log);
    log.received(format!("HTTP {} {}", answer.status, answer.text).as_bytes());
    Ok(answer)
}

fn bearer(context: &Context<'_>) -> Result<HeaderValue, Box<Failure>> {
    let secret = context.credential.secret().expose();
    let text = Zeroizing::new(format!("Bearer {secret}"));
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        Box::new(Failure {
            detail: "The access token has a character that cannot be sent.".to_owned(),
            ..Failure::default()
        })
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn no_answer(error: &HttpError) -> Box<Failure> {
    let reason = error.to_string();
    let mut sentence = reason.clone();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let failure = Failure::new(error.fault(), format!("{sentence}.")).with_reason(reason);
    match error.issuer() {
        Some(issuer) => failure.with_value(issuer),
        None => failure,
    }
}

/// Whether a request that got no answer may have done its work all the same.
pub(super) fn may_have_been_taken(failure: &Failure) -> bool {
    matches!(
        failure.fault,
        Some(Fault::TimedOut | Fault::Closed | Fault::Malformed)
    )
}

impl Answer {
    fn new(reply: &HttpReply, log: &Log) -> Self {
        Self {
            status: reply.status,
            codes: codes(&reply.body)
                .iter()
                .map(|code| log.clean(code.as_bytes(), LONGEST_CODE))
                .collect(),
            text: log.clean(&reply.body, MOST_SHOWN),
            retry_after: reply
                .headers
                .get(RETRY_AFTER)
                .and_then(|value| value.to_str().ok())
                .map(|value| log.clean(value.as_bytes(), LONGEST_WAIT)),
        }
    }

    pub(super) fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether all that is refused is to read what was asked for.
    pub(super) fn only_may_not_read(&self) -> bool {
        let code = |code: &String| MAY_NOT_READ.contains(&code.as_str());
        self.status == 403 && self.codes.first().is_some_and(code)
    }

    /// The answer in the provider's words. What was asked for is not shown where it was given.
    pub(super) fn says(&self) -> String {
        let status = format!("HTTP {}", self.status);
        if self.is_ok() {
            return status;
        }
        let wait = self
            .retry_after
            .iter()
            .map(|wait| format!("Retry-After: {wait}"));
        let text = (!self.text.is_empty()).then(|| self.text.clone());
        let lines: Vec<String> = [status].into_iter().chain(wait).chain(text).collect();
        lines.join("\n")
    }

    pub(super) fn refused(self, detail: String) -> Box<Failure> {
        let mut failure = Failure::refused(detail, self.says());
        failure.http_status = Some(self.status);
        failure.response_code = self.codes.into_iter().next();
        failure
    }
}

/// The codes of an error, most exact first. Anything else has none.
fn codes(body: &[u8]) -> Vec<String> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Vec::new();
    };
    let error = body.get("error");
    let list = |name: &str| {
        let list = error.and_then(|e| e.get(name)).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(|e| e.get("reason"))
    };
    let own = ["code", "status"].into_iter();
    let own = own.filter_map(|name| error.and_then(|e| e.get(name)));
    // Graph's code is a word and Google's the number of the status, which says nothing new.
    list("details")
        .chain(list("errors"))
        .chain(own)
        .filter_map(Value::as_str)
        .filter(|code| (1..=LONGEST_CODE).contains(&code.len()))
        .filter(|code| code.bytes().all(|byte| byte.is_ascii_graphic()))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
pub(crate) mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_both_providers_are_read() {
        let graph = br#"{"error":{"code":"ErrorSendAsDenied","message":"no","innerError":{}}}"#;
        assert_eq!(codes(graph), ["ErrorSendAsDenied"]);
        let google = br#"{"error":{"code":403,"message":"no","errors":[{"reason":"insufficientPermissions"}],"status":"PERMISSION_DENIED","details":[{"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"},{}]}}"#;
        assert_eq!(
            codes(google),
            [
                "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                "insufficientPermissions",
                "PERMISSION_DENIED"
            ]
        );
        let long = format!(r#"{{"error":{{"code":"{}"}}}}"#, "x".repeat(81));
        let escape = r#"{"error":{"code":"no\u001b[2J"}}"#;
        for nothing in ["", "<html>", "[]", "{}", r#"{"error":"no"}"#, escape, &long] {
            assert!(codes(nothing.as_bytes()).is_empty(), "{nothing}");
        }
    }

    #[test]
    fn nothing_of_an_answer_shows_the_token() {
        let token = "token-token-token-0123456789";
        let log = Log::new(&mailwright_domain::Secret::new(token));
        let wait = HeaderValue::from_str(&format!("30 for {token}")).unwrap();
        let reply = HttpReply {
            status: 429,
            headers: HeaderMap::from_iter([(RETRY_AFTER, wait)]),
            body: format!(r#"{{"error":{{"code":"{token}","message":"{token}"}}}}"#).into_bytes(),
        };
        let failure = Answer::new(&reply, &log).refused("No.".to_owned());
        assert_eq!(failure.response_code.as_deref(), Some("(secret)"));
        let says = failure.says.unwrap();
        assert!(says.contains("Retry-After: 30 for (secret)"), "{says}");
        assert!(!says.contains("token"), "{says}");
    }

    #[test]
    fn only_a_missing_right_to_read_proves_the_token() {
        let answer = |status: u16, code: &str| Answer {
            status,
            codes: vec![code.to_owned()],
            text: String::new(),
            retry_after: None,
        };
        assert!(answer(403, "ErrorAccessDenied").only_may_not_read());
        assert!(!answer(401, "ErrorAccessDenied").only_may_not_read());
        assert!(!answer(403, "accessNotConfigured").only_may_not_read());
        assert!(!answer(403, "domainPolicy").only_may_not_read());
    }
}
