//! Words of the field: mailbox, registration, grant, endpoint, folder role, check, evidence, verdict, status and
//! the secret types. This crate does no input or output; every other crate speaks in these types.

mod address;
mod check;
mod endpoint;
mod evidence;
mod folder;
mod grant;
mod mailbox;
mod registration;
mod registration_check;
mod secret;
mod status;
mod uses;
mod verdict;

pub use address::{AddressError, EmailAddress};
pub use check::{Check, CheckEvent, CheckId, Outcome, Proof, Report};
pub use endpoint::{Endpoint, EndpointError, FoundIn, Protocol, Security};
pub use evidence::{Evidence, Fault, SmtpCode, Stage, TokenClaims};
pub use folder::{Folder, FolderRole, RoleChoice};
pub use grant::{Grant, GrantId, IDENTITY_SCOPES};
pub use mailbox::{AuthKind, Mailbox, MailboxId, Purpose, SendVia};
pub use registration::{
    ANY_ORGANISATION, ClientCertificate, Cloud, CustomUrls, FieldError, Provider, Publishing,
    Registration, RegistrationId, is_guid, is_protected,
};
pub use registration_check::{Basis, Reading, RegistrationCheck, RegistrationReport};
pub use secret::Secret;
pub use status::Status;
pub use uses::Uses;
pub use verdict::{Verdict, Who};
