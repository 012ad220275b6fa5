//! The submission ladder (RFC 6409, RFC 5321): from the greeting to an accepted envelope.

mod auth;
#[cfg(test)]
pub(crate) mod properties;
mod reply;
mod session;

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::commands::{Mail, Quit, Rcpt, Rset, Starttls};
use lettre::transport::smtp::extension::MailParameter;
use mailwright_domain::{CheckId, EmailAddress, Proof, Security};

use crate::Findings;
use crate::climb::{Climb, Halt, Passed, Step};
use crate::driver::Driver;
use crate::failure::Failure;
use crate::greeting;
use crate::open::{Context, injection, open, protect, starttls_missing};
use session::{Offers, Smtp};

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
    let mut smtp = Smtp::new(driver);
    let security = climb.security;
    climb
        .step(CheckId::Greeting, greet(context, &mut smtp, security))
        .await?;
    let before_tls = if security == Security::Tls {
        None
    } else {
        let hello = offers(context, &mut smtp);
        Some(climb.step(CheckId::Capabilities, hello).await?)
    };
    let offers = match before_tls {
        Some(offers) if security == Security::Plain => offers,
        before_tls => {
            if let Some(offers) = before_tls {
                let starting = starttls(context, &mut smtp, &offers);
                climb.step(CheckId::Starttls, starting).await?;
                let tls = protect(context, &mut smtp.driver, Security::Starttls);
                climb.step(CheckId::Tls, tls).await?;
            }
            let hello = self::offers(context, &mut smtp);
            climb.step(CheckId::CapabilitiesSecure, hello).await?
        }
    };
    let signing_in = auth::authenticate(context, &mut smtp, &offers, security);
    climb.step(CheckId::Authenticate, signing_in).await?;
    found.proof = Some(Proof::Login);
    if let Some(sender) = &context.target.sender {
        let recipient = context.target.recipient.as_ref().unwrap_or(sender);
        let trying = envelope(context, &mut smtp, &offers, sender, recipient);
        climb.step(CheckId::Envelope, trying).await?;
        found.proof = Some(Proof::Envelope);
    } else {
        climb.unchecked(CheckId::Envelope, "There is no sender address to try.");
    }
    smtp.driver.begin(context.target.timeout.min(GOODBYE));
    // Whether the server says goodbye does not matter.
    let _ = smtp.command(&Quit).await;
    Ok(())
}

/// The plain part of a connection up to the moment TLS begins, without records.
pub(crate) async fn up_to_tls(driver: Driver) -> Option<Driver> {
    let mut smtp = Smtp::new(driver);
    smtp.greeting(Security::Starttls).await.ok()?;
    smtp.hello().await.ok()?;
    let reply = smtp.command(&Starttls).await.ok()?;
    reply.is_ok().then_some(smtp.driver)
}

async fn greet(context: &Context<'_>, smtp: &mut Smtp, security: Security) -> Step<()> {
    let target = context.target;
    smtp.driver
        .begin(greeting::limit(&target.endpoint, security, target.timeout));
    let reply = smtp
        .greeting(security)
        .await?
        .or_refused("The server refuses this connection in its greeting.")?;
    Ok(Passed::new((), "An SMTP server greets.").saying(reply.says))
}

async fn offers(context: &Context<'_>, smtp: &mut Smtp) -> Step<Offers> {
    smtp.driver.begin(context.target.timeout);
    let offers = smtp.hello().await?;
    let says = offers.says.clone();
    Ok(Passed::new(offers, "The server says what it offers.").saying(says))
}

/// STARTTLS (RFC 3207).
async fn starttls(context: &Context<'_>, smtp: &mut Smtp, offers: &Offers) -> Step<()> {
    smtp.driver.begin(context.target.timeout);
    if !offers.has("STARTTLS") {
        return Err(starttls_missing(offers.says.clone()));
    }
    let reply = smtp
        .command(&Starttls)
        .await?
        .or_refused("The server offers STARTTLS and then refuses it.")?;
    if !smtp.driver.unfinished().is_empty() {
        return Err(injection(Some(reply.says)));
    }
    Ok(Passed::new((), "The server is ready for TLS.").saying(reply.says))
}

/// MAIL, RCPT and RSET (RFC 5321 sections 4.1.1.2, 4.1.1.3, 4.1.1.5): accepted, and nothing sent.
async fn envelope(
    context: &Context<'_>,
    smtp: &mut Smtp,
    offers: &Offers,
    sender: &EmailAddress,
    recipient: &EmailAddress,
) -> Step<()> {
    smtp.driver.begin(context.target.timeout);
    let mut parameters = Vec::new();
    if !sender.local().is_ascii() || !recipient.local().is_ascii() {
        if !offers.has("SMTPUTF8") {
            let which = if sender.local().is_ascii() {
                recipient
            } else {
                sender
            };
            return Err(Box::new(Failure {
                detail: format!(
                    "The address {which} has letters that this server cannot take: it does not offer SMTPUTF8."
                ),
                ..Failure::default()
            }));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let mail = Mail::new(Some(wire(sender)), parameters).to_string();
    let rcpt = Rcpt::new(wire(recipient), Vec::new()).to_string();
    let rset = Rset.to_string();
    // All at once where that is offered (RFC 2920); the answers come in order.
    let together = offers.has("PIPELINING");
    if together {
        smtp.send(&[&*mail, &*rcpt, &*rset].concat()).await?;
    } else {
        smtp.send(&mail).await?;
    }
    smtp.reply(false)
        .await?
        .or_refused(format!("The server does not accept {sender} as sender."))?;
    if !together {
        smtp.send(&rcpt).await?;
    }
    let accepted = smtp.reply(false).await?.or_refused(format!(
        "The server does not accept {recipient} as recipient."
    ))?;
    if !together {
        smtp.send(&rset).await?;
    }
    // The envelope is accepted; what the server says to taking it back changes nothing.
    let _ = smtp.reply(false).await;
    let detail = format!("The server accepts mail from {sender} to {recipient}; nothing was sent.");
    Ok(Passed::new((), detail).saying(accepted.says))
}

/// The address as it goes over the wire. Its parts were checked when it was made, and the domain is in A-label form.
fn wire(address: &EmailAddress) -> Address {
    Address::new_dangerous(address.local(), address.ascii_domain())
}
