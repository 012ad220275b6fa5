//! A server that follows a script, one line of it after the other:
//! `S: text` sends a line, `C: text` expects one (a `*` at the end stands for anything), `S; text` sends without a
//! line end, `TLS` does a handshake, `CLOSE` hangs up. Escapes in what is sent: `\0`, `\xHH`, `\r`, `\n`.
//! After the last line the server reads until the client leaves.

use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// A running server; it ends with the test.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// Everything the clients sent, and what did not fit the script.
    heard: Arc<Mutex<Vec<String>>>,
    problems: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// The first connection follows the first script, and so on; the last script also serves all later ones.
    pub(crate) async fn start(scripts: &[&str], tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let scripts: Vec<String> = scripts.iter().map(|s| (*s).to_owned()).collect();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let problems = Arc::new(Mutex::new(Vec::new()));
        let (ears, notes) = (Arc::clone(&heard), Arc::clone(&problems));
        let task = tokio::spawn(async move {
            for at in 0.. {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                let script = scripts[at.min(scripts.len() - 1)].clone();
                let (tls, ears, notes) = (tls.clone(), Arc::clone(&ears), Arc::clone(&notes));
                tokio::spawn(async move {
                    if let Err(problem) = follow(Box::new(stream), &script, tls, &ears).await {
                        notes.lock().unwrap().push(problem);
                    }
                });
            }
        });
        Self {
            port,
            heard,
            problems,
            task,
        }
    }

    /// All that was heard so far, one line each.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// Fails the test where a client said something that the script did not expect.
    pub(crate) fn check(&self) {
        let problems = self.problems.lock().unwrap();
        assert!(problems.is_empty(), "{problems:?}");
    }
}

async fn follow(
    mut io: Box<dyn Io>,
    script: &str,
    tls: Option<Arc<ServerConfig>>,
    heard: &Mutex<Vec<String>>,
) -> Result<(), String> {
    for step in script
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        if step == "TLS" {
            let config = tls.clone().ok_or("no certificate for this script")?;
            match TlsAcceptor::from(config).accept(io).await {
                Ok(stream) => io = Box::new(stream),
                // The client did not like the certificate; its own test says whether it should have.
                Err(_) => return Ok(()),
            }
        } else if step == "CLOSE" {
            let _ = io.shutdown().await;
            return Ok(());
        } else if let Some(text) = step.strip_prefix("S:") {
            let mut bytes = unescape(text.strip_prefix(' ').unwrap_or(text));
            bytes.extend_from_slice(b"\r\n");
            if io.write_all(&bytes).await.is_err() || io.flush().await.is_err() {
                return Ok(());
            }
        } else if let Some(text) = step.strip_prefix("S;") {
            let bytes = unescape(text.strip_prefix(' ').unwrap_or(text));
            if io.write_all(&bytes).await.is_err() || io.flush().await.is_err() {
                return Ok(());
            }
        } else if let Some(pattern) = step.strip_prefix("C:") {
            let pattern = pattern.strip_prefix(' ').unwrap_or(pattern);
            let line = read_line(&mut io)
                .await
                .ok_or(format!("left before {pattern:?}"))?;
            heard.lock().unwrap().push(line.clone());
            let fits = pattern
                .strip_suffix('*')
                .map_or(line == pattern, |start| line.starts_with(start));
            if !fits {
                return Err(format!("expected {pattern:?}, heard {line:?}"));
            }
        } else {
            return Err(format!("no such step: {step:?}"));
        }
    }
    while let Some(line) = read_line(&mut io).await {
        heard.lock().unwrap().push(line);
    }
    Ok(())
}

async fn read_line(io: &mut Box<dyn Io>) -> Option<String> {
    let mut line = Vec::new();
    loop {
        match io.read_u8().await {
            Ok(b'\n') => break,
            Ok(byte) => line.push(byte),
            Err(_) => return None,
        }
    }
    Some(
        String::from_utf8_lossy(&line)
            .trim_end_matches('\r')
            .to_owned(),
    )
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'\\', [b'0', tail @ ..]) => (out.push(0), rest = tail).1,
            (b'\\', [b'r', tail @ ..]) => (out.push(b'\r'), rest = tail).1,
            (b'\\', [b'n', tail @ ..]) => (out.push(b'\n'), rest = tail).1,
            (b'\\', [b'x', high, low, tail @ ..]) => {
                let digits = [*high, *low];
                let value = u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap();
                out.push(value);
                rest = tail;
            }
            _ => out.push(*first),
        }
    }
    out
}
