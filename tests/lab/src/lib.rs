//! Real servers on loopback for tests, demo and people: see the README beside this crate.
#![cfg(unix)]
// Every function here fails in one way: with a sentence for whoever reads the test's output.
#![allow(clippy::missing_errors_doc)]

mod authorization;
mod browser;
mod certificates;
mod dns;
mod error;
mod folder;
mod http;
mod keychain;
mod lab;
mod mail;
mod missing;
mod options;
mod plan;
mod ports;
mod random;
mod server;
mod template;
mod user;
mod wait;

pub use authorization::{
    AuthorizationServer, CERTIFICATE_CLIENT, CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET,
    DISABLED_CLIENT, EXPIRED_CLIENT, EXPIRED_SECRET, GOOGLE_CLIENT, GOOGLE_SECRET,
    NO_LOOPBACK_CLIENT, PUBLIC_CLIENT, SINGLE_PAGE_CLIENT, Tenant, WEB_CLIENT, WEB_REDIRECT,
    WEB_SECRET,
};
pub use browser::Browser;
pub use certificates::{Certificates, ServerCertificate};
pub use dns::Dns;
pub use error::LabError;
pub use folder::Folder;
pub use http::{Answer, get, post_form, post_json};
pub use keychain::{Keychain, SecretItem};
pub use lab::Lab;
pub use mail::{MailServers, PostfixPorts};
pub use missing::missing_programs;
pub use options::{KeychainState, Options};
pub use plan::{BrowserAction, BrowserPlan};
pub use user::{SHARED_MAILBOX, User, users};
