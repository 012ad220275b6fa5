use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mailwright_domain::Secret;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::PAGE_WAIT;
use super::request::{self, Refusal, Request};
use crate::callback::Answer;
use crate::pages::EndPage;

/// For a request to be complete. Browsers open connections in advance and leave them silent.
const REQUEST_LIMIT: Duration = Duration::from_secs(5);
/// For an answer to be taken, and for the peer to close.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// At the same time, per family.
const MOST_CONNECTIONS: usize = 32;
/// What is still read of a refused request, so that closing does not reset the answer away.
const DRAINED: usize = 64 * 1024;
/// After a failed accept (out of descriptors, a connection gone before it was taken).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The one accepted callback, on its way to whoever waits.
pub(super) struct Arrival {
    pub(super) answer: Answer,
    pub(super) page: oneshot::Sender<EndPage>,
    pub(super) written: oneshot::Receiver<()>,
}

/// What a query with this state means for whoever waits: `callback::read` or its like.
pub(super) type Read = fn(&str, &str) -> Answer;

/// What the listener waits for.
pub(super) struct Waiting {
    path: String,
    port: u16,
    state: Secret,
    read: Read,
    foreign: AtomicUsize,
    /// The wait ended without an answer.
    retired: AtomicBool,
    /// Empty once the callback was accepted.
    arrived: Mutex<Option<oneshot::Sender<Arrival>>>,
}

impl Waiting {
    pub(super) fn new(
        path: &str,
        port: u16,
        state: &Secret,
        read: Read,
        arrived: oneshot::Sender<Arrival>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            port,
            state: state.clone(),
            read,
            foreign: AtomicUsize::new(0),
            retired: AtomicBool::new(false),
            arrived: Mutex::new(Some(arrived)),
        }
    }

    /// Requests for the path that belonged to no or to another sign-in.
    pub(super) fn foreign(&self) -> usize {
        self.foreign.load(Ordering::Relaxed)
    }

    fn take(&self) -> Option<oneshot::Sender<Arrival>> {
        self.arrived
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Nothing is accepted any more.
    pub(super) fn retire(&self) {
        self.retired.store(true, Ordering::SeqCst);
        drop(self.take());
    }

    fn is_retired(&self) -> bool {
        self.retired.load(Ordering::SeqCst)
    }

    /// What a request is told once nothing is accepted any more.
    fn over(&self) -> Option<EndPage> {
        if self.is_retired() {
            return Some(EndPage::OutOfDate);
        }
        let arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.is_none().then_some(EndPage::AlreadyUsed)
    }
}

/// The running listeners with their connections; dropping it ends them.
pub(super) struct Server(JoinSet<()>);

impl Server {
    pub(super) fn start(listeners: Vec<TcpListener>, waiting: &Arc<Waiting>) -> Self {
        let mut tasks = JoinSet::new();
        for listener in listeners {
            tasks.spawn(accept(listener, Arc::clone(waiting)));
        }
        Self(tasks)
    }

    /// Ends it and returns when the port is free.
    pub(super) async fn close(mut self) {
        self.0.shutdown().await;
    }
}

async fn accept(listener: TcpListener, waiting: Arc<Waiting>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= MOST_CONNECTIONS {
            connections.join_next().await;
        }
        match listener.accept().await {
            // The listener is on loopback only; this is for a system that routes it otherwise.
            Ok((stream, peer)) if is_loopback(peer) => {
                connections.spawn(connection(stream, Arc::clone(&waiting)));
            }
            Ok(_) => {}
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

fn is_loopback(peer: SocketAddr) -> bool {
    peer.ip().to_canonical().is_loopback()
}

async fn connection(mut stream: TcpStream, waiting: Arc<Waiting>) {
    let read = timeout(REQUEST_LIMIT, request::read(&mut stream, waiting.port)).await;
    match read.unwrap_or(Err(Refusal::Slow)) {
        Ok(request) => answer(&mut stream, &waiting, &request).await,
        Err(refusal) => {
            if let Some(response) = refuse(refusal) {
                send(&mut stream, &response).await;
            }
        }
    }
}

async fn answer(stream: &mut TcpStream, waiting: &Waiting, request: &Request) {
    if request.path != waiting.path {
        return send(
            stream,
            &EndPage::NotThisSignIn.response_with("404 Not Found", ""),
        )
        .await;
    }
    if let Some(page) = waiting.over() {
        return send(stream, &page.response()).await;
    }
    let answer = (waiting.read)(&request.query, waiting.state.expose());
    if matches!(answer, Answer::Foreign) {
        waiting.foreign.fetch_add(1, Ordering::Relaxed);
        tracing::debug!("ignored a request that belongs to no or to another sign-in");
        return send(stream, &EndPage::NotThisSignIn.response()).await;
    }
    let Some(arrived) = waiting.take() else {
        let page = waiting.over().unwrap_or(EndPage::AlreadyUsed);
        return send(stream, &page.response()).await;
    };
    let (page, chosen) = oneshot::channel();
    let (done, written) = oneshot::channel();
    let handed_over = arrived
        .send(Arrival {
            answer,
            page,
            written,
        })
        .is_ok();
    let page = if handed_over {
        timeout(PAGE_WAIT, chosen).await.ok().and_then(Result::ok)
    } else {
        None
    };
    let response = match page {
        Some(page) => page.response(),
        None if waiting.is_retired() => EndPage::OutOfDate.response(),
        None => EndPage::StillWorking.response(),
    };
    if timeout(ANSWER_LIMIT, write(stream, &response))
        .await
        .is_ok()
    {
        let _ = done.send(()); // whoever waited may have gone
    }
    drain(stream).await;
}

fn refuse(refusal: Refusal) -> Option<Vec<u8>> {
    let (status, header) = match refusal {
        Refusal::Gone => return None,
        Refusal::Slow => ("408 Request Timeout", ""),
        Refusal::Malformed => ("400 Bad Request", ""),
        Refusal::LongTarget => ("414 URI Too Long", ""),
        Refusal::LongHeaders => ("431 Request Header Fields Too Large", ""),
        Refusal::Method => ("405 Method Not Allowed", "Allow: GET\r\n"),
        Refusal::Host => ("421 Misdirected Request", ""),
    };
    Some(EndPage::NotThisSignIn.response_with(status, header))
}

async fn send(stream: &mut TcpStream, response: &[u8]) {
    let _ = timeout(ANSWER_LIMIT, write(stream, response)).await; // a browser that is gone misses nothing
    drain(stream).await;
}

async fn write(stream: &mut TcpStream, response: &[u8]) -> std::io::Result<()> {
    stream.write_all(response).await?;
    stream.shutdown().await
}

/// Reads what is still to come, within limits: closing with unread bytes would reset the connection, and the answer
/// with it (RFC 9112 section 9.6).
async fn drain(stream: &mut TcpStream) {
    let mut rest = [0; 4096];
    let mut total = 0;
    let reading = async {
        while total < DRAINED {
            match stream.read(&mut rest).await {
                Ok(0) | Err(_) => break,
                Ok(count) => total += count,
            }
        }
    };
    let _ = timeout(ANSWER_LIMIT, reading).await;
}
