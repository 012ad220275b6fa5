//! The routes beside a browser that comes back by itself.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use super::fixture::{MAILBOX, REGISTRATION, Running, World};
use super::{Pasting, Route, SignInEvent, SignInOptions, Waiting};
use crate::wire::{SignInStep, SignedIn};
use crate::{Code, Hint, RegistrationChange};

fn pasted(pasting: &Pasting) -> SignInOptions {
    let waiting = Waiting {
        route: Route::Pasted,
        pasting: pasting.clone(),
        ..Waiting::default()
    };
    SignInOptions {
        waiting,
        ..SignInOptions::default()
    }
}

/// The address that the browser could not open.
fn last_address(running: &Running<SignedIn>, query: &str) -> String {
    format!("{}/?{query}", running.asks("redirect_uri").unwrap())
}

fn verdict_of(pasting: &Pasting, text: &str) -> String {
    let failure = pasting.complete(text).unwrap_err();
    failure.verdict.map(|v| v.id).unwrap_or_default()
}

#[tokio::test]
async fn a_pasted_address_completes_the_sign_in_that_waits_whatever_was_pasted_before() {
    let world = World::new().await.with_mailbox(true).await;
    for route in [Route::Pasted, Route::Browser] {
        let pasting = Pasting::default();
        let mut options = pasted(&pasting);
        options.waiting.route = route;
        let mut running = world.begin(&options).await;
        let state = running.asks("state").unwrap().to_owned();
        let foreign = last_address(&running, "code=stolen&state=other");
        let none = last_address(&running, &format!("state={state}"));
        let refused = last_address(&running, &format!("error=access_denied&state={state}"));
        for (text, id) in [
            ("nonsense", "paste-no-address"),
            (&none, "paste-no-code"),
            (&foreign, "paste-other-sign-in"),
            (&refused, "loop-error-param"),
        ] {
            assert_eq!(verdict_of(&pasting, text), id);
        }
        assert!(running.events.try_recv().is_err() && !running.work.is_finished());
        world.somebody_signs_in(MAILBOX);
        let right = last_address(&running, &format!("code=code-canary&state={state}"));
        pasting.complete(&right).unwrap();
        let event = running.events.recv().await;
        assert!(matches!(event, Some(SignInEvent::CameBack)));
        assert_eq!(running.end().await.unwrap().signed_in_as, MAILBOX);
        let again = pasting.complete(&right).unwrap_err();
        assert_eq!(again.code, Code::NotFound, "nobody waits any more: {again}");
    }
}

#[tokio::test]
async fn what_the_page_shows_completes_or_is_explained() {
    let world = World::new().await.with_mailbox(true).await;
    let pasting = Pasting::default();
    let ids = |text: &str| {
        let read = pasting.read(text).unwrap();
        assert!(!read.completed);
        let ids = read.verdicts.into_iter().map(|v| v.id);
        ids.filter(|id| id != "unknown").collect::<Vec<_>>()
    };
    let blocked = "AADSTS50105: the signed in user is not assigned to a role";
    assert_eq!(ids(blocked), ["entra-not-assigned"], "nobody waits");
    let running = world.begin(&pasted(&pasting)).await;
    let state = running.asks("state").unwrap().to_owned();
    assert_eq!(ids(blocked), ["entra-not-assigned"]);
    let approval = "error=access_denied&error_description=AADSTS90094%3A+x";
    let ours = last_address(&running, &format!("{approval}&state={state}"));
    assert_eq!(ids(&ours), ["entra-admin-consent-needed"]);
    let other = last_address(&running, approval);
    assert_eq!(
        ids(&other),
        ["paste-other-sign-in", "entra-admin-consent-needed"]
    );
    world.somebody_signs_in(MAILBOX);
    let right = last_address(&running, &format!("code=c&state={state}"));
    assert!(pasting.read(&right).unwrap().completed);
    running.end().await.unwrap();
}

#[tokio::test]
async fn without_a_listener_the_address_is_the_way_on() {
    let world = World::new().await.with_mailbox(true).await;
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let fixed = RegistrationChange {
        redirect_uri: Some(format!("http://localhost:{port}/cb")),
        ..RegistrationChange::default()
    };
    let service = &world.service;
    let _ = service
        .change_registration(REGISTRATION, fixed)
        .await
        .unwrap();
    let (events, _receiver) = tokio::sync::mpsc::unbounded_channel();
    let failure = service
        .sign_in(MAILBOX, &SignInOptions::default(), &events)
        .await
        .unwrap_err();
    assert_eq!(failure.verdict.unwrap().id, "loop-port-in-use");
    assert_eq!(failure.hint, Some(Hint::PasteAddress(MAILBOX.to_owned())));

    let pasting = Pasting::default();
    let running = world.begin(&pasted(&pasting)).await;
    let address = running.asks("redirect_uri").unwrap().to_owned();
    assert_eq!(address, format!("http://localhost:{port}/cb"));
    let state = running.asks("state").unwrap().to_owned();
    world.somebody_signs_in(MAILBOX);
    pasting
        .complete(&format!("{address}?code=c&state={state}"))
        .unwrap();
    assert_eq!(running.end().await.unwrap().signed_in_as, MAILBOX);

    let mut short = pasted(&pasting);
    short.waiting.limit = Duration::from_millis(50);
    let failure = service.sign_in(MAILBOX, &short, &events).await.unwrap_err();
    assert_eq!(failure.code, Code::NeedsSignIn);
    assert_eq!(failure.verdict.unwrap().id, "loop-user-closed");
    assert_eq!(
        pasting
            .complete("http://localhost/?code=c")
            .unwrap_err()
            .code,
        Code::NotFound
    );
}

#[tokio::test]
async fn a_code_signs_in_as_the_browser_does() {
    let world = World::new().await.with_mailbox(true).await;
    world.code_is_used_after(1);
    let (shown, mut running) = world.begin_with_code(MAILBOX).await;
    assert_eq!(shown.code, "GK7F3QXMR");
    assert_eq!(shown.person.as_deref(), Some(MAILBOX));
    assert_eq!(shown.registration, REGISTRATION);
    assert_eq!(
        shown.lasts,
        Duration::from_secs(300),
        "the limit is shorter"
    );
    let event = SignInEvent::Code(shown.clone());
    let SignInStep::Code { page, ms, .. } = event.step(Duration::ZERO) else {
        panic!("{event:?}");
    };
    assert_eq!((page, ms), (shown.page.clone(), 300_000));
    let polled = running.events.recv().await;
    assert!(
        matches!(polled, Some(SignInEvent::Polled { answered: true, .. })),
        "{polled:?}"
    );
    let event = running.events.recv().await;
    assert!(matches!(event, Some(SignInEvent::CameBack)), "{event:?}");
    assert_eq!(running.end().await.unwrap().signed_in_as, MAILBOX);
    assert_eq!(world.grants(), [MAILBOX]);
    let token = world.service.token(MAILBOX, None).await.unwrap();
    assert!(token.access_token.contains(MAILBOX));
}

#[tokio::test]
async fn somebody_else_with_the_code_is_named_and_not_kept() {
    let world = World::new().await.with_mailbox(true).await;
    let (_, running) = world.begin_with_code("anna@firma.nl").await;
    let failure = running.end().await.unwrap_err();
    let other = failure.other_account.unwrap();
    assert_eq!(other.signed_in_as, "anna@firma.nl");
    assert!(world.grants().is_empty() && world.secrets.accounts().is_empty());
}

#[tokio::test]
async fn a_cancelled_code_lets_the_next_sign_in_begin() {
    let world = World::new().await.with_mailbox(true).await;
    world.code_is_used_after(usize::MAX);
    let (_, running) = world.begin_with_code(MAILBOX).await;
    running.work.abort();
    while !running.work.is_finished() {
        tokio::task::yield_now().await;
    }
    assert!(world.service.free_turn().await.unwrap().is_some());
    assert!(world.grants().is_empty());
}
