//! A real message: sent by one ladder, found and deleted by the other.

use std::time::Duration;

use mailwright_domain::{CheckId, Fault, Outcome, Proof, Protocol, Secret, Security, SmtpCode};
use mailwright_mail::{Credential, Errand, Ladder, Patience, TestMessage};

use CheckId::{Arrived, Message, Remove};

use crate::support::{TOKEN, World, check, failed, passed, target, xoauth2};

const SMTP_START: &str = "
    TLS
    S: 220 mail.lab.test ESMTP
    C: EHLO [127.0.0.1]
    S: 250-mail.lab.test
    S: 250-PIPELINING
    S: 250 AUTH XOAUTH2
    C: AUTH XOAUTH2
    S: 334
";
const ENVELOPE: &str = "
    S: 235 in
    C: MAIL FROM:<info@firma.nl>
    C: RCPT TO:<info@firma.nl>
    C: RSET
    S: 250 ok
    S: 250 ok
    S: 250 ok
    C: MAIL FROM:<info@firma.nl>
    C: RCPT TO:<info@firma.nl>
    S: 250 ok
    S: 250 ok
    C: DATA
";
const ACCEPTED: &str = "
    S: 354 go ahead
    MAIL
    S: 250 2.0.0 queued as 4711
    C: QUIT
    S: 221 bye
";
/// Signed in, with these capabilities from then on.
const IMAP_START: &str = r#"
    TLS
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready
    C: A1 AUTHENTICATE XOAUTH2 *
    S: A1 OK [CAPABILITY IMAP4rev1 OFFERS] in
    C: A2 SELECT INBOX
    C: A3 LIST *
    S: * 2 EXISTS
    S: A2 OK
    S: * LIST () "/" INBOX
    S: * LIST (\Junk) "/" Junk
    S: * LIST (\Trash) "/" Trash
    S: A3 OK
    C: A4 STATUS *
    C: A5 STATUS *
    S: A4 OK
    S: A5 OK
"#;

fn smtp(rest: &str) -> String {
    format!("{SMTP_START}\nC: {}\n{ENVELOPE}{rest}", xoauth2())
}

fn imap(offers: &str, rest: &str) -> String {
    let start = IMAP_START.replace(" OFFERS", &format!(" {offers}"));
    format!("{start}{rest}")
}

/// A search that finds these UIDs; the tags begin at this one.
fn search(tag: u32, message: &TestMessage, finds: &str) -> String {
    let token = message.token();
    format!(
        "
    C: A{tag} UID SEARCH OR OR HEADER X-Mailwright-Test {token} HEADER Message-ID {token} SUBJECT {token}
    S: * SEARCH{finds}
    S: A{tag} OK
"
    )
}

/// The header of message 9, as this server shows it.
fn header(tag: u32, asked: &str, token: &str) -> String {
    let length = "X-Mailwright-Test: \r\n\r\n".len() + token.len();
    format!(
        "
    C: A{tag} UID FETCH {asked} (UID BODY.PEEK[HEADER.FIELDS (X-Mailwright-Test)])
    S: * 3 FETCH (FLAGS (\\Recent) UID 9 BODY[HEADER.FIELDS (X-MAILWRIGHT-TEST)] {{{length}}}
    S: X-Mailwright-Test: {token}
    S:
    S: )
    S: A{tag} OK
"
    )
}

fn message() -> TestMessage {
    TestMessage::new("info@firma.nl".parse().unwrap(), "")
}

const SOON: Patience = Patience {
    limit: Duration::from_secs(20),
    pause: Duration::from_millis(10),
};
/// One look.
const NEVER: Patience = Patience {
    limit: Duration::ZERO,
    pause: Duration::from_millis(10),
};

/// Both ladders side by side, as a test of a mailbox climbs them.
struct Both {
    sending: Ladder,
    reading: Ladder,
    smtp_heard: Vec<String>,
}

async fn both(smtp: &str, imap: &str, message: TestMessage, patience: Patience) -> Both {
    let world = World::new();
    let (sender, reader) = (world.server(&[smtp]).await, world.server(&[imap]).await);
    let (send, find) = Errand::there_and_back(message, patience);
    let credential = Credential::OAuth(Secret::new(TOKEN));
    let [to_smtp, to_imap] = [(Protocol::Smtp, sender.port), (Protocol::Imap, reader.port)]
        .map(|(protocol, port)| target(protocol, port, Security::Tls));
    let (sending, reading) = tokio::join!(
        world.climb_for(&to_smtp, &credential, send),
        world.climb_for(&to_imap, &credential, find)
    );
    sender.check();
    reader.check();
    Both {
        sending,
        reading,
        smtp_heard: sender.heard(),
    }
}

#[tokio::test]
async fn a_message_goes_out_comes_in_and_is_deleted() {
    let message = message();
    let token = message.token().to_owned();
    let imap = imap(
        "UIDPLUS MOVE",
        &[
            "C: A6 NOOP\nS: A6 OK",
            &search(7, &message, ""),
            "C: A8 SELECT \"Junk\"\nS: A8 OK",
            &search(9, &message, ""),
            "C: A10 SELECT INBOX\nS: * 3 EXISTS\nS: A10 OK",
            &search(11, &message, " 9"),
            &header(12, "9", &token),
            "C: A13 NOOP\nS: A13 OK
             C: A14 UID STORE 9 +FLAGS.SILENT (\\Deleted)\nS: A14 OK
             C: A15 UID EXPUNGE 9\nS: * 3 EXPUNGE\nS: A15 OK
             C: A16 LOGOUT",
        ]
        .concat(),
    );
    let Both {
        sending,
        reading,
        smtp_heard,
    } = both(&smtp(ACCEPTED), &imap, message, SOON).await;
    passed(&sending);
    passed(&reading);
    assert_eq!(sending.proof, Some(Proof::Message));
    assert_eq!(reading.proof, Some(Proof::Arrived));
    let accepted = check(&sending, Message);
    assert_eq!(
        accepted.server_says.as_deref(),
        Some("250 2.0.0 queued as 4711")
    );
    let field = format!("X-Mailwright-Test: {token}");
    assert!(smtp_heard.contains(&field), "{smtp_heard:?}");
    // The text is nobody's business; the transcript says how long it was.
    let transcript = sending.transcript.to_string();
    assert!(transcript.contains("(the test message, "), "{transcript}");
    assert!(!transcript.contains("Subject:"), "{transcript}");
}

#[tokio::test]
async fn a_message_found_in_junk_arrived_and_is_told() {
    let message = message();
    let imap = imap(
        "UIDPLUS",
        &[
            "C: A6 NOOP\nS: A6 OK",
            &search(7, &message, ""),
            "C: A8 SELECT \"Junk\"\nS: A8 OK",
            &search(9, &message, " 9"),
            &header(10, "9", message.token()),
            "C: A11 NOOP\nS: A11 OK
             C: A12 UID STORE 9 +FLAGS.SILENT (\\Deleted)\nS: A12 OK
             C: A13 UID EXPUNGE 9\nS: A13 OK
             C: A14 LOGOUT",
        ]
        .concat(),
    );
    let both = both(&smtp(ACCEPTED), &imap, message, SOON).await;
    passed(&both.reading);
    assert_eq!(both.reading.proof, Some(Proof::Arrived));
    let detail = &check(&both.reading, Arrived).detail;
    assert!(detail.contains("in the folder “Junk”"), "{detail}");
}

#[tokio::test]
async fn a_search_that_finds_too_much_costs_nobody_a_message() {
    let message = message();
    let imap = imap(
        "UIDPLUS",
        &[
            "C: A6 NOOP\nS: A6 OK",
            &search(7, &message, " 4 9 12"),
            &header(8, "4,9,12", message.token()),
            "C: A9 NOOP\nS: A9 OK
             C: A10 UID STORE 9 +FLAGS.SILENT (\\Deleted)\nS: A10 OK
             C: A11 UID EXPUNGE 9\nS: A11 OK
             C: A12 LOGOUT",
        ]
        .concat(),
    );
    let both = both(&smtp(ACCEPTED), &imap, message, SOON).await;
    passed(&both.reading);
}

/// Up to the moment in which the message was found in the inbox; the next tag is A9.
fn found(offers: &str, message: &TestMessage, rest: &str) -> String {
    let steps = [
        "C: A6 NOOP\nS: A6 OK",
        &search(7, message, " 9"),
        &header(8, "9", message.token()),
        "C: A9 NOOP\nS: A9 OK\n",
        rest,
    ];
    imap(offers, &steps.concat())
}

#[tokio::test]
async fn without_uidplus_only_a_message_that_is_marked_alone_is_expunged() {
    let first = message();
    let alone = "
        C: A10 UID SEARCH DELETED
        S: * SEARCH
        S: A10 OK
        C: A11 UID STORE 9 +FLAGS.SILENT (\\Deleted)
        S: A11 OK
        C: A12 EXPUNGE
        S: * 3 EXPUNGE
        S: A12 OK
        C: A13 LOGOUT
    ";
    let script = found("IDLE", &first, alone);
    let done = both(&smtp(ACCEPTED), &script, first, SOON).await;
    passed(&done.reading);

    let second = message();
    let subject = second.subject();
    let others = "
        C: A10 UID SEARCH DELETED
        S: * SEARCH 4
        S: A10 OK
        C: A11 LOGOUT
    ";
    let script = found("IDLE", &second, others);
    let done = both(&smtp(ACCEPTED), &script, second, SOON).await;
    let left = check(&done.reading, Remove);
    assert_eq!(left.outcome, Outcome::Unchecked);
    assert!(left.detail.contains("left in “Inbox”"), "{}", left.detail);
    assert!(left.detail.contains("other messages there are marked"));
    assert!(left.detail.contains(&subject), "{}", left.detail);
    assert_eq!(done.reading.proof, Some(Proof::Arrived));
}

#[tokio::test]
async fn where_others_are_marked_or_gmail_keeps_a_copy_the_message_goes_to_the_deleted_ones() {
    let first = message();
    let others = "
        C: A10 UID SEARCH DELETED
        S: * SEARCH 4
        S: A10 OK
        C: A11 UID MOVE 9 \"Trash\"
        S: * OK [COPYUID 1 9 1] moved
        S: A11 OK
        C: A12 LOGOUT
    ";
    let script = found("MOVE", &first, others);
    let done = both(&smtp(ACCEPTED), &script, first, SOON).await;
    passed(&done.reading);
    let detail = &check(&done.reading, Remove).detail;
    assert!(detail.contains("moved to “Trash”"), "{detail}");

    let second = message();
    let moved = "C: A10 UID MOVE 9 \"Trash\"\nS: A10 OK\nC: A11 LOGOUT";
    let script = found("UIDPLUS MOVE X-GM-EXT-1", &second, moved);
    let done = both(&smtp(ACCEPTED), &script, second, SOON).await;
    passed(&done.reading);
}

#[tokio::test]
async fn a_message_that_cannot_be_deleted_is_named_and_the_mailbox_works_all_the_same() {
    for (answer, says) in [
        (
            "S: A10 NO [NOPERM] read only",
            Some("NO [NOPERM] read only"),
        ),
        ("CLOSE", None),
        ("S: * BYE later\nCLOSE", Some("BYE later")),
    ] {
        let message = message();
        let subject = message.subject();
        let store = "C: A10 UID STORE 9 +FLAGS.SILENT (\\Deleted)";
        let script = found("UIDPLUS", &message, &format!("{store}\n{answer}"));
        let done = both(&smtp(ACCEPTED), &script, message, SOON).await;
        let left = check(&done.reading, Remove);
        assert_eq!(left.outcome, Outcome::Unchecked, "{answer}");
        assert_eq!(left.server_says.as_deref(), says, "{answer}");
        assert!(left.detail.contains(&subject), "{}", left.detail);
        assert_eq!(done.reading.proof, Some(Proof::Arrived));
    }
}

#[tokio::test]
async fn a_message_that_never_comes_is_a_failure_of_its_own() {
    let message = message();
    let looks = [
        "C: A6 NOOP\nS: A6 OK",
        &search(7, &message, ""),
        "C: A8 SELECT \"Junk\"\nS: A8 OK",
        &search(9, &message, ""),
    ]
    .concat();
    let subject = message.subject();
    let done = both(&smtp(ACCEPTED), &imap("UIDPLUS", &looks), message, NEVER).await;
    assert_eq!(done.sending.proof, Some(Proof::Message));
    let evidence = failed(&done.reading, Arrived);
    assert_eq!(evidence.fault, Some(Fault::NotArrived));
    assert_eq!(done.reading.proof, Some(Proof::Login));
    let detail = &check(&done.reading, Arrived).detail;
    assert!(detail.contains(&subject), "{detail}");
}

#[tokio::test]
async fn a_refused_message_keeps_the_servers_words_and_nobody_looks_for_it() {
    let denied = "554 5.2.252 SendAsDenied; erp@firma.nl not allowed to send as info@firma.nl";
    for (answer, code, words) in [
        (
            format!("S: 354 go\nMAIL\nS: {denied}"),
            SmtpCode {
                basic: 554,
                enhanced: Some((5, 2, 252)),
            },
            denied,
        ),
        (
            "S: 550 5.7.60 SMTP; Client does not have permissions to send as this sender".into(),
            SmtpCode {
                basic: 550,
                enhanced: Some((5, 7, 60)),
            },
            "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        ),
        (
            // A success that is not the one that DATA needs.
            "S: 250 ok".into(),
            SmtpCode {
                basic: 250,
                enhanced: None,
            },
            "250 ok",
        ),
    ] {
        let imap = imap("UIDPLUS", "C: A6 LOGOUT");
        let done = both(&smtp(&answer), &imap, message(), SOON).await;
        let evidence = failed(&done.sending, Message);
        assert_eq!(evidence.smtp, Some(code));
        assert_eq!(evidence.text, words);
        assert_eq!(done.sending.proof, Some(Proof::Envelope));
        for id in [Arrived, Remove] {
            let skipped = check(&done.reading, id);
            assert_eq!(skipped.outcome, Outcome::Skipped);
            assert_eq!(skipped.detail, "Skipped because no message was sent.");
        }
    }
}

/// Whoever loses the connection while the server takes the message does not know whether it was taken: it is looked
/// for all the same, so that nothing is left behind.
#[tokio::test]
async fn a_connection_that_breaks_at_the_last_dot_does_not_leave_the_message_behind() {
    let message = message();
    let script = found(
        "UIDPLUS",
        &message,
        "C: A10 UID STORE 9 +FLAGS.SILENT (\\Deleted)\nS: A10 OK
         C: A11 UID EXPUNGE 9\nS: A11 OK
         C: A12 LOGOUT",
    );
    let done = both(&smtp("S: 354 go\nMAIL\nCLOSE"), &script, message, SOON).await;
    let evidence = failed(&done.sending, Message);
    assert_eq!(evidence.fault, Some(Fault::Closed));
    passed(&done.reading);
}

const POP3_START: &str = "
    TLS
    S: +OK ready.
    C: CAPA
    S: +OK
    S: SASL XOAUTH2
    S: .
    C: AUTH XOAUTH2
    S: +
";

fn pop3(rest: &str) -> String {
    format!("{POP3_START}\nC: {}\nS: +OK in\n{rest}", xoauth2())
}

/// The ladder of a POP3 server and the looks after it, towards a server whose sessions follow these scripts.
async fn over_pop3(message: TestMessage, sessions: &[&str], patience: Patience) -> Ladder {
    let world = World::new();
    let (sender, reader) = (
        world.server(&[&smtp(ACCEPTED)]).await,
        world.server(sessions).await,
    );
    let (send, find) = Errand::there_and_back(message, patience);
    let credential = Credential::OAuth(Secret::new(TOKEN));
    let to_smtp = target(Protocol::Smtp, sender.port, Security::Tls);
    let to_pop3 = target(Protocol::Pop3, reader.port, Security::Tls);
    let (sending, reading) = tokio::join!(
        world.climb_for(&to_smtp, &credential, send),
        world.climb_for(&to_pop3, &credential, find)
    );
    passed(&sending);
    reader.check();
    reading
}

const FIRST: &str = "C: STAT\nS: +OK 1 100\nC: LIST 1\nS: +OK 1 100\nC: QUIT\nS: +OK";
const OTHER: &str = "S: +OK\nS: Subject: something else\nS: .\n";

#[tokio::test]
async fn pop3_looks_in_sessions_of_its_own_and_deletes_by_number() {
    let message = message();
    let ours = format!(
        "S: +OK\nS: x-mailwright-test: {}\nS:\nS: .\n",
        message.token()
    );
    let first = pop3(FIRST);
    let busy = format!("{POP3_START}\nC: {}\nS: -ERR [IN-USE] locked", xoauth2());
    let nothing = pop3(&format!(
        "C: STAT\nS: +OK 1 100\nC: TOP 1 0\n{OTHER}C: QUIT\nS: +OK"
    ));
    let there = pop3(&format!(
        "C: STAT\nS: +OK 2 300\nC: TOP 2 0\n{ours}C: TOP 1 0\n{OTHER}C: DELE 2\nS: +OK\nC: QUIT\nS: +OK"
    ));
    let sessions = [&*first, &busy, &nothing, &there];
    let ladder = over_pop3(message, &sessions, SOON).await;
    passed(&ladder);
    assert_eq!(ladder.proof, Some(Proof::Arrived));
}

#[tokio::test]
async fn pop3_without_top_or_without_the_message_says_so() {
    let first = pop3(FIRST);
    let no_top = pop3("C: STAT\nS: +OK 1 100\nC: TOP 1 0\nS: -ERR what?");
    let ladder = over_pop3(message(), &[&first, &no_top], SOON).await;
    for id in [Arrived, Remove] {
        assert_eq!(check(&ladder, id).outcome, Outcome::Unchecked, "{id:?}");
    }
    let nothing = pop3("C: STAT\nS: +OK 0 0\nC: QUIT\nS: +OK");
    let ladder = over_pop3(message(), &[&first, &nothing], NEVER).await;
    assert_eq!(failed(&ladder, Arrived).fault, Some(Fault::NotArrived));
    let refused = format!("{POP3_START}\nC: {}\nS: -ERR [AUTH] no", xoauth2());
    let ladder = over_pop3(message(), &[&first, &refused], SOON).await;
    let evidence = failed(&ladder, Arrived);
    assert_eq!(evidence.response_code.as_deref(), Some("AUTH"));
}

#[tokio::test]
async fn pop3_headers_have_limits() {
    let first = pop3(FIRST);
    let endless = pop3("C: STAT\nS: +OK 1 100\nC: TOP 1 0\nS: +OK\nFLOOD X: y\\r\\n");
    let ladder = over_pop3(message(), &[&first, &endless], SOON).await;
    assert_eq!(failed(&ladder, Arrived).fault, Some(Fault::Malformed));
}
