use std::time::Duration;

use mailwright_domain::{Basis, Outcome};

use super::*;
use crate::samples::{registration, store, time, words};

fn check(id: Reading, outcome: Outcome) -> RegistrationCheck {
    RegistrationCheck {
        id,
        outcome,
        basis: Basis::SignIn,
        seen: Some(time("2026-11-20T10:00:00Z")),
        took: Duration::from_millis(12),
        detail: "gezien “é”".to_owned(),
        verdict: None,
    }
}

fn looked(id: RegistrationId, outcome: Outcome) -> RegistrationReport {
    RegistrationReport {
        registration: id,
        checked: time("2026-11-20T11:00:00Z"),
        took: Duration::from_millis(345),
        checks: vec![check(Reading::Client, outcome)],
    }
}

fn recorded(store: &Store, word: &str) -> usize {
    words(store).iter().filter(|one| *one == word).count()
}

#[test]
fn the_last_look_is_kept_and_read_back() {
    let (_dir, store) = store();
    let one = registration("ERP");
    store.registrations().insert(&one).unwrap();
    let checks = store.registration_checks();
    assert_eq!(checks.last(one.id).unwrap(), None);
    checks.save(&looked(one.id, Outcome::Failed)).unwrap();
    let second = looked(one.id, Outcome::Passed);
    checks.save(&second).unwrap();
    assert_eq!(checks.last(one.id).unwrap(), Some(second));
    assert_eq!(recorded(&store, "registration-checked"), 2);
    let nobody = RegistrationId(uuid::Uuid::new_v4());
    assert!(matches!(
        checks.save(&looked(nobody, Outcome::Passed)),
        Err(StoreError::NotFound { .. })
    ));
}

#[test]
fn what_sign_ins_have_shown_is_one_reading_each_until_it_is_forgotten() {
    let (_dir, store) = store();
    let one = registration("ERP");
    store.registrations().insert(&one).unwrap();
    let checks = store.registration_checks();
    let redirect = check(Reading::Redirect, Outcome::Passed);
    let consent = check(Reading::Consent, Outcome::Failed);
    checks.saw(one.id, &[redirect.clone(), consent]).unwrap();
    let agreed = check(Reading::Consent, Outcome::Passed);
    checks.saw(one.id, std::slice::from_ref(&agreed)).unwrap();
    checks.saw(one.id, std::slice::from_ref(&agreed)).unwrap();
    assert_eq!(checks.seen(one.id).unwrap(), [agreed.clone(), redirect]);
    let count = recorded(&store, "registration-seen");
    assert_eq!(count, 3, "the same again is no change");
    checks.save(&looked(one.id, Outcome::Passed)).unwrap();
    checks.forget(one.id, &[Reading::Redirect]).unwrap();
    assert_eq!(checks.last(one.id).unwrap(), None);
    assert_eq!(checks.seen(one.id).unwrap(), std::slice::from_ref(&agreed));
    // A sign-in that ends after its registration was removed has nothing to say any more.
    store.registrations().delete(one.id).unwrap();
    assert_eq!(checks.seen(one.id).unwrap(), []);
    checks.saw(one.id, &[agreed]).unwrap();
    assert_eq!(checks.seen(one.id).unwrap(), []);
}
