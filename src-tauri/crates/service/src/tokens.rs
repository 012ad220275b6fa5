//! Access tokens from stored grants. One process at a time reads, refreshes and writes a grant (a process that loses
//! the race must not wipe the winner's token; a new refresh token that is not stored is a lost mailbox), and a renewal
//! that has begun runs to its end even if nobody waits for it any more.

use jiff::Timestamp;
use mailwright_domain::{
    AuthKind, Evidence, Fault, Grant, GrantId, Mailbox, Registration, Secret, Stage, Status, Who,
};
use mailwright_oauth::{OauthError, Profile, Tokens, missing_scopes, refresh};
use mailwright_store::Challenged;

use crate::profiles::profile_of_grant;
use crate::stored_tokens::{StoredGrant, access_of};
use crate::wire::Token;
use crate::{Code, Failure, Hint, Protocol, Service, lock};

/// A usable access token and what it belongs to.
pub(crate) struct Access {
    pub(crate) token: Secret,
    pub(crate) expires: Timestamp,
    /// What it was granted.
    pub(crate) scopes: Vec<String>,
    pub(crate) profile: Profile,
    /// Whether it was obtained just now and not taken from the keychain.
    pub(crate) renewed: bool,
}

impl Service {
    /// An access token for another program: the first receiving protocol's, else the sending one's, or `purpose`'s.
    ///
    /// # Errors
    /// Nobody is signed in, the provider has ended the sign-in, or it cannot be reached; a mailbox with a password has no
    /// token.
    pub async fn token(&self, which: &str, purpose: Option<&str>) -> Result<Token, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let wanted = purpose
            .map(|word| known_protocol(&mailbox, word))
            .transpose()?;
        if mailbox.has_password() {
            return Err(no_token(&mailbox));
        }
        let protocol = wanted
            .or(mailbox.reading())
            .unwrap_or(mailbox.purpose.via.protocol());
        let access = self.access_to(&mailbox, protocol).await?;
        Ok(Token {
            access_token: access.token.expose().to_owned(),
            expires: access.expires.to_string(),
            user: mailbox.login(protocol),
        })
    }

    /// A usable access token for a protocol: Microsoft Graph takes no other than its own.
    pub(crate) async fn access_to(
        &self,
        mailbox: &Mailbox,
        protocol: Protocol,
    ) -> Result<Access, Failure> {
        if protocol != Protocol::Graph {
            return self.access(mailbox, false).await;
        }
        if mailbox.is_app_only() {
            return self.app_access_to_graph(mailbox).await;
        }
        let (grant, profile) = self.signed_in(mailbox)?;
        // What was granted for another resource does not show in what the sign-in noted; the answer of this one does.
        self.access_with(mailbox, grant, profile.on_graph(), false)
            .await
    }

    /// A usable access token; with `renew` the grant is really renewed, even if a cached token would do.
    pub(crate) async fn access(&self, mailbox: &Mailbox, renew: bool) -> Result<Access, Failure> {
        if mailbox.is_app_only() {
            return self.app_access(mailbox, renew).await;
        }
        let (grant, profile) = self.signed_in(mailbox)?;
        self.access_with(mailbox, grant, profile, renew).await
    }

    async fn access_with(
        &self,
        mailbox: &Mailbox,
        grant: Grant,
        profile: Profile,
        renew: bool,
    ) -> Result<Access, Failure> {
        if !renew && let Some(access) = self.cached(grant.id.0, &profile).await? {
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
        if !renew && let Some(access) = self.cached(grant.id.0, &profile).await? {
            return Ok(access);
        }
        let registration = self.registration_of_grant(grant)?;
        self.may_ask(&registration, Some(mailbox))?;
        let proof = self.client_proof(&registration).await?;
        let stored = self.stored_grant(grant.id).await?.ok_or_else(|| {
            not_signed_in(
                mailbox,
                "the sign-in is not in the keychain of this computer",
            )
        })?;
        let asked = self.asked(grant, &registration, &profile)?;
        let begun = Timestamp::now();
        let token = &stored.refresh_token;
        let answer = refresh(&self.net, &profile, proof.as_ref(), token, &asked).await;
        match answer {
            Ok(tokens) => {
                // Nothing else is written before what the provider gave.
                let access = self
                    .renewed(mailbox, grant.id, &stored, profile, &tokens)
                    .await;
                self.note_answer(registration.id, begun, None);
                access
            }
            Err(error) => {
                let until = self.note_answer(registration.id, begun, Some(&error));
                let mut failure = self
                    .refused(mailbox, grant.id, stored.generation, error)
                    .await;
                failure.try_again_at = until;
                Err(failure)
            }
        }
    }

    /// Keeps what a renewal gave. The refresh token first: until it is stored, nothing may use the access token.
    async fn renewed(
        &self,
        mailbox: &Mailbox,
        grant: GrantId,
        stored: &StoredGrant,
        profile: Profile,
        tokens: &Tokens,
    ) -> Result<Access, Failure> {
        self.keep(grant, tokens, stored.generation).await?;
        let access = access_of(tokens, profile);
        self.cache(grant.0, &access).await;
        let noted = self
            .store
            .durable()
            .grants()
            .mark_renewed(grant, Timestamp::now());
        if let Err(error) = noted {
            tracing::warn!(%error, "the renewal could not be noted; the token is good all the same");
        }
        // A permission can be withdrawn while the sign-in lives on.
        may_all(mailbox, &access.profile, &access.scopes)?;
        Ok(access)
    }

    /// What a renewal asks for: what this mailbox needs, and what the others on the same grant need, so that one access
    /// token serves them all. Never more than was granted.
    fn asked(
        &self,
        grant: &Grant,
        registration: &Registration,
        profile: &Profile,
    ) -> Result<Vec<String>, Failure> {
        let mut asked = profile.token_scopes();
        for other in self.store.grants().mailboxes_of(grant.id)? {
            let theirs = profile_of_grant(grant, registration, other.uses())?;
            if theirs.resource() == profile.resource() {
                let more = missing_scopes(&theirs.token_scopes(), &asked);
                let ungranted = missing_scopes(&more, &grant.scopes);
                asked.extend(more.into_iter().filter(|s| !ungranted.contains(s)));
            }
        }
        Ok(asked)
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
        self.keep_claims(Challenged::Grant(grant), &error);
        let mut evidence = error.into_evidence();
        evidence.mailbox = Some(mailbox.address.to_string());
        self.note_frequency(grant, &evidence);
        let mut failure = Failure::diagnosed(&evidence);
        if definitive && let Some(verdict) = failure.verdict.as_mut() {
            verdict.who = Who::You; // whatever the cause, the way on is a new sign-in
        }
        self.note_renewal_refused(grant, &failure);
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
        let profile = profile_of_grant(&grant, &registration, mailbox.uses())?;
        // Asking a provider for more than was granted can cost the sign-in; a person has to grant it first.
        may_all(mailbox, &profile, &grant.scopes)?;
        Ok((grant, profile))
    }
}

/// Whether `scopes` hold all that a token of this profile must be good for.
pub(crate) fn may_all(
    mailbox: &Mailbox,
    profile: &Profile,
    scopes: &[String],
) -> Result<(), Failure> {
    let missing = missing_scopes(&profile.token_scopes(), scopes);
    if missing.is_empty() {
        return Ok(());
    }
    let text = format!(
        "the sign-in was without the permission {}",
        missing.join(", ")
    );
    Err(needs_sign_in(mailbox, Fault::ScopeMissing, &text))
}

fn known_protocol(mailbox: &Mailbox, word: &str) -> Result<Protocol, Failure> {
    Protocol::from_word(word)
        .filter(|protocol| mailbox.uses().has(*protocol))
        .ok_or_else(|| {
            Failure::new(
                Code::Usage,
                format!("{} is not used with {word}.", mailbox.address),
            )
        })
}

fn no_token(mailbox: &Mailbox) -> Failure {
    Failure::new(
        Code::Usage,
        format!(
            "There is no access token for {}: its servers want a password. Programs that use the mailbox need that password from whoever knows it.",
            mailbox.address
        ),
    )
    .hinting(Hint::Mailbox(mailbox.address.to_string()))
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

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
