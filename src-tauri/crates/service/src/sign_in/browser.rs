//! The route by a browser: the link goes out, and the browser comes back to this computer, or a person pastes the
//! address that it could not open.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use mailwright_domain::{Evidence, Fault, Secret, Stage};
use mailwright_oauth::{Callback, Loopback, OauthError, SignInRequest};
use tokio::sync::mpsc::UnboundedSender;
use uuid::Uuid;

use super::ask::Ask;
use super::judge::sign_in_failure;
use super::{Brought, Route, SignInEvent, Waiting};
use crate::{Failure, Hint};

/// Ports that no service is registered for (RFC 6335 section 6): the first and how many.
const FREE_PORTS: (u16, u16) = (49_152, 16_384);

/// Hands out the link and waits for what comes first: the browser, or its address. Dropping the future cancels; a tab
/// that comes back late is told for a minute that its page is out of date.
pub(super) async fn come_back(
    ask: &Ask,
    waiting: &Waiting,
    events: &UnboundedSender<SignInEvent>,
) -> Result<Brought, Failure> {
    let loopback = listener(ask, waiting.route).await?;
    let redirect_uri = match &loopback {
        Some(loopback) => loopback.redirect_uri(),
        None => ask.profile.redirect.uri(unheard_port(ask)),
    };
    let options = mailwright_oauth::SignInOptions {
        account: ask.account.clone(),
        claims: ask.claims.clone(),
        ..mailwright_oauth::SignInOptions::default()
    };
    let request = Arc::new(SignInRequest::new(&ask.profile, &redirect_uri, &options)?);
    // Before the link goes out, so that whoever is very quick is heard.
    let pasted = waiting.pasting.open(Arc::clone(&request), ask);
    // The receiver may have gone; the sign-in goes on for whoever opened the address.
    let _ = events.send(SignInEvent::Link(request.authorize_url().clone()));
    let (code, page) = tokio::select! {
        callback = back(loopback, request.state(), waiting.limit) => {
            let callback = callback.map_err(|error| sign_in_failure(error, ask))?;
            (callback.code, Some(callback.responder))
        }
        code = pasted.code() => (code, None),
    };
    let _ = events.send(SignInEvent::CameBack);
    Ok(Brought::Code {
        code,
        request,
        page,
    })
}

/// What listens for the browser; none where nothing can and a person pastes the address.
async fn listener(ask: &Ask, route: Route) -> Result<Option<Loopback>, Failure> {
    match Loopback::bind(&ask.profile.redirect).await {
        Ok(loopback) => Ok(Some(loopback)),
        Err(_) if route == Route::Pasted => Ok(None),
        Err(error) => {
            let failure = sign_in_failure(error, ask);
            Err(match &ask.address {
                Some(address) => failure.hinting(Hint::PasteAddress(address.clone())),
                None => failure,
            })
        }
    }
}

/// A port for a redirect that nobody listens to: the registered one, or one on which the browser hardly finds anybody
/// else. Whoever it found could not use the code (RFC 7636).
fn unheard_port(ask: &Ask) -> u16 {
    let (first, count) = FREE_PORTS;
    let [a, b, ..] = *Uuid::new_v4().as_bytes();
    let some = first + u16::from_be_bytes([a, b]) % count;
    ask.profile.redirect.port().unwrap_or(some)
}

/// The browser's return. Where nothing listens only the time passes.
async fn back(
    loopback: Option<Loopback>,
    state: &Secret,
    limit: Duration,
) -> Result<Callback, OauthError> {
    if let Some(loopback) = loopback {
        return loopback.wait(state, limit, pending()).await;
    }
    tokio::time::sleep(limit).await;
    let text = format!("no address was pasted within {} seconds", limit.as_secs());
    let evidence = Evidence::fault(Stage::Loopback, Fault::NobodyCameBack, text);
    Err(OauthError::NobodyCameBack(Box::new(evidence)))
}
