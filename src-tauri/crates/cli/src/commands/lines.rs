//! Lines that a person types or pastes while something else is waited for.

use std::io::{BufRead, Read};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Longer than any address that a browser shows; the rest of such a line is another line.
const LONGEST_LINE: u64 = 64 * 1024;

/// Lines as they come.
pub(super) struct Lines(Option<UnboundedReceiver<String>>);

impl Lines {
    /// No lines.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Those of standard input. Reading blocks and cannot be stopped, so it has a thread of its own, which ends with
    /// the program.
    pub(super) fn of_standard_input() -> Self {
        let (sender, lines) = unbounded_channel();
        std::thread::spawn(move || {
            read(std::io::stdin().lock(), |line| sender.send(line).is_ok());
        });
        Self(Some(lines))
    }

    /// The next line; none once there are no more, so that a `select!` looks elsewhere.
    pub(super) async fn next(&mut self) -> Option<String> {
        let line = self.0.as_mut()?.recv().await;
        if line.is_none() {
            self.0 = None;
        }
        line
    }
}

/// Hands over every line until the end of the text, or until nobody wants more. What is no text is no address either.
fn read(mut from: impl BufRead, mut take: impl FnMut(String) -> bool) {
    loop {
        let mut line = Vec::new();
        let read = from
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line);
        let is_end = !matches!(read, Ok(count) if count > 0);
        if is_end || !take(String::from_utf8_lossy(&line).into_owned()) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_comes_whole_and_an_endless_one_in_parts() {
        let long = "x".repeat(70_000);
        let text = format!("one\r\n\ntwo\u{e9}\n{long}\nlast");
        let mut lines = Vec::new();
        read(text.as_bytes(), |line| {
            lines.push(line);
            true
        });
        let lengths: Vec<_> = lines.iter().map(|line| line.trim_end().len()).collect();
        assert_eq!(lengths, [3, 0, 5, 65_536, 70_000 - 65_536, 4]);
        let mut lines = 0;
        read(text.as_bytes(), |_| {
            lines += 1;
            false
        });
        assert_eq!(lines, 1, "nobody wants more");
    }
}
