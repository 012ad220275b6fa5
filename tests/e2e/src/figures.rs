//! Figures of programs that are started in turn: times, and their ratios pair by pair.

use std::process::{Command, Stdio};
use std::time::Instant;

/// How long a program runs, in milliseconds.
///
/// # Errors
/// It cannot be started, or does not succeed; then what it had to say of that.
pub fn timed(command: &mut Command) -> Result<f64, Box<dyn std::error::Error>> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let begun = Instant::now();
    let output = command.output()?;
    let took = begun.elapsed().as_secs_f64() * 1000.0;
    if output.status.success() {
        Ok(took)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into())
    }
}

/// The middle value with the lowest and the highest, for people.
pub fn spoken(values: &[f64], digits: usize) -> String {
    let (middle, lowest, highest) = middle(values);
    format!("{middle:.digits$} ({lowest:.digits$} to {highest:.digits$})")
}

/// Each of ours by the one of theirs that ran beside it.
pub fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    ours.iter().zip(theirs).map(|(a, b)| a / b).collect()
}

/// The middle, the lowest and the highest value; not a number where there is none.
pub fn middle(values: &[f64]) -> (f64, f64, f64) {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    (
        at(values.len() / 2),
        at(0),
        at(values.len().saturating_sub(1)),
    )
}
