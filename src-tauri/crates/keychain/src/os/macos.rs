//! The login keychain of macOS. Access to an entry follows the code signature of the program that wrote it.

use std::error::Error;
use std::sync::Arc;

use keyring_core::CredentialStore;
use zeroize::Zeroizing;

use super::codes;
use crate::KeychainError;

pub(super) const NAME: &str = "macOS Keychain";
pub(super) const MODIFIERS: &[(&str, &str)] = &[];

pub(super) fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

pub(super) fn encode(value: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(value.to_vec())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the same signature on every system"
)]
pub(super) fn decode(stored: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeychainError> {
    Ok(encode(stored))
}

/// What the system's error number (`SecBase.h`) means; none where it means nothing in particular.
pub(super) fn reason(cause: &(dyn Error + 'static)) -> Option<KeychainError> {
    let error = cause.downcast_ref::<security_framework::base::Error>()?;
    codes::of_macos(error.code())
}
