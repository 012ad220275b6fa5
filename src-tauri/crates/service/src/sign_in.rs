use std::time::Duration;

use jiff::Timestamp;
use mailwright_domain::{
    EmailAddress, Evidence, Fault, Grant, GrantId, Mailbox, MailboxId, Outcome, Protocol, Provider,
    Registration, Secret, Stage, Status,
};
use mailwright_mail::Credential;
use mailwright_oauth::{
    Account, Callback, EndPage, Identity, Loopback, OauthError, Profile, SignInRequest, Tokens,
    check_grant, missing_scopes, redeem,
};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use url::Url;
use uuid::Uuid;

use crate::lock::{self, Lock};
use crate::profiles::profile_of_grant;
use crate::tokens::access_of;
use crate::wire::SignedIn;
use crate::{Code, Failure, Service};

/// What may differ between two sign-ins to the same mailbox.
#[derive(Clone, Debug)]
pub struct SignInOptions {
    /// The address is a shared mailbox: whoever signs in is right if the inbox then opens, and is the SMTP login from
    /// then on.
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
struct Attempt {
    mailbox: Mailbox,
    registration: Registration,
    /// What is asked for: what this mailbox needs, and what others of the same person need.
    profile: Profile,
    /// What this mailbox needs.
    needed: Profile,
    secret: Option<Secret>,
    shared: bool,
}

impl Service {
    /// Signs in to a mailbox by the system's browser. Dropping the future cancels it until the browser has come back;
    /// what follows then runs to its end.
    ///
    /// # Errors
    /// The keychain cannot be used (said before any browser opens), nobody came back in time, the person or the
    /// provider said no, another account signed in, or permissions are missing. The mailbox is as it was then.
    pub async fn sign_in(
        &self,
        which: &str,
        options: &SignInOptions,
        events: &UnboundedSender<SignInEvent>,
    ) -> Result<SignedIn, Failure> {
        self.find_mailbox(which)?;
        // What cannot be kept must not be asked for.
        self.keychain.probe().await?;
        let _turn = self.turn(options.limit, events).await?;
        // Only now: the turn may have taken minutes.
        let attempt = self.attempt(which, options).await?;
        let loopback = Loopback::bind(&attempt.profile.redirect).await?;
        let request = SignInRequest::new(
            &attempt.profile,
            &loopback.redirect_uri(),
            &asked(&attempt.mailbox, options),
        )?;
        // The receiver may have gone; the sign-in goes on for whoever opened the address.
        let _ = events.send(SignInEvent::Link(request.authorize_url().clone()));
        let waited = loopback
            .wait(request.state(), options.limit, std::future::pending())
            .await;
        let callback = waited.map_err(|error| for_mailbox(error, &attempt.mailbox))?;
        let _ = events.send(SignInEvent::CameBack);
        let service = self.clone();
        self.to_its_end(move || async move { service.came_back(attempt, callback, request).await })
            .await
    }

    async fn attempt(&self, which: &str, options: &SignInOptions) -> Result<Attempt, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let registration = self.registration_of(&mailbox)?;
        let needed = self.profile_for_sign_in(&mailbox, &registration).await?;
        let mut profile = needed.clone();
        let others = self.scopes_of_others(&mailbox, &registration)?;
        let more = missing_scopes(&others, &profile.scopes);
        profile.scopes.extend(more);
        Ok(Attempt {
            profile,
            needed,
            secret: self.client_secret(&registration).await?,
            mailbox,
            registration,
            shared: options.shared,
        })
    }

    /// What other mailboxes of the same person need. It is asked for again: this sign-in takes the place of that
    /// one, and a token that can do less would stop them.
    fn scopes_of_others(
        &self,
        mailbox: &Mailbox,
        registration: &Registration,
    ) -> Result<Vec<String>, Failure> {
        let grants = self.store.grants().of_registration(registration.id)?;
        let same_person =
            |g: &Grant| g.dead.is_none() && same_name(&g.signed_in_as, &mailbox.sign_in_name);
        let mut scopes = Vec::new();
        for grant in grants.into_iter().filter(same_person) {
            let others = self.store.grants().mailboxes_of(grant.id)?;
            for other in others.iter().filter(|other| other.id != mailbox.id) {
                scopes.extend(profile_of_grant(&grant, registration, other.purpose)?.scopes);
            }
        }
        Ok(scopes)
    }

    /// Redeems the code, judges what came, keeps it, and answers the page that the browser is waiting on.
    async fn came_back(
        &self,
        attempt: Attempt,
        callback: Callback,
        request: SignInRequest,
    ) -> Result<SignedIn, Failure> {
        let Callback { code, responder } = callback;
        let scopes = attempt.profile.token_scopes();
        let redeemed = redeem(
            &self.net,
            &attempt.profile,
            attempt.secret.as_ref(),
            &code,
            &request,
            &scopes,
        )
        .await;
        let (result, page) = match redeemed {
            Ok(tokens) => self.finish(&attempt, &tokens).await,
            Err(error) => failed(for_mailbox(error, &attempt.mailbox)),
        };
        responder.finish(page).await;
        result
    }

    async fn finish(
        &self,
        attempt: &Attempt,
        tokens: &Tokens,
    ) -> (Result<SignedIn, Failure>, EndPage) {
        match &tokens.identity {
            Some(identity) if !attempt.accepts(identity) => {
                return attempt.different_account(identity);
            }
            None if attempt.registration.provider != Provider::Custom => {
                return failed(nobody_named(attempt));
            }
            _ => {}
        }
        if let Some(mut evidence) = check_grant(&attempt.needed, tokens) {
            evidence.mailbox = Some(attempt.mailbox.address.to_string());
            return failed(Failure::diagnosed(&evidence).with_code(Code::NeedsSignIn));
        }
        if attempt.shared
            && let Err(failure) = self.opens(attempt, tokens).await
        {
            return failed(failure);
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

    /// Whether a shared mailbox opens for whoever signed in: without that anybody could be taken for right.
    async fn opens(&self, attempt: &Attempt, tokens: &Tokens) -> Result<(), Failure> {
        let Some(target) = crate::testing::target(&attempt.mailbox, Protocol::Imap, None) else {
            return Ok(()); // send only: the test's envelope shows it
        };
        let access = access_of(tokens, attempt.needed.clone());
        if let Some(evidence) = crate::testing::refuse_token(&attempt.mailbox, &target, &access) {
            return Err(Failure::diagnosed(&evidence));
        }
        let (events, _) = unbounded_channel();
        let ladder = mailwright_mail::run(
            &self.net,
            &target,
            &Credential::OAuth(access.token),
            &events,
        )
        .await;
        match ladder
            .checks
            .into_iter()
            .find(|c| c.outcome == Outcome::Failed)
        {
            None => Ok(()),
            Some(mut check) => {
                crate::testing::diagnose(&attempt.mailbox, &mut check);
                Err(crate::testing::failure_of(
                    &attempt.mailbox,
                    check,
                    "did not open for this sign-in",
                ))
            }
        }
    }

    /// First a grant that nothing points to, then its secrets, then the pointer: ended at any point, the mailbox has
    /// its old sign-in or its new one.
    async fn save(&self, attempt: &Attempt, tokens: &Tokens) -> Result<SignedIn, Failure> {
        let grant = self.with_earlier_scopes(fresh_grant(attempt, tokens), attempt)?;
        let grant = self.store.durable().grants().upsert(&grant)?;
        let lock = lock::grant(&self.home, grant.id).await?;
        // Somebody may have signed out while we waited for the lock, and deleted the row with the grant.
        let grant = self.store.durable().grants().upsert(&grant)?;
        self.unchanged(attempt)?;
        let generation = self.generation(grant.id).await?;
        self.keep(grant.id, tokens, generation).await?;
        let access = access_of(tokens, attempt.needed.clone());
        self.forget_access(&grant, &attempt.registration).await?;
        self.cache(grant.id, &access).await;
        // Again: the keychain may have kept us waiting, and somebody may have changed settings meanwhile.
        let mailbox = self.unchanged(attempt)?;
        let replaced = mailbox.grant.filter(|old| *old != grant.id);
        self.store
            .durable()
            .mailboxes()
            .update(&pointed(mailbox, &grant, attempt.shared))?;
        self.revive(grant.id)?;
        drop(lock); // never two grants' locks at once
        if let Some(old) = replaced {
            self.end_replaced(old).await;
        }
        Ok(SignedIn {
            signed_in_as: grant.signed_in_as,
            scopes: grant.scopes,
            expires: access.expires.to_string(),
        })
    }

    /// Microsoft keeps what a person consented to before; another mailbox on the same grant may rest on it.
    fn with_earlier_scopes(&self, mut grant: Grant, attempt: &Attempt) -> Result<Grant, Failure> {
        if attempt.registration.provider != Provider::Microsoft {
            return Ok(grant);
        }
        let same =
            |g: &Grant| g.issuer == grant.issuer && g.subject == grant.subject && g.dead.is_none();
        let earlier = self.store.grants().of_registration(grant.registration)?;
        let scopes = earlier
            .into_iter()
            .find(same)
            .map(|g| g.scopes)
            .unwrap_or_default();
        grant.scopes.extend(missing_scopes(&scopes, &grant.scopes));
        Ok(grant)
    }

    /// The mailbox as it is now, if what the sign-in rests on is still so.
    fn unchanged(&self, attempt: &Attempt) -> Result<Mailbox, Failure> {
        let MailboxId(id) = attempt.mailbox.id;
        let now = self.find_mailbox(&id.to_string())?;
        if now.registration == attempt.mailbox.registration
            && now.purpose == attempt.mailbox.purpose
            && same_name(&now.sign_in_name, &attempt.mailbox.sign_in_name)
        {
            return Ok(now);
        }
        Err(Failure::new(
            Code::Conflict,
            format!(
                "The settings of {} were changed during the sign-in, so it was not saved. Sign in again.",
                now.address
            ),
        ))
    }

    /// One sign-in mends every mailbox on the same grant.
    fn revive(&self, grant: GrantId) -> Result<(), Failure> {
        for mailbox in self.store.grants().mailboxes_of(grant)? {
            if mailbox.status == Status::Stopped {
                self.store
                    .mailboxes()
                    .set_status(mailbox.id, Status::NotStarted)?;
            }
        }
        Ok(())
    }

    /// Waits for this computer's one sign-in at a time: two open pages only confuse.
    async fn turn(
        &self,
        limit: Duration,
        events: &UnboundedSender<SignInEvent>,
    ) -> Result<Lock, Failure> {
        if let Some(lock) = lock::acquire(&self.home, "sign-in", Duration::ZERO).await? {
            return Ok(lock);
        }
        let _ = events.send(SignInEvent::Queued);
        lock::acquire(&self.home, "sign-in", limit).await?.ok_or_else(|| {
            Failure::new(
                Code::NeedsSignIn,
                "Another sign-in is still open on this computer. Finish or cancel it, then try again. Nothing was changed.",
            )
        })
    }
}

impl Attempt {
    /// Whether this person is the one the mailbox expects. A provider that gives no name says nothing about that.
    fn accepts(&self, identity: &Identity) -> bool {
        let names: Vec<&str> = [Some(identity.name.as_str()), identity.email.as_deref()]
            .into_iter()
            .flatten()
            .filter(|name| !name.is_empty())
            .collect();
        self.shared
            || names.is_empty()
            || names
                .iter()
                .any(|name| same_name(name, &self.mailbox.sign_in_name))
    }

    fn different_account(&self, identity: &Identity) -> (Result<SignedIn, Failure>, EndPage) {
        let (address, name) = (self.mailbox.address.to_string(), identity.name.clone());
        let expected = &self.mailbox.sign_in_name;
        let evidence = Evidence {
            mailbox: Some(address.clone()),
            detail: Some(name.clone()),
            provider: Some(self.mailbox.provider),
            ..Evidence::fault(
                Stage::OauthToken,
                Fault::WrongAccount,
                format!("signed in as {name}, expected {expected}"),
            )
        };
        let mut failure = Failure::diagnosed(&evidence).with_code(Code::NeedsSignIn);
        if let Some(verdict) = failure.verdict.as_mut() {
            verdict.what = format!(
                "You signed in as {name}, but {address} expects {expected}. Nothing was saved."
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

/// Sign-in names are compared as addresses where they are ones, so that a domain's two spellings are the same.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    match (a.parse::<EmailAddress>(), b.parse::<EmailAddress>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a.to_lowercase() == b.to_lowercase(),
    }
}

/// The mailbox with its new sign-in. Nothing is proven yet.
fn pointed(mut mailbox: Mailbox, grant: &Grant, shared: bool) -> Mailbox {
    if shared {
        if mailbox.smtp_login == mailbox.sign_in_name {
            mailbox.smtp_login.clone_from(&grant.signed_in_as);
        }
        mailbox.sign_in_name.clone_from(&grant.signed_in_as);
    }
    mailbox.grant = Some(grant.id);
    mailbox.status = Status::NotStarted;
    mailbox
}

/// What the sign-in yielded, as a grant of its own; the store recognises an earlier one of the same person.
fn fresh_grant(attempt: &Attempt, tokens: &Tokens) -> Grant {
    let identity = tokens.identity.as_ref();
    let expected = &attempt.mailbox.sign_in_name;
    // A provider that does not say who signed in leaves the expected name standing for that person.
    let name = identity.map(|i| &i.name).filter(|name| !name.is_empty());
    let now = Timestamp::now();
    Grant {
        id: GrantId(Uuid::new_v4()),
        registration: attempt.registration.id,
        issuer: identity.map_or_else(|| attempt.profile.token.to_string(), |i| i.issuer.clone()),
        subject: identity.map_or_else(|| expected.to_lowercase(), |i| i.subject.clone()),
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

fn nobody_named(attempt: &Attempt) -> Failure {
    let evidence = Evidence {
        mailbox: Some(attempt.mailbox.address.to_string()),
        provider: Some(attempt.mailbox.provider),
        ..Evidence::fault(
            Stage::OauthToken,
            Fault::Malformed,
            "the provider did not say who signed in",
        )
    };
    Failure::diagnosed(&evidence)
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
    let sentence = failure
        .verdict
        .as_ref()
        .map_or(&failure.message, |verdict| &verdict.title);
    let page = EndPage::Failed {
        sentence: sentence.clone(),
    };
    (Err(failure), page)
}
