//! The submission ladder (RFC 6409, RFC 5321): from the greeting to an accepted envelope.

mod auth;
mod data;
mod envelope;
#[cfg(test)]
pub(crate) mod properties;
mod reply;
mod session;

use std::time::Duration;

use lettre::transport::smtp::commands::{Quit, Rset, Starttls};
use mailwright_domain::{CheckId, EmailAddress, Proof, Security};

use crate::climb::{Climb, Halt, Passed, Step};
use crate::driver::Driver;
use crate::greeting;
use crate::open::{Context, injection, open, protect, starttls_missing};
use crate::{Errand, Findings, Sent, TestMessage};
use envelope::{Envelope, only_accepted, try_out};
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
    found.offers_no_sign_in = offers.mechanisms().next().is_none();
    let signing_in = auth::authenticate(context, &mut smtp, &offers, security);
    climb.step(CheckId::Authenticate, signing_in).await?;
    found.proof = Some(Proof::Login);
    let target = context.target;
    let is_last = target.more_senders.is_empty() && matches!(found.errand, Errand::Nothing);
    let mut sending = Sending {
        context,
        smtp: &mut smtp,
        offers: &offers,
        // The goodbye may close a group of commands (RFC 2920 section 3.1), and then costs no round trip.
        leaves: target.sender.is_some() && is_last && offers.has("PIPELINING"),
    };
    sending.prove(climb, found).await?;
    let has_left = sending.leaves;
    smtp.driver.begin(target.timeout.min(GOODBYE));
    // Whether the server says goodbye does not matter.
    let _ = if has_left {
        smtp.reply(false).await
    } else {
        smtp.command(&Quit).await
    };
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

/// A session in which the server has accepted the sign-in.
struct Sending<'a, 'b> {
    context: &'a Context<'b>,
    smtp: &'a mut Smtp,
    offers: &'a Offers,
    /// Whether the goodbye goes out with the envelope, because nothing follows it.
    leaves: bool,
}

impl Sending<'_, '_> {
    /// The envelope, and on request a message.
    async fn prove(&mut self, climb: &mut Climb<'_>, found: &mut Findings) -> Result<(), Halt> {
        let target = self.context.target;
        let Some(sender) = &target.sender else {
            climb.unchecked(CheckId::Envelope, "There is no sender address to try.");
            return Ok(());
        };
        let recipient = target.recipient.as_ref().unwrap_or(sender);
        let envelope = Envelope { sender, recipient };
        climb
            .step(CheckId::Envelope, try_out(self, &envelope))
            .await?;
        found.proof = Some(Proof::Envelope);
        let (message, tell) = match std::mem::take(&mut found.errand) {
            Errand::Send(message, tell) => (Some(message), Some(tell)),
            Errand::SendAway(message) => (Some(message), None),
            Errand::Nothing | Errand::Find(..) => (None, None),
        };
        let mut sent = Sent::default();
        let mut outcome = Ok(());
        if let Some(message) = &message {
            let sending = Box::pin(data::send(self, sender, message, &mut sent));
            outcome = climb.step(CheckId::Message, sending).await;
            if outcome.is_ok() {
                found.proof = Some(Proof::Message);
            }
        }
        if outcome.is_ok() {
            let others = self.try_others(climb, recipient, message.as_ref(), &mut sent);
            outcome = Box::pin(others).await;
        }
        if let Some(tell) = tell.filter(|_| sent != Sent::default()) {
            // Whoever does not listen any more does not want to know.
            let _ = tell.send(sent);
        }
        outcome
    }

    /// Each further sender address, whatever became of the one before.
    async fn try_others(
        &mut self,
        climb: &mut Climb<'_>,
        recipient: &EmailAddress,
        message: Option<&TestMessage>,
        sent: &mut Sent,
    ) -> Result<(), Halt> {
        for sender in &self.context.target.more_senders {
            let mut refused = false;
            let trying = async {
                let tried = match message {
                    Some(message) => data::send(self, sender, message, sent).await,
                    None => only_accepted(self, &Envelope { sender, recipient }).await,
                };
                refused = tried.as_ref().is_err_and(|f| f.smtp.is_some());
                tried
            };
            let about = Some(sender.to_string());
            let tried = climb.step_about(CheckId::Sender, about, trying).await;
            if tried.is_err() {
                // What the server refused ends nothing; a connection that broke ends everything.
                if !refused || !self.start_over().await {
                    return Err(Halt);
                }
            }
        }
        Ok(())
    }

    /// Forgets a refused envelope; false where the connection is of no more use.
    async fn start_over(&mut self) -> bool {
        self.smtp.driver.begin(self.context.target.timeout);
        self.smtp
            .command(&Rset)
            .await
            .is_ok_and(|reply| reply.is_ok())
    }
}
