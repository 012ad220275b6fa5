//! A mail server that says what a provider's says. It does nothing with it: it knows no mailbox and checks no token.

use mailwright_lab::ServerCertificate;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::Front;
use crate::fronts::{Seen, acceptor, note};

/// What ends a connection, at the end of an answer.
pub(super) const CLOSE: &str = "\nCLOSE";
/// The answer to a command that the provider does not know either.
const UNKNOWN: &str = "500 5.3.3 Unrecognized command";

/// What a server says.
#[derive(Clone, Debug)]
pub(super) struct Words {
    /// TLS comes before the first word (otherwise with STARTTLS).
    pub(super) tls_first: bool,
    /// The first word.
    pub(super) greeting: &'static str,
    /// Begin of a command, and what is said to it; the first that fits counts. `TAG` is the command's own.
    pub(super) answers: Vec<(&'static str, &'static str)>,
    /// What asks for the second half of a sign-in, where the first line has not all of it.
    pub(super) go_on: &'static str,
}

impl Words {
    /// The same server with another answer to one command.
    pub(super) fn but(mut self, command: &'static str, answer: &'static str) -> Self {
        self.answers.insert(0, (command, answer));
        self
    }

    /// Starts it.
    pub(super) fn serve(self, certificate: &ServerCertificate) -> Front {
        let acceptor = acceptor(certificate);
        Front::serve(move |stream, seen| {
            let (acceptor, words) = (acceptor.clone(), self.clone());
            async move {
                // However a connection ends, what was said on it is noted.
                let _ = words.talk(stream, &acceptor, &seen).await;
            }
        })
    }

    async fn talk(
        &self,
        mut stream: TcpStream,
        acceptor: &TlsAcceptor,
        seen: &Seen,
    ) -> std::io::Result<()> {
        if self.tls_first {
            let mut stream = acceptor.accept(stream).await?;
            say(&mut stream, self.greeting).await?;
            return self.answer(&mut stream, seen).await.map(drop);
        }
        say(&mut stream, self.greeting).await?;
        if self.answer(&mut stream, seen).await? {
            let mut stream = acceptor.accept(stream).await?;
            self.answer(&mut stream, seen).await?;
        }
        Ok(())
    }

    /// Answers until somebody leaves; true where TLS is to begin.
    async fn answer(
        &self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        seen: &Seen,
    ) -> std::io::Result<bool> {
        loop {
            let line = read_line(stream).await?;
            let (tag, command) = self.command(&line);
            // What follows the way of signing in is a token.
            let named: Vec<&str> = command.split_whitespace().take(2).collect();
            note(seen, named.join(" "));
            if is_half_a_sign_in(command) {
                say(stream, self.go_on).await?;
                let _token = read_line(stream).await?;
            }
            let fits = |(start, _): &&(&str, &str)| command.to_uppercase().starts_with(start);
            let answer = self
                .answers
                .iter()
                .find(fits)
                .map_or(UNKNOWN, |(_, text)| text);
            let last = answer.strip_suffix(CLOSE);
            say(stream, &last.unwrap_or(answer).replace("TAG", tag)).await?;
            if last.is_some() {
                return stream.shutdown().await.map(|()| false);
            }
            if command.eq_ignore_ascii_case("STARTTLS") {
                return Ok(true);
            }
            if command.eq_ignore_ascii_case("DATA") && answer.starts_with("354") {
                while read_line(stream).await? != "." {}
                let (_, text) = self
                    .answers
                    .iter()
                    .find(|(start, _)| *start == ".")
                    .unwrap_or(&(".", UNKNOWN));
                say(stream, text).await?;
            }
        }
    }

    /// The tag of IMAP, and the command without it.
    fn command<'a>(&self, line: &'a str) -> (&'a str, &'a str) {
        if self.greeting.starts_with('*') {
            line.split_once(' ').unwrap_or(("*", line))
        } else {
            ("", line)
        }
    }
}

/// AUTH or AUTHENTICATE with a mechanism and nothing else.
fn is_half_a_sign_in(command: &str) -> bool {
    command.to_uppercase().starts_with("AUTH") && command.split_whitespace().count() == 2
}

pub(super) async fn say(stream: &mut (impl AsyncWrite + Unpin), text: &str) -> std::io::Result<()> {
    let lines = format!("{}\r\n", text.replace('\n', "\r\n"));
    stream.write_all(lines.as_bytes()).await?;
    stream.flush().await
}

pub(super) async fn read_line(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<String> {
    let mut line = Vec::new();
    loop {
        match stream.read_u8().await? {
            b'\n' => break,
            byte => line.push(byte),
        }
    }
    let line = String::from_utf8_lossy(&line);
    Ok(line.trim_end_matches('\r').to_owned())
}
