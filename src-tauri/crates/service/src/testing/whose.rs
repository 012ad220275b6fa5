//! Whose an access token is, as far as it says so itself: servers refuse a foreign one without a reason.

use mailwright_discovery::tenant_id;
use mailwright_domain::{
    AuthKind, Check, CheckId, Evidence, Fault, Grant, Mailbox, Outcome, Protocol, Stage,
    TokenClaims,
};
use mailwright_oauth::peek;
use uuid::Uuid;

use crate::Service;
use crate::credentials::Credentials;

/// What an access token says of its owner, beside the sign-in that it should be of.
pub(super) struct Whose {
    claims: TokenClaims,
    grant: Grant,
}

impl Service {
    /// Nothing for passwords, for access without a person, and for tokens that say nothing.
    pub(super) fn whose(&self, mailbox: &Mailbox, credentials: &Credentials) -> Option<Whose> {
        let Credentials::Token(access) = credentials else {
            return None;
        };
        let claims = peek(&access.token)?;
        let grant = self.grant_of(mailbox).ok()??;
        Some(Whose { claims, grant })
    }
}

impl Whose {
    /// Of another organisation than the sign-in: no server of this one takes it. Organisations are compared by their
    /// ID, which never changes, as Microsoft's issuers (`iss`) and tokens (`tid`) name it.
    pub(super) fn of_another_organisation(&self, protocol: Protocol) -> Option<Evidence> {
        let found = Uuid::try_parse(self.claims.tenant.as_deref()?).ok()?;
        let expected = Uuid::try_parse(&tenant_id(&self.grant.issuer)?).ok()?;
        if found == expected {
            return None;
        }
        let text = format!(
            "the access token is of the organisation {found}, and the sign-in of {expected}"
        );
        Some(Evidence {
            protocol: Some(protocol),
            auth: Some(AuthKind::Oauth),
            detail: self.claims.user.clone(),
            token: Some(self.claims.clone()),
            ..Evidence::fault(Stage::Token, Fault::WrongAccount, text)
        })
    }

    /// Names change, and a server may know somebody by an older one. So a name that nobody expects stops nothing; it is
    /// told where the server has refused.
    pub(super) fn tell_another_person(&self, mailbox: &Mailbox, checks: &mut [Check]) {
        let Some(user) = &self.claims.user else {
            return;
        };
        let address = mailbox.address.to_string();
        let names = [&self.grant.signed_in_as, &mailbox.sign_in_name, &address];
        if names.iter().any(|name| name.eq_ignore_ascii_case(user)) {
            return;
        }
        let refused = checks
            .iter_mut()
            .find(|check| check.id == CheckId::Authenticate && check.outcome == Outcome::Failed);
        if let Some(verdict) = refused.and_then(|check| check.verdict.as_mut()) {
            let expected = &mailbox.sign_in_name;
            verdict.steps.push(format!(
                "The sign-in that was used is of {user}. If it should be of {expected}, sign in again."
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use mailwright_domain::{GrantId, RegistrationId};

    use super::*;
    use crate::samples::{Sample, failed};

    const OWN: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";
    const OTHER: &str = "99992222-aaaa-3333-bbbb-4444cccc5555";

    fn whose(user: &str, tenant: Option<&str>, issuer: &str) -> Whose {
        Whose {
            claims: TokenClaims {
                user: Some(user.to_owned()),
                tenant: tenant.map(str::to_owned),
                ..TokenClaims::default()
            },
            grant: Grant {
                id: GrantId(Uuid::new_v4()),
                registration: RegistrationId(Uuid::new_v4()),
                issuer: issuer.to_owned(),
                subject: "person".to_owned(),
                signed_in_as: "anna@firma.nl".to_owned(),
                scopes: Vec::new(),
                signed_in_at: Timestamp::UNIX_EPOCH,
                renewed_at: Timestamp::UNIX_EPOCH,
                dead: None,
            },
        }
    }

    #[test]
    fn a_token_of_another_organisation_is_seen_before_the_server_is_asked() {
        let issuer = format!("https://login.microsoftonline.com/{OWN}/v2.0");
        let foreign = whose("anna@firma.nl", Some(OTHER), &issuer);
        let found = foreign.of_another_organisation(Protocol::Imap).unwrap();
        assert_eq!(
            (found.stage, found.fault),
            (Stage::Token, Some(Fault::WrongAccount))
        );
        assert!(
            found.text.contains(OTHER) && found.text.contains(OWN),
            "{}",
            found.text
        );
        let silent = |tenant, issuer: &str| {
            let whose = whose("anna@firma.nl", tenant, issuer);
            whose.of_another_organisation(Protocol::Imap).is_none()
        };
        let upper = OWN.to_uppercase();
        assert!(silent(Some(&upper), &issuer));
        assert!(
            silent(None, &issuer),
            "what a token leaves out is not judged"
        );
        assert!(silent(Some(OTHER), "https://accounts.google.com"));
        assert!(silent(Some("firma.nl"), &issuer));
    }

    #[tokio::test]
    async fn a_person_whom_nobody_expects_is_told_where_the_server_refused() {
        let sample = Sample::new();
        let registration = sample.registration("ERP").await;
        let mailbox = sample.mailbox("anna@firma.nl", &registration).await;
        let told = |user: &str, id: CheckId| {
            let mut check = failed(id, Some(Protocol::Imap), "no");
            let mut verdict = check.verdict.take().unwrap();
            verdict.steps.clear();
            check.verdict = Some(verdict);
            let mut checks = [check];
            whose(user, None, "https://id.example").tell_another_person(&mailbox, &mut checks);
            let [check] = checks;
            check.verdict.unwrap().steps
        };
        let steps = told("bob@firma.nl", CheckId::Authenticate);
        assert!(
            steps.len() == 1 && steps[0].contains("bob@firma.nl"),
            "{steps:?}"
        );
        assert!(told("Anna@firma.nl", CheckId::Authenticate).is_empty());
        assert!(told("bob@firma.nl", CheckId::Connect).is_empty());
    }
}
