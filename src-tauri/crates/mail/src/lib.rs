//! Proves that a mailbox works: climbs the ladder of checks of an IMAP, POP3 or SMTP server, from the name to the
//! opened inbox or the accepted envelope, with a line driver of its own that trusts nothing a server says.
//!
//! Every session is opened here: name, connection, TLS, capabilities, sign-in. Limits on time, lines and bytes hold
//! in every step; what was learnt before TLS is forgotten; a secret enters neither the transcript nor an error.

mod api;
mod climb;
mod driver;
mod errand;
mod failure;
mod greeting;
mod imap;
mod message;
mod open;
mod plan;
mod pop3;
mod redact;
mod roles;
mod sasl;
mod smtp;
mod speaks;
mod tls;
mod transcript;
mod utf7;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod near;
#[cfg(test)]
mod round_trips;
#[cfg(test)]
#[path = "../tests/ladder/script.rs"]
mod script;

use std::fmt;
use std::time::Duration;

use mailwright_domain::{
    AuthKind, Check, CheckEvent, CheckId, EmailAddress, Endpoint, Folder, Outcome, Proof, Protocol,
    Secret, Security,
};
use mailwright_net::Net;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

pub use climb::skipped;
pub use errand::{Errand, Patience, Sent};
pub use message::TestMessage;
pub use roles::assign_roles;
pub use speaks::speaks;
pub use transcript::{Direction, Transcript, TranscriptLine};
pub use utf7::{decode as decode_folder_name, encode as encode_folder_name};

use climb::{Climb, Halt};
use open::Context;
use transcript::Log;

/// What is tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The server.
    pub endpoint: Endpoint,
    /// The name used towards this server. Graph and Gmail: `me` for whoever signed in, or the address of the mailbox.
    pub login: String,
    /// Sender of the test envelope and message; only for sending.
    pub sender: Option<EmailAddress>,
    /// Further addresses that may send; each has a check of its own. Only for sending.
    pub more_senders: Vec<EmailAddress>,
    /// Recipient of the test envelope; the sender where none is given.
    pub recipient: Option<EmailAddress>,
    /// Folders that had a role when they were last listed, by their raw names (IMAP). Their messages are counted
    /// without waiting for the list; a name that is no longer there costs nothing.
    pub known_folders: Vec<String>,
    /// Time limit of one check.
    pub timeout: Duration,
    /// A person has allowed this host to get a credential without TLS.
    pub allow_plain: bool,
}

impl Target {
    /// Senders that have a check of their own.
    pub(crate) fn others(&self) -> &[EmailAddress] {
        match self.endpoint.protocol {
            Protocol::Smtp | Protocol::Graph | Protocol::Gmail => &self.more_senders,
            Protocol::Imap | Protocol::Pop3 => &[],
        }
    }
}

/// What is signed in with.
#[derive(Clone, Debug)]
pub enum Credential {
    /// An OAuth 2.0 access token (XOAUTH2, or OAUTHBEARER of RFC 7628).
    OAuth(Secret),
    /// A password or app password (PLAIN of RFC 4616, LOGIN, or USER and PASS of POP3).
    Password(Secret),
}

impl Credential {
    pub(crate) fn secret(&self) -> &Secret {
        match self {
            Self::OAuth(secret) | Self::Password(secret) => secret,
        }
    }

    fn kind(&self) -> AuthKind {
        match self {
            Self::OAuth(_) => AuthKind::Oauth,
            Self::Password(_) => AuthKind::Password,
        }
    }
}

/// All that one test of one server found.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// Every check of the ladder in order, also those that were skipped.
    pub checks: Vec<Check>,
    /// The conversation, without secrets.
    pub transcript: Transcript,
    /// The folders, where the ladder got that far (IMAP).
    pub folders: Vec<Folder>,
    /// How far it got.
    pub proof: Option<Proof>,
    /// The protection that was really used; settles `Auto`.
    pub security: Security,
}

/// How far a climb got, gathered on the way, and what is still to be done at its end.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) errand: Errand,
    pub(crate) folders: Vec<Folder>,
    pub(crate) proof: Option<Proof>,
    /// A server for sending that takes mail and signs nobody in.
    pub(crate) offers_no_sign_in: bool,
}

/// Climbs the ladder of one server and sends an event as every check begins and ends. Dropping the future closes the
/// connection; a receiver that went away is no reason to stop.
pub async fn run(
    net: &Net,
    target: &Target,
    credential: &Credential,
    events: &UnboundedSender<CheckEvent>,
) -> Ladder {
    run_errand(net, target, credential, Errand::Nothing, events).await
}

/// The same, and then the errand in the same session where the protocol allows. An errand that is not the protocol's
/// own is not done.
pub async fn run_errand(
    net: &Net,
    target: &Target,
    credential: &Credential,
    errand: Errand,
    events: &UnboundedSender<CheckEvent>,
) -> Ladder {
    let log = Log::new(credential.secret());
    log.note(&format!("{} {}", target.endpoint.protocol, target.endpoint));
    let mut climb = Climb::new(&target.endpoint, credential.kind(), log.clone(), events)
        .with_more(errand.checks())
        .with_senders(target.others());
    let mut context = Context::new(net, target, credential, log.clone());
    let mut found = Findings {
        errand,
        ..Findings::default()
    };
    // Where a step failed is in the climb's checks already.
    let _ = ladder(&mut context, &mut climb, &mut found).await;
    let security = climb.security;
    Ladder {
        checks: climb.finish(),
        transcript: log.transcript(),
        folders: found.folders,
        proof: found.proof,
        security,
    }
}

/// The ladder of the target's protocol. In a box, as each part of it that is long: one state for all of its steps would
/// not fit the stack of a worker thread.
pub(crate) async fn ladder(
    context: &mut Context<'_>,
    climb: &mut Climb<'_>,
    found: &mut Findings,
) -> Result<(), Halt> {
    match context.target.endpoint.protocol {
        Protocol::Imap => Box::pin(imap::climb(context, climb, found)).await,
        Protocol::Smtp => Box::pin(smtp::climb(context, climb, found)).await,
        Protocol::Pop3 => Box::pin(pop3::climb(context, climb, found)).await,
        Protocol::Graph | Protocol::Gmail => Box::pin(api::climb(context, climb, found)).await,
    }
}

/// The folders of an IMAP mailbox; counted are the inbox and those that have a role.
///
/// # Errors
/// The check that failed before the folders were known.
pub async fn folders(
    net: &Net,
    target: &Target,
    credential: &Credential,
) -> Result<Vec<Folder>, Box<Check>> {
    let (events, _) = unbounded_channel();
    let ladder = run(net, target, credential, &events).await;
    let failed = ladder
        .checks
        .into_iter()
        .find(|c| c.outcome == Outcome::Failed && c.id != CheckId::Count);
    match failed {
        Some(check) => Err(Box::new(check)),
        None => Ok(ladder.folders),
    }
}

impl fmt::Display for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transcript.fmt(f)
    }
}
