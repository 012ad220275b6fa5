use mailwright_domain::{Secret, Security};

use super::session::{Answer, Kind, Offers, Pop3};
use crate::climb::{Passed, Step};
use crate::failure::Failure;
use crate::open::Context;
use crate::sasl::{self, Exchange, Mechanism};
use crate::{Credential, Target};

/// Longest command with an initial response, line end included (RFC 5034 section 4, RFC 2449 section 4). A token of
/// Exchange Online never fits, and Exchange takes no other form than the one in two steps.
const LONGEST_COMMAND: usize = 255;

/// AUTH (RFC 5034), or USER and PASS (RFC 1939 section 7) where a password has no better way.
pub(super) async fn authenticate(
    context: &Context<'_>,
    pop3: &mut Pop3,
    offers: &Offers,
    security: Security,
) -> Step<()> {
    let Context {
        target, credential, ..
    } = *context;
    pop3.driver.begin(target.timeout);
    sasl::may_sign_in(context, security, offers.has("STLS"))?;
    let (answer, challenge, how) = match Way::choose(credential, offers) {
        Some(Way::Sasl(mechanism)) => {
            let (answer, challenge) = exchange(pop3, mechanism, target, credential).await?;
            (answer, challenge, mechanism.word())
        }
        Some(Way::UserPass) => (log_in(pop3, target, credential).await?, None, "USER"),
        None => return Err(sasl::none_fits(offers.says.clone())),
    };
    let answer = answer
        .or_refused("The server does not accept the sign-in.")
        .map_err(|mut failure| {
            failure.challenge = challenge;
            failure
        })?;
    Ok(Passed::new((), format!("Signed in as {} with {how}.", target.login)).saying(answer.says))
}

/// How to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Sasl(Mechanism),
    UserPass,
}

impl Way {
    /// LOGIN comes last: USER and PASS do the same and have a standard.
    fn choose(credential: &Credential, offers: &Offers) -> Option<Self> {
        let mechanism = Mechanism::choose(credential, |m| offers.signs_in_with(m));
        let user =
            matches!(credential, Credential::Password(_)) && (offers.has("USER") || offers.silent);
        match mechanism {
            Some(Mechanism::Login) | None if user => Some(Self::UserPass),
            other => other.map(Self::Sasl),
        }
    }
}

async fn exchange(
    pop3: &mut Pop3,
    mechanism: Mechanism,
    target: &Target,
    credential: &Credential,
) -> Result<(Answer, Option<String>), Box<Failure>> {
    let log = pop3.driver.log.clone();
    let (mut exchange, mut line) =
        Exchange::begin("AUTH", LONGEST_COMMAND, mechanism, target, credential, &log);
    loop {
        pop3.send(line.line.expose(), &line.shown).await?;
        let answer = pop3.reply().await?;
        if answer.kind != Kind::Continue {
            return Ok((answer, exchange.challenge));
        }
        line = exchange.answer(&answer.text)?;
    }
}

/// USER and PASS. The password goes out only after the name was taken.
async fn log_in(
    pop3: &mut Pop3,
    target: &Target,
    credential: &Credential,
) -> Result<Answer, Box<Failure>> {
    let secret = credential.secret();
    let plain = |text: &str| text.bytes().all(|b| (b' '..=b'~').contains(&b));
    if !plain(&target.login) || !plain(secret.expose()) {
        return Err(sasl::only_ascii());
    }
    let answer = pop3.command(&format!("USER {}", target.login)).await?;
    if answer.kind != Kind::Ok {
        return Ok(answer);
    }
    let line = Secret::new(format!("PASS {}", secret.expose()));
    let shown = format!("PASS (secret, {} bytes)", secret.len());
    pop3.send(line.expose(), &shown).await?;
    pop3.reply().await
}
