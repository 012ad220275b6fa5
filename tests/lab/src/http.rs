//! The smallest HTTP client that can talk to the lab's own servers: plain, one request per connection.
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::LabError;

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(30);

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header lines as they came, without the status line.
    pub headers: String,
    /// The body as text.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Result<serde_json::Value, LabError> {
        serde_json::from_str(&self.body)
            .map_err(|error| LabError::new(format!("{error} in: {}", self.body)))
    }
}

/// Reads an `http://` address.
pub fn get(url: &str) -> Result<Answer, LabError> {
    exchange("GET", url, "text/plain", "")
}

/// Posts a form.
pub fn post_form(url: &str, fields: &[(&str, &str)]) -> Result<Answer, LabError> {
    let body: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    exchange(
        "POST",
        url,
        "application/x-www-form-urlencoded",
        &body.join("&"),
    )
}

/// Posts JSON.
pub fn post_json(url: &str, body: &serde_json::Value) -> Result<Answer, LabError> {
    exchange("POST", url, "application/json", &body.to_string())
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn exchange(method: &str, url: &str, media: &str, body: &str) -> Result<Answer, LabError> {
    let rest = url
        .strip_prefix("http://")
        .ok_or_else(|| LabError::new(format!("not plain http: {url}")))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(LIMIT))?;
    // HTTP/1.0, so that the answer comes unchunked and ends with the connection.
    write!(
        stream,
        "{method} /{path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text
        .split_once("\r\n\r\n")
        .ok_or_else(|| LabError::new(format!("no HTTP answer from {url}")))?;
    let (first, headers) = head.split_once("\r\n").unwrap_or((head, ""));
    let status = first
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| LabError::new(format!("no HTTP status in: {first}")))?;
    Ok(Answer {
        status,
        headers: headers.to_owned(),
        body: body.to_owned(),
    })
}
