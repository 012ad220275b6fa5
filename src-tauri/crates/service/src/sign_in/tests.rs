use std::time::Duration;

use mailwright_domain::{Evidence, Fault, Stage};
use mailwright_keychain::KeychainError;
use mailwright_store::SetupId;
use tokio::sync::mpsc::unbounded_channel;

use super::fixture::{MAILBOX, REGISTRATION, World};
use super::*;
use crate::wire::{OtherAccount, SetupForm};

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

fn renamed(name: &str) -> SignInOptions {
    SignInOptions {
        sign_in_name: Some(name.to_owned()),
        ..SignInOptions::default()
    }
}

#[tokio::test]
async fn somebody_else_is_named_and_nothing_is_kept() {
    let world = World::new().await.with_mailbox(true).await;
    let running = world.begin(&SignInOptions::default()).await;
    assert_eq!(running.asks("login_hint"), Some(MAILBOX));
    let page = world.sign_in_as("anna@firma.nl", &running).await;
    assert!(page.contains("You signed in with a different account"));
    let failure = running.end().await.unwrap_err();
    let other = failure.other_account.unwrap();
    assert_eq!(
        (&*other.expected, &*other.signed_in_as),
        (MAILBOX, "anna@firma.nl")
    );
    let verdict = failure.verdict.unwrap();
    assert_eq!((failure.code, verdict.steps.len()), (Code::NeedsSignIn, 4));
    let texts = format!("{} {}", failure.message, verdict.steps.join(" "));
    assert!(
        !texts.contains("--") && !texts.contains("mailwright "),
        "no command lines: {texts}"
    );
    assert!(texts.contains("Nothing was saved."));
    assert!(world.grants().is_empty() && world.secrets.accounts().is_empty());
}

#[tokio::test]
async fn a_sign_in_name_is_kept_once_the_inbox_has_opened() {
    let world = World::new().await.with_mailbox(true).await;
    let window = SignInOptions {
        window: true,
        ..renamed(" stranger@firma.nl ")
    };
    let running = world.begin(&window).await;
    assert_eq!(running.asks("login_hint"), Some("stranger@firma.nl"));
    world.sign_in_as("stranger@firma.nl", &running).await;
    let failure = running.end().await.unwrap_err();
    assert!(failure.message.contains("did not open"), "{failure}");
    assert!(world.grants().is_empty() && world.secrets.accounts().is_empty());
    assert_eq!(
        world.service.mailbox(MAILBOX).unwrap().sign_in_name,
        MAILBOX
    );

    let running = world.begin(&renamed("anna@firma.nl")).await;
    world.sign_in_as("bob@firma.nl", &running).await;
    let other = running.end().await.unwrap_err().other_account.unwrap();
    assert_eq!(other.expected, "anna@firma.nl", "the new name is expected");

    let window = SignInOptions {
        window: true,
        ..renamed("anna@firma.nl")
    };
    let running = world.begin(&window).await;
    let page = world.sign_in_as("Anna@firma.nl", &running).await;
    assert!(page.contains("Mailwright is checking the mailbox now."));
    running.end().await.unwrap();
    let mailbox = world.service.mailbox(MAILBOX).unwrap();
    assert_eq!(
        (&*mailbox.sign_in_name, &*mailbox.smtp_login),
        ("anna@firma.nl", "anna@firma.nl")
    );
}

#[tokio::test]
async fn where_nothing_can_be_opened_the_name_is_kept_and_an_own_smtp_login_stays() {
    let world = World::new().await.with_mailbox(false).await;
    let own = crate::MailboxFields {
        smtp_login: Some("smtp-user".to_owned()),
        ..crate::MailboxFields::default()
    };
    world.service.change_mailbox(MAILBOX, &own).await.unwrap();
    let running = world.begin(&renamed("anna@firma.nl")).await;
    let page = world.sign_in_as("anna@firma.nl", &running).await;
    assert!(page.contains("Mailwright goes on from here."));
    running.end().await.unwrap();
    let mailbox = world.service.mailbox(MAILBOX).unwrap();
    assert_eq!(
        (&*mailbox.sign_in_name, &*mailbox.smtp_login),
        ("anna@firma.nl", "smtp-user")
    );
    let (events, _receiver) = unbounded_channel();
    for wrong in [
        renamed(" "),
        SignInOptions {
            shared: true,
            ..renamed("a@b.nl")
        },
    ] {
        let failure = world.service.sign_in(MAILBOX, &wrong, &events).await;
        assert_eq!(failure.unwrap_err().code, Code::Usage);
    }
}

#[tokio::test]
async fn a_cancelled_sign_in_lets_the_next_one_begin_and_its_tab_disturbs_nothing() {
    let world = World::new().await.with_mailbox(true).await;
    let old = world.begin(&SignInOptions::default()).await;
    old.work.abort();
    while !old.work.is_finished() {
        tokio::task::yield_now().await;
    }
    assert!(world.service.free_turn().await.unwrap().is_some());
    // `begin` insists on the link being the first event: nothing was queued.
    let mut new = world.begin(&SignInOptions::default()).await;
    let late = world.sign_in_as(MAILBOX, &old).await;
    assert!(late.contains("This page is out of date"), "{late}");
    assert!(!new.work.is_finished() && new.events.try_recv().is_err());
    assert_eq!(world.asked(), 0, "the old code is never redeemed");
    let page = world.sign_in_as(MAILBOX, &new).await;
    assert!(page.contains("<h1>Signed in</h1>"), "{page}");
    assert!(matches!(
        new.events.recv().await,
        Some(SignInEvent::CameBack)
    ));
    assert_eq!(new.end().await.unwrap().signed_in_as, MAILBOX);
    let late = old.come_back().await;
    assert!(late.contains("This page is out of date"), "{late}");
    assert_eq!(world.asked(), 1);
}

#[tokio::test]
async fn a_keychain_that_is_locked_meanwhile_keeps_nothing_and_loses_nothing() {
    let world = World::new().await.with_mailbox(true).await;
    let running = world.begin(&SignInOptions::default()).await;
    world.secrets.refuse(KeychainError::Locked);
    let page = world.sign_in_as(MAILBOX, &running).await;
    assert!(page.contains("The keychain of this computer is locked."));
    assert!(page.contains("Nothing was saved."));
    let failure = running.end().await.unwrap_err();
    assert_eq!(failure.code, Code::Keychain);
    assert_eq!(failure.verdict.unwrap().id, "keychain-locked");
    assert_eq!(world.asked(), 0, "the code was left unused");
    assert!(world.grants().is_empty());

    world.secrets.recover();
    assert!(world.secrets.accounts().is_empty());
    let running = world.begin(&SignInOptions::default()).await;
    world.sign_in_as(MAILBOX, &running).await;
    assert_eq!(running.end().await.unwrap().signed_in_as, MAILBOX);
}

#[tokio::test]
async fn a_keychain_that_refuses_any_one_write_leaves_the_old_sign_in_or_none() {
    let world = World::new().await.with_mailbox(true).await;
    for again in [false, true] {
        for operation in 3..12 {
            let running = world.begin(&SignInOptions::default()).await;
            world.secrets.stop_after(operation, false);
            world.sign_in_as(MAILBOX, &running).await;
            let result = running.end().await;
            world.secrets.recover();
            let mailbox = world.service.mailbox(MAILBOX).unwrap();
            match result {
                Ok(_) => assert_eq!(mailbox.line.signed_in_as.as_deref(), Some(MAILBOX)),
                Err(failure) => {
                    assert_eq!(failure.code, Code::Keychain);
                    assert_eq!(mailbox.line.signed_in_as.is_some(), again);
                }
            }
            if !again {
                let _ = world.service.sign_out(MAILBOX, true).await;
                world.service.forget_removed().await.unwrap();
                assert!(world.grants().is_empty(), "{operation}");
                assert!(world.secrets.accounts().is_empty(), "{operation}");
            }
        }
        let running = world.begin(&SignInOptions::default()).await;
        world.sign_in_as(MAILBOX, &running).await;
        running.end().await.unwrap();
    }
    let token = world.service.token(MAILBOX, None).await.unwrap();
    assert!(token.access_token.contains(MAILBOX));
}

#[tokio::test]
async fn whoever_signs_in_for_a_set_up_fills_its_form() {
    let world = World::new().await;
    let id = world.set_up(SetupForm::default());
    let running = world.begin_set_up(&id).await;
    assert_eq!(running.asks("login_hint"), None);
    let scopes = running.asks("scope").unwrap();
    assert!(
        scopes.contains("IMAP.") && scopes.contains("SMTP."),
        "both purposes: {scopes}"
    );
    let page = world.sign_in_as("anna@firma.nl", &running).await;
    assert!(page.contains("Mailwright goes on from here."));
    let info = running.end().await.unwrap();
    assert_eq!(info.signed_in_as.as_deref(), Some("anna@firma.nl"));
    assert_eq!(
        (&*info.form.address, &*info.form.sender_name),
        ("anna@firma.nl", "Name of anna@firma.nl")
    );
    assert_eq!(info.step, "confirm");
    world.service.forget_removed().await.unwrap();
    assert_eq!(world.grants(), ["anna@firma.nl"], "the set-up has it");

    // Somebody else takes the place.
    let running = world.begin_set_up(&id).await;
    assert_eq!(running.asks("prompt"), Some("select_account"));
    world.sign_in_as("bob@firma.nl", &running).await;
    let info = running.end().await.unwrap();
    assert_eq!(info.form.address, "anna@firma.nl", "what is filled stays");
    assert_eq!(world.grants(), ["bob@firma.nl"]);

    // The set-up ended, whichever way.
    let setup = SetupId(uuid::Uuid::try_parse(&id).unwrap());
    world.service.store.setups().delete(setup).unwrap();
    world.service.forget_removed().await.unwrap();
    assert!(world.grants().is_empty() && world.secrets.accounts().is_empty());
}

#[tokio::test]
async fn a_set_up_that_ends_during_its_sign_in_leaves_nothing() {
    let world = World::new().await;
    let id = world.set_up(SetupForm {
        address: "info@firma.nl".to_owned(),
        send: true,
        ..SetupForm::default()
    });
    let running = world.begin_set_up(&id).await;
    assert_eq!(running.asks("login_hint"), Some("info@firma.nl"));
    assert!(!running.asks("scope").unwrap().contains("IMAP."));
    let setup = SetupId(uuid::Uuid::try_parse(&id).unwrap());
    world.service.store.setups().delete(setup).unwrap();
    world.sign_in_as("anna@firma.nl", &running).await;
    assert_eq!(running.end().await.unwrap_err().code, Code::NotFound);
    assert!(world.grants().is_empty() && world.secrets.accounts().is_empty());
}

/// A mailbox with servers by hand.
fn by_hand(address: &str) -> SetupForm {
    let servers = |port: &str| crate::wire::ServerForm {
        host: "127.0.0.1".to_owned(),
        port: port.to_owned(),
        security: "plain".to_owned(),
    };
    SetupForm {
        address: address.to_owned(),
        registration: REGISTRATION.to_owned(),
        send: true,
        receive: true,
        manual: true,
        imap: servers("143"),
        smtp: servers("587"),
        ..SetupForm::default()
    }
}

#[tokio::test]
async fn the_mailbox_of_a_set_up_has_the_sign_in_that_waited() {
    let world = World::new().await;
    let id = world.set_up(by_hand(""));
    let running = world.begin_set_up(&id).await;
    world.sign_in_as("anna@firma.nl", &running).await;
    running.end().await.unwrap();
    let info = world.service.confirm_setup(&id, None).await.unwrap();
    assert_eq!((&*info.step, info.signed_in_as), ("checks", None));
    let mailbox = world.service.mailbox("anna@firma.nl").unwrap();
    assert_eq!(mailbox.line.signed_in_as.as_deref(), Some("anna@firma.nl"));
    assert_eq!(mailbox.sender_name, "Name of anna@firma.nl");
    world.service.forget_removed().await.unwrap();
    let token = world.service.token("anna@firma.nl", None).await.unwrap();
    assert!(token.access_token.contains("anna@firma.nl"));
    let (events, _receiver) = unbounded_channel();
    let waiting = Waiting::default();
    let again = world.service.sign_in_for_setup(&id, &waiting, &events);
    assert_eq!(again.await.unwrap_err().code, Code::Conflict);
}

#[tokio::test]
async fn a_sign_in_that_comes_while_a_set_up_is_confirmed_stays() {
    let world = World::new().await;
    let service = &world.service;
    // A mailbox that was taken off the list, whose sign-in is in use elsewhere at the moment.
    let id = world.set_up(by_hand("sales@firma.nl"));
    let running = world.begin_set_up(&id).await;
    world.sign_in_as("sales@firma.nl", &running).await;
    running.end().await.unwrap();
    service.confirm_setup(&id, None).await.unwrap();
    let sales = service.find_mailbox("sales@firma.nl").unwrap();
    let held = lock::grant(&service.home, sales.grant.unwrap())
        .await
        .unwrap();
    let _ = service.take_off("sales@firma.nl").unwrap();

    // A set-up whose mailbox is to have that address now.
    let id = world.set_up(by_hand(MAILBOX));
    service.confirm_setup(&id, None).await.unwrap();
    let form = by_hand("sales@firma.nl");
    service.save_setup(Some(&id), "confirm", &form).unwrap();
    let confirming = tokio::spawn({
        let (service, id) = (service.clone(), id.clone());
        async move { service.confirm_setup(&id, None).await }
    });
    let running = world.begin(&SignInOptions::default()).await;
    world.sign_in_as(MAILBOX, &running).await;
    running.end().await.unwrap();
    assert!(!confirming.is_finished());
    drop(held);
    let info = confirming.await.unwrap().unwrap();
    assert_eq!(info.step, "sign-in");
    assert_ne!(info.mailbox, Some(sales.id.to_string()), "a new one");
    let signed_in = service.mailbox(MAILBOX).unwrap();
    assert_eq!(signed_in.line.signed_in_as.as_deref(), Some(MAILBOX));
    service.forget_removed().await.unwrap();
    assert_eq!(world.grants(), [MAILBOX]);
}

#[tokio::test]
async fn a_registration_that_becomes_another_during_a_sign_in_gets_none_of_its_tokens() {
    let world = World::new().await.with_mailbox(true).await;
    let running = world.begin(&SignInOptions::default()).await;
    let client = crate::RegistrationChange {
        client_id: Some("99998888-aaaa-4222-8bbb-3333cccc4444".to_owned()),
        ..crate::RegistrationChange::default()
    };
    let service = &world.service;
    let _ = service
        .change_registration(REGISTRATION, client)
        .await
        .unwrap();
    world.sign_in_as(MAILBOX, &running).await;
    assert_eq!(running.end().await.unwrap_err().code, Code::Conflict);
    assert!(world.grants().is_empty() && world.secrets.accounts().is_empty());
}
