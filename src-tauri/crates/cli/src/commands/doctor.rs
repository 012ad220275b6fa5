use std::process::ExitCode;

use mailwright_service::wire::Doctor;
use mailwright_service::{Code, Environment, Failure, Service, SystemBrowser};

use super::testing::exit_code;
use crate::output::Output;
use crate::{exit, people};

pub(super) async fn doctor(
    service: &Service,
    environment: &Environment,
    output: Output,
) -> Result<ExitCode, Failure> {
    output.transient("  …        Looking at this computer");
    let browser = SystemBrowser::new(environment.browser.clone());
    let found = service.doctor(&browser).await;
    output.transient("");
    let found = found?;
    output.answer(&found, people::doctor);
    Ok(ExitCode::from(exit_code(&causes(&found))))
}

/// The exit code of each failed check. Nobody's sign-in mends a computer.
fn causes(found: &Doctor) -> Vec<u8> {
    let failed = found.checks.iter().filter(|c| c.outcome == "failed");
    failed
        .map(|check| match check.verdict.as_ref().map(|v| v.code) {
            None | Some(Code::NeedsSignIn) => exit::FAILED,
            Some(code) => exit::number(code),
        })
        .collect()
}
