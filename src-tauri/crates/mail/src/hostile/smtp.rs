use mailwright_domain::{CheckId, Fault, Protocol};

use super::words::OTHERS;
use super::{End, Moment, play_all};

const MALFORMED: End = End::Fault(Fault::Malformed);

const AT_DATA: &str = "S: 250 ok\nC: DATA";
const AT_END: &str = "S: 354 go\nMAIL";

/// The conversation, cut before each answer.
fn moments() -> Vec<Moment> {
    let mut before = String::new();
    [
        (CheckId::Greeting, "", Some("220-more")),
        (
            CheckId::Capabilities,
            "S: 220 x\nC: EHLO *",
            Some("250-more"),
        ),
        (
            CheckId::Authenticate,
            "S: 250-x\nS: 250 AUTH XOAUTH2\nC: AUTH XOAUTH2 *",
            Some("235-more"),
        ),
        (CheckId::Envelope, "S: 235 in\nC: MAIL *", Some("250-more")),
        (
            CheckId::Message,
            "S: 250 ok\nC: RCPT *\nS: 250 ok\nC: RSET\nS: 250 ok\nC: MAIL *",
            Some("250-more"),
        ),
        (CheckId::Message, "S: 250 ok\nC: RCPT *", Some("250-more")),
        (CheckId::Message, AT_DATA, Some("354-more")),
        (CheckId::Message, AT_END, Some("250-more")),
    ]
    .into_iter()
    .map(|(check, more, goes_on)| {
        before = format!("{before}\n{more}");
        Moment {
            protocol: Protocol::Smtp,
            check,
            before: before.clone(),
            goes_on,
        }
    })
    .collect()
}

#[tokio::test(start_paused = true)]
async fn smtp_ends_clearly_at_every_moment() {
    play_all(&moments()).await;
}

#[tokio::test(start_paused = true)]
async fn smtp_codes_that_are_none_are_refused() {
    for moment in moments().iter().skip(1) {
        for deed in [
            "S: 25",
            "S: 250x",
            "S: 2500 x",
            "S: 999 x",
            "S: 099 x",
            "S: -250 x",
            "S: +250 x",
            "S: \\x202 50 x",
            "S: 250-a\nS: b",
            "S:",
            "S: \\xb2\\xb5\\xb0 x",
        ] {
            moment.play(deed, deed, MALFORMED).await;
        }
        for (name, deed) in OTHERS {
            moment.play(name, deed, MALFORMED).await;
        }
        for (name, deed) in [("POP3", "S: +OK ready"), ("IMAP", "S: * OK ready")] {
            moment.play(name, deed, MALFORMED).await;
        }
    }
    for (name, deed) in OTHERS {
        let end = End::Fault(Fault::WrongProtocol);
        moments()[0].play(name, deed, end).await;
    }
}

/// A reply that asks for something, or that fits another command, is no success. After a whole message it is no answer
/// at all.
#[tokio::test(start_paused = true)]
async fn smtp_replies_of_another_kind_are_refusals() {
    for moment in moments().iter().skip(1) {
        let unclear = if moment.before.ends_with(AT_END) {
            MALFORMED
        } else {
            End::Refused
        };
        if !moment.before.ends_with(AT_DATA) {
            moment.play("354", "S: 354 go", unclear).await;
        }
        for deed in ["S: 421 closing\nCLOSE", "S: 500 what?", "S: 599 x"] {
            moment.play(deed, deed, End::Refused).await;
        }
        if moment.check != CheckId::Authenticate {
            moment.play("334", "S: 334 e30=", unclear).await;
        }
    }
    for deed in ["S: 421 busy", "S: 554 no", "S: 354 go"] {
        moments()[0].play(deed, deed, End::Refused).await;
    }
}
