//! What every command works with: the use cases, the browser, and what is running.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mailwright_service::{
    Code, Environment, Failure, Pasting, Route, Secret, Service, SupportDraft, SupportPackage,
    SystemBrowser, Waiting,
};
use tokio::sync::OnceCell;

use crate::clipboard::Clipboard;
use crate::running::{OneAtATime, Running};

/// How long the program's end waits for mailboxes that were taken off the list to be forgotten.
const FORGETTING: Duration = Duration::from_secs(20);

/// How long a person may take in the browser, where the environment does not say otherwise.
const SIGN_IN_LIMIT: Duration = Duration::from_secs(300);

/// The same with a code, which ends by itself before.
const CODE_LIMIT: Duration = Duration::from_secs(3600);

/// The state behind the window, one for the life of the program.
pub struct Host {
    environment: Result<Environment, Failure>,
    service: Mutex<Option<Service>>,
    /// The sign-in that is open in the browser.
    pub(crate) sign_in: OneAtATime,
    /// Where it takes what a person pastes.
    pub(crate) pasting: Pasting,
    /// Tests that are running, by the mailbox they were started with.
    pub(crate) tests: Running,
    /// Looking at this computer.
    pub(crate) doctor: OneAtATime,
    /// Collecting for a support package.
    pub(crate) collecting: OneAtATime,
    /// What was collected last, and the package as it was shown last: that one is written.
    pub(crate) collected: Mutex<Option<(SupportDraft, SupportPackage)>>,
    /// Where texts to copy go.
    clipboard: Arc<Clipboard>,
    /// A client secret that was taken from the clipboard and is not saved yet.
    pub(crate) pasted: Mutex<Option<Secret>>,
    finished: OnceCell<()>,
}

impl Host {
    /// Opens nothing yet: a data folder that cannot be used must not keep the window from saying so.
    pub(crate) fn new(environment: Result<Environment, Failure>) -> Self {
        Self {
            environment,
            service: Mutex::new(None),
            sign_in: OneAtATime::default(),
            pasting: Pasting::default(),
            tests: Running::default(),
            doctor: OneAtATime::default(),
            collecting: OneAtATime::default(),
            collected: Mutex::default(),
            clipboard: Arc::default(),
            pasted: Mutex::new(None),
            finished: OnceCell::new(),
        }
    }

    /// The use cases. The data folder is opened at the first call, and again at the next one where that failed, so
    /// that “try again” helps.
    pub(crate) fn service(&self) -> Result<Service, Failure> {
        let mut opened = self.service.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(service) = opened.as_ref() {
            return Ok(service.clone());
        }
        let service = Service::open(self.environment.as_ref().map_err(Clone::clone)?)?;
        Ok(opened.insert(service).clone())
    }

    fn opened(&self) -> Option<Service> {
        let opened = self.service.lock();
        opened.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The system's browser, or the program that the environment names instead.
    pub(crate) fn browser(&self) -> SystemBrowser {
        let program = self.environment.as_ref().ok();
        SystemBrowser::new(program.and_then(|environment| environment.browser.clone()))
    }

    /// How a person is waited for on this route; the window shows the time as a countdown.
    pub(crate) fn waiting(&self, route: Route) -> Waiting {
        let given = self.environment.as_ref().ok();
        let usual = match route {
            Route::Browser | Route::Pasted => SIGN_IN_LIMIT,
            Route::Code => CODE_LIMIT,
        };
        Waiting {
            route,
            limit: given
                .and_then(|environment| environment.sign_in_limit)
                .unwrap_or(usual),
            pasting: self.pasting.clone(),
        }
    }

    /// Runs what blocks, such as a look into the database, where it holds up nothing else.
    pub(crate) async fn blocking<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Service) -> Result<T, Failure> + Send + 'static,
    {
        let service = self.service()?;
        tauri::async_runtime::spawn_blocking(move || work(&service))
            .await
            .unwrap_or_else(|_| Err(ended()))
    }

    /// Uses the clipboard where it holds up nothing else: it may wait for the program that owns what is on it.
    pub(crate) async fn clipboard<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Clipboard) -> Result<T, Failure> + Send + 'static,
    {
        let clipboard = Arc::clone(&self.clipboard);
        tauri::async_runtime::spawn_blocking(move || work(&clipboard))
            .await
            .unwrap_or_else(|_| Err(ended()))
    }

    /// Ends what can be ended and waits for what must not be cut off, such as a renewal on its way to the keychain.
    /// Once; whoever asks again waits for the same.
    pub(crate) async fn finish(&self) {
        self.finished.get_or_init(|| self.end()).await;
    }

    async fn end(&self) {
        self.sign_in.cancel();
        self.tests.cancel_all();
        self.doctor.cancel();
        self.collecting.cancel();
        if let Some(service) = self.opened() {
            // What is left is forgotten at the next start.
            let _ = tokio::time::timeout(FORGETTING, service.forget_removed()).await;
            service.settle().await;
        }
    }
}

/// Said when a task panicked; the panic hook has said where, and what a panic says could hold anything.
fn ended() -> Failure {
    Failure::new(
        Code::Internal,
        "A task of Mailwright ended unexpectedly. Nothing else is affected. Try again.",
    )
}
