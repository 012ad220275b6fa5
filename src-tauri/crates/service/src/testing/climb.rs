//! The ladders of one test.

use std::time::Duration;

use mailwright_domain::{
    Check, CheckEvent, CheckId, Evidence, Mailbox, Outcome, Proof, Protocol, Provider,
};
use mailwright_mail::{Errand, Target, skipped};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::Instant;

use super::errands::{Errands, tell_what_is_left};
use super::events::{Events, diagnose, fail, report_skipped};
use super::neighbours::advise;
use super::turns::turn;
use super::{TestOptions, usable_until, within};
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

    /// Sending by Graph needs a token of its own, which is a check of its ladder.
    async fn climb_admitted(
        &self,
        mailbox: &Mailbox,
        target: Option<&Target>,
        credentials: &Credentials,
        errand: Errand,
        events: &Events<'_>,
    ) -> Option<Climbed> {
        let target = target?;
        if !has_own_token(target) {
            let climb = self.climb_one(mailbox, target, credentials, None, errand, events);
            return Some(climb.await);
        }
        let protocol = target.endpoint.protocol;
        events.send(&CheckEvent::Started {
            protocol: Some(protocol),
            id: CheckId::Token,
            about: None,
        });
        let clock = Instant::now();
        let access = within(target.timeout, self.access_to(mailbox, protocol)).await;
        let took = clock.elapsed();
        let access = match access {
            Ok(access) => access,
            Err(failure) => return Some(not_admitted(target, &errand, failure, took, events)),
        };
        let check = Check {
            outcome: Outcome::Passed,
            ..token_check(target, took, usable_until(&access))
        };
        let own = Credentials::from(access);
        let climb = self.climb_one(mailbox, target, &own, Some(check), errand, events);
        Some(climb.await)
    }

    async fn climb_one(
        &self,
        mailbox: &Mailbox,
        target: &Target,
        credentials: &Credentials,
        own_token: Option<Check>,
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
            let took = own_token.map(|check| check.took).unwrap_or_default();
            return not_climbed(mailbox, target, &errand, evidence, took, events);
        }
        if let Some(check) = &own_token {
            events.send(&CheckEvent::Finished(check.clone()));
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
            checks: own_token.into_iter().chain(ladder.checks).collect(),
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
    took: Duration,
    events: &Events<'_>,
) -> Climbed {
    let detail = crate::sentence(&evidence.text);
    let mut check = Check {
        evidence: Some(Box::new(evidence)),
        ..token_check(target, took, detail)
    };
    diagnose(mailbox, &mut check);
    skipped_after(check, target, errand, events)
}

/// The ladder of a server for which there is no token.
fn not_admitted(
    target: &Target,
    errand: &Errand,
    failure: Failure,
    took: Duration,
    events: &Events<'_>,
) -> Climbed {
    let mut check = token_check(target, took, String::new());
    fail(&mut check, failure);
    skipped_after(check, target, errand, events)
}

/// Whether what is tested here takes no other token than its own.
fn has_own_token(target: &Target) -> bool {
    target.endpoint.protocol == Protocol::Graph
}

/// The check of a token of its own where it is not come to; `because` completes “Skipped because …”.
pub(super) fn own_token_skipped(target: &Target, because: &str) -> Option<Check> {
    has_own_token(target).then(|| Check {
        outcome: Outcome::Skipped,
        ..token_check(
            target,
            Duration::ZERO,
            format!("Skipped because {because}."),
        )
    })
}

/// The token of one server, as far as it is about that alone; failed as long as nobody says otherwise.
fn token_check(target: &Target, took: Duration, detail: String) -> Check {
    Check {
        id: CheckId::Token,
        protocol: Some(target.endpoint.protocol),
        outcome: Outcome::Failed,
        took,
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
pub(super) fn looks_at_rights_late(mailbox: &Mailbox) -> bool {
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

#[cfg(test)]
mod tests {
    use mailwright_domain::SendVia;
    use tokio::net::TcpListener;

    use super::*;
    use crate::samples::{Sample, registration};
    use crate::wire::TestEvent;
    use crate::{Cloud, MailboxFields, NewRegistration, SendTo};

    #[tokio::test]
    async fn the_token_of_graph_has_the_limit_of_the_test_and_is_told() {
        const LIMIT: Duration = Duration::from_millis(50);
        // It takes every connection and answers nothing.
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = format!("http://{}", silent.local_addr().unwrap());
        let sample = Sample::new();
        let service = &sample.service;
        let new = NewRegistration {
            cloud: Cloud::Custom,
            scopes: vec![
                crate::samples::IMAP_SCOPE.to_owned(),
                format!("{authority}/Mail.Send"),
            ],
            authority: Some(authority),
            ..registration("R")
        };
        service.add_registration(new).await.unwrap();
        let fields = MailboxFields {
            registration: Some("R".to_owned()),
            imap: Some("mail.firma.nl:993:tls".to_owned()),
            send_via: Some(SendVia::Graph.word().to_owned()),
            ..MailboxFields::default()
        };
        let added = service.add_mailbox("anna@firma.nl", &fields).await.unwrap();
        let mailbox = service.find_mailbox(&added.id).unwrap();
        let grant = sample.grant("R", "anna@firma.nl").await;
        sample.signed_in(&mailbox, &grant);
        let mailbox = service.find_mailbox(&added.id).unwrap();
        let options = TestOptions {
            only: vec![Protocol::Smtp],
            limit: Some(LIMIT),
            message: Some(SendTo::Itself),
            ..TestOptions::default()
        };
        let targets = service.targets(&mailbox, &options).unwrap();
        let (to, mut told) = unbounded_channel();
        let events = Events {
            address: mailbox.address.to_string(),
            to: &to,
        };
        let other = Credentials::Password(mailwright_domain::Secret::new("unused"));
        let climbed = service
            .climb(&mailbox, &targets, &other, &options, &events)
            .await;
        let [ladder] = climbed.as_slice() else {
            panic!("one ladder");
        };
        let (first, rest) = ladder.checks.split_first().unwrap();
        assert_eq!((first.id, first.outcome), (CheckId::Token, Outcome::Failed));
        assert!(first.detail.contains("did not answer within"), "{first:?}");
        assert!(first.took >= LIMIT, "{:?}", first.took);
        assert!(rest.iter().all(|check| check.outcome == Outcome::Skipped));
        let TestEvent::Started { protocol, id, .. } = told.recv().await.unwrap() else {
            panic!("it begins");
        };
        assert_eq!((protocol.as_deref(), &*id), (Some("graph"), "token"));
        // The plan has the same checks in the same order.
        let named = |check: &Check| (check.id.word().to_owned(), check.protocol);
        let planned = super::super::planned(&mailbox, &targets, &options, "it is planned");
        let planned: Vec<_> = planned.iter().map(named).collect();
        let told: Vec<_> = ladder.checks.iter().map(named).collect();
        assert_eq!(told, planned);
    }
}
