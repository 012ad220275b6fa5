//! The ladders against servers that follow a script, on loopback and with certificates made for the test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api;
mod certificates;
mod cuts;
mod hostile;
mod imap;
mod message;
mod modes;
mod pop3;
mod script;
mod secrets;
mod server;
mod smtp;
mod speaks;
mod support;
mod trust;
