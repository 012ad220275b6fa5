//! What Mailwright remembers, in one SQLite file: registrations, mailboxes, grants, set-ups, folder roles, reports
//! and the history of changes. Never a secret: no table has a column for one, they live in the keychain.
//!
//! One file per table holds its SQL, its reading of rows and its methods. [`Store`] is the open database; a method
//! such as [`Store::mailboxes`] gives the methods of one table. All of them are short and block; every one that
//! changes something records the change ([`Change`]) in the same transaction, unless nothing changed.
//!
//! Rules for SQL here: tables are `STRICT`, columns `NOT NULL` (an empty text means *none*; only references may be
//! `NULL`), `INSERT` names its columns, a column never changes its meaning, a migration that was released is never
//! edited, every error says what was being done. Times are RFC 3339 text with nine decimals so that they sort,
//! identities are UUID text, enums are their words.

mod approval;
mod cells;
mod challenge;
mod change;
mod customer;
mod endpoint;
mod error;
mod folder_role;
mod grant;
mod hold;
mod mailbox;
mod mailbox_removed;
mod meta;
mod open;
mod registration;
mod registration_check;
mod registration_publishing;
mod report;
mod schema;
mod sender;
mod setup;
mod sign_in_frequency;
mod store;

pub use approval::{Approval, ApprovalWait, Approvals};
pub use challenge::{Challenged, Challenges};
pub use change::{Change, Changes, NewChange};
pub use error::StoreError;
pub use folder_role::{FolderRoles, FolderSetting};
pub use grant::Grants;
pub use hold::{Hold, Holds};
pub use mailbox::Mailboxes;
pub use registration::Registrations;
pub use registration_check::RegistrationChecks;
pub use report::Reports;
pub use setup::{Setup, SetupId, Setups};
pub use sign_in_frequency::{SignInFrequencies, SignInFrequency};
pub use store::Store;

#[cfg(test)]
mod samples;
