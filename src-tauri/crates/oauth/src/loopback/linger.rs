//! The minute after a sign-in, in which a reload of the page is told that the link was used, or that it is out of date.
//! A fixed port must be free again when the next sign-in wants it, so listeners on one are known by their port and
//! give way.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::PAGE_WAIT;
use super::serve::Server;

const LINGER: Duration = Duration::from_secs(60);

/// To a lingering listener: close, and drop what is sent when it is done.
type GiveWay = oneshot::Sender<oneshot::Sender<()>>;

static FIXED: Mutex<BTreeMap<u16, GiveWay>> = Mutex::new(BTreeMap::new());

/// Keeps a server until its page has gone out (`written`), which is passed on to `finished`, and a minute longer.
pub(super) fn after_answer(
    server: Server,
    fixed_port: Option<u16>,
    written: oneshot::Receiver<()>,
    finished: oneshot::Sender<()>,
) {
    keep(server, fixed_port, async move {
        if tokio::time::timeout(PAGE_WAIT + super::WRITE_LIMIT, written)
            .await
            .is_ok()
        {
            let _ = finished.send(()); // whoever waited may have gone
        }
    });
}

/// Keeps a server whose sign-in ended without an answer for a minute.
pub(super) fn after_end(server: Server, fixed_port: Option<u16>) {
    keep(server, fixed_port, std::future::ready(()));
}

/// Where no runtime is left the program is ending, and dropping the server closes it.
fn keep(server: Server, fixed_port: Option<u16>, first: impl Future<Output = ()> + Send + 'static) {
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    let (ask, mut asked) = oneshot::channel();
    let kept = match fixed_port {
        Some(port) => {
            fixed().insert(port, ask);
            None
        }
        None => Some(ask),
    };
    runtime.spawn(async move {
        let time = async {
            first.await;
            tokio::time::sleep(LINGER).await;
        };
        let done = tokio::select! {
            () = time => None,
            Ok(done) = &mut asked => Some(done),
        };
        if let (None, Some(port)) = (&done, fixed_port) {
            fixed().remove(&port);
        }
        server.close().await;
        // Only now: whoever asked, if only just, waits for these to be dropped.
        drop((done, asked, kept));
    });
}

/// Whether a listener of an earlier sign-in still has this port; [`close`] makes it free.
pub(super) fn holds(port: u16) -> bool {
    fixed().get(&port).is_some_and(|ask| !ask.is_closed())
}

/// Makes a listener of an earlier sign-in on this port give way, and returns when it has.
pub(super) async fn close(port: u16) {
    let Some(listener) = fixed().remove(&port) else {
        return;
    };
    let (done, closed) = oneshot::channel();
    if listener.send(done).is_ok() {
        let _ = closed.await; // dropping is the sign
    }
}

fn fixed() -> MutexGuard<'static, BTreeMap<u16, GiveWay>> {
    FIXED.lock().unwrap_or_else(PoisonError::into_inner)
}
