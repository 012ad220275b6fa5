use std::time::Duration;

use mailwright_domain::{
    Check, CheckId, Evidence, Fault, Outcome, Proof, Protocol, Stage, Status, Verdict, Who,
};
use uuid::Uuid;

use super::*;
use crate::samples::{history, mailbox, store, time};

fn report(mailbox: MailboxId, started: &str) -> Report {
    let evidence = Evidence::fault(Stage::Tcp, Fault::TimedOut, "geen antwoord “é”");
    let verdict = Verdict {
        id: "firewall".to_owned(),
        title: "Nothing answers".to_owned(),
        what: "…".to_owned(),
        still_works: Some("Reading works.".to_owned()),
        who: Who::Network,
        steps: vec!["Open port 587.".to_owned()],
        link: None,
        command: None,
        reverse: None,
        source: "RFC 6409".to_owned(),
        checked_on: "2026-11-20".to_owned(),
        matched: None,
        sign_in_helps: false,
        try_later: true,
    };
    Report {
        mailbox,
        started: time(started),
        took: Duration::from_millis(1_234),
        status: Status::PartlyWorking,
        proof: Some(Proof::Envelope),
        checks: vec![
            Check {
                id: CheckId::Token,
                protocol: None,
                outcome: Outcome::Passed,
                took: Duration::from_micros(1_500),
                detail: "fresh".to_owned(),
                about: None,
                server_says: None,
                evidence: None,
                verdict: None,
            },
            Check {
                id: CheckId::Connect,
                protocol: Some(Protocol::Smtp),
                outcome: Outcome::Failed,
                took: Duration::from_secs(10),
                detail: "no answer".to_owned(),
                about: None,
                server_says: Some("421 later".to_owned()),
                evidence: Some(Box::new(evidence)),
                verdict: Some(Box::new(verdict)),
            },
        ],
    }
}

#[test]
fn a_report_reads_back_whole_and_the_latest_is_the_one_that_began_last() {
    let (_dir, store) = store();
    let mailbox = mailbox("orders@firma.nl");
    store.mailboxes().insert(&mailbox).unwrap();
    assert_eq!(store.reports().latest(mailbox.id), Ok(None));

    let early = Report {
        proof: None,
        ..report(mailbox.id, "2026-11-20T10:00:00Z")
    };
    let late = report(mailbox.id, "2026-11-20T10:00:00.5Z");
    store.reports().save(&late).unwrap();
    store.reports().save(&early).unwrap();
    assert_eq!(store.reports().latest(mailbox.id), Ok(Some(late.clone())));
    assert_eq!(
        store.reports().list(mailbox.id, 10),
        Ok(vec![late.clone(), early])
    );
    assert_eq!(store.reports().list(mailbox.id, 1), Ok(vec![late]));

    let last = history(&store).pop().unwrap().what;
    assert_eq!(last.what, "report-saved");
    assert_eq!(last.after.unwrap()["status"], "partly-working");
}

#[test]
fn a_report_needs_its_mailbox_and_goes_with_it() {
    let (_dir, store) = store();
    let stray = report(MailboxId(Uuid::nil()), "2026-11-20T10:00:00Z");
    assert!(matches!(
        store.reports().save(&stray),
        Err(StoreError::NotFound { .. })
    ));
    let mailbox = mailbox("orders@firma.nl");
    store.mailboxes().insert(&mailbox).unwrap();
    store
        .reports()
        .save(&report(mailbox.id, "2026-11-20T10:00:00Z"))
        .unwrap();
    store.mailboxes().delete(mailbox.id).unwrap();
    assert_eq!(store.reports().list(mailbox.id, 10), Ok(Vec::new()));
}
