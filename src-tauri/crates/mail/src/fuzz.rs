//! What servers send, made up: each parser gets inputs without number, and of each result must hold what the parser
//! promises. Inputs come from kept ones (`tests/corpus`), changed at random; an input with a result of a new kind joins
//! them. A usual test run takes a thousand. For a million, with figures:
//!
//! `FUZZ_INPUTS=1000000 cargo test -p mailwright-mail --lib --config profile.test.package.mailwright-mail.opt-level=2
//! fuzz -- --nocapture --test-threads 1` (optimised, with all checks of debug builds)
//!
//! `FUZZ_SEED` begins elsewhere; `FUZZ_KEEP` is a folder that inputs of a new kind are written to.

mod generator;
mod pieces;

use std::collections::HashSet;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use generator::Generator;
pub(crate) use pieces::{block_on, driver, server};

/// Inputs of a usual test run.
const USUAL: u64 = 1_000;
/// Kept inputs of one run.
const MOST_KEPT: usize = 2_000;

/// Something that reads an input and checks what must hold; gives what kind of result it was.
type Property = fn(&[u8]) -> u64;

/// Names a kind of result.
pub(crate) fn kind(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// A length as a kind: what is about as long is the same.
pub(crate) fn size(length: usize) -> u32 {
    length.checked_ilog2().map_or(0, |log| log + 1)
}

fn run(name: &str, property: Property, words: &[&[u8]]) {
    let number = |variable: &str, usual: u64| {
        env::var(variable).map_or(usual, |text| text.parse().expect("a number"))
    };
    let (inputs, seed) = (number("FUZZ_INPUTS", USUAL), number("FUZZ_SEED", 1));
    let mut pool = corpus(name);
    assert!(!pool.is_empty(), "nothing is kept for {name}");
    let mut kinds = HashSet::new();
    for (file, input) in &pool {
        kinds.insert(read(property, input, &format!("{}", file.display())));
    }
    let mut kept: Vec<Vec<u8>> = pool.drain(..).map(|(_, input)| input).collect();
    let mut generator = Generator::new(seed);
    let (began, mut bytes, mut longest) = (Instant::now(), 0, Duration::ZERO);
    for at in 0..inputs {
        let input = generator.input(&kept, words);
        bytes += input.len();
        let started = Instant::now();
        let found = read(property, &input, &format!("input {at} of seed {seed}"));
        longest = longest.max(started.elapsed());
        if kinds.insert(found) && kept.len() < MOST_KEPT {
            keep(name, &input, found);
            kept.push(input);
        }
    }
    println!(
        "{name:<15} {inputs:>8} inputs, {:>7} kB, {:>7} ms, the longest {:>6} us, {:>4} kinds of result",
        bytes / 1_000,
        began.elapsed().as_millis(),
        longest.as_micros(),
        kinds.len(),
    );
}

/// Reads one input; a panic tells which one it was.
fn read(property: Property, input: &[u8], place: &str) -> u64 {
    catch_unwind(AssertUnwindSafe(|| property(input))).unwrap_or_else(|_| {
        panic!(
            "{place}: keep this below tests/corpus: {}",
            input.escape_ascii()
        )
    })
}

fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(name);
    let files = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let input = fs::read(&file).unwrap();
            (file, input)
        })
        .collect()
}

fn keep(name: &str, input: &[u8], found: u64) {
    if let Some(folder) = env::var_os("FUZZ_KEEP") {
        let folder = Path::new(&folder).join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{found:016x}")), input).unwrap();
    }
}

macro_rules! fuzzed {
    ($($name:ident: $property:path, $words:expr;)+) => {
        $(#[test]
        fn $name() {
            run(stringify!($name), $property, $words);
        })+
    };
}

const IMAP: &[&[u8]] = &[
    b"* ",
    b"+ ",
    b"A1 ",
    b"A2 ",
    b"OK",
    b" NO",
    b" BAD",
    b"BYE",
    b"PREAUTH",
    b"[",
    b"]",
    b"CAPABILITY",
    b"LIST",
    b"STATUS",
    b"EXISTS",
    b"(",
    b")",
    b"\\Sent",
    b"\"",
    b"\\",
    b"NIL",
    b"{3}",
    b"{0}",
    b"{65536}",
    b"{4294967296}",
    b"~{2+}",
    b"MESSAGES ",
    b"\r\n",
    b"INBOX",
    b"/",
    b" AUTH=XOAUTH2",
    b" SASL-IR",
    b" SPECIAL-USE LIST-EXTENDED",
    b"SEARCH ",
    b"ESEARCH (TAG \"A1\") UID ALL 1:4294967295",
    b" FETCH (UID 7 BODY[HEADER.FIELDS (X)] ",
];
const SMTP: &[&[u8]] = &[
    b"250 ",
    b"250-",
    b"235 ",
    b"334 ",
    b"421 ",
    b"535 ",
    b"5.7.139 ",
    b"2.1.0 ",
    b"AUTH",
    b"XOAUTH2",
    b"=",
    b"STARTTLS",
    b"PIPELINING",
    b"\r\n",
    b"\t",
    b"220 x\r\n",
    b".",
    b"SIZE",
];
const POP3: &[&[u8]] = &[
    b"+OK",
    b"-ERR",
    b"+ ",
    b"[AUTH]",
    b"[SYS/PERM]",
    b"[",
    b"]",
    b"SASL ",
    b"XOAUTH2",
    b"STLS",
    b"PIPELINING",
    b"USER",
    b".",
    b"..",
    b"\r\n",
    b"2 320",
    b"18446744073709551616",
    b"\t",
];
const NAMES: &[&[u8]] = &[
    b"&",
    b"&-",
    b"-",
    b"&AOk-",
    b"&2Dzf,w-",
    b"&U,BTFw-",
    b"/",
    b".",
    b"\"",
    b"\\",
    b"INBOX",
    b",",
    b"+",
    b"\xc3\xa9",
    b"\xff",
    b"Sent",
    b"\r",
    b" (",
];
const JSON: &[&[u8]] = &[
    b"eyJzdGF0dXMiOiI0MDAifQ",
    b"==",
    b"{\"status\":",
    b"\"",
    b"\xe2\x80\xae",
    b"Bearer ",
    b"dG9rZW4tdG9rZW4tdG9rZW4",
    b"token-token-token",
    b"AQ",
    b"\x01",
    b"\\u0000",
    b"[[[[",
];
/// Beginnings of what certificates are made of, and lengths that are none.
const DER: &[&[u8]] = &[
    b"\x30\x82\x01\x00",
    b"\x30\x80",
    b"\x30\x84\xff\xff\xff\xff",
    b"\x31\x0b\x30\x09",
    b"\xa0\x03\x02\x01\x02",
    b"\xa3\x10\x30\x0e",
    b"\x06\x03\x55\x04\x03",
    b"\x06\x03\x55\x1d\x11",
    b"\x0c\x03\xe2\x80\xae",
    b"\x13\x05Lab\x1b[",
    b"\x16\x02\0\n",
    b"\x1e\x04\xd8\x00\x00a",
    b"\x1c\x04\xff\xff\xff\xff",
    b"\x82\x08firma.nl",
    b"\x82\x00",
    b"\x87\x04\x7f\0\0\x01",
    b"\x87\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01",
    b"\x17\x0d250601000000Z",
    b"\x17\x0d500101000000Z",
    b"\x18\x0f00000101000000Z",
    b"\x18\x0f99991231235959Z",
    b"\x18\x1320550101000000+2359",
];
const ANSWER: &[&[u8]] = &[
    b"403\n",
    b"200\n",
    b"429 30\n",
    b"503 Fri, 31 Dec 2027 23:59:59 GMT\n",
    b"{\"error\":{",
    b"\"code\":",
    b"\"status\":\"PERMISSION_DENIED\"",
    b"\"errors\":[{\"reason\":",
    b"\"details\":[{\"reason\":",
    b"\"ErrorAccessDenied\"",
    b"\"insufficientPermissions\"",
    b"403",
    b"null",
    b",",
    b"}",
    b"[[[[[[[[",
    b"\\u001b[2J",
    b"\\u202e",
    b"\\ud800",
    b"token-token-token",
    b"\xe2\x80\xae",
    b"\x1b",
    b"\r\n",
    b"\xff",
];

fuzzed! {
    lines: crate::driver::properties::lines, &[b"\r\n", b"\n", b"\r", b"\n\n", b"\0"];
    imap_response: crate::imap::properties::response, IMAP;
    imap_session: crate::imap::properties::session, IMAP;
    list_names: crate::imap::properties::list_name, NAMES;
    modified_utf7: crate::utf7::properties::name, NAMES;
    smtp_line: crate::smtp::properties::line, SMTP;
    smtp_session: crate::smtp::properties::session, SMTP;
    pop3_line: crate::pop3::properties::line, POP3;
    pop3_session: crate::pop3::properties::session, POP3;
    challenge: crate::sasl::exchange::properties::challenge, JSON;
    certificate: crate::tls::certificate::properties::chain, DER;
    api_answer: crate::api::answer::properties::answer, ANSWER;
    imap_ladder: crate::near::imap_ladder, IMAP;
    smtp_ladder: crate::near::smtp_ladder, SMTP;
    pop3_ladder: crate::near::pop3_ladder, POP3;
}
