//! Work that a person can stop.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as Turn, oneshot};

/// Stopped by a person or by a newer one of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stopped;

/// Work of which only one runs: the newest. Starting another stops the one before and waits until it has ended.
#[derive(Debug, Default)]
pub(crate) struct OneAtATime {
    stop: Mutex<Option<oneshot::Sender<()>>>,
    turn: Turn<()>,
}

impl OneAtATime {
    /// Runs the work until it ends or is stopped, then drops it.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> Result<T, Stopped> {
        let (stop, stopped) = oneshot::channel();
        // Replacing the sender drops the old one, which stops whoever waits for it.
        *locked(&self.stop) = Some(stop);
        let _turn = self.turn.lock().await;
        until(stopped, work).await
    }

    /// Stops the one that runs, if any.
    pub(crate) fn cancel(&self) {
        locked(&self.stop).take();
    }
}

/// Work of which many run, each under a name; a name may have several.
#[derive(Debug, Default)]
pub(crate) struct Running {
    stops: Mutex<HashMap<u64, (String, oneshot::Sender<()>)>>,
}

impl Running {
    /// Runs the work until it ends or [`Self::cancel`] is called with its name, then drops it.
    pub(crate) async fn run<T>(
        &self,
        name: &str,
        work: impl Future<Output = T>,
    ) -> Result<T, Stopped> {
        let (stop, stopped) = oneshot::channel();
        let number = {
            let mut stops = locked(&self.stops);
            let number = stops.keys().max().map_or(0, |last| last + 1);
            stops.insert(number, (name.to_owned(), stop));
            number
        };
        let result = until(stopped, work).await;
        locked(&self.stops).remove(&number);
        result
    }

    /// Stops all work of this name.
    pub(crate) fn cancel(&self, name: &str) {
        locked(&self.stops).retain(|_, (other, _)| other != name);
    }

    /// Stops everything.
    pub(crate) fn cancel_all(&self) {
        locked(&self.stops).clear();
    }
}

/// A sender that is dropped says stop as well as one that sends.
async fn until<T>(
    stopped: oneshot::Receiver<()>,
    work: impl Future<Output = T>,
) -> Result<T, Stopped> {
    tokio::select! {
        biased;
        _ = stopped => Err(Stopped),
        result = work => Ok(result),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn the_newest_stops_the_one_before_and_starts_when_that_is_gone() {
        struct Gone(Arc<AtomicBool>);
        impl Drop for Gone {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let one = OneAtATime::default();
        let gone = Arc::new(AtomicBool::new(false));
        let (begun, first_has_begun) = oneshot::channel();
        let first = one.run({
            let gone = Gone(Arc::clone(&gone));
            async move {
                let _gone = gone;
                let _ = begun.send(());
                pending::<()>().await;
            }
        });
        let second = async {
            first_has_begun.await.unwrap();
            one.run(async { gone.load(Ordering::SeqCst) }).await
        };
        let (first, second) = tokio::join!(first, second);
        assert_eq!(first, Err(Stopped));
        assert_eq!(second, Ok(true), "the first had been dropped");
    }

    #[tokio::test]
    async fn cancelling_stops_only_what_has_the_name() {
        let running = Running::default();
        let (release, released) = oneshot::channel();
        let cancel = async {
            running.cancel("bob");
            running.cancel("alice");
            let _ = release.send(());
        };
        let (alice, carol, ()) = tokio::join!(
            running.run("alice", pending::<()>()),
            running.run("carol", released),
            cancel
        );
        assert_eq!(alice, Err(Stopped));
        assert_eq!(carol, Ok(Ok(())));
        assert!(locked(&running.stops).is_empty(), "nothing is left behind");
    }

    #[tokio::test]
    async fn cancelling_nothing_is_nothing() {
        let one = OneAtATime::default();
        one.cancel();
        assert_eq!(one.run(async { 7 }).await, Ok(7));
    }
}
