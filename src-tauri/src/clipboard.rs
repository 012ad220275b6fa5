//! The system's clipboard. The window has no access of its own: what it copies goes through here, so that “Copied”
//! is said only when the clipboard has it, and a secret that is pasted never enters the window.

use std::sync::{Mutex, PoisonError};

use mailwright_service::{Code, Failure};

/// Opened at the first use and kept: on Linux what was copied is gone when its owner closes.
#[derive(Default)]
pub(crate) struct Clipboard(Mutex<Option<arboard::Clipboard>>);

impl Clipboard {
    /// Puts the text there and looks whether it has arrived.
    pub(crate) fn write(&self, text: &str) -> Result<(), Failure> {
        let there = self.with(|clipboard| {
            clipboard.set_text(text.to_owned())?;
            clipboard.get_text()
        });
        match there {
            // Windows keeps line ends as CR LF.
            Ok(there) if there.replace("\r\n", "\n") == text.replace("\r\n", "\n") => Ok(()),
            _ => Err(Failure::new(
                Code::Failed,
                "The clipboard did not take the text. Select it and copy it yourself.",
            )),
        }
    }

    /// The text in it.
    pub(crate) fn read(&self) -> Result<String, Failure> {
        self.with(arboard::Clipboard::get_text).map_err(|_| {
            Failure::new(
                Code::Failed,
                "The clipboard holds no text. Copy the value first, then paste again.",
            )
        })
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&mut arboard::Clipboard) -> Result<T, arboard::Error>,
    ) -> Result<T, arboard::Error> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let clipboard = match kept.as_mut() {
            Some(clipboard) => clipboard,
            None => kept.insert(arboard::Clipboard::new()?),
        };
        let result = work(clipboard);
        // The connection may have broken; the next use opens a new one.
        if matches!(result, Err(arboard::Error::Unknown { .. })) {
            *kept = None;
        }
        result
    }
}
