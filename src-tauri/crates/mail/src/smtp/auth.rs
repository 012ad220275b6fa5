use mailwright_domain::{Fault, Secret, Security};

use super::reply::Reply;
use super::session::{Offers, Smtp};
use crate::climb::{Passed, Step};
use crate::failure::{Failure, WireError};
use crate::open::{Context, plain_not_allowed};
use crate::sasl::{self, Mechanism};
use crate::{Credential, Target};

/// Longest AUTH command with an initial response, line end included (RFC 4954 section 4: what does not fit the line
/// limit of RFC 5321 section 4.5.3.1.4 must go on its own line).
const LONGEST_COMMAND: usize = 512;
/// How often a server may ask for more within one exchange.
const MOST_ROUNDS: usize = 4;

/// AUTH (RFC 4954).
pub(super) async fn authenticate(
    context: &Context<'_>,
    smtp: &mut Smtp,
    offers: &Offers,
    security: Security,
) -> Step<()> {
    let Context {
        target, credential, ..
    } = *context;
    smtp.driver.begin(target.timeout);
    if security == Security::Plain && !target.allow_plain {
        return Err(plain_not_allowed(offers.has("STARTTLS")));
    }
    if !sasl::is_safe(target, credential) {
        return Err(Box::new(Failure {
            detail: "The sign-in name or the secret has a character that cannot be sent."
                .to_owned(),
            ..Failure::default()
        }));
    }
    let Some(mechanism) = Mechanism::choose(credential, |m| offers.signs_in_with(m)) else {
        let offered: Vec<&str> = offers.mechanisms().collect();
        let says = smtp
            .driver
            .log
            .clean(format!("AUTH {}", offered.join(" ")).as_bytes(), 500);
        return Err(Failure::new(
            Fault::NoMechanism,
            "The server offers none of the ways to sign in that fit this kind of sign-in.",
        )
        .with_says(Some(says)));
    };
    let (reply, challenge) = exchange(smtp, mechanism, target, credential).await?;
    let reply = reply
        .or_refused("The server does not accept the sign-in.")
        .map_err(|mut failure| {
            failure.challenge = challenge;
            failure
        })?;
    let detail = format!("Signed in as {} with {}.", target.login, mechanism.word());
    Ok(Passed::new((), detail).saying(reply.says))
}

async fn exchange(
    smtp: &mut Smtp,
    mechanism: Mechanism,
    target: &Target,
    credential: &Credential,
) -> Result<(Reply, Option<String>), Box<Failure>> {
    let word = mechanism.word();
    let response = mechanism.response(target, credential);
    smtp.driver.log.learn(&response);
    let placeholder = format!("(secret, {} bytes)", response.len());
    let command = format!("AUTH {word}");
    let fits = command.len() + 1 + response.len() + 2 <= LONGEST_COMMAND;
    // LOGIN's first answer is asked for; its draft knows no initial response.
    let initial = fits && mechanism != Mechanism::Login;
    let mut unsent = if initial {
        let line = Secret::new(format!("{command} {}", response.expose()));
        send(smtp, &line, &format!("{command} {placeholder}")).await?;
        None
    } else {
        send(smtp, &Secret::new(command.as_str()), &command).await?;
        Some(response)
    };
    let mut challenge = None;
    for _ in 0..MOST_ROUNDS {
        let reply = smtp.reply(true).await?;
        if reply.code.basic != 334 {
            return Ok((reply, challenge));
        }
        if let Some(response) = unsent.take() {
            send(smtp, &response, &placeholder).await?;
            continue;
        }
        let text = reply.texts.concat();
        let text = smtp.driver.log.clean(&sasl::decode_challenge(&text), 2_000);
        if mechanism.explains_refusal() && !text.is_empty() {
            smtp.driver.log.note(&format!("challenge: {text}"));
            challenge = Some(text);
        }
        match mechanism.next_response(credential) {
            Some(next) if mechanism.explains_refusal() => {
                let shown = if next.is_empty() {
                    "(empty line)"
                } else {
                    "AQ=="
                };
                send(smtp, &next, shown).await?;
            }
            Some(next) => {
                smtp.driver.log.learn(&next);
                let shown = format!("(secret, {} bytes)", next.len());
                send(smtp, &next, &shown).await?;
            }
            // “*” ends an exchange (RFC 4954 section 4).
            None => send(smtp, &Secret::new("*"), "*").await?,
        }
    }
    Err(WireError::Malformed("it asks for more without end").into())
}

async fn send(smtp: &mut Smtp, line: &Secret, shown: &str) -> Result<(), WireError> {
    let bytes = zeroize::Zeroizing::new([line.expose().as_bytes(), b"\r\n"].concat());
    smtp.driver.send(&bytes, shown).await
}
