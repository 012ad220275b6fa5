//! Secrets out of pasted text. It removes too much rather than too little: matching happens before it.

use crate::patterns;

/// What stands in place of a secret.
const GONE: &str = "[removed]";

/// The text without anything that looks like a secret.
pub(crate) fn redact(text: &str) -> String {
    let text = patterns::XOAUTH2.replace_all(text, GONE);
    let text = patterns::JWT.replace_all(&text, GONE);
    let text =
        patterns::BEARER.replace_all(&text, |c: &regex::Captures<'_>| format!("{}{GONE}", &c[1]));
    let text = patterns::NAMED_SECRET.replace_all(&text, |c: &regex::Captures<'_>| {
        if is_harmless(&c[1], &c[3]) {
            c[0].to_owned()
        } else {
            format!("{}{}{GONE}", &c[1], &c[2])
        }
    });
    let text = patterns::AUTH_COMMAND
        .replace_all(&text, |c: &regex::Captures<'_>| format!("{}{GONE}", &c[1]));
    let text = patterns::LOGIN_COMMAND
        .replace_all(&text, |c: &regex::Captures<'_>| format!("{}{GONE}", &c[1]));
    let text = patterns::KNOWN_SHAPE.replace_all(&text, GONE);
    let text = patterns::BARE_BASE64
        .replace_all(&text, |c: &regex::Captures<'_>| format!("{}{GONE}", &c[1]));
    let text = patterns::LONG_RUN.replace_all(&text, |c: &regex::Captures<'_>| {
        if looks_random(&c[0]) {
            GONE.to_owned()
        } else {
            c[0].to_owned()
        }
    });
    text.into_owned()
}

/// Whether what follows a name is only a number of an error (`code: 50105`) or a word (`token: expired`).
fn is_harmless(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let number = value.len() <= 7 && value.bytes().all(|b| b.is_ascii_digit());
    let word = value.len() <= 12 && value.bytes().all(|b| b.is_ascii_lowercase());
    match name.as_str() {
        "code" | "state" => number,
        "token" | "assertion" => word,
        _ => false,
    }
}

/// Whether a run of characters is too mixed for words and names.
fn looks_random(run: &str) -> bool {
    let has = |f: fn(&u8) -> bool| run.bytes().any(|b| f(&b));
    has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go() {
        for (text, secret) in [
            (
                "grant_type=refresh_token&refresh_token=0.AXoAs3cr3t&x=1",
                "s3cr3t",
            ),
            (r#"{"access_token": "s3cr3t with space", "a": 1}"#, "s3cr3t"),
            (r#"{\"access_token\": \"s3cr3t\", \"a\": 1}"#, "s3cr3t"),
            ("http://localhost:1/?code=s3cr3t&state=st4te", "s3cr3t"),
            ("http://localhost:1/?code=s3cr3t&state=st4te", "st4te"),
            ("Authorization: Bearer s3cr3t", "s3cr3t"),
            ("auth=Bearer s3cr3t\u{1}\u{1}", "s3cr3t"),
            (
                "AUTH XOAUTH2 dXNlcj1hQGIuY29tAWF1dGg9QmVhcmVyIHNlY3JldAEB",
                "dXNlcj",
            ),
            (
                "dXNlcj1hQGIuY29tAWF1dGg9QmVhcmVyIHNl\nY3JldHNlY3JldHNlY3JldAEB",
                "Y3JldHN",
            ),
            ("a1 LOGIN anna@firma.nl s3cr3t", "s3cr3t"),
            ("PASS s3cr3t", "s3cr3t"),
            ("AUTH PLAIN AGFubmEAczNjcjN0", "AGFubm"),
            ("password = s3cr3t", "s3cr3t"),
            ("token eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln", "eyJ"),
            ("got ya29.a0AfB_s3cr3tS3cr3t", "s3cr3t"),
            ("1//0gs3cr3t-s3cr3ts3cr3t", "s3cr3t"),
            ("C: c2VjcmV0c2VjcmV0c2VjcmV0", "c2Vj"),
        ] {
            let kept = redact(text);
            assert!(!kept.contains(secret), "{text} kept {kept}");
            assert!(kept.contains(GONE));
        }
    }

    #[test]
    fn what_the_diagnosis_needs_stays() {
        for text in [
            "Sign-in error code: 50105",
            "AADSTS70000: The provided value for the input parameter 'refresh_token' or 'assertion' is not valid.",
            "Trace ID: 5b2f7c1e-0000-4444-8888-1234567890ab",
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
            "A01 NO LOGIN failed.",
            "https://support.google.com/mail/accounts/answer/78754",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
