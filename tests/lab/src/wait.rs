//! Waiting for something that another process does: ask until it is so, or until the deadline.
use std::thread;
use std::time::{Duration, Instant};

use crate::LabError;

/// How long a server may take to answer for the first time, on a busy machine.
pub(crate) const START_LIMIT: Duration = Duration::from_secs(30);

/// The pause between two questions. Nothing relies on its length.
const PAUSE: Duration = Duration::from_millis(10);

/// Asks `probe` until it yields something. An error ends the waiting at once.
pub(crate) fn until<T>(
    what: &str,
    limit: Duration,
    mut probe: impl FnMut() -> Result<Option<T>, LabError>,
) -> Result<T, LabError> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = probe()? {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(LabError::new(format!(
                "{what}: not so within {} s",
                limit.as_secs()
            )));
        }
        thread::sleep(PAUSE);
    }
}
