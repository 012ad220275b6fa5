//! The switches of an organisation, and what an administrator's commands printed.

use mailwright_service::wire::Organisation;
use tauri::State;

use super::error::Answer;
use super::help::check_length;
use crate::host::Host;

/// What is known of the switches behind an app registration, with what was pasted where something was. It is read and
/// kept nowhere.
#[tauri::command]
pub async fn organisation_show(
    host: State<'_, Host>,
    registration: String,
    pasted: Option<String>,
) -> Answer<Organisation> {
    check_length(pasted.as_deref().unwrap_or_default())?;
    Ok(host
        .blocking(move |service| service.organisation(Some(&registration), pasted.as_deref()))
        .await?)
}
