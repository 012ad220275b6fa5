//! Renewing at a scripted token endpoint, which gives the answers that a real one only gives on bad days.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mailwright_domain::{Endpoint, FoundIn, Grant, Mailbox};
use mailwright_keychain::{KeychainError, Kind, MemoryStore};
use mailwright_net::{Net, NetOptions};
use mailwright_store::Challenged;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::samples::{IMAP_SCOPE, SMTP_SCOPE, grant_at, registration};
use crate::{Cloud, Code, Failure, MailboxFields, Protocol, Service, TestOptions};

const MAILBOX: &str = "info@firma.nl";
const REGISTRATION: &str = "ERP mail";

/// A mailbox that is signed in to a provider whose every answer the test gives.
struct World {
    service: Service,
    secrets: Arc<MemoryStore>,
    provider: TcpListener,
    grant: Grant,
    home: tempfile::TempDir,
}

/// What a renewal gave.
#[derive(Debug)]
struct Given {
    access_token: String,
    expires: Timestamp,
}

/// One answer of the token endpoint.
struct Answer {
    status: &'static str,
    headers: String,
    body: String,
}

impl Answer {
    fn json(status: &'static str, body: &Value) -> Self {
        Self {
            status,
            headers: "Content-Type: application/json\r\n".to_owned(),
            body: body.to_string(),
        }
    }

    fn tokens(body: &Value) -> Self {
        Self::json("200 OK", body)
    }

    fn entra(error: &str, number: u32, more: &Value) -> Self {
        let mut body = json!({
            "error": error,
            "error_description": format!("AADSTS{number}: Something."),
            "error_codes": [number],
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        Self::json("400 Bad Request", &body)
    }

    fn retry_after(mut self, seconds: u64) -> Self {
        self.headers = format!("{}Retry-After: {seconds}\r\n", self.headers);
        self
    }
}

/// A good answer, with these fields changed.
fn good(change: &Value) -> Answer {
    let mut body = json!({
        "token_type": "Bearer",
        "access_token": "access-canary",
        "refresh_token": "refresh-new",
        "expires_in": 3600,
        "scope": format!("{IMAP_SCOPE} {SMTP_SCOPE}"),
    });
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    Answer::tokens(&body)
}

impl World {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let secrets = Arc::new(MemoryStore::new());
        let service = open(&home, &secrets);
        let provider = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let authority = format!("http://{}", provider.local_addr().unwrap());
        let mut wanted = registration(REGISTRATION);
        wanted.cloud = Cloud::Custom;
        wanted.authority = Some(authority);
        service.add_registration(wanted).await.unwrap();
        let fields = MailboxFields {
            registration: Some(REGISTRATION.to_owned()),
            imap: Some("127.0.0.1:9:plain".to_owned()),
            smtp: Some("127.0.0.1:9:plain".to_owned()),
            ..MailboxFields::default()
        };
        service.add_mailbox(MAILBOX, &fields).await.unwrap();
        let grant = grant_at(&service, REGISTRATION, MAILBOX).await;
        let mut world = Self {
            service,
            secrets,
            provider,
            grant,
            home,
        };
        let mailbox = Mailbox {
            grant: Some(world.grant.id),
            ..world.mailbox()
        };
        world.service.store.mailboxes().update(&mailbox).unwrap();
        world.again();
        world
    }

    /// The same data folder and keychain in another process.
    fn again(&mut self) {
        self.service = open(&self.home, &self.secrets);
    }

    fn mailbox(&self) -> Mailbox {
        self.service.find_mailbox(MAILBOX).unwrap()
    }

    fn grant(&self) -> Grant {
        let found = self.service.store.grants().by_id(self.grant.id).unwrap();
        found.unwrap()
    }

    /// Asks for a token that the provider answers; gives what the request said, too.
    async fn renews(&self, answer: Answer) -> (BTreeMap<String, String>, Result<Given, Failure>) {
        let renewing = async {
            let access = self.service.access(&self.mailbox(), true).await?;
            Ok(Given {
                access_token: access.token.expose().to_owned(),
                expires: access.expires,
            })
        };
        let both = async { tokio::join!(self.answer(answer), renewing) };
        timeout(Duration::from_secs(60), both).await.unwrap()
    }

    /// The token without anybody asking the provider.
    async fn without_asking(&self) -> Result<String, Failure> {
        let result = self.service.token(MAILBOX, None).await;
        let result = result.map(|token| token.access_token);
        let asked = timeout(Duration::ZERO, self.provider.accept()).await;
        assert!(asked.is_err(), "the provider was asked");
        result
    }

    async fn answer(&self, answer: Answer) -> BTreeMap<String, String> {
        let (stream, _) = self.provider.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let (mut length, mut line) = (0, String::new());
        while stream.read_line(&mut line).await.unwrap() > 2 {
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut form = vec![0; length];
        stream.read_exact(&mut form).await.unwrap();
        let Answer {
            status,
            headers,
            body,
        } = answer;
        let text = format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let _ = stream.write_all(text.as_bytes()).await; // who reads no more has read enough
        url::form_urlencoded::parse(&form).into_owned().collect()
    }

    async fn refresh_token(&self) -> Option<String> {
        let stored = self.service.stored_grant(self.grant.id).await.unwrap();
        stored.map(|stored| stored.refresh_token.expose().to_owned())
    }
}

fn open(home: &tempfile::TempDir, secrets: &Arc<MemoryStore>) -> Service {
    let net = Net::new(&NetOptions::default()).unwrap();
    Service::with(home.path(), net, secrets.clone()).unwrap()
}

fn verdict(failure: &Failure) -> (&str, String) {
    let verdict = failure.verdict.as_ref().unwrap();
    (&verdict.id, format!("{:?}", verdict.who))
}

#[tokio::test]
async fn a_rotated_token_is_stored_and_an_absent_one_leaves_the_old() {
    let world = World::new().await;
    let (asked, token) = world.renews(good(&json!({}))).await;
    assert_eq!(asked["refresh_token"], "r");
    assert_eq!(token.unwrap().access_token, "access-canary");
    let (asked, token) = world.renews(good(&json!({ "refresh_token": null }))).await;
    assert_eq!(asked["refresh_token"], "refresh-new");
    token.unwrap();
    assert_eq!(world.refresh_token().await.unwrap(), "refresh-new");
    let (asked, _) = world.renews(good(&json!({ "refresh_token": "" }))).await;
    assert_eq!(asked["refresh_token"], "refresh-new");
    assert_eq!(world.refresh_token().await.unwrap(), "refresh-new");
    assert_eq!(world.without_asking().await.unwrap(), "access-canary");
}

#[tokio::test]
async fn a_lifetime_is_read_however_it_is_written() {
    let world = World::new().await;
    for (written, least, most) in [
        (json!("3600"), 3_590, 3_600),
        (json!(3600.9), 3_590, 3_600),
        (json!(" 60 "), 50, 60),
        (Value::Null, 290, 300),
        (json!(-3600), 290, 300),
        (json!("soon"), 290, 300),
        (json!(0), 0, 0),
        (json!(u64::MAX), 2_591_990, 2_592_000),
        (json!("99999999999999999999999999"), 290, 300),
    ] {
        let (_, token) = world.renews(good(&json!({ "expires_in": written }))).await;
        let expires = token.unwrap().expires;
        let left = expires.duration_since(Timestamp::now()).as_secs() + 1;
        assert!((least..=most + 1).contains(&left), "{written}: {left}");
    }
}

#[tokio::test]
async fn one_token_serves_every_mailbox_on_the_sign_in() {
    let world = World::new().await;
    let fields = MailboxFields {
        registration: Some(REGISTRATION.to_owned()),
        imap: Some("127.0.0.1:9:plain".to_owned()),
        send: Some(false),
        ..MailboxFields::default()
    };
    world
        .service
        .add_mailbox("scans@firma.nl", &fields)
        .await
        .unwrap();
    let scans = world.service.find_mailbox("scans@firma.nl").unwrap();
    let scans = Mailbox {
        grant: Some(world.grant.id),
        ..scans
    };
    world.service.store.mailboxes().update(&scans).unwrap();
    // Asked for the mailbox that only reads, the token is good for the one that sends, too.
    let (asked, access) = tokio::join!(
        world.answer(good(&json!({}))),
        world.service.access(&scans, true)
    );
    access.unwrap();
    assert!(
        asked["scope"].contains(SMTP_SCOPE) && asked["scope"].contains(IMAP_SCOPE),
        "{asked:?}"
    );
    world.without_asking().await.unwrap();
    let names = world.secrets.accounts();
    let access = names.iter().filter(|name| name.contains("/access."));
    assert_eq!(access.count(), 1, "one for the resource: {names:?}");
    assert!(
        names
            .iter()
            .any(|name| name.ends_with("outlook.office.com")),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_permission_that_was_withdrawn_is_said_and_the_new_token_kept() {
    let world = World::new().await;
    let (_, token) = world.renews(good(&json!({ "scope": IMAP_SCOPE }))).await;
    let failure = token.unwrap_err();
    assert_eq!(failure.code, Code::NeedsSignIn);
    assert_eq!(verdict(&failure).0, "token-scope-missing");
    assert_eq!(world.refresh_token().await.unwrap(), "refresh-new");
    assert_eq!(world.grant().dead, None);
}

#[tokio::test]
async fn nobody_asks_before_the_time_that_the_server_named() {
    let mut world = World::new().await;
    for (status, seconds) in [
        ("429 Too Many Requests", 120),
        ("503 Service Unavailable", 240),
    ] {
        let answer = Answer::json(status, &json!({})).retry_after(seconds);
        let begun = Timestamp::now();
        let (_, token) = world.renews(answer).await;
        let failure = token.unwrap_err();
        assert_eq!(failure.code, Code::Unreachable);
        let until = failure.try_again_at.unwrap();
        let asked = i64::try_from(seconds).unwrap();
        let pause = until.duration_since(begun).as_secs();
        assert!((asked - 1..asked + 30).contains(&pause), "{pause}");
        // Another process keeps to it, and says the same time.
        world.again();
        let failure = world.without_asking().await.unwrap_err();
        assert_eq!(
            (failure.code, failure.try_again_at),
            (Code::Unreachable, Some(until))
        );
        assert_eq!(verdict(&failure).0, "oauth-waits");
        assert_eq!(world.grant().dead, None);
        world
            .service
            .store
            .holds()
            .end(world.grant.registration)
            .unwrap();
    }
    let (_, token) = world.renews(good(&json!({}))).await;
    token.unwrap();
}

#[tokio::test]
async fn a_good_token_is_given_out_while_the_provider_is_left_alone() {
    let world = World::new().await;
    world.renews(good(&json!({}))).await.1.unwrap();
    let answer = Answer::json("503 Service Unavailable", &json!({})).retry_after(300);
    world.renews(answer).await.1.unwrap_err();
    assert_eq!(world.without_asking().await.unwrap(), "access-canary");
}

#[tokio::test]
async fn answers_that_say_nothing_cost_no_sign_in_and_are_not_asked_for_over_and_over() {
    let html = "<!doctype html><title>Welcome to the hotel</title>";
    let page = |status, body: String| Answer {
        status,
        headers: "Content-Type: text/html\r\n".to_owned(),
        body,
    };
    for answer in [
        page("200 OK", html.to_owned()),
        page("502 Bad Gateway", html.to_owned()),
        Answer {
            status: "200 OK",
            headers: String::new(),
            body: String::new(),
        },
        Answer::tokens(&json!({ "access_token": "x".repeat(300 * 1024) })),
        Answer::tokens(&json!({ "access_token": "", "token_type": "Bearer" })),
        Answer::tokens(&json!({ "access_token": "a", "token_type": "mac" })),
        Answer {
            status: "200 OK",
            headers: "Content-Type: application/json\r\n".to_owned(),
            body: "[1".to_owned(),
        },
    ] {
        let world = World::new().await;
        let what = answer.body.get(..20).unwrap_or(&answer.body).to_owned();
        let (_, token) = world.renews(answer).await;
        let failure = token.unwrap_err();
        assert!(!failure.message.contains("xxxx"), "{what}");
        assert_eq!(world.grant().dead, None, "{what}");
        assert_eq!(world.refresh_token().await.unwrap(), "r", "{what}");
        assert!(failure.try_again_at.is_some(), "{what}");
        world.without_asking().await.unwrap_err();
    }
}

#[tokio::test]
async fn an_expired_client_secret_keeps_the_sign_in_and_is_the_consultants() {
    let world = World::new().await;
    let answer = Answer::entra("invalid_client", 7_000_222, &json!({}));
    let (_, token) = world.renews(answer).await;
    let failure = token.unwrap_err();
    assert_eq!(
        verdict(&failure),
        ("entra-secret-expired", "Consultant".to_owned())
    );
    assert_eq!((world.grant().dead, failure.try_again_at), (None, None));
    assert_eq!(world.refresh_token().await.unwrap(), "r");
    world.renews(good(&json!({}))).await.1.unwrap();
}

#[tokio::test]
async fn a_withdrawn_sign_in_stops_every_mailbox_on_it() {
    let world = World::new().await;
    let answer = Answer::entra("invalid_grant", 50_173, &json!({}));
    let (_, token) = world.renews(answer).await;
    assert_eq!(token.unwrap_err().code, Code::NeedsSignIn);
    assert!(world.grant().dead.is_some());
    assert_eq!(
        world.service.mailbox(MAILBOX).unwrap().line.status,
        "stopped"
    );
    assert!(world.secrets.accounts().is_empty());
    let failure = world.without_asking().await.unwrap_err();
    assert_eq!(failure.code, Code::NeedsSignIn);
}

#[tokio::test]
async fn a_rejection_of_an_older_token_ends_nothing() {
    let world = World::new().await;
    let rejecting = async {
        let accepted = world.provider.accept().await.unwrap();
        // Somebody else has renewed meanwhile.
        let newer = br#"{"generation":9,"refresh_token":"newer"}"#;
        let keychain = &world.service.keychain;
        keychain
            .set(world.grant.id.0, &Kind::GrantToken, newer)
            .await
            .unwrap();
        let mut stream = accepted.0;
        let body = r#"{"error":"invalid_grant"}"#;
        let text = format!(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut request = [0; 4_096];
        let _ = stream.read(&mut request).await;
        stream.write_all(text.as_bytes()).await.unwrap();
    };
    let mailbox = world.mailbox();
    let ((), access) = tokio::join!(rejecting, world.service.access(&mailbox, true));
    assert_eq!(access.map(drop).unwrap_err().code, Code::NeedsSignIn);
    assert_eq!(world.grant().dead, None);
    assert_eq!(world.refresh_token().await.unwrap(), "newer");
}

#[tokio::test]
async fn a_challenge_waits_for_the_next_sign_in_and_survives_a_restart() {
    let mut world = World::new().await;
    let claims = r#"{"access_token":{"capolids":{"essential":true,"values":["x"]}}}"#;
    let answer = Answer::entra("interaction_required", 50_079, &json!({ "claims": claims }));
    let (_, token) = world.renews(answer).await;
    assert_eq!(token.unwrap_err().code, Code::NeedsSignIn);
    assert_eq!(world.grant().dead, None, "the sign-in itself is not over");
    world.again();
    let challenges = world.service.store.challenges();
    let kept = challenges.of(Challenged::Grant(world.grant.id)).unwrap();
    assert_eq!(kept.as_deref(), Some(claims));
    let answer = Answer::entra("interaction_required", 50_079, &json!({ "claims": "none" }));
    world.renews(answer).await.1.unwrap_err();
    let kept = challenges.of(Challenged::Grant(world.grant.id)).unwrap();
    assert_eq!(
        kept.as_deref(),
        Some(claims),
        "what is no challenge replaces none"
    );
}

#[tokio::test]
async fn a_keychain_that_fails_between_the_writes_loses_as_little_as_can_be() {
    // The refresh token is tried three times; then the old one is what there is.
    let world = World::new().await;
    for failures in 1..=3 {
        let name = format!("refresh-{failures}");
        let before = world.refresh_token().await.unwrap();
        let fail = async {
            for _ in 0..failures {
                world.secrets.refuse_write(1, KeychainError::Denied);
                while world.secrets.will_refuse() {
                    tokio::task::yield_now().await;
                }
            }
        };
        let ((), (_, token)) =
            tokio::join!(fail, world.renews(good(&json!({ "refresh_token": name }))));
        if failures < 3 {
            token.unwrap();
            assert_eq!(world.refresh_token().await.unwrap(), name);
        } else {
            let failure = token.unwrap_err();
            assert_eq!(failure.code, Code::Keychain);
            assert_eq!(verdict(&failure).0, "keychain-denied");
            assert_eq!(world.refresh_token().await.unwrap(), before);
            assert_eq!(world.grant().dead, None);
        }
    }
    // The access token's entry costs a renewal and no more.
    world.secrets.refuse_write(2, KeychainError::Locked);
    let (_, token) = world
        .renews(good(&json!({ "refresh_token": "last" })))
        .await;
    token.unwrap();
    assert_eq!(world.refresh_token().await.unwrap(), "last");
}

#[tokio::test]
async fn every_kind_of_keychain_failure_is_told_apart() {
    let world = World::new().await;
    for (error, id) in [
        (KeychainError::Locked, "keychain-locked"),
        (KeychainError::Missing, "keychain-missing"),
        (KeychainError::Denied, "keychain-denied"),
        (KeychainError::TooLong, "keychain-too-long"),
        (KeychainError::Ambiguous, "keychain-ambiguous"),
        (KeychainError::TimedOut, "keychain-waits"),
        (
            KeychainError::Other("code 31".to_owned()),
            "keychain-failed",
        ),
    ] {
        world.secrets.refuse(error);
        let failure = world.without_asking().await.unwrap_err();
        assert_eq!((verdict(&failure).0, failure.code), (id, Code::Keychain));
    }
    world.secrets.recover();
    // Damage that only the entry itself shows; a sign-in replaces it.
    let keychain = &world.service.keychain;
    keychain
        .set(world.grant.id.0, &Kind::GrantToken, b"not ours")
        .await
        .unwrap();
    let failure = world.without_asking().await.unwrap_err();
    assert_eq!(
        (verdict(&failure).0, failure.code),
        ("keychain-damaged", Code::NeedsSignIn)
    );
    assert_eq!(world.grant().dead, None);
}

#[tokio::test]
async fn a_clock_that_was_ten_minutes_off_gives_out_no_dead_token() {
    let world = World::new().await;
    let minutes = SignedDuration::from_mins;
    for (obtained, life, good) in [
        (minutes(0), minutes(60), true),
        // Obtained while the clock was ahead: it looks longer-lived than it was.
        (minutes(10), minutes(60), false),
        // Obtained while the clock was behind: the end looks nearer than it is.
        (minutes(-10), minutes(60), true),
        (minutes(-10), minutes(11), false),
        (minutes(-70), minutes(60), false),
    ] {
        let now = Timestamp::now();
        let obtained = now.checked_add(obtained).unwrap();
        let entry = json!({
            "obtained": obtained,
            "expires": obtained.checked_add(life).unwrap(),
            "scopes": [IMAP_SCOPE, SMTP_SCOPE],
            "access_token": "cached",
        });
        let kind = Kind::AccessToken("https://outlook.office.com".to_owned());
        let keychain = &world.service.keychain;
        let bytes = entry.to_string().into_bytes();
        keychain.set(world.grant.id.0, &kind, &bytes).await.unwrap();
        let (grant, profile) = world.service.signed_in(&world.mailbox()).unwrap();
        let cached = world.service.cached(grant.id.0, &profile).await.unwrap();
        assert_eq!(cached.is_some(), good, "{entry}");
    }
}

#[tokio::test]
async fn a_host_that_was_only_discovered_is_not_even_connected_to() {
    let world = World::new().await;
    let stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = stranger.local_addr().unwrap().port();
    world.renews(good(&json!({}))).await.1.unwrap();
    let discovered = FoundIn::ALL.into_iter().filter(|s| *s != FoundIn::Typed);
    for source in discovered {
        let endpoints = [Protocol::Imap, Protocol::Smtp].map(|protocol| Endpoint {
            source,
            ..Endpoint::parse(protocol, &format!("localhost:{port}:plain")).unwrap()
        });
        let mailbox = Mailbox {
            endpoints: endpoints.to_vec(),
            ..world.mailbox()
        };
        world.service.store.mailboxes().update(&mailbox).unwrap();
        let (events, _received) = tokio::sync::mpsc::unbounded_channel();
        let options = TestOptions::default();
        let (_, report) = tokio::join!(
            world.answer(good(&json!({}))), // the check that renews
            world.service.test(MAILBOX, &options, events)
        );
        let report = report.unwrap();
        let refused = report
            .checks
            .iter()
            .filter(|check| check.protocol.is_some());
        assert!(
            refused.clone().all(|check| check.outcome != "passed"),
            "{report:?}"
        );
        let why = format!("{report:?}");
        assert!(why.contains("not one of the provider's servers"), "{why}");
        let met = timeout(Duration::ZERO, stranger.accept()).await;
        assert!(met.is_err(), "{source:?}: the stranger was connected to");
    }
}
