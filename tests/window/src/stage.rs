//! A lab and a desktop for one test, with a time limit, and never too many at once.

use std::time::Duration;

use mailwright_lab::{Lab, Options};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::{Copied, Desktop, Outcome, Running, Window, desktop, missing_programs};

/// Two labs with a window and a browser each are what two processors carry.
const AT_ONCE: usize = 2;
static SEATS: Semaphore = Semaphore::const_new(AT_ONCE);

/// For the story of one test; whatever still runs then is ended.
const STORY: Duration = Duration::from_secs(150);

/// Where a test plays.
#[derive(Debug)]
pub struct Stage {
    // Before the lab, whose folder the window's programs write to.
    desktop: Desktop,
    /// The servers, the keychain and the browser.
    pub lab: Lab,
    _seat: SemaphorePermit<'static>,
}

impl Stage {
    /// A lab with these parts, and a display.
    pub async fn set(options: Options) -> Outcome<Self> {
        let seat = SEATS.acquire().await?;
        let lab = Lab::start(options)?;
        let desktop = Desktop::start().await?;
        Ok(Self {
            desktop,
            lab,
            _seat: seat,
        })
    }

    /// The display.
    pub fn desktop(&self) -> &Desktop {
        &self.desktop
    }

    /// Opens the window; again with the same data after it was closed.
    pub async fn window(&self) -> Outcome<Window> {
        Window::start(&self.desktop, &self.lab).await
    }

    /// Opens the window with more in its environment; an empty value counts as not set.
    pub async fn window_with(&self, more: &[(&str, &str)]) -> Outcome<Window> {
        Window::start_with(&self.desktop, &self.lab, more).await
    }

    /// Copies a text in another program.
    pub fn copy(&self, text: &str) -> Outcome<Copied> {
        Copied::hold(self.desktop.display(), text)
    }

    /// Starts the program once more, beside whatever window is open.
    pub fn start_again(&self) -> Outcome<Running> {
        let command = self.desktop.command(&self.lab, desktop::app()?);
        Running::start(command)
    }
}

/// Plays one test on a stage of its own. Where the programs are missing it is skipped, and fails where `CI` is set.
///
/// # Panics
/// The story fails; the lab's logs are printed.
pub async fn play(options: Options, story: impl AsyncFnOnce(&Stage) -> Outcome<()>) {
    play_within(STORY, options, story).await;
}

/// The same with another time limit.
///
/// # Panics
/// As [`play`].
pub async fn play_within(
    limit: Duration,
    options: Options,
    story: impl AsyncFnOnce(&Stage) -> Outcome<()>,
) {
    let missing = missing_programs();
    if !missing.is_empty() {
        let message = format!("not installed: {}", missing.join(" "));
        assert!(std::env::var_os("CI").is_none(), "{message}");
        #[allow(clippy::print_stderr)] // a test that did not run says so
        {
            eprintln!("skipped: {message}");
        }
        return;
    }
    let stage = match Stage::set(options).await {
        Ok(stage) => stage,
        Err(error) => panic!("no stage: {error}"),
    };
    let outcome = timeout(limit, story(&stage))
        .await
        .unwrap_or_else(|_| Err(format!("not done within {} s", limit.as_secs()).into()));
    // The stage is still standing, so that the lab prints its logs while it goes.
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
