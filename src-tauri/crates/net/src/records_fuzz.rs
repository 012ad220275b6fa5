//! Answers of name servers, made up: real ones, changed at random. A usual test run takes a few thousand. For a million:
//!
//! `FUZZ_INPUTS=1000000 cargo test -p mailwright-net --lib --config profile.test.package.mailwright-net.opt-level=2 fuzz
//! -- --nocapture` (optimised, with all checks of debug builds). `FUZZ_SEED` begins elsewhere.

use hickory_resolver::proto::op::Message;

use super::*;

/// Inputs of a usual test run.
const USUAL: u64 = 5_000;
/// The longest a name can be once every octet is escaped (RFC 1035 sections 2.3.4 and 5.1).
const LONGEST_NAME: usize = 255 * 4;

/// Header of an answer with one question and this many records.
fn answer(kind: u8, records: &[&[u8]]) -> Vec<u8> {
    let count = u8::try_from(records.len()).unwrap();
    let mut message = vec![0, 7, 0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0];
    message.extend_from_slice(b"\x05firma\x02nl\x00\x00");
    message.extend_from_slice(&[kind, 0, 1]);
    for data in records {
        // The name of the question, its class, a minute to live.
        message.extend_from_slice(&[0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60, 0]);
        message.push(u8::try_from(data.len()).unwrap());
        message.extend_from_slice(data);
    }
    message
}

fn kept() -> Vec<Vec<u8>> {
    let server = b"\x00\x0a\x00\x01\x03\xe1\x04mail\xc0\x0c";
    vec![
        answer(33, &[server, b"\x00\x00\x00\x00\x00\x00\x00"]),
        answer(15, &[b"\x00\x0a\x02mx\xc0\x0c", b"\x00\x00\x00"]),
        answer(5, &[b"\x0coutlook-fake\x03com\x00"]),
        answer(
            16,
            &[b"\x0fv=spf1 mx -all\xff", b"\x03abc\x04\xff\x00\xc3\x28"],
        ),
    ]
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

#[test]
fn answers_without_number_are_read() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let inputs = number("FUZZ_INPUTS").unwrap_or(USUAL);
    let mut dice = Dice(number("FUZZ_SEED").unwrap_or(0x9e37_79b9_7f4a_7c15) | 1);
    let kept = kept();
    for whole in &kept {
        assert!(Message::from_vec(whole).is_ok_and(|m| !m.answers.is_empty()) || whole[14] == 16);
    }
    let (mut read, mut records) = (0_u64, 0_u64);
    for _ in 0..inputs {
        let input = Told(changed(&mut dice, &kept));
        let Ok(message) = Message::from_vec(&input.0) else {
            continue;
        };
        read += 1;
        for record in message.answers.iter().take(MOST) {
            records += 1;
            let data = &record.data;
            let hosts = service_of(data)
                .map(|s| s.host)
                .into_iter()
                .chain(alias_of(data));
            for host in hosts {
                assert!(host.is_ascii() && host.len() <= LONGEST_NAME, "{host}");
                assert!(!host.bytes().any(|b| b.is_ascii_uppercase()), "{host}");
            }
            let text = text_of(data).unwrap_or_default();
            assert!(text.len() <= 3 * LONGEST_TEXT, "{}", text.len());
        }
    }
    assert!(records > 0, "no input was an answer");
    println!("{inputs} inputs, {read} of them answers, with {records} records");
}
