//! Servers that leave after any byte of what they say under TLS: of the handshake, and of a conversation that ends with
//! a message. The bytes are those of a real handshake with this client; a recorded one would fit no other.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use mailwright_domain::{CheckId, Fault, Outcome, Protocol, Secret, Security};
use mailwright_mail::{Credential, Errand, Ladder, Patience, Sent, TestMessage};
use rustls::{ServerConfig, SupportedProtocolVersion, version};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;

use crate::script::{Io, follow};
use crate::support::{TOKEN, World, check, target, xoauth2};

/// A connection over which this many bytes go out, and no more.
struct Cut {
    io: Box<dyn Io>,
    left: usize,
}

impl AsyncRead for Cut {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for Cut {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let end = bytes.len().min(self.left);
        if end == 0 {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let written = ready!(Pin::new(&mut self.io).poll_write(cx, &bytes[..end]))?;
        self.left -= written;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// Bytes that a server needs at least for a handshake with a certificate.
const SHORTEST: usize = 500;

/// What came of one climb: the ladder, all that the server heard, and what is told of the message.
struct Climbed {
    ladder: Ladder,
    heard: String,
    sent: Option<Sent>,
}

/// One climb towards a server that leaves after this many bytes.
async fn climb(
    world: &World,
    (protocol, security): (Protocol, Security),
    script: &str,
    tls: &Arc<ServerConfig>,
    left: usize,
) -> Climbed {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Mutex::new(Vec::new());
    let serving = async {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let io = Cut {
            io: Box::new(stream),
            left,
        };
        // What does not fit the script is what comes after the cut.
        let _ = follow(Box::new(io), script, Some(Arc::clone(tls)), &heard).await;
    };
    let message = TestMessage::new("info@firma.nl".parse().unwrap(), "");
    let (send, find) = Errand::there_and_back(message, Patience::of(std::time::Duration::ZERO));
    let errand = if protocol == Protocol::Smtp {
        send
    } else {
        Errand::Nothing
    };
    let credential = Credential::OAuth(Secret::new(TOKEN));
    let target = target(protocol, port, security);
    let climbing = world.climb_for(&target, &credential, errand);
    let (ladder, ()) = tokio::join!(climbing, serving);
    let Errand::Find(_, _, mut told) = find else {
        unreachable!("the other half looks")
    };
    Climbed {
        ladder,
        heard: heard.into_inner().unwrap().concat(),
        sent: told.try_recv().ok(),
    }
}

/// The one check that failed, and that its reason is a connection that broke.
fn failed(ladder: &Ladder, place: &str) -> CheckId {
    let failures = ladder
        .checks
        .iter()
        .filter(|c| c.outcome == Outcome::Failed);
    let [failed] = failures.collect::<Vec<_>>()[..] else {
        panic!("{place}: not one failure\n{}", ladder.transcript);
    };
    let fault = failed.evidence.as_ref().and_then(|e| e.fault);
    assert!(
        matches!(fault, Some(Fault::Closed | Fault::Reset)),
        "{place}: {fault:?} {}\n{}",
        failed.detail,
        ladder.transcript
    );
    failed.id
}

/// Leaves after each byte of the handshake, from the first one on that belongs to it; gives how many there are.
async fn cut_handshakes(
    how: (Protocol, Security),
    before: &str,
    version: &'static SupportedProtocolVersion,
) -> usize {
    let world = World::new();
    let tls = world.authority.server_of(version);
    let script = format!("{before}\nTLS\nCLOSE");
    let plain: usize = before
        .lines()
        .filter_map(|line| line.trim().strip_prefix("S: "))
        .map(|words| words.len() + "\r\n".len())
        .sum();
    for bytes in 0.. {
        let place = format!("{how:?} {version:?}, {bytes} bytes");
        let Climbed { ladder, heard, .. } = climb(&world, how, &script, &tls, plain + bytes).await;
        assert!(!heard.contains("AUTH"), "{place}: {heard}");
        if failed(&ladder, &place) != CheckId::Tls {
            assert_eq!(check(&ladder, CheckId::Tls).outcome, Outcome::Passed);
            return bytes;
        }
        let detail = &check(&ladder, CheckId::Tls).detail;
        assert!(detail.contains("during the TLS handshake"), "{detail}");
    }
    unreachable!("no handshake is without end")
}

const STARTTLS: &str = "
    S: 220 x
    C: EHLO *
    S: 250-x
    S: 250 STARTTLS
    C: STARTTLS
    S: 220 go
";

#[tokio::test]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn a_server_may_close_after_any_byte_of_the_handshake() {
    for (protocol, security, version) in [
        (Protocol::Imap, Security::Tls, &version::TLS13),
        (Protocol::Pop3, Security::Auto, &version::TLS12),
    ] {
        let bytes = cut_handshakes((protocol, security), "", version).await;
        assert!(bytes > SHORTEST, "{protocol} {security:?}: {bytes} bytes");
    }
}

#[tokio::test]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn a_server_may_close_after_any_byte_of_the_handshake_after_starttls() {
    for version in [&version::TLS13, &version::TLS12] {
        let how = (Protocol::Smtp, Security::Starttls);
        let bytes = cut_handshakes(how, STARTTLS, version).await;
        assert!(bytes > SHORTEST, "{version:?}: {bytes} bytes");
    }
}

/// From the end of the handshake to the answer to the message: whatever breaks off, the message is only said to be
/// taken, or not to be known, when it is.
#[tokio::test]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn a_server_may_close_after_any_byte_under_tls_while_it_is_given_a_message() {
    let world = World::new();
    let tls = world.authority.server_of(&version::TLS13);
    let how = (Protocol::Smtp, Security::Tls);
    let script = format!(
        "TLS\nS: 220 x\nC: EHLO *\nS: 250-x\nS: 250-PIPELINING\nS: 250 AUTH XOAUTH2\nC: AUTH XOAUTH2\nS: 334\nC: {}
         S: 235 in\nC: MAIL *\nC: RCPT *\nC: RSET\nS: 250 ok\nS: 250 ok\nS: 250 ok\nC: MAIL *\nC: RCPT *
         S: 250 ok\nS: 250 ok\nC: DATA\nS: 354 go\nMAIL\nS: 250 taken\nC: QUIT",
        xoauth2()
    );
    let mut ends = Vec::new();
    for bytes in SHORTEST.. {
        let place = format!("{bytes} bytes");
        let Climbed {
            ladder,
            heard,
            sent,
        } = climb(&world, how, &script, &tls, bytes).await;
        let message = check(&ladder, CheckId::Message);
        if message.outcome == Outcome::Passed {
            assert_eq!(sent.map(|s| (s.accepted, s.perhaps)), Some((1, 0)));
            break;
        }
        let end = failed(&ladder, &place);
        // The last header field is in the server's hands, so the dot may be.
        let handed_over = heard.contains("X-Mailwright-Test:");
        let perhaps = sent.map(|s| (s.accepted, s.perhaps));
        assert_eq!(perhaps, handed_over.then_some((0, 1)), "{place}");
        assert_eq!(message.detail.ends_with("is not known."), handed_over);
        ends.push(end);
    }
    for id in [
        CheckId::Tls,
        CheckId::Authenticate,
        CheckId::Envelope,
        CheckId::Message,
    ] {
        assert!(ends.contains(&id), "never left at {id:?}");
    }
}
