use std::time::Duration;

use mailwright_domain::{Evidence, Fault, Stage};

use super::*;
use crate::wire::OtherAccount;

#[test]
fn the_window_is_told_how_long_a_link_waits() {
    let url = Url::parse("https://login.example/authorize?state=s").unwrap();
    let limit = Duration::from_secs(300);
    let step = SignInEvent::Link(url.clone()).step(limit);
    assert_eq!(
        step,
        SignInStep::Link {
            url: url.to_string(),
            ms: 300_000
        }
    );
    assert_eq!(SignInEvent::Queued.step(limit), SignInStep::Queued);
    assert_eq!(SignInEvent::CameBack.step(limit), SignInStep::CameBack);
}

#[test]
fn the_page_says_what_the_window_says() {
    let locked = Evidence::fault(Stage::Keychain, Fault::KeychainLocked, "locked");
    let locked = Failure::diagnosed(&locked);
    assert_eq!(
        page_of(&locked, Some("a@b.nl")),
        EndPage::Failed {
            sentence: "The keychain of this computer is locked.".to_owned()
        }
    );
    let other = Failure {
        other_account: Some(Box::new(OtherAccount {
            expected: "a@b.nl".to_owned(),
            signed_in_as: "c@b.nl".to_owned(),
        })),
        ..locked
    };
    assert_eq!(
        page_of(&other, Some("info@b.nl")),
        EndPage::DifferentAccount {
            mailbox: "info@b.nl".to_owned(),
            signed_in_as: "c@b.nl".to_owned()
        }
    );
}
