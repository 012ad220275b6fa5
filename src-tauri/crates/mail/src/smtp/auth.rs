use mailwright_domain::Security;
use zeroize::Zeroizing;

use super::reply::Reply;
use super::session::{Offers, Smtp};
use crate::climb::{Passed, Step};
use crate::failure::{Failure, WireError};
use crate::open::Context;
use crate::sasl::{self, Answer, Exchange, Mechanism};

/// Longest AUTH command with an initial response, line end included (RFC 4954 section 4: what does not fit the line
/// limit of RFC 5321 section 4.5.3.1.4 must go on its own line).
const LONGEST_COMMAND: usize = 512;
/// Longest line of an exchange that servers are asked to take, line end included (RFC 4954 section 4). A longer one is
/// sent all the same, for many take it.
const LONGEST_RESPONSE: usize = 12_288;

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
    sasl::may_sign_in(context, security, offers.has("STARTTLS"))?;
    let Some(mechanism) = Mechanism::choose(credential, |m| offers.signs_in_with(m)) else {
        let offered: Vec<&str> = offers.mechanisms().collect();
        let says = format!("AUTH {}", offered.join(" "));
        return Err(sasl::none_fits(smtp.driver.log.clean(says.as_bytes(), 500)));
    };
    let log = smtp.driver.log.clone();
    let (mut exchange, command) =
        Exchange::begin("AUTH", LONGEST_COMMAND, mechanism, target, credential, &log);
    let reply = carry(smtp, &mut exchange, command).await?;
    let says = accepted(reply, exchange)?;
    let detail = format!("Signed in as {} with {}.", target.login, mechanism.word());
    Ok(Passed::new((), detail).saying(says))
}

/// Carries the exchange to its end and gives the reply that ends it.
async fn carry(
    smtp: &mut Smtp,
    exchange: &mut Exchange<'_>,
    command: Answer,
) -> Result<Reply, Box<Failure>> {
    let mut line = command;
    loop {
        send(smtp, &line).await?;
        let reply = smtp.reply(true).await?;
        if reply.code.basic != 334 {
            return Ok(reply);
        }
        line = exchange.answer(&reply.texts.concat())?;
    }
}

fn accepted(reply: Reply, exchange: Exchange<'_>) -> Result<String, Box<Failure>> {
    let length = exchange.length() + "\r\n".len();
    let too_long = if length > LONGEST_RESPONSE {
        format!(
            " It had {length} octets in one line, and a server need not take more than {LONGEST_RESPONSE}."
        )
    } else {
        String::new()
    };
    let detail = format!("The server does not accept the sign-in.{too_long}");
    let reply = reply.or_refused(detail).map_err(|mut failure| {
        failure.challenge = exchange.challenge;
        failure
    })?;
    Ok(reply.says)
}

async fn send(smtp: &mut Smtp, answer: &Answer) -> Result<(), WireError> {
    let bytes = Zeroizing::new([answer.line.expose().as_bytes(), b"\r\n"].concat());
    smtp.driver.send(&bytes, &answer.shown).await
}
