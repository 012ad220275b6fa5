//! App registrations. A client secret comes in and never goes out.

use std::sync::PoisonError;

use mailwright_service::wire::{
    AdminScript, FieldNote, RegistrationChecked, RegistrationDetails, RegistrationForm,
    RegistrationSaved, Registrations, Removed, TenantFound,
};
use mailwright_service::{Cloud, Secret, SecretChange};
use serde::{Deserialize, Serialize};
use tauri::State;

use super::error::{Answer, CommandError};
use super::typed::Typed;
use crate::host::Host;

/// Where the client secret of a registration comes from.
#[derive(Debug, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum SecretSource {
    /// What is in the keychain stays.
    Keep,
    /// What [`secret_paste`] took.
    Clipboard,
    /// What a person typed.
    Typed {
        /// The value.
        value: Typed,
    },
    /// The registration has none any more.
    Remove,
}

/// What was taken from the clipboard, without the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastedSecret {
    /// How long it is.
    pub characters: usize,
    /// What can be said about it.
    pub notes: Vec<FieldNote>,
}

/// All of them.
#[tauri::command]
pub async fn registration_list(host: State<'_, Host>) -> Answer<Registrations> {
    Ok(host
        .blocking(mailwright_service::Service::registrations)
        .await?)
}

/// One of them, without its secret.
#[tauri::command]
pub async fn registration_show(
    host: State<'_, Host>,
    which: String,
) -> Answer<RegistrationDetails> {
    Ok(host
        .blocking(move |service| service.registration(&which))
        .await?)
}

/// What can be said about the fields without asking anybody.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "as Tauri hands it over")]
pub fn registration_review(form: RegistrationForm) -> Vec<FieldNote> {
    mailwright_service::review_registration(&form)
}

/// The tenant and cloud of an organisation at Microsoft, from a domain or address of it.
#[tauri::command]
pub async fn tenant_find(
    host: State<'_, Host>,
    text: String,
    cloud: String,
    authority: String,
) -> Answer<TenantFound> {
    let cloud = Cloud::from_word(&cloud).unwrap_or_default();
    Ok(host
        .service()?
        .find_tenant(&text, cloud, Some(&authority))
        .await?)
}

/// Adds or changes one.
#[tauri::command]
pub async fn registration_save(
    host: State<'_, Host>,
    id: Option<String>,
    form: RegistrationForm,
    secret: SecretSource,
) -> Answer<RegistrationSaved> {
    let change = match secret {
        SecretSource::Keep => SecretChange::Keep,
        SecretSource::Remove => SecretChange::Remove,
        SecretSource::Typed { value } => SecretChange::New(value.into_secret()),
        SecretSource::Clipboard => SecretChange::New(pasted(&host)?),
    };
    let service = host.service()?;
    let saved = service
        .save_registration(id.as_deref(), &form, change)
        .await?;
    *host.pasted.lock().unwrap_or_else(PoisonError::into_inner) = None;
    Ok(saved)
}

/// Asks the provider about one, without a person.
#[tauri::command]
pub async fn registration_check(
    host: State<'_, Host>,
    which: String,
) -> Answer<RegistrationChecked> {
    Ok(host.service()?.check_registration(&which).await?)
}

/// Removes one that no mailbox uses.
#[tauri::command]
pub async fn registration_remove(host: State<'_, Host>, which: String) -> Answer<Removed> {
    Ok(host.service()?.remove_registration(&which).await?)
}

/// What an administrator runs to give an app registration these mailboxes, and its reverse.
#[tauri::command]
pub async fn admin_script(
    host: State<'_, Host>,
    registration: String,
    mailboxes: Vec<String>,
) -> Answer<AdminScript> {
    let service = host.service()?;
    Ok(service
        .admin_script(&registration, &mailboxes, None)
        .await?)
}

/// Takes a client secret from the clipboard into memory until the registration is saved.
#[tauri::command]
pub async fn secret_paste(host: State<'_, Host>, form: RegistrationForm) -> Answer<PastedSecret> {
    let secret = host
        .clipboard(|clipboard| clipboard.read().map(|text| Secret::new(text.trim())))
        .await?;
    if secret.is_empty() {
        return Err(CommandError::usage(
            "The clipboard holds no text. Copy the value first, then paste again.",
        ));
    }
    let taken = PastedSecret {
        characters: secret.expose().chars().count(),
        notes: mailwright_service::review_secret(&secret, &form),
    };
    *host.pasted.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret);
    Ok(taken)
}

/// Lets go of what [`secret_paste`] took.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "as Tauri hands it over")]
pub fn secret_forget(host: State<'_, Host>) {
    *host.pasted.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

fn pasted(host: &Host) -> Answer<Secret> {
    let kept = host.pasted.lock().unwrap_or_else(PoisonError::into_inner);
    kept.clone().ok_or_else(|| {
        CommandError::usage(
            "The pasted secret is not there any more. Paste it again. Nothing was saved.",
        )
    })
}
