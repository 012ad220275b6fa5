use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use mailwright_domain::{
    Check, CheckEvent, CheckId, Evidence, Fault, FoundIn, Mailbox, Outcome, Proof, Protocol,
    Provider, Report, Stage, Status,
};
use mailwright_mail::{Credential, Target, skipped};
use mailwright_oauth::{Profile, peek, preflight};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use crate::mailboxes::allows_plain;
use crate::status::status;
use crate::tokens::Access;
use crate::wire::{ReportInfo, TestEvent};
use crate::{Code, Failure, Service};

/// What may differ between two tests of the same mailbox.
#[derive(Clone, Debug, Default)]
pub struct TestOptions {
    /// Only these protocols; empty means all that the mailbox is used for.
    pub only: Vec<Protocol>,
    /// Time limit of one check, instead of the mailbox's own.
    pub limit: Option<Duration>,
    /// Folder for transcripts, one file per protocol.
    pub transcripts: Option<PathBuf>,
}

/// Where the events of one test go.
struct Events<'a> {
    address: String,
    to: &'a UnboundedSender<TestEvent>,
}

/// What one server's ladder found.
struct Climbed {
    protocol: Protocol,
    checks: Vec<Check>,
    proof: Option<Proof>,
    /// The conversation without secrets; empty where there was none.
    transcript: String,
}

impl Events<'_> {
    fn send(&self, event: &CheckEvent) {
        // A receiver that has gone away is no reason to stop a test.
        let _ = self.to.send(TestEvent::new(&self.address, event));
    }
}

impl Service {
    /// Tests a mailbox step by step, reading and sending side by side, and saves the report. Dropping the future
    /// stops the test; nothing is saved then.
    ///
    /// # Errors
    /// There is no such mailbox, nothing of it is to be tested, or transcripts cannot be written. A check that fails
    /// is no error but part of the report.
    pub async fn test(
        &self,
        which: &str,
        options: &TestOptions,
        events: UnboundedSender<TestEvent>,
    ) -> Result<ReportInfo, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let targets = targets(&mailbox, options)?;
        prepare_transcripts(options)?;
        let events = Events {
            address: mailbox.address.to_string(),
            to: &events,
        };
        let started = Timestamp::now();
        let clock = Instant::now();
        let limit = options.limit.unwrap_or(mailbox.timeout);
        let (token_check, access) = self.token_check(&mailbox, limit, &events).await;
        let mut checks = vec![token_check];
        let mut climbed = Vec::new();
        if let Some(access) = access {
            climbed = self.climb(&mailbox, &targets, &access, &events).await;
            checks.extend(
                climbed
                    .iter()
                    .flat_map(|ladder| ladder.checks.iter().cloned()),
            );
            checks.push(self.renew_check(&mailbox, &access, limit, &events).await);
        } else {
            let rest = targets
                .iter()
                .flat_map(|t| skipped(&t.endpoint, "there is no usable sign-in"));
            checks.extend(rest.map(|check| report_skipped(check, &events)));
        }
        let report = Report {
            mailbox: mailbox.id,
            started,
            took: clock.elapsed(),
            status: if self.sign_in_ended(&mailbox)? {
                Status::Stopped
            } else {
                status(&mailbox, &checks)
            },
            proof: climbed.iter().filter_map(|ladder| ladder.proof).max(),
            checks,
        };
        self.save_report(&mailbox, &report, options)?;
        for ladder in &climbed {
            save_transcript(options, &mailbox, ladder)?;
        }
        Ok(ReportInfo::new(&events.address, &report))
    }

    /// Whether the provider has ended the sign-in, perhaps during this test: then nothing works, whatever still passed
    /// with the last access token.
    fn sign_in_ended(&self, tested: &Mailbox) -> Result<bool, Failure> {
        let grant = self.grant_of(tested)?;
        Ok(grant.is_some_and(|grant| grant.dead.is_some()))
    }

    /// A test of a part says nothing about the rest, and a test of settings that were changed meanwhile says nothing
    /// about the new ones: neither changes the mailbox's status.
    fn save_report(
        &self,
        tested: &Mailbox,
        report: &Report,
        options: &TestOptions,
    ) -> Result<(), Failure> {
        let Some(now) = self.store.mailboxes().by_id(tested.id)? else {
            return Ok(()); // removed meanwhile; whoever asked gets the report all the same
        };
        self.store.reports().save(report)?;
        let grant = self.grant_of(&now)?;
        let signed_in = grant.is_some_and(|grant| grant.signed_in_at > report.started);
        let same = Mailbox {
            status: tested.status,
            ..now.clone()
        } == *tested;
        if options.only.is_empty() && same && !signed_in && now.status != report.status {
            self.store.mailboxes().set_status(now.id, report.status)?;
        }
        Ok(())
    }

    async fn token_check(
        &self,
        mailbox: &Mailbox,
        limit: Duration,
        events: &Events<'_>,
    ) -> (Check, Option<Access>) {
        let clock = begin(CheckId::Token, events);
        match within(limit, self.access(mailbox, false)).await {
            Ok(access) => {
                let detail = format!(
                    "usable until {}",
                    access.expires.strftime("%Y-%m-%d %H:%M:%S UTC")
                );
                (end(CheckId::Token, Ok(detail), clock, events), Some(access))
            }
            Err(failure) => (end(CheckId::Token, Err(failure), clock, events), None),
        }
    }

    /// Renewing is proven by doing it, once in a test: each renewal more is one more that a power cut can hit.
    async fn renew_check(
        &self,
        mailbox: &Mailbox,
        access: &Access,
        limit: Duration,
        events: &Events<'_>,
    ) -> Check {
        let clock = begin(CheckId::Renew, events);
        let result = if access.renewed {
            Ok("it was renewed for this test, without anybody".to_owned())
        } else {
            let renewed = within(limit, self.access(mailbox, true)).await;
            renewed.map(|_| "a new access token was given without anybody".to_owned())
        };
        end(CheckId::Renew, result, clock, events)
    }

    /// Every protocol at the same time: neither waits for the other.
    async fn climb(
        &self,
        mailbox: &Mailbox,
        targets: &[Target],
        access: &Access,
        events: &Events<'_>,
    ) -> Vec<Climbed> {
        let reading = targets.iter().find(|t| t.endpoint.protocol.receives());
        let sending = targets.iter().find(|t| !t.endpoint.protocol.receives());
        let (read, sent) = tokio::join!(
            self.climb_one(mailbox, reading, access, events),
            self.climb_one(mailbox, sending, access, events)
        );
        read.into_iter().chain(sent).collect()
    }

    async fn climb_one(
        &self,
        mailbox: &Mailbox,
        target: Option<&Target>,
        access: &Access,
        events: &Events<'_>,
    ) -> Option<Climbed> {
        let target = target?;
        if let Some(evidence) = refuse_token(mailbox, target, access) {
            return Some(not_climbed(mailbox, target, evidence, events));
        }
        let (sender, mut receiver) = unbounded_channel();
        let credential = Credential::OAuth(access.token.clone());
        let climbing = async {
            let ladder = mailwright_mail::run(&self.net, target, &credential, &sender).await;
            drop(sender);
            ladder
        };
        let telling = async {
            while let Some(event) = receiver.recv().await {
                events.send(&diagnosed_event(mailbox, event));
            }
        };
        let (mut ladder, ()) = tokio::join!(climbing, telling);
        for check in &mut ladder.checks {
            diagnose(mailbox, check);
            temper(mailbox, check);
        }
        if looks_at_rights_late(mailbox) {
            ladder.proof = ladder.proof.map(|_| Proof::Login);
        }
        Some(Climbed {
            protocol: target.endpoint.protocol,
            checks: ladder.checks,
            proof: ladder.proof,
            transcript: ladder.transcript.to_string(),
        })
    }
}

pub(crate) fn targets(mailbox: &Mailbox, options: &TestOptions) -> Result<Vec<Target>, Failure> {
    let targets: Vec<Target> = [Protocol::Imap, Protocol::Smtp]
        .into_iter()
        .filter(|p| options.only.is_empty() || options.only.contains(p))
        .filter_map(|p| target(mailbox, p, options.limit))
        .collect();
    if targets.is_empty() {
        return Err(Failure::new(
            Code::Usage,
            format!(
                "{} is not used with what was asked for, so there is nothing to test.",
                mailbox.address
            ),
        ));
    }
    Ok(targets)
}

/// What a mailbox is tested with; none where it is not used with this protocol.
pub(crate) fn target(
    mailbox: &Mailbox,
    protocol: Protocol,
    limit: Option<Duration>,
) -> Option<Target> {
    let endpoint = mailbox.endpoint(protocol)?;
    Some(Target {
        endpoint: endpoint.clone(),
        login: mailbox.login(protocol),
        sender: mailbox.senders.first().cloned(),
        recipient: Some(mailbox.address.clone()),
        timeout: limit.unwrap_or(mailbox.timeout),
        allow_plain: allows_plain(endpoint),
    })
}

/// A time limit for what has none of its own. Work that must not be cut off goes on behind it.
async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
        Err(Failure::new(
            Code::Unreachable,
            format!(
                "The provider did not answer within {}. Try again later.",
                crate::show_time_limit(limit)
            ),
        ))
    })
}

/// A failed check as the failure of a use case.
pub(crate) fn failure_of(mailbox: &Mailbox, check: Check, what: &str) -> Failure {
    Failure {
        code: check
            .verdict
            .as_deref()
            .map_or(Code::Failed, crate::failure::code_of),
        message: format!(
            "{} {what} ({}: {}). Nothing was changed.",
            mailbox.address,
            check.id.word(),
            check.detail.trim_end_matches('.')
        ),
        verdict: check.verdict,
        other_account: None,
        hint: None,
        try_again_at: None,
    }
}

/// A token that cannot work, or a host that must not get one. A host that was only discovered may be anybody's.
pub(crate) fn refuse_token(
    mailbox: &Mailbox,
    target: &Target,
    access: &Access,
) -> Option<Evidence> {
    let endpoint = &target.endpoint;
    let mut evidence = if may_have_token(&access.profile, endpoint.source, &endpoint.host) {
        let claims = peek(&access.token)?;
        preflight(
            &access.profile,
            &claims,
            endpoint.protocol,
            Timestamp::now(),
        )?
    } else {
        let text = format!(
            "{} is not one of the provider's servers, and nobody typed it",
            endpoint.host
        );
        Evidence::fault(Stage::Token, Fault::WrongAudience, text)
    };
    evidence.protocol = Some(endpoint.protocol);
    evidence.mailbox = Some(mailbox.address.to_string());
    evidence.host = Some(endpoint.host.clone());
    Some(evidence)
}

fn may_have_token(profile: &Profile, source: FoundIn, host: &str) -> bool {
    source == FoundIn::Typed || profile.is_own_host(host)
}

/// The ladder of a server that was not spoken to because the token would be refused or must not go there.
fn not_climbed(
    mailbox: &Mailbox,
    target: &Target,
    evidence: Evidence,
    events: &Events<'_>,
) -> Climbed {
    let protocol = target.endpoint.protocol;
    let mut check = Check {
        id: CheckId::Token,
        protocol: Some(protocol),
        outcome: Outcome::Failed,
        took: Duration::ZERO,
        detail: crate::sentence(&evidence.text),
        server_says: None,
        evidence: Some(Box::new(evidence)),
        verdict: None,
    };
    diagnose(mailbox, &mut check);
    events.send(&CheckEvent::Finished(check.clone()));
    let rest = skipped(
        &target.endpoint,
        "the token must not or cannot be used there",
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

fn begin(id: CheckId, events: &Events<'_>) -> Instant {
    events.send(&CheckEvent::Started { protocol: None, id });
    Instant::now()
}

fn end(id: CheckId, result: Result<String, Failure>, clock: Instant, events: &Events<'_>) -> Check {
    let (outcome, detail, verdict) = match result {
        Ok(detail) => (Outcome::Passed, detail, None),
        Err(failure) => (
            Outcome::Failed,
            failure.message.clone(),
            Some(failure.into_verdict()),
        ),
    };
    let check = Check {
        id,
        protocol: None,
        outcome,
        took: clock.elapsed(),
        detail,
        server_says: None,
        evidence: None,
        verdict,
    };
    events.send(&CheckEvent::Finished(check.clone()));
    check
}

fn report_skipped(check: Check, events: &Events<'_>) -> Check {
    events.send(&CheckEvent::Finished(check.clone()));
    check
}

fn diagnosed_event(mailbox: &Mailbox, event: CheckEvent) -> CheckEvent {
    match event {
        CheckEvent::Finished(mut check) => {
            diagnose(mailbox, &mut check);
            temper(mailbox, &mut check);
            CheckEvent::Finished(check)
        }
        started @ CheckEvent::Started { .. } => started,
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

/// Completes the evidence with what only this level knows, and adds the verdict.
pub(crate) fn diagnose(mailbox: &Mailbox, check: &mut Check) {
    if check.outcome != Outcome::Failed || check.verdict.is_some() {
        return;
    }
    if let Some(evidence) = check.evidence.as_mut() {
        evidence.mailbox = Some(mailbox.address.to_string());
        evidence.provider = Some(mailbox.provider);
        evidence.auth = Some(mailbox.auth);
        check.verdict = Some(Box::new(mailwright_diagnosis::diagnose(evidence)));
    }
}

fn prepare_transcripts(options: &TestOptions) -> Result<(), Failure> {
    match &options.transcripts {
        None => Ok(()),
        Some(folder) => std::fs::create_dir_all(folder).map_err(|e| {
            Failure::new(
                Code::Storage,
                format!(
                    "The folder for transcripts, {}, cannot be made: {e}. Nothing was tested.",
                    folder.display()
                ),
            )
        }),
    }
}

fn save_transcript(
    options: &TestOptions,
    mailbox: &Mailbox,
    climbed: &Climbed,
) -> Result<(), Failure> {
    let Some(folder) = options
        .transcripts
        .as_ref()
        .filter(|_| !climbed.transcript.is_empty())
    else {
        return Ok(());
    };
    let name = file_name(&mailbox.address.to_string());
    let path = folder.join(format!("{name}.{}.txt", climbed.protocol));
    let written = std::fs::write(&path, &climbed.transcript);
    written.map_err(|e| {
        Failure::new(
            Code::Storage,
            format!(
                "The transcript {} could not be written: {e}.",
                path.display()
            ),
        )
    })
}

/// An address as a file name on all three systems.
fn file_name(address: &str) -> String {
    address
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+') {
                c
            } else {
                '_'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_makes_no_path() {
        assert_eq!(file_name("../a/b\\c:d@firma.nl"), ".._a_b_c_d@firma.nl");
        assert_eq!(file_name("zoë@lab.test"), "zoë@lab.test");
    }
}
