//! Answers as sentences and tables: every text that the command line shows for a success or a failure.

mod account;
mod approval;
mod attention;
mod diagnosis;
mod doctor;
mod hint;
mod moment;
mod organisation;
mod registration;
mod sign_in;
mod support;
mod table;
mod testing;

pub(crate) use account::{
    added, changed, detected, folders, mailbox, mailboxes, removed, signed_out,
};
pub(crate) use approval::{approval, approval_announced, approval_looked, approved};
pub(crate) use attention::attention;
pub(crate) use diagnosis::{advice_of, explained, failure};
pub(crate) use doctor::doctor;
pub(crate) use hint::told;
pub(crate) use organisation::{organisation, organisation_look};
pub(crate) use registration::{checked, registration, registrations, saved, tenant};
pub(crate) use sign_in::{
    address_to_open, before_sign_out, browser, code_to_enter, not_asked, signed_in, waiting_for,
    ways_on,
};
pub(crate) use support::{package_contents, packaged};
pub(crate) use testing::{
    check_line, check_name, not_tested, not_used, reports, resumed, so_many_done,
};
