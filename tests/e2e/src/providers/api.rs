//! Microsoft Graph, as far as a message goes out by it: it looks at the token, takes the message and hands it to the
//! lab's mail server, or says no in the words of the real one.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use mailwright_lab::Lab;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::server::{read_line, say};
use crate::Front;
use crate::fronts::{Seen, acceptor, note, read_head};

/// The permission to send.
const MAY_SEND: &str = "Mail.Send";

/// What it says to somebody who may send and nothing else, and to a token that is not for it.
const MAY_NOT_READ: &str = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation.","innerError":{"date":"2026-11-28T14:00:00","request-id":"1f2e3d4c-0000-4000-8000-0123456789ab","client-request-id":"1f2e3d4c-0000-4000-8000-0123456789ab"}}}"#;
const WRONG_TOKEN: &str = r#"{"error":{"code":"InvalidAuthenticationToken","message":"Access token validation failure. Invalid audience.","innerError":{"date":"2026-11-28T14:00:00","request-id":"1f2e3d4c-0000-4000-8000-0123456789ab","client-request-id":"1f2e3d4c-0000-4000-8000-0123456789ab"}}}"#;

/// A status and a body with which nobody may send.
type Refusal = (u16, &'static str);

/// A Microsoft Graph of the lab.
pub struct Graph {
    front: Front,
}

impl Graph {
    /// Starts one, which the authorization server gives tokens for. With a refusal it lets nobody send.
    ///
    /// # Panics
    /// The lab lacks the authorization server or Postfix.
    pub fn start(lab: &Lab, refusal: Option<Refusal>) -> Self {
        let acceptor = acceptor(lab.certificates().good());
        let mail = lab.mail().expect("the lab has mail servers");
        let requests = Requests {
            refusal,
            relay: mail.postfix.as_ref().expect("the lab has Postfix").relay,
        };
        let front = Front::serve(move |stream, seen| {
            let acceptor = acceptor.clone();
            async move {
                let port = stream.local_addr().map_or(0, |address| address.port());
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    while requests
                        .answer_one(&mut stream, port, &seen)
                        .await
                        .is_some()
                    {}
                }
            }
        });
        lab.authorization()
            .expect("the lab has an authorization server")
            .add_resource(&base(front.port), &[MAY_SEND])
            .expect("a resource is added");
        Self { front }
    }

    /// Where it is.
    pub fn base(&self) -> String {
        base(self.front.port)
    }

    /// The permission to send by it, as a registration names it.
    pub fn permission(&self) -> String {
        format!("{}/{MAY_SEND}", self.base())
    }

    /// What it was asked for: method and path.
    pub fn seen(&self) -> Vec<String> {
        self.front.seen()
    }
}

fn base(port: u16) -> String {
    format!("https://graph.lab.test:{port}")
}

#[derive(Clone, Copy)]
struct Requests {
    refusal: Option<Refusal>,
    /// Port that takes messages for the lab's people.
    relay: u16,
}

impl Requests {
    /// One request and its answer; none when nothing more comes.
    async fn answer_one(
        self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        port: u16,
        seen: &Seen,
    ) -> Option<()> {
        let head = read_head(stream).await?;
        let asked = head.split(" HTTP").next().unwrap_or_default();
        note(seen, asked.to_owned());
        let mut body = vec![0; length(&head)];
        stream.read_exact(&mut body).await.ok()?;
        let (status, says) = self.answer(&head, asked, &body, port).await?;
        let answer = format!(
            "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{says}",
            says.len()
        );
        stream.write_all(answer.as_bytes()).await.ok()
    }

    async fn answer(
        self,
        head: &str,
        asked: &str,
        body: &[u8],
        port: u16,
    ) -> Option<(u16, &'static str)> {
        if !accepts(head, port) {
            return Some((401, WRONG_TOKEN));
        }
        if !asked.ends_with("/sendMail") {
            return Some((403, MAY_NOT_READ));
        }
        if self.refusal.is_some() {
            return self.refusal;
        }
        self.deliver(&STANDARD.decode(body).ok()?).await.ok()?;
        Some((202, ""))
    }

    async fn deliver(self, message: &[u8]) -> std::io::Result<()> {
        let text = String::from_utf8_lossy(message);
        let mut server = TcpStream::connect(("127.0.0.1", self.relay)).await?;
        let _greeting = read_line(&mut server).await?;
        for command in [
            "HELO graph.lab.test".to_owned(),
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

/// Whether the request brings a token that lets somebody send here.
fn accepts(head: &str, port: u16) -> bool {
    let claims = || -> Option<Value> {
        let payload = header(head, "authorization")?.split('.').nth(1)?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    };
    claims().is_some_and(|claims| {
        let permissions = claims["scp"].as_str().unwrap_or_default();
        let may_send = permissions.split(' ').any(|given| given == MAY_SEND);
        claims["aud"] == base(port).as_str() && may_send
    })
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
