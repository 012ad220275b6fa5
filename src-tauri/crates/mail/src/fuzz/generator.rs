/// Longest input, but for the few that are repeated to reach the limits.
const LONGEST: usize = 2_048;
/// One input in so many is repeated until it is longer than any limit on lines.
const REPEATED: usize = 5_000;
/// How long that is.
const VERY_LONG: usize = 300_000;
/// Bytes that parsers have an opinion of.
const EDGES: &[u8] = b"\0\x01\t\n\r \"&()*+,-./09:=@AZ[\\]az{}~\x7f\x80\xbf\xc3\xe2\xff";

/// Makes inputs; the same ones from the same seed.
pub(super) struct Generator {
    state: u64,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// `SplitMix64` (Steele, Lea, Flood: “Fast splittable pseudorandom number generators”, 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one; 0 where there is none.
    fn below(&mut self, end: usize) -> usize {
        let end = end.max(1) as u64;
        usize::try_from(self.next() % end).unwrap()
    }

    fn byte(&mut self) -> u8 {
        if self.below(2) == 0 {
            EDGES[self.below(EDGES.len())]
        } else {
            self.next().to_le_bytes()[0]
        }
    }

    /// A kept input with some changes, or nothing but chance.
    pub(super) fn input(&mut self, kept: &[Vec<u8>], words: &[&[u8]]) -> Vec<u8> {
        let mut input = if self.below(20) == 0 {
            let length = self.below(64);
            (0..length).map(|_| self.byte()).collect()
        } else {
            kept[self.below(kept.len())].clone()
        };
        for _ in 0..=self.below(6) {
            self.change(&mut input, kept, words);
        }
        input.truncate(LONGEST);
        if self.below(REPEATED) == 0 && !input.is_empty() {
            input = input.repeat(VERY_LONG / input.len());
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, kept: &[Vec<u8>], words: &[&[u8]]) {
        let at = self.below(input.len() + 1);
        match self.below(8) {
            0 => {
                let byte = self.byte();
                input.insert(at, byte);
            }
            1 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << self.below(8);
                }
            }
            2 => {
                let byte = self.byte();
                if let Some(old) = input.get_mut(at) {
                    *old = byte;
                }
            }
            3 => {
                let end = (at + 1 + self.below(8)).min(input.len());
                input.drain(at.min(end)..end);
            }
            4 => input.truncate(at),
            5 => {
                let end = (at + 1 + self.below(16)).min(input.len());
                let again = input[at.min(end)..end].to_vec();
                input.splice(at..at, again);
            }
            6 => {
                let other = &kept[self.below(kept.len())];
                let from = self.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => {
                let word = words[self.below(words.len())].to_vec();
                input.splice(at..at, word);
            }
        }
    }
}
