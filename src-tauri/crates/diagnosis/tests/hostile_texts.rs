//! Whatever is pasted, `explain` answers: without a panic, in bounded time, with an answer of bounded size.

use std::time::{Duration, Instant};

use mailwright_diagnosis::{Catalogue, explain};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The longest debug form of one verdict; the longest entry takes about half of it.
const LONGEST_VERDICT: usize = 6000;
/// Beyond this it hangs: one text takes about a second unoptimised, and much longer on a busy machine.
const LONGEST_TIME: Duration = Duration::from_secs(120);
/// What `explain` looks at, in bytes; of more, the beginning and the end.
const LIMIT: usize = 256 * 1024;

/// Pieces of real failures and of the forms they come in, cut, joined and mixed with arbitrary characters.
fn hostile() -> impl Strategy<Value = String> {
    let entries = Catalogue::built_in().entries();
    let mut phrases: Vec<String> = entries
        .iter()
        .flat_map(|e| &e.rules)
        .flat_map(|r| r.text.iter().chain(&r.all_text))
        .map(|p| p.written.clone())
        .collect();
    let samples: Vec<String> = entries
        .iter()
        .flat_map(|e| &e.samples)
        .map(|s| s.text.clone())
        .filter(|t| !t.is_empty())
        .collect();
    phrases.extend(
        [
            "AADSTS",
            "aadsts\r\n",
            "error_codes\":[",
            "535-",
            "535 5.7.139",
            "5.7.",
            "334 eyJ",
            "?error_description=",
            "%25%32%35",
            "&#39;",
            "&amp;amp;",
            "\\\\u0027",
            "\\r\\n",
            "{\"error\":\"",
            "b'",
            " NO [",
            "-ERR [",
            "* BYE ",
            "[?",
            "{code}",
            "\u{202e}",
            "\u{0}",
            "\u{feff}",
            "é",
            "😀",
            "n't",
            "Bearer ",
            "dXNlcj1",
            "> > >",
            "\n\n",
            "\t",
            "://",
            "#",
            "=",
            "+",
            "\"",
            "'",
        ]
        .map(str::to_owned),
    );
    let piece = prop_oneof![
        4 => prop::sample::select(phrases),
        2 => (prop::sample::select(samples), any::<prop::sample::Index>(), any::<prop::sample::Index>())
            .prop_map(|(text, a, b)| cut(&text, a.index(text.len()), b.index(text.len()))),
        1 => "[0-9]{1,10}",
        1 => "\\PC{0,16}",
        1 => any::<String>().prop_map(|s| s.chars().take(24).collect()),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// The part of a text between two places, at the next boundaries of characters.
fn cut(text: &str, a: usize, b: usize) -> String {
    let (from, to) = (a.min(b), a.max(b));
    text.char_indices()
        .filter(|(at, _)| (from..=to).contains(at))
        .map(|(_, c)| c)
        .collect()
}

/// Explains it and checks what every answer must keep to.
fn check(text: &str) -> Result<(), TestCaseError> {
    let verdicts = explain(text, None, None);
    prop_assert!(!verdicts.is_empty());
    prop_assert!(verdicts.len() <= Catalogue::built_in().entries().len());
    for verdict in verdicts {
        prop_assert!(
            format!("{verdict:?}").len() < LONGEST_VERDICT,
            "{verdict:?}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(Config { cases: 256, failure_persistence: None, ..Config::default() })]

    #[test]
    fn hostile_texts_are_explained(text in hostile()) {
        check(&text)?;
    }

    #[test]
    fn bytes_are_explained(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
        check(&String::from_utf8_lossy(&bytes))?;
    }
}

#[test]
fn the_worst_of_the_longest_texts_are_in_time() {
    for piece in [
        "a",
        "\n",
        "%25",
        "&amp;",
        "\\\\u00",
        "eyJhYmNk\n",
        "AADSTS7",
        "535-5.7.1 x\n",
        "http://a?b=c%20\n",
        "http://a?b=",
        "Bearer ",
        "1.",
        "\"aud\":\"",
        "token=\"",
        "A1 NO [X] y\n",
        "\u{202e}",
        "login password auth 535\n",
    ] {
        let text = piece.repeat(LIMIT / piece.len());
        let began = Instant::now();
        check(&text).unwrap();
        let took = began.elapsed();
        assert!(took < LONGEST_TIME, "{piece:?}: {took:?}");
    }
}

#[test]
fn a_text_far_beyond_the_limit_takes_no_longer() {
    let text = "535 5.7.1 é x\n".repeat(16 * LIMIT / 15);
    let began = Instant::now();
    check(&text).unwrap();
    assert!(began.elapsed() < LONGEST_TIME, "{:?}", began.elapsed());
}

/// For a long run: `MAILWRIGHT_TEXTS=1000000 cargo test -p mailwright-diagnosis --test hostile_texts -- --ignored`,
/// faster with `--config 'profile.dev.package."*".opt-level=2' --config 'profile.dev.opt-level=2'` before `-p`.
#[test]
#[ignore = "takes minutes"]
fn as_many_texts_as_asked_for_are_explained() {
    const AT_ONCE: u32 = 10_000;
    let asked = std::env::var("MAILWRIGHT_TEXTS").ok();
    let asked: u32 = asked.map_or(1_000_000, |n| n.parse().unwrap());
    for part in 0..asked.div_ceil(AT_ONCE) {
        let config = Config {
            cases: AT_ONCE.min(asked - part * AT_ONCE),
            failure_persistence: None,
            ..Config::default()
        };
        // Every part has texts of its own, the same in every run.
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&part.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        TestRunner::new_with_rng(config, rng)
            .run(&hostile(), |text| check(&text))
            .unwrap();
        println!("{} explained", asked.min((part + 1) * AT_ONCE));
    }
}
