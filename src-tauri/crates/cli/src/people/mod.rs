//! Answers as sentences and tables: every text that the command line shows for a success or a failure.

mod account;
mod diagnosis;
mod registration;
mod table;
mod testing;

pub(crate) use account::{
    added, changed, detected, folders, mailbox, mailboxes, removed, signed_in, signed_out,
};
pub(crate) use diagnosis::{explained, failure};
pub(crate) use registration::{registration, registrations};
pub(crate) use testing::{check_line, check_name, reports};
