use super::*;
use crate::fuzz::{block_on, driver, kind, size};

/// Lines come out as they went in, however they were cut into pieces, and the limits hold.
pub(crate) fn lines(input: &[u8]) -> u64 {
    let mut driver = driver(input);
    let (lines, error) = block_on(async {
        let mut lines = Vec::new();
        loop {
            match driver.line().await {
                Ok(line) => lines.push(line),
                Err(error) => return (lines, error),
            }
            assert!(driver.buffer.len() <= LONGEST_LINE + 64 * 1024);
        }
    });
    let mut expected = input.split(|b| *b == b'\n');
    let mut bytes = 0;
    for line in &lines {
        let raw = expected.next().unwrap();
        bytes += raw.len() + 1;
        assert_eq!(line, raw.strip_suffix(b"\r").unwrap_or(raw));
        assert!(line.len() <= LONGEST_LINE);
    }
    assert!(lines.len() <= LINES_PER_STEP && bytes <= BYTES_PER_STEP + 64 * 1024);
    match error {
        WireError::Closed => {
            assert_eq!(Some(driver.unfinished()), expected.next());
            assert_eq!(expected.next(), None, "a line is left");
        }
        WireError::TooMuch(_) => {
            let next = expected.next().unwrap();
            assert!(
                lines.len() == LINES_PER_STEP
                    || input.len() >= BYTES_PER_STEP
                    || next.len() >= LONGEST_LINE,
                "{error}"
            );
        }
        other => panic!("{other}"),
    }
    kind((
        error.to_string(),
        size(lines.len()),
        size(driver.unfinished().len()),
    ))
}
