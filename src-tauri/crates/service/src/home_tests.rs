use mailwright_domain::{CheckId, Uses};

use super::*;
use crate::MailboxFields;
use crate::samples::{Sample, failed, passed};

fn words(sample: &Sample) -> (String, String) {
    let mut home = sample.service.home().unwrap();
    let line = home.mailboxes.remove(0);
    (line.sending, line.reading)
}

fn pair(sending: &str, reading: &str) -> (String, String) {
    (sending.to_owned(), reading.to_owned())
}

fn fine() -> Vec<mailwright_domain::Check> {
    vec![
        passed(CheckId::Token, None),
        passed(CheckId::Inbox, Some(Protocol::Imap)),
        passed(CheckId::Envelope, Some(Protocol::Smtp)),
    ]
}

#[tokio::test]
async fn sending_and_reading_follow_from_the_last_test() {
    let sample = Sample::new();
    let registration = sample.registration("ERP").await;
    let mailbox = sample.mailbox("orders@firma.nl", &registration).await;
    assert_eq!(words(&sample), pair("unchecked", "unchecked"));
    let grant = sample.grant(&registration, "orders@firma.nl").await;
    sample.signed_in(&mailbox, &grant);
    assert_eq!(words(&sample), pair("unchecked", "unchecked"));

    sample.report(mailbox.id, Status::Working, fine());
    assert_eq!(words(&sample), pair("proven", "proven"));
    let mut partly = fine();
    partly[2] = failed(CheckId::Envelope, Some(Protocol::Smtp), "Sending is off.");
    partly.push(failed(CheckId::Renew, None, "It was not renewed."));
    sample.report(mailbox.id, Status::PartlyWorking, partly);
    assert_eq!(words(&sample), pair("failed", "proven"));
    let page = sample.service.mailbox_page("orders@firma.nl").unwrap();
    assert_eq!(page.home.problem.unwrap().what, "Sending is off.");
    assert_eq!(page.report.unwrap().status, "partly-working");
    assert_eq!(page.registration_id, Some(registration));
    assert_eq!(page.details.line, page.home.line);
}

#[tokio::test]
async fn a_test_of_a_part_leaves_the_other_part_as_it_was() {
    let sample = Sample::new();
    let registration = sample.registration("ERP").await;
    let mailbox = sample.mailbox("orders@firma.nl", &registration).await;
    let grant = sample.grant(&registration, "orders@firma.nl").await;
    sample.signed_in(&mailbox, &grant);
    sample.report(mailbox.id, Status::Working, fine());
    let reading = vec![failed(CheckId::Inbox, Some(Protocol::Imap), "It is off.")];
    sample.report(mailbox.id, Status::Working, reading);
    assert_eq!(words(&sample), pair("proven", "failed"));
}

#[tokio::test]
async fn what_was_found_before_a_change_is_not_known_any_more() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let mailbox = sample.mailbox("orders@firma.nl", &registration).await;
    let grant = sample.grant(&registration, "orders@firma.nl").await;
    sample.signed_in(&mailbox, &grant);
    sample.report(mailbox.id, Status::Working, fine());
    let change = |fields: MailboxFields| async move {
        std::thread::sleep(std::time::Duration::from_millis(3));
        let _ = service
            .change_mailbox("orders@firma.nl", &fields)
            .await
            .unwrap();
    };
    change(MailboxFields {
        name: Some("Orders".to_owned()),
        ..MailboxFields::default()
    })
    .await;
    assert_eq!(
        words(&sample),
        pair("proven", "proven"),
        "a name proves nothing"
    );
    change(MailboxFields {
        smtp: Some("other.firma.nl".to_owned()),
        ..MailboxFields::default()
    })
    .await;
    assert_eq!(words(&sample), pair("unchecked", "unchecked"));
    assert_eq!(service.home().unwrap().mailboxes[0].problem, None);
    let old = service.mailbox_page("orders@firma.nl").unwrap();
    assert!(old.report.is_some(), "it can still be read");
    change(MailboxFields {
        send: Some(false),
        ..MailboxFields::default()
    })
    .await;
    assert_eq!(words(&sample), pair("off", "unchecked"));
}

#[tokio::test]
async fn a_sign_in_that_ended_is_the_problem() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let mailbox = sample.mailbox("orders@firma.nl", &registration).await;
    let other = sample.mailbox("sales@firma.nl", &registration).await;
    let grant = sample.grant(&registration, "orders@firma.nl").await;
    for mailbox in [&mailbox, &other] {
        sample.signed_in(mailbox, &grant);
    }
    let page = service.mailbox_page("orders@firma.nl").unwrap();
    assert_eq!(page.shares_sign_in_with, ["sales@firma.nl"]);
    sample.report(mailbox.id, Status::Working, fine());
    service
        .store
        .grants()
        .mark_dead(grant.id, "entra-x")
        .unwrap();
    assert_eq!(words(&sample), pair("unchecked", "unchecked"));
    let problem = service.home().unwrap().mailboxes.remove(0).problem.unwrap();
    assert_eq!(problem.who, "you");
    assert_eq!(problem.code, crate::Code::NeedsSignIn);
}

#[tokio::test]
async fn the_plan_is_what_a_test_reports() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let _ = sample.mailbox("orders@firma.nl", &registration).await;
    let plan = service
        .test_plan("orders@firma.nl", &crate::TestOptions::default())
        .unwrap();
    let (events, _) = tokio::sync::mpsc::unbounded_channel();
    let report = service
        .test("orders@firma.nl", &crate::TestOptions::default(), events)
        .await
        .unwrap();
    let made = report.checks.into_iter().map(|c| (c.id, c.protocol));
    let mut planned: Vec<_> = plan.into_iter().map(|c| (c.id, c.protocol)).collect();
    let last = planned.pop().unwrap();
    assert_eq!(
        last,
        ("renew".to_owned(), None),
        "left out where nobody is signed in"
    );
    assert_eq!(made.collect::<Vec<_>>(), planned);
}

#[tokio::test]
async fn settings_on_a_screen_are_tested_and_neither_they_nor_the_report_are_saved() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let saved = sample.mailbox("orders@firma.nl", &registration).await;
    let tested = |fields| crate::TestOptions {
        only: vec![Protocol::Smtp],
        change: Some(fields),
        ..crate::TestOptions::default()
    };
    let options = tested(crate::MailboxFields {
        smtp: Some("127.0.0.1:1:tls".to_owned()),
        ..crate::MailboxFields::default()
    });
    let shown = service.to_test("orders@firma.nl", &options).unwrap();
    assert_eq!(shown.endpoint(Protocol::Smtp).unwrap().port, 1);
    let (events, _) = tokio::sync::mpsc::unbounded_channel();
    let report = service.test("orders@firma.nl", &options, events).await;
    assert_eq!(report.unwrap().error_id, None);
    assert_eq!(service.find_mailbox("orders@firma.nl").unwrap(), saved);
    assert!(service.store.reports().latest(saved.id).unwrap().is_none());
    // Nobody else's sign-in is tried in passing.
    let other = tested(crate::MailboxFields {
        sign_in_name: Some("bob@firma.nl".to_owned()),
        ..crate::MailboxFields::default()
    });
    let refused = service.to_test("orders@firma.nl", &other).unwrap_err();
    assert!(
        refused.message.contains("Save that first"),
        "{}",
        refused.message
    );
}

#[tokio::test]
async fn permissions_follow_from_the_purpose() {
    let sample = Sample::new();
    let _ = sample.registration("ERP").await;
    let uses = |smtp, imap| Uses {
        imap,
        smtp,
        pop3: false,
        graph: false,
        graph_for_others: false,
        gmail: false,
    };
    let meanings = |send, receive| -> Vec<String> {
        let all = sample
            .service
            .permissions("ERP", uses(send, receive))
            .unwrap();
        let mut meanings: Vec<String> = all.into_iter().map(|p| p.meaning).collect();
        meanings.dedup();
        meanings
    };
    assert_eq!(
        meanings(true, false),
        ["identity", "stay-signed-in", "send"]
    );
    assert_eq!(
        meanings(false, true),
        ["identity", "stay-signed-in", "read"]
    );
    assert_eq!(meanings(true, true).len(), 4);
    assert_eq!(
        sample
            .service
            .permissions("X", uses(true, true))
            .unwrap_err()
            .code,
        crate::Code::NotFound
    );
}

#[tokio::test]
async fn reading_with_both_is_as_good_as_the_worse_of_the_two() {
    let sample = Sample::new();
    let registration = sample.registration("ERP").await;
    let mailbox = sample.mailbox("orders@firma.nl", &registration).await;
    let both = MailboxFields {
        pop3: Some("mail.firma.nl:995:tls".to_owned()),
        ..MailboxFields::default()
    };
    let changed = sample
        .service
        .change_mailbox("orders@firma.nl", &both)
        .await;
    changed.unwrap();
    let mailbox = sample
        .service
        .find_mailbox(&mailbox.id.to_string())
        .unwrap();
    let grant = sample.grant(&registration, "orders@firma.nl").await;
    sample.signed_in(&mailbox, &grant);
    let pop3 = |check: mailwright_domain::Check| [fine(), vec![check]].concat();
    sample.report(mailbox.id, Status::Working, fine());
    assert_eq!(
        words(&sample),
        pair("proven", "unchecked"),
        "POP3 was not tested"
    );
    let opened = pop3(passed(CheckId::Inbox, Some(Protocol::Pop3)));
    sample.report(mailbox.id, Status::Working, opened);
    assert_eq!(words(&sample), pair("proven", "proven"));
    let refused = pop3(failed(CheckId::Inbox, Some(Protocol::Pop3), "It is off."));
    sample.report(mailbox.id, Status::PartlyWorking, refused);
    assert_eq!(words(&sample), pair("proven", "failed"));
    // Without POP3 what was found of IMAP stands.
    let none = MailboxFields {
        pop3: Some(String::new()),
        ..MailboxFields::default()
    };
    let changed = sample
        .service
        .change_mailbox("orders@firma.nl", &none)
        .await;
    changed.unwrap();
    let line = sample.service.mailbox("orders@firma.nl").unwrap().line;
    assert_eq!(line.protocols, ["imap", "smtp"]);
}
