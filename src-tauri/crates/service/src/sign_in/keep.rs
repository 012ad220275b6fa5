//! Saving what a sign-in gave. First a grant that nothing points to, then its secrets, then the pointer: ended at any
//! point, whoever is to have it has the old sign-in or the new one.

use jiff::Timestamp;
use mailwright_domain::{Grant, GrantId, Provider, Status};
use mailwright_oauth::{Tokens, missing_scopes};
use mailwright_store::Challenged;
use uuid::Uuid;

use super::ask::Ask;
use crate::lock::{self, Lock};
use crate::registration_changes::same_at_provider;
use crate::stored_tokens::access_of;
use crate::{Code, Failure, Service};

/// A grant that is saved with its secrets, and that nothing need point to yet. Its lock is held, so that nobody takes
/// it for left over.
pub(super) struct Kept {
    pub(super) grant: Grant,
    /// Whether the person had signed in before with this registration.
    known: bool,
    lock: Lock,
}

impl Service {
    /// Saves a grant and its secrets. `allowed` is asked before anything is written, with the grant's lock held.
    pub(super) async fn keep_grant(
        &self,
        ask: &Ask,
        fresh: &Grant,
        tokens: &Tokens,
        allowed: impl Fn() -> Result<(), Failure>,
    ) -> Result<Kept, Failure> {
        let (kept, before) = loop {
            let id = self.same_person(fresh)?.map_or(fresh.id, |known| known.id);
            let lock = lock::grant(&self.home, id).await?;
            // Somebody may have signed out while we waited for the lock, and deleted the row with the grant.
            let before = self.same_person(fresh)?;
            self.same_registration(ask)?;
            allowed()?;
            let grant = with_earlier_scopes(fresh.clone(), ask, before.as_ref());
            let grant = self
                .store
                .durable()
                .grants()
                .upsert(&Grant { id, ..grant })?;
            if grant.id == id {
                let known = before.is_some();
                break (Kept { grant, known, lock }, before);
            }
            // Another sign-in of the same person was first; the lock of its grant is the one to hold.
        };
        match self.keep_secrets(ask, &kept.grant, tokens).await {
            Ok(()) => {
                self.claims_met(&ask.challenged);
                self.claims_met(&[Challenged::Grant(kept.grant.id)]);
                Ok(kept)
            }
            Err(failure) => {
                if let Some(before) = before
                    && let Err(error) = self.store.durable().grants().upsert(&before)
                {
                    tracing::warn!(%error, "the earlier sign-in could not be put back as it was");
                }
                self.undo(kept).await;
                Err(failure)
            }
        }
    }

    /// Whether the registration is still what the person signed in with: a refresh token cannot be renewed as another
    /// client, and must not be sent to another address.
    fn same_registration(&self, ask: &Ask) -> Result<(), Failure> {
        let now = self.store.registrations().by_id(ask.registration.id)?;
        if now.is_some_and(|now| same_at_provider(&now, &ask.registration)) {
            return Ok(());
        }
        Err(Failure::new(
            Code::Conflict,
            "The app registration was changed during the sign-in, so it was not saved. Sign in again.",
        ))
    }

    /// The refresh token last of what can fail: until it is there, the earlier one is as good as it was.
    async fn keep_secrets(&self, ask: &Ask, grant: &Grant, tokens: &Tokens) -> Result<(), Failure> {
        let generation = self.generation(grant.id).await?;
        self.forget_access(grant.id).await?;
        self.keep(grant.id, tokens, generation).await?;
        self.cache(grant.id.0, &access_of(tokens, ask.needed.clone()))
            .await;
        Ok(())
    }

    /// Takes back a grant that nothing will point to. What the keychain does not let go of now goes at the next start.
    pub(super) async fn undo(&self, kept: Kept) {
        if !kept.known
            && let Err(error) = self.end_unused(kept.grant.id, &kept.lock).await
        {
            tracing::info!(%error, "a sign-in that was not saved could not be deleted yet");
        }
    }

    /// Something points to it now: lets go of its lock, and mends every mailbox on the same grant.
    pub(super) fn settled(&self, kept: Kept) -> Grant {
        let Kept { grant, lock, .. } = kept;
        if let Err(error) = self.revive(grant.id) {
            tracing::warn!(%error, "the status of the other mailboxes could not be changed");
        }
        drop(lock); // never two grants' locks at once
        grant
    }

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

    /// The grant that this person has with this registration.
    fn same_person(&self, grant: &Grant) -> Result<Option<Grant>, Failure> {
        let all = self.store.grants().of_registration(grant.registration)?;
        Ok(all
            .into_iter()
            .find(|g| g.issuer == grant.issuer && g.subject == grant.subject))
    }
}

/// Microsoft keeps what a person consented to before; another mailbox on the same grant may rest on it.
fn with_earlier_scopes(mut grant: Grant, ask: &Ask, before: Option<&Grant>) -> Grant {
    let living = before.filter(|before| before.dead.is_none());
    if ask.registration.provider == Provider::Microsoft
        && let Some(before) = living
    {
        let more = missing_scopes(&before.scopes, &grant.scopes);
        grant.scopes.extend(more);
    }
    grant
}

/// What a sign-in gave, as a grant of its own; the store recognises an earlier one of the same person. Where the
/// provider does not say who signed in, `expected` stands for that person.
pub(super) fn fresh_grant(ask: &Ask, tokens: &Tokens, expected: &str) -> Grant {
    let identity = tokens.identity.as_ref();
    let name = identity.map(|i| &*i.name).filter(|name| !name.is_empty());
    let now = Timestamp::now();
    Grant {
        id: GrantId(Uuid::new_v4()),
        registration: ask.registration.id,
        issuer: identity.map_or_else(|| ask.profile.token.to_string(), |i| i.issuer.clone()),
        subject: identity.map_or_else(|| expected.to_lowercase(), |i| i.subject.clone()),
        signed_in_as: name.unwrap_or(expected).to_owned(),
        scopes: tokens.scopes.clone(),
        signed_in_at: now,
        renewed_at: now,
        dead: None,
    }
}
