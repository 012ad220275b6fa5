//! How many round trips a ladder takes towards a real server, through a proxy that delays:
//!
//! `round_trips imap 127.0.0.1:993:tls LOGIN SECRET-FILE [--password] [--ca FILE] [--delays 50,100,200]`
//!
//! The file holds an access token, or a password with `--password`. The proxy holds what it carries for half a round
//! trip each way, and the first bytes for one more, which is what TCP takes to connect. Time counts from the start to
//! the check that proves the mailbox: the folder list of IMAP, the first message of POP3, the envelope of SMTP.
//! With `--hold` it only keeps the proxy open, for other programs to be compared, until standard input ends.
#![expect(clippy::print_stdout, reason = "showing is what it is for")]

use std::error::Error;
use std::fs;
use std::time::Duration;

use mailwright_domain::{CheckEvent, CheckId, Endpoint, Outcome, Protocol, Secret};
use mailwright_mail::{Credential, Target, run};
use mailwright_net::{Net, NetOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep_until};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Runs for each delay; the middle one is shown.
const RUNS: usize = 5;

#[tokio::main]
async fn main() -> Result<()> {
    let mut plain = Vec::new();
    let (mut password, mut hold) = (false, false);
    let (mut ca_file, mut delays) = (None, "50,100,200".to_owned());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--password" => password = true,
            "--hold" => hold = true,
            "--ca" => ca_file = words.next().map(Into::into),
            "--delays" => delays = words.next().ok_or("which delays?")?,
            _ => plain.push(word),
        }
    }
    let [protocol, server, login, secret] = plain.as_slice() else {
        return Err("which protocol, server, login and file?".into());
    };
    let protocol = match protocol.as_str() {
        "imap" => Protocol::Imap,
        "pop3" => Protocol::Pop3,
        "smtp" => Protocol::Smtp,
        other => return Err(format!("{other} is no protocol").into()),
    };
    let secret = Secret::new(fs::read_to_string(secret)?.trim_end());
    let credential = if password {
        Credential::Password(secret)
    } else {
        Credential::OAuth(secret)
    };
    let mut target = Target {
        endpoint: Endpoint::parse(protocol, server)?,
        login: login.clone(),
        sender: Some(login.parse()?),
        more_senders: Vec::new(),
        recipient: None,
        timeout: Duration::from_secs(30),
        allow_plain: false,
    };
    let upstream = (target.endpoint.host.clone(), target.endpoint.port);
    let net = Net::new(&NetOptions {
        ca_file,
        ..NetOptions::default()
    })?;
    println!("{protocol} {server}, login {login}, middle one of {RUNS} runs");
    println!("{:>8} {:>10} {:>12}", "delay ms", "total ms", "total/delay");
    for delay in delays.split(',') {
        let delay = Duration::from_millis(delay.parse()?);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        target.endpoint.port = listener.local_addr()?.port();
        let proxy = tokio::spawn(far(listener, upstream.clone(), delay));
        if hold {
            println!("{} ms: port {}", delay.as_millis(), target.endpoint.port);
            let waiting = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            tokio::task::spawn_blocking(waiting).await??;
            continue;
        }
        let mut totals = Vec::new();
        for _ in 0..RUNS {
            totals.push(proven(&net, &target, &credential).await?);
        }
        proxy.abort();
        totals.sort_unstable();
        let total = totals.get(RUNS / 2).copied().unwrap_or_default();
        println!(
            "{:>8} {:>10.1} {:>12.2}",
            delay.as_millis(),
            total.as_secs_f64() * 1e3,
            total.as_secs_f64() / delay.as_secs_f64()
        );
    }
    Ok(())
}

/// Time until the mailbox was proven.
async fn proven(net: &Net, target: &Target, credential: &Credential) -> Result<Duration> {
    let proof = match target.endpoint.protocol {
        Protocol::Imap => CheckId::Folders,
        Protocol::Pop3 => CheckId::Count,
        Protocol::Smtp => CheckId::Envelope,
        Protocol::Graph | Protocol::Gmail => CheckId::Authenticate,
    };
    let (events, mut received) = unbounded_channel();
    let began = Instant::now();
    let watching = tokio::spawn(async move {
        let mut at = None;
        while let Some(event) = received.recv().await {
            if let CheckEvent::Finished(check) = event
                && check.id == proof
                && check.outcome == Outcome::Passed
            {
                at = Some(began.elapsed());
            }
        }
        at
    });
    let ladder = run(net, target, credential, &events).await;
    drop(events);
    let at = watching.await?;
    at.ok_or_else(|| format!("nothing was proven:\n{}", ladder.transcript).into())
}

/// Every connection is carried to the server, with a delay.
async fn far(listener: TcpListener, upstream: (String, u16), delay: Duration) {
    while let Ok((near, _)) = listener.accept().await {
        let upstream = upstream.clone();
        tokio::spawn(async move {
            // Where it is connected at once, a distant client would have waited for one round trip.
            let connected = Instant::now() + delay;
            near.set_nodelay(true)?;
            let (near_read, near_write) = near.into_split();
            let there = held(near_read, connected, delay / 2);
            // The server hears of the connection when the last packet of the handshake arrives.
            sleep_until(connected + delay / 2).await;
            let distant = TcpStream::connect(upstream).await?;
            distant.set_nodelay(true)?;
            let (distant_read, distant_write) = distant.into_split();
            let back = held(distant_read, connected, delay / 2);
            tokio::join!(let_go(there, distant_write), let_go(back, near_write));
            Ok::<(), std::io::Error>(())
        });
    }
}

/// What is read, and when it arrives at the other end.
fn held(
    mut from: OwnedReadHalf,
    connected: Instant,
    half: Duration,
) -> UnboundedReceiver<(Instant, Vec<u8>)> {
    let (sender, queue) = unbounded_channel();
    tokio::spawn(async move {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(read @ 1..) = from.read(&mut bytes).await {
            let sent = Instant::now().max(connected);
            let chunk = bytes.get(..read).unwrap_or_default().to_vec();
            if sender.send((sent + half, chunk)).is_err() {
                return;
            }
        }
    });
    queue
}

async fn let_go(mut queue: UnboundedReceiver<(Instant, Vec<u8>)>, mut to: OwnedWriteHalf) {
    while let Some((at, chunk)) = queue.recv().await {
        sleep_until(at).await;
        if to.write_all(&chunk).await.is_err() {
            return;
        }
    }
}
