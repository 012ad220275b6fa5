//! The addresses of a provider that Mailwright has no profile for, read from its issuer.

use mailwright_domain::{FieldError, IDENTITY_SCOPES, Provider};
use mailwright_oauth::{Metadata, NoMetadata, discover};
use url::Url;

use crate::registration_fields::url;
use crate::{Code, Failure, Hint, NewRegistration, Service};

/// The way in which a client secret is sent (RFC 6749 section 2.3.1, OpenID Connect Core 1.0 section 9).
const OUR_METHOD: &str = "client_secret_post";
/// No more names than that in a sentence.
const SHOWN: usize = 12;

impl Service {
    /// The fields with every address of a custom provider that was not entered, and what is to be said about it. What
    /// was entered stays; whoever entered both addresses that a sign-in needs is not asked anything.
    pub(crate) async fn with_endpoints(
        &self,
        mut fields: NewRegistration,
    ) -> Result<(NewRegistration, Vec<String>), Failure> {
        let complete = filled(fields.authorize_url.as_ref()) && filled(fields.token_url.as_ref());
        if fields.provider != Provider::Custom || complete {
            return Ok((fields, Vec::new()));
        }
        let Some(issuer) = url(fields.authority.as_ref())? else {
            return Ok((fields, Vec::new()));
        };
        let found = discover(&self.net, &issuer)
            .await
            .map_err(|error| not_found(&issuer, &error))?;
        for (field, address) in [
            (&mut fields.authorize_url, Some(&found.authorize)),
            (&mut fields.token_url, Some(&found.token)),
            (&mut fields.device_url, found.device.as_ref()),
            (&mut fields.revoke_url, found.revoke.as_ref()),
        ] {
            if !filled(field.as_ref()) {
                *field = address.map(Url::to_string);
            }
        }
        let mut notes = vec![format!("Its addresses were read from {issuer}.")];
        if !fields.scopes.iter().any(|scope| !scope.trim().is_empty()) {
            fields.scopes = known_identity(&found);
            notes.extend(others_offered(&found));
        }
        if fields.client_secret.is_some() {
            notes.extend(another_method(&found));
        }
        Ok((fields, notes))
    }
}

fn filled(field: Option<&String>) -> bool {
    field.is_some_and(|text| !text.trim().is_empty())
}

/// What is asked for without any word of a person: identity and a lasting sign-in. Where the issuer names its scopes and
/// one of these is missing, only the others are asked for, because a server may refuse what it does not know.
fn known_identity(found: &Metadata) -> Vec<String> {
    let offers = |scope: &str| found.scopes.iter().any(|one| one == scope);
    if found.scopes.is_empty() || IDENTITY_SCOPES.into_iter().all(offers) {
        return Vec::new();
    }
    let known = IDENTITY_SCOPES.into_iter().filter(|scope| offers(scope));
    known.map(str::to_owned).collect()
}

fn others_offered(found: &Metadata) -> Option<String> {
    let others: Vec<&str> = found
        .scopes
        .iter()
        .map(String::as_str)
        .filter(|scope| !IDENTITY_SCOPES.contains(scope))
        .take(SHOWN)
        .collect();
    (!others.is_empty()).then(|| {
        format!(
            "It also offers these permissions: {}. Enter those that its mail servers want.",
            others.join(", ")
        )
    })
}

fn another_method(found: &Metadata) -> Option<String> {
    let methods = &found.secret_methods;
    (!methods.is_empty() && !methods.iter().any(|method| method == OUR_METHOD)).then(|| {
        format!(
            "It takes a client secret by {} only, and Mailwright sends it by {OUR_METHOD}. A sign-in may be refused.",
            methods.join(", ")
        )
    })
}

pub(crate) fn not_found(issuer: &Url, error: &NoMetadata) -> Failure {
    let by_hand = "Enter the address to sign in at and the one to get tokens from by hand. Nothing was saved.";
    match error {
        NoMetadata::Unreachable(evidence) => Failure {
            code: Code::Unreachable,
            message: format!(
                "{issuer} could not be asked for its addresses: {} Try again later, or enter the addresses by hand. Nothing was saved.",
                crate::sentence(&evidence.text)
            ),
            ..Failure::diagnosed(evidence)
        },
        NoMetadata::NotThere(_) => Failure::new(
            Code::NotFound,
            format!("{issuer} publishes no addresses to sign in at. {by_hand}"),
        )
        .hinting(Hint::CustomAddresses),
        NoMetadata::AnotherIssuer(named) => Failure::new(
            Code::Failed,
            format!(
                "The server at {issuer} calls itself “{named}”, so it may stand for somebody else. If that is the right one, enter it as the issuer exactly like this. Nothing was saved."
            ),
        ),
        NoMetadata::Unprotected(url) => FieldError::NotHttps(url.clone()).into(),
    }
}
