//! An administrator's approval: its link and message, and approving on this computer.

use mailwright_service::wire::{ApprovalInfo, SignInStep};
use mailwright_service::{ApprovalOf, ApprovalStep, Route, open_mail};
use serde::Deserialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, Runtime, State};
use tokio::sync::mpsc::unbounded_channel;

use super::error::Answer;
use super::sign_in::{Watch, attended};
use crate::host::Host;

/// What an approval is about: a mailbox, or an app registration before there is one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalSubject {
    /// By address or id.
    Mailbox(String),
    /// By name or id.
    Registration(String),
}

impl ApprovalSubject {
    fn of(&self) -> ApprovalOf<'_> {
        match self {
            Self::Mailbox(which) => ApprovalOf::Mailbox(which),
            Self::Registration(which) => ApprovalOf::Registration(which),
        }
    }
}

/// What a person did.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalDone {
    /// Read on the provider's page that an administrator has to approve.
    Needed,
    /// Chose to ask somebody else.
    Ask,
    /// Chose to approve.
    Administrator,
    /// Copied the message.
    Copied,
}

/// Link, message and state.
#[tauri::command]
pub async fn approval_show(host: State<'_, Host>, of: ApprovalSubject) -> Answer<ApprovalInfo> {
    Ok(host.service()?.approval(of.of()).await?)
}

/// Notes what a person did, for the next start.
#[tauri::command]
pub async fn approval_note(
    host: State<'_, Host>,
    of: ApprovalSubject,
    done: ApprovalDone,
) -> Answer<ApprovalInfo> {
    let step = match done {
        ApprovalDone::Needed => ApprovalStep::Needed,
        ApprovalDone::Ask => ApprovalStep::Ask,
        ApprovalDone::Administrator => ApprovalStep::Administrator,
        ApprovalDone::Copied => ApprovalStep::Copied,
    };
    Ok(host.service()?.note_approval(of.of(), step).await?)
}

/// Hands the message to the mail program.
#[tauri::command]
pub async fn approval_mail(host: State<'_, Host>, of: ApprovalSubject) -> Answer<ApprovalInfo> {
    let service = host.service()?;
    let info = service.approval(of.of()).await?;
    open_mail(&info.subject, &info.message)?;
    Ok(service.note_approval(of.of(), ApprovalStep::Mailed).await?)
}

/// Looks whether it was given, without a person.
#[tauri::command]
pub async fn approval_check(host: State<'_, Host>, of: ApprovalSubject) -> Answer<ApprovalInfo> {
    Ok(host.service()?.check_approval(of.of()).await?)
}

/// The administrator in front of this computer approves. Ends with the code `cancelled` when it is stopped or a
/// sign-in begins.
#[tauri::command]
pub async fn approval_here<R: Runtime>(
    app: AppHandle<R>,
    host: State<'_, Host>,
    of: ApprovalSubject,
    open: bool,
    steps: Channel<SignInStep>,
) -> Answer<ApprovalInfo> {
    let service = host.service()?;
    let (sender, receiver) = unbounded_channel();
    let limit = host.waiting(Route::Browser).limit;
    let work = async { service.approve_here(of.of(), limit, &sender).await };
    let watch = Watch {
        receiver,
        steps,
        limit,
        open,
    };
    Box::pin(attended(&app, &host, work, watch)).await
}
