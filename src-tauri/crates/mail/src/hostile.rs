//! Servers that mean harm, on a clock that the test moves: each ends in one clear failure, inside its time limit, and
//! gets no more bytes into this program than its limits allow. What needs TLS is in `tests/ladder/hostile.rs`.

mod close;
mod imap;
mod pop3;
mod sending;
mod smtp;
mod words;

use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mailwright_domain::{Check, CheckId, Fault, Outcome, Protocol};

use crate::near::{Climbed, LIMIT, ON_THE_WAY, climb_for};
use crate::script::follow;
use crate::{Errand, Patience, Sent, TestMessage};

/// What a step takes at most, with what was read ahead and what is on the way. (A list of folders: 8 MiB.)
const MOST_BYTES: usize = 256 * 1024 + 64 * 1024 + 2 * ON_THE_WAY;
const MOST_BYTES_OF_A_LIST: usize = 8 * 1024 * 1024 + 64 * 1024 + 2 * ON_THE_WAY;

/// How a server's deed must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// At once, with this fault.
    Fault(Fault),
    /// When the check's own time is over, with this fault.
    Late(Fault),
    /// At once, as a refusal in the server's own words.
    Refused,
}

/// One moment of a conversation: what was said up to it, and the check that is under way.
struct Moment {
    protocol: Protocol,
    check: CheckId,
    /// The script up to this moment, without protection.
    before: String,
    /// A line that may be said here and never ends anything; none where every line does.
    goes_on: Option<&'static str>,
}

impl Moment {
    fn limit(&self) -> Duration {
        match self.check {
            CheckId::Greeting => Duration::from_secs(15),
            _ => LIMIT,
        }
    }

    /// What the conversation is about beyond the ladder.
    fn errand(&self) -> Errand {
        let message = TestMessage::new("info@firma.nl".parse().unwrap(), "");
        match self.check {
            CheckId::Message => Errand::SendAway(message),
            CheckId::Arrived => {
                let (send, find) = Errand::there_and_back(message, Patience::of(Duration::ZERO));
                if let Errand::Send(_, tell) = send {
                    tell.send(Sent {
                        accepted: 1,
                        perhaps: 0,
                    })
                    .unwrap();
                }
                find
            }
            _ => Errand::Nothing,
        }
    }

    fn most_bytes(&self) -> usize {
        match (self.protocol, self.check) {
            (Protocol::Imap, CheckId::Inbox | CheckId::Folders) => MOST_BYTES_OF_A_LIST,
            _ => MOST_BYTES,
        }
    }

    /// Plays the deed and compares what came of it with what must.
    async fn play(&self, name: &str, deed: &str, end: End) {
        let script = format!("{}\n{deed}", self.before);
        let (climbed, taken) = play_for(self.protocol, self.errand(), script).await;
        let place = format!("{:?} {:?}, {name}", self.protocol, self.check);
        let failed = only_failure(&climbed, &place);
        assert_eq!(failed.id, self.check, "{place}\n{}", climbed.transcript);
        let evidence = failed.evidence.as_deref().expect("a failure has evidence");
        let (fault, took) = match end {
            End::Fault(fault) => (Some(fault), Duration::ZERO),
            End::Late(fault) => (Some(fault), self.limit()),
            End::Refused => (None, Duration::ZERO),
        };
        assert_eq!(evidence.fault, fault, "{place}\n{}", climbed.transcript);
        assert_eq!(climbed.took, took, "{place}");
        assert!(!failed.detail.is_empty(), "{place} says nothing");
        if end == End::Refused {
            assert!(
                !evidence.text.is_empty(),
                "{place} hides the server's words"
            );
        }
        assert!(
            taken <= self.most_bytes(),
            "{place} got {taken} bytes in, more than {}",
            self.most_bytes()
        );
        shown_is_bounded(&climbed, &place);
    }
}

/// Climbs towards a server that follows this script; gives how many bytes of a flood it got in.
async fn play(protocol: Protocol, script: String) -> (Climbed, usize) {
    play_for(protocol, Errand::Nothing, script).await
}

async fn play_for(protocol: Protocol, errand: Errand, script: String) -> (Climbed, usize) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&heard);
    let mut serving = None;
    let climbed = climb_for(protocol, "mail.firma.nl:2525:plain", errand, |server| {
        serving = Some(tokio::spawn(async move {
            follow(Box::new(server), &script, None, &ears).await
        }));
    })
    .await;
    serving
        .expect("the server was started")
        .await
        .expect("the server does not panic")
        .unwrap_or_else(|problem| panic!("{problem}\n{}", climbed.transcript));
    let heard = heard.lock().unwrap();
    let taken = heard
        .iter()
        .filter_map(|line| line.strip_suffix(" bytes taken"))
        .filter_map(|count| count.parse::<usize>().ok())
        .sum();
    (climbed, taken)
}

/// The one check that failed; none passed after it.
fn only_failure<'a>(climbed: &'a Climbed, place: &str) -> &'a Check {
    let mut failures = climbed
        .checks
        .iter()
        .enumerate()
        .filter(|(_, check)| check.outcome == Outcome::Failed);
    let (at, failed) = failures
        .next()
        .unwrap_or_else(|| panic!("{place}: nothing failed\n{}", climbed.transcript));
    assert!(failures.next().is_none(), "{place}: two failures");
    let later = climbed.checks.iter().skip(at + 1);
    assert!(
        later.into_iter().all(|c| c.outcome == Outcome::Skipped),
        "{place}"
    );
    failed
}

/// Whatever is kept for people stays short and cannot move a cursor.
fn shown_is_bounded(climbed: &Climbed, place: &str) {
    let transcript = climbed.transcript.to_string();
    assert!(
        transcript.len() < 1_200_000,
        "{place}: {}",
        transcript.len()
    );
    for check in &climbed.checks {
        let says = check.server_says.as_deref().unwrap_or_default();
        let text = check.evidence.as_ref().map_or("", |e| e.text.as_str());
        for shown in [says, text, check.detail.as_str()] {
            assert!(shown.len() < 50_000, "{place}: {} bytes", shown.len());
            assert!(!shown.contains(['\0', '\x1b', '\r']), "{place}: {shown:?}");
        }
    }
}

/// Deeds that fit every moment of every protocol.
async fn play_all(moments: &[Moment]) {
    let malformed = End::Fault(Fault::Malformed);
    let late = End::Late(Fault::TimedOut);
    for moment in moments {
        let (strange, silent) = if moment.check == CheckId::Greeting {
            (Fault::WrongProtocol, Fault::NoGreeting)
        } else {
            // IMAP takes lines that it does not know for noise, so that only their number ends it.
            (Fault::Malformed, Fault::TimedOut)
        };
        let strange = End::Fault(strange);
        moment.play("silence", "", End::Late(silent)).await;
        moment
            .play("closes", "CLOSE", End::Fault(Fault::Closed))
            .await;
        moment
            .play("a line without end", "FLOOD x", malformed)
            .await;
        moment
            .play("NULs in lines", "FLOOD \\0\\0\\r\\n", strange)
            .await;
        moment
            .play("no UTF-8", "FLOOD \\xc3\\x28\\xff\\xfe\\r\\n", strange)
            .await;
        moment
            .play("all bytes", &format!("FLOOD {}", all_bytes()), strange)
            .await;
        moment.play("a byte a second", "DRIP x", late).await;
        moment.play("no line end", "S; * OK +OK 220 x", late).await;
        moment
            .play("CR without LF", "S; +OK\\r* OK\\r220 x\\r", late)
            .await;
        if let Some(line) = moment.goes_on {
            let endless = format!("FLOOD {line}\\r\\n");
            moment.play("lines without end", &endless, malformed).await;
            // Few enough to be cut off by their bytes, not by their number.
            let long = format!("FLOOD {line} {}\\r\\n", "x".repeat(1_000));
            moment
                .play("long lines without end", &long, malformed)
                .await;
            let slow = format!("S: {line}\nWAIT 1000\n").repeat(40);
            moment.play("a line a second", &slow, late).await;
        }
    }
}

/// Every byte there is, so that lines of all sorts come out of it.
fn all_bytes() -> String {
    let mut script = String::new();
    for byte in (0..=255_u8).rev() {
        // Writing to a String cannot fail.
        let _ = write!(script, "\\x{byte:02x}");
    }
    script
}
