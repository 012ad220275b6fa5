//! Where secrets live: the operating system's keychain, and memory in tests. Nothing else in Mailwright speaks to a
//! keychain, and nothing in here writes a secret anywhere else.
//!
//! From the bottom up: a [`SecretStore`] keeps small entries under account names ([`OsStore`], [`MemoryStore`]); a
//! [`Vault`] splits what is too long for one entry so that a crash at any point leaves the old value or the new one;
//! [`Keychain`] is what the rest of the program uses: asynchronous, with a time limit, and never in the way of exit.
//!
//! There is no fallback to a file. Without a keychain every call says so.

mod bytes;
mod entry;
mod error;
mod keychain;
mod kind;
mod memory;
mod os;
mod store;
mod vault;
mod worker;

pub use bytes::SecretBytes;
pub use error::KeychainError;
pub use keychain::{DEFAULT_TIMEOUT, Keychain, MAX_ABANDONED};
pub use kind::Kind;
pub use memory::MemoryStore;
pub use os::OsStore;
pub use store::SecretStore;
pub use vault::{ENTRY_LIMIT, VALUE_LIMIT, Vault};
