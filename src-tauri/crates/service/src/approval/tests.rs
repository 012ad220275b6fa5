use mailwright_domain::{Evidence, Stage};

use super::*;
use crate::samples::{Sample, registration};
use crate::{NewRegistration, SecretChange};

const ANNA: &str = "anna@firma.nl";

/// What a sign-in is told by Entra where only administrators may consent.
fn needs_admin() -> Failure {
    Failure::diagnosed(&Evidence {
        error_codes: vec![90094],
        oauth_error: Some("access_denied".to_owned()),
        provider: Some(Provider::Microsoft),
        ..Evidence::at(Stage::OauthAuthorize)
    })
}

fn status(sample: &Sample, address: &str) -> Status {
    sample.service.find_mailbox(address).unwrap().status
}

#[tokio::test]
async fn the_message_has_everything_and_nothing_else_is_asked_for() {
    let sample = Sample::new();
    let erp = sample.registration("ERP mail").await;
    sample.mailbox(ANNA, &erp).await;
    let info = sample
        .service
        .approval(ApprovalOf::Mailbox(ANNA))
        .await
        .unwrap();
    let link = info.link.unwrap();
    assert!(
        link.starts_with("https://login.microsoftonline.com/firma.nl/v2.0/adminconsent?"),
        "{link}"
    );
    for part in [
        "ERP mail",
        crate::samples::CLIENT_ID,
        &link,
        "Send mail as the person who signs in: https://outlook.office.com/SMTP.Send",
        "Read mail of the person who signs in: https://outlook.office.com/IMAP.AccessAsUser.All",
        "Stay signed in until somebody signs out: offline_access",
        "approving covers no others",
        "anna@firma.nl signs in once",
    ] {
        assert!(info.message.contains(part), "{part}: {}", info.message);
    }
    assert_eq!(info.subject, "Approve “ERP mail” for firma.nl, once");
    assert_eq!(
        (&*info.status, info.waiting.len()),
        ("waiting-for-you", 0),
        "nobody has said that it is needed"
    );

    // Its purpose decides what is asked for.
    let fields = crate::MailboxFields {
        receive: Some(false),
        ..crate::MailboxFields::default()
    };
    sample.service.change_mailbox(ANNA, &fields).await.unwrap();
    for of in [
        ApprovalOf::Mailbox(ANNA),
        ApprovalOf::Registration("ERP mail"),
    ] {
        let info = sample.service.approval(of).await.unwrap();
        assert!(!info.message.contains("IMAP"), "{}", info.message);
        assert!(!info.link.unwrap().contains("IMAP"));
    }
}

#[tokio::test]
async fn google_has_a_list_instead_of_a_link() {
    let sample = Sample::new();
    let google = NewRegistration {
        provider: Provider::Google,
        tenant: None,
        client_id: Some("1234-abc.apps.googleusercontent.com".to_owned()),
        ..registration("Shop mail")
    };
    sample.service.add_registration(google).await.unwrap();
    let of = ApprovalOf::Registration("Shop mail");
    let info = sample.service.approval(of).await.unwrap();
    assert_eq!(info.link, None);
    assert_eq!(
        info.console.as_deref(),
        Some("https://admin.google.com/ac/owl")
    );
    for part in [
        "“Trusted”",
        "1234-abc.apps.googleusercontent.com",
        "Manage third-party app access",
        "Read and send mail of the person who signs in: https://mail.google.com/",
    ] {
        assert!(info.message.contains(part), "{part}: {}", info.message);
    }
    let (events, _) = tokio::sync::mpsc::unbounded_channel();
    let limit = std::time::Duration::from_secs(1);
    let refused = sample.service.approve_here(of, limit, &events).await;
    assert_eq!(refused.unwrap_err().code, Code::Usage);
}

#[tokio::test]
async fn a_mailbox_waits_until_there_is_proof() {
    let sample = Sample::new();
    let erp = sample.registration("ERP mail").await;
    let anna = sample.mailbox(ANNA, &erp).await;
    let service = &sample.service;
    let of = ApprovalOf::Mailbox(ANNA);
    let found = |id: &str| service.find_registration(id).unwrap();

    // Another refusal is none that an approval ends.
    let declined = Failure::new(Code::NeedsSignIn, "Somebody chose “Cancel”.");
    service.note_refused(&found(&erp), Some(&anna), &declined);
    assert_eq!(status(&sample, ANNA), Status::WaitingForYou);

    service.note_refused(&found(&erp), Some(&anna), &needs_admin());
    assert_eq!(status(&sample, ANNA), Status::WaitingForAdmin);
    let info = service.approval(of).await.unwrap();
    assert_eq!(info.waiting, [ANNA]);
    assert!(info.needed_at.is_some());

    // Nobody is signed in: there is nothing to try, so nothing is known and nothing changes.
    let info = service.check_approval(of).await.unwrap();
    assert_eq!(
        (&*info.status, info.found.as_deref()),
        ("waiting-for-admin", Some("unseen"))
    );
    // Neither by settings that have nothing to do with it, nor by a test.
    let fields = crate::MailboxFields {
        name: Some("Orders".to_owned()),
        ..crate::MailboxFields::default()
    };
    service.change_mailbox(ANNA, &fields).await.unwrap();
    assert_eq!(status(&sample, ANNA), Status::WaitingForAdmin);

    // An administrator approved here: now it is the person's turn.
    let approval = Approval {
        approved_at: Some(Timestamp::now()),
        ..service.store.approvals().of(found(&erp).id).unwrap()
    };
    let approvals = service.store.approvals();
    approvals.save(found(&erp).id, &approval, None).unwrap();
    service.check_all_approvals().await.unwrap();
    assert_eq!(status(&sample, ANNA), Status::WaitingForYou);
    assert_eq!(approvals.waits().unwrap(), []);

    // Needed again, for more: the approval of then does not count.
    service.note_refused(&found(&erp), Some(&anna), &needs_admin());
    let info = service.check_approval(of).await.unwrap();
    assert_eq!(info.status, "waiting-for-admin");

    // Somebody signs in.
    let grant = sample.grant(&erp, ANNA).await;
    sample.signed_in(&anna, &grant);
    service.note_signed_in(&found(&erp), grant.id);
    assert_eq!(status(&sample, ANNA), Status::NotStarted);
    assert_eq!(approvals.waits().unwrap(), []);
    assert_eq!(service.approval(of).await.unwrap().needed_at, None);
}

#[tokio::test]
async fn what_works_goes_on_working() {
    let sample = Sample::new();
    let erp = sample.registration("ERP mail").await;
    let anna = sample.mailbox(ANNA, &erp).await;
    let grant = sample.grant(&erp, ANNA).await;
    sample.signed_in(&anna, &grant);
    let service = &sample.service;
    let set = |status| service.store.mailboxes().set_status(anna.id, status);
    set(Status::Working).unwrap();
    let registration = service.find_registration(&erp).unwrap();
    service.note_refused(&registration, Some(&anna), &needs_admin());
    assert_eq!(
        status(&sample, ANNA),
        Status::Working,
        "a new sign-in was refused; the one that is there is as good as it was"
    );
    // The registration is waited for all the same, as for somebody who sets up the first mailbox.
    let info = service.approval(ApprovalOf::Registration(&erp)).await;
    assert_eq!(info.unwrap().status, "waiting-for-admin");

    service.note_renewal_refused(grant.id, &needs_admin());
    assert_eq!(status(&sample, ANNA), Status::WaitingForAdmin);
}

#[tokio::test]
async fn what_a_person_chose_is_there_after_a_restart() {
    let sample = Sample::new();
    let erp = sample.registration("ERP mail").await;
    sample.mailbox(ANNA, &erp).await;
    let service = &sample.service;
    let of = ApprovalOf::Mailbox(ANNA);
    service
        .note_approval(of, ApprovalStep::Needed)
        .await
        .unwrap();
    service.note_approval(of, ApprovalStep::Ask).await.unwrap();
    service
        .note_approval(of, ApprovalStep::Copied)
        .await
        .unwrap();
    let again = service.approval(of).await.unwrap();
    assert_eq!(again.status, "waiting-for-admin");
    assert_eq!(
        (again.way.as_deref(), again.asked_by.as_deref()),
        (Some("ask"), Some("copied"))
    );
    assert!(again.asked_at.is_some());
    service
        .note_approval(of, ApprovalStep::Administrator)
        .await
        .unwrap();
    let info = service.approval(of).await.unwrap();
    assert_eq!(info.way.as_deref(), Some("administrator"));

    // Another registration is another approval.
    let shop = sample.registration("Shop mail").await;
    let fields = crate::MailboxFields {
        registration: Some(shop.clone()),
        ..crate::MailboxFields::default()
    };
    service.change_mailbox(ANNA, &fields).await.unwrap();
    let info = service.approval(of).await.unwrap();
    assert_eq!((&*info.status, info.way), ("waiting-for-you", None));
}

#[tokio::test]
async fn an_approval_goes_with_its_registration() {
    let sample = Sample::new();
    let erp = sample.registration("ERP mail").await;
    let of = ApprovalOf::Registration("ERP mail");
    let service = &sample.service;
    service
        .note_approval(of, ApprovalStep::Needed)
        .await
        .unwrap();
    let change = crate::RegistrationChange {
        name: Some("ERP".to_owned()),
        secret: SecretChange::Keep,
        ..crate::RegistrationChange::default()
    };
    service.change_registration(&erp, change).await.unwrap();
    let info = service.approval(ApprovalOf::Registration("ERP")).await;
    assert_eq!(info.unwrap().status, "waiting-for-admin");
    service.remove_registration("ERP").await.unwrap();
    assert_eq!(service.approval(of).await.unwrap_err().code, Code::NotFound);
}
