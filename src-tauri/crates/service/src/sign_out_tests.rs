use mailwright_domain::{Grant, Provider};

use crate::NewRegistration;
use crate::samples::{Sample, registration};

/// A registration of this app at Google.
async fn at_google(sample: &Sample, name: &str, client: &str) -> String {
    let new = NewRegistration {
        provider: Provider::Google,
        client_id: Some(format!("{client}.apps.googleusercontent.com")),
        tenant: None,
        ..registration(name)
    };
    sample.service.add_registration(new).await.unwrap().id
}

/// A mailbox of this registration in which the person is signed in.
async fn signed_in(sample: &Sample, address: &str, registration: &str, person: &str) -> Grant {
    let mailbox = sample.mailbox(address, registration).await;
    let grant = sample.grant(registration, person).await;
    sample.signed_in(&mailbox, &grant);
    grant
}

#[tokio::test]
async fn google_ends_all_that_a_person_granted_to_an_app_and_the_plan_names_it() {
    let sample = Sample::new();
    let one = at_google(&sample, "One", "app").await;
    let two = at_google(&sample, "Two", "app").await;
    let other = at_google(&sample, "Other", "another").await;
    signed_in(&sample, "anna@firma.nl", &one, "anna").await;
    signed_in(&sample, "orders@firma.nl", &two, "anna").await;
    signed_in(&sample, "bob@firma.nl", &two, "bob").await;
    signed_in(&sample, "team@firma.nl", &other, "anna").await;

    let plan = sample.service.sign_out_plan("anna@firma.nl").unwrap();
    assert!(plan.can_revoke);
    assert_eq!(plan.stops_at_provider, ["orders@firma.nl"]);
    assert!(plan.kept_for.is_empty());
}

#[tokio::test]
async fn microsoft_is_told_nothing_so_nothing_else_stops() {
    let sample = Sample::new();
    let one = sample.registration("One").await;
    let two = sample.registration("Two").await;
    signed_in(&sample, "anna@firma.nl", &one, "anna").await;
    signed_in(&sample, "orders@firma.nl", &two, "anna").await;

    let plan = sample.service.sign_out_plan("anna@firma.nl").unwrap();
    assert!(!plan.can_revoke);
    assert!(plan.stops_at_provider.is_empty());
}

#[tokio::test]
async fn others_on_the_same_sign_in_keep_it() {
    let sample = Sample::new();
    let one = at_google(&sample, "One", "app").await;
    let grant = signed_in(&sample, "anna@firma.nl", &one, "anna").await;
    let team = sample.mailbox("team@firma.nl", &one).await;
    sample.signed_in(&team, &grant);

    let plan = sample.service.sign_out_plan("anna@firma.nl").unwrap();
    assert_eq!(plan.kept_for, ["team@firma.nl"]);
    assert!(!plan.can_revoke);
}
