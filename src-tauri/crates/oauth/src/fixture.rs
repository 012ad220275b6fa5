//! Registrations, tokens and a scripted server for the tests of this crate.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mailwright_domain::{Cloud, CustomUrls, Provider, Registration, RegistrationId, Secret};
use mailwright_net::{Net, NetOptions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;
use uuid::Uuid;

pub(crate) const CLIENT: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
pub(crate) const TENANT: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";

pub(crate) fn registration(provider: Provider) -> Registration {
    Registration {
        id: RegistrationId(Uuid::nil()),
        name: "ERP mail".into(),
        provider,
        client_id: CLIENT.into(),
        tenant: None,
        cloud: Cloud::Global,
        authority: None,
        custom: None,
        scopes: Vec::new(),
        has_secret: false,
        secret_expires: None,
        publishing: None,
        certificate: None,
        redirect_uri: None,
    }
}

/// Microsoft's layout on a server of this computer.
pub(crate) fn microsoft_at(server: &Url) -> Registration {
    Registration {
        cloud: Cloud::Custom,
        tenant: Some(TENANT.into()),
        authority: Some(server.clone()),
        ..registration(Provider::Microsoft)
    }
}

pub(crate) fn custom_at(server: &Url) -> Registration {
    Registration {
        authority: Some(server.clone()),
        custom: Some(CustomUrls {
            authorize: server.join("authorize").unwrap(),
            token: server.join("token").unwrap(),
            device: None,
            revoke: server.join("revoke").ok(),
        }),
        ..registration(Provider::Custom)
    }
}

pub(crate) fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

pub(crate) fn moment() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// A certificate for the key beside the tests, and that key as the keychain has it.
pub(crate) fn client_certificate() -> (mailwright_domain::ClientCertificate, Secret) {
    let key = include_str!("certificate/key.pem");
    let maker = rcgen::KeyPair::from_pem_and_sign_algo(key, &rcgen::PKCS_RSA_SHA256).unwrap();
    let params = rcgen::CertificateParams::default();
    let pem = params.self_signed(&maker).unwrap().pem();
    let (pem, key) = (Secret::new(pem), Secret::new(key));
    crate::read_certificate(&pem, Some(&key), moment()).unwrap()
}

pub(crate) fn jwt(claims: &serde_json::Value) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"RS256"}"#),
        part(&claims.to_string()),
        part("signature")
    )
}

pub(crate) fn net() -> Net {
    Net::new(&NetOptions::default()).unwrap()
}

/// An HTTP answer with a JSON body.
pub(crate) fn json(status: u16, body: &serde_json::Value) -> String {
    reply(
        status,
        "Content-Type: application/json\r\n",
        &body.to_string(),
    )
}

pub(crate) fn reply(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} Status\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// A server that gives these answers, one to each connection, and keeps what it was asked.
pub(crate) struct Script {
    pub(crate) url: Url,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Script {
    pub(crate) async fn new(answers: impl IntoIterator<Item = String>) -> Self {
        let answers: Vec<String> = answers.into_iter().collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = url(&format!("http://{}/", listener.local_addr().unwrap()));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read_request(&mut stream).await;
                log.lock().unwrap().push(request);
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { url, asked }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return text;
        }
    }
}
