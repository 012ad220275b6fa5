//! A server that follows a script, one line of it after the other:
//! `S: text` sends a line, `C: text` expects one (a `*` at the end stands for anything), `S; text` sends without a
//! line end, `MAIL` reads a message up to its lone dot, `TAKE n` reads that many bytes, `HTTP line` reads a request that
//! begins with this line, `TLS` does a handshake, `WAIT n` waits that many milliseconds, `CLOSE` hangs up, `FLOOD text`
//! sends the text without end and `DRIP text` the same with a second between two bytes, both until the client leaves.
//! Escapes in what is sent: `\0`, `\xHH`, `\r`, `\n`.
//! After the last line the server reads until the client leaves.

use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// Serves one connection; an error is what did not fit the script. All that the client says goes into `heard`.
pub(crate) async fn follow(
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
        } else if step == "MAIL" {
            loop {
                let line = read_line(&mut io).await.ok_or("left within a message")?;
                let end = line == ".";
                heard.lock().unwrap().push(line);
                if end {
                    break;
                }
            }
        } else if let Some(count) = step.strip_prefix("TAKE ") {
            let count = count.parse().map_err(|_| format!("no count: {step:?}"))?;
            let mut bytes = vec![0; count];
            let taken = io.read_exact(&mut bytes).await;
            taken.map_err(|_| format!("left before {count} bytes"))?;
        } else if let Some(wanted) = step.strip_prefix("HTTP ") {
            let said = read_request(&mut io).await.ok_or(format!("no {wanted}"))?;
            let first = said.first().cloned().unwrap_or_default();
            heard.lock().unwrap().extend(said);
            if first != wanted {
                return Err(format!("expected {wanted:?}, heard {first:?}"));
            }
        } else if step == "CLOSE" {
            let _ = io.shutdown().await;
            return Ok(());
        } else if let Some(text) = step.strip_prefix("WAIT ") {
            let milliseconds = text.parse().map_err(|_| format!("no time: {step:?}"))?;
            tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
        } else if let Some(text) = step.strip_prefix("FLOOD ") {
            let taken = flood(&mut io, &unescape(text)).await;
            heard.lock().unwrap().push(format!("{taken} bytes taken"));
            return Ok(());
        } else if let Some(text) = step.strip_prefix("DRIP ") {
            for byte in unescape(text).into_iter().cycle() {
                if io.write_all(&[byte]).await.is_err() || io.flush().await.is_err() {
                    return Ok(());
                }
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
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

/// Sends for as long as anybody takes it, and gives how many bytes that were.
async fn flood(io: &mut Box<dyn Io>, text: &[u8]) -> usize {
    let chunk = text.repeat(4096_usize.div_ceil(text.len()));
    let mut taken = 0;
    loop {
        match io.write(&chunk[taken % text.len()..]).await {
            Ok(written) => taken += written,
            Err(_) => return taken,
        }
    }
}

/// A request of HTTP/1.1 with its body (RFC 9112 section 2.1): one line each, the body last.
async fn read_request(io: &mut Box<dyn Io>) -> Option<Vec<String>> {
    let mut said = Vec::new();
    let mut length = 0;
    loop {
        let line = read_line(io).await?;
        if line.is_empty() {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        said.push(line);
    }
    let mut body = vec![0; length];
    io.read_exact(&mut body).await.ok()?;
    said.push(String::from_utf8_lossy(&body).into_owned());
    Some(said)
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
