use std::path::PathBuf;
use std::process::{Command, Stdio};

use url::Url;

use crate::{Code, Failure};

/// Opens the sign-in page. A trait because tests need another world.
pub trait Browser: Send + Sync {
    /// Opens the address and returns at once.
    ///
    /// # Errors
    /// No browser could be started.
    fn open(&self, address: &Url) -> Result<(), Failure>;
}

/// The system's browser, or the program that a person named instead.
#[derive(Clone, Debug, Default)]
pub struct SystemBrowser {
    program: Option<PathBuf>,
}

impl SystemBrowser {
    /// `program` is started with the address as its only argument; none means the system's browser.
    pub fn new(program: Option<PathBuf>) -> Self {
        Self { program }
    }
}

impl Browser for SystemBrowser {
    fn open(&self, address: &Url) -> Result<(), Failure> {
        let started = match &self.program {
            None => open::that_detached(address.as_str()),
            // Its output must not mix with ours: standard output may be a program's only source.
            Some(program) => Command::new(program)
                .arg(address.as_str())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .map(drop),
        };
        started.map_err(|error| {
            Failure::new(
                Code::Failed,
                format!("No browser could be started ({error}). Open the address yourself."),
            )
        })
    }
}
