use std::time::Duration;

use jiff::Timestamp;
use mailwright_domain::{
    Evidence, Fault, Grant, GrantId, Mailbox, Provider, Registration, Stage, Status,
};
use mailwright_oauth::{
    Account, Callback, EndPage, Identity, Loopback, OauthError, Profile, Responder, SignInRequest,
    Tokens, check_grant, redeem,
};
use tokio::sync::mpsc::UnboundedSender;
use url::Url;
use uuid::Uuid;

use crate::lock::{Lock, PATIENCE, acquire};
use crate::tokens::access_of;
use crate::wire::SignedIn;
use crate::{Code, Failure, Service};

/// What may differ between two sign-ins to the same mailbox.
#[derive(Clone, Debug)]
pub struct SignInOptions {
    /// The address is a shared mailbox: whoever signs in is right, and is the SMTP login from then on.
    pub shared: bool,
    /// Ask the provider to show its choice of accounts instead of proposing one.
    pub choose_account: bool,
    /// How long to wait for the person.
    pub limit: Duration,
}

/// What happens during a sign-in.
#[derive(Clone, Debug)]
pub enum SignInEvent {
    /// Another sign-in is open on this computer; this one goes on when that one has ended.
    Queued,
    /// The address to open in the browser. It can be used once.
    Link(Url),
    /// The browser came back; the code is being redeemed.
    CameBack,
}

/// Whom a sign-in is for.
struct Attempt<'a> {
    mailbox: &'a Mailbox,
    registration: &'a Registration,
    profile: &'a Profile,
    shared: bool,
}

impl Service {
    /// Signs in to a mailbox by the system's browser. Nothing is changed unless it succeeds. Dropping the future
    /// cancels it.
    ///
    /// # Errors
    /// The keychain cannot be used (said before any browser opens), nobody came back in time, the person or the
    /// provider said no, another account signed in, or permissions are missing.
    pub async fn sign_in(
        &self,
        which: &str,
        options: &SignInOptions,
        events: &UnboundedSender<SignInEvent>,
    ) -> Result<SignedIn, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let registration = self.registration_of(&mailbox)?;
        let profile = self.profile(&mailbox, &registration)?;
        // What cannot be kept must not be asked for.
        self.keychain.probe().await?;
        let secret = self.client_secret(&registration).await?;
        let _turn = self.turn(options.limit, events).await?;

        let loopback = Loopback::bind(&profile.redirect).await?;
        let request = SignInRequest::new(
            &profile,
            &loopback.redirect_uri(),
            &asked(&mailbox, options),
        )?;
        // The receiver may have gone; the sign-in goes on for whoever opened the address.
        let _ = events.send(SignInEvent::Link(request.authorize_url().clone()));
        let waited = loopback
            .wait(request.state(), options.limit, std::future::pending())
            .await;
        let Callback { code, responder } = waited.map_err(|error| for_mailbox(error, &mailbox))?;
        let _ = events.send(SignInEvent::CameBack);

        let scopes = profile.token_scopes();
        let redeemed = redeem(
            &self.net,
            &profile,
            secret.as_ref(),
            &code,
            &request,
            &scopes,
        )
        .await;
        let attempt = Attempt {
            mailbox: &mailbox,
            registration: &registration,
            profile: &profile,
            shared: options.shared,
        };
        let (result, page) = match redeemed {
            Ok(tokens) => self.finish(&attempt, &tokens).await,
            Err(error) => failed(for_mailbox(error, &mailbox)),
        };
        responder_says(responder, page).await;
        result
    }

    /// Judges and keeps what a sign-in gave; also says which page the browser shows.
    async fn finish(
        &self,
        attempt: &Attempt<'_>,
        tokens: &Tokens,
    ) -> (Result<SignedIn, Failure>, EndPage) {
        if let Some(identity) = tokens.identity.as_ref().filter(|i| !attempt.accepts(i)) {
            return attempt.different_account(identity);
        }
        if let Some(mut evidence) = check_grant(attempt.profile, tokens) {
            evidence.mailbox = Some(attempt.mailbox.address.to_string());
            return failed(Failure::diagnosed(&evidence).with_code(Code::NeedsSignIn));
        }
        match self.save(attempt, tokens).await {
            Ok(signed_in) => {
                let page = EndPage::Done {
                    signed_in_as: Some(signed_in.signed_in_as.clone()),
                };
                (Ok(signed_in), page)
            }
            Err(failure) => failed(failure),
        }
    }

    /// First a grant that nothing points to, then its secrets, then the pointer: ended at any point, the mailbox has
    /// its old sign-in or its new one.
    async fn save(&self, attempt: &Attempt<'_>, tokens: &Tokens) -> Result<SignedIn, Failure> {
        let grant = self
            .store
            .durable()
            .grants()
            .upsert(&fresh_grant(attempt, tokens))?;
        let lock = acquire(&self.home, &grant.id.to_string(), PATIENCE).await?;
        let _lock = lock.ok_or_else(|| {
            Failure::new(
                Code::Unreachable,
                "Another program is renewing this sign-in. Nothing was changed. Sign in again.",
            )
        })?;
        let generation = self.generation(grant.id).await.unwrap_or(0);
        self.keep(grant.id, tokens, generation).await?;
        let access = access_of(tokens, attempt.profile.clone());
        self.cache(grant.id, &access).await;

        let mut mailbox = attempt.mailbox.clone();
        let replaced = mailbox.grant.filter(|old| *old != grant.id);
        if attempt.shared {
            if mailbox.smtp_login == mailbox.sign_in_name {
                mailbox.smtp_login.clone_from(&grant.signed_in_as);
            }
            mailbox.sign_in_name.clone_from(&grant.signed_in_as);
        }
        mailbox.grant = Some(grant.id);
        mailbox.status = Status::NotStarted;
        self.store.durable().mailboxes().update(&mailbox)?;
        if let Some(old) = replaced {
            self.drop_unused_grant(old).await;
        }
        Ok(SignedIn {
            signed_in_as: grant.signed_in_as,
            scopes: grant.scopes,
            expires: access.expires.to_string(),
        })
    }

    /// Waits for this computer's one sign-in at a time: two open pages only confuse.
    async fn turn(
        &self,
        limit: Duration,
        events: &UnboundedSender<SignInEvent>,
    ) -> Result<Lock, Failure> {
        if let Some(lock) = acquire(&self.home, "sign-in", Duration::ZERO).await? {
            return Ok(lock);
        }
        let _ = events.send(SignInEvent::Queued);
        acquire(&self.home, "sign-in", limit).await?.ok_or_else(|| {
            Failure::new(
                Code::NeedsSignIn,
                "Another sign-in is still open on this computer. Finish or cancel it, then try again. Nothing was changed.",
            )
        })
    }

    pub(crate) fn registration_of(&self, mailbox: &Mailbox) -> Result<Registration, Failure> {
        let found = match mailbox.registration {
            Some(id) => self.store.registrations().by_id(id)?,
            None => None,
        };
        found.ok_or_else(|| {
            Failure::new(
                Code::Usage,
                format!(
                    "{} has no app registration. Choose one: mailwright set {} --registration NAME",
                    mailbox.address, mailbox.address
                ),
            )
        })
    }

    /// The provider profile for a mailbox; personal Microsoft accounts sign in elsewhere than work accounts.
    #[expect(clippy::unused_self, reason = "called like its siblings")]
    pub(crate) fn profile(
        &self,
        mailbox: &Mailbox,
        registration: &Registration,
    ) -> Result<Profile, Failure> {
        let personal = mailbox
            .endpoints
            .iter()
            .any(|e| e.host == "smtp-mail.outlook.com");
        let profile = if personal && registration.provider == Provider::Microsoft {
            Profile::personal(registration, mailbox.purpose)?
        } else {
            Profile::new(registration, mailbox.purpose)?
        };
        Ok(profile)
    }
}

impl Attempt<'_> {
    /// Whether this person is the one the mailbox expects.
    fn accepts(&self, identity: &Identity) -> bool {
        let expected = [
            self.mailbox.sign_in_name.clone(),
            self.mailbox.address.to_string(),
        ];
        let names = [Some(identity.name.as_str()), identity.email.as_deref()];
        self.shared
            || names.into_iter().flatten().any(|name| {
                expected
                    .iter()
                    .any(|e| e.to_lowercase() == name.to_lowercase())
            })
    }

    fn different_account(&self, identity: &Identity) -> (Result<SignedIn, Failure>, EndPage) {
        let address = self.mailbox.address.to_string();
        let name = identity.name.clone();
        let mut evidence = Evidence::fault(
            Stage::OauthToken,
            Fault::WrongAccount,
            format!(
                "signed in as {name}, expected {}",
                self.mailbox.sign_in_name
            ),
        );
        evidence.mailbox = Some(address.clone());
        evidence.detail = Some(name.clone());
        evidence.provider = Some(self.mailbox.provider);
        let mut failure = Failure::diagnosed(&evidence).with_code(Code::NeedsSignIn);
        if let Some(verdict) = failure.verdict.as_mut() {
            verdict.what = format!(
                "You signed in as {name}, but {address} expects {}. Nothing was saved.",
                self.mailbox.sign_in_name
            );
            verdict.steps = vec![
                format!(
                    "Sign in again with the right account: mailwright sign-in {address} --choose-account"
                ),
                format!(
                    "Or, if {name} is your sign-in name for this mailbox: mailwright set {address} --sign-in-name {name}"
                ),
                format!(
                    "Or, if {address} is a shared mailbox that {name} may use: mailwright sign-in {address} --shared"
                ),
                format!("Or set up {name} as a mailbox of its own: mailwright add {name}"),
            ];
            failure.message.clone_from(&verdict.what);
        }
        let page = EndPage::DifferentAccount {
            mailbox: address,
            signed_in_as: name,
        };
        (Err(failure), page)
    }
}

/// What the sign-in yielded, as a grant of its own; the store recognises an earlier one of the same person.
fn fresh_grant(attempt: &Attempt<'_>, tokens: &Tokens) -> Grant {
    let identity = tokens.identity.as_ref();
    let expected = &attempt.mailbox.sign_in_name;
    // A provider without ID tokens does not say who signed in; the expected name stands for that person.
    let name = identity.map(|i| &i.name).filter(|name| !name.is_empty());
    let now = Timestamp::now();
    Grant {
        id: GrantId(Uuid::new_v4()),
        registration: attempt.registration.id,
        issuer: identity.map_or_else(|| attempt.profile.token.to_string(), |i| i.issuer.clone()),
        subject: identity.map_or_else(|| expected.clone(), |i| i.subject.clone()),
        signed_in_as: name.unwrap_or(expected).clone(),
        scopes: tokens.scopes.clone(),
        signed_in_at: now,
        renewed_at: now,
        dead: None,
    }
}

fn asked(mailbox: &Mailbox, options: &SignInOptions) -> mailwright_oauth::SignInOptions {
    let account = if options.choose_account {
        Account::Choose
    } else if options.shared {
        Account::Any // the address is nobody's sign-in name
    } else {
        Account::Expected(mailbox.sign_in_name.clone())
    };
    mailwright_oauth::SignInOptions {
        account,
        ..mailwright_oauth::SignInOptions::default()
    }
}

fn for_mailbox(error: OauthError, mailbox: &Mailbox) -> Failure {
    let person = matches!(
        error,
        OauthError::NobodyCameBack(_)
            | OauthError::Cancelled(_)
            | OauthError::Denied(_)
            | OauthError::Rejected(_)
            | OauthError::NeedsPerson { .. }
            | OauthError::Identity(_)
    );
    let mut evidence = error.into_evidence();
    evidence.mailbox = Some(mailbox.address.to_string());
    evidence.provider.get_or_insert(mailbox.provider);
    let failure = Failure::diagnosed(&evidence);
    if person && failure.code != Code::NeedsAdministrator {
        failure.with_code(Code::NeedsSignIn)
    } else {
        failure
    }
}

fn failed(failure: Failure) -> (Result<SignedIn, Failure>, EndPage) {
    let page = EndPage::Failed {
        sentence: failure
            .verdict
            .as_ref()
            .map_or_else(|| failure.message.clone(), |v| v.title.clone()),
    };
    (Err(failure), page)
}

async fn responder_says(responder: Responder, page: EndPage) {
    responder.finish(page).await;
}
