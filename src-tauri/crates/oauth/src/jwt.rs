use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;

/// Longest token that is decoded. Entra's reach about 6 KiB with many groups.
const LONGEST: usize = 64 * 1024;

/// The claims of a JWT in compact form (RFC 7519 section 3, RFC 7515 section 7.1), unchecked; none for anything else,
/// such as the opaque tokens of Google and of personal Microsoft accounts.
pub(crate) fn claims<T: DeserializeOwned>(token: &str) -> Option<T> {
    if token.len() > LONGEST {
        return None;
    }
    let mut parts = token.split('.');
    let (header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || header.is_empty() {
        return None;
    }
    // Padding is not allowed (RFC 7515 section 2), but harmless.
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}
