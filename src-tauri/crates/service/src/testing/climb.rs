//! The ladders of one test.

use std::time::Duration;

use mailwright_domain::{
    Check, CheckEvent, CheckId, Evidence, Mailbox, Outcome, Proof, Protocol, Provider,
};
use mailwright_mail::{Errand, Target, skipped};
use tokio::sync::mpsc::unbounded_channel;

use super::TestOptions;
use super::errands::{Errands, tell_what_is_left};
use super::events::{Events, diagnose, report_skipped};
use super::neighbours::advise;
use super::turns::turn;
use crate::credentials::Credentials;
use crate::interception::tell_of_a_stranger;
use crate::{Failure, Service};

/// What one server's ladder found.
pub(super) struct Climbed {
    pub(super) protocol: Protocol,
    pub(super) checks: Vec<Check>,
    pub(super) proof: Option<Proof>,
    /// The conversation without secrets; empty where there was none.
    pub(super) transcript: String,
}

impl Service {
    /// Every protocol at the same time: neither waits for the other, but for a message that one sends and the other
    /// looks for.
    pub(super) async fn climb(
        &self,
        mailbox: &Mailbox,
        targets: &[Target],
        credentials: &Credentials,
        options: &TestOptions,
        events: &Events<'_>,
    ) -> Vec<Climbed> {
        let mut errands = Errands::of(mailbox, options, targets);
        let sending = mailbox.purpose.via.protocol();
        let [imap, pop3, sending] = [Protocol::Imap, Protocol::Pop3, sending].map(|protocol| {
            let target = targets.iter().find(|t| t.endpoint.protocol == protocol);
            let errand = errands.take(protocol);
            Box::pin(self.climb_admitted(mailbox, target, credentials, errand, events))
        });
        let (imap, pop3, sending) = tokio::join!(imap, pop3, sending);
        let mut climbed: Vec<Climbed> = [imap, pop3, sending].into_iter().flatten().collect();
        tell_what_is_left(&mut climbed, errands.leaves_a_message());
        climbed
    }

    /// Sending by Graph needs a token of its own.
    async fn climb_admitted(
        &self,
        mailbox: &Mailbox,
        target: Option<&Target>,
        credentials: &Credentials,
        errand: Errand,
        events: &Events<'_>,
    ) -> Option<Climbed> {
        let target = target?;
        let own = match target.endpoint.protocol {
            Protocol::Graph => match self.access_to(mailbox, Protocol::Graph).await {
                Ok(access) => Some(Credentials::from(access)),
                Err(failure) => return Some(not_admitted(target, &errand, failure, events)),
            },
            _ => None,
        };
        let credentials = own.as_ref().unwrap_or(credentials);
        let climb = self.climb_one(mailbox, target, credentials, errand, events);
        Some(climb.await)
    }

    async fn climb_one(
        &self,
        mailbox: &Mailbox,
        target: &Target,
        credentials: &Credentials,
        errand: Errand,
        events: &Events<'_>,
    ) -> Climbed {
        let whose = self.whose(mailbox, credentials);
        let foreign = || {
            whose
                .as_ref()?
                .of_another_organisation(target.endpoint.protocol)
        };
        if let Some(evidence) = credentials.refused(mailbox, target).or_else(foreign) {
            return not_climbed(mailbox, target, &errand, evidence, events);
        }
        let turns = (target.endpoint.protocol == Protocol::Smtp).then(|| self.turns.of(mailbox));
        let (sender, mut receiver) = unbounded_channel();
        let credential = credentials.for_servers();
        let climbing = async {
            let turn = turn(turns.clone()).await;
            let climb =
                mailwright_mail::run_errand(&self.net, target, &credential, errand, &sender);
            let ladder = Box::pin(climb).await;
            drop((turn, sender));
            ladder
        };
        let telling = async {
            while let Some(event) = receiver.recv().await {
                events.send(&self.diagnosed_event(mailbox, target, event));
            }
        };
        let (mut ladder, ()) = tokio::join!(climbing, telling);
        for check in &mut ladder.checks {
            self.comment(mailbox, target, check);
        }
        advise(&self.net, target, &mut ladder, turns).await;
        if let Some(whose) = &whose {
            whose.tell_another_person(mailbox, &mut ladder.checks);
        }
        if looks_at_rights_late(mailbox) && ladder.proof == Some(Proof::Envelope) {
            ladder.proof = Some(Proof::Login);
        }
        Climbed {
            protocol: target.endpoint.protocol,
            checks: ladder.checks,
            proof: ladder.proof,
            transcript: ladder.transcript.to_string(),
        }
    }

    fn diagnosed_event(&self, mailbox: &Mailbox, target: &Target, event: CheckEvent) -> CheckEvent {
        match event {
            CheckEvent::Finished(mut check) => {
                self.comment(mailbox, target, &mut check);
                CheckEvent::Finished(check)
            }
            started @ CheckEvent::Started { .. } => started,
        }
    }

    /// Adds to a check what only this level knows: the verdict of a failure, and what a passed one does not prove.
    fn comment(&self, mailbox: &Mailbox, target: &Target, check: &mut Check) {
        diagnose(mailbox, check);
        temper(mailbox, check);
        tell_of_a_stranger(&self.net, &target.endpoint.host, check);
    }
}

/// The ladder of a server that was not spoken to because the token would be refused there, or token or password must not
/// go there.
fn not_climbed(
    mailbox: &Mailbox,
    target: &Target,
    errand: &Errand,
    evidence: Evidence,
    events: &Events<'_>,
) -> Climbed {
    let detail = crate::sentence(&evidence.text);
    let mut check = Check {
        evidence: Some(Box::new(evidence)),
        ..no_token(target, detail)
    };
    diagnose(mailbox, &mut check);
    skipped_after(check, target, errand, events)
}

/// The ladder of a server for which there is no token.
fn not_admitted(
    target: &Target,
    errand: &Errand,
    failure: Failure,
    events: &Events<'_>,
) -> Climbed {
    let check = Check {
        verdict: Some(failure.clone().into_verdict()),
        ..no_token(target, failure.message)
    };
    skipped_after(check, target, errand, events)
}

fn no_token(target: &Target, detail: String) -> Check {
    Check {
        id: CheckId::Token,
        protocol: Some(target.endpoint.protocol),
        outcome: Outcome::Failed,
        took: Duration::ZERO,
        detail,
        about: None,
        server_says: None,
        evidence: None,
        verdict: None,
    }
}

/// That check, and all others skipped.
fn skipped_after(check: Check, target: &Target, errand: &Errand, events: &Events<'_>) -> Climbed {
    let protocol = target.endpoint.protocol;
    events.send(&CheckEvent::Finished(check.clone()));
    let rest = skipped(
        target,
        errand.checks(),
        "what it is signed in to with must not or cannot be used there",
    )
    .into_iter()
    .map(|check| report_skipped(check, events));
    let checks = std::iter::once(check).chain(rest).collect();
    Climbed {
        protocol,
        checks,
        proof: None,
        transcript: String::new(),
    }
}

/// Exchange lets an app in that nobody signs in to, and takes sender and recipient from it; whether the app may send as
/// this mailbox it looks at when a message is there (replies 430 4.2.0 and 554 5.2.252).
fn looks_at_rights_late(mailbox: &Mailbox) -> bool {
    mailbox.is_app_only() && mailbox.provider == Provider::Microsoft
}

/// Says of a passed check what it does not prove.
fn temper(mailbox: &Mailbox, check: &mut Check) {
    if check.id == CheckId::Envelope
        && check.outcome == Outcome::Passed
        && looks_at_rights_late(mailbox)
    {
        check.detail.push_str(
            " Microsoft looks at the app's right to send only when a message is sent, so the first one proves it.",
        );
    }
}
