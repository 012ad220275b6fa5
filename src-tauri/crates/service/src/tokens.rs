//! Access tokens from stored grants. One process at a time reads, refreshes and writes a grant (lessons: a process
//! that loses the race must not wipe the winner's token; a new refresh token that is not stored is a lost mailbox).

use jiff::{SignedDuration, Timestamp};
use mailwright_domain::{
    Evidence, Fault, Grant, GrantId, Mailbox, Registration, Secret, Stage, Status,
};
use mailwright_keychain::{Kind, SecretBytes};
use mailwright_oauth::{OauthError, Profile, Tokens, refresh};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::lock::{PATIENCE, acquire};
use crate::wire::Token;
use crate::{Code, Failure, Protocol, Service};

/// An access token stops being used this long before its end, or a tenth of its life before, whichever is less: a
/// connection that is being made must not outlive it, and clocks differ.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);
/// The one resource that mail protocols need a token for.
const MAIL: &str = "mail";

/// A usable access token and what it belongs to.
pub(crate) struct Access {
    pub(crate) token: Secret,
    pub(crate) expires: Timestamp,
    pub(crate) profile: Profile,
}

/// Keychain entry of a grant. Borrowed, so that no second copy of the secret is made for writing.
#[derive(Serialize, Deserialize)]
struct StoredGrant<'a> {
    generation: u64,
    refresh_token: std::borrow::Cow<'a, str>,
}

/// Keychain entry of an access token.
#[derive(Serialize, Deserialize)]
struct StoredAccess<'a> {
    obtained: Timestamp,
    expires: Timestamp,
    access_token: std::borrow::Cow<'a, str>,
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
        let (grant, registration) = self.signed_in(mailbox)?;
        let profile = self.profile(mailbox, &registration)?;
        if !renew && let Some(access) = self.cached(grant.id, &profile).await? {
            return Ok(access);
        }
        let lock = acquire(&self.home, &grant.id.to_string(), PATIENCE).await?;
        let _lock = lock.ok_or_else(|| {
            Failure::new(
                Code::Unreachable,
                "Another program has been renewing this sign-in for 30 seconds. Nothing was changed. Try again.",
            )
        })?;
        // Whoever held the lock may just have done the work.
        if !renew && let Some(access) = self.cached(grant.id, &profile).await? {
            return Ok(access);
        }
        self.renew(mailbox, &grant, &registration, profile).await
    }

    /// Refreshes; the caller holds the grant's lock.
    async fn renew(
        &self,
        mailbox: &Mailbox,
        grant: &Grant,
        registration: &Registration,
        profile: Profile,
    ) -> Result<Access, Failure> {
        let secret = self.client_secret(registration).await?;
        let bytes = self.keychain.get(grant.id.0, &Kind::GrantToken).await?;
        let stored = bytes
            .as_ref()
            .and_then(read_grant)
            .ok_or_else(|| not_in_keychain(mailbox))?;
        let token = Secret::new(stored.refresh_token.as_ref());
        let answer = refresh(
            &self.net,
            &profile,
            secret.as_ref(),
            &token,
            &profile.token_scopes(),
        )
        .await;
        match answer {
            Ok(tokens) => {
                self.keep(grant.id, &tokens, stored.generation).await?;
                let access = access_of(&tokens, profile);
                self.cache(grant.id, &access).await;
                self.store
                    .durable()
                    .grants()
                    .mark_renewed(grant.id, Timestamp::now())?;
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
        let value = StoredGrant {
            generation: generation + 1,
            refresh_token: refresh_token.expose().into(),
        };
        let value = json(&value)?;
        let first = self.keychain.set(grant.0, &Kind::GrantToken, &value).await;
        if first.is_err() {
            // The provider may have forgotten the old token already; this is worth a second try.
            self.keychain
                .set(grant.0, &Kind::GrantToken, &value)
                .await?;
        }
        Ok(())
    }

    /// The generation of a grant's refresh token; 0 where there is none.
    pub(crate) async fn generation(&self, grant: GrantId) -> Result<u64, Failure> {
        let bytes = self.keychain.get(grant.0, &Kind::GrantToken).await?;
        Ok(bytes
            .as_ref()
            .and_then(read_grant)
            .map_or(0, |stored| stored.generation))
    }

    /// The refresh token of a grant, to be revoked.
    pub(crate) async fn refresh_token(&self, grant: GrantId) -> Result<Option<Secret>, Failure> {
        let bytes = self.keychain.get(grant.0, &Kind::GrantToken).await?;
        Ok(bytes
            .as_ref()
            .and_then(read_grant)
            .map(|stored| Secret::new(stored.refresh_token.as_ref())))
    }

    /// Keeps an access token for the next caller. Not being able to costs one more renewal and nothing else.
    pub(crate) async fn cache(&self, grant: GrantId, access: &Access) {
        let value = StoredAccess {
            obtained: Timestamp::now(),
            expires: access.expires,
            access_token: access.token.expose().into(),
        };
        let Ok(value) = json(&value) else { return };
        let kind = Kind::AccessToken(MAIL.to_owned());
        if let Err(error) = self.keychain.set(grant.0, &kind, &value).await {
            tracing::info!(%error, "the access token could not be kept");
        }
    }

    async fn cached(&self, grant: GrantId, profile: &Profile) -> Result<Option<Access>, Failure> {
        let bytes = self
            .keychain
            .get(grant.0, &Kind::AccessToken(MAIL.to_owned()))
            .await?;
        let Some(stored) = bytes
            .as_ref()
            .and_then(|b| serde_json::from_slice::<StoredAccess<'_>>(b.expose()).ok())
        else {
            return Ok(None);
        };
        let life = stored.expires.duration_since(stored.obtained);
        let left = stored.expires.duration_since(Timestamp::now());
        // A clock that was set back makes a token look longer-lived than it can be.
        let plausible = left <= life;
        Ok((plausible && left > MARGIN.min(life / 10)).then(|| Access {
            token: Secret::new(stored.access_token.as_ref()),
            expires: stored.expires,
            profile: profile.clone(),
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
        if needs_person && failure.code != Code::NeedsAdministrator {
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

    /// Grant and registration of a mailbox that somebody is signed in to.
    fn signed_in(&self, mailbox: &Mailbox) -> Result<(Grant, Registration), Failure> {
        let registration = match mailbox.registration {
            Some(id) => self.store.registrations().by_id(id)?,
            None => None,
        };
        let grant = self.grant_of(mailbox)?.filter(|grant| grant.dead.is_none());
        match (grant, registration) {
            (Some(grant), Some(registration)) if grant.registration == registration.id => {
                Ok((grant, registration))
            }
            _ => Err(not_signed_in(mailbox, "nobody is signed in")),
        }
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
    Access {
        token: tokens.access_token.clone(),
        expires: Timestamp::now()
            .saturating_add(life)
            .unwrap_or_else(|_| Timestamp::now()),
        profile,
    }
}

fn read_grant(bytes: &SecretBytes) -> Option<StoredGrant<'_>> {
    serde_json::from_slice(bytes.expose()).ok()
}

/// Room for the longest tokens seen, so that the text does not move while it grows and leave copies behind.
const ROOM: usize = 16 * 1024;

fn json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
    serde_json::to_writer(&mut *bytes, value)
        .map_err(|_| Failure::internal("A token could not be written as JSON."))?;
    Ok(bytes)
}

fn not_signed_in(mailbox: &Mailbox, why: &str) -> Failure {
    let mut evidence = Evidence::fault(Stage::Token, Fault::NotSignedIn, why);
    evidence.mailbox = Some(mailbox.address.to_string());
    evidence.provider = Some(mailbox.provider);
    Failure::diagnosed(&evidence).with_code(Code::NeedsSignIn)
}

fn not_in_keychain(mailbox: &Mailbox) -> Failure {
    not_signed_in(
        mailbox,
        "the sign-in is not in the keychain of this computer",
    )
}
