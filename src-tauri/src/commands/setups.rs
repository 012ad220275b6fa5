//! Setting up a mailbox, step by step; each step is saved.

use mailwright_service::Uses;
use mailwright_service::wire::{Found, Permission, Readiness, SetupForm, SetupInfo};
use tauri::State;

use super::error::Answer;
use super::typed::Typed;
use crate::host::Host;

/// What is known about an address.
#[tauri::command]
pub async fn setup_find(host: State<'_, Host>, address: String) -> Answer<Found> {
    Ok(host.service()?.find(&address).await?)
}

/// A set-up that was begun.
#[tauri::command]
pub async fn setup_show(host: State<'_, Host>, id: String) -> Answer<SetupInfo> {
    Ok(host.blocking(move |service| service.setup(&id)).await?)
}

/// Saves what was entered so far; without an id a set-up begins.
#[tauri::command]
pub async fn setup_save(
    host: State<'_, Host>,
    id: Option<String>,
    step: String,
    form: SetupForm,
) -> Answer<SetupInfo> {
    Ok(host
        .blocking(move |service| service.save_setup(id.as_deref(), &step, &form))
        .await?)
}

/// Makes the mailbox of what was entered. A password comes in once, goes into the keychain and never out again.
#[tauri::command]
pub async fn setup_confirm(
    host: State<'_, Host>,
    id: String,
    password: Option<Typed>,
) -> Answer<SetupInfo> {
    let password = password.map(Typed::into_secret);
    Ok(host.service()?.confirm_setup(&id, password).await?)
}

/// Ends a set-up; a mailbox that it made stays.
#[tauri::command]
pub async fn setup_end(host: State<'_, Host>, id: String) -> Answer<()> {
    Ok(host.service()?.end_setup(&id).await?)
}

/// What the provider will ask a person for, where the mailbox is used with these protocols; `graph-for-others` besides
/// where whoever signs in sends from somebody else's mailbox.
#[tauri::command]
pub async fn permissions(
    host: State<'_, Host>,
    registration: String,
    protocols: Vec<String>,
) -> Answer<Vec<Permission>> {
    let has = |word: &str| protocols.iter().any(|protocol| protocol == word);
    let uses = Uses {
        imap: has("imap"),
        pop3: has("pop3"),
        smtp: has("smtp"),
        graph: has("graph"),
        graph_for_others: has("graph-for-others"),
        gmail: has("gmail"),
    };
    Ok(host
        .blocking(move |service| service.permissions(&registration, uses))
        .await?)
}

/// Whether this computer is ready for a sign-in.
#[tauri::command]
pub async fn readiness(host: State<'_, Host>, registration: String) -> Answer<Readiness> {
    let browser = host.browser();
    Ok(host.service()?.readiness(&registration, &browser).await?)
}
