//! Access tokens from stored grants. One process at a time reads, refreshes and writes a grant (a process that loses
//! the race must not wipe the winner's token; a new refresh token that is not stored is a lost mailbox), and a renewal
//! that has begun runs to its end even if nobody waits for it any more.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use mailwright_domain::{
    AuthKind, Evidence, Fault, Grant, GrantId, Mailbox, Registration, Secret, Stage, Status, Who,
};
use mailwright_keychain::{KeychainError, Kind};
use mailwright_oauth::{OauthError, Profile, Tokens, missing_scopes, refresh};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::profiles::profile_of_grant;
use crate::wire::Token;
use crate::{Code, Failure, Protocol, Service, lock};

/// An access token stops being used this long before its end, or a tenth of its life before, whichever is less: a
/// connection that is being made must not outlive it, and clocks differ.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// A usable access token and what it belongs to.
pub(crate) struct Access {
    pub(crate) token: Secret,
    pub(crate) expires: Timestamp,
    pub(crate) profile: Profile,
    /// Whether it was obtained just now and not taken from the keychain.
    pub(crate) renewed: bool,
}

/// What the keychain holds of a grant.
pub(crate) struct StoredGrant {
    generation: u64,
    pub(crate) refresh_token: Secret,
}

/// Keychain entry of a grant. Borrowed, so that no second copy of the secret is made for writing.
#[derive(Serialize, Deserialize)]
struct GrantEntry<'a> {
    generation: u64,
    refresh_token: Cow<'a, str>,
}

/// Keychain entry of an access token.
#[derive(Serialize, Deserialize)]
struct AccessEntry<'a> {
    obtained: Timestamp,
    expires: Timestamp,
    access_token: Cow<'a, str>,
}

impl Service {
    /// An access token for another program: the first receiving protocol's, else the sending one's, or `purpose`'s.
    ///
    /// # Errors
    /// Nobody is signed in, the provider has ended the sign-in, or it cannot be reached.
    pub async fn token(&self, which: &str, purpose: Option<&str>) -> Result<Token, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let wanted = purpose
            .map(|word| known_protocol(&mailbox, word))
            .transpose()?;
        let protocol = wanted.unwrap_or(if mailbox.purpose.receive {
            Protocol::Imap
        } else {
            Protocol::Smtp
        });
        let access = self.access(&mailbox, false).await?;
        Ok(Token {
            access_token: access.token.expose().to_owned(),
            expires: access.expires.to_string(),
            user: mailbox.login(protocol),
        })
    }

    /// A usable access token; with `renew` the grant is really renewed, even if a cached token would do.
    pub(crate) async fn access(&self, mailbox: &Mailbox, renew: bool) -> Result<Access, Failure> {
        let (grant, profile) = self.signed_in(mailbox)?;
        if !renew && let Some(access) = self.cached(grant.id, &profile).await? {
            return Ok(access);
        }
        let (service, mailbox) = (self.clone(), mailbox.clone());
        self.to_its_end(
            move || async move { service.renew(&mailbox, &grant, profile, renew).await },
        )
        .await
    }

    async fn renew(
        &self,
        mailbox: &Mailbox,
        grant: &Grant,
        profile: Profile,
        renew: bool,
    ) -> Result<Access, Failure> {
        let _lock = lock::grant(&self.home, grant.id).await?;
        // Whoever held the lock may just have done the work.
        if !renew && let Some(access) = self.cached(grant.id, &profile).await? {
            return Ok(access);
        }
        let secret = self
            .client_secret(&self.registration_of_grant(grant)?)
            .await?;
        let stored = self.stored_grant(grant.id).await?.ok_or_else(|| {
            not_signed_in(
                mailbox,
                "the sign-in is not in the keychain of this computer",
            )
        })?;
        let asked = profile.token_scopes();
        match refresh(
            &self.net,
            &profile,
            secret.as_ref(),
            &stored.refresh_token,
            &asked,
        )
        .await
        {
            Ok(tokens) => {
                self.keep(grant.id, &tokens, stored.generation).await?;
                let access = access_of(&tokens, profile);
                self.cache(grant.id, &access).await;
                let noted = self
                    .store
                    .durable()
                    .grants()
                    .mark_renewed(grant.id, Timestamp::now());
                if let Err(error) = noted {
                    tracing::warn!(%error, "the renewal could not be noted; the token is good all the same");
                }
                Ok(access)
            }
            Err(error) => Err(self
                .refused(mailbox, grant.id, stored.generation, error)
                .await),
        }
    }

    /// Stores what a sign-in or renewal gave, before anything uses the access token. No new refresh token means that
    /// the old one stays good.
    pub(crate) async fn keep(
        &self,
        grant: GrantId,
        tokens: &Tokens,
        generation: u64,
    ) -> Result<(), Failure> {
        let Some(refresh_token) = &tokens.refresh_token else {
            return Ok(());
        };
        let value = json(&GrantEntry {
            generation: generation + 1,
            refresh_token: refresh_token.expose().into(),
        })?;
        let first = self.keychain.set(grant.0, &Kind::GrantToken, &value).await;
        if first.is_err() {
            // The provider may have forgotten the old token already; this is worth a second try.
            self.keychain
                .set(grant.0, &Kind::GrantToken, &value)
                .await?;
        }
        Ok(())
    }

    /// What the keychain holds of a grant; none where there is nothing, or something that cannot be read any more.
    pub(crate) async fn stored_grant(
        &self,
        grant: GrantId,
    ) -> Result<Option<StoredGrant>, Failure> {
        let bytes = match self.keychain.get(grant.0, &Kind::GrantToken).await {
            Err(KeychainError::Damaged) => None,
            other => other?,
        };
        Ok(bytes
            .as_ref()
            .and_then(|bytes| serde_json::from_slice::<GrantEntry<'_>>(bytes.expose()).ok())
            .map(|entry| StoredGrant {
                generation: entry.generation,
                refresh_token: Secret::new(entry.refresh_token.as_ref()),
            }))
    }

    /// The generation of a grant's refresh token; 0 where there is none.
    pub(crate) async fn generation(&self, grant: GrantId) -> Result<u64, Failure> {
        Ok(self
            .stored_grant(grant)
            .await?
            .map_or(0, |stored| stored.generation))
    }

    /// Forgets the access tokens of a grant that was signed in to anew: the servers may refuse the old ones already.
    pub(crate) async fn forget_access(
        &self,
        grant: &Grant,
        registration: &Registration,
    ) -> Result<(), Failure> {
        for mailbox in self.store.grants().mailboxes_of(grant.id)? {
            let profile = profile_of_grant(grant, registration, mailbox.purpose)?;
            self.keychain.delete(grant.id.0, &kind(&profile)).await?;
        }
        Ok(())
    }

    /// Keeps an access token for the next caller. Not being able to costs one more renewal and nothing else.
    pub(crate) async fn cache(&self, grant: GrantId, access: &Access) {
        let entry = AccessEntry {
            obtained: Timestamp::now(),
            expires: access.expires,
            access_token: access.token.expose().into(),
        };
        let Ok(value) = json(&entry) else { return };
        if let Err(error) = self
            .keychain
            .set(grant.0, &kind(&access.profile), &value)
            .await
        {
            tracing::info!(%error, "the access token could not be kept");
        }
    }

    async fn cached(&self, grant: GrantId, profile: &Profile) -> Result<Option<Access>, Failure> {
        let bytes = match self.keychain.get(grant.0, &kind(profile)).await {
            Err(KeychainError::Damaged) => None,
            other => other?,
        };
        let Some(entry) = bytes
            .as_ref()
            .and_then(|bytes| serde_json::from_slice::<AccessEntry<'_>>(bytes.expose()).ok())
        else {
            return Ok(None);
        };
        let life = entry.expires.duration_since(entry.obtained);
        let left = entry.expires.duration_since(Timestamp::now());
        // A clock that was set back makes a token look longer-lived than it can be.
        let plausible = left <= life;
        Ok((plausible && left > MARGIN.min(life / 10)).then(|| Access {
            token: Secret::new(entry.access_token.as_ref()),
            expires: entry.expires,
            profile: profile.clone(),
            renewed: false,
        }))
    }

    /// What a failed renewal means for the grant. It is given up only when the provider rejects it for good, and only
    /// if nobody has put a newer one in its place.
    async fn refused(
        &self,
        mailbox: &Mailbox,
        grant: GrantId,
        generation: u64,
        error: OauthError,
    ) -> Failure {
        let definitive = error.is_definitive();
        let needs_person = definitive || matches!(error, OauthError::NeedsPerson { .. });
        let mut evidence = error.into_evidence();
        evidence.mailbox = Some(mailbox.address.to_string());
        let mut failure = Failure::diagnosed(&evidence);
        if definitive && let Some(verdict) = failure.verdict.as_mut() {
            verdict.who = Who::You; // whatever the cause, the way on is a new sign-in
        }
        if definitive || (needs_person && failure.code != Code::NeedsAdministrator) {
            failure = failure.with_code(Code::NeedsSignIn);
        }
        if definitive
            && self
                .generation(grant)
                .await
                .is_ok_and(|now| now == generation)
        {
            let cause = failure
                .verdict
                .as_ref()
                .map_or("unknown", |v| v.id.as_str());
            if let Err(error) = self.give_up(grant, cause).await {
                tracing::warn!(%error, "the end of the sign-in could not be recorded");
            }
        }
        failure
    }

    async fn give_up(&self, grant: GrantId, cause: &str) -> Result<(), Failure> {
        self.store.grants().mark_dead(grant, cause)?;
        for mailbox in self.store.grants().mailboxes_of(grant)? {
            self.store
                .mailboxes()
                .set_status(mailbox.id, Status::Stopped)?;
        }
        self.keychain.delete_all(grant.0).await?;
        Ok(())
    }

    /// Grant and profile of a mailbox that somebody is signed in to, with the permissions that it needs now.
    fn signed_in(&self, mailbox: &Mailbox) -> Result<(Grant, Profile), Failure> {
        let grant = self
            .grant_of(mailbox)?
            .filter(|grant| {
                grant.dead.is_none() && Some(grant.registration) == mailbox.registration
            })
            .ok_or_else(|| not_signed_in(mailbox, "nobody is signed in"))?;
        let registration = self.registration_of_grant(&grant)?;
        let profile = profile_of_grant(&grant, &registration, mailbox.purpose)?;
        // Asking a provider for more than was granted can cost the sign-in; a person has to grant it first.
        let missing = missing_scopes(&profile.token_scopes(), &grant.scopes);
        if missing.is_empty() {
            return Ok((grant, profile));
        }
        let text = format!(
            "the sign-in was without the permission {}",
            missing.join(", ")
        );
        Err(needs_sign_in(mailbox, Fault::ScopeMissing, &text))
    }
}

fn known_protocol(mailbox: &Mailbox, word: &str) -> Result<Protocol, Failure> {
    [Protocol::Imap, Protocol::Smtp]
        .into_iter()
        .find(|p| p.word() == word && mailbox.purpose.wants(*p))
        .ok_or_else(|| {
            Failure::new(
                Code::Usage,
                format!("{} is not used with {word}.", mailbox.address),
            )
        })
}

pub(crate) fn access_of(tokens: &Tokens, profile: Profile) -> Access {
    let life = SignedDuration::try_from(tokens.expires_in).unwrap_or(SignedDuration::ZERO);
    let now = Timestamp::now();
    Access {
        token: tokens.access_token.clone(),
        expires: now.checked_add(life).unwrap_or(now),
        profile,
        renewed: true,
    }
}

/// Mailboxes on one grant may need different permissions, so a token is kept for what it was asked for.
fn kind(profile: &Profile) -> Kind {
    let mut scopes = profile.token_scopes();
    scopes.sort();
    Kind::AccessToken(if scopes.is_empty() {
        "mail".to_owned()
    } else {
        scopes.join(" ")
    })
}

/// Room for the longest tokens seen, so that the text does not move while it grows and leave copies behind.
const ROOM: usize = 16 * 1024;

fn json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
    serde_json::to_writer(&mut *bytes, value)
        .map_err(|_| Failure::internal("A token could not be written as JSON."))?;
    Ok(bytes)
}

/// What is said where the provider has ended the sign-in.
pub(crate) fn sign_in_ended(mailbox: &Mailbox) -> Failure {
    not_signed_in(mailbox, "the sign-in has ended")
}

fn not_signed_in(mailbox: &Mailbox, why: &str) -> Failure {
    needs_sign_in(mailbox, Fault::NotSignedIn, why)
}

fn needs_sign_in(mailbox: &Mailbox, fault: Fault, why: &str) -> Failure {
    let evidence = Evidence {
        mailbox: Some(mailbox.address.to_string()),
        provider: Some(mailbox.provider),
        auth: Some(AuthKind::Oauth),
        ..Evidence::fault(Stage::Token, fault, why)
    };
    Failure::diagnosed(&evidence).with_code(Code::NeedsSignIn)
}
