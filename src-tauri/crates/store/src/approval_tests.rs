use super::*;
use crate::samples::{mailbox, registration, store, time, words};

#[test]
fn an_approval_comes_back_as_it_was_saved() {
    let (_dir, store) = store();
    let registration = registration("ERP mail");
    store.registrations().insert(&registration).unwrap();
    let approvals = store.approvals();
    assert_eq!(approvals.of(registration.id).unwrap(), Approval::default());
    let needed = Approval {
        needed_at: Some(time("2026-11-20T10:00:00Z")),
        cause: Some("entra-admin-consent-needed".to_owned()),
        ..Approval::default()
    };
    approvals
        .save(registration.id, &needed, Some("approval-needed"))
        .unwrap();
    let looked = Approval {
        way: Some("ask".to_owned()),
        looked_at: Some(time("2026-11-20T11:00:00.5Z")),
        found: Some("not-yet".to_owned()),
        ..needed
    };
    approvals.save(registration.id, &looked, None).unwrap();
    assert_eq!(approvals.of(registration.id).unwrap(), looked);
    assert_eq!(words(&store), ["registration-added", "approval-needed"]);
    store.registrations().delete(registration.id).unwrap();
    assert_eq!(approvals.of(registration.id).unwrap(), Approval::default());
}

#[test]
fn a_wait_has_its_status_and_begins_once() {
    let (_dir, store) = store();
    let erp = registration("ERP mail");
    let shop = registration("Shop mail");
    let anna = mailbox("anna@firma.nl");
    store.registrations().insert(&erp).unwrap();
    store.registrations().insert(&shop).unwrap();
    store.mailboxes().insert(&anna).unwrap();
    let wait = |registration: RegistrationId, since: &str| ApprovalWait {
        mailbox: anna.id,
        registration,
        since: time(since),
    };
    let approvals = store.approvals();
    let first = wait(erp.id, "2026-11-20T10:00:00Z");
    approvals.begin_wait(&first).unwrap();
    let again = wait(erp.id, "2026-11-21T10:00:00Z");
    approvals.begin_wait(&again).unwrap();
    assert_eq!(
        approvals.waits().unwrap(),
        [first],
        "it has waited since then"
    );
    let status = || store.mailboxes().by_id(anna.id).unwrap().unwrap().status;
    assert_eq!(status(), Status::WaitingForAdmin);
    let other = wait(shop.id, "2026-11-22T10:00:00Z");
    approvals.begin_wait(&other).unwrap();
    assert_eq!(
        approvals.waits().unwrap(),
        [other],
        "another one to wait for"
    );

    approvals
        .end_wait(anna.id, Some(Status::WaitingForYou))
        .unwrap();
    assert_eq!(approvals.waits().unwrap(), []);
    assert_eq!(status(), Status::WaitingForYou);
    approvals.end_wait(anna.id, None).unwrap();

    approvals.begin_wait(&other).unwrap();
    store.mailboxes().delete(anna.id).unwrap();
    assert_eq!(approvals.waits().unwrap(), [], "goes with its mailbox");
}

#[test]
fn a_wait_ends_with_its_status_however_that_changes() {
    let (_dir, store) = store();
    let erp = registration("ERP mail");
    let anna = mailbox("anna@firma.nl");
    store.registrations().insert(&erp).unwrap();
    store.mailboxes().insert(&anna).unwrap();
    let wait = |since: &str| ApprovalWait {
        mailbox: anna.id,
        registration: erp.id,
        since: time(since),
    };
    let approvals = store.approvals();
    approvals.begin_wait(&wait("2026-11-20T10:00:00Z")).unwrap();
    store
        .mailboxes()
        .set_status(anna.id, Status::Working)
        .unwrap();
    assert_eq!(approvals.waits().unwrap(), []);
    let again = wait("2026-11-25T10:00:00Z");
    approvals.begin_wait(&again).unwrap();
    assert_eq!(approvals.waits().unwrap(), [again], "it begins anew");
}
