//! The JSON that the command line prints and the window receives: `snake_case` keys, times as RFC 3339, durations
//! in milliseconds under `ms`. One place for both, so that they cannot drift apart. No type here has a field for a
//! secret, but for [`Token`], whose purpose it is and which the window never asks for.

mod account;
mod admin_script;
mod announcement;
mod approval;
mod attention;
mod diagnosis;
mod doctor;
mod home;
mod organisation;
mod registration;
mod setup;
mod support;
mod testing;

pub use account::{
    Added, Detected, EndpointInfo, FolderInfo, Folders, MailboxDetails, MailboxLine, Mailboxes,
    OtherFound, Removed, RoleChange, RoleInfo, Server, SignOutPlan, SignedIn, SignedOut,
    UsableSignIn,
};
pub use admin_script::AdminScript;
pub use announcement::AnnouncementInfo;
pub use approval::ApprovalInfo;
pub use attention::{Attention, Fix, FixMailbox, FixRegistration};
pub use diagnosis::{Explained, Problem, ProblemDetails, VerdictInfo};
pub use doctor::{Doctor, DoctorCheck};
pub use home::{Ends, Home, HomeLine, MailboxPage, PlannedCheck};
pub use organisation::{
    Organisation, OrganisationCheck, OrganisationCommand, OrganisationFinding, OrganisationPasted,
};
pub use registration::{
    CertificateInfo, FieldNote, RegistrationCheckInfo, RegistrationChecked, RegistrationDetails,
    RegistrationForm, RegistrationSaved, Registrations, TenantFound,
};
pub use setup::{
    Found, KnownServers, OtherAccount, Pasted, Permission, Readiness, ReadyPart,
    RegistrationChoice, ServerForm, SetupForm, SetupInfo, SignInStep,
};
pub(crate) use support::{Package, PackageProgram, PackageTranscript};
pub use support::{PackagePart, SupportPackaged, SupportSaved, SupportShown};
pub use testing::{CheckInfo, ConversationInfo, ReportInfo, Reports, TestEvent, Token};
pub(crate) use testing::{milliseconds, word};
