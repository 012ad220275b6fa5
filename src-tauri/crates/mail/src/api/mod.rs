//! Sending by Microsoft Graph and by the Gmail API: from the name to a message that the provider has taken. A message is
//! handed over as a whole in the form of RFC 5322, so that it is the same one that submission would send.

pub(crate) mod answer;
mod request;

use mailwright_domain::{CheckId, EmailAddress, Proof};
use mailwright_net::proxy_for;

use crate::climb::{Climb, Halt, Passed, Step};
use crate::failure::Failure;
use crate::open::{Context, open};
use crate::{Errand, Findings, Sent, TestMessage};
use answer::{ask, may_have_been_taken};
use request::Api;

pub(crate) async fn climb(
    context: &mut Context<'_>,
    climb: &mut Climb<'_>,
    found: &mut Findings,
) -> Result<(), Halt> {
    let api = Api::of(context.target);
    if api.base().is_some_and(|url| proxy_for(&url).is_some()) {
        for id in [CheckId::Resolve, CheckId::Connect, CheckId::Tls] {
            climb.unchecked(id, "A proxy makes this connection for this computer.");
        }
    } else {
        // What is shown by it; the requests go over a connection of the HTTP client's own.
        drop(open(context, climb).await?);
    }
    climb
        .step(CheckId::Authenticate, look(context, &api))
        .await?;
    found.proof = Some(Proof::Login);
    send_all(context, climb, found, &api).await
}

/// Asks for something that only a good token gets an answer to, without sending anything. The permission to send lets
/// nobody read, so that “you may not read this” says as much as an answer: the token is accepted.
async fn look(context: &Context<'_>, api: &Api<'_>) -> Step<()> {
    let answer = ask(context, api.look()?).await?;
    let says = answer.says();
    let name = api.name();
    if answer.is_ok() || answer.only_may_not_read() {
        let detail = format!(
            "{name} accepts the token. Whether this mailbox may send is proven only by a message."
        );
        return Ok(Passed::new((), detail).saying(says));
    }
    Err(answer.refused(format!("{name} does not accept the token.")))
}

async fn send_all(
    context: &Context<'_>,
    climb: &mut Climb<'_>,
    found: &mut Findings,
    api: &Api<'_>,
) -> Result<(), Halt> {
    let target = context.target;
    let (message, tell) = match std::mem::take(&mut found.errand) {
        Errand::Send(message, tell) => (Some(message), Some(tell)),
        Errand::SendAway(message) => (Some(message), None),
        Errand::Nothing | Errand::Find(..) => (None, None),
    };
    let mut sent = Sent::default();
    let mut outcome = Ok(());
    if let (Some(message), Some(sender)) = (&message, &target.sender) {
        let sending = send(context, api, sender, message, &mut sent);
        outcome = climb.step(CheckId::Message, sending).await;
        if outcome.is_ok() {
            found.proof = Some(Proof::Message);
        }
    }
    if outcome.is_ok() {
        for sender in target.others() {
            let trying = try_sender(context, api, sender, message.as_ref(), &mut sent);
            let about = Some(sender.to_string());
            // Each stands for itself: what is refused for one says nothing of the next.
            let _ = climb.step_about(CheckId::Sender, about, trying).await;
        }
    }
    if let Some(tell) = tell.filter(|_| sent != Sent::default()) {
        // Whoever does not listen any more does not want to know.
        let _ = tell.send(sent);
    }
    outcome
}

async fn try_sender(
    context: &Context<'_>,
    api: &Api<'_>,
    sender: &EmailAddress,
    message: Option<&TestMessage>,
    sent: &mut Sent,
) -> Step<()> {
    if let Some(message) = message {
        return send(context, api, sender, message, sent).await;
    }
    let name = api.name();
    let detail = format!("Whether {name} sends as {sender} is proven only by a message.");
    Ok(Passed::new((), detail).proving_nothing())
}

/// Hands a message over. `sent` says what became of it, also where the answer did not come.
async fn send(
    context: &Context<'_>,
    api: &Api<'_>,
    from: &EmailAddress,
    message: &TestMessage,
    sent: &mut Sent,
) -> Step<()> {
    let text = message.written(from).map_err(|error| {
        Box::new(Failure {
            detail: format!("A message from {from} could not be written: {error}."),
            ..Failure::default()
        })
    })?;
    let request = api.send(&text)?;
    sent.perhaps += 1;
    let to = message.to();
    let answer = match ask(context, request).await {
        Err(failure) if may_have_been_taken(&failure) => {
            return Err(failure.unanswered(from, to));
        }
        answer => answer,
    };
    sent.perhaps -= 1;
    let answer = answer?;
    let name = api.name();
    if !answer.is_ok() {
        return Err(answer.refused(format!("{name} refused the message from {from} to {to}.")));
    }
    sent.accepted += 1;
    let detail = format!("{name} accepted a message from {from} to {to}.");
    Ok(Passed::new((), detail).saying(answer.says()))
}
