use mailwright_domain::{CheckId, Fault, Outcome, Protocol};

use super::words::OTHERS;
use super::{End, Moment, play, play_all};

const MALFORMED: End = End::Fault(Fault::Malformed);

/// The conversation, cut before each answer.
fn moments() -> Vec<Moment> {
    let mut before = String::new();
    [
        (CheckId::Greeting, "", None),
        (
            CheckId::Capabilities,
            "S: * OK ready\nC: A1 CAPABILITY",
            Some("* OK one moment"),
        ),
        (
            CheckId::Authenticate,
            "S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2\nS: A1 OK\nC: A2 AUTHENTICATE XOAUTH2 *",
            Some("* 5 EXPUNGE"),
        ),
        (
            CheckId::Inbox,
            "S: A2 OK [CAPABILITY IMAP4rev1] in\nC: A3 SELECT INBOX\nC: A4 LIST *",
            Some("* FLAGS (\\Answered)"),
        ),
        (CheckId::Folders, "S: A3 OK", Some("* LIST () \"/\" x")),
        (
            CheckId::Count,
            "S: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Sent\nS: A4 OK\nC: A5 STATUS *",
            Some("* STATUS Sent (MESSAGES 4)"),
        ),
        (
            CheckId::Arrived,
            "S: A5 OK\nC: A6 NOOP",
            Some("* 5 EXISTS"),
        ),
        (
            CheckId::Arrived,
            "S: A6 OK\nC: A7 UID SEARCH *",
            Some("* SEARCH 9"),
        ),
        (
            CheckId::Arrived,
            "S: * SEARCH 9\nS: A7 OK\nC: A8 UID FETCH *",
            Some("* 3 FETCH (UID 9 BODY[HEADER.FIELDS (X)] \"X: y\")"),
        ),
    ]
    .into_iter()
    .map(|(check, more, goes_on)| {
        before = format!("{before}\n{more}");
        Moment {
            protocol: Protocol::Imap,
            check,
            before: before.clone(),
            goes_on,
        }
    })
    .collect()
}

#[tokio::test(start_paused = true)]
async fn imap_ends_clearly_at_every_moment() {
    play_all(&moments()).await;
}

#[tokio::test(start_paused = true)]
async fn imap_literals_have_limits() {
    for moment in moments().iter().skip(1) {
        for literal in [
            "{70000}",
            "{4294967295}",
            "{4294967296}",
            "{18446744073709551616}",
            "{99999999999999999999999999+}",
            "~{4294967295}",
        ] {
            let deed = format!("S: * LIST () \"/\" {literal}");
            moment.play(literal, &deed, MALFORMED).await;
        }
        moment
            .play(
                "literals in one line without end",
                "S; * LIST () NIL \nFLOOD {1}\\r\\nx",
                MALFORMED,
            )
            .await;
        moment
            .play(
                "a literal that does not come",
                "S: * LIST () NIL {100}\nS; half",
                End::Late(Fault::TimedOut),
            )
            .await;
        moment
            .play(
                "a literal that is no text",
                "S: * LIST () NIL {4}\nS; \\0\\xff\\r\\n\nS:\nCLOSE",
                End::Fault(Fault::Closed),
            )
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn imap_answers_that_do_not_fit_are_refused() {
    for moment in moments().iter().skip(1) {
        for (name, deed) in [
            ("a tag to come", "S: A99 OK done"),
            ("a tag that ended", "S: A0 OK done"),
            ("no number", "S: A OK done"),
            ("a foreign tag", "S: zzz NO done"),
            ("a huge tag", "S: A99999999999999999999 OK done"),
        ] {
            moment.play(name, deed, MALFORMED).await;
        }
        if moment.check != CheckId::Authenticate {
            moment.play("asks for more", "S: + go on", MALFORMED).await;
        }
        for (name, deed) in OTHERS {
            moment.play(name, deed, End::Fault(Fault::Closed)).await;
        }
        // A line that begins with a plus asks for more; in a sign-in the answer meets a closed connection.
        let end = match moment.check {
            CheckId::Authenticate => End::Fault(Fault::Reset),
            _ => MALFORMED,
        };
        moment.play("POP3", "S: +OK ready\nCLOSE", end).await;
    }
    for (name, deed) in OTHERS {
        let end = End::Fault(Fault::WrongProtocol);
        moments()[0].play(name, deed, end).await;
    }
}

#[tokio::test(start_paused = true)]
async fn imap_promises_nothing_after_its_goodbye() {
    for moment in moments().iter().skip(1) {
        let bye = "S: * BYE [UNAVAILABLE] later";
        let closed = End::Fault(Fault::Closed);
        moment.play("BYE", &format!("{bye}\nCLOSE"), closed).await;
        let chatty = format!("{bye}\nS: * OK still here\nS: * LIST () NIL INBOX\nCLOSE");
        moment.play("words after BYE", &chatty, closed).await;
        let endless = format!("{bye}\nFLOOD * BYE again\\r\\n");
        moment.play("BYE without end", &endless, MALFORMED).await;
        let tag = moment.before.lines().filter(|l| l.starts_with("C:"));
        let tag = match moment.check {
            // SELECT and LIST were sent together.
            CheckId::Inbox => 3,
            _ => tag.count(),
        };
        let accepted = format!("{bye}\nS: A{tag} OK [CAPABILITY X] welcome");
        moment.play("OK after BYE", &accepted, End::Refused).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_without_end_is_cut_off_and_one_of_too_many_folders_refused() {
    let moments = moments();
    let folders = &moments[4];
    assert_eq!(folders.check, CheckId::Folders);
    let long = format!("FLOOD * LIST () \"/\" {}\\r\\n", "x".repeat(2_000));
    folders.play("long names", &long, MALFORMED).await;
    folders
        .play("short names", "FLOOD * LIST () \"/\" x\\r\\n", MALFORMED)
        .await;
    let many = "S: * LIST () \"/\" x\n".repeat(10_001);
    let many = format!("{many}S: A4 OK done");
    folders.play("too many names", &many, MALFORMED).await;
}

/// What comes before a `+` hides nothing: the exchange goes on.
#[tokio::test(start_paused = true)]
async fn words_before_a_continuation_are_no_answer() {
    let moments = moments();
    let before = &moments[2].before;
    let words = "S: * OK hi\nS: * 3 EXISTS\nS: \\0\\xff\nS: * CAPABILITY X\nS: * NO [ALERT] soon\nS: + e30=\nC:\nS: A2 NO no";
    let (climbed, _) = play(Protocol::Imap, format!("{before}\n{words}")).await;
    let failed = climbed
        .checks
        .iter()
        .find(|c| c.outcome == Outcome::Failed)
        .unwrap();
    let evidence = failed.evidence.as_ref().unwrap();
    assert_eq!(evidence.challenge.as_deref(), Some("{}"));
    assert_eq!(evidence.text, "NO [ALERT] soon\nNO no");
}
