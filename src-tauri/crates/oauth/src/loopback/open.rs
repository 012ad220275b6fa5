use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::linger;
use super::serve::{Arrival, Server, Waiting};

/// A listener that waits for its one answer. However the wait ends without one (cancelled, replaced, out of time, or
/// simply dropped), dropping this makes it tell the old tab for a minute that its page is out of date.
pub(super) struct Open {
    server: Option<Server>,
    fixed_port: Option<u16>,
    waiting: Arc<Waiting>,
    /// The answer, once.
    pub(super) arrival: oneshot::Receiver<Arrival>,
}

impl Open {
    pub(super) fn new(
        listeners: Vec<TcpListener>,
        fixed_port: Option<u16>,
        waiting: Waiting,
        arrival: oneshot::Receiver<Arrival>,
    ) -> Self {
        let waiting = Arc::new(waiting);
        Self {
            server: Some(Server::start(listeners, &waiting)),
            fixed_port,
            waiting,
            arrival,
        }
    }

    /// Requests for the path that belonged to no or to another sign-in.
    pub(super) fn foreign(&self) -> usize {
        self.waiting.foreign()
    }

    /// The answer is there: gives a sign when its page has gone out, and tells reloads that the link was used.
    pub(super) fn answered(mut self, written: oneshot::Receiver<()>) -> oneshot::Receiver<()> {
        let (finished, gone_out) = oneshot::channel();
        if let Some(server) = self.server.take() {
            linger::after_answer(server, self.fixed_port, written, finished);
        }
        gone_out
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            // First: an answer that is on its way to `arrival` finds out by this that nobody takes it.
            self.waiting.retire();
            linger::after_end(server, self.fixed_port);
        }
    }
}
