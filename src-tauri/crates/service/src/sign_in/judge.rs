use jiff::Timestamp;
use mailwright_domain::{Evidence, Fault, Mailbox, Outcome, Provider, Secret, Stage, Verdict};
use mailwright_oauth::{Identity, OauthError, SignInRequest, Tokens, check_grant, redeem};
use tokio::sync::mpsc::unbounded_channel;

use super::ask::{Ask, Attempt, Expected};
use super::same_name;
use crate::credentials::Credentials;
use crate::tokens::Access;
use crate::wire::OtherAccount;
use crate::{Code, Failure, Service};

impl Service {
    /// Redeems the code, if what comes of it can be kept, and sees that it is all that was asked for.
    pub(super) async fn redeemed(
        &self,
        ask: &Ask,
        code: &Secret,
        request: &SignInRequest,
    ) -> Result<Tokens, Failure> {
        // Again: the keychain may have been locked while the person was in the browser. The code is left unused then,
        // so that there is nothing anywhere to be lost.
        self.keychain.probe().await?;
        let begun = Timestamp::now();
        let redeemed = redeem(
            &self.net,
            &ask.profile,
            ask.proof.as_ref(),
            code,
            request,
            &ask.profile.token_scopes(),
        )
        .await;
        self.saw_redemption(&ask.registration, &redeemed);
        if !matches!(&redeemed, Err(error) if error.is_transient()) {
            // The provider answers again, whoever was told to wait.
            self.note_answer(ask.registration.id, begun, None);
        }
        redeemed.map_err(|error| {
            if let Some(whom) = ask.challenged.first() {
                self.keep_claims(*whom, &error);
            }
            sign_in_failure(error, ask)
        })
    }

    /// Whether the mailbox's inbox opens: without that anybody could be taken for right. A mailbox that only sends has
    /// none; the envelope of its test shows it.
    pub(super) async fn opens(&self, mailbox: &Mailbox, access: Access) -> Result<(), Failure> {
        let reading = mailbox.reading();
        let target = reading.and_then(|protocol| crate::testing::target(mailbox, protocol, None));
        let Some(target) = target else {
            return Ok(());
        };
        let credentials = Credentials::from(access);
        if let Some(evidence) = credentials.refused(mailbox, &target) {
            return Err(Failure::diagnosed(&evidence));
        }
        let (events, _) = unbounded_channel();
        let credential = credentials.for_servers();
        let ladder = mailwright_mail::run(&self.net, &target, &credential, &events).await;
        let failed = ladder
            .checks
            .into_iter()
            .find(|check| check.outcome == Outcome::Failed);
        match failed {
            None => Ok(()),
            Some(mut check) => {
                crate::testing::diagnose(mailbox, &mut check);
                Err(crate::testing::failure_of(
                    mailbox,
                    check,
                    "did not open for this sign-in",
                ))
            }
        }
    }
}

impl Ask {
    /// Whether the provider said who signed in, where it should, and granted all that is needed.
    pub(super) fn complete(&self, tokens: &Tokens) -> Result<(), Failure> {
        if tokens.identity.is_none() && self.registration.provider != Provider::Custom {
            let text = "the provider did not say who signed in";
            let evidence =
                self.evidence(Evidence::fault(Stage::OauthToken, Fault::Malformed, text));
            return Err(Failure::diagnosed(&evidence));
        }
        match check_grant(&self.needed, tokens) {
            None => Ok(()),
            Some(evidence) => {
                let evidence = self.evidence(evidence);
                Err(Failure::diagnosed(&evidence).with_code(Code::NeedsSignIn))
            }
        }
    }

    fn evidence(&self, evidence: Evidence) -> Evidence {
        about(self)(evidence)
    }
}

/// Completes evidence with what this sign-in is about.
pub(super) fn about(ask: &Ask) -> impl Fn(Evidence) -> Evidence + Send + use<> {
    let (mailbox, provider) = (ask.address.clone(), ask.registration.provider);
    move |evidence| Evidence {
        mailbox: mailbox.clone(),
        provider: evidence.provider.or(Some(provider)),
        ..evidence
    }
}

impl Attempt {
    /// Whether the right person signed in, with all that is needed.
    pub(super) fn judge(&self, tokens: &Tokens) -> Result<(), Failure> {
        match &tokens.identity {
            Some(identity) if !self.expected.accepts(identity) => {
                Err(self.different_account(identity))
            }
            _ => self.ask.complete(tokens),
        }
    }

    fn different_account(&self, identity: &Identity) -> Failure {
        let (address, name) = (self.mailbox.address.to_string(), identity.name.clone());
        let expected = self.expected.name().to_owned();
        let evidence = Evidence {
            detail: Some(name.clone()),
            ..self.ask.evidence(Evidence::fault(
                Stage::OauthToken,
                Fault::WrongAccount,
                format!("signed in as {name}, expected {expected}"),
            ))
        };
        let mut failure = Failure::diagnosed(&evidence).with_code(Code::NeedsSignIn);
        if let Some(verdict) = failure.verdict.as_mut() {
            explain(verdict, &address, &expected, &name);
            failure.message.clone_from(&verdict.what);
        }
        failure.other_account = Some(Box::new(OtherAccount {
            expected,
            signed_in_as: name,
        }));
        failure
    }
}

/// What happened with its names, and the four ways on. How each is done differs between window and command line.
fn explain(verdict: &mut Verdict, address: &str, expected: &str, name: &str) {
    verdict.what =
        format!("You signed in as {name}, but {address} expects {expected}. Nothing was saved.");
    verdict.still_works = None; // said already
    verdict.steps = vec![
        format!("Sign in again and choose {expected} on the page."),
        format!("Or, if {name} is your sign-in name for this mailbox, say so."),
        format!("Or, if {address} is a shared mailbox that {name} may use, say so."),
        format!("Or set up {name} as a mailbox of its own."),
    ];
}

impl Expected {
    /// Whether this person is the right one. A provider that gives no name says nothing about that.
    fn accepts(&self, identity: &Identity) -> bool {
        let expected = match self {
            Self::Anybody(_) => return true,
            Self::Known(name) | Self::Renamed(name) => name,
        };
        let names: Vec<&str> = [Some(identity.name.as_str()), identity.email.as_deref()]
            .into_iter()
            .flatten()
            .filter(|name| !name.is_empty())
            .collect();
        names.is_empty() || names.iter().any(|name| same_name(name, expected))
    }

    /// Whether the inbox must open before anything is kept.
    pub(super) fn must_open(&self) -> bool {
        !matches!(self, Self::Known(_))
    }
}

/// Why the sign-in did not work, for the mailbox it was for.
pub(super) fn sign_in_failure(error: OauthError, ask: &Ask) -> Failure {
    let person = matches!(
        error,
        OauthError::NobodyCameBack(_)
            | OauthError::Cancelled(_)
            | OauthError::CodeEnded(_)
            | OauthError::Denied(_)
            | OauthError::Rejected(_)
            | OauthError::NeedsPerson { .. }
            | OauthError::Identity(_)
    );
    let failure = Failure::diagnosed(&ask.evidence(*error.into_evidence()));
    if person && failure.code != Code::NeedsAdministrator {
        failure.with_code(Code::NeedsSignIn)
    } else {
        failure
    }
}
