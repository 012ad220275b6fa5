//! The POP3 ladder (RFC 1939, RFC 2449, RFC 2595, RFC 5034): from the greeting to an opened mailbox. Nothing is
//! fetched and nothing deleted but the test's own message, on request.

mod auth;
mod finding;
#[cfg(test)]
pub(crate) mod properties;
mod reply;
mod session;

use std::time::Duration;

use mailwright_domain::{CheckId, Proof, Security};

use crate::climb::{Climb, Halt, Passed, Step};
use crate::driver::Driver;
use crate::failure::WireError;
use crate::greeting;
use crate::open::{Context, injection, open, protect, starttls_missing};
use crate::{Errand, Findings};
use finding::Search;
use reply::numbers;
use session::{Kind, Offers, Pop3};

/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

pub(crate) async fn climb(
    context: &mut Context<'_>,
    climb: &mut Climb<'_>,
    found: &mut Findings,
) -> Result<(), Halt> {
    let driver = open(context, climb).await?;
    from_greeting(context, climb, found, driver).await?;
    if let Errand::Find(message, patience, told) = std::mem::take(&mut found.errand) {
        if let Ok(sent) = told.await {
            let mut search = Search {
                context,
                message: &message,
                sent,
                patience,
            };
            Box::pin(search.run(climb, found)).await?;
        } else {
            for id in [CheckId::Arrived, CheckId::Remove] {
                climb.skip(id, "no message was sent");
            }
        }
    }
    Ok(())
}

/// Everything after the connection, or after TLS where that comes first.
pub(crate) async fn from_greeting(
    context: &Context<'_>,
    climb: &mut Climb<'_>,
    found: &mut Findings,
    driver: Driver,
) -> Result<(), Halt> {
    let mut pop3 = Pop3::new(driver);
    let offers = sign_in(context, climb, &mut pop3).await?;
    let together = offers.has("PIPELINING");
    let opening = stat(context, &mut pop3, together);
    let messages = climb.step(CheckId::Inbox, opening).await?;
    found.proof = Some(Proof::Login);
    let listing = list(context, &mut pop3, messages, together);
    climb.step(CheckId::Count, listing).await?;
    pop3.driver.begin(context.target.timeout.min(GOODBYE));
    // Whether the server says goodbye does not matter.
    let _ = pop3.command("QUIT").await;
    Ok(())
}

/// From the greeting to the accepted sign-in.
async fn sign_in(
    context: &Context<'_>,
    climb: &mut Climb<'_>,
    pop3: &mut Pop3,
) -> Result<Offers, Halt> {
    let security = climb.security;
    climb
        .step(CheckId::Greeting, greet(context, pop3, security))
        .await?;
    let offers = match security {
        Security::Tls => secure_offers(context, climb, pop3).await?,
        Security::Starttls | Security::Auto => {
            let asking = offers(context, pop3);
            let before_tls = climb.step(CheckId::Capabilities, asking).await?;
            let starting = starttls(context, pop3, &before_tls);
            climb.step(CheckId::Starttls, starting).await?;
            let tls = protect(context, &mut pop3.driver, Security::Starttls);
            climb.step(CheckId::Tls, tls).await?;
            secure_offers(context, climb, pop3).await?
        }
        Security::Plain => {
            let asking = offers(context, pop3);
            climb.step(CheckId::Capabilities, asking).await?
        }
    };
    let signing_in = auth::authenticate(context, pop3, &offers, security);
    climb.step(CheckId::Authenticate, signing_in).await?;
    Ok(offers)
}

/// The plain part of a connection up to the moment TLS begins, without records.
pub(crate) async fn up_to_tls(driver: Driver) -> Option<Driver> {
    let mut pop3 = Pop3::new(driver);
    pop3.greeting(Security::Starttls).await.ok()?;
    let answer = pop3.command("STLS").await.ok()?;
    (answer.kind == Kind::Ok).then_some(pop3.driver)
}

async fn greet(context: &Context<'_>, pop3: &mut Pop3, security: Security) -> Step<()> {
    let target = context.target;
    pop3.driver
        .begin(greeting::limit(&target.endpoint, security, target.timeout));
    let answer = pop3
        .greeting(security)
        .await?
        .or_refused("The server refuses this connection in its greeting.")?;
    Ok(Passed::new((), "A POP3 server greets.").saying(answer.says))
}

async fn offers(context: &Context<'_>, pop3: &mut Pop3) -> Step<Offers> {
    pop3.driver.begin(context.target.timeout);
    let offers = pop3.offers().await?;
    let says = offers.says.clone();
    let detail = if offers.silent {
        "The server has no way to say what it offers."
    } else {
        "The server says what it offers."
    };
    Ok(Passed::new(offers, detail).saying(says))
}

async fn secure_offers(
    context: &Context<'_>,
    climb: &mut Climb<'_>,
    pop3: &mut Pop3,
) -> Result<Offers, Halt> {
    climb
        .step(CheckId::CapabilitiesSecure, offers(context, pop3))
        .await
}

/// STLS (RFC 2595 section 4), which POP3 has for STARTTLS.
async fn starttls(context: &Context<'_>, pop3: &mut Pop3, offers: &Offers) -> Step<()> {
    pop3.driver.begin(context.target.timeout);
    if !offers.has("STLS") {
        return Err(starttls_missing(offers.says.clone()));
    }
    let answer = pop3
        .command("STLS")
        .await?
        .or_refused("The server offers STARTTLS and then refuses it.")?;
    if !pop3.driver.unfinished().is_empty() {
        return Err(injection(Some(answer.says)));
    }
    Ok(Passed::new((), "The server is ready for TLS.").saying(answer.says))
}

/// STAT (RFC 1939 section 5): the proof that the sign-in leads somewhere. Gives the number of messages. LIST of the
/// first message goes out with it where the server takes several commands at once (RFC 2449 section 6.6).
async fn stat(context: &Context<'_>, pop3: &mut Pop3, together: bool) -> Step<u64> {
    pop3.driver.begin(context.target.timeout);
    if together {
        pop3.send("STAT\r\nLIST 1", "STAT\nLIST 1").await?;
    } else {
        pop3.send("STAT", "STAT").await?;
    }
    let answer = pop3
        .reply()
        .await?
        .or_refused("The sign-in was accepted, but the mailbox does not open.")?;
    let (messages, octets) = numbers(&answer.text).ok_or(WireError::Malformed(
        "STAT does not tell how many messages there are",
    ))?;
    let detail = match messages {
        1 => format!("The mailbox opens; it holds 1 message of {octets} bytes."),
        many => format!("The mailbox opens; it holds {many} messages of {octets} bytes in all."),
    };
    Ok(Passed::new(messages, detail).saying(answer.says))
}

/// LIST of one message: a whole list may have any length and would prove no more.
async fn list(context: &Context<'_>, pop3: &mut Pop3, messages: u64, together: bool) -> Step<()> {
    pop3.driver.begin(context.target.timeout);
    if messages == 0 {
        if together {
            // There is no message 1, and the server has to say so.
            pop3.reply().await?;
        }
        return Ok(Passed::new((), "There is no message to be listed."));
    }
    if !together {
        pop3.send("LIST 1", "LIST 1").await?;
    }
    let answer = pop3
        .reply()
        .await?
        .or_refused("The server counts messages, but does not list them.")?;
    match numbers(&answer.text) {
        Some((1, octets)) => {
            let detail = format!("Messages are listed; the first has {octets} bytes.");
            Ok(Passed::new((), detail).saying(answer.says))
        }
        _ => Err(WireError::Malformed("LIST does not tell how long a message is").into()),
    }
}
