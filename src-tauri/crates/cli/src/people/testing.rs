use mailwright_service::wire::{CheckInfo, ReportInfo, Reports};

use super::account::{announcements, status_sentence};
use super::diagnosis::advice;

/// What a check is called where people see it.
/// Reading is by IMAP where nothing else is said.
pub(crate) fn check_name(protocol: Option<&str>, id: &str) -> String {
    let name = match id {
        "token" => "Sign-in is usable",
        "resolve" => "Find the server",
        "connect" => "Reach it",
        "greeting" => "Server answers",
        "capabilities" => "What it offers",
        "starttls" => "Switch to protection",
        "tls" => "Secure connection",
        "capabilities-secure" => "What it offers, protected",
        "authenticate" => "Sign-in accepted",
        "inbox" => "Open Inbox",
        "folders" => "List folders",
        "count" => "Count messages",
        "envelope" => "Sender and recipient accepted",
        "message" => "Message accepted",
        "arrived" => "Message arrived",
        "remove" => "Message deleted again",
        "sender" => "May send too",
        "renew" => "Sign-in can be renewed",
        other => other,
    };
    match protocol {
        Some("imap") => format!("Reading  {name}"),
        Some("pop3") => format!("POP3     {name}"),
        Some("smtp" | "graph" | "gmail") => format!("Sending  {name}"),
        _ => format!("Sign-in  {name}"),
    }
}

/// One finished check, with the diagnosis below it where it failed.
pub(crate) fn check_line(check: &CheckInfo) -> String {
    let word = match check.outcome.as_str() {
        "passed" => "passed",
        "failed" => "FAILED",
        "skipped" => "skipped",
        "cancelled" => "stopped",
        _ => "unknown",
    };
    let name = check_name(check.protocol.as_deref(), &check.id);
    let name = match &check.about {
        Some(about) => format!("{name}: {about}"),
        None => name,
    };
    let mut lines = vec![format!(
        "  {word:8} {name:40} {:>6} ms  {}",
        check.ms, check.detail
    )];
    if let Some(verdict) = &check.verdict {
        lines.push(format!("{INDENT}{}", verdict.title));
        lines.push(advice(verdict, INDENT));
        let words = check.server_says.iter().flat_map(|words| words.lines());
        lines.extend(words.map(|line| format!("{INDENT}The server said: {line}")));
    }
    lines.join("\n")
}

/// What belongs to a check stands below its name.
const INDENT: &str = "           ";

/// A mailbox that a test of several leaves out.
pub(crate) fn not_used(address: &str) -> String {
    format!("{address}: skipped. It is not used with what was asked for.")
}

/// A mailbox whose test did not come about; the reason follows.
pub(crate) fn not_tested(address: &str) -> String {
    format!("{address}: not tested. The others are tested all the same.")
}

/// What a round that is gone on with has still to do.
pub(crate) fn resumed(is_stopped: bool, done: usize, all: usize) -> String {
    if is_stopped {
        format!("Going on: {done} of {all} mailboxes are tested already.")
    } else {
        "No test of all mailboxes was stopped; beginning anew.".to_owned()
    }
}

/// How far a round is.
pub(crate) fn so_many_done(done: usize, all: usize) -> String {
    format!("  …        {done} of {all} mailboxes tested")
}

/// The last line of each report; the checks were shown while they ran.
pub(crate) fn reports(reports: &Reports) -> String {
    if reports.reports.is_empty() {
        return "No mailbox was tested.".to_owned();
    }
    reports
        .reports
        .iter()
        .map(summary)
        .collect::<Vec<_>>()
        .join("\n")
}

fn summary(report: &ReportInfo) -> String {
    let count = |outcome: &str| {
        report
            .checks
            .iter()
            .filter(|c| c.outcome == outcome)
            .count()
    };
    let proof = match report.proof.as_deref() {
        Some("envelope") => " Sending: accepted, not yet sent.",
        Some("message") => " Sending: a message was accepted.",
        Some("arrived") => " Sending: a message was sent and arrived.",
        _ => "",
    };
    let error_id = report.error_id.as_ref().map(|id| {
        format!("\nError ID {id}. For support: mailwright support-package --error-id {id} --out FILE.json")
    });
    let announced = match announcements(&report.announcements) {
        lines if lines.is_empty() => lines,
        lines => format!("\n{lines}"),
    };
    // A test that was stopped says nothing about the mailbox.
    let status = if report.stopped {
        "The test was stopped before its end.".to_owned()
    } else {
        status_sentence(&report.status)
    };
    format!(
        "{}: {} of {} checks passed in {} ms. {}{proof}{}{announced}",
        report.mailbox,
        count("passed"),
        report.checks.len(),
        report.ms,
        status,
        error_id.unwrap_or_default()
    )
}
