use jiff::SignedDuration;
use mailwright_domain::{CheckId, Evidence, Fault, Protocol, Provider, Publishing, Stage};

use super::*;
use crate::samples::{Sample, passed, registration};
use crate::wire::Fix;
use crate::{Failure, NewRegistration, RegistrationChange, Secret};

/// The moment that everything here happens at.
fn now() -> Zoned {
    "2026-11-20T09:30:00+00:00[UTC]".parse().unwrap()
}

/// A registration with a secret that ends on this day.
async fn with_secret(sample: &Sample, name: &str, ends: &str) -> String {
    let new = NewRegistration {
        client_secret: Some(Secret::new("abc8Q~xyz.real-value_with~tilde")),
        secret_expires: Some(ends.to_owned()),
        ..registration(name)
    };
    sample.service.add_registration(new).await.unwrap().id
}

/// A mailbox that works, with a sign-in of this age in days.
async fn working(sample: &Sample, address: &str, registration: &str, age: i64) -> Mailbox {
    let mailbox = sample.mailbox(address, registration).await;
    let mut grant = sample.grant(registration, address).await;
    let then = Timestamp::from(&now()) - SignedDuration::from_hours(24 * age);
    grant.signed_in_at = then;
    grant.renewed_at = then;
    let grant = sample.service.store.grants().upsert(&grant).unwrap();
    sample.signed_in(&mailbox, &grant);
    sample
        .service
        .store
        .mailboxes()
        .set_status(mailbox.id, Status::Working)
        .unwrap();
    sample.service.find_mailbox(address).unwrap()
}

fn seen(sample: &Sample) -> Attention {
    sample.service.attention_at(&now()).unwrap()
}

fn addresses(fix: &Fix) -> Vec<&str> {
    fix.mailboxes.iter().map(|m| m.address.as_str()).collect()
}

/// Kind, action, days and addresses of each.
fn told(fixes: &[Fix]) -> Vec<(&str, &str, Option<i32>, Vec<&str>)> {
    fixes
        .iter()
        .map(|fix| (&*fix.kind, &*fix.action, fix.days, addresses(fix)))
        .collect()
}

#[tokio::test]
async fn one_secret_is_one_fix_for_all_that_use_it() {
    let sample = Sample::new();
    let erp = with_secret(&sample, "ERP mail", "2026-12-18").await;
    let shop = with_secret(&sample, "Shop mail", "2027-01-10").await;
    for address in ["anna@firma.nl", "info@firma.nl"] {
        working(&sample, address, &erp, 1).await;
    }
    let orders = working(&sample, "orders@firma.nl", &shop, 1).await;
    let all = seen(&sample);
    assert_eq!(
        told(&all.fixes),
        [(
            "secret",
            "replace-secret",
            Some(28),
            vec!["anna@firma.nl", "info@firma.nl"]
        )]
    );
    assert_eq!(all.fixes[0].within, Some(30));
    assert_eq!(all.fixes[0].status, "needs-attention");
    assert_eq!((all.mailboxes, all.working), (3, 1));
    let dates: Vec<_> = all
        .dates
        .iter()
        .map(|d| (&*d.kind, d.on.as_deref()))
        .collect();
    assert_eq!(
        dates[..2],
        [
            ("secret", Some("2026-12-18")),
            ("secret", Some("2027-01-10"))
        ]
    );
    assert_eq!(all.dates[1].within, Some(60));

    // It follows from the day and is saved nowhere.
    let shown = |address: &str| {
        let mailbox = sample.service.find_mailbox(address).unwrap();
        let shown = sample.service.shown_status_at(&mailbox, &now()).unwrap();
        (mailbox.status, shown)
    };
    assert_eq!(
        shown("anna@firma.nl"),
        (Status::Working, Status::NeedsAttention)
    );
    assert_eq!(shown("orders@firma.nl"), (Status::Working, Status::Working));
    let later = "2026-12-12T09:30:00+00:00[UTC]".parse().unwrap();
    let shown = sample.service.shown_status_at(&orders, &later).unwrap();
    assert_eq!(shown, Status::NeedsAttention);
}

#[tokio::test]
async fn a_secret_that_has_ended_and_what_failed_for_it_is_one_thing() {
    let sample = Sample::new();
    let erp = with_secret(&sample, "ERP mail", "2026-11-18").await;
    working(&sample, "anna@firma.nl", &erp, 1).await;
    let info = working(&sample, "info@firma.nl", &erp, 1).await;
    let ended = Failure::diagnosed(&Evidence {
        error_codes: vec![7_000_222],
        oauth_error: Some("invalid_client".to_owned()),
        provider: Some(Provider::Microsoft),
        ..Evidence::at(Stage::OauthToken)
    });
    let failed = mailwright_domain::Check {
        outcome: mailwright_domain::Outcome::Failed,
        verdict: Some(ended.into_verdict()),
        ..passed(CheckId::Token, None)
    };
    sample.report(info.id, Status::Stopped, vec![failed]);
    let all = seen(&sample);
    assert_eq!(
        told(&all.fixes),
        [(
            "secret",
            "replace-secret",
            Some(-2),
            vec!["anna@firma.nl", "info@firma.nl"]
        )]
    );
    assert_eq!(all.fixes[0].status, "stopped", "the worst of the two");
    assert_eq!(all.fixes[0].within, Some(0));
}

#[tokio::test]
async fn a_secret_that_ends_is_to_be_replaced_also_where_a_mailbox_waits_for_somebody() {
    let sample = Sample::new();
    let erp = with_secret(&sample, "ERP mail", "2026-11-18").await;
    working(&sample, "anna@firma.nl", &erp, 1).await;
    let info = sample.mailbox("info@firma.nl", &erp).await;
    let mailboxes = sample.service.store.mailboxes();
    mailboxes
        .set_status(info.id, Status::WaitingForAdmin)
        .unwrap();
    let all = seen(&sample);
    assert_eq!(
        told(&all.fixes),
        [(
            "secret",
            "replace-secret",
            Some(-2),
            vec!["anna@firma.nl", "info@firma.nl"]
        )]
    );
    assert_eq!(all.fixes[0].status, "needs-attention");
    assert!(all.waiting.iter().all(|fix| fix.kind == "approval"));
}

#[tokio::test]
async fn a_secret_that_must_not_be_sent_is_not_replaced() {
    let sample = Sample::new();
    let erp = sample.registration("ERP mail").await;
    let anna = working(&sample, "anna@firma.nl", &erp, 1).await;
    for (number, action) in [
        (7_000_215, "replace-secret"),
        (700_025, "open-registration"),
    ] {
        let refused = Failure::diagnosed(&Evidence {
            error_codes: vec![number],
            oauth_error: Some("invalid_client".to_owned()),
            provider: Some(Provider::Microsoft),
            ..Evidence::at(Stage::OauthToken)
        });
        let failed = mailwright_domain::Check {
            outcome: mailwright_domain::Outcome::Failed,
            verdict: Some(refused.into_verdict()),
            ..passed(CheckId::Token, None)
        };
        sample.report(anna.id, Status::Stopped, vec![failed]);
        assert_eq!(seen(&sample).fixes[0].action, action, "{number}");
    }
}

#[tokio::test]
async fn google_testing_and_the_rest_of_a_sign_ins_life() {
    let sample = Sample::new();
    let google = NewRegistration {
        provider: Provider::Google,
        tenant: None,
        client_id: Some("1-a.apps.googleusercontent.com".to_owned()),
        publishing: Some(Publishing::Testing),
        ..registration("Shop mail")
    };
    let shop = sample.service.add_registration(google).await.unwrap().id;
    working(&sample, "a@shop.nl", &shop, 2).await;
    working(&sample, "b@shop.nl", &shop, 4).await;
    let all = seen(&sample);
    assert_eq!(
        told(&all.fixes),
        [(
            "google-testing",
            "publish",
            Some(3),
            vec!["a@shop.nl", "b@shop.nl"]
        )],
        "the first of them decides"
    );
    let change = RegistrationChange {
        publishing: Some(Publishing::Production),
        ..RegistrationChange::default()
    };
    sample
        .service
        .change_registration(&shop, change)
        .await
        .unwrap();
    assert_eq!(told(&seen(&sample).fixes), []);

    let erp = sample.registration("ERP mail").await;
    let unused = working(&sample, "old@firma.nl", &erp, 70).await;
    let all = seen(&sample);
    assert_eq!(
        told(&all.fixes),
        [("inactivity", "test", Some(20), vec!["old@firma.nl"])]
    );
    assert_eq!(all.fixes[0].person.as_deref(), Some("old@firma.nl"));

    // A renewal was refused for its age once; the next sign-in lasts as long.
    let refused = Evidence {
        error_codes: vec![70043],
        text: "AADSTS70043: The token was issued on x and the maximum allowed lifetime for this request is 172800.".to_owned(),
        ..Evidence::at(Stage::OauthToken)
    };
    let mut grant = sample.service.grant_of(&unused).unwrap().unwrap();
    sample.service.note_frequency(grant.id, &refused);
    grant.signed_in_at = now().timestamp();
    grant.renewed_at = now().timestamp();
    sample.service.store.grants().upsert(&grant).unwrap();
    assert_eq!(
        told(&seen(&sample).fixes),
        [(
            "sign-in-frequency",
            "sign-in",
            Some(2),
            vec!["old@firma.nl"]
        )]
    );
}

#[tokio::test]
async fn what_is_wrong_now_comes_first_and_what_others_do_apart() {
    let sample = Sample::new();
    let erp = sample.registration("ERP mail").await;
    sample.mailbox("new@firma.nl", &erp).await;
    let waiting = sample.mailbox("wait@firma.nl", &erp).await;
    let registration = sample.service.find_registration(&erp).unwrap();
    let needs_admin = Failure::diagnosed(&Evidence {
        error_codes: vec![90094],
        ..Evidence::at(Stage::OauthAuthorize)
    });
    sample
        .service
        .note_refused(&registration, Some(&waiting), &needs_admin);

    // Two mailboxes on one sign-in that has ended.
    let first = working(&sample, "one@firma.nl", &erp, 1).await;
    let second = sample.mailbox("two@firma.nl", &erp).await;
    let grant = sample.service.grant_of(&first).unwrap().unwrap();
    sample.signed_in(&second, &grant);
    let store = &sample.service.store;
    store
        .grants()
        .mark_dead(grant.id, "entra-refresh-revoked")
        .unwrap();
    for mailbox in [&first, &second] {
        store
            .mailboxes()
            .set_status(mailbox.id, Status::Stopped)
            .unwrap();
    }

    // One that reads and does not send: an administrator of another kind.
    let partly = working(&sample, "partly@firma.nl", &erp, 1).await;
    let off = Failure::diagnosed(&Evidence {
        protocol: Some(Protocol::Smtp),
        provider: Some(Provider::Microsoft),
        text: "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.".to_owned(),
        smtp: Some(mailwright_domain::SmtpCode {
            basic: 535,
            enhanced: Some((5, 7, 139)),
        }),
        ..Evidence::at(Stage::SmtpAuth)
    });
    let failed = mailwright_domain::Check {
        outcome: mailwright_domain::Outcome::Failed,
        verdict: Some(off.into_verdict()),
        ..passed(CheckId::Authenticate, Some(Protocol::Smtp))
    };
    sample.report(
        partly.id,
        Status::PartlyWorking,
        vec![passed(CheckId::Inbox, Some(Protocol::Imap)), failed],
    );
    let all = seen(&sample);
    assert_eq!(
        told(&all.fixes),
        [
            (
                "sign-in",
                "sign-in",
                None,
                vec!["one@firma.nl", "two@firma.nl"]
            ),
            ("problem", "tell", None, vec!["partly@firma.nl"]),
            ("sign-in", "sign-in", None, vec!["new@firma.nl"]),
        ]
    );
    assert_eq!(all.fixes[1].who, "administrator");
    assert_eq!(
        told(&all.waiting),
        [("approval", "approve", None, vec!["wait@firma.nl"])]
    );
    assert!(all.waiting[0].since.is_some());
    assert_eq!((all.mailboxes, all.working), (5, 0));
}

#[tokio::test]
async fn nothing_at_all_is_calm() {
    let sample = Sample::new();
    let all = seen(&sample);
    assert_eq!((all.mailboxes, all.working), (0, 0));
    assert_eq!(told(&all.fixes), []);
    let erp = with_secret(&sample, "ERP mail", "2026-11-25").await;
    let all = seen(&sample);
    assert_eq!(told(&all.fixes), [], "nobody uses it yet");
    assert_eq!(
        told(&all.dates),
        [("secret", "replace-secret", Some(5), vec![])]
    );
    let mailbox = working(&sample, "anna@firma.nl", &erp, 1).await;
    sample
        .service
        .store
        .mailboxes()
        .set_status(mailbox.id, Status::Retired)
        .unwrap();
    assert_eq!(seen(&sample).mailboxes, 0);
    let fault = Evidence::fault(Stage::Token, Fault::NotSignedIn, "");
    sample
        .service
        .note_frequency(mailbox.grant.unwrap(), &fault);
    let learnt = sample.service.frequency_of(mailbox.grant.unwrap());
    assert!(learnt.unwrap().is_none());
}
