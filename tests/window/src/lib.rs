//! The real window against the lab: what the tests, the demo and the measurement share. See the README beside this
//! crate.
#![cfg(target_os = "linux")]
#![allow(clippy::missing_errors_doc)] // everything here fails in one way: with a sentence for whoever reads it

mod axe;
mod clipboard;
mod counts;
mod desktop;
mod driver;
mod job;
mod keys;
mod page;
mod painted;
mod picture;
mod process;
mod seen;
mod stage;
mod walk;
mod window;
mod x11;

use std::error::Error;
use std::time::Duration;

pub use clipboard::Copied;
pub use counts::Counts;
pub use desktop::{Desktop, app, missing_programs};
pub use job::{By, REGISTRATION, Told, at_hand, main_job};
pub use painted::{Eye, Painted};
pub use process::Running;
pub use seen::Message;
pub use stage::{Stage, play, play_within};
pub use walk::{end_page, opened};
pub use window::Window;
pub use x11::OnScreen;

/// What every step answers.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// For one step of starting up or of the page.
pub const STEP: Duration = Duration::from_secs(20);

/// The pause between two looks. Nothing relies on its length.
const LOOK: Duration = Duration::from_millis(30);
