//! Testing a mailbox: the sign-in, every server's ladder side by side, the renewal, and the report of all of it.

mod climb;
mod errands;
mod events;
mod many;
mod neighbours;
mod organisations;
mod so_far;
mod spoken;
mod targets;
mod transcripts;
mod turns;
mod whose;

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use mailwright_domain::{Check, CheckId, Mailbox, Protocol, Report, Status};
use mailwright_mail::{Target, skipped};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

pub use errands::SendTo;
pub(crate) use events::{diagnose, failure_of};
pub use many::{Progress, Round};
pub(crate) use spoken::Spoken;
pub(crate) use targets::target;
pub(crate) use turns::Turns;

use crate::credentials::Credentials;
use crate::passwords::entered_password;
use crate::status::status;
use crate::tokens::Access;
use crate::wire::{ReportInfo, TestEvent};
use crate::{Code, Failure, MailboxFields, Service};
use climb::own_token_skipped;
use errands::Errands;
use events::{Events, begin, end, report_skipped};
use transcripts::{prepare_transcripts, save_transcript};

/// What may differ between two tests of the same mailbox.
#[derive(Clone, Debug, Default)]
pub struct TestOptions {
    /// Only these protocols; empty means all that the mailbox is used for.
    pub only: Vec<Protocol>,
    /// Time limit of one check, instead of the mailbox's own.
    pub limit: Option<Duration>,
    /// Folder for transcripts, one file per protocol.
    pub transcripts: Option<PathBuf>,
    /// Send a real message too, where the mailbox sends at all; none means that nothing is sent.
    pub message: Option<SendTo>,
    /// Settings to test in the place of those that are saved, as they stand on a screen. Neither they nor the report is
    /// saved then.
    pub change: Option<MailboxFields>,
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
        prepare_transcripts(options)?;
        let (report, spoken) = Box::pin(self.test_and_listen(which, options, events)).await?;
        for (protocol, transcript) in &spoken {
            save_transcript(options, &report.mailbox, *protocol, transcript)?;
        }
        Ok(report)
    }

    /// The same without files: what was said with each server, without secrets, comes beside the report.
    ///
    /// # Errors
    /// As [`Service::test`].
    pub(crate) async fn test_and_listen(
        &self,
        which: &str,
        options: &TestOptions,
        events: UnboundedSender<TestEvent>,
    ) -> Result<(ReportInfo, Vec<(Protocol, String)>), Failure> {
        let mailbox = self.to_test(which, options)?;
        let targets = self.targets(&mailbox, options)?;
        let events = Events {
            address: mailbox.address.to_string(),
            to: &events,
        };
        let started = Timestamp::now();
        let clock = Instant::now();
        let limit = options.limit.unwrap_or(mailbox.timeout);
        let (token_check, credentials) = self.token_check(&mailbox, options, limit, &events).await;
        let mut checks = vec![token_check];
        let mut climbed = Vec::new();
        if let Some(credentials) = credentials {
            let climbing = self.climb(&mailbox, &targets, &credentials, options, &events);
            climbed = Box::pin(climbing).await;
            self.tell_another_organisation(&mailbox, &mut climbed, limit)
                .await;
            checks.extend(
                climbed
                    .iter()
                    .flat_map(|ladder| ladder.checks.iter().cloned()),
            );
            // A password is not renewed.
            if let Credentials::Token(access) = &credentials {
                checks.push(self.renew_check(&mailbox, access, limit, &events).await);
            }
        } else {
            let because = if mailbox.has_password() {
                "there is no password"
            } else {
                "there is no usable sign-in"
            };
            let rest = planned(&mailbox, &targets, options, because);
            checks.extend(rest.into_iter().map(|check| report_skipped(check, &events)));
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
        let mut info = ReportInfo::of(&mailbox, &report);
        if options.change.is_some() {
            info.error_id = None; // nobody would find it
        } else {
            self.save_report(&mailbox, &report, options)?;
        }
        let spoken = climbed.into_iter().map(|l| (l.protocol, l.transcript));
        let spoken: Vec<_> = spoken.filter(|(_, text)| !text.is_empty()).collect();
        self.spoken.keep(mailbox.id, report.started, &spoken);
        Ok((info, spoken))
    }

    /// The mailbox as it is to be tested: as it is saved, or with settings that are not.
    ///
    /// # Errors
    /// There is no such mailbox, a setting cannot be right, or somebody else would sign in, which has to be saved first.
    pub(crate) fn to_test(&self, which: &str, options: &TestOptions) -> Result<Mailbox, Failure> {
        let saved = self.find_mailbox(which)?;
        let Some(change) = &options.change else {
            return Ok(saved);
        };
        let changed = self.with_changes(&saved, change, change.password.is_some())?;
        let same_person = changed.sign_in_name == saved.sign_in_name;
        if changed.auth != saved.auth || changed.registration != saved.registration || !same_person
        {
            return Err(Failure::new(
                Code::Usage,
                "Who signs in was changed too. Save that first, then test.",
            ));
        }
        Ok(changed)
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
        options: &TestOptions,
        limit: Duration,
        events: &Events<'_>,
    ) -> (Check, Option<Credentials>) {
        let clock = begin(CheckId::Token, events);
        match within(limit, self.credentials_to_test(mailbox, options)).await {
            Ok(credentials) => {
                let detail = match &credentials {
                    Credentials::Token(access) => usable_until(access),
                    Credentials::Password(_) => format!("kept in {}", self.keychain.name()),
                };
                let check = end(CheckId::Token, Ok(detail), clock, events);
                (check, Some(credentials))
            }
            Err(failure) => (end(CheckId::Token, Err(failure), clock, events), None),
        }
    }

    /// A password that was entered is tested before it is kept.
    async fn credentials_to_test(
        &self,
        mailbox: &Mailbox,
        options: &TestOptions,
    ) -> Result<Credentials, Failure> {
        let entered = match &options.change {
            Some(change) => entered_password(change)?,
            None => None,
        };
        match entered {
            Some(password) => Ok(Credentials::Password(password)),
            None => self.credentials(mailbox).await,
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
}

/// Every check of the ladders that such a test climbs, as skipped for this reason.
pub(crate) fn planned(
    mailbox: &Mailbox,
    targets: &[Target],
    options: &TestOptions,
    because: &str,
) -> Vec<Check> {
    let mut errands = Errands::of(mailbox, options, targets);
    targets
        .iter()
        .flat_map(|target| {
            let more = errands.checks(target.endpoint.protocol);
            let own = own_token_skipped(target, because);
            own.into_iter().chain(skipped(target, more, because))
        })
        .collect()
}

fn usable_until(access: &Access) -> String {
    let end = access.expires.strftime("%Y-%m-%d %H:%M:%S UTC");
    format!("usable until {end}")
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

#[cfg(test)]
mod connections_tests;
