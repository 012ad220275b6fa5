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
    /// An administrator approved the app, in this tenant.
    Approved(Option<String>),
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

/// The parameters of a redirect.
#[derive(Default)]
struct Parameters {
    code: Option<String>,
    error: Option<String>,
    description: Option<String>,
    subcode: Option<String>,
    state: Option<String>,
    /// Microsoft: an administrator was asked for approval. It stands beside errors too.
    admin_consent: Option<String>,
    /// Microsoft: the organisation of that administrator.
    tenant: Option<String>,
}

impl Parameters {
    /// Each may be there once (RFC 6749 section 3.1), and nothing is looked at unless `state` is the expected one.
    fn of(query: &str, state: &str) -> Option<Self> {
        let mut all = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match name.as_ref() {
                "code" => &mut all.code,
                "error" => &mut all.error,
                "error_description" => &mut all.description,
                "error_subcode" => &mut all.subcode,
                "state" => &mut all.state,
                "admin_consent" => &mut all.admin_consent,
                "tenant" => &mut all.tenant,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        let ours = all.state.as_deref().is_some_and(|given| same(given, state));
        ours.then_some(all)
    }

    fn refusal(&self) -> Option<Refusal> {
        let error = self.error.as_deref()?;
        Some(Refusal::new(
            error,
            self.description.as_deref(),
            self.subcode.as_deref(),
        ))
    }
}

/// Reads the query with which the browser comes back from a sign-in.
pub(crate) fn read(query: &str, state: &str) -> Answer {
    let Some(parameters) = Parameters::of(query, state) else {
        return Answer::Foreign;
    };
    match (parameters.refusal(), parameters.code) {
        (Some(refusal), _) => Answer::Error(refusal),
        (None, Some(code)) if !code.is_empty() => Answer::Code(Secret::new(code)),
        _ => Answer::Foreign,
    }
}

/// Reads the query with which the browser comes back from the approval page (Microsoft, identity-platform/
/// v2-admin-consent: `admin_consent=True&tenant=…`).
pub(crate) fn read_approval(query: &str, state: &str) -> Answer {
    let Some(parameters) = Parameters::of(query, state) else {
        return Answer::Foreign;
    };
    let approved = |given: &String| given.eq_ignore_ascii_case("true");
    match (parameters.refusal(), parameters.admin_consent) {
        (Some(refusal), _) => Answer::Error(refusal),
        (None, Some(given)) if approved(&given) => {
            let tenant = parameters.tenant.filter(|tenant| !tenant.is_empty());
            Answer::Approved(tenant.map(|tenant| text::clean(&tenant, &[])))
        }
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
        let fault = self.cancelled.then_some(Fault::Cancelled);
        self.with(fault)
    }

    /// The same where an administrator was asked to approve.
    pub(crate) fn into_approval_error(self) -> OauthError {
        let fault = if self.codes.iter().any(|code| NOT_ALLOWED.contains(code)) {
            Some(Fault::ApproverNotAdministrator)
        } else if self.cancelled || self.error == "permission_denied" {
            Some(Fault::ApprovalDeclined)
        } else {
            None
        };
        self.with(fault)
    }

    fn with(self, fault: Option<Fault>) -> OauthError {
        OauthError::Denied(Box::new(Evidence {
            fault,
            text: self.description,
            oauth_error: Some(self.error),
            error_codes: self.codes,
            ..Evidence::at(Stage::OauthAuthorize)
        }))
    }
}

/// “User declined to consent to access the app.”
const DECLINED: u32 = 65004;
/// Who signed in at the approval page may not approve.
const NOT_ALLOWED: [u32; 2] = [90093, 90094];

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

    fn not_approved(query: &str) -> Option<Fault> {
        match read_approval(query, "s") {
            Answer::Error(refusal) => refusal.into_approval_error().into_evidence().fault,
            _ => panic!("{query} is an error for this approval"),
        }
    }

    #[test]
    fn an_approval_names_its_tenant_and_an_error_beside_it_goes_first() {
        let tenant = |query: &str| match read_approval(query, "s") {
            Answer::Approved(tenant) => tenant,
            _ => panic!("{query} is an approval"),
        };
        assert_eq!(
            tenant("admin_consent=True&tenant=t-1&state=s").as_deref(),
            Some("t-1")
        );
        assert_eq!(tenant("admin_consent=true&state=s"), None);
        for foreign in [
            "admin_consent=True&tenant=t-1",
            "admin_consent=True&tenant=t-1&state=other",
            "admin_consent=False&tenant=t-1&state=s",
            "tenant=t-1&state=s",
            "code=c&state=s",
            "admin_consent=True&tenant=a&tenant=b&state=s",
        ] {
            assert!(
                matches!(read_approval(foreign, "s"), Answer::Foreign),
                "{foreign}"
            );
        }
        // A sign-in that waits takes no approval for its answer.
        let approved = "admin_consent=True&tenant=t-1&state=s";
        assert!(matches!(read(approved, "s"), Answer::Foreign));

        let beside = "admin_consent=True&tenant=t-1&state=s&error=access_denied";
        let declined = Some(Fault::ApprovalDeclined);
        assert_eq!(not_approved(beside), declined);
        for words in [
            "error=permission_denied&error_description=The+admin+canceled+the+request&state=s",
            "error=access_denied&error_subcode=cancel&error_description=AADSTS65004%3A+x&state=s",
        ] {
            assert_eq!(not_approved(words), declined, "{words}");
        }
        assert_eq!(
            not_approved("error=access_denied&error_description=AADSTS90093%3A+x&state=s"),
            Some(Fault::ApproverNotAdministrator)
        );
        assert_eq!(not_approved("error=server_error&state=s"), None);
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
