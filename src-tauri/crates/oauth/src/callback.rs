use mailwright_domain::{Evidence, Fault, Secret, Stage};
use url::form_urlencoded;

use crate::error::OauthError;
use crate::text;

/// What the browser brought back.
pub(crate) enum Answer {
    /// A code for this sign-in (RFC 6749 section 4.1.2).
    Code(Secret),
    /// An error for this sign-in (RFC 6749 section 4.1.2.1).
    Error(Refusal),
    /// Something that belongs to no or to another sign-in.
    Foreign,
}

/// Whether a query has a code or an error, whosever it is.
pub(crate) fn is_answer(query: &str) -> bool {
    form_urlencoded::parse(query.as_bytes())
        .any(|(name, value)| matches!(&*name, "code" | "error") && !value.is_empty())
}

/// The error parameters of a redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    error: String,
    description: String,
    cancelled: bool,
    codes: Vec<u32>,
}

/// Reads a redirect's query. Each parameter may be there once (RFC 6749 section 3.1), and nothing is looked at unless
/// `state` is the one of this sign-in.
pub(crate) fn read(query: &str, state: &str) -> Answer {
    let (mut code, mut error, mut description, mut subcode, mut returned) =
        (None, None, None, None, None);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let place = match name.as_ref() {
            "code" => &mut code,
            "error" => &mut error,
            "error_description" => &mut description,
            "error_subcode" => &mut subcode,
            "state" => &mut returned,
            _ => continue,
        };
        if place.replace(value.into_owned()).is_some() {
            return Answer::Foreign;
        }
    }
    if !returned.is_some_and(|returned| same(&returned, state)) {
        return Answer::Foreign;
    }
    match (code, error) {
        (_, Some(error)) => Answer::Error(Refusal::new(
            &error,
            description.as_deref(),
            subcode.as_deref(),
        )),
        (Some(code), None) if !code.is_empty() => Answer::Code(Secret::new(code)),
        _ => Answer::Foreign,
    }
}

/// Compares without stopping at the first difference.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len()
        && a.bytes()
            .zip(b.bytes())
            .fold(0, |seen, (a, b)| seen | (a ^ b))
            == 0
}

impl Refusal {
    fn new(error: &str, description: Option<&str>, subcode: Option<&str>) -> Self {
        let description = text::clean(description.unwrap_or_default(), &[]);
        let codes = text::aadsts(&description);
        // Google sends `access_denied` alone for the Cancel button; Entra adds 65004 or a subcode, and sends
        // `access_denied` with another number where an administrator has to consent first.
        let nothing_else = codes.iter().all(|code| *code == DECLINED);
        Self {
            error: text::clean(error, &[]),
            cancelled: nothing_else && (error == "access_denied" || subcode == Some("cancel")),
            description,
            codes,
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled
    }

    pub(crate) fn into_error(self) -> OauthError {
        OauthError::Denied(Box::new(Evidence {
            fault: self.cancelled.then_some(Fault::Cancelled),
            text: self.description,
            oauth_error: Some(self.error),
            error_codes: self.codes,
            ..Evidence::at(Stage::OauthAuthorize)
        }))
    }
}

/// “User declined to consent to access the app.”
const DECLINED: u32 = 65004;

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(query: &str) -> Evidence {
        match read(query, "s") {
            Answer::Error(refusal) => *refusal.into_error().into_evidence(),
            _ => panic!("{query} is an error for this sign-in"),
        }
    }

    #[test]
    fn only_the_right_state_is_read() {
        assert!(matches!(read("code=c&state=s", "s"), Answer::Code(code) if code.expose() == "c"));
        for query in [
            "",
            "code=c",
            "code=c&state=t",
            "code=c&state=ss",
            "code=&state=s",
            "state=s",
            "error=x",
        ] {
            assert!(matches!(read(query, "s"), Answer::Foreign), "{query}");
        }
        for twice in ["code=c&code=d&state=s", "code=c&state=s&state=s"] {
            assert!(matches!(read(twice, "s"), Answer::Foreign), "{twice}");
        }
    }

    #[test]
    fn cancel_and_need_for_an_administrator_are_told_apart() {
        for cancelled in [
            "error=access_denied&state=s",
            "error=access_denied&error_subcode=cancel&state=s",
            "error=access_denied&error_description=AADSTS65004%3A+User+declined+to+consent.&state=s",
        ] {
            assert_eq!(
                denied(cancelled).fault,
                Some(Fault::Cancelled),
                "{cancelled}"
            );
        }
        let needs_admin = denied(
            "error=access_denied&error_description=AADSTS90094%3a+The+grant+requires+admin+permission.&state=s",
        );
        assert_eq!(needs_admin.fault, None);
        assert_eq!(needs_admin.error_codes, [90094]);
        assert_eq!(needs_admin.stage, Stage::OauthAuthorize);
        assert_eq!(denied("error=server_error&state=s").fault, None);
    }
}
