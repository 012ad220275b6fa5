use super::session::{Completion, Event, Imap};
use crate::climb::{Passed, Step};
use crate::failure::{Failure, WireError};
use crate::open::{Context, plain_not_allowed};
use crate::sasl::{self, Mechanism};
use crate::{Credential, Target};
use mailwright_domain::{Fault, Secret, Security};

/// Longest command line that servers must take (RFC 2683 section 3.2.1.5); above it the response goes on its own line.
const LONGEST_COMMAND: usize = 8_000;
/// How often a server may ask for more within one exchange.
const MOST_ROUNDS: usize = 4;

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
    if security == Security::Plain && !target.allow_plain {
        return Err(plain_not_allowed(offered.has("STARTTLS")));
    }
    if !sasl::is_safe(target, credential) {
        return Err(Box::new(Failure {
            detail: "The sign-in name or the secret has a character that cannot be sent."
                .to_owned(),
            ..Failure::default()
        }));
    }
    let mechanism = Mechanism::choose(credential, |m| offered.signs_in_with(m));
    let initial = offered.has("SASL-IR");
    let login = matches!(credential, Credential::Password(_)) && !offered.has("LOGINDISABLED");
    imap.forget();
    let (done, challenge, how) = match mechanism {
        Some(mechanism) => {
            let (done, challenge) = exchange(imap, mechanism, initial, target, credential).await?;
            (done, challenge, mechanism.word())
        }
        None if login => (log_in(imap, target, credential).await?, None, "LOGIN"),
        None => {
            return Err(Failure::new(
                Fault::NoMechanism,
                "The server offers none of the ways to sign in that fit this kind of sign-in.",
            )
            .with_says(Some(imap.listed(&offered))));
        }
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
    initial: bool,
    target: &Target,
    credential: &Credential,
) -> Result<(Completion, Option<String>), Box<Failure>> {
    let word = mechanism.word();
    let response = mechanism.response(target, credential);
    imap.driver.log.learn(&response);
    let placeholder = format!("(secret, {} bytes)", response.len());
    let mut unsent = if initial && response.len() + word.len() + 32 <= LONGEST_COMMAND {
        let command = Secret::new(format!("AUTHENTICATE {word} {}", response.expose()));
        let shown = format!("AUTHENTICATE {word} {placeholder}");
        imap.start(command.expose().as_bytes(), &shown).await?;
        None
    } else {
        let command = format!("AUTHENTICATE {word}");
        imap.start(command.as_bytes(), &command).await?;
        Some(response)
    };
    let mut challenge = None;
    for _ in 0..MOST_ROUNDS {
        let text = loop {
            match imap.event(true).await? {
                Event::Done(completion) => return Ok((completion, challenge)),
                Event::Continue(text) => break text,
                Event::Data(_) => {}
            }
        };
        if let Some(response) = unsent.take() {
            imap.answer(response.expose(), &placeholder).await?;
            continue;
        }
        let text = imap.driver.log.clean(&sasl::decode_challenge(&text), 2_000);
        if mechanism.explains_refusal() && !text.is_empty() {
            imap.driver.log.note(&format!("challenge: {text}"));
            challenge = Some(text);
        }
        match mechanism.next_response(credential) {
            // An empty or fixed line is no secret and says what was done.
            Some(next) if mechanism.explains_refusal() => {
                let shown = if next.is_empty() {
                    "(empty line)"
                } else {
                    "AQ=="
                };
                imap.answer(next.expose(), shown).await?;
            }
            Some(next) => {
                imap.driver.log.learn(&next);
                let shown = format!("(secret, {} bytes)", next.len());
                imap.answer(next.expose(), &shown).await?;
            }
            // “*” ends an exchange (RFC 9051 section 6.2.2).
            None => imap.answer("*", "*").await?,
        }
    }
    Err(imap.explain(WireError::Malformed("it asks for more without end")))
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
        return Err(Failure::new(
            Fault::NoMechanism,
            "The server can only take a name and password of plain ASCII characters here.",
        ));
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
