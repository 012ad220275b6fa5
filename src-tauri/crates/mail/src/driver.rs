use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use crate::failure::WireError;
use crate::transcript::Log;

/// Longest line, line end included. IMAP wants at least 8,000 octets (RFC 2683 section 3.2.1.5), SMTP 512
/// (RFC 5321 section 4.5.3.1), POP3 512 (RFC 1939 section 3).
pub(crate) const LONGEST_LINE: usize = 64 * 1024;
/// Most that a server may send in one step.
const BYTES_PER_STEP: usize = 256 * 1024;
/// Most lines that a server may send in one step.
const LINES_PER_STEP: usize = 1_000;
/// The same for a list of folders.
const BYTES_OF_A_LIST: usize = 8 * 1024 * 1024;
const LINES_OF_A_LIST: usize = 20_000;

/// Any connection that lines go over.
pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// Reads and writes lines under limits of time, bytes and lines. It knows no protocol.
pub(crate) struct Driver {
    io: Option<Box<dyn Io>>,
    buffer: Vec<u8>,
    /// How much of `buffer` is known to hold no line end.
    scanned: usize,
    deadline: Instant,
    bytes_left: usize,
    lines_left: usize,
    pub(crate) log: Log,
}

impl Driver {
    pub(crate) fn new(io: Box<dyn Io>, log: Log) -> Self {
        Self {
            io: Some(io),
            buffer: Vec::new(),
            scanned: 0,
            deadline: Instant::now(),
            bytes_left: 0,
            lines_left: 0,
            log,
        }
    }

    /// Every step starts with fresh limits.
    pub(crate) fn begin(&mut self, limit: Duration) {
        self.deadline = Instant::now() + limit;
        self.bytes_left = BYTES_PER_STEP;
        self.lines_left = LINES_PER_STEP;
    }

    /// A step in which a long list is expected.
    pub(crate) fn begin_list(&mut self, limit: Duration) {
        self.begin(limit);
        self.bytes_left = BYTES_OF_A_LIST;
        self.lines_left = LINES_OF_A_LIST;
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Writes one or more whole lines and records `shown` for them.
    pub(crate) async fn send(&mut self, lines: &[u8], shown: &str) -> Result<(), WireError> {
        for line in shown.lines() {
            self.log.sent(line);
        }
        let io = self.io.as_mut().ok_or(WireError::Closed)?;
        let work = async {
            io.write_all(lines).await?;
            io.flush().await
        };
        match timeout_at(self.deadline, work).await {
            Ok(done) => done.map_err(|e| broken(&e)),
            Err(_) => Err(WireError::TimedOut),
        }
    }

    /// The next line without its end (CRLF, or LF alone). Nothing is recorded: whoever asked knows what is secret.
    pub(crate) async fn line(&mut self) -> Result<Vec<u8>, WireError> {
        loop {
            let fresh = self.buffer.get(self.scanned..).unwrap_or_default();
            if let Some(at) = fresh.iter().position(|b| *b == b'\n') {
                let end = self.scanned + at;
                self.scanned = 0;
                self.lines_left = self
                    .lines_left
                    .checked_sub(1)
                    .ok_or(WireError::TooMuch("the number of lines that are read"))?;
                let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                if line.len() > LONGEST_LINE {
                    return Err(WireError::TooMuch("64 KiB in one line"));
                }
                return Ok(line);
            }
            self.scanned = self.buffer.len();
            if self.scanned > LONGEST_LINE {
                return Err(WireError::TooMuch("64 KiB in one line"));
            }
            self.fill().await?;
        }
    }

    /// The next `length` bytes, whatever they are (an IMAP literal).
    pub(crate) async fn bytes(&mut self, length: usize) -> Result<Vec<u8>, WireError> {
        if length > LONGEST_LINE {
            return Err(WireError::TooMuch("64 KiB in one literal"));
        }
        while self.buffer.len() < length {
            self.fill().await?;
        }
        self.scanned = 0;
        Ok(self.buffer.drain(..length).collect())
    }

    /// What has arrived of a line that never ended; for saying what was seen.
    pub(crate) fn unfinished(&self) -> &[u8] {
        &self.buffer
    }

    /// Gives the connection away for a TLS handshake. What arrived beyond the last line came from somebody who could
    /// write before TLS, so it ends the attempt (the injection of RFC 9051 section 11.1 and CVE-2011-0411).
    pub(crate) fn take_for_tls(&mut self) -> Result<Box<dyn Io>, Injected> {
        if !self.buffer.is_empty() {
            return Err(Injected);
        }
        self.io.take().ok_or(Injected)
    }

    /// Carries on over the protected connection.
    pub(crate) fn carry_on(&mut self, io: Box<dyn Io>) {
        self.buffer.clear();
        self.scanned = 0;
        self.io = Some(io);
    }

    /// Reads and forgets until the server closes, within the limits of the step.
    pub(crate) async fn until_closed(mut self) {
        while self.fill().await.is_ok() {
            self.buffer.clear();
        }
    }

    async fn fill(&mut self) -> Result<(), WireError> {
        if self.bytes_left == 0 {
            return Err(WireError::TooMuch("the number of bytes that are read"));
        }
        let io = self.io.as_mut().ok_or(WireError::Closed)?;
        self.buffer.reserve(4096);
        match timeout_at(self.deadline, io.read_buf(&mut self.buffer)).await {
            Err(_) => Err(WireError::TimedOut),
            Ok(Err(error)) => Err(broken(&error)),
            Ok(Ok(0)) => Err(WireError::Closed),
            Ok(Ok(read)) => {
                self.bytes_left = self.bytes_left.saturating_sub(read);
                Ok(())
            }
        }
    }
}

/// Bytes came after the STARTTLS reply.
#[derive(Debug)]
pub(crate) struct Injected;

pub(crate) fn broken(error: &io::Error) -> WireError {
    // With TLS 1.3 a server may refuse after the handshake is over on this side.
    let inner = error
        .get_ref()
        .and_then(|e| e.downcast_ref::<rustls::Error>());
    if let Some(reason) = inner {
        return WireError::Tls(reason.to_string());
    }
    match error.kind() {
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => WireError::Reset,
        io::ErrorKind::UnexpectedEof => WireError::Closed,
        _ => WireError::Broken(error.to_string()),
    }
}

#[cfg(test)]
pub(crate) mod properties;
#[cfg(test)]
mod tests;
