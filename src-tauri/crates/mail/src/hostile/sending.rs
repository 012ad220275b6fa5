//! A server that leaves while it is given a message: where it cannot be known whether it took it, nothing says that it
//! did or did not.

use mailwright_domain::{CheckId, Fault, Outcome, Protocol};

use super::close::cut;
use super::{Climbed, only_failure, play_for, shown_is_bounded};
use crate::{Errand, Patience, Sent, TestMessage};

/// Up to the first reply to a command of the message's own envelope.
const SIGNED_IN: &str = "
    S: 220-x
    S: 220 y
    C: EHLO *
    S: 250-x
    S: 250 AUTH XOAUTH2
    C: AUTH XOAUTH2 *
    S: 235 in
";
/// One command after the other.
const ONE_BY_ONE: &str = "
    C: MAIL *
    S: 250 ok
    C: RCPT *
    S: 250 ok
    C: RSET
    S: 250 ok
    C: MAIL *
    S: 250 ok
    C: RCPT *
    S: 250 ok
    C: DATA
";
/// The same in groups (RFC 2920).
const GROUPED: &str = "
    C: MAIL *
    C: RCPT *
    C: RSET
    S: 250 ok
    S: 250 ok
    S: 250 ok
    C: MAIL *
    C: RCPT *
    S: 250 ok
    S: 250 ok
    C: DATA
";
const TAKEN: &str = "
    S: 354-go
    S: 354 ahead
    MAIL
    S: 250-2.0.0 queued
    S: 250 2.0.0 as 4711
    C: QUIT
";
const NOT_KNOWN: &str =
    "Whether the message from info@firma.nl to info@firma.nl was taken is not known.";

fn one_by_one(rest: &str) -> String {
    format!("{SIGNED_IN}{ONE_BY_ONE}{rest}")
}

fn grouped(rest: &str) -> String {
    let offers = SIGNED_IN.replace("S: 250-x", "S: 250-x\nS: 250-PIPELINING");
    format!("{offers}{GROUPED}{rest}")
}

/// A test with a message towards this server, and what whoever looks for the message is told.
async fn send(message: TestMessage, script: String) -> (Climbed, Option<Sent>) {
    let (errand, find) = Errand::there_and_back(message, Patience::of(std::time::Duration::ZERO));
    let (climbed, _) = play_for(Protocol::Smtp, errand, script).await;
    let Errand::Find(_, _, mut told) = find else {
        unreachable!("the other half looks")
    };
    (climbed, told.try_recv().ok())
}

fn message() -> TestMessage {
    TestMessage::new("info@firma.nl".parse().unwrap(), "")
}

/// What must hold where the server left: one check failed at once, as a connection that broke.
fn left(climbed: &Climbed, place: &str) -> CheckId {
    let failed = only_failure(climbed, place);
    let evidence = failed.evidence.as_deref().expect("a failure has evidence");
    assert!(
        matches!(evidence.fault, Some(Fault::Closed | Fault::Reset)),
        "{place}: {:?}\n{}",
        evidence.fault,
        climbed.transcript
    );
    assert!(climbed.took.is_zero(), "{place}: {:?}", climbed.took);
    shown_is_bounded(climbed, place);
    failed.id
}

/// What must be said of a message that was handed over and not answered, and only of such a one.
fn is_said_to_be_unknown(climbed: &Climbed) -> bool {
    let message = climbed.checks.iter().find(|c| c.id == CheckId::Message);
    let message = message.expect("there is a message");
    assert!(!message.detail.contains("accepted"), "{}", message.detail);
    assert!(!message.detail.contains("refused"), "{}", message.detail);
    let evidence = message.evidence.as_deref();
    let reason = evidence.is_some_and(|e| {
        e.text
            .starts_with("no answer after the message had been handed over")
    });
    assert_eq!(reason, message.detail.ends_with(NOT_KNOWN));
    reason
}

/// After every single byte of its replies.
#[tokio::test(start_paused = true)]
async fn a_server_may_close_after_any_byte_while_it_is_given_a_message() {
    const PERHAPS: Sent = Sent {
        accepted: 0,
        perhaps: 1,
    };
    for whole in [one_by_one(TAKEN), grouped(TAKEN)] {
        let mut ends = Vec::new();
        while let Some(script) = cut(&whole, ends.len()) {
            let place = format!("after {} bytes", ends.len());
            let (climbed, sent) = send(message(), script.clone()).await;
            let failed = left(&climbed, &place);
            let begun = script.matches("S: 250 ok").count() >= 2;
            assert_eq!(failed == CheckId::Message, begun, "{place}: {failed:?}");
            let handed_over = script.contains("MAIL\n");
            assert_eq!(sent, handed_over.then_some(PERHAPS), "{place}");
            if begun {
                assert_eq!(is_said_to_be_unknown(&climbed), handed_over, "{place}");
            }
            ends.push(failed);
        }
        let after = ends.iter().filter(|id| **id == CheckId::Message).count();
        assert!(after >= 80, "{after} of {} cuts", ends.len());
        let (climbed, sent) = send(message(), whole).await;
        let message = climbed.checks.iter().find(|c| c.id == CheckId::Message);
        let outcome = message.map(|check| check.outcome);
        assert_eq!(outcome, Some(Outcome::Passed), "{}", climbed.transcript);
        assert_eq!(sent.map(|s| (s.accepted, s.perhaps)), Some((1, 0)));
    }
}

/// After every single byte of the message, the dot at its end included.
#[tokio::test(start_paused = true)]
async fn a_server_may_close_after_any_byte_of_the_message() {
    let message = message();
    let text = message.written(message.to()).unwrap();
    let length = text.len() + ".\r\n".len();
    for taken in 0..=length {
        let script = grouped(&format!("S: 354 go\nTAKE {taken}\nCLOSE"));
        let (climbed, sent) = send(message.clone(), script).await;
        let place = format!("{taken} of {length} bytes");
        assert_eq!(left(&climbed, &place), CheckId::Message);
        assert_eq!(sent.map(|s| (s.accepted, s.perhaps)), Some((0, 1)));
        assert!(is_said_to_be_unknown(&climbed), "{place}");
    }
}

/// An answer that is no answer says as little as none.
#[tokio::test(start_paused = true)]
async fn only_a_reply_that_says_yes_or_no_tells_what_became_of_a_message() {
    for (reply, fault, perhaps) in [
        ("S: 354 go on", Some(Fault::Malformed), 1),
        ("S: what?", Some(Fault::Malformed), 1),
        ("", Some(Fault::TimedOut), 1),
        ("S: 451 4.3.0 later", None, 0),
        ("S: 554 5.6.0 no", None, 0),
    ] {
        let script = one_by_one(&format!("S: 354 go\nMAIL\n{reply}"));
        let (climbed, sent) = send(message(), script).await;
        let failed = only_failure(&climbed, reply);
        let found = failed.evidence.as_ref().and_then(|e| e.fault);
        assert_eq!((failed.id, found), (CheckId::Message, fault), "{reply}");
        assert_eq!(sent.map_or(0, |s| s.perhaps), perhaps, "{reply}");
        assert_eq!(failed.detail.ends_with(NOT_KNOWN), perhaps == 1, "{reply}");
    }
}
