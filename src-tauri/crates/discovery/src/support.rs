//! Servers for the tests of this crate, on loopback: names that a test makes up, and a site over TLS.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use mailwright_net::{Net, NetOptions};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use url::Url;

#[path = "../../net/tests/support/name_server.rs"]
#[allow(dead_code, missing_docs, unreachable_pub)] // shared with that crate's tests
pub(crate) mod name_server;

/// A site with a certificate of its own authority, and a network that trusts it.
pub(crate) struct Site {
    pub(crate) net: Net,
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    authority: NamedTempFile,
}

impl Site {
    /// Answers every path with what `page` gives for it. It ends with the runtime.
    pub(crate) async fn start(page: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let (config, authority) = certificates();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (seen, page) = (Arc::clone(&asked), Arc::new(page));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, seen, page) =
                    (acceptor.clone(), Arc::clone(&seen), Arc::clone(&page));
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = stream.read_u8().await else {
                            return;
                        };
                        head.push(byte);
                    }
                    let head = String::from_utf8(head).unwrap();
                    let path = head.split(' ').nth(1).unwrap().to_owned();
                    seen.lock().unwrap().push(head);
                    let _ = stream.write_all(&page(&path)).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        let net = net(Some(&authority), None);
        Self {
            net,
            port,
            asked,
            authority,
        }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        format!("https://localhost:{}/{path}", self.port)
            .parse()
            .unwrap()
    }

    /// The heads of all requests, oldest first.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// A network that trusts the site and asks this name server.
    pub(crate) fn net_with(&self, dns: SocketAddr) -> Net {
        net(Some(&self.authority), Some(dns))
    }
}

fn net(authority: Option<&NamedTempFile>, dns: Option<SocketAddr>) -> Net {
    Net::new(&NetOptions {
        ca_file: authority.map(|file| file.path().to_owned()),
        dns,
    })
    .unwrap()
}

fn certificates() -> (ServerConfig, NamedTempFile) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let server_key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let server = params.signed_by(&server_key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![server.der().clone()],
            PrivateKeyDer::try_from(server_key.serialize_der()).unwrap(),
        )
        .unwrap();
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(own.pem().as_bytes()).unwrap();
    (config, file)
}

/// A page with this body.
pub(crate) fn page(body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A page that is elsewhere now.
pub(crate) fn redirect(place: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}
