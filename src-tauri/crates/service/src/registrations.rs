use mailwright_domain::{
    CustomUrls, FieldError, GrantId, Mailbox, Provider, Registration, RegistrationId, Secret,
};
use mailwright_keychain::Kind;
use mailwright_oauth::Redirect;
use url::Url;
use uuid::Uuid;

use crate::wire::{RegistrationDetails, RegistrationSaved, Registrations, Removed};
use crate::{Code, Failure, Hint, NewRegistration, Service};

impl Service {
    /// Saves an app registration; its secret goes into the keychain.
    ///
    /// # Errors
    /// A field cannot be right, the name is taken, or the keychain does not take the secret. Nothing is saved then.
    pub async fn add_registration(
        &self,
        new: NewRegistration,
    ) -> Result<RegistrationSaved, Failure> {
        let secret = new.client_secret.as_ref().map(trimmed).transpose()?;
        let registration = checked(&new, secret.as_ref())?;
        if self
            .store
            .registrations()
            .by_name(&registration.name)?
            .is_some()
        {
            return Err(Failure::new(
                Code::Conflict,
                format!(
                    "There is an app registration named “{}” already. Give another name. Nothing was saved.",
                    registration.name
                ),
            ));
        }
        // The secret first: a registration that says “has a secret” and has none would fail at the provider later.
        if let Some(secret) = &secret {
            let bytes = secret.expose().as_bytes();
            self.keychain
                .set(registration.id.0, &Kind::ClientSecret, bytes)
                .await?;
        }
        if let Err(error) = self.store.registrations().insert(&registration) {
            // Best effort: what is left behind is an entry that nothing points to.
            let _ = self.keychain.delete_all(registration.id.0).await;
            return Err(error.into());
        }
        Ok(RegistrationSaved {
            id: registration.id.to_string(),
            name: registration.name,
        })
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
        self.end_orphans(registration.id).await?;
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

    fn users_of(&self, id: RegistrationId) -> Result<Vec<String>, Failure> {
        let mailboxes = self.store.mailboxes().list()?;
        let grants: Vec<GrantId> = self
            .store
            .grants()
            .of_registration(id)?
            .into_iter()
            .map(|g| g.id)
            .collect();
        let uses = |m: &Mailbox| {
            m.registration == Some(id) || m.grant.is_some_and(|g| grants.contains(&g))
        };
        Ok(mailboxes
            .into_iter()
            .filter(uses)
            .map(|m| m.address.to_string())
            .collect())
    }

    fn registration_details(&self, r: &Registration) -> Result<RegistrationDetails, Failure> {
        let redirect_uri = match &r.redirect_uri {
            Some(fixed) => fixed.to_string(),
            // As it is entered at the provider: without a port, which is another one at every sign-in.
            None => Redirect::of(r)?.uri(0).replace(":0", ""),
        };
        Ok(RegistrationDetails {
            id: r.id.to_string(),
            name: r.name.clone(),
            provider: r.provider.word().to_owned(),
            client_id: r.client_id.clone(),
            tenant: r.tenant.clone(),
            cloud: r.cloud.word().to_owned(),
            authority: r.authority.as_ref().map(Url::to_string),
            redirect_uri,
            scopes: r.scopes.clone(),
            has_secret: r.has_secret,
            secret_expires: r.secret_expires.map(|d| d.to_string()),
            mailboxes: self.users_of(r.id)?,
        })
    }
}

/// White space around a copied secret is never part of it; anything inside is.
fn trimmed(secret: &Secret) -> Result<Secret, Failure> {
    match secret.expose().trim() {
        "" => Err(Failure::new(
            Code::Usage,
            "No client secret arrived on standard input. Nothing was saved.",
        )),
        text => Ok(Secret::new(text)),
    }
}

fn checked(new: &NewRegistration, secret: Option<&Secret>) -> Result<Registration, Failure> {
    let client_id = new
        .client_id
        .as_deref()
        .unwrap_or_default()
        .trim()
        .to_owned();
    if client_id.is_empty() {
        return Err(Failure::new(
            Code::Usage,
            "Nobody can sign in without an app registration of the provider. Register one there, then enter its client ID. Nothing was saved.",
        )
        .hinting(Hint::ClientId));
    }
    let text = |value: &Option<String>| {
        value
            .as_deref()
            .map(str::trim)
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
    };
    let registration = Registration {
        id: RegistrationId(Uuid::new_v4()),
        name: new.name.trim().to_owned(),
        provider: new.provider,
        client_id,
        tenant: text(&new.tenant),
        cloud: new.cloud,
        authority: url(new.authority.as_ref())?,
        custom: custom(new)?,
        scopes: new.scopes.clone(),
        has_secret: secret.is_some(),
        secret_expires: new.secret_expires.as_deref().map(date).transpose()?,
        redirect_uri: url(new.redirect_uri.as_ref())?,
    };
    registration.check_fields(secret)?;
    Ok(registration)
}

fn custom(new: &NewRegistration) -> Result<Option<CustomUrls>, Failure> {
    let given = [
        &new.authorize_url,
        &new.token_url,
        &new.device_url,
        &new.revoke_url,
    ];
    if new.provider != Provider::Custom {
        return match given.into_iter().flatten().next() {
            None => Ok(None),
            Some(_) => Err(FieldError::AddressesOfCustom.into()),
        };
    }
    match (
        url(new.authorize_url.as_ref())?,
        url(new.token_url.as_ref())?,
    ) {
        (Some(authorize), Some(token)) => Ok(Some(CustomUrls {
            authorize,
            token,
            device: url(new.device_url.as_ref())?,
            revoke: url(new.revoke_url.as_ref())?,
        })),
        _ => Ok(None),
    }
}

fn url(text: Option<&String>) -> Result<Option<Url>, Failure> {
    text.map(|text| {
        Url::parse(text.trim()).map_err(|e| {
            Failure::new(
                Code::Usage,
                format!("“{text}” is not an address of the web ({e}). Nothing was saved."),
            )
        })
    })
    .transpose()
}

fn date(text: &str) -> Result<jiff::civil::Date, Failure> {
    text.trim().parse().map_err(|_| {
        Failure::new(
            Code::Usage,
            format!("“{text}” is not a day; write it like 2027-03-31. Nothing was saved."),
        )
    })
}
