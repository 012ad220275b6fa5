//! Answers of name servers, made up: kept ones (`tests/corpus/records`), changed at random; an input with a result of a
//! new kind joins them. A usual test run takes a few thousand. For a million:
//!
//! `FUZZ_INPUTS=1000000 cargo test -p mailwright-net --lib --config profile.test.package.mailwright-net.opt-level=2 fuzz
//! -- --nocapture` (optimised, with all checks of debug builds). `FUZZ_SEED` begins elsewhere; `FUZZ_KEEP` is
//! a folder that inputs of a new kind are written to.

use std::collections::{BTreeSet, HashSet};
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Instant;

use hickory_resolver::proto::op::Message;

use super::*;

/// Inputs of a usual test run.
const USUAL: u64 = 5_000;
/// The longest a name can be once every octet is escaped (RFC 1035 sections 2.3.4 and 5.1).
const LONGEST_NAME: usize = 255 * 4;

/// Kept inputs of one run.
const MOST_KEPT: usize = 2_000;

/// The inputs below `tests/corpus/records`.
fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/records");
    let files = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn keep(input: &[u8], found: u64) {
    if let Some(folder) = env::var_os("FUZZ_KEEP") {
        let folder = Path::new(&folder).join("records");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{found:016x}")), input).unwrap();
    }
}

/// Random numbers (xorshift64*), the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap() % end.max(1)
    }

    fn octet(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

/// An input that is printed where the test fails on it.
struct Told(Vec<u8>);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("the input was {:02x?}", self.0);
        }
    }
}

fn changed(dice: &mut Dice, kept: &[Vec<u8>]) -> Vec<u8> {
    let mut input = kept[dice.below(kept.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(input.len() + 1);
        match dice.below(4) {
            0 => input.truncate(at),
            1 => input.insert(at, dice.octet()),
            2 if at < input.len() => drop(input.remove(at)),
            _ if at < input.len() => input[at] = dice.octet(),
            _ => {}
        }
    }
    input
}

/// What was read, all runs together.
#[derive(Default)]
struct Read {
    answers: u64,
    records: u64,
}

/// Reads one answer; gives what kind of result it was.
fn answer(input: &[u8], read: &mut Read) -> u64 {
    let Ok(message) = Message::from_vec(input) else {
        return 0;
    };
    read.answers += 1;
    let mut kinds = BTreeSet::new();
    for record in message.answers.iter().take(MOST) {
        read.records += 1;
        let data = &record.data;
        let (service, alias, text) = (service_of(data), alias_of(data), text_of(data));
        let hosts = service.iter().map(|s| &s.host).chain(&alias);
        let mut longest = 0;
        for host in hosts {
            assert!(host.is_ascii() && host.len() <= LONGEST_NAME, "{host}");
            assert!(!host.bytes().any(|b| b.is_ascii_uppercase()), "{host}");
            assert!(!host.bytes().any(|b| b.is_ascii_control()), "{host:?}");
            longest = longest.max(host.len());
        }
        let shown = text.as_deref().unwrap_or_default();
        assert!(shown.len() <= 3 * LONGEST_TEXT, "{}", shown.len());
        kinds.insert((
            service.is_some(),
            alias.is_some(),
            text.is_some(),
            size(longest),
            size(shown.len()),
        ));
    }
    let mut hasher = DefaultHasher::new();
    let code = u16::from(message.metadata.response_code);
    (code.min(6), kinds.last()).hash(&mut hasher);
    hasher.finish() | 1
}

/// A length as a kind: what is about as long is the same.
fn size(length: usize) -> u32 {
    length.checked_ilog2().map_or(0, |log| log / 2 + 1)
}

#[test]
fn answers_without_number_are_read() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse().ok());
    let inputs = number("FUZZ_INPUTS").unwrap_or(USUAL);
    let mut dice = Dice(number("FUZZ_SEED").unwrap_or(0x9e37_79b9_7f4a_7c15) | 1);
    let mut read = Read::default();
    let mut kinds = HashSet::new();
    let mut kept = corpus();
    for whole in &kept {
        let input = Told(whole.clone());
        kinds.insert(answer(&input.0, &mut read));
    }
    let (kept_answers, began) = (read.answers, Instant::now());
    assert!(read.records > 0, "nothing that is kept has a record");
    for _ in 0..inputs {
        let input = Told(changed(&mut dice, &kept));
        let found = answer(&input.0, &mut read);
        if kinds.insert(found) && kept.len() < MOST_KEPT {
            keep(&input.0, found);
            kept.push(input.0.clone());
        }
    }
    println!(
        "{inputs} inputs, {} of them answers, with {} records; {} ms, {} kinds of result",
        read.answers - kept_answers,
        read.records,
        began.elapsed().as_millis(),
        kinds.len(),
    );
}
