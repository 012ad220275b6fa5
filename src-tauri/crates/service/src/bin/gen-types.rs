//! Writes the TypeScript twins of the wire types into the folder given as the only argument.

use std::process::ExitCode;

use mailwright_service::wire;
use ts_rs::{ExportError, TS};

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        return ExitCode::from(2);
    };
    match export(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn export(folder: &str) -> Result<(), ExportError> {
    let config = ts_rs::Config::new().with_out_dir(folder);
    wire::Detected::export_all(&config)?;
    wire::Added::export_all(&config)?;
    wire::Mailboxes::export_all(&config)?;
    wire::MailboxDetails::export_all(&config)?;
    wire::SignedIn::export_all(&config)?;
    wire::SignedOut::export_all(&config)?;
    wire::SignOutPlan::export_all(&config)?;
    wire::UsableSignIn::export_all(&config)?;
    wire::Removed::export_all(&config)?;
    wire::Folders::export_all(&config)?;
    wire::RegistrationSaved::export_all(&config)?;
    wire::Registrations::export_all(&config)?;
    wire::TenantFound::export_all(&config)?;
    wire::RegistrationChecked::export_all(&config)?;
    wire::Explained::export_all(&config)?;
    wire::Problem::export_all(&config)?;
    wire::Reports::export_all(&config)?;
    wire::TestEvent::export_all(&config)?;
    wire::ConversationInfo::export_all(&config)?;
    wire::Home::export_all(&config)?;
    wire::MailboxPage::export_all(&config)?;
    wire::RoleChange::export_all(&config)?;
    wire::PlannedCheck::export_all(&config)?;
    wire::Found::export_all(&config)?;
    wire::Permission::export_all(&config)?;
    wire::Readiness::export_all(&config)?;
    wire::SignInStep::export_all(&config)?;
    wire::Pasted::export_all(&config)?;
    wire::OtherAccount::export_all(&config)?;
    wire::ApprovalInfo::export_all(&config)?;
    wire::Attention::export_all(&config)?;
    wire::RegistrationForm::export_all(&config)?;
    wire::FieldNote::export_all(&config)?;
    wire::AdminScript::export_all(&config)?;
    wire::Doctor::export_all(&config)?;
    wire::SupportShown::export_all(&config)?;
    wire::SupportSaved::export_all(&config)?;
    wire::Organisation::export_all(&config)?;
    mailwright_service::Code::export_all(&config)
}
