//! A provider, a mail server and a browser for the tests of signing in; all of them on sockets of this computer.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use mailwright_keychain::MemoryStore;
use mailwright_net::{Net, NetOptions};
use mailwright_store::{Setup, SetupId};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use url::Url;
use uuid::Uuid;

use super::{Route, ShownCode, SignInEvent, SignInOptions, Waiting};
use crate::wire::{SetupForm, SetupInfo, SignedIn};
use crate::{Cloud, Failure, MailboxFields, NewRegistration, Provider, Service};

pub(super) const MAILBOX: &str = "info@firma.nl";
pub(super) const REGISTRATION: &str = "ERP mail";
const CLIENT: &str = "00001111-aaaa-4222-8bbb-3333cccc4444";
const TENANT: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";

/// Who signs in next, and the nonce of the request.
#[derive(Default)]
struct Person {
    name: String,
    nonce: String,
    asked: usize,
    /// How often a code was not used yet.
    pending: usize,
}

/// A data folder, a keychain, a provider in Microsoft's layout and an IMAP server.
pub(super) struct World {
    pub(super) service: Service,
    pub(super) secrets: Arc<MemoryStore>,
    person: Arc<Mutex<Person>>,
    imap: u16,
    _home: tempfile::TempDir,
}

/// A sign-in whose link is out.
pub(super) struct Running<T> {
    pub(super) work: JoinHandle<Result<T, Failure>>,
    pub(super) events: UnboundedReceiver<SignInEvent>,
    link: BTreeMap<String, String>,
}

impl World {
    /// With a registration, and nobody signed in. The IMAP server opens the inbox for everybody but `stranger@…`.
    pub(super) async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let net = Net::new(&NetOptions::default()).unwrap();
        let secrets = Arc::new(MemoryStore::new());
        let service = Service::with(home.path(), net, secrets.clone()).unwrap();
        let person = Arc::new(Mutex::new(Person::default()));
        let provider = provider(Arc::clone(&person)).await;
        let registration = NewRegistration {
            name: REGISTRATION.to_owned(),
            provider: Provider::Microsoft,
            client_id: Some(CLIENT.to_owned()),
            tenant: Some(TENANT.to_owned()),
            cloud: Cloud::Custom,
            authority: Some(format!("http://127.0.0.1:{provider}")),
            authorize_url: None,
            token_url: None,
            device_url: None,
            revoke_url: None,
            scopes: Vec::new(),
            client_secret: None,
            secret_expires: None,
            publishing: None,
            certificate: None,
            redirect_uri: None,
        };
        service.add_registration(registration).await.unwrap();
        Self {
            service,
            secrets,
            person,
            imap: imap().await,
            _home: home,
        }
    }

    /// Adds [`MAILBOX`].
    pub(super) async fn with_mailbox(self, receives: bool) -> Self {
        let fields = MailboxFields {
            registration: Some(REGISTRATION.to_owned()),
            imap: receives.then(|| format!("127.0.0.1:{}:plain", self.imap)),
            smtp: Some("127.0.0.1:9:plain".to_owned()),
            receive: Some(receives),
            ..MailboxFields::default()
        };
        self.service.add_mailbox(MAILBOX, &fields).await.unwrap();
        self
    }

    /// Adds a set-up with this form.
    pub(super) fn set_up(&self, form: SetupForm) -> String {
        let id = SetupId(Uuid::new_v4());
        let setup = Setup {
            id,
            mailbox: None,
            grant: None,
            step: "address".to_owned(),
            confirmed: None,
            form: serde_json::to_value(SetupForm {
                registration: REGISTRATION.to_owned(),
                ..form
            })
            .unwrap(),
            started: jiff::Timestamp::now(),
            changed: jiff::Timestamp::now(),
        };
        self.service.store.setups().insert(&setup).unwrap();
        id.to_string()
    }

    /// How often the provider was asked for tokens.
    pub(super) fn asked(&self) -> usize {
        self.person.lock().unwrap().asked
    }

    /// Names of those whose sign-in is saved, by name.
    pub(super) fn grants(&self) -> Vec<String> {
        let registration = self.service.find_registration(REGISTRATION).unwrap();
        let grants = self.service.store.grants();
        let all = grants.of_registration(registration.id).unwrap();
        all.into_iter().map(|grant| grant.signed_in_as).collect()
    }

    /// Begins a sign-in to [`MAILBOX`] and returns when its link is out.
    pub(super) async fn begin(&self, options: &SignInOptions) -> Running<SignedIn> {
        let (service, options) = (self.service.clone(), options.clone());
        let (sender, events) = unbounded_channel();
        let work = tokio::spawn(async move { service.sign_in(MAILBOX, &options, &sender).await });
        self.running(work, events).await
    }

    /// The same for a set-up.
    pub(super) async fn begin_set_up(&self, id: &str) -> Running<SetupInfo> {
        let (service, id) = (self.service.clone(), id.to_owned());
        let (sender, events) = unbounded_channel();
        let waiting = Waiting::default();
        let work =
            tokio::spawn(async move { service.sign_in_for_setup(&id, &waiting, &sender).await });
        self.running(work, events).await
    }

    async fn running<T>(
        &self,
        work: JoinHandle<Result<T, Failure>>,
        mut events: UnboundedReceiver<SignInEvent>,
    ) -> Running<T> {
        let Some(SignInEvent::Link(link)) = events.recv().await else {
            panic!("the link is the first event");
        };
        let link: BTreeMap<_, _> = link.query_pairs().into_owned().collect();
        self.person.lock().unwrap().nonce.clone_from(&link["nonce"]);
        Running { work, events, link }
    }

    /// Begins a sign-in to [`MAILBOX`] by a code, and returns when that is out.
    pub(super) async fn begin_with_code(&self, who: &str) -> (ShownCode, Running<SignedIn>) {
        who.clone_into(&mut self.person.lock().unwrap().name);
        let options = SignInOptions {
            waiting: Waiting {
                route: Route::Code,
                ..Waiting::default()
            },
            ..SignInOptions::default()
        };
        let (sender, mut events) = unbounded_channel();
        let service = self.service.clone();
        let work = tokio::spawn(async move { service.sign_in(MAILBOX, &options, &sender).await });
        let Some(SignInEvent::Code(code)) = events.recv().await else {
            panic!("the code is the first event");
        };
        let link = BTreeMap::new();
        (code, Running { work, events, link })
    }

    /// The token endpoint answers this many times that the code was not used yet.
    pub(super) fn code_is_used_after(&self, answers: usize) {
        self.person.lock().unwrap().pending = answers;
    }

    /// Says who signs in, without a browser coming back.
    pub(super) fn somebody_signs_in(&self, name: &str) {
        name.clone_into(&mut self.person.lock().unwrap().name);
    }

    /// What the browser shows after this person has signed in.
    pub(super) async fn sign_in_as<T>(&self, name: &str, running: &Running<T>) -> String {
        name.clone_into(&mut self.person.lock().unwrap().name);
        running.come_back().await
    }
}

impl<T> Running<T> {
    /// A value of the link.
    pub(super) fn asks(&self, name: &str) -> Option<&str> {
        self.link.get(name).map(String::as_str)
    }

    /// What the browser shows when it comes back with a code.
    pub(super) async fn come_back(&self) -> String {
        let back = Url::parse(&self.link["redirect_uri"]).unwrap();
        let port = back.port().unwrap();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .unwrap();
        let request = format!(
            "GET /?code=code-canary&state={} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n",
            self.link["state"]
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).await.unwrap();
        page
    }

    /// How it ended.
    pub(super) async fn end(self) -> Result<T, Failure> {
        self.work.await.unwrap()
    }
}

/// A device authorization endpoint, and a token endpoint that answers every code with tokens of the person.
async fn provider(person: Arc<Mutex<Person>>) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let person = Arc::clone(&person);
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let mut length = 0;
                let mut line = String::new();
                let _ = stream.read_line(&mut line).await;
                let wants_code = line.contains("/devicecode ");
                line.clear();
                while stream.read_line(&mut line).await.is_ok_and(|read| read > 2) {
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                let _ = stream.read_exact(&mut body).await;
                let (status, answer) = if wants_code {
                    (200, code(port))
                } else {
                    tokens(&mut person.lock().unwrap(), port)
                };
                let answer = format!(
                    "HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                    answer.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    port
}

fn code(port: u16) -> String {
    json!({
        "device_code": "device-canary", "user_code": "GK7F3QXMR", "expires_in": 900, "interval": 1,
        "verification_uri": format!("http://127.0.0.1:{port}/device"),
    })
    .to_string()
}

fn tokens(person: &mut Person, port: u16) -> (u16, String) {
    if person.pending > 0 {
        person.pending -= 1;
        return (400, json!({ "error": "authorization_pending" }).to_string());
    }
    person.asked += 1;
    let (asked, name) = (person.asked, &person.name);
    let claims = json!({
        "iss": format!("http://127.0.0.1:{port}/{TENANT}/v2.0"), "aud": CLIENT, "tid": TENANT,
        "sub": format!("subject of {name}"), "exp": jiff::Timestamp::now().as_second() + 3600,
        "nonce": person.nonce, "preferred_username": name, "name": format!("Name of {name}"),
    });
    let answer = json!({
        "token_type": "Bearer", "expires_in": 3600, "access_token": format!("opaque {name}"),
        "refresh_token": format!("refresh-{asked}"),
        "id_token": format!("e30.{}.x", base64url(claims.to_string().as_bytes())),
    });
    (200, answer.to_string())
}

/// RFC 4648 section 5, without padding.
fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let index = (bits >> (18 - 6 * place)) & 63;
            text.push(char::from(LETTERS[usize::try_from(index).unwrap()]));
        }
    }
    text
}

/// A server that lets everybody in whose token does not name a stranger.
async fn imap() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let stranger = base64_part("stranger");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(BufReader::new(stream), stranger.clone()));
        }
    });
    port
}

/// How a word looks inside Base64, at each of its three places.
fn base64_part(word: &str) -> Vec<String> {
    (0..3)
        .map(|before| {
            let text = base64url(format!("{}{word}", "\0".repeat(before)).as_bytes());
            // Without the letters that hold bits of what is around the word.
            let from = [0, 2, 3][before];
            text[from..text.len() - 2].to_owned()
        })
        .collect()
}

async fn serve(mut stream: BufReader<TcpStream>, refused: Vec<String>) {
    let greeting = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready\r\n";
    let _ = stream.write_all(greeting.as_bytes()).await;
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        let mut words = line.split_whitespace();
        let (tag, verb) = (words.next().unwrap_or("*"), words.next().unwrap_or(""));
        let answer = match verb {
            "AUTHENTICATE" if refused.iter().any(|part| line.contains(part.as_str())) => {
                format!("{tag} NO [AUTHENTICATIONFAILED] no\r\n")
            }
            "SELECT" => format!("* 1 EXISTS\r\n{tag} OK done\r\n"),
            "LIST" => format!("* LIST () \"/\" INBOX\r\n{tag} OK done\r\n"),
            _ => format!("{tag} OK done\r\n"),
        };
        let _ = stream.write_all(answer.as_bytes()).await;
        line.clear();
    }
}
