//! Texts in the form in which phrases are looked for in them.

use crate::text;

/// Bits that say which pairs of neighbouring bytes occur in a text; several pairs share a bit.
const BITS: usize = 4096;

/// A text or phrase without white space and capitals, see [`text::compact`].
///
/// The catalogue has hundreds of phrases and a log thousands of lines, so nearly every comparison fails. Most of them
/// fail at the first look at the pairs, without the text being searched.
#[derive(Clone, Debug)]
pub(crate) struct Compact {
    text: String,
    pairs: Box<[u64; BITS / 64]>,
}

impl Compact {
    pub(crate) fn of(text: &str) -> Self {
        let text = text::compact(text);
        let mut pairs = Box::new([0; BITS / 64]);
        for bit in bits(&text) {
            pairs[bit / 64] |= 1 << (bit % 64);
        }
        Self { text, pairs }
    }

    pub(crate) fn contains(&self, phrase: &Self) -> bool {
        let may = bits(&phrase.text).all(|bit| self.pairs[bit / 64] & (1 << (bit % 64)) != 0);
        may && self.text.contains(&phrase.text)
    }

    /// Length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }
}

impl Default for Compact {
    fn default() -> Self {
        Self::of("")
    }
}

/// The bit of every pair of neighbouring bytes.
fn bits(text: &str) -> impl Iterator<Item = usize> {
    text.as_bytes()
        .windows(2)
        .map(|pair| (usize::from(pair[0]) * 31 + usize::from(pair[1])) % BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_found_where_it_stands_and_nowhere_else() {
        let text = Compact::of("A01 NO Authenticate\r\n failed.");
        assert!(text.contains(&Compact::of("no AUTHENTICATE failed")));
        assert!(!text.contains(&Compact::of("no LOGIN failed")));
        assert!(!text.contains(&Compact::of("failed no")));
        assert!(text.contains(&Compact::of("")));
        assert!(!Compact::default().contains(&Compact::of("x")));
    }
}
