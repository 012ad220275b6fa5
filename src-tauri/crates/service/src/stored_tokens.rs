//! What the keychain holds of a grant: the refresh token with its generation in one entry, so that they cannot differ,
//! and one access token for each resource.

use std::borrow::Cow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mailwright_domain::{GrantId, Secret};
use mailwright_keychain::{KeychainError, Kind};
use mailwright_oauth::{Profile, Tokens, missing_scopes};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::tokens::Access;
use crate::{Code, Failure, Service};

/// An access token stops being used this long before its end, or a tenth of its life before, whichever is less: a
/// connection that is being made must not outlive it, and clocks differ.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);
/// Pauses before writing a refresh token again that the keychain did not take: the provider may have forgotten the old
/// one already, and a keychain that is being restarted is back soon.
const TRY_AGAIN: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

/// What the keychain holds of a grant.
pub(crate) struct StoredGrant {
    pub(crate) generation: u64,
    pub(crate) refresh_token: Secret,
}

/// Keychain entry of a grant. Borrowed, so that no second copy of the secret is made for writing or reading.
#[derive(Serialize, Deserialize)]
struct GrantEntry<'a> {
    generation: u64,
    #[serde(borrow)]
    refresh_token: Cow<'a, str>,
}

/// Keychain entry of an access token.
#[derive(Serialize, Deserialize)]
struct AccessEntry<'a> {
    obtained: Timestamp,
    expires: Timestamp,
    /// What it was granted; entries of earlier versions do not say.
    #[serde(default)]
    scopes: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    access_token: Cow<'a, str>,
}

impl Service {
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
        let mut written = self.keychain.set(grant.0, &Kind::GrantToken, &value).await;
        // A keychain that does not answer takes ten seconds each time, and the program's end waits for this.
        let more = match &written {
            Err(KeychainError::TimedOut) => &TRY_AGAIN[..1],
            _ => &TRY_AGAIN[..],
        };
        for pause in more {
            if written.is_ok() {
                break;
            }
            tokio::time::sleep(*pause).await;
            written = self.keychain.set(grant.0, &Kind::GrantToken, &value).await;
        }
        Ok(written?)
    }

    /// What the keychain holds of a grant; none where there is nothing.
    ///
    /// # Errors
    /// The keychain cannot be used, or what it holds is not what was stored: somebody has to sign in then.
    pub(crate) async fn stored_grant(
        &self,
        grant: GrantId,
    ) -> Result<Option<StoredGrant>, Failure> {
        match self.read_grant(grant).await {
            Err(KeychainError::Damaged) => {
                Err(Failure::from(KeychainError::Damaged).with_code(Code::NeedsSignIn))
            }
            other => Ok(other?),
        }
    }

    /// The generation of a grant's refresh token; 0 where there is none that can be read.
    pub(crate) async fn generation(&self, grant: GrantId) -> Result<u64, Failure> {
        let stored = match self.read_grant(grant).await {
            Err(KeychainError::Damaged) => None,
            other => other?,
        };
        Ok(stored.map_or(0, |stored| stored.generation))
    }

    async fn read_grant(&self, grant: GrantId) -> Result<Option<StoredGrant>, KeychainError> {
        let Some(bytes) = self.keychain.get(grant.0, &Kind::GrantToken).await? else {
            return Ok(None);
        };
        let entry: GrantEntry<'_> =
            serde_json::from_slice(bytes.expose()).map_err(|_| KeychainError::Damaged)?;
        Ok(Some(StoredGrant {
            generation: entry.generation,
            refresh_token: Secret::new(entry.refresh_token.as_ref()),
        }))
    }

    /// Forgets the access tokens of a grant that was signed in to anew: the servers may refuse the old ones already.
    pub(crate) async fn forget_access(&self, grant: GrantId) -> Result<(), Failure> {
        Ok(self.keychain.delete_access(grant.0).await?)
    }

    /// Keeps an access token for the next caller. Not being able to costs one more renewal and nothing else.
    pub(crate) async fn cache(&self, owner: Uuid, access: &Access) {
        let entry = AccessEntry {
            obtained: Timestamp::now(),
            expires: access.expires,
            scopes: access.scopes.iter().map(|s| Cow::from(&**s)).collect(),
            access_token: access.token.expose().into(),
        };
        let Ok(value) = json(&entry) else { return };
        if let Err(error) = self
            .keychain
            .set(owner, &kind(&access.profile), &value)
            .await
        {
            tracing::info!(%error, "the access token could not be kept");
        }
    }

    /// The access token of the profile's resource, if it is still good and may do what the profile needs.
    pub(crate) async fn cached(
        &self,
        owner: Uuid,
        profile: &Profile,
    ) -> Result<Option<Access>, Failure> {
        let bytes = match self.keychain.get(owner, &kind(profile)).await {
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
        let scopes: Vec<String> = entry.scopes.into_iter().map(Cow::into_owned).collect();
        let able = missing_scopes(&profile.token_scopes(), &scopes).is_empty();
        Ok(
            (able && plausible && left > MARGIN.min(life / 10)).then(|| Access {
                token: Secret::new(entry.access_token.as_ref()),
                expires: entry.expires,
                scopes,
                profile: profile.clone(),
                renewed: false,
            }),
        )
    }
}

pub(crate) fn access_of(tokens: &Tokens, profile: Profile) -> Access {
    let life = SignedDuration::try_from(tokens.expires_in).unwrap_or(SignedDuration::ZERO);
    let now = Timestamp::now();
    Access {
        token: tokens.access_token.clone(),
        expires: now.checked_add(life).unwrap_or(now),
        scopes: tokens.scopes.clone(),
        profile,
        renewed: true,
    }
}

/// One access token for each resource; mailboxes on one grant share it.
fn kind(profile: &Profile) -> Kind {
    Kind::AccessToken(profile.resource().to_owned())
}

/// Room for the longest tokens seen, so that the text does not move while it grows and leave copies behind.
const ROOM: usize = 16 * 1024;

fn json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
    serde_json::to_writer(&mut *bytes, value)
        .map_err(|_| Failure::internal("A token could not be written as JSON."))?;
    Ok(bytes)
}
