//! Words nobody can guess, for passwords and paths that live as long as one lab.
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// Sixteen hexadecimal digits from the standard library's randomly keyed hasher.
pub(crate) fn word() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}
