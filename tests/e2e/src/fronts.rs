//! What stands between the program and a provider in some networks: a proxy, or a firewall that opens TLS.

use std::io::BufReader;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use mailwright_lab::{Lab, ServerCertificate};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A server on a port of its own that ends with the test.
pub struct Front {
    /// Where it listens.
    pub port: u16,
    seen: Seen,
    end: Option<tokio::sync::oneshot::Sender<()>>,
}

pub(crate) type Seen = Arc<Mutex<Vec<String>>>;

impl Front {
    /// TLS with this certificate before the lab's authorization server.
    ///
    /// # Panics
    /// The lab has no authorization server, or the certificate cannot be used.
    pub fn tls(lab: &Lab, certificate: &ServerCertificate) -> Self {
        let server = lab
            .authorization()
            .expect("the lab has an authorization server");
        let address = server.base().strip_prefix("http://").expect("plain http");
        let behind: SocketAddr = address.parse().expect("an address with a port");
        let acceptor = acceptor(certificate);
        Self::serve(move |stream, seen| {
            let acceptor = acceptor.clone();
            async move {
                // A client that refuses the certificate says so here.
                let Ok(mut inside) = acceptor.accept(stream).await else {
                    note(&seen, "refused".to_owned());
                    return;
                };
                note(&seen, "opened".to_owned());
                if let Ok(mut outside) = TcpStream::connect(behind).await {
                    let _ = copy_bidirectional(&mut inside, &mut outside).await;
                }
            }
        })
    }

    /// A web site with this certificate that has the same page at every address, and notes what it is asked for.
    pub fn site(certificate: &ServerCertificate, page: &str) -> Self {
        let acceptor = acceptor(certificate);
        let length = page.len();
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{page}");
        Self::serve(move |stream, seen| {
            let (acceptor, answer) = (acceptor.clone(), answer.clone());
            async move {
                let Ok(mut inside) = acceptor.accept(stream).await else {
                    note(&seen, "refused".to_owned());
                    return;
                };
                if let Some(head) = read_head(&mut inside).await {
                    note(&seen, head);
                    let _ = inside.write_all(answer.as_bytes()).await;
                    let _ = inside.shutdown().await;
                }
            }
        })
    }

    /// A proxy that leads every host with a name below `domain` to this port, and lets nobody else through.
    pub fn proxy_to(domain: &'static str, port: u16) -> Self {
        Self::serve(move |mut stream, seen| async move {
            let Some(head) = read_head(&mut stream).await else {
                return;
            };
            let host = head.split_whitespace().nth(1).unwrap_or_default();
            let host = host
                .rsplit_once(':')
                .map_or("", |(host, _)| host)
                .to_owned();
            note(&seen, head);
            if !host.ends_with(domain) {
                let _ = stream
                    .write_all(b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n")
                    .await;
                return;
            }
            if let Ok(mut outside) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
                let _ = stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await;
                let _ = copy_bidirectional(&mut stream, &mut outside).await;
            }
        })
    }

    /// A proxy for CONNECT (RFC 9110 section 9.3.6). It connects to this computer whatever it is asked for, or answers
    /// with `refusal`, a status line.
    pub fn proxy(refusal: Option<&'static str>) -> Self {
        Self::serve(move |mut stream, seen| async move {
            let Some(text) = read_head(&mut stream).await else {
                return;
            };
            let port = text
                .split_whitespace()
                .nth(1)
                .and_then(|target| target.rsplit_once(':')?.1.parse::<u16>().ok());
            note(&seen, text);
            if let Some(status) = refusal {
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
                return;
            }
            let Some(port) = port else { return };
            if let Ok(mut outside) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
                let _ = stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await;
                let _ = copy_bidirectional(&mut stream, &mut outside).await;
            }
        })
    }

    /// What was said to it, or what it had to say of a connection, oldest first.
    pub fn seen(&self) -> Vec<String> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn serve<F>(handle: impl Fn(TcpStream, Seen) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        listener.set_nonblocking(true).expect("a socket");
        let (end, mut ended) = tokio::sync::oneshot::channel();
        let seen = Seen::default();
        let for_connections = Arc::clone(&seen);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                loop {
                    tokio::select! {
                        _ = &mut ended => return,
                        Ok((stream, _)) = listener.accept() => {
                            tokio::spawn(handle(stream, Arc::clone(&for_connections)));
                        }
                    }
                }
            });
        });
        Self {
            port,
            seen,
            end: Some(end),
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        // Whoever waits for it is told by its going away, too.
        drop(self.end.take());
    }
}

pub(crate) fn acceptor(certificate: &ServerCertificate) -> TlsAcceptor {
    let chain = std::fs::read(&certificate.chain).expect("a certificate");
    let chain = CertificateDer::pem_reader_iter(BufReader::new(&*chain));
    let chain = chain.collect::<Result<Vec<_>, _>>().expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(&certificate.key).expect("a key");
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("usual versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate with its key");
    TlsAcceptor::from(Arc::new(config))
}

/// The head of a request; none where the client leaves before its end.
pub(crate) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 8_192 {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

pub(crate) fn note(seen: &Seen, what: String) {
    seen.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(what);
}
