//! APIs that take a message over https: what is the same for each. They look at the token, take the message and hand it
//! to the lab's mail server, or say no in the words of the real one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mailwright_lab::Lab;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::server::{read_line, say};
use crate::fronts::{Seen, note};

/// A status and a body with which nobody may send.
pub(super) type Refusal = (u16, &'static str);

/// One request as it arrived.
pub(super) struct Asked {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    /// The port it came to.
    pub(super) port: u16,
}

/// What an API says to a request.
pub(super) enum Reply {
    /// This status and body.
    Says(u16, &'static str),
    /// The same, once the message is delivered.
    Delivers(Vec<u8>, u16, &'static str),
}

/// How requests are answered.
#[derive(Clone, Copy)]
pub(super) struct Requests {
    /// What the API makes of a request.
    judge: fn(&Asked, Option<Refusal>) -> Reply,
    refusal: Option<Refusal>,
    /// Port that takes messages for the lab's people.
    relay: u16,
}

impl Requests {
    /// # Panics
    /// The lab has no Postfix.
    pub(super) fn new(
        lab: &Lab,
        judge: fn(&Asked, Option<Refusal>) -> Reply,
        refusal: Option<Refusal>,
    ) -> Self {
        let mail = lab.mail().expect("the lab has mail servers");
        Self {
            judge,
            refusal,
            relay: mail.postfix.as_ref().expect("the lab has Postfix").relay,
        }
    }

    /// Answers a request whose head was read already; none when nothing more comes.
    pub(super) async fn answer(
        self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        head: String,
        port: u16,
        seen: &Seen,
    ) -> Option<()> {
        note(seen, first_line(&head).to_owned());
        let mut body = vec![0; length(&head)];
        stream.read_exact(&mut body).await.ok()?;
        let (status, says) = match (self.judge)(&Asked { head, body, port }, self.refusal) {
            Reply::Says(status, says) => (status, says),
            Reply::Delivers(message, status, says) => {
                self.deliver(&message).await.ok()?;
                (status, says)
            }
        };
        let answer = format!(
            "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{says}",
            says.len()
        );
        stream.write_all(answer.as_bytes()).await.ok()
    }

    async fn deliver(self, message: &[u8]) -> std::io::Result<()> {
        let text = String::from_utf8_lossy(message);
        let mut server = TcpStream::connect(("127.0.0.1", self.relay)).await?;
        let _greeting = read_line(&mut server).await?;
        for command in [
            "HELO api.lab.test".to_owned(),
            format!("MAIL FROM:<{}>", address(&text, "from")),
            format!("RCPT TO:<{}>", address(&text, "to")),
            "DATA".to_owned(),
            format!("{}\n.", text.trim_end().replace("\r\n", "\n")),
        ] {
            say(&mut server, &command).await?;
            let answer = read_line(&mut server).await?;
            if !answer.starts_with(['2', '3']) {
                return Err(std::io::Error::other(answer));
            }
        }
        Ok(())
    }
}

impl Asked {
    /// Method and path.
    pub(super) fn what(&self) -> &str {
        first_line(&self.head)
    }

    /// What its access token says of itself.
    pub(super) fn claims(&self) -> Option<Value> {
        let payload = header(&self.head, "authorization")?.split('.').nth(1)?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }
}

/// Method and path of a request.
pub(super) fn first_line(head: &str) -> &str {
    head.split(" HTTP").next().unwrap_or_default()
}

fn length(head: &str) -> usize {
    let length = header(head, "content-length").and_then(|text| text.parse().ok());
    length.unwrap_or_default()
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (given, value) = line.split_once(':')?;
        given.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The bare address in a header field.
fn address<'a>(message: &'a str, field: &str) -> &'a str {
    let value = header(message, field).unwrap_or_default();
    value
        .rsplit_once('<')
        .map_or(value, |(_, rest)| rest.trim_end_matches('>'))
}
