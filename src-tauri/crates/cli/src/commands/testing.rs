use std::process::ExitCode;
use std::time::Duration;

use mailwright_service::wire::{CheckInfo, MailboxLine, ReportInfo, Reports};
use mailwright_service::{Code, Failure, Protocol, SendTo, Service, TestOptions};

use super::{junit, round};
use crate::args::TestArguments;
use crate::output::Output;
use crate::{exit, people};

/// Tests until all is done or `stop` is. A test that was stopped answers with what it found until then.
pub(super) async fn test(
    service: &Service,
    arguments: &TestArguments,
    stop: impl Future<Output = ()>,
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
        message: arguments.send_to.as_deref().map(SendTo::read).transpose()?,
        change: None,
    };
    if options.message.is_some()
        && !options.only.is_empty()
        && !options.only.contains(&Protocol::Smtp)
    {
        return Err(Failure::new(
            Code::Usage,
            "A message is sent only where sending is tested: add smtp to --only, or leave --send-to out. Nothing was tested.",
        ));
    }
    let asked = asked(service, arguments)?;
    let (used, unused): (Vec<&MailboxLine>, Vec<&MailboxLine>) =
        asked.iter().partition(|line| is_used(line, &options));
    if used.is_empty() && !unused.is_empty() {
        return Err(nothing_to_test(&unused));
    }
    for line in unused {
        output.progress(&people::not_used(&line.address));
    }
    let mut tested = begun(service, arguments, &options, used, output)?;
    round::run(service, arguments, &options, &mut tested, stop, output).await;
    let stopped = why_stopped(service, arguments, &tested);
    if arguments.all && stopped.is_none() {
        service.end_round();
    }
    let code = answer(arguments, tested, asked.len() == 1, output)?;
    let Some(stopped) = stopped else {
        return Ok(code);
    };
    output.complaint(&stopped);
    Ok(exit::code(stopped.code))
}

/// What a person has to know of a test that was stopped; none where all of it was done.
fn why_stopped(
    service: &Service,
    arguments: &TestArguments,
    tested: &[Tested<'_>],
) -> Option<Failure> {
    let is_done = |one: &Tested<'_>| match &one.result {
        Some(Ok(report)) => !report.stopped,
        Some(Err(_)) => true,
        None => false,
    };
    if tested.iter().all(is_done) {
        return None;
    }
    let mut message = if tested.iter().any(is_done) {
        "Stopped. Reports of the mailboxes that were tested are saved; what was found of the others until then is not."
    } else {
        "Stopped. What was found until then is not saved, and no status was changed."
    }
    .to_owned();
    if arguments.transcript.is_some() {
        message.push_str(" Transcripts were written for tests that came to their end only.");
    }
    if let Some(round) = service.stopped_round().filter(|_| arguments.all) {
        let go_on = " To go on with the others: mailwright test --all --resume";
        message.extend([go_on, &round.words()]);
    }
    Some(Failure::new(Code::Failed, message))
}

/// The mailboxes of this round; those that a stopped one has tested come with their reports.
fn begun<'a>(
    service: &Service,
    arguments: &TestArguments,
    options: &TestOptions,
    used: Vec<&'a MailboxLine>,
    output: Output,
) -> Result<Vec<Tested<'a>>, Failure> {
    let stopped = service.stopped_round().filter(|_| arguments.resume);
    if let Some(other) = stopped.as_ref().filter(|round| !round.is_of(options)) {
        return Err(another_round(&other.words()));
    }
    let mut tested = Vec::new();
    for line in used {
        let report = match &stopped {
            Some(round) => service.tested_in(round, &line.id)?,
            None => None,
        };
        tested.push(Tested {
            line,
            result: report.map(Ok),
        });
    }
    if arguments.resume {
        let done = tested.iter().filter(|t| t.result.is_some()).count();
        output.progress(&people::resumed(stopped.is_some(), done, tested.len()));
    }
    if let Some(path) = &arguments.junit {
        junit::try_out(path)?;
    }
    if arguments.all && stopped.is_none() {
        service.begin_round(options)?;
    }
    Ok(tested)
}

fn another_round(words: &str) -> Failure {
    Failure::new(
        Code::Usage,
        format!(
            "The test that was stopped was another one: mailwright test --all --resume{words}. Go on with that one, or leave --resume out to begin anew. Nothing was tested."
        ),
    )
}

fn answer(
    arguments: &TestArguments,
    tested: Vec<Tested<'_>>,
    only_one: bool,
    output: Output,
) -> Result<ExitCode, Failure> {
    let written = match &arguments.junit {
        Some(path) => junit::write(path, &tested),
        None => Ok(()),
    };
    let mut reports = Vec::new();
    let mut causes = Vec::new();
    for one in tested {
        match one.result {
            Some(Ok(report)) => {
                causes.extend(failed(&report).map(cause));
                reports.push(report);
            }
            // Asked about one mailbox, this is the answer; else the others were still to be tested.
            Some(Err(failure)) if only_one => return Err(failure),
            Some(Err(failure)) => causes.push(exit::number(failure.code)),
            None => causes.push(exit::BUG),
        }
    }
    if !arguments.json_lines {
        output.answer(&Reports { reports }, people::reports);
    }
    // The tests were made, so what they found is the answer even where a file of it is missing.
    if let Err(failure) = written {
        output.complaint(&failure);
        causes = vec![exit::number(failure.code)];
    }
    Ok(ExitCode::from(exit_code(&causes)))
}

/// A mailbox of a round; without a result as long as it is to be tested.
pub(super) struct Tested<'a> {
    pub(super) line: &'a MailboxLine,
    pub(super) result: Option<Result<ReportInfo, Failure>>,
}

fn protocol(word: &str) -> Option<Protocol> {
    Protocol::from_word(word)
}

/// All names are looked up before the first connection, so that a typing mistake costs no waiting. Nobody is tested
/// twice.
fn asked(service: &Service, arguments: &TestArguments) -> Result<Vec<MailboxLine>, Failure> {
    if arguments.all {
        return Ok(service.mailboxes()?.mailboxes);
    }
    let mut lines: Vec<MailboxLine> = Vec::new();
    for which in &arguments.mailboxes {
        let line = service.mailbox(which)?.line;
        if lines.iter().all(|known| known.id != line.id) {
            lines.push(line);
        }
    }
    Ok(lines)
}

/// Whether a mailbox is used with anything that these options ask for.
fn is_used(line: &MailboxLine, options: &TestOptions) -> bool {
    let mut used = line.protocols.iter().filter_map(|word| protocol(word));
    used.any(|protocol| options.asks_for(protocol))
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

/// A mailbox for tests.
#[cfg(test)]
pub(super) fn line(receives: bool, sends: bool) -> MailboxLine {
    let used = [(receives, "imap"), (sends, "smtp")];
    let used = used.into_iter().filter(|(is_used, _)| *is_used);
    MailboxLine {
        protocols: used.map(|(_, word)| word.to_owned()).collect(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn only(protocols: &[Protocol]) -> TestOptions {
        TestOptions {
            only: protocols.to_vec(),
            ..TestOptions::default()
        }
    }

    #[test]
    fn protocols_are_read_by_their_words() {
        assert_eq!(protocol("imap"), Some(Protocol::Imap));
        assert_eq!(protocol("pop3"), Some(Protocol::Pop3));
        assert_eq!(protocol("pop"), None);
    }

    #[test]
    fn only_what_a_mailbox_is_used_for_is_tested() {
        let reads = line(true, false);
        assert!(is_used(&reads, &only(&[])));
        assert!(is_used(&reads, &only(&[Protocol::Smtp, Protocol::Imap])));
        assert!(!is_used(&reads, &only(&[Protocol::Smtp])));
        assert!(!is_used(&reads, &only(&[Protocol::Pop3])));
        assert!(!is_used(&line(false, false), &only(&[])));
        assert_eq!(nothing_to_test(&[&reads]).code, Code::Usage);
    }

    #[test]
    fn only_smtp_is_sending_whichever_way() {
        for way in ["smtp", "graph", "gmail"] {
            let sends = MailboxLine {
                protocols: vec!["imap".to_owned(), way.to_owned()],
                ..line(true, true)
            };
            assert!(is_used(&sends, &only(&[Protocol::Smtp])), "{way}");
            assert!(!is_used(&sends, &only(&[Protocol::Pop3])), "{way}");
        }
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
