use std::net::IpAddr;
use std::time::Duration;

use mailwright_domain::{CheckId, Fault, Protocol, Security};
use mailwright_net::{ConnectError, Connected, Net, ResolveError};
use tokio::time::{Instant, timeout, timeout_at};

use crate::climb::{Climb, Halt, Passed, Step, must_try};
use crate::driver::{Driver, Io};
use crate::failure::{Failure, WireError};
use crate::tls::{self, TlsFailure};
use crate::transcript::Log;
use crate::{Credential, Target, imap, pop3, smtp};

/// Longest time that finding out whether a port begins with TLS may take.
const TRIAL: Duration = Duration::from_secs(10);

/// What every step of a ladder needs.
pub(crate) struct Context<'a> {
    net: &'a Net,
    pub(crate) target: &'a Target,
    pub(crate) credential: &'a Credential,
    log: Log,
    addresses: Vec<IpAddr>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        net: &'a Net,
        target: &'a Target,
        credential: &'a Credential,
        log: Log,
    ) -> Self {
        Self {
            net,
            target,
            credential,
            log,
            addresses: Vec::new(),
        }
    }

    pub(crate) fn net(&self) -> &Net {
        self.net
    }

    /// The transcript that all connections of this test share.
    pub(crate) fn log(&self) -> Log {
        self.log.clone()
    }

    fn limit(&self) -> Duration {
        self.target.timeout
    }

    async fn connected(&self) -> Result<Connected, Box<Failure>> {
        let port = self.target.endpoint.port;
        self.net
            .connect(&self.addresses, port, self.limit())
            .await
            .map_err(|e| connect_failure(&e))
    }
}

/// Name, connection and, where it comes first, TLS. Afterwards [`Climb::security`] says what the connection is, and
/// the server is about to greet.
pub(crate) async fn open(context: &mut Context<'_>, climb: &mut Climb<'_>) -> Result<Driver, Halt> {
    let found = resolve(context);
    context.addresses = climb.step(CheckId::Resolve, found).await?;
    let stream = climb.step(CheckId::Connect, connect(context)).await?;
    let mut driver = Driver::new(stream, context.log.clone());
    if must_try(&context.target.endpoint) {
        return find_out(context, climb, driver).await;
    }
    if climb.security == Security::Tls {
        let tls = protect(context, &mut driver, Security::Tls);
        climb.step(CheckId::Tls, tls).await?;
    }
    Ok(driver)
}

async fn resolve(context: &Context<'_>) -> Step<Vec<IpAddr>> {
    let host = &context.target.endpoint.host;
    let addresses = match timeout(context.limit(), context.net.resolve(host)).await {
        Err(_) => Err(Failure::new(
            Fault::NameServerFailed,
            format!("No name server answered for {host} in time."),
        )),
        Ok(Err(error)) => Err(resolve_failure(&error)),
        Ok(Ok(addresses)) => Ok(addresses),
    }?;
    let list: Vec<String> = addresses.iter().take(8).map(IpAddr::to_string).collect();
    let detail = if host.parse::<IpAddr>().is_ok() {
        format!("{host} is an address.")
    } else {
        format!("{host} is {}.", list.join(", "))
    };
    Ok(Passed::new(addresses, detail))
}

async fn connect(context: &Context<'_>) -> Step<Box<dyn Io>> {
    let connected = context.connected().await?;
    let mut detail = format!("Connected to {}.", connected.peer);
    for note in &connected.notes {
        detail = format!("{detail} {note}");
    }
    Ok(Passed::new(Box::new(connected.stream), detail))
}

/// The TLS step on an open connection.
pub(crate) async fn protect(
    context: &Context<'_>,
    driver: &mut Driver,
    mode: Security,
) -> Step<()> {
    driver.begin(context.limit());
    let deadline = driver.deadline();
    match shake(context, driver, deadline).await? {
        Ok(detail) => Ok(Passed::new((), detail)),
        Err(failure) if mode == Security::Starttls => {
            Err(explain(context, failure.after_starttls(), mode, deadline).await)
        }
        Err(failure) => Err(explain(context, failure, mode, deadline).await),
    }
}

/// `Auto` on a port that says nothing: TLS, and when the server turns out not to speak it, once more for STARTTLS.
async fn find_out(
    context: &Context<'_>,
    climb: &mut Climb<'_>,
    mut driver: Driver,
) -> Result<Driver, Halt> {
    let began = Instant::now();
    driver.begin(context.limit().min(TRIAL));
    let deadline = driver.deadline();
    let outcome = match shake(context, &mut driver, deadline).await {
        Ok(Ok(detail)) => Ok(Passed::new((), detail)),
        Ok(Err(failure)) if failure.fault == Fault::TlsNotSpoken => {
            climb.security = Security::Starttls;
            context
                .log
                .note("this port does not begin with TLS: connecting again for STARTTLS");
            let again = context.connected().await;
            return match again {
                Ok(connected) => Ok(Driver::new(Box::new(connected.stream), context.log.clone())),
                Err(failure) => climb.done(CheckId::Greeting, began.elapsed(), Err(failure)),
            };
        }
        Ok(Err(failure)) => Err(explain(context, failure, Security::Tls, deadline).await),
        Err(failure) => Err(failure),
    };
    climb.done(CheckId::Tls, began.elapsed(), outcome)?;
    Ok(driver)
}

async fn shake(
    context: &Context<'_>,
    driver: &mut Driver,
    deadline: Instant,
) -> Result<Result<String, TlsFailure>, Box<Failure>> {
    let io = driver.take_for_tls().map_err(|_| injection(None))?;
    let host = &context.target.endpoint.host;
    let established = tls::handshake(io, context.net.tls_config(), host, deadline).await;
    Ok(established.map(|established| {
        driver.carry_on(established.io);
        established.detail
    }))
}

/// A refused certificate is looked at over a second connection: the library that refuses it does not hand it out.
async fn explain(
    context: &Context<'_>,
    failure: TlsFailure,
    mode: Security,
    deadline: Instant,
) -> Box<Failure> {
    if !failure.certificate {
        return failure.into();
    }
    let chain = match timeout_at(deadline, before_tls(context, mode, deadline)).await {
        Ok(Some(io)) => {
            let host = &context.target.endpoint.host;
            tls::look(io, &context.net.tls_config(), host, deadline).await
        }
        _ => Vec::new(),
    };
    failure.with_chain(&chain).into()
}

async fn before_tls(
    context: &Context<'_>,
    mode: Security,
    deadline: Instant,
) -> Option<Box<dyn Io>> {
    let stream = context.connected().await.ok()?.stream;
    // This conversation repeats what the transcript already holds.
    let mut driver = Driver::new(Box::new(stream), Log::new(context.credential.secret()));
    driver.begin(deadline.saturating_duration_since(Instant::now()));
    if mode == Security::Starttls {
        driver = match context.target.endpoint.protocol {
            Protocol::Imap => imap::up_to_tls(driver).await?,
            Protocol::Smtp => smtp::up_to_tls(driver).await?,
            Protocol::Pop3 => pop3::up_to_tls(driver).await?,
            Protocol::Graph | Protocol::Gmail => return None, // always TLS first
        };
    }
    driver.take_for_tls().ok()
}

/// Somebody wrote into the connection before it was protected, or claims that the sign-in has happened already.
pub(crate) fn injection(says: Option<String>) -> Box<Failure> {
    Failure::new(
        Fault::StarttlsInjection,
        "Something was sent between the STARTTLS reply and TLS; somebody may be tampering with the connection.",
    )
    .with_says(says)
}

/// STARTTLS is required and was not offered.
pub(crate) fn starttls_missing(says: String) -> Box<Failure> {
    Failure::new(
        Fault::StarttlsMissing,
        "The server does not offer STARTTLS here, so the connection cannot be protected and nothing secret is sent.",
    )
    .with_says(Some(says))
}

/// A credential is never sent in the clear unless a person allowed it.
pub(crate) fn plain_not_allowed(starttls: bool) -> Box<Failure> {
    let offer = if starttls {
        " The server offers STARTTLS."
    } else {
        ""
    };
    Box::new(Failure {
        detail: format!(
            "The connection is not protected, and sending a token or password over it has not been allowed for this server.{offer}"
        ),
        fault: (!starttls).then_some(Fault::StarttlsMissing),
        ..Failure::default()
    })
}

fn resolve_failure(error: &ResolveError) -> Box<Failure> {
    let fault = match error {
        ResolveError::NotFound(_) | ResolveError::NoRecords(_) => Fault::NameNotFound,
        ResolveError::Failed { .. } => Fault::NameServerFailed,
    };
    Failure::new(fault, sentence(&error.to_string())).with_reason(error.to_string())
}

fn connect_failure(error: &ConnectError) -> Box<Failure> {
    let fault = match error {
        ConnectError::Refused(_) => Fault::Refused,
        ConnectError::TimedOut(_) => Fault::TimedOut,
        ConnectError::Unreachable { .. } => Fault::Unreachable,
        ConnectError::Other { .. } => WireError::Reset.fault(),
        ConnectError::NoAddress => Fault::NameNotFound,
    };
    Failure::new(fault, sentence(&error.to_string())).with_reason(error.to_string())
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), chars.as_str())
}

#[cfg(test)]
mod tests;
