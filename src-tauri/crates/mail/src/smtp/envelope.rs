use lettre::transport::smtp::commands::{Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::MailParameter;
use mailwright_domain::EmailAddress;

use super::Sending;
use super::reply::Reply;
use crate::climb::{Passed, Step};
use crate::failure::Failure;
use crate::message::wire;

/// Who sends to whom.
pub(super) struct Envelope<'a> {
    pub(super) sender: &'a EmailAddress,
    pub(super) recipient: &'a EmailAddress,
}

/// MAIL, RCPT and RSET (RFC 5321 sections 4.1.1.2, 4.1.1.3, 4.1.1.5): accepted, and nothing sent.
pub(super) async fn try_out(sending: &mut Sending<'_, '_>, envelope: &Envelope<'_>) -> Step<()> {
    let mut after = Rset.to_string();
    if sending.leaves {
        after.push_str(&Quit.to_string());
    }
    let accepted = hand_over(sending, envelope, Some(&after)).await?;
    let Envelope { sender, recipient } = envelope;
    let detail = format!("The server accepts mail from {sender} to {recipient}; nothing was sent.");
    Ok(Passed::new((), detail).saying(accepted.says))
}

/// The same for a further sender. Servers take many an address here and refuse its first message, so that this proves
/// nothing but that it is not refused at once.
pub(super) async fn only_accepted(
    sending: &mut Sending<'_, '_>,
    envelope: &Envelope<'_>,
) -> Step<()> {
    let accepted = hand_over(sending, envelope, Some(&Rset.to_string())).await?;
    let detail = format!(
        "The server does not refuse {} as sender. Whether it may send is proven only by a message.",
        envelope.sender
    );
    Ok(Passed::new((), detail)
        .saying(accepted.says)
        .proving_nothing())
}

/// MAIL and RCPT, and gives the reply to RCPT; `after` goes out with them, and the reply to its first
/// command does not matter.
pub(super) async fn hand_over(
    sending: &mut Sending<'_, '_>,
    envelope: &Envelope<'_>,
    after: Option<&str>,
) -> Result<Reply, Box<Failure>> {
    let Envelope { sender, recipient } = envelope;
    let smtp = &mut *sending.smtp;
    smtp.driver.begin(sending.context.target.timeout);
    let mut parameters = Vec::new();
    if !sender.local().is_ascii() || !recipient.local().is_ascii() {
        if !sending.offers.has("SMTPUTF8") {
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
    let after = after.unwrap_or_default();
    // All at once where that is offered (RFC 2920); the answers come in order.
    let together = sending.offers.has("PIPELINING");
    if together {
        smtp.send(&[&*mail, &*rcpt, after].concat()).await?;
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
    if !after.is_empty() {
        if !together {
            smtp.send(after).await?;
        }
        // The envelope is accepted; what the server says to taking it back changes nothing.
        let _ = smtp.reply(false).await;
    }
    Ok(accepted)
}
