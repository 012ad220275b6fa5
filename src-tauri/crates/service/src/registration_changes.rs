//! Changing an app registration. What people signed in with it rests on who it is at the provider; a new secret, name
//! or return address leaves that as it is.

use mailwright_domain::{
    Cloud, Grant, Provider, Publishing, Registration, RegistrationId, Secret, Status,
};
use mailwright_keychain::Kind;

use crate::certificates::read;
use crate::checking::changed_readings;
use crate::registration_fields::{checked, fields_of, trimmed};
use crate::wire::{RegistrationForm, RegistrationSaved};
use crate::{
    CertificateChange, Code, Failure, NewRegistration, RegistrationChange, SecretChange, Service,
};

impl Service {
    /// Changes what is given of an app registration and leaves the rest. A new client secret keeps every sign-in.
    ///
    /// # Errors
    /// There is none of that name, a field cannot be right, the new name is taken, people are signed in with what is
    /// to be changed, or the keychain does not take the secret. Nothing is changed then.
    pub async fn change_registration(
        &self,
        which: &str,
        change: RegistrationChange,
    ) -> Result<RegistrationSaved, Failure> {
        let before = self.find_registration(which)?;
        let now = fields_of(&before);
        let or = |new: Option<String>, old: Option<String>| new.or(old);
        let fields = NewRegistration {
            name: change.name.unwrap_or(now.name),
            provider: now.provider,
            client_id: or(change.client_id, now.client_id),
            tenant: or(change.tenant, now.tenant),
            cloud: change.cloud.unwrap_or(now.cloud),
            authority: or(change.authority, now.authority),
            authorize_url: or(change.authorize_url, now.authorize_url),
            token_url: or(change.token_url, now.token_url),
            device_url: or(change.device_url, now.device_url),
            revoke_url: or(change.revoke_url, now.revoke_url),
            scopes: change.scopes.unwrap_or(now.scopes),
            client_secret: None,
            certificate: None,
            secret_expires: or(change.secret_expires, now.secret_expires),
            publishing: change.publishing.or(now.publishing),
            redirect_uri: or(change.redirect_uri, now.redirect_uri),
        };
        self.replace_registration(&before, &fields, change.secret, change.certificate)
            .await
    }

    /// Adds an app registration as entered in the window, or changes the one with this id.
    ///
    /// # Errors
    /// As [`Service::add_registration`] and [`Service::change_registration`].
    pub async fn save_registration(
        &self,
        id: Option<&str>,
        form: &RegistrationForm,
        secret: SecretChange,
    ) -> Result<RegistrationSaved, Failure> {
        let mut fields = fields_of_form(form)?;
        let Some(id) = id else {
            if let SecretChange::New(secret) = secret {
                fields.client_secret = Some(secret);
            }
            return self.add_registration(fields).await;
        };
        let before = self.find_registration(id)?;
        // The form has no field for a certificate.
        self.replace_registration(&before, &fields, secret, CertificateChange::Keep)
            .await
    }

    async fn replace_registration(
        &self,
        before: &Registration,
        fields: &NewRegistration,
        secret: SecretChange,
        certificate: CertificateChange,
    ) -> Result<RegistrationSaved, Failure> {
        let new = match &secret {
            SecretChange::New(secret) => Some(trimmed(secret)?),
            _ => None,
        };
        let (fields, notes) = self.with_endpoints(fields.clone()).await?;
        let mut after = checked(&fields, before.id, new.as_ref())?;
        after.has_secret = match &secret {
            SecretChange::Keep => before.has_secret,
            SecretChange::Remove => false,
            SecretChange::New(_) => true,
        };
        if !after.has_secret {
            after.secret_expires = None;
        } else if new.is_some() && after.secret_expires == before.secret_expires {
            // The day of the old secret says nothing about the new one, unless it is still to come.
            let today = jiff::Zoned::now().date();
            after.secret_expires = after.secret_expires.filter(|day| *day >= today);
        }
        let mut key = None;
        after.certificate = match &certificate {
            CertificateChange::Keep => before.certificate.clone(),
            CertificateChange::Remove => None,
            CertificateChange::New(files) => {
                let (certificate, private) = read(files)?;
                key = Some(private);
                Some(certificate)
            }
        };
        self.still_app_only(&after)?;
        let kept = before.has_secret && matches!(secret, SecretChange::Keep);
        if kept && !same_addresses(before, &after) {
            return Err(secret_of_another(before));
        }
        self.name_is_free(&after)?;
        if !same_at_provider(before, &after) {
            self.nobody_signed_in(before, &after)?;
            self.let_go(before.id).await?;
            self.keychain.delete_access(before.id.0).await?;
        }
        let forgotten = changed_readings(before, &after, new.is_some());
        let mut secrets = Vec::new();
        secrets.extend(new.map(|secret| (Kind::ClientSecret, secret)));
        secrets.extend(key.map(|key| (Kind::ClientKey, key)));
        self.keep_registration(&after, &secrets).await?;
        if let Some(readings) = forgotten {
            let checks = self.store.registration_checks();
            checks.forget(after.id, &readings)?;
        }
        let gone = [
            (Kind::ClientSecret, before.has_secret && !after.has_secret),
            (
                Kind::ClientKey,
                before.certificate.is_some() && after.certificate.is_none(),
            ),
        ];
        for (kind, _) in gone.into_iter().filter(|(_, gone)| *gone) {
            self.keychain.delete(after.id.0, &kind).await?;
        }
        if !same_at_provider(before, &after) {
            for mailbox in self.app_only_users(after.id)? {
                self.store
                    .mailboxes()
                    .set_status(mailbox.id, Status::NotStarted)?;
            }
        }
        Ok(RegistrationSaved {
            id: after.id.to_string(),
            name: after.name,
            notes,
        })
    }

    /// Secrets first: a registration that says “has a secret” and has none would fail at the provider later. Where the
    /// rest cannot be saved, the secrets that were there before are put back.
    async fn keep_registration(
        &self,
        after: &Registration,
        secrets: &[(Kind, Secret)],
    ) -> Result<(), Failure> {
        let id = after.id.0;
        // All are read before the first is written: what cannot be read could not be put back.
        let mut earlier = Vec::new();
        for (kind, _) in secrets {
            earlier.push((kind, self.keychain.get(id, kind).await?));
        }
        let mut kept = Ok(());
        for (kind, secret) in secrets {
            let bytes = secret.expose().as_bytes();
            kept = self.keychain.set(id, kind, bytes).await;
            if kept.is_err() {
                break;
            }
        }
        let saved = match kept {
            Ok(()) => self
                .store
                .registrations()
                .update(after)
                .map_err(Failure::from),
            Err(error) => Err(error.into()),
        };
        if saved.is_err() {
            for (kind, earlier) in earlier {
                // Best effort: the error is told either way.
                let _ = match earlier {
                    Some(earlier) => self.keychain.set(id, kind, earlier.expose()).await,
                    None => self.keychain.delete(id, kind).await,
                };
            }
        }
        saved
    }

    /// Refuses to take away what mailboxes without a person rest on.
    fn still_app_only(&self, after: &Registration) -> Result<(), Failure> {
        let users = self.app_only_users(after.id)?;
        let (false, Err(why)) = (users.is_empty(), after.check_app_only()) else {
            return Ok(());
        };
        let users: Vec<String> = users.iter().map(|m| m.address.to_string()).collect();
        Err(Failure::new(
            Code::Conflict,
            format!(
                "Nobody signs in to {}, so “{}” has to get access for itself. As it would be then, {why}. Nothing was changed.",
                users.join(", "),
                after.name
            ),
        ))
    }

    /// Refuses to change who a registration is at the provider while a sign-in rests on it: that could not be renewed
    /// any more, and would be lost by a slip of the finger.
    fn nobody_signed_in(&self, before: &Registration, after: &Registration) -> Result<(), Failure> {
        let mut users = self.signed_in_with(before.id)?;
        if users.is_empty() && before.provider != after.provider {
            // Their servers are another provider's.
            let all = self.store.mailboxes().list()?;
            let using = all.iter().filter(|m| m.registration == Some(before.id));
            users.extend(using.map(|m| m.address.to_string()));
        }
        if users.is_empty() {
            return Ok(());
        }
        Err(Failure::new(
            Code::Conflict,
            format!(
                "“{}” is in use by {}. A sign-in belongs to client ID, tenant and address of the provider. Add a new app registration and give it to the mailboxes, or sign them out first. Nothing was changed.",
                before.name,
                users.join(", ")
            ),
        ))
    }

    /// Who would have to sign in again: mailboxes and set-ups with a living grant of this registration.
    fn signed_in_with(&self, id: RegistrationId) -> Result<Vec<String>, Failure> {
        let mut users = Vec::new();
        for grant in self.store.grants().of_registration(id)? {
            let Grant {
                id: grant,
                dead: None,
                ..
            } = grant
            else {
                continue; // it needs a new sign-in anyway
            };
            users.extend(self.users_of_grant(grant)?);
        }
        Ok(users)
    }
}

/// Whether a client secret would be sent to the same servers.
fn same_addresses(a: &Registration, b: &Registration) -> bool {
    a.provider == b.provider
        && a.cloud == b.cloud
        && a.authority == b.authority
        && a.custom == b.custom
}

/// A secret is sent only to the servers that it was entered for.
fn secret_of_another(before: &Registration) -> Failure {
    Failure::new(
        Code::Usage,
        format!(
            "The secret of “{}” was entered for another address of the provider. Enter it again, or remove it. Nothing was changed.",
            before.name
        ),
    )
}

/// Whether the provider takes both for the same: what a refresh token was given to.
pub(crate) fn same_at_provider(a: &Registration, b: &Registration) -> bool {
    let endpoints = |r: &Registration| {
        let custom = r.custom.as_ref();
        custom.map(|c| (c.authorize.clone(), c.token.clone()))
    };
    a.provider == b.provider
        && a.client_id.eq_ignore_ascii_case(&b.client_id)
        && a.tenant.as_deref().map(str::to_lowercase) == b.tenant.as_deref().map(str::to_lowercase)
        && a.cloud == b.cloud
        && a.authority == b.authority
        && endpoints(a) == endpoints(b)
}

/// The form's texts as fields. Clouds and tenants are Microsoft's alone.
fn fields_of_form(form: &RegistrationForm) -> Result<NewRegistration, Failure> {
    let provider = Provider::from_word(form.provider.trim()).ok_or_else(|| {
        Failure::new(
            Code::Usage,
            "It is not clear whose app registration it is. Choose the provider. Nothing was saved.",
        )
    })?;
    let microsoft = provider == Provider::Microsoft;
    let custom = provider == Provider::Custom;
    let cloud = match form.cloud.trim() {
        word if !word.is_empty() && microsoft => Cloud::from_word(word).ok_or_else(|| {
            let message = format!("“{word}” is none of Microsoft's clouds. Nothing was saved.");
            Failure::new(Code::Usage, message)
        })?,
        _ => Cloud::Global,
    };
    let text = |text: &String| Some(text.clone());
    Ok(NewRegistration {
        name: form.name.clone(),
        provider,
        client_id: text(&form.client_id),
        tenant: text(&form.tenant).filter(|_| microsoft),
        cloud,
        authority: text(&form.authority),
        authorize_url: text(&form.authorize_url).filter(|_| custom),
        token_url: text(&form.token_url).filter(|_| custom),
        device_url: text(&form.device_url).filter(|_| custom),
        revoke_url: text(&form.revoke_url).filter(|_| custom),
        scopes: form.scopes.clone(),
        client_secret: None,
        certificate: None,
        secret_expires: text(&form.secret_expires),
        publishing: Publishing::from_word(form.publishing.trim())
            .filter(|_| provider == Provider::Google),
        redirect_uri: text(&form.redirect_uri),
    })
}

#[cfg(test)]
#[path = "registration_changes_tests.rs"]
mod tests;
