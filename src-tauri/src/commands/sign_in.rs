//! Signing in, by every route, and signing out. One sign-in at a time: a newer one stops the one before.

use std::future::Future;
use std::time::Duration;

use mailwright_service::wire::{
    Pasted, SetupInfo, SignInStep, SignOutPlan, SignedIn, SignedOut, UsableSignIn,
};
use mailwright_service::{Browser, Code, Failure, Route, SignInEvent, SignInOptions};
use serde::Deserialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, Runtime, State};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::error::{Answer, CommandError};
use super::help::{check_length, unreadable};
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
    /// Whose sign-in is used instead; then no page is shown.
    #[serde(default)]
    whose: Option<String>,
    #[serde(flatten)]
    way: Way,
}

/// The way to the provider's page and back.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Way {
    /// Whether the browser is opened, or the person opens the link.
    open: bool,
    /// By what the person comes back.
    #[serde(default)]
    route: RouteWord,
}

/// The words for [`Route`].
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteWord {
    /// The browser comes back.
    #[default]
    Browser,
    /// The address of its last page is pasted.
    Paste,
    /// A code is entered on another device.
    Code,
}

impl From<RouteWord> for Route {
    fn from(word: RouteWord) -> Self {
        match word {
            RouteWord::Browser => Self::Browser,
            RouteWord::Paste => Self::Pasted,
            RouteWord::Code => Self::Code,
        }
    }
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
    if let Some(whose) = options.whose {
        let work = service.use_sign_in(&which, &whose);
        return Ok(Box::pin(host.sign_in.run(work)).await??);
    }
    let (sender, receiver) = unbounded_channel();
    let way = options.way;
    let waiting = host.waiting(way.route.into());
    let options = SignInOptions {
        shared: options.shared,
        choose_account: options.choose_account,
        sign_in_name: options.sign_in_name,
        window: true,
        waiting: waiting.clone(),
    };
    let work = async { service.sign_in(&which, &options, &sender).await };
    let watch = Watch {
        receiver,
        steps,
        limit: waiting.limit,
        open: way.open,
    };
    Box::pin(attended(&app, &host, work, watch)).await
}

/// Signs in before there is a mailbox; whoever signs in fills the form of the set-up.
#[tauri::command]
pub async fn sign_in_for_setup<R: Runtime>(
    app: AppHandle<R>,
    host: State<'_, Host>,
    id: String,
    way: Way,
    steps: Channel<SignInStep>,
) -> Answer<SetupInfo> {
    let service = host.service()?;
    let (sender, receiver) = unbounded_channel();
    let waiting = host.waiting(way.route.into());
    let work = async { service.sign_in_for_setup(&id, &waiting, &sender).await };
    let watch = Watch {
        receiver,
        steps,
        limit: waiting.limit,
        open: way.open,
    };
    Box::pin(attended(&app, &host, work, watch)).await
}

/// Takes what a person copied from the page in the browser: its address completes the sign-in that waits, everything
/// else is explained.
#[tauri::command]
pub async fn sign_in_paste(host: State<'_, Host>, text: String) -> Answer<Pasted> {
    check_length(&text)?;
    let pasting = host.pasting.clone();
    let read = tauri::async_runtime::spawn_blocking(move || pasting.read(&text));
    Ok(read.await.map_err(|_| unreadable())??)
}

/// Stops the sign-in that is open in the browser.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "as Tauri hands it over")]
pub fn sign_in_cancel(host: State<'_, Host>) {
    host.sign_in.cancel();
}

/// Whose sign-in a mailbox could use without another one.
#[tauri::command]
pub async fn sign_in_usable(host: State<'_, Host>, which: String) -> Answer<Vec<UsableSignIn>> {
    Ok(host.blocking(move |s| s.usable_sign_ins(&which)).await?)
}

/// What signing out of a mailbox would do.
#[tauri::command]
pub async fn sign_out_plan(host: State<'_, Host>, which: String) -> Answer<SignOutPlan> {
    Ok(host.blocking(move |s| s.sign_out_plan(&which)).await?)
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

/// What is heard of a sign-in, and what is done about it.
pub(super) struct Watch {
    pub(super) receiver: UnboundedReceiver<SignInEvent>,
    pub(super) steps: Channel<SignInStep>,
    /// How long the person is waited for.
    pub(super) limit: Duration,
    /// Whether the browser is opened.
    pub(super) open: bool,
}

/// Runs a sign-in, tells the window about it, opens the browser, and brings the window to the front when the person
/// has come back.
pub(super) async fn attended<T, R: Runtime>(
    app: &AppHandle<R>,
    host: &Host,
    work: impl Future<Output = Result<T, Failure>>,
    watch: Watch,
) -> Answer<T> {
    let Watch {
        receiver: mut events,
        steps,
        limit,
        open,
    } = watch;
    let browser = host.browser();
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
