use mailwright_domain::{Protocol, Status};

use super::*;
use crate::samples::{SMTP_SCOPE, Sample, form};

fn only(sample: &Sample) -> Mailbox {
    let mut all = sample.service.store.mailboxes().list().unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn what_was_typed_is_kept_right_or_wrong() {
    let sample = Sample::new();
    let service = &sample.service;
    let mut typed = SetupForm {
        address: " anna@ ".to_owned(),
        ..SetupForm::default()
    };
    let begun = service.save_setup(None, "address", &typed).unwrap();
    assert_eq!((begun.step.as_str(), &begun.mailbox), ("address", &None));
    typed.senders = vec![String::new(), "x y".to_owned()];
    typed.timeout = "soon".to_owned();
    let saved = service
        .save_setup(Some(&begun.id), "confirm", &typed)
        .unwrap();
    assert_eq!(
        (saved.id.as_str(), &saved.form),
        (begun.id.as_str(), &typed)
    );
    assert_eq!(saved.started, begun.started);
    assert!(saved.changed > begun.changed);
    assert_eq!(service.setup(&begun.id).unwrap(), saved);

    let failure = service.save_setup(None, "nowhere", &typed).unwrap_err();
    assert_eq!(failure.code, Code::Usage);
    for id in ["", "no id", "00000000-0000-4000-8000-000000000000"] {
        let failure = service.save_setup(Some(id), "address", &typed).unwrap_err();
        assert_eq!(failure.code, Code::NotFound);
    }
    assert_eq!(service.home().unwrap().setups, [saved]);
}

#[tokio::test]
async fn a_confirmed_form_becomes_a_mailbox_and_the_sign_in_is_next() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let entered = SetupForm {
        sender_name: "Firma B.V.".to_owned(),
        account_name: "Orders".to_owned(),
        senders: vec!["orders@firma.nl".to_owned(), "sales@firma.nl".to_owned()],
        timeout: "45".to_owned(),
        ..form("orders@firma.nl", &registration)
    };
    let setup = service.save_setup(None, "confirm", &entered).unwrap();
    let confirmed = service.confirm_setup(&setup.id, None).await.unwrap();
    let made = only(&sample);
    assert_eq!(confirmed.step, "sign-in");
    assert_eq!(confirmed.mailbox, Some(made.id.to_string()));
    assert_eq!(confirmed.form, entered, "the form stays as typed");
    assert_eq!(
        (made.account_name.as_str(), made.sender_name.as_str()),
        ("Orders", "Firma B.V.")
    );
    assert_eq!((made.senders.len(), made.timeout.as_secs()), (2, 45));
    let smtp = made.endpoint(Protocol::Smtp).unwrap();
    assert_eq!(smtp.to_string(), "mail.firma.nl:587:starttls");
    assert_eq!(made.status, Status::WaitingForYou);
    let home = service.home().unwrap();
    assert_eq!(home.setups, []);
    assert_eq!(home.mailboxes[0].setup, Some(setup.id.clone()));
    let _ = service.save_setup(Some(&setup.id), "done", &entered);
    assert_eq!(service.home().unwrap().mailboxes[0].setup, None);
}

#[tokio::test]
async fn a_form_that_cannot_be_right_makes_nothing() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let good = form("orders@firma.nl", &registration);
    for (wrong, part) in [
        (
            SetupForm {
                address: "orders@firma".to_owned(),
                ..good.clone()
            },
            "“firma”",
        ),
        (
            SetupForm {
                registration: "gone".to_owned(),
                ..good.clone()
            },
            "“gone”",
        ),
        (
            SetupForm {
                senders: vec!["nobody".to_owned()],
                ..good.clone()
            },
            "“nobody”",
        ),
        (
            SetupForm {
                timeout: "soon".to_owned(),
                ..good.clone()
            },
            "“soon”",
        ),
        (
            SetupForm {
                smtp: crate::wire::ServerForm::default(),
                ..good.clone()
            },
            "server for sending",
        ),
    ] {
        let setup = service.save_setup(None, "confirm", &wrong).unwrap();
        let failure = service.confirm_setup(&setup.id, None).await.unwrap_err();
        assert!(failure.message.contains(part), "{}", failure.message);
        for flag in ["--", "mailwright "] {
            assert!(!failure.message.contains(flag), "{}", failure.message);
        }
        assert_eq!(service.setup(&setup.id).unwrap(), setup, "as it was");
    }
    assert_eq!(service.store.mailboxes().list(), Ok(Vec::new()));
    let taken = sample.mailbox("Orders@firma.nl", &registration).await;
    let setup = service.save_setup(None, "confirm", &good).unwrap();
    let failure = service.confirm_setup(&setup.id, None).await.unwrap_err();
    assert_eq!(failure.code, Code::Conflict);
    assert_eq!(only(&sample), taken);
}

#[tokio::test]
async fn confirming_again_changes_the_same_mailbox() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let mut entered = form("order@firma.nl", &registration);
    let setup = service.save_setup(None, "confirm", &entered).unwrap();
    let _ = service.confirm_setup(&setup.id, None).await.unwrap();
    let first = only(&sample);
    // A typing mistake in the address: nobody has signed in yet.
    entered.address = "orders@firma.nl".to_owned();
    let _ = service.save_setup(Some(&setup.id), "confirm", &entered);
    let _ = service.confirm_setup(&setup.id, None).await.unwrap();
    let mended = only(&sample);
    assert_eq!(mended.id, first.id);
    assert_eq!(mended.address.to_string(), "orders@firma.nl");
    assert_eq!(mended.sign_in_name, "orders@firma.nl");

    let grant = sample.grant(&registration, "orders@firma.nl").await;
    sample.signed_in(&mended, &grant);
    let again = service.confirm_setup(&setup.id, None).await.unwrap();
    assert_eq!(again.step, "checks", "still signed in");
    assert_eq!(only(&sample).grant, Some(grant.id));

    // Somebody else is to sign in: that is another sign-in.
    entered.who_signs_in = "other".to_owned();
    entered.sign_in_name = "anna@firma.nl".to_owned();
    let _ = service.save_setup(Some(&setup.id), "confirm", &entered);
    let other = service.confirm_setup(&setup.id, None).await.unwrap();
    assert_eq!(other.step, "sign-in");
    let other = only(&sample);
    assert_eq!((other.grant, other.status), (None, Status::WaitingForYou));
    assert_eq!(other.sign_in_name, "anna@firma.nl");
    assert!(!sample.has_secrets(grant.id.0));

    // Another address, now that somebody has signed in, is another mailbox.
    let grant = sample.grant(&registration, "anna@firma.nl").await;
    sample.signed_in(&other, &grant);
    entered.address = "sales@firma.nl".to_owned();
    let _ = service.save_setup(Some(&setup.id), "confirm", &entered);
    let _ = service.confirm_setup(&setup.id, None).await.unwrap();
    assert_eq!(service.mailboxes().unwrap().mailboxes.len(), 2);
}

#[tokio::test]
async fn a_sign_in_name_that_a_sign_in_told_stands() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let entered = SetupForm {
        who_signs_in: "shared".to_owned(),
        ..form("info@firma.nl", &registration)
    };
    let setup = service.save_setup(None, "confirm", &entered).unwrap();
    let _ = service.confirm_setup(&setup.id, None).await.unwrap();
    let made = only(&sample);
    assert_eq!(made.sign_in_name, "info@firma.nl", "nobody is named yet");
    let grant = sample.grant(&registration, "anna@firma.nl").await;
    let named = Mailbox {
        sign_in_name: "anna@firma.nl".to_owned(),
        smtp_login: "anna@firma.nl".to_owned(),
        ..made
    };
    sample.signed_in(&named, &grant);
    let again = service.confirm_setup(&setup.id, None).await.unwrap();
    assert_eq!(again.step, "checks");
    let kept = only(&sample);
    assert_eq!(
        (kept.grant, kept.sign_in_name.as_str()),
        (Some(grant.id), "anna@firma.nl")
    );
    assert_eq!(kept.smtp_login, "anna@firma.nl");
}

/// A set-up for which this person has signed in already.
async fn waiting(sample: &Sample, entered: &SetupForm, person: &str) -> (String, Grant) {
    let setup = sample.service.save_setup(None, "confirm", entered).unwrap();
    let grant = sample.grant(&entered.registration, person).await;
    let id = sample.service.find_setup(&setup.id).unwrap().id;
    let setups = sample.service.store.setups();
    setups.set_grant(id, Some(grant.id)).unwrap();
    (setup.id, grant)
}

#[tokio::test]
async fn a_sign_in_that_waits_is_used_where_it_fits() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let own = form("anna@firma.nl", &registration);
    let (setup, grant) = waiting(&sample, &own, "Anna@firma.nl").await;
    assert_eq!(
        service.setup(&setup).unwrap().signed_in_as.as_deref(),
        Some("Anna@firma.nl")
    );
    let confirmed = service.confirm_setup(&setup, None).await.unwrap();
    assert_eq!(
        (confirmed.step.as_str(), confirmed.signed_in_as),
        ("checks", None)
    );
    let made = only(&sample);
    assert_eq!(
        (made.grant, made.status),
        (Some(grant.id), Status::NotStarted)
    );
    service.end_setup(&setup).await.unwrap();
    assert!(sample.has_secrets(grant.id.0), "the mailbox has it now");

    let shared = SetupForm {
        who_signs_in: "shared".to_owned(),
        ..form("info@firma.nl", &registration)
    };
    let (setup, grant) = waiting(&sample, &shared, "bob@firma.nl").await;
    assert_eq!(
        service.confirm_setup(&setup, None).await.unwrap().step,
        "checks"
    );
    let made = service.find_mailbox("info@firma.nl").unwrap();
    assert_eq!(made.grant, Some(grant.id));
    assert_eq!(
        (made.sign_in_name.as_str(), made.smtp_login.as_str()),
        ("bob@firma.nl", "bob@firma.nl")
    );
}

#[tokio::test]
async fn a_sign_in_that_does_not_fit_waits_until_the_set_up_ends() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let entered = form("anna@firma.nl", &registration);
    let (setup, grant) = waiting(&sample, &entered, "bob@firma.nl").await;
    let confirmed = service.confirm_setup(&setup, None).await.unwrap();
    assert_eq!(confirmed.step, "sign-in");
    assert_eq!(confirmed.signed_in_as.as_deref(), Some("bob@firma.nl"));
    assert_eq!(only(&sample).grant, None);
    service.end_setup(&setup).await.unwrap();
    assert!(!sample.has_secrets(grant.id.0));
    assert_eq!(service.store.grants().by_id(grant.id), Ok(None));
    assert_eq!(only(&sample).grant, None, "the mailbox stays");
    service.end_setup(&setup).await.unwrap(); // it has ended already
    assert_eq!(service.setup(&setup).unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn a_sign_in_without_a_permission_that_is_needed_is_not_used() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let mut entered = form("anna@firma.nl", &registration);
    let (setup, grant) = waiting(&sample, &entered, "anna@firma.nl").await;
    let less = Grant {
        scopes: vec![SMTP_SCOPE.to_owned()],
        ..grant
    };
    service.store.grants().upsert(&less).unwrap();
    assert_eq!(
        service.confirm_setup(&setup, None).await.unwrap().step,
        "sign-in"
    );
    entered.receive = false;
    let _ = service.save_setup(Some(&setup), "confirm", &entered);
    assert_eq!(
        service.confirm_setup(&setup, None).await.unwrap().step,
        "checks"
    );
}

#[tokio::test]
async fn a_set_up_goes_with_its_mailbox() {
    let sample = Sample::new();
    let service = &sample.service;
    let registration = sample.registration("ERP").await;
    let entered = form("anna@firma.nl", &registration);
    let (setup, grant) = waiting(&sample, &entered, "bob@firma.nl").await;
    let made = service
        .confirm_setup(&setup, None)
        .await
        .unwrap()
        .mailbox
        .unwrap();
    let _ = service.take_off(&made).unwrap();
    assert_eq!(service.setup(&setup).unwrap_err().code, Code::NotFound);
    let _ = service.restore(&made).unwrap();
    assert!(service.setup(&setup).is_ok());
    let _ = service.take_off(&made).unwrap();
    service.forget(&made).await.unwrap();
    assert_eq!(service.store.setups().list(), Ok(Vec::new()));
    assert!(!sample.has_secrets(grant.id.0), "nothing waits for nobody");
}

#[tokio::test]
async fn a_password_comes_with_the_confirmation_and_stays_out_of_the_form() {
    let sample = Sample::new();
    let service = &sample.service;
    let entered = SetupForm {
        who_signs_in: "password".to_owned(),
        ..form("orders@firma.nl", "")
    };
    let setup = service.save_setup(None, "confirm", &entered).unwrap();
    let missing = service.confirm_setup(&setup.id, None).await.unwrap_err();
    assert!(missing.message.contains("password is missing"), "{missing}");
    assert!(service.mailboxes().unwrap().mailboxes.is_empty());
    let password = Secret::new("pw-canary");
    let confirmed = service.confirm_setup(&setup.id, Some(password)).await;
    let confirmed = confirmed.unwrap();
    assert_eq!(confirmed.step, "checks", "there is no sign-in");
    assert!(
        !serde_json::to_string(&confirmed)
            .unwrap()
            .contains("canary")
    );
    let made = only(&sample);
    assert!(made.has_password() && made.registration.is_none());
    assert_eq!(service.password(&made).await.unwrap().expose(), "pw-canary");
    // Confirmed again without one, the one that is there stays.
    let again = service.confirm_setup(&setup.id, None).await.unwrap();
    assert_eq!(again.step, "checks");
    assert_eq!(
        service.password(&only(&sample)).await.unwrap().expose(),
        "pw-canary"
    );
    // Somebody signs in instead: the password goes.
    let registration = sample.registration("ERP").await;
    let signed = form("orders@firma.nl", &registration);
    service
        .save_setup(Some(&setup.id), "confirm", &signed)
        .unwrap();
    let other = service.confirm_setup(&setup.id, None).await.unwrap();
    assert_eq!(other.step, "sign-in");
    assert!(!sample.has_secrets(made.id.0));
}
