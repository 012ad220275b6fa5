//! Signing in by the system's browser, and signing out. One sign-in at a time: a newer one stops the one before.

use std::future::Future;

use mailwright_service::wire::{SetupInfo, SignInStep, SignedIn, SignedOut};
use mailwright_service::{Browser, Code, Failure, SignInEvent, SignInOptions};
use serde::Deserialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, Runtime, State};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::error::{Answer, CommandError};
use crate::host::Host;
use crate::window;

/// What may differ between two sign-ins to the same mailbox.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInChoices {
    /// Whoever signs in is right if the shared mailbox then opens.
    #[serde(default)]
    shared: bool,
    /// The provider shows its choice of accounts.
    #[serde(default)]
    choose_account: bool,
    /// The sign-in name of the mailbox from now on, once its inbox has opened.
    #[serde(default)]
    sign_in_name: Option<String>,
    /// Whether the browser is opened, or the person opens the link.
    open: bool,
}

/// Signs in to a mailbox. Ends with the code `cancelled` when it is stopped or another one begins.
#[tauri::command]
pub async fn sign_in<R: Runtime>(
    app: AppHandle<R>,
    host: State<'_, Host>,
    which: String,
    options: SignInChoices,
    steps: Channel<SignInStep>,
) -> Answer<SignedIn> {
    let service = host.service()?;
    let (sender, receiver) = unbounded_channel();
    let open = options.open;
    let options = SignInOptions {
        shared: options.shared,
        choose_account: options.choose_account,
        sign_in_name: options.sign_in_name,
        window: true,
        limit: host.sign_in_limit(),
    };
    let work = async { service.sign_in(&which, &options, &sender).await };
    Box::pin(attended(&app, &host, work, receiver, &steps, open)).await
}

/// Signs in before there is a mailbox; whoever signs in fills the form of the set-up.
#[tauri::command]
pub async fn sign_in_for_setup<R: Runtime>(
    app: AppHandle<R>,
    host: State<'_, Host>,
    id: String,
    open: bool,
    steps: Channel<SignInStep>,
) -> Answer<SetupInfo> {
    let service = host.service()?;
    let (sender, receiver) = unbounded_channel();
    let limit = host.sign_in_limit();
    let work = async { service.sign_in_for_setup(&id, limit, &sender).await };
    Box::pin(attended(&app, &host, work, receiver, &steps, open)).await
}

/// Stops the sign-in that is open in the browser.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "as Tauri hands it over")]
pub fn sign_in_cancel(host: State<'_, Host>) {
    host.sign_in.cancel();
}

/// Signs out of a mailbox.
#[tauri::command]
pub async fn sign_out(
    host: State<'_, Host>,
    which: String,
    keep_remote: bool,
) -> Answer<SignedOut> {
    Ok(host.service()?.sign_out(&which, keep_remote).await?)
}

/// Runs a sign-in, tells the window about it, opens the browser, and brings the window to the front when the person
/// has come back.
async fn attended<T, R: Runtime>(
    app: &AppHandle<R>,
    host: &Host,
    work: impl Future<Output = Result<T, Failure>>,
    mut events: UnboundedReceiver<SignInEvent>,
    steps: &Channel<SignInStep>,
    open: bool,
) -> Answer<T> {
    let browser = host.browser();
    let limit = host.sign_in_limit();
    let mut came_back = false;
    let attended = async {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                Some(event) = events.recv() => {
                    let link = match &event {
                        SignInEvent::Link(link) => Some(link.clone()),
                        _ => None,
                    };
                    came_back |= matches!(event, SignInEvent::CameBack);
                    // A page that was left does not listen any more; the person may still finish in the browser.
                    let _ = steps.send(event.step(limit));
                    if let Some(link) = link.filter(|_| open)
                        && let Err(failure) = browser.open(&link)
                    {
                        // The link can still be copied, and opened by hand.
                        let _ = steps.send(SignInStep::NotOpened { message: failure.message });
                    }
                }
                result = &mut work => return result,
            }
        }
    };
    let result = host.sign_in.run(attended).await;
    if came_back || matches!(&result, Ok(Err(failure)) if failure.code == Code::NeedsSignIn) {
        window::raise(app);
    }
    match result {
        Ok(result) => result.map_err(CommandError::from),
        Err(stopped) => Err(stopped.into()),
    }
}
