//! Running the tests of a round, and showing them: one mailbox step by step, several each when it is done.

use mailwright_service::wire::{CheckInfo, ReportInfo, TestEvent};
use mailwright_service::{Failure, Progress, Service, TestOptions};
use tokio::sync::mpsc::unbounded_channel;

use super::testing::Tested;
use crate::args::TestArguments;
use crate::output::Output;
use crate::people;

/// Tests what has no result yet, until `stop` is done: then what was running has a result too, and the others have none.
pub(super) async fn run(
    service: &Service,
    arguments: &TestArguments,
    options: &TestOptions,
    tested: &mut [Tested<'_>],
    stop: impl Future<Output = ()>,
    output: Output,
) {
    let jobs = usize::from(arguments.jobs);
    let places: Vec<usize> = (0..tested.len())
        .filter(|at| tested.get(*at).is_some_and(|one| one.result.is_none()))
        .collect();
    let mailboxes: Vec<String> = places
        .iter()
        .filter_map(|at| Some(tested.get(*at)?.line.id.clone()))
        .collect();
    let (progress, mut told) = unbounded_channel();
    let testing = service.test_many(&mailboxes, options, jobs, stop, progress);
    let mut shown = Shown {
        json_lines: arguments.json_lines,
        live: tested.len() == 1,
        all: tested.len(),
        done: tested.len() - places.len(),
        checks: Vec::new(),
        output,
    };
    let showing = async {
        while let Some(progress) = told.recv().await {
            match progress {
                Progress::Step { event, .. } => shown.step(&event),
                Progress::Done { at, result } => {
                    let place = places.get(at).and_then(|at| tested.get_mut(*at));
                    let Some(one) = place else { continue };
                    shown.done(&one.line.address, &result);
                    one.result = Some(*result);
                }
            }
        }
    };
    tokio::join!(testing, showing);
    output.transient("");
}

/// How a round is shown.
struct Shown {
    json_lines: bool,
    /// One mailbox only, so its steps can be shown while they happen.
    live: bool,
    all: usize,
    done: usize,
    /// The checks of that one mailbox, as they were shown.
    checks: Vec<CheckInfo>,
    output: Output,
}

impl Shown {
    fn step(&mut self, event: &TestEvent) {
        if self.json_lines {
            self.output.json_line(event);
        } else if self.live {
            show(event, self.output);
            if let TestEvent::Finished { check, .. } = event {
                self.checks.push((**check).clone());
            }
        }
    }

    /// What a report says otherwise than the steps did: which port works instead, what was found out about a refusal,
    /// where it was stopped. What was never come to is not worth a line.
    fn more(&self, report: &ReportInfo) {
        let more = |check: &&CheckInfo| !self.checks.contains(check) && check.outcome != "skipped";
        let more: Vec<&CheckInfo> = report.checks.iter().filter(more).collect();
        if more.is_empty() {
            return;
        }
        self.output.transient("");
        self.output.progress("More is known at the end:");
        for check in more {
            self.output.progress(&people::check_line(check));
        }
    }

    fn done(&mut self, address: &str, result: &Result<ReportInfo, Failure>) {
        self.done += 1;
        let output = self.output;
        match result {
            Ok(report) if self.json_lines => output.json_line(&TestEvent::Report {
                report: Box::new(report.clone()),
            }),
            Ok(report) if self.live => self.more(report),
            Ok(report) => {
                output.transient("");
                output.progress(address);
                for check in &report.checks {
                    output.progress(&people::check_line(check));
                }
            }
            // Asked about one mailbox, the failure is the answer.
            Err(_) if self.all == 1 => {}
            Err(failure) => {
                output.transient("");
                output.progress(&people::not_tested(address));
                output.complaint(failure);
            }
        }
        if !self.live && !self.json_lines {
            output.transient(&people::so_many_done(self.done, self.all));
        }
    }
}

fn show(event: &TestEvent, output: Output) {
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
