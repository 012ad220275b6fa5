use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::kind::hex;
use crate::vault::{ENTRY_LIMIT, VALUE_LIMIT};

/// First byte of an entry that holds the value itself.
const VALUE: u8 = b'v';
/// First byte of an entry that says where the parts of the value are.
const MANIFEST: u8 = b'm';

/// The two sets of chunk names. A new value goes to the set that is not in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Slot {
    A,
    B,
}

impl Slot {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// Name of a chunk of this set.
    pub(crate) fn chunk(self, account: &str, index: usize) -> String {
        let letter = match self {
            Self::A => 'a',
            Self::B => 'b',
        };
        format!("{account}/{letter}{index}")
    }
}

/// Where the parts of a long value are, and how to know that they belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) slot: Slot,
    pub(crate) chunks: usize,
    length: usize,
    sha256: String,
}

impl Manifest {
    pub(crate) fn of(slot: Slot, value: &[u8]) -> Self {
        Self {
            slot,
            chunks: value.len().div_ceil(ENTRY_LIMIT),
            length: value.len(),
            sha256: hex(&Sha256::digest(value)),
        }
    }

    /// Whether this is the value that was described.
    pub(crate) fn describes(&self, value: &[u8]) -> bool {
        value.len() == self.length && hex(&Sha256::digest(value)) == self.sha256
    }

    fn plausible(&self) -> bool {
        self.length <= VALUE_LIMIT && self.chunks == self.length.div_ceil(ENTRY_LIMIT)
    }

    pub(crate) fn to_entry(&self) -> Vec<u8> {
        // These four fields always become JSON; an empty entry would read back as damaged.
        let json = serde_json::to_vec(self).unwrap_or_default();
        [&[MANIFEST], json.as_slice()].concat()
    }
}

/// What an account's own entry holds.
pub(crate) enum Entry {
    Value(Zeroizing<Vec<u8>>),
    Manifest(Manifest),
}

impl Entry {
    /// None if it is neither.
    pub(crate) fn parse(entry: &[u8]) -> Option<Self> {
        match entry.split_first()? {
            (&VALUE, value) => Some(Self::Value(Zeroizing::new(value.to_vec()))),
            (&MANIFEST, json) => serde_json::from_slice(json)
                .ok()
                .filter(Manifest::plausible)
                .map(Self::Manifest),
            _ => None,
        }
    }

    pub(crate) fn of_value(value: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut entry = Zeroizing::new(Vec::with_capacity(value.len() + 1));
        entry.push(VALUE);
        entry.extend_from_slice(value);
        entry
    }
}
