//! What the self-tests share: a code flow with a real browser, and a line-wise TLS client.
// Every test file uses another part of it, as a module of its own.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
use mailwright_lab::{Browser, Lab, PUBLIC_CLIENT, Tenant, post_form};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const MAIL_SCOPES: &str = "openid profile email offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/POP.AccessAsUser.All https://outlook.office.com/SMTP.Send";
const LIMIT: Duration = Duration::from_secs(60);

/// A listener for one callback, as a desktop program has it.
pub struct Callback {
    pub redirect: String,
    thread: JoinHandle<Url>,
}

impl Callback {
    pub fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let redirect = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let base = redirect.clone();
        let thread = thread::spawn(move || {
            loop {
                let (mut stream, _) = listener.accept().unwrap();
                stream.set_read_timeout(Some(LIMIT)).unwrap();
                let mut line = String::new();
                if BufReader::new(&stream).read_line(&mut line).unwrap_or(0) == 0 {
                    continue;
                }
                let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
                let page = "<title>Done</title><h1>You are signed in</h1>";
                let _ = write!(
                    stream,
                    "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n{page}"
                );
                if ["code=", "error=", "admin_consent="]
                    .iter()
                    .any(|part| target.contains(part))
                {
                    return Url::parse(&format!("{base}{target}")).unwrap();
                }
            }
        });
        Self { redirect, thread }
    }

    pub fn result(self) -> Url {
        self.thread.join().unwrap()
    }
}

/// The address a desktop program opens in the browser.
pub fn authorize_url(lab: &Lab, tenant: Tenant, redirect: &str, extra: &[(&str, &str)]) -> String {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let base = lab.authorization().unwrap().authorize_url(tenant);
    let mut url = Url::parse(&base).unwrap();
    let scope = if tenant == Tenant::Op {
        "openid profile email offline_access mail"
    } else {
        MAIL_SCOPES
    };
    url.query_pairs_mut()
        .append_pair("client_id", PUBLIC_CLIENT)
        .append_pair("response_type", "code")
        .append_pair("redirect_uri", redirect)
        .append_pair("scope", scope)
        .append_pair("state", "a state")
        .append_pair("nonce", "a nonce")
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .extend_pairs(extra);
    url.into()
}

/// Signs somebody in with a real browser; answers what the token endpoint says.
pub async fn sign_in(lab: &Lab, browser: &Browser, tenant: Tenant, who: &str) -> Value {
    let callback = Callback::listen();
    let redirect = callback.redirect.clone();
    let extra: &[_] = if tenant == Tenant::Op {
        &[("prompt", "consent")]
    } else {
        &[]
    };
    browser
        .open(&authorize_url(lab, tenant, &redirect, extra))
        .await
        .unwrap();
    let user = lab.user(who).unwrap();
    browser.sign_in(user.address, &user.password).await.unwrap();
    browser.accept().await.unwrap();
    browser.wait_for_text("You are signed in").await.unwrap();
    let answer = callback.result();
    let tokens = redeem(lab, tenant, &query(&answer, "code"), &redirect);
    assert!(
        tokens["access_token"].is_string(),
        "{tokens}\n{}",
        lab.folder().logs()
    );
    tokens
}

pub fn redeem(lab: &Lab, tenant: Tenant, code: &str, redirect: &str) -> Value {
    token(
        lab,
        tenant,
        &[
            ("grant_type", "authorization_code"),
            ("client_id", PUBLIC_CLIENT),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", VERIFIER),
        ],
    )
}

pub fn refresh(lab: &Lab, tenant: Tenant, refresh_token: &str) -> Value {
    token(
        lab,
        tenant,
        &[
            ("grant_type", "refresh_token"),
            ("client_id", PUBLIC_CLIENT),
            ("refresh_token", refresh_token),
        ],
    )
}

pub fn token(lab: &Lab, tenant: Tenant, fields: &[(&str, &str)]) -> Value {
    let url = lab.authorization().unwrap().token_url(tenant);
    post_form(&url, fields).unwrap().json().unwrap()
}

pub fn query(url: &Url, name: &str) -> String {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .unwrap_or_else(|| panic!("no {name} in {url}"))
        .1
        .into_owned()
}

/// The claims of a token, unchecked.
pub fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub fn xoauth2(address: &str, token: &Value) -> String {
    let token = token.as_str().unwrap();
    BASE64_STANDARD.encode(format!("user={address}\x01auth=Bearer {token}\x01\x01"))
}

pub fn plain(user: &mailwright_lab::User) -> String {
    BASE64_STANDARD.encode(format!("\0{}\0{}", user.address, user.password))
}

/// A connection that speaks in lines.
pub struct Lines<S>(BufReader<S>);

impl Lines<TcpStream> {
    pub fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        Self(BufReader::new(stream))
    }

    /// Goes on with TLS, trusting the lab's authority alone.
    pub fn secure(self, lab: &Lab) -> Lines<StreamOwned<ClientConnection, TcpStream>> {
        let mut roots = RootCertStore::empty();
        let authority = lab.certificates().authority();
        roots
            .add(CertificateDer::from_pem_file(authority).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("mail.lab.test").unwrap();
        let tls = ClientConnection::new(Arc::new(config), name).unwrap();
        Lines(BufReader::new(StreamOwned::new(tls, self.0.into_inner())))
    }
}

impl<S: Read + Write> Lines<S> {
    pub fn send(&mut self, line: &str) {
        write!(self.0.get_mut(), "{line}\r\n").unwrap();
        self.0.get_mut().flush().unwrap();
    }

    pub fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(
            self.0.read_line(&mut line).unwrap() > 0,
            "the server hung up"
        );
        line.trim_end_matches(['\r', '\n']).to_owned()
    }

    /// Everything up to and with the first line that `last` likes.
    pub fn until(&mut self, last: impl Fn(&str) -> bool) -> String {
        let mut all = String::new();
        loop {
            let line = self.line();
            all.push_str(&line);
            all.push('\n');
            if last(&line) {
                return all;
            }
        }
    }

    /// An IMAP command and its answer, with the tagged line at the end.
    pub fn imap(&mut self, command: &str) -> String {
        self.send(&format!("t {command}"));
        self.until(|line| line.starts_with("t "))
    }

    /// An SMTP command and its whole reply.
    pub fn smtp(&mut self, command: &str) -> String {
        self.send(command);
        self.reply()
    }

    pub fn reply(&mut self) -> String {
        self.until(|line| line.as_bytes().get(3) == Some(&b' '))
    }
}
