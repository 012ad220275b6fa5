//! Settings documents, made up: kept ones (`tests/corpus`), changed at random; an input with a result of a new kind
//! joins them. A usual test run takes a few thousand. For a million, with figures:
//!
//! `FUZZ_INPUTS=1000000 cargo test -p mailwright-discovery --lib --config
//! profile.test.package.mailwright-discovery.opt-level=2 fuzz -- --nocapture` (optimised, with all checks of debug
//! builds). `FUZZ_SEED` begins elsewhere.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use mailwright_domain::{EmailAddress, Endpoint, FoundIn, Security};

use crate::autoconfig::server;
use crate::found::{Confidence, Finding};
use crate::settings::{Refused, read};

/// Inputs of a usual test run.
const USUAL: u64 = 3_000;
/// Kept inputs of one run.
const MOST_KEPT: usize = 1_000;
/// A local part that no input holds.
const LOCAL: &str = "qqxqq";

const WORDS: &[&str] = &[
    "<clientConfig>",
    "</clientConfig>",
    "<emailProvider id='x'>",
    "</emailProvider>",
    "<incomingServer type=\"imap\">",
    "</incomingServer>",
    "<outgoingServer type='smtp'>",
    "</outgoingServer>",
    "<hostname>",
    "</hostname>",
    "<port>993</port>",
    "<socketType>SSL</socketType>",
    "<username>%EMAILLOCALPART%</username>",
    "%EMAILADDRESS%",
    "%EMAILLOCALPART%",
    "%EMAILDOMAIN%",
    "%",
    "<authentication>OAuth2</authentication>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?",
    "?>",
    "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>]>",
    "<!ENTITY b '&a;&a;&a;'>",
    "&a;",
    "&amp;",
    "&#0;",
    "&#x110000;",
    "&#120;",
    "<a>",
    "</a>",
    "<a/>",
    " a='b'",
    " a",
    "=",
    "\"",
    "'",
    "\u{feff}",
    "\u{202e}",
    "\0",
    "xn--",
    "[::1]",
    ":25",
    "@",
    "/",
];

/// Random numbers (xorshift64*), the same for the same seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below this one.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % end.max(1)
    }
}

/// A kept input, changed in a few places.
fn input(dice: &mut Dice, kept: &[Vec<u8>]) -> Vec<u8> {
    let mut input = kept[dice.below(kept.len())].clone();
    for _ in 0..=dice.below(6) {
        let (a, b) = (dice.below(input.len() + 1), dice.below(input.len() + 1));
        let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 400));
        match dice.below(8) {
            0 if !input.is_empty() => {
                let at = a.min(input.len() - 1);
                input[at] = u8::try_from(dice.below(256)).unwrap();
            }
            1 => drop(input.drain(from..to)),
            2 => {
                let piece = input[from..to].to_vec();
                let at = dice.below(input.len() + 1);
                input.splice(at..at, piece);
            }
            3 => {
                let other = &kept[dice.below(kept.len())];
                let start = dice.below(other.len() + 1);
                input.truncate(a);
                input.extend_from_slice(&other[start..]);
            }
            4 if dice.below(20) == 0 => {
                let piece = WORDS[dice.below(WORDS.len())];
                input.splice(a..a, piece.repeat(1 + dice.below(5_000)).bytes());
            }
            _ => {
                let word = WORDS[dice.below(WORDS.len())];
                input.splice(a..a, word.bytes());
            }
        }
        input.truncate(300_000);
    }
    input
}

/// What must hold of every document; gives what kind of result it was.
fn property(document: &[u8]) -> u64 {
    let address: EmailAddress = format!("{LOCAL}@firma.nl").parse().unwrap();
    let result = read(document);
    let mut kinds: Vec<(bool, Vec<&'static str>, bool)> = Vec::new();
    let mut servers = Vec::new();
    for raw in result.iter().flatten() {
        for value in [&raw.kind, &raw.host, &raw.port, &raw.socket, &raw.login]
            .into_iter()
            .chain(&raw.auth)
        {
            assert!(value.len() <= 512, "{} bytes", value.len());
        }
        assert!(raw.auth.len() <= 8);
        let found = server(raw, &address, FoundIn::Autoconfig);
        kinds.push((
            found.is_some(),
            found
                .as_ref()
                .map_or(Vec::new(), |found| found.auth.clone()),
            found.as_ref().is_some_and(|found| found.login.is_some()),
        ));
        servers.extend(found);
    }
    for found in &servers {
        let endpoint = &found.endpoint;
        assert!(matches!(
            endpoint.security,
            Security::Tls | Security::Starttls
        ));
        assert!(
            !endpoint.host.contains(LOCAL),
            "the local part left: {}",
            endpoint.host
        );
        let again = Endpoint::parse(endpoint.protocol, &endpoint.to_string());
        assert_eq!(
            again.map(|e| (e.host, e.port)),
            Ok((endpoint.host.clone(), endpoint.port))
        );
        let login = found.login.as_deref().unwrap_or("x");
        assert!(!login.is_empty() && login.len() <= 512 && !login.contains(char::is_control));
    }
    if let Ok(raw) = &result {
        assert!(raw.len() <= 16 && document.len() <= 256 * 1024);
    }
    let finding = Finding::named(FoundIn::Autoconfig, "x", Confidence::Likely, servers);
    if let Some(finding) = &finding {
        let own = |e: &Endpoint| e.source == FoundIn::BuiltIn;
        assert!(finding.is_only_named() || finding.endpoints().iter().all(own));
    }
    let refused: Option<Refused> = result.err();
    let mut hasher = DefaultHasher::new();
    (refused, kinds, finding.map(|f| f.is_only_named())).hash(&mut hasher);
    hasher.finish()
}

#[test]
fn documents_without_number() {
    let number =
        |variable: &str, usual: u64| env::var(variable).map_or(usual, |text| text.parse().unwrap());
    let (inputs, seed) = (number("FUZZ_INPUTS", USUAL), number("FUZZ_SEED", 1));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/settings");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.sort();
    let mut kept: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    assert!(!kept.is_empty());
    let mut kinds: HashSet<u64> = kept.iter().map(|input| property(input)).collect();
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (began, mut bytes, mut longest) = (Instant::now(), 0, Duration::ZERO);
    for at in 0..inputs {
        let input = input(&mut dice, &kept);
        bytes += input.len();
        let started = Instant::now();
        let kind = catch_unwind(AssertUnwindSafe(|| property(&input))).unwrap_or_else(|_| {
            let shown = input.escape_ascii();
            panic!("input {at} of seed {seed}: keep this below tests/corpus/settings: {shown}")
        });
        longest = longest.max(started.elapsed());
        // Long ones would make all that follow slow.
        if kinds.insert(kind) && kept.len() < MOST_KEPT && input.len() < 8_192 {
            kept.push(input);
        }
    }
    println!(
        "settings {inputs} inputs, {} kB, {} ms, the longest {} us, {} kinds of result",
        bytes / 1_000,
        began.elapsed().as_millis(),
        longest.as_micros(),
        kinds.len(),
    );
}
