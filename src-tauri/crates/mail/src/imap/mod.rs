//! The IMAP ladder (RFC 9051, RFC 3501): from the greeting to counted folders.

mod auth;
mod finding;
mod folders;
mod found;
#[cfg(test)]
pub(crate) mod properties;
mod removing;
mod response;
mod session;

use std::time::Duration;

use mailwright_domain::{CheckId, Fault, Proof, Security};

use crate::climb::{Climb, Halt, Passed, Step};
use crate::driver::Driver;
use crate::failure::Failure;
use crate::greeting;
use crate::open::{Context, injection, open, protect, starttls_missing};
use crate::{Errand, Findings};
use finding::Search;
use session::Imap;

/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

pub(crate) async fn climb(
    context: &mut Context<'_>,
    climb: &mut Climb<'_>,
    found: &mut Findings,
) -> Result<(), Halt> {
    let driver = open(context, climb).await?;
    from_greeting(context, climb, found, driver).await
}

/// Everything after the connection, or after TLS where that comes first.
pub(crate) async fn from_greeting(
    context: &Context<'_>,
    climb: &mut Climb<'_>,
    found: &mut Findings,
    driver: Driver,
) -> Result<(), Halt> {
    let mut imap = Imap::new(driver);
    let security = climb.security;
    climb
        .step(CheckId::Greeting, greet(context, &mut imap, security))
        .await?;
    match security {
        Security::Tls => secure_capabilities(context, climb, &mut imap).await?,
        Security::Starttls | Security::Auto => {
            let offers = offers(context, &mut imap);
            climb.step(CheckId::Capabilities, offers).await?;
            climb
                .step(CheckId::Starttls, starttls(context, &mut imap))
                .await?;
            let tls = protect(context, &mut imap.driver, Security::Starttls);
            climb.step(CheckId::Tls, tls).await?;
            secure_capabilities(context, climb, &mut imap).await?;
        }
        Security::Plain => {
            let offers = offers(context, &mut imap);
            climb.step(CheckId::Capabilities, offers).await?;
        }
    }
    let signing_in = auth::authenticate(context, &mut imap, security);
    climb.step(CheckId::Authenticate, signing_in).await?;
    let selecting = folders::inbox(context, &mut imap);
    let opening = climb.step(CheckId::Inbox, selecting).await?;
    found.proof = Some(Proof::Login);
    let listing = folders::list(context, &mut imap, opening);
    let (folders, opening) = climb.step(CheckId::Folders, listing).await?;
    found.folders = folders;
    let counting = folders::count(context, &mut imap, opening, &mut found.folders);
    climb.step(CheckId::Count, counting).await?;
    if let Errand::Find(message, patience, told) = std::mem::take(&mut found.errand) {
        match told.await {
            Ok(sent) => {
                let search = Search {
                    context,
                    message: &message,
                    sent,
                    patience,
                };
                Box::pin(search.run(climb, &mut imap, found)).await?;
            }
            Err(_) => {
                for id in [CheckId::Arrived, CheckId::Remove] {
                    climb.skip(id, "no message was sent");
                }
            }
        }
    }
    imap.leave(context.target.timeout.min(GOODBYE)).await;
    Ok(())
}

/// The plain part of a connection up to the moment TLS begins, without records.
pub(crate) async fn up_to_tls(driver: Driver) -> Option<Driver> {
    let mut imap = Imap::new(driver);
    imap.greeting(Security::Starttls).await.ok()?;
    let done = imap.command("STARTTLS").await.ok()?;
    done.ok.then_some(imap.driver)
}

async fn greet(context: &Context<'_>, imap: &mut Imap, security: Security) -> Step<()> {
    let target = context.target;
    imap.driver
        .begin(greeting::limit(&target.endpoint, security, target.timeout));
    let (preauth, says) = imap.greeting(security).await?;
    if preauth && security == Security::Starttls {
        return Err(injection(Some(says)));
    }
    if preauth {
        return Err(Failure::new(
            Fault::Malformed,
            "The server calls this session signed in before anybody signed in, so nothing can be proven.",
        )
        .with_says(Some(says)));
    }
    Ok(Passed::new((), "An IMAP server greets.").saying(says))
}

async fn offers(context: &Context<'_>, imap: &mut Imap) -> Step<()> {
    imap.driver.begin(context.target.timeout);
    let unasked = imap.known().is_some();
    let offered = imap.capabilities().await?;
    let detail = if unasked {
        "The server said in its greeting what it offers."
    } else {
        "The server says what it offers."
    };
    Ok(Passed::new((), detail).saying(imap.listed(&offered)))
}

async fn secure_capabilities(
    context: &Context<'_>,
    climb: &mut Climb<'_>,
    imap: &mut Imap,
) -> Result<(), Halt> {
    climb
        .step(CheckId::CapabilitiesSecure, offers(context, imap))
        .await
}

/// STARTTLS (RFC 9051 section 6.2.1). What the server said before it is forgotten here.
async fn starttls(context: &Context<'_>, imap: &mut Imap) -> Step<()> {
    imap.driver.begin(context.target.timeout);
    let offered = imap.capabilities().await?;
    if !offered.has("STARTTLS") {
        return Err(starttls_missing(imap.listed(&offered)));
    }
    let done = imap.command("STARTTLS").await?;
    let says = done.or_refused("The server offers STARTTLS and then refuses it.")?;
    if !imap.driver.unfinished().is_empty() {
        return Err(injection(Some(says)));
    }
    imap.forget();
    Ok(Passed::new((), "The server is ready for TLS.").saying(says))
}
