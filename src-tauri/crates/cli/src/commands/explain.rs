use std::io::Read;
use std::process::ExitCode;

use mailwright_service::{Code, Failure};

use crate::output::Output;
use crate::people;

/// More than this is cut; a log's end says what failed, and the catalogue looks at 256 KiB.
const LARGEST: u64 = 4 * 1024 * 1024;

pub(super) fn explain(
    words: &[String],
    stage: Option<&str>,
    provider: Option<&str>,
    output: Output,
) -> Result<ExitCode, Failure> {
    let text = match words {
        [] => read()?,
        [dash] if dash == "-" => read()?,
        words => words.join(" "),
    };
    let explained = mailwright_service::explain(&text, stage, provider)?;
    let known = explained.verdicts.iter().any(|v| v.id != "unknown");
    output.answer(&explained, people::explained);
    Ok(ExitCode::from(if known { 0 } else { crate::exit::FAILED }))
}

fn read() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(LARGEST)
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::new(Code::Usage, format!("The text could not be read: {e}.")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
