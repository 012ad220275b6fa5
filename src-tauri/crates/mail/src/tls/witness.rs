use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::driver::Io;

/// Enough of the first answer to say what speaks there instead of TLS.
const MOST: usize = 120;

/// Passes everything on and remembers the first bytes that were received.
pub(super) struct Witness {
    io: Box<dyn Io>,
    first: First,
}

/// The bytes that were remembered.
#[derive(Clone)]
pub(super) struct First(Arc<Mutex<Vec<u8>>>);

impl Witness {
    pub(super) fn new(io: Box<dyn Io>) -> (Self, First) {
        let first = First(Arc::new(Mutex::new(Vec::new())));
        let witness = Self {
            io,
            first: first.clone(),
        };
        (witness, first)
    }
}

impl First {
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn add(&self, bytes: &[u8]) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MOST.saturating_sub(first.len());
        first.extend(bytes.iter().take(room));
    }
}

impl AsyncRead for Witness {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.io).poll_read(cx, buf);
        self.first
            .add(buf.filled().get(before..).unwrap_or_default());
        polled
    }
}

impl AsyncWrite for Witness {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
