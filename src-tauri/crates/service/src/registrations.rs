use mailwright_domain::{GrantId, Mailbox, Provider, Registration, RegistrationId, Secret};
use mailwright_keychain::Kind;
use mailwright_oauth::Redirect;
use url::Url;
use uuid::Uuid;

use crate::certificates::read;
use crate::registration_fields::{checked, trimmed};
use crate::tenants::not_confirmed;
use crate::wire::{
    CertificateInfo, RegistrationDetails, RegistrationSaved, Registrations, Removed,
};
use crate::{Code, Failure, Hint, NewRegistration, Service};

impl Service {
    /// Saves an app registration; its secret goes into the keychain. The addresses of a custom provider that are not
    /// given are read from its issuer.
    ///
    /// # Errors
    /// A field cannot be right, the issuer does not publish its addresses, the name is taken, or the keychain does not take the secret. Nothing is saved then.
    pub async fn add_registration(
        &self,
        new: NewRegistration,
    ) -> Result<RegistrationSaved, Failure> {
        let secret = new.client_secret.as_ref().map(trimmed).transpose()?;
        let certificate = new.certificate.as_ref().map(read).transpose()?;
        let (certificate, key) = certificate.unzip();
        let (new, notes) = self.with_endpoints(new).await?;
        let id = RegistrationId(Uuid::new_v4());
        let registration = Registration {
            has_secret: secret.is_some(),
            certificate,
            ..checked(&new, id, secret.as_ref())?
        };
        self.name_is_free(&registration)?;
        // Secrets first: a registration that says “has a secret” and has none would fail at the provider later.
        let saved = async {
            for (kind, secret) in [(Kind::ClientSecret, &secret), (Kind::ClientKey, &key)] {
                if let Some(secret) = secret {
                    let bytes = secret.expose().as_bytes();
                    self.keychain.set(id.0, &kind, bytes).await?;
                }
            }
            Ok::<(), Failure>(self.store.registrations().insert(&registration)?)
        };
        if let Err(failure) = saved.await {
            // Best effort: what is left behind is an entry that nothing points to.
            let _ = self.keychain.delete_all(registration.id.0).await;
            return Err(failure);
        }
        Ok(RegistrationSaved {
            id: registration.id.to_string(),
            name: registration.name,
            notes,
        })
    }

    pub(crate) fn name_is_free(&self, registration: &Registration) -> Result<(), Failure> {
        let named = self.store.registrations().by_name(&registration.name)?;
        if named.is_none_or(|other| other.id == registration.id) {
            return Ok(());
        }
        Err(Failure::new(
            Code::Conflict,
            format!(
                "There is an app registration named “{}” already. Give another name. Nothing was saved.",
                registration.name
            ),
        ))
    }

    /// All app registrations, by name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn registrations(&self) -> Result<Registrations, Failure> {
        let registrations = self.store.registrations().list()?;
        Ok(Registrations {
            registrations: registrations
                .iter()
                .map(|r| self.registration_details(r))
                .collect::<Result<_, _>>()?,
        })
    }

    /// One app registration, by name or id.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn registration(&self, which: &str) -> Result<RegistrationDetails, Failure> {
        self.registration_details(&self.find_registration(which)?)
    }

    /// Deletes an app registration here, with its secret. Nothing at the provider is deleted.
    ///
    /// # Errors
    /// There is none of that name, mailboxes use it, or the keychain does not let go of the secret.
    pub async fn remove_registration(&self, which: &str) -> Result<Removed, Failure> {
        let registration = self.find_registration(which)?;
        let users = self.users_of(registration.id)?;
        if !users.is_empty() {
            return Err(Failure::new(
                Code::Conflict,
                format!(
                    "“{}” is used by {}. Remove those mailboxes or give them another registration first. Nothing was changed.",
                    registration.name,
                    users.join(", ")
                ),
            ));
        }
        self.let_go(registration.id).await?;
        // The row first: a secret that is left behind is found by nobody, a row without its secret fails at the provider.
        self.store.registrations().delete(registration.id)?;
        self.keychain.delete_all(registration.id.0).await?;
        Ok(Removed {
            id: registration.id.to_string(),
            name: registration.name,
            note: "It still exists at the provider; delete it there if nothing else uses it."
                .to_owned(),
        })
    }

    pub(crate) fn find_registration(&self, which: &str) -> Result<Registration, Failure> {
        let by_id = match Uuid::try_parse(which) {
            Ok(id) => self.store.registrations().by_id(RegistrationId(id))?,
            Err(_) => None,
        };
        let found = match by_id {
            Some(found) => Some(found),
            None => self.store.registrations().by_name(which)?,
        };
        found.ok_or_else(|| {
            Failure::new(
                Code::NotFound,
                format!("There is no app registration “{which}”. Nothing was changed."),
            )
            .hinting(Hint::Registrations)
        })
    }

    /// The client secret of a registration, if it has one.
    pub(crate) async fn client_secret(
        &self,
        registration: &Registration,
    ) -> Result<Option<Secret>, Failure> {
        if !registration.has_secret {
            return Ok(None);
        }
        let stored = self
            .keychain
            .get(registration.id.0, &Kind::ClientSecret)
            .await?;
        let secret = stored.and_then(|bytes| bytes.to_secret()).ok_or_else(|| {
            Failure::new(
                Code::Keychain,
                format!(
                    "The client secret of “{}” is not in the keychain of this computer. Save it again.",
                    registration.name
                ),
            )
            .hinting(Hint::Secret(registration.name.clone()))
        })?;
        Ok(Some(secret))
    }

    /// Mailboxes that were taken off the list, and set-ups that wait with a sign-in, let go of a registration; then
    /// its sign-ins are deleted here.
    pub(crate) async fn let_go(&self, id: RegistrationId) -> Result<(), Failure> {
        let grants = self.grants_of(id)?;
        for mailbox in self.store.mailboxes().removed()? {
            if uses(&mailbox, id, &grants) {
                self.delete_mailbox(&mailbox).await?;
            }
        }
        for grant in self.grants_of(id)? {
            for setup in self.store.setups().of_grant(grant)? {
                self.store.setups().set_grant(setup.id, None)?;
            }
        }
        self.end_orphans(id).await
    }

    fn users_of(&self, id: RegistrationId) -> Result<Vec<String>, Failure> {
        let mailboxes = self.store.mailboxes().list()?;
        let grants = self.grants_of(id)?;
        Ok(mailboxes
            .into_iter()
            .filter(|m| uses(m, id, &grants))
            .map(|m| m.address.to_string())
            .collect())
    }

    fn grants_of(&self, id: RegistrationId) -> Result<Vec<GrantId>, Failure> {
        let grants = self.store.grants().of_registration(id)?;
        Ok(grants.into_iter().map(|grant| grant.id).collect())
    }

    fn registration_details(&self, r: &Registration) -> Result<RegistrationDetails, Failure> {
        let redirect_uri = match &r.redirect_uri {
            Some(fixed) => fixed.to_string(),
            // As it is entered at the provider: without a port, which is another one at every sign-in.
            None => Redirect::of(r)?.registered(),
        };
        Ok(RegistrationDetails {
            id: r.id.to_string(),
            name: r.name.clone(),
            provider: r.provider.word().to_owned(),
            client_id: r.client_id.clone(),
            tenant: r.tenant.clone(),
            cloud: r.cloud.word().to_owned(),
            not_confirmed: (r.provider == Provider::Microsoft)
                .then(|| not_confirmed(r.cloud))
                .flatten(),
            authority: r.authority.as_ref().map(Url::to_string),
            authorize_url: r.custom.as_ref().map(|c| c.authorize.to_string()),
            token_url: r.custom.as_ref().map(|c| c.token.to_string()),
            device_url: r
                .custom
                .as_ref()
                .and_then(|c| c.device.as_ref())
                .map(Url::to_string),
            revoke_url: r
                .custom
                .as_ref()
                .and_then(|c| c.revoke.as_ref())
                .map(Url::to_string),
            redirect_uri,
            scopes: r.scopes.clone(),
            has_secret: r.has_secret,
            secret_expires: r.secret_expires.map(|d| d.to_string()),
            publishing: r.publishing.map(|p| p.word().to_owned()),
            certificate: r.certificate.as_ref().map(CertificateInfo::from),
            mailboxes: self.users_of(r.id)?,
            last_check: self.last_check(r)?,
        })
    }
}

fn uses(mailbox: &Mailbox, registration: RegistrationId, its_grants: &[GrantId]) -> bool {
    mailbox.registration == Some(registration)
        || mailbox
            .grant
            .is_some_and(|grant| its_grants.contains(&grant))
}
