//! The real program against the lab, end to end: what the tests and the demo share. See `tests/`.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::missing_panics_doc)] // support of tests: what is not as expected ends the test

mod far;
pub mod figures;
mod fronts;
pub mod kills;
mod program;
mod providers;
mod reports;
mod set_up;
mod watching;
mod window;

pub use far::Far;
pub use fronts::Front;
pub use program::{Mailwright, Running, Said};
pub use providers::{BadDay, Google, Graph, bad_days};
pub use reports::{assert_message_arrived, check, failure, failures, report};
pub use set_up::{
    Mailbox, add_client, add_mailbox, add_registration, add_registration_with_certificate,
    add_registration_with_secret, alice_signs_in_at, no_sign_in_is_kept, pop3_of,
    registration_words, set_up, set_up_with_pop3, sign_in,
};
pub use watching::Watching;
pub use window::unsafe_windows;
