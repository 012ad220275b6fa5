//! The list of mailboxes, and one mailbox.

use mailwright_service::MailboxFields;
use mailwright_service::wire::{Added, Home, MailboxPage, Removed};
use serde::Deserialize;
use tauri::State;

use super::error::Answer;
use super::typed::Typed;
use crate::host::Host;

/// Fields of a mailbox to change; what is missing stays as it is. The texts are checked by the use case.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailboxChange {
    registration: Option<String>,
    /// Replaces the one that is kept; only for a mailbox whose servers want one.
    password: Option<Typed>,
    name: Option<String>,
    sender_name: Option<String>,
    senders: Vec<String>,
    sign_in_name: Option<String>,
    smtp_login: Option<String>,
    imap: Option<String>,
    pop3: Option<String>,
    smtp: Option<String>,
    send_via: Option<String>,
    send: Option<bool>,
    receive: Option<bool>,
    timeout: Option<String>,
}

impl From<MailboxChange> for MailboxFields {
    fn from(change: MailboxChange) -> Self {
        Self {
            registration: change.registration,
            auth: None, // the window does not change it
            password: change.password.map(Typed::into_secret),
            name: change.name,
            sender_name: change.sender_name,
            senders: change.senders,
            sign_in_name: change.sign_in_name,
            smtp_login: change.smtp_login,
            imap: change.imap,
            pop3: change.pop3,
            smtp: change.smtp,
            send_via: change.send_via,
            send: change.send,
            receive: change.receive,
            timeout: change.timeout,
        }
    }
}

/// What the first page shows.
#[tauri::command]
pub async fn home(host: State<'_, Host>) -> Answer<Home> {
    Ok(host.blocking(mailwright_service::Service::home).await?)
}

/// Everything about one mailbox.
#[tauri::command]
pub async fn mailbox_show(host: State<'_, Host>, which: String) -> Answer<MailboxPage> {
    Ok(host
        .blocking(move |service| service.mailbox_page(&which))
        .await?)
}

/// Changes settings of a mailbox.
#[tauri::command]
pub async fn mailbox_change(
    host: State<'_, Host>,
    which: String,
    change: MailboxChange,
) -> Answer<Added> {
    let service = host.service()?;
    Ok(service.change_mailbox(&which, &change.into()).await?)
}

/// Takes a mailbox off the list; nothing is deleted yet.
#[tauri::command]
pub async fn mailbox_remove(host: State<'_, Host>, which: String) -> Answer<Removed> {
    Ok(host
        .blocking(move |service| service.take_off(&which))
        .await?)
}

/// Puts a mailbox back on the list.
#[tauri::command]
pub async fn mailbox_restore(host: State<'_, Host>, id: String) -> Answer<Added> {
    Ok(host.blocking(move |service| service.restore(&id)).await?)
}

/// Deletes a mailbox that was taken off the list, with its sign-in.
#[tauri::command]
pub async fn mailbox_forget(host: State<'_, Host>, id: String) -> Answer<()> {
    host.service()?.forget(&id).await?;
    Ok(())
}
