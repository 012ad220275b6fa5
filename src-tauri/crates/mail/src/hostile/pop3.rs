use mailwright_domain::{CheckId, Fault, Protocol};

use super::words::OTHERS;
use super::{End, Moment, play_all};

const MALFORMED: End = End::Fault(Fault::Malformed);

/// The conversation, cut before each answer.
fn moments() -> Vec<Moment> {
    let mut before = String::new();
    [
        (CheckId::Greeting, "", None),
        (
            CheckId::Capabilities,
            "S: +OK ready\nC: CAPA\nS: +OK",
            Some("MORE"),
        ),
        (
            CheckId::Authenticate,
            "S: SASL XOAUTH2\nS: .\nC: AUTH XOAUTH2 *",
            None,
        ),
        (CheckId::Inbox, "S: +OK\nC: STAT", None),
        (CheckId::Count, "S: +OK 2 320\nC: LIST 1", None),
    ]
    .into_iter()
    .map(|(check, more, goes_on)| {
        before = format!("{before}\n{more}");
        Moment {
            protocol: Protocol::Pop3,
            check,
            before: before.clone(),
            goes_on,
        }
    })
    .collect()
}

#[tokio::test(start_paused = true)]
async fn pop3_ends_clearly_at_every_moment() {
    play_all(&moments()).await;
}

#[tokio::test(start_paused = true)]
async fn pop3_answers_that_do_not_fit_are_refused() {
    // Inside CAPA's list every line is a word of it.
    for moment in moments().iter().skip(2) {
        for deed in [
            "S:",
            "S: +OKAY",
            "S: -ERROR",
            "S: -",
            "S: ++",
            "S: OK",
            "S: .",
            "S: \\x20+OK",
        ] {
            moment.play(deed, deed, MALFORMED).await;
        }
        for (name, deed) in OTHERS {
            moment.play(name, deed, MALFORMED).await;
        }
        for (name, deed) in [("SMTP", "S: 220 ready"), ("IMAP", "S: * OK ready")] {
            moment.play(name, deed, MALFORMED).await;
        }
        let endless_code = format!("S: -ERR [{}] no", "A".repeat(60_000));
        moment
            .play("a long code", &endless_code, End::Refused)
            .await;
    }
    for (name, deed) in OTHERS {
        let end = End::Fault(Fault::WrongProtocol);
        moments()[0].play(name, deed, end).await;
    }
}

#[tokio::test(start_paused = true)]
async fn pop3_numbers_that_are_none_prove_nothing() {
    for moment in moments().iter().skip(3) {
        for deed in [
            "S: +OK",
            "S: +OK 1",
            "S: +OK two 3",
            "S: +OK -1 3",
            "S: +OK 1 99999999999999999999999",
            "S: +OK \\xd9\\xa1 \\xd9\\xa1",
            "S: + 1 2",
        ] {
            moment.play(deed, deed, MALFORMED).await;
        }
    }
}
