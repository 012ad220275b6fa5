use super::session::{Completion, Event, Imap};
use crate::climb::{Passed, Step};
use crate::failure::{Failure, WireError};
use crate::open::Context;
use crate::sasl::{self, Exchange, Mechanism};
use crate::{Credential, Target};
use mailwright_domain::{Secret, Security};

/// Longest command line that servers must take (RFC 2683 section 3.2.1.5); above it the response goes on its own line.
const LONGEST_COMMAND: usize = 8_000;
/// Room in that line for the tag.
const TAG: usize = 12;

/// AUTHENTICATE (RFC 9051 section 6.2.2), or LOGIN where a password has no other way.
pub(super) async fn authenticate(
    context: &Context<'_>,
    imap: &mut Imap,
    security: Security,
) -> Step<()> {
    let Context {
        target, credential, ..
    } = *context;
    imap.driver.begin(target.timeout);
    let offered = imap.capabilities().await?;
    sasl::may_sign_in(context, security, offered.has("STARTTLS"))?;
    let mechanism = Mechanism::choose(credential, |m| offered.signs_in_with(m));
    // The first response in the command is an extension (RFC 4959).
    let longest = if offered.has("SASL-IR") {
        LONGEST_COMMAND - TAG
    } else {
        0
    };
    let login = matches!(credential, Credential::Password(_)) && !offered.has("LOGINDISABLED");
    imap.forget();
    let (done, challenge, how) = match mechanism {
        Some(mechanism) => {
            let (done, challenge) = exchange(imap, mechanism, longest, target, credential).await?;
            (done, challenge, mechanism.word())
        }
        None if login => (log_in(imap, target, credential).await?, None, "LOGIN"),
        None => return Err(sasl::none_fits(imap.listed(&offered))),
    };
    let says = done
        .or_refused("The server does not accept the sign-in.")
        .map_err(|mut failure| {
            failure.challenge = challenge;
            failure
        })?;
    Ok(Passed::new((), format!("Signed in as {} with {how}.", target.login)).saying(says))
}

async fn exchange(
    imap: &mut Imap,
    mechanism: Mechanism,
    longest: usize,
    target: &Target,
    credential: &Credential,
) -> Result<(Completion, Option<String>), Box<Failure>> {
    let log = imap.driver.log.clone();
    let (mut exchange, command) =
        Exchange::begin("AUTHENTICATE", longest, mechanism, target, credential, &log);
    imap.start(command.line.expose().as_bytes(), &command.shown)
        .await?;
    loop {
        match imap.event(true).await? {
            Event::Done(completion) => return Ok((completion, exchange.challenge)),
            Event::Continue(text) => {
                let answer = exchange.answer(&text).map_err(|e| imap.explain(e))?;
                imap.answer(answer.line.expose(), &answer.shown).await?;
            }
            Event::Data(_) => {}
        }
    }
}

/// LOGIN (RFC 9051 section 6.2.3).
async fn log_in(
    imap: &mut Imap,
    target: &Target,
    credential: &Credential,
) -> Result<Completion, Box<Failure>> {
    let (Some(user), Some(password)) =
        (quoted(&target.login), quoted(credential.secret().expose()))
    else {
        return Err(sasl::only_ascii());
    };
    let command = Secret::new(format!("LOGIN {} {}", user.expose(), password.expose()));
    let shown = format!("LOGIN {} (secret, {} bytes)", user.expose(), password.len());
    imap.start(command.expose().as_bytes(), &shown).await?;
    loop {
        match imap.event(true).await? {
            Event::Done(completion) => return Ok(completion),
            Event::Continue(_) => {
                return Err(imap.explain(WireError::Malformed(
                    "it asks for more where nothing follows",
                )));
            }
            Event::Data(_) => {}
        }
    }
}

fn quoted(text: &str) -> Option<Secret> {
    let plain = text.bytes().all(|b| (b' '..=b'~').contains(&b));
    plain.then(|| {
        Secret::new(format!(
            "\"{}\"",
            text.replace('\\', "\\\\").replace('"', "\\\"")
        ))
    })
}
