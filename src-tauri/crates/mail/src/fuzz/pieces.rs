use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use mailwright_domain::Secret;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::runtime::{Builder, Runtime};

use crate::driver::{Driver, Io};
use crate::transcript::Log;

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().unwrap();
}

/// Runs one session to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(work))
}

/// A server that sends this, in pieces whose lengths depend on it, takes everything, and closes.
pub(crate) fn server(input: &[u8]) -> Box<dyn Io> {
    let pieces = Pieces {
        rest: input.to_vec(),
        at: 0,
        state: u64::try_from(input.len()).unwrap(),
    };
    Box::new(tokio::io::join(pieces, tokio::io::sink()))
}

/// A driver that talks to such a server.
pub(crate) fn driver(input: &[u8]) -> Driver {
    let log = Log::new(&Secret::new("token-token-token"));
    let mut driver = Driver::new(server(input), log);
    driver.begin(std::time::Duration::from_secs(60));
    driver
}

struct Pieces {
    rest: Vec<u8>,
    at: usize,
    state: u64,
}

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // A multiplier of Knuth's MMIX generator; any would do.
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let length = usize::try_from(self.state >> 57).unwrap() + 1;
        let end = (self.at + length.min(buf.remaining())).min(self.rest.len());
        let piece = self.rest[self.at..end].to_vec();
        buf.put_slice(&piece);
        self.at = end;
        Poll::Ready(Ok(()))
    }
}
