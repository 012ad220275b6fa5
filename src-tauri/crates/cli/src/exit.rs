use std::process::ExitCode;

use mailwright_service::Code;

/// A check failed, or the thing was not found.
pub(crate) const FAILED: u8 = 1;
/// Wrong use.
pub(crate) const USAGE: u8 = 2;
/// Somebody has to sign in.
pub(crate) const NEEDS_PERSON: u8 = 3;
/// An administrator has to act.
pub(crate) const NEEDS_ADMINISTRATOR: u8 = 4;
/// Network or provider cannot be reached; try later.
pub(crate) const UNREACHABLE: u8 = 5;
/// A mistake in Mailwright (`EX_SOFTWARE` of sysexits).
pub(crate) const BUG: u8 = 70;

/// The exit code for a failure.
pub(crate) fn code(code: Code) -> ExitCode {
    ExitCode::from(number(code))
}

/// The number behind [`code`].
pub(crate) fn number(code: Code) -> u8 {
    match code {
        Code::NotFound | Code::Failed | Code::Keychain | Code::Storage => FAILED,
        Code::Usage | Code::Conflict => USAGE,
        Code::NeedsSignIn => NEEDS_PERSON,
        Code::NeedsAdministrator => NEEDS_ADMINISTRATOR,
        Code::Unreachable => UNREACHABLE,
        Code::Internal => BUG,
    }
}
