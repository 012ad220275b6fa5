//! Which folder of a mailbox is which.

use mailwright_service::FolderChange;
use mailwright_service::wire::{Folders, RoleChange};
use tauri::State;

use super::error::Answer;
use crate::host::Host;

/// The folders of a mailbox with their roles, after making the changes.
#[tauri::command]
pub async fn folders(
    host: State<'_, Host>,
    which: String,
    changes: Vec<RoleChange>,
) -> Answer<Folders> {
    let changes: Vec<FolderChange> = changes.into_iter().map(FolderChange::from).collect();
    Ok(host.service()?.folders(&which, &changes).await?)
}
