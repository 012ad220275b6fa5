//! How many round trips a ladder takes, and when each check ends, on a clock that only waiting moves: the figures are
//! exact, whatever else the computer does. `test-cost` of the end-to-end tests measures the whole program against real
//! servers.

use std::io::Write;
use std::sync::Mutex;
use std::time::Duration;

use mailwright_domain::{
    AuthKind, CheckEvent, CheckId, Endpoint, Outcome, Protocol, Secret, Security,
};
use mailwright_net::{Net, NetOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf, duplex, split};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep, sleep_until};

use crate::climb::Climb;
use crate::driver::Driver;
use crate::open::{Context, protect};
use crate::transcript::Log;
use crate::{Credential, Findings, Target, imap, pop3, script, smtp};
use certificates::{Authority, Flaw};

#[path = "../tests/ladder/certificates.rs"]
#[allow(dead_code, reason = "only sound certificates are needed here")]
mod certificates;

use CheckId::{
    Authenticate, Capabilities, CapabilitiesSecure, Count, Envelope, Folders, Greeting, Inbox,
    Starttls, Tls,
};

/// One round trip.
const DELAY: Duration = Duration::from_millis(100);

/// Length of a token: short enough for one line of SMTP and POP3, or like those of Entra.
const SHORT: usize = 60;
const LONG: usize = 2_000;

/// A connection over which bytes need half a round trip.
fn far() -> (DuplexStream, DuplexStream) {
    let (ours, near) = duplex(1 << 20);
    let (distant, theirs) = duplex(1 << 20);
    let (near_read, near_write) = split(near);
    let (distant_read, distant_write) = split(distant);
    tokio::spawn(carry(near_read, distant_write));
    tokio::spawn(carry(distant_read, near_write));
    (ours, theirs)
}

async fn carry(mut from: ReadHalf<DuplexStream>, mut to: WriteHalf<DuplexStream>) {
    let (sender, mut queue) = unbounded_channel();
    tokio::spawn(async move {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(read @ 1..) = from.read(&mut bytes).await {
            let chunk = bytes[..read].to_vec();
            if sender.send((Instant::now() + DELAY / 2, chunk)).is_err() {
                return;
            }
        }
    });
    while let Some((at, chunk)) = queue.recv().await {
        sleep_until(at).await;
        if to.write_all(&chunk).await.is_err() {
            return;
        }
    }
}

/// Every check that passed, and after how many round trips: tenths, counted from the first packet of TCP.
async fn measured(
    protocol: Protocol,
    security: Security,
    token: usize,
    script: &str,
) -> Vec<(CheckId, u128)> {
    measured_whole(protocol, security, token, &[], script)
        .await
        .0
}

/// The same, where folders are known from the last time, and when the ladder was over.
async fn measured_whole(
    protocol: Protocol,
    security: Security,
    token: usize,
    known_folders: &[String],
    script: &str,
) -> (Vec<(CheckId, u128)>, u128) {
    let authority = Authority::new("Lab Root");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(authority.pem.as_bytes()).unwrap();
    let net = Net::new(&NetOptions {
        ca_file: Some(file.path().to_owned()),
        ..NetOptions::default()
    })
    .unwrap();
    let mut endpoint = Endpoint::parse(protocol, "127.0.0.1:1").unwrap();
    endpoint.security = security;
    let target = Target {
        endpoint,
        login: "info@firma.nl".into(),
        sender: Some("info@firma.nl".parse().unwrap()),
        more_senders: Vec::new(),
        recipient: None,
        known_folders: known_folders.to_vec(),
        timeout: Duration::from_secs(30),
        allow_plain: false,
    };
    let credential = Credential::OAuth(Secret::new("t".repeat(token)));
    let log = Log::new(credential.secret());
    let (events, received) = unbounded_channel();
    let context = Context::new(&net, &target, &credential, log.clone());
    let mut climb = Climb::new(&target.endpoint, AuthKind::Oauth, log.clone(), &events);

    let began = Instant::now();
    let ends = tokio::spawn(ends(received, began));
    // SYN and its answer; the server hears of the connection half a round trip later.
    sleep(DELAY).await;
    let (ours, theirs) = far();
    let tls = authority.server(Flaw::None);
    let script = script.to_owned();
    let serving = tokio::spawn(async move {
        sleep(DELAY / 2).await;
        script::follow(Box::new(theirs), &script, Some(tls), &Mutex::default()).await
    });
    let mut driver = Driver::new(Box::new(ours), log.clone());
    let mut found = Findings::default();
    if security == Security::Tls {
        let tls = protect(&context, &mut driver, Security::Tls);
        climb.step(Tls, tls).await.unwrap();
    }
    let climbed = match protocol {
        Protocol::Imap => imap::from_greeting(&context, &mut climb, &mut found, driver).await,
        Protocol::Smtp => smtp::from_greeting(&context, &mut climb, &mut found, driver).await,
        Protocol::Pop3 => pop3::from_greeting(&context, &mut climb, &mut found, driver).await,
        Protocol::Graph | Protocol::Gmail => unreachable!("no session"),
    };
    climbed.unwrap_or_else(|_| panic!("{}", log.transcript()));
    let whole = tenths(began);
    drop(climb);
    drop(events);
    serving.await.unwrap().unwrap();
    (ends.await.unwrap(), whole)
}

fn tenths(began: Instant) -> u128 {
    began.elapsed().as_millis() * 10 / DELAY.as_millis()
}

async fn ends(mut received: UnboundedReceiver<CheckEvent>, began: Instant) -> Vec<(CheckId, u128)> {
    let mut ends = Vec::new();
    while let Some(event) = received.recv().await {
        if let CheckEvent::Finished(check) = event {
            assert_eq!(check.outcome, Outcome::Passed);
            ends.push((check.id, tenths(began)));
        }
    }
    ends
}

/// As Exchange answers: it counts folders by name only.
const IMAP: &str = "
    C: A1 AUTHENTICATE XOAUTH2 *
    S: A1 OK [CAPABILITY IMAP4rev1 SPECIAL-USE LIST-EXTENDED] in
    C: A2 SELECT INBOX
    C: A3 LIST *
    S: * 3 EXISTS
    S: A2 OK
    S: * LIST () \"/\" INBOX
    S: * LIST () \"/\" Sent
    S: A3 OK
    C: A4 STATUS *
    S: * STATUS Sent (MESSAGES 4)
    S: A4 OK
    C: A5 LOGOUT
    S: A5 OK
    CLOSE
";

/// As Dovecot and Gmail answer: they count the folders that they gave a role.
const IMAP_BY_USE: &str = "
    TLS
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready
    C: A1 AUTHENTICATE XOAUTH2 *
    S: A1 OK [CAPABILITY IMAP4rev1 SPECIAL-USE LIST-EXTENDED LIST-STATUS] in
    C: A2 SELECT INBOX
    C: A3 LIST \"\" \"*\" RETURN (SPECIAL-USE)
    C: A4 LIST (SPECIAL-USE) \"\" \"*\" RETURN (STATUS (MESSAGES))
    S: * 3 EXISTS
    S: A2 OK
    S: * LIST () \"/\" INBOX
    S: * LIST (\\Sent) \"/\" Sent
    S: A3 OK
    S: * LIST (\\Sent) \"/\" Sent
    S: * STATUS Sent (MESSAGES 4)
    S: A4 OK
    C: A5 LOGOUT
    S: A5 OK
    CLOSE
";

/// Five, proof and goodbye included: nobody waits for the answer to LOGOUT.
#[tokio::test(start_paused = true)]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn imap_takes_five_with_the_counts_where_the_server_counts_what_has_a_role() {
    let (ends, whole) = measured_whole(Protocol::Imap, Security::Tls, LONG, &[], IMAP_BY_USE).await;
    assert_eq!(ends[4..], [(Inbox, 50), (Folders, 50), (Count, 50)]);
    assert_eq!(whole, 50);
}

/// Exchange counts by name only; the names of the last time go out with LIST.
#[tokio::test(start_paused = true)]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn imap_takes_five_with_the_counts_where_the_folders_are_known() {
    let script = "
        TLS
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready
        C: A1 AUTHENTICATE XOAUTH2 *
        S: A1 OK [CAPABILITY IMAP4rev1 SASL-IR] in
        C: A2 SELECT INBOX
        C: A3 LIST *
        C: A4 STATUS \"Sent Items\" (MESSAGES)
        C: A5 STATUS \"Gone\" (MESSAGES)
        S: * 3 EXISTS
        S: A2 OK
        S: * LIST () \"/\" INBOX
        S: * LIST () \"/\" \"Sent Items\"
        S: A3 OK
        S: * STATUS \"Sent Items\" (MESSAGES 4)
        S: A4 OK
        S: A5 NO Mailbox does not exist
        C: A6 LOGOUT
        S: A6 OK
        CLOSE
    ";
    let known = ["Sent Items".to_owned(), "Gone".to_owned()];
    let (ends, whole) = measured_whole(Protocol::Imap, Security::Tls, LONG, &known, script).await;
    assert_eq!(ends[4..], [(Inbox, 50), (Folders, 50), (Count, 50)]);
    assert_eq!(whole, 50);
}

#[tokio::test(start_paused = true)]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn imap_takes_five_and_one_more_where_the_greeting_does_not_say_what_is_offered() {
    let greeting = "TLS\nS: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready\n";
    let script = format!("{greeting}{IMAP}");
    assert_eq!(
        measured(Protocol::Imap, Security::Tls, LONG, &script).await,
        [
            (Tls, 20),
            (Greeting, 30),
            (CapabilitiesSecure, 30),
            (Authenticate, 40),
            (Inbox, 50),
            (Folders, 50),
            (Count, 60),
        ]
    );
    let silent = "TLS\nS: * OK ready\nC: A1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2\nS: A1 OK\n";
    let later = (1..=5).rev().fold(IMAP.to_owned(), |script, tag| {
        script.replace(&format!("A{tag} "), &format!("A{} ", tag + 1))
    });
    let ends = measured(
        Protocol::Imap,
        Security::Tls,
        LONG,
        &format!("{silent}{later}"),
    )
    .await;
    assert_eq!(ends[5], (Folders, 60));
}

/// A sign-in that does not say what is offered from then on costs nothing: CAPABILITY goes out with the rest.
#[tokio::test(start_paused = true)]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn what_is_offered_after_the_sign_in_is_asked_without_a_round_trip() {
    let script = "
        TLS
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready
        C: A1 AUTHENTICATE XOAUTH2 *
        S: A1 OK in
        C: A2 SELECT INBOX
        C: A3 LIST *
        C: A4 CAPABILITY
        S: A2 OK
        S: * LIST () \"/\" INBOX
        S: A3 OK
        S: * CAPABILITY IMAP4rev1
        S: A4 OK
        C: A5 LOGOUT
        CLOSE
    ";
    let ends = measured(Protocol::Imap, Security::Tls, LONG, script).await;
    assert_eq!(ends[5], (Folders, 50));
}

/// The inbox is reported when it is open, also where the list comes half a second later.
#[tokio::test(start_paused = true)]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn a_check_ends_when_its_own_answer_has_come() {
    let greeting = "TLS\nS: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready\n";
    let slow = IMAP.replace("S: A2 OK\n", "S: A2 OK\nWAIT 500\n");
    let script = format!("{greeting}{slow}");
    let ends = measured(Protocol::Imap, Security::Tls, LONG, &script).await;
    assert_eq!(ends[4..6], [(Inbox, 50), (Folders, 100)]);
}

#[tokio::test(start_paused = true)]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn submission_takes_eight_and_one_more_where_the_token_needs_a_line_of_its_own() {
    let start = "S: 220 x\nC: EHLO *\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO *\nS: 250-x\nS: 250-PIPELINING\nS: 250 AUTH XOAUTH2\n";
    let rest = "S: 235 in\nC: MAIL *\nC: RCPT *\nC: RSET\nS: 250 ok\nS: 250 ok\nS: 250 ok\nC: QUIT\nS: 221 bye\nCLOSE";
    let short = format!("{start}C: AUTH XOAUTH2 *\n{rest}");
    let (ends, whole) =
        measured_whole(Protocol::Smtp, Security::Starttls, SHORT, &[], &short).await;
    assert_eq!(whole, 80, "the goodbye goes out with the envelope");
    assert_eq!(
        ends,
        [
            (Greeting, 20),
            (Capabilities, 30),
            (Starttls, 40),
            (Tls, 50),
            (CapabilitiesSecure, 60),
            (Authenticate, 70),
            (Envelope, 80),
        ]
    );
    let long = format!("{start}C: AUTH XOAUTH2\nS: 334\nC: dXNl*\n{rest}");
    let ends = measured(Protocol::Smtp, Security::Starttls, LONG, &long).await;
    assert_eq!(ends[6], (Envelope, 90));
}

#[tokio::test(start_paused = true)]
#[cfg_attr(windows, ignore = "Wine's certificate store takes no root of its own")]
async fn pop3_takes_six_and_one_more_where_the_token_needs_a_line_of_its_own() {
    let start = "TLS\nS: +OK\nC: CAPA\nS: +OK\nS: SASL XOAUTH2\nS: PIPELINING\nS: .\n";
    let rest = "S: +OK\nC: STAT\nC: LIST 1\nS: +OK 2 320\nS: +OK 1 120\nC: QUIT\nS: +OK\nCLOSE";
    let short = format!("{start}C: AUTH XOAUTH2 *\n{rest}");
    assert_eq!(
        measured(Protocol::Pop3, Security::Tls, SHORT, &short).await,
        [
            (Tls, 20),
            (Greeting, 30),
            (CapabilitiesSecure, 40),
            (Authenticate, 50),
            (Inbox, 60),
            (Count, 60),
        ]
    );
    let long = format!("{start}C: AUTH XOAUTH2\nS: +\nC: dXNl*\n{rest}");
    let ends = measured(Protocol::Pop3, Security::Tls, LONG, &long).await;
    assert_eq!(ends[5], (Count, 70));
}
