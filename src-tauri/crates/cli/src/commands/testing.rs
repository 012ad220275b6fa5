use std::process::ExitCode;
use std::time::Duration;

use mailwright_service::wire::{CheckInfo, MailboxLine, ReportInfo, Reports, TestEvent};
use mailwright_service::{Code, Failure, Protocol, Service, TestOptions};
use tokio::sync::mpsc;

use crate::args::TestArguments;
use crate::output::Output;
use crate::{exit, people};

pub(super) async fn test(
    service: &Service,
    arguments: &TestArguments,
    output: Output,
) -> Result<ExitCode, Failure> {
    let options = TestOptions {
        only: arguments
            .only
            .iter()
            .filter_map(|word| protocol(word))
            .collect(),
        limit: arguments.timeout.map(Duration::from_secs),
        transcripts: arguments.transcript.clone(),
    };
    let asked = asked(service, arguments)?;
    let (used, unused): (Vec<&MailboxLine>, Vec<&MailboxLine>) =
        asked.iter().partition(|line| is_used(line, &options.only));
    if used.is_empty() && !unused.is_empty() {
        return Err(nothing_to_test(&unused));
    }
    for line in unused {
        output.progress(&people::not_used(&line.address));
    }
    let mut reports = Vec::new();
    let mut causes = Vec::new();
    for line in used {
        if asked.len() > 1 {
            output.progress(&line.address);
        }
        match one(service, &line.id, &options, arguments.json_lines, output).await {
            Ok(report) => {
                causes.extend(failed(&report).map(cause));
                reports.push(report);
            }
            // Asked about one mailbox, this is the answer; else the others are still to be tested.
            Err(failure) if asked.len() == 1 => return Err(failure),
            Err(failure) => {
                output.progress(&people::not_tested(&line.address));
                output.complaint(&failure);
                causes.push(exit::number(failure.code));
            }
        }
    }
    if !arguments.json_lines {
        output.answer(&Reports { reports }, people::reports);
    }
    Ok(ExitCode::from(exit_code(&causes)))
}

fn protocol(word: &str) -> Option<Protocol> {
    [Protocol::Imap, Protocol::Smtp]
        .into_iter()
        .find(|p| p.word() == word)
}

/// All names are looked up before the first connection, so that a typing mistake costs no waiting.
fn asked(service: &Service, arguments: &TestArguments) -> Result<Vec<MailboxLine>, Failure> {
    if arguments.all {
        return Ok(service.mailboxes()?.mailboxes);
    }
    arguments
        .mailboxes
        .iter()
        .map(|which| Ok(service.mailbox(which)?.line))
        .collect()
}

/// Whether a mailbox is used with one of these protocols, or at all where none is given.
fn is_used(line: &MailboxLine, only: &[Protocol]) -> bool {
    let wanted = |p: Protocol| only.is_empty() || only.contains(&p);
    (line.receives && wanted(Protocol::Imap)) || (line.sends && wanted(Protocol::Smtp))
}

fn nothing_to_test(unused: &[&MailboxLine]) -> Failure {
    let which = match unused {
        [line] => format!("{} is not", line.address),
        _ => "None of these mailboxes is".to_owned(),
    };
    Failure::new(
        Code::Usage,
        format!("{which} used with what was asked for, so there is nothing to test."),
    )
}

async fn one(
    service: &Service,
    mailbox: &str,
    options: &TestOptions,
    json_lines: bool,
    output: Output,
) -> Result<ReportInfo, Failure> {
    let (events, mut received) = mpsc::unbounded_channel();
    let testing = service.test(mailbox, options, events);
    let showing = async {
        while let Some(event) = received.recv().await {
            show(&event, json_lines, output);
        }
    };
    let (report, ()) = tokio::join!(testing, showing);
    let report = report?;
    if json_lines {
        output.json_line(&TestEvent::Report {
            report: Box::new(report.clone()),
        });
    }
    Ok(report)
}

fn show(event: &TestEvent, json_lines: bool, output: Output) {
    if json_lines {
        output.json_line(event);
        return;
    }
    match event {
        TestEvent::Started { protocol, id, .. } => {
            output.transient(&format!(
                "  …        {}",
                people::check_name(protocol.as_deref(), id)
            ));
        }
        TestEvent::Finished { check, .. } => {
            output.transient("");
            output.progress(&people::check_line(check));
        }
        TestEvent::Report { .. } => {}
    }
}

fn failed(report: &ReportInfo) -> impl Iterator<Item = &CheckInfo> {
    report
        .checks
        .iter()
        .filter(|check| check.outcome == "failed" || check.outcome == "cancelled")
}

fn cause(check: &CheckInfo) -> u8 {
    let code = check
        .verdict
        .as_ref()
        .map_or(Code::Failed, |verdict| verdict.code);
    exit::number(code)
}

/// 3, 4 or 5 only where every failure has that cause, else 1.
pub(super) fn exit_code(causes: &[u8]) -> u8 {
    match causes {
        [] => 0,
        [first, rest @ ..] if rest.iter().all(|cause| cause == first) => *first,
        _ => exit::FAILED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(receives: bool, sends: bool) -> MailboxLine {
        MailboxLine {
            id: "1".to_owned(),
            address: "info@firma.nl".to_owned(),
            status: "working".to_owned(),
            name: String::new(),
            provider: "microsoft".to_owned(),
            auth: "oauth".to_owned(),
            sends,
            receives,
            signed_in_as: None,
            last_check: None,
        }
    }

    #[test]
    fn protocols_are_read_by_their_words() {
        assert_eq!(protocol("imap"), Some(Protocol::Imap));
        assert_eq!(protocol("pop"), None);
    }

    #[test]
    fn only_what_a_mailbox_is_used_for_is_tested() {
        let reads = line(true, false);
        assert!(is_used(&reads, &[]));
        assert!(is_used(&reads, &[Protocol::Smtp, Protocol::Imap]));
        assert!(!is_used(&reads, &[Protocol::Smtp]));
        assert!(!is_used(&line(false, false), &[]));
        assert_eq!(nothing_to_test(&[&reads]).code, Code::Usage);
    }

    #[test]
    fn a_cause_is_the_exit_code_only_if_it_is_the_only_one() {
        for (causes, code) in [
            (&[][..], 0),
            (&[3], 3),
            (&[5, 5], 5),
            (&[3, 4], 1),
            (&[1, 5], 1),
        ] {
            assert_eq!(exit_code(causes), code, "{causes:?}");
        }
    }
}
