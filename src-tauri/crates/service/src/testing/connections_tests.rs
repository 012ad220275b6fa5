//! How many connections for sending are open at once, counted where it matters: at the server.

use std::sync::Arc;
use std::time::Duration;

use mailwright_domain::{Protocol, Secret};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::samples::Sample;
use crate::wire::ReportInfo;
use crate::{MailboxFields, Progress, SendTo, TestOptions};

/// What Exchange Online allows one login.
const MOST: usize = 3;
/// How long each connection is kept for one that is too many. Waiting in vain is how the test passes.
const IN_VAIN: Duration = Duration::from_millis(100);
/// Sender addresses of each mailbox.
const SENDERS: usize = 12;

/// Connections that a server has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    open: usize,
    most: usize,
    all: usize,
}

/// One connection. It is no longer counted a little before it closes, and never after: whoever takes its turn cannot be
/// counted beside it.
struct Counted(Arc<watch::Sender<Seen>>);

impl Counted {
    fn new(seen: &Arc<watch::Sender<Seen>>) -> Self {
        seen.send_modify(|seen| {
            seen.open += 1;
            seen.all += 1;
            seen.most = seen.most.max(seen.open);
        });
        Self(Arc::clone(seen))
    }

    /// Keeps the connection until there is one too many.
    async fn wait_for_too_many(&self) {
        let mut seen = self.0.subscribe();
        let _ = timeout(IN_VAIN, seen.wait_for(|seen| seen.open > MOST)).await;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|seen| seen.open -= 1);
    }
}

/// What a server does with whoever connects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    /// Takes every message.
    Serve,
    /// Hangs up without a word, so that its other ports and modes are tried.
    HangUp,
}

struct Server {
    port: u16,
    seen: Arc<watch::Sender<Seen>>,
    _serving: JoinSet<()>,
}

impl Server {
    async fn start(deed: Deed) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(watch::Sender::new(Seen::default()));
        let counting = Arc::clone(&seen);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let counted = Counted::new(&counting);
                connections.spawn(async move {
                    counted.wait_for_too_many().await;
                    if deed == Deed::Serve {
                        serve(stream, counted).await;
                    }
                });
            }
        });
        Self {
            port,
            seen,
            _serving: serving,
        }
    }

    fn seen(&self) -> Seen {
        *self.seen.borrow()
    }
}

/// A session of submission up to its QUIT.
async fn serve(stream: TcpStream, counted: Counted) {
    let mut stream = BufReader::new(stream);
    let mut counted = Some(counted);
    let mut reply = "220 mail.firma.nl ESMTP\r\n";
    let mut line = String::new();
    let mut is_text = false;
    while stream.write_all(reply.as_bytes()).await.is_ok() && counted.is_some() {
        line.clear();
        if !matches!(stream.read_line(&mut line).await, Ok(1..)) {
            return;
        }
        reply = match line.get(..4).unwrap_or_default() {
            _ if is_text && line != ".\r\n" => "",
            "EHLO" => "250-mail.firma.nl\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n",
            "AUTH" => "235 2.7.0 in\r\n",
            "DATA" => {
                is_text = true;
                "354 go ahead\r\n"
            }
            "QUIT" => {
                counted = None;
                "221 2.0.0 bye\r\n"
            }
            _ => {
                is_text = false;
                "250 2.0.0 ok\r\n"
            }
        };
    }
    // Not closed by this side: the program leaves first.
    line.clear();
    let _ = stream.read_line(&mut line).await;
}

/// Mailboxes that send with the login of the first, by this server.
async fn mailboxes(sample: &Sample, port: u16, names: &[&str]) -> Vec<String> {
    let mut added = Vec::new();
    for name in names {
        let senders = (0..SENDERS).map(|n| format!("{name}{n}@firma.nl"));
        let fields = MailboxFields {
            auth: Some("password".to_owned()),
            password: Some(Secret::new("pw-canary 0815")),
            imap: Some("127.0.0.1:993:tls".to_owned()),
            smtp: Some(format!("127.0.0.1:{port}:plain")),
            smtp_login: Some("anna@firma.nl".to_owned()),
            senders: senders.collect(),
            ..MailboxFields::default()
        };
        let address = format!("{name}@firma.nl");
        sample.service.add_mailbox(&address, &fields).await.unwrap();
        added.push(address);
    }
    added
}

/// As the command line tests all, the window each by itself and somebody the same one again, all at once.
async fn test_in_every_way(
    sample: &Sample,
    which: &[String],
    options: &TestOptions,
) -> Vec<ReportInfo> {
    let service = &sample.service;
    let (progress, mut told) = unbounded_channel();
    let mut alone = JoinSet::new();
    for which in [which, which].concat() {
        let (service, options) = (service.clone(), options.clone());
        let (events, _) = unbounded_channel();
        alone.spawn(async move { service.test(&which, &options, events).await.unwrap() });
    }
    let never = std::future::pending();
    service.test_many(which, options, 8, never, progress).await;
    let mut reports = alone.join_all().await;
    while let Some(told) = told.recv().await {
        if let Progress::Done { result, .. } = told {
            reports.push(result.unwrap());
        }
    }
    reports
}

#[tokio::test]
async fn no_more_than_three_connections_are_open_whoever_tests_with_one_login() {
    let sample = Sample::new();
    let server = Server::start(Deed::Serve).await;
    let which = mailboxes(&sample, server.port, &["anna", "bob", "carl"]).await;
    let options = TestOptions {
        only: vec![Protocol::Smtp],
        message: Some(SendTo::Itself),
        ..TestOptions::default()
    };
    let reports = test_in_every_way(&sample, &which, &options).await;
    for report in &reports {
        assert_eq!(report.proof.as_deref(), Some("message"), "{report:?}");
        let senders = report.checks.iter().filter(|check| check.id == "sender");
        let passed = senders.filter(|check| check.outcome == "passed").count();
        assert_eq!(passed, SENDERS - 1, "{report:?}");
    }
    // One for each test, whatever the number of senders.
    let seen = server.seen();
    assert_eq!((seen.most, seen.all), (MOST, reports.len()), "{seen:?}");
}

#[tokio::test]
async fn looking_for_a_better_port_takes_its_turn_too() {
    let sample = Sample::new();
    let server = Server::start(Deed::HangUp).await;
    let which = mailboxes(&sample, server.port, &["anna", "bob"]).await;
    let options = TestOptions {
        only: vec![Protocol::Smtp],
        ..TestOptions::default()
    };
    let reports = test_in_every_way(&sample, &which, &options).await;
    for report in &reports {
        let failed = report.checks.iter().find(|check| check.outcome == "failed");
        let detail = &failed.unwrap().detail;
        assert!(detail.contains("is not to be had there on"), "{detail}");
    }
    // As it is set up, and with the two kinds of protection that the same port could have.
    let seen = server.seen();
    assert_eq!((seen.most, seen.all), (MOST, 3 * reports.len()), "{seen:?}");
}
