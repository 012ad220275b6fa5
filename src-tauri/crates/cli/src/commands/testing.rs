use std::process::ExitCode;
use std::time::Duration;

use mailwright_service::wire::{CheckInfo, ReportInfo, Reports, TestEvent};
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
    let mailboxes = if arguments.all {
        service
            .mailboxes()?
            .mailboxes
            .into_iter()
            .map(|m| m.id)
            .collect()
    } else {
        arguments.mailboxes.clone()
    };
    // All names are looked up before the first connection, so that a typing mistake costs no waiting.
    for mailbox in &mailboxes {
        service.mailbox(mailbox)?;
    }
    let options = TestOptions {
        only: arguments
            .only
            .iter()
            .filter_map(|word| protocol(word))
            .collect(),
        limit: arguments.timeout.map(Duration::from_secs),
        transcripts: arguments.transcript.clone(),
    };
    let mut reports = Vec::new();
    for mailbox in &mailboxes {
        reports.push(one(service, mailbox, &options, arguments.json_lines, output).await?);
    }
    let code = exit_code(&reports);
    if !arguments.json_lines {
        output.answer(&Reports { reports }, people::reports);
    }
    Ok(code)
}

fn protocol(word: &str) -> Option<Protocol> {
    [Protocol::Imap, Protocol::Smtp]
        .into_iter()
        .find(|p| p.word() == word)
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

/// 3, 4 or 5 only where every failure has that cause, else 1.
fn exit_code(reports: &[ReportInfo]) -> ExitCode {
    let failures: Vec<u8> = reports
        .iter()
        .flat_map(|report| &report.checks)
        .filter(|check| check.outcome == "failed" || check.outcome == "cancelled")
        .map(cause)
        .collect();
    match failures.as_slice() {
        [] => ExitCode::SUCCESS,
        [first, rest @ ..] if rest.iter().all(|cause| cause == first) => ExitCode::from(*first),
        _ => ExitCode::from(exit::FAILED),
    }
}

fn cause(check: &CheckInfo) -> u8 {
    let code = check
        .verdict
        .as_ref()
        .map_or(Code::Failed, |verdict| verdict.code);
    exit::number(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_read_by_their_words() {
        assert_eq!(protocol("imap"), Some(Protocol::Imap));
        assert_eq!(protocol("pop"), None);
    }
}
