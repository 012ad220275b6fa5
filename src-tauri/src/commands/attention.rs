//! What needs attention, and what ends by itself.

use mailwright_service::Service;
use mailwright_service::wire::Attention;
use tauri::State;

use super::error::Answer;
use crate::host::Host;

/// Everything that needs attention, one fix for many.
#[tauri::command]
pub async fn attention_show(host: State<'_, Host>) -> Answer<Attention> {
    Ok(host.blocking(Service::attention).await?)
}
