//! Access that an app registration gets for itself, without anybody who signs in (RFC 6749 section 4.4). There is no
//! grant: the registration proves itself whenever a token is wanted, so the cached access token belongs to it, and all
//! its mailboxes share that token.

use jiff::Timestamp;
use mailwright_domain::{Mailbox, Registration, RegistrationId};
use mailwright_oauth::{OauthError, Profile, client_credentials};

use crate::stored_tokens::access_of;
use crate::tokens::Access;
use crate::wire::SignedOut;
use crate::{Code, Failure, Hint, Service, lock};

impl Service {
    /// A usable access token of the mailbox's registration; with `renew` a new one, even if a cached one would do.
    pub(crate) async fn app_access(
        &self,
        mailbox: &Mailbox,
        renew: bool,
    ) -> Result<Access, Failure> {
        let registration = self.registration_of(mailbox)?;
        let access = self.access_of_registration(&registration, Some(mailbox), renew);
        access.await.map_err(|failure| failure.of(mailbox))
    }

    /// A usable access token of the mailbox's registration for Microsoft Graph.
    pub(crate) async fn app_access_to_graph(&self, mailbox: &Mailbox) -> Result<Access, Failure> {
        let registration = self.registration_of(mailbox)?;
        let profile = Profile::app_only(&registration)?.on_graph();
        let access = self.app_access_with(&registration, Some(mailbox), profile, false);
        access.await.map_err(|failure| failure.of(mailbox))
    }

    pub(crate) async fn access_of_registration(
        &self,
        registration: &Registration,
        mailbox: Option<&Mailbox>,
        renew: bool,
    ) -> Result<Access, AppFailure> {
        let profile = Profile::app_only(registration).map_err(Failure::from)?;
        self.app_access_with(registration, mailbox, profile, renew)
            .await
    }

    async fn app_access_with(
        &self,
        registration: &Registration,
        mailbox: Option<&Mailbox>,
        profile: Profile,
        renew: bool,
    ) -> Result<Access, AppFailure> {
        let owner = registration.id.0;
        if !renew && let Some(access) = self.cached(owner, &profile).await? {
            return Ok(access);
        }
        let (service, registration) = (self.clone(), registration.clone());
        let mailbox = mailbox.cloned();
        let renewed = self.to_its_end(move || async move {
            let answer = service.app_renewed(&registration, mailbox.as_ref(), profile, renew);
            Ok(answer.await)
        });
        renewed.await?
    }

    async fn app_renewed(
        &self,
        registration: &Registration,
        mailbox: Option<&Mailbox>,
        profile: Profile,
        renew: bool,
    ) -> Result<Access, AppFailure> {
        let owner = registration.id.0;
        let _lock = lock::registration(&self.home, registration.id).await?;
        // Whoever held the lock may just have done the work.
        if !renew && let Some(access) = self.cached(owner, &profile).await? {
            return Ok(access);
        }
        self.may_ask(registration, mailbox)?;
        let proof = self.client_proof(registration).await?.ok_or_else(|| {
            Failure::internal("A registration that can prove itself has nothing to do it with.")
        })?;
        let begun = Timestamp::now();
        let answer = client_credentials(&self.net, &profile, &proof).await;
        let until = self.note_answer(registration.id, begun, answer.as_ref().err());
        let tokens = answer.map_err(|error| AppFailure::Refused {
            error: Box::new(error),
            until,
        })?;
        let access = access_of(&tokens, profile);
        self.cache(owner, &access).await;
        Ok(access)
    }

    /// Forgets the access token here. Nobody was signed in, so nothing else can end.
    pub(crate) async fn forget_app_access(&self, mailbox: &Mailbox) -> Result<SignedOut, Failure> {
        if let Some(registration) = mailbox.registration {
            let _lock = lock::registration(&self.home, registration).await?;
            self.keychain.delete_access(registration.0).await?;
        }
        Ok(SignedOut {
            address: mailbox.address.to_string(),
            kept_for: Vec::new(),
            also_stopped: Vec::new(),
            revoked: false,
            note: "Nobody is signed in to it: its app registration has organisation access. The access token that was kept here is deleted, and the next use gets a new one. To end the access, an administrator takes the permission back.".to_owned(),
        })
    }

    /// Before a mailbox goes that nobody signs in to: the token goes too, unless another one needs it.
    pub(crate) async fn let_go_of_app_access(&self, mailbox: &Mailbox) -> Result<(), Failure> {
        let Some(registration) = mailbox.registration else {
            return Ok(());
        };
        let users = self.app_only_users(registration)?;
        if users.iter().any(|user| user.id != mailbox.id) {
            return Ok(());
        }
        self.keychain.delete_access(registration.0).await?;
        Ok(())
    }

    /// The mailboxes that nobody signs in to and that rest on this registration.
    pub(crate) fn app_only_users(
        &self,
        registration: RegistrationId,
    ) -> Result<Vec<Mailbox>, Failure> {
        let mut all = self.store.mailboxes().list()?;
        all.retain(|m| m.is_app_only() && m.registration == Some(registration));
        Ok(all)
    }
}

/// Why there is no access token.
pub(crate) enum AppFailure {
    /// It is said already.
    Said(Failure),
    /// The provider's answer, or that there was none.
    Refused {
        error: Box<OauthError>,
        /// Nobody asks again before.
        until: Option<Timestamp>,
    },
}

impl AppFailure {
    /// As the failure of a mailbox that needs the token.
    fn of(self, mailbox: &Mailbox) -> Failure {
        match self {
            Self::Said(failure) => failure,
            Self::Refused { error, until } => {
                let mut evidence = error.into_evidence();
                evidence.mailbox = Some(mailbox.address.to_string());
                let mut failure = Failure::diagnosed(&evidence);
                failure.try_again_at = until;
                failure
            }
        }
    }
}

impl From<Failure> for AppFailure {
    fn from(failure: Failure) -> Self {
        Self::Said(failure)
    }
}

/// What is said to whoever wants to sign in to such a mailbox.
pub(crate) fn nobody_signs_in(mailbox: &Mailbox) -> Failure {
    let address = &mailbox.address;
    let message = if mailbox.has_password() {
        format!(
            "No sign-in is needed for {address}: its servers want a password, and Mailwright keeps that in the keychain. Nothing was changed. A test shows whether it works."
        )
    } else {
        format!(
            "Nobody signs in to {address}: its app registration has organisation access, which an administrator gives and takes. Nothing was changed. A test shows whether it works."
        )
    };
    Failure::new(Code::Usage, message).hinting(Hint::Test(mailbox.address.to_string()))
}
