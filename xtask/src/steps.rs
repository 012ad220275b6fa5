//! Steps with a name and a time each; one that fails does not hold up the others.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::process;

/// The steps so far.
pub(crate) struct Steps {
    began: Instant,
    held: usize,
    problems: Vec<Problem>,
}

struct Problem {
    name: String,
    reason: String,
    reproduce: String,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
            held: 0,
            problems: Vec::new(),
        }
    }

    /// Runs one program as a step.
    pub(crate) fn program(&mut self, name: &str, command: &mut Command) -> bool {
        let line = process::describe(command);
        self.step(name, &line, || process::run(command))
    }

    /// Runs one step; `reproduce` is what a person types to see its failure again. Returns whether it held.
    pub(crate) fn step(
        &mut self,
        name: &str,
        reproduce: &str,
        work: impl FnOnce() -> Result<(), Failure>,
    ) -> bool {
        println!("\n== {name}");
        let began = Instant::now();
        let result = work();
        let time = spoken(began.elapsed());
        match result {
            Ok(()) => {
                println!("-- {name}: held, {time}");
                self.held += 1;
                true
            }
            Err(failure) => {
                eprintln!("{failure}");
                println!("-- {name}: FAILED, {time}");
                self.note(name, failure.to_string(), reproduce);
                false
            }
        }
    }

    /// Notes a step that cannot be tried because another one failed.
    pub(crate) fn skip(&mut self, name: &str, because: &str) {
        println!("\n== {name}\n-- {name}: not tried, {because}");
        self.note(name, format!("not tried, {because}"), "");
    }

    fn note(&mut self, name: &str, reason: String, reproduce: &str) {
        self.problems.push(Problem {
            name: name.to_owned(),
            reason,
            reproduce: reproduce.to_owned(),
        });
    }

    /// One closing line, after the failures if there are any.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let time = spoken(self.began.elapsed());
        if self.problems.is_empty() {
            println!("\nAll {} steps held, in {time}.", self.held);
            return Ok(());
        }
        Err(Failure::Failed(self.summary(&time)))
    }

    fn summary(&self, time: &str) -> String {
        let mut lines = Vec::new();
        for problem in &self.problems {
            let first = problem.reason.lines().next().unwrap_or_default();
            lines.push(format!("{}: {first}", problem.name));
            if !problem.reproduce.is_empty() {
                lines.push(format!("    to see it again: {}", problem.reproduce));
            }
        }
        let (failed, total) = (self.problems.len(), self.held + self.problems.len());
        format!(
            "\n{}\n\n{failed} of {total} steps did not hold, in {time}.",
            lines.join("\n")
        )
    }
}

fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_summed_up_with_the_way_back_to_them() {
        let mut steps = Steps::new();
        assert!(steps.step("first", "cargo first", || Ok(())));
        assert!(
            !steps.step("second", "cargo second", || Err(Failure::Failed(
                "broken\nat length".to_owned()
            )))
        );
        steps.skip("third", "because second failed");
        let Err(failure) = steps.finish() else {
            panic!("it held")
        };
        let text = failure.to_string();
        assert!(
            text.contains("second: broken\n    to see it again: cargo second"),
            "{text}"
        );
        assert!(
            text.contains("third: not tried, because second failed"),
            "{text}"
        );
        assert!(text.contains("2 of 3 steps did not hold"), "{text}");
        assert_eq!(failure.exit_code(), std::process::ExitCode::FAILURE);
    }

    #[test]
    fn times_are_short() {
        assert_eq!(spoken(Duration::from_millis(1240)), "1.2 s");
        assert_eq!(spoken(Duration::from_secs(125)), "2 min 5 s");
    }
}
