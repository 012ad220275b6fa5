use std::process::ExitCode;

use mailwright_service::{Code, Failure};

use super::input;
use crate::output::Output;
use crate::people;

/// So much of the beginning and of the end of a text is read.
const EACH_END: usize = 1024 * 1024;

pub(super) fn explain(
    words: &[String],
    stage: Option<&str>,
    provider: Option<&str>,
    output: Output,
) -> Result<ExitCode, Failure> {
    let text = match words {
        [] => read(output)?,
        [dash] if dash == "-" => read(output)?,
        words => words.join(" "),
    };
    let explained = mailwright_service::explain(&text, stage, provider)?;
    let known = explained.verdicts.iter().any(|v| v.id != "unknown");
    output.answer(&explained, people::explained);
    Ok(ExitCode::from(if known { 0 } else { crate::exit::FAILED }))
}

fn read(output: Output) -> Result<String, Failure> {
    let (text, cut) = input::text(std::io::stdin().lock(), EACH_END)
        .map_err(|e| Failure::new(Code::Usage, format!("The text could not be read: {e}.")))?;
    if cut {
        output.progress("The text is long; only its beginning and its end were read.");
    }
    Ok(text)
}
