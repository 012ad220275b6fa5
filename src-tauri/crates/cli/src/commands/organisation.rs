use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use mailwright_service::wire::Organisation;
use mailwright_service::{Code, Failure, Service};

use super::input;
use crate::args::OrganisationArguments;
use crate::output::Output;
use crate::{exit, people};

/// More than the output of any number of mailboxes that somebody would copy.
const LONGEST: u64 = 4 * 1024 * 1024;

pub(super) fn organisation(
    service: &Service,
    arguments: &OrganisationArguments,
    output: Output,
) -> Result<ExitCode, Failure> {
    let pasted = arguments.paste.as_deref().map(read).transpose()?;
    let registration = arguments.registration.as_deref();
    let found = service.organisation(registration, pasted.as_deref())?;
    if arguments.all {
        output.answer(&found, people::organisation_look);
        return Ok(ExitCode::SUCCESS);
    }
    output.answer(&found, people::organisation);
    Ok(ExitCode::from(exit_of(&found)))
}

/// 4 where an administrator has something to change; 1 where nothing of the pasted text was understood.
fn exit_of(found: &Organisation) -> u8 {
    if found.checks.iter().any(|check| check.outcome == "failed") {
        return exit::NEEDS_ADMINISTRATOR;
    }
    let nothing = found.pasted.as_ref().is_some_and(|p| p.understood == 0);
    if nothing { exit::FAILED } else { 0 }
}

fn read(path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(LONGEST + 1)
            .read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
    };
    let unusable = |why: String| Failure::new(Code::Usage, format!("{} {why}", path.display()));
    read.map_err(|e| unusable(format!("cannot be read: {e}.")))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LONGEST {
        return Err(unusable(
            "is longer than 4 MiB. Give only what the commands printed.".to_owned(),
        ));
    }
    Ok(input::decoded(&bytes))
}
