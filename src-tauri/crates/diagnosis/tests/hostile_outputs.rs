//! Whatever is pasted as the output of a command, `read_back` answers: without a panic, in bounded time, with an answer
//! of bounded size, and never with a value that was not there.

use std::time::{Duration, Instant};

use mailwright_diagnosis::organisation::{Asked, Switches, read_back};
use proptest::prelude::*;

/// Beyond this it hangs, unoptimised and on a busy machine too.
const LONGEST_TIME: Duration = Duration::from_secs(60);
/// What is looked at, in bytes.
const LIMIT: usize = 256 * 1024;

/// Pieces of real outputs and of the forms they come in, cut, joined and mixed with arbitrary characters.
fn hostile() -> impl Strategy<Value = String> {
    let switches = Switches::built_in().switches();
    let mut pieces: Vec<String> = switches
        .iter()
        .flat_map(|s| s.keys.iter().chain([&s.property]).chain(&s.cmdlets))
        .cloned()
        .collect();
    let samples: Vec<String> = switches
        .iter()
        .flat_map(|s| &s.samples)
        .map(|s| s.text.clone())
        .collect();
    pieces.extend(
        [
            " : ",
            ":",
            ",",
            ";",
            "\t",
            "\n",
            "\r\n",
            "\n\n",
            " ",
            "    ",
            "--",
            "----",
            "------------------ ----",
            "{",
            "}",
            "[",
            "]",
            "{}",
            "[{\"",
            "\":",
            "null",
            "true",
            "False",
            "$null",
            "\"",
            "'",
            "…",
            "...",
            "PS C:\\> ",
            "PS>",
            ">> ",
            "> ",
            "[x]: PS ",
            "(",
            ").",
            "| ForEach-Object { ",
            " $_ }",
            " -Identity ",
            "a@firma.nl",
            "\u{1b}[32;1m",
            "\u{1b}]0;",
            "\u{7}",
            "[0m",
            "\u{9b}",
            "\u{202e}",
            "\u{0}",
            "\u{a0}",
            "\u{ff1a}",
            "\u{2013}",
            "é",
            "😀",
            "#TYPE ",
        ]
        .map(str::to_owned),
    );
    let piece = prop_oneof![
        4 => prop::sample::select(pieces),
        3 => (prop::sample::select(samples), any::<prop::sample::Index>(), any::<prop::sample::Index>())
            .prop_map(|(text, a, b)| cut(&text, a.index(text.len()), b.index(text.len()))),
        1 => "\\PC{0,16}",
        1 => any::<String>().prop_map(|s| s.chars().take(24).collect()),
    ];
    prop::collection::vec(piece, 0..32).prop_map(|pieces| pieces.concat())
}

/// The part of a text between two places, at the next boundaries of characters.
fn cut(text: &str, a: usize, b: usize) -> String {
    let (from, to) = (a.min(b), a.max(b));
    text.char_indices()
        .filter(|(at, _)| (from..=to).contains(at))
        .map(|(_, c)| c)
        .collect()
}

/// Reads it and checks what every answer must keep to.
fn check(text: &str) -> Result<(), TestCaseError> {
    let read = read_back(text);
    prop_assert!(read.unclear.len() <= 20);
    for told in &read.told {
        let subject = told.subject.as_deref().unwrap_or_default();
        prop_assert!(told.value.len() <= 200 && subject.len() <= 200);
        for shown in [told.value.as_str(), subject] {
            prop_assert!(
                !shown.contains(|c: char| c.is_control() || c == '\u{202e}'),
                "{shown:?}"
            );
        }
        // What was read goes into commands; it stays one value there.
        let command = Asked {
            mailboxes: &[subject.to_owned()],
            client_id: subject,
            policy: Some(subject),
            value: Some(&told.value),
        }
        .fill("Set-X -A {mailbox} -B {client_id} -C {policy} -D {value}");
        prop_assert!(
            command.is_ascii() && command.matches('\'').count().is_multiple_of(2),
            "{command}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_outputs_are_read(text in hostile()) {
        check(&text)?;
    }

    #[test]
    fn bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
        check(&String::from_utf8_lossy(&bytes))?;
    }

    /// Any address and any of the three values, in each of the forms, is read as what it is.
    #[test]
    fn every_form_says_the_same(
        local in "[a-z0-9][a-z0-9.+_-]{0,30}",
        value in prop::sample::select(vec!["True", "False", ""]),
        crlf in any::<bool>(),
        colour in any::<bool>(),
    ) {
        let address = format!("{local}@firma.nl");
        let (on, off) = if colour { ("\u{1b}[32;1m", "\u{1b}[0m") } else { ("", "") };
        let width = address.len().max("PrimarySmtpAddress".len());
        let json = if value.is_empty() { "null".to_owned() } else { value.to_lowercase() };
        let forms = [
            format!("{on}PrimarySmtpAddress               : {off}{address}\n{on}SmtpClientAuthenticationDisabled : {off}{value}\n\n"),
            format!(
                "{on}{:width$} {}{off}\n{on}{:-<width$} {:-<32}{off}\n{address:width$} {value:>32}\n\n",
                "PrimarySmtpAddress", "SmtpClientAuthenticationDisabled", "", ""
            ),
            format!("\"PrimarySmtpAddress\",\"SmtpClientAuthenticationDisabled\"\n\"{address}\",\"{value}\"\n"),
            format!("[{{\"PrimarySmtpAddress\":\"{address}\",\"SmtpClientAuthenticationDisabled\":{json}}}]"),
            format!("PS C:\\> Get-CASMailbox -Identity '{address}' | fl SmtpClientAuthenticationDisabled\n\n{on}SmtpClientAuthenticationDisabled : {off}{value}\n\nPS C:\\> "),
        ];
        for form in forms {
            let text = if crlf { form.replace('\n', "\r\n") } else { form };
            let read = read_back(&text);
            let told = read.told.iter().find(|t| t.switch.id == "smtp-auth-mailbox");
            prop_assert!(told.is_some(), "{text:?}: {read:?}");
            let told = told.unwrap();
            prop_assert_eq!(told.subject.as_deref(), Some(address.as_str()), "{:?}", text);
            prop_assert_eq!(told.value.as_str(), value, "{:?}", text);
        }
    }
}

#[test]
fn the_worst_of_the_longest_texts_are_in_time() {
    for piece in [
        "a",
        "\n",
        "{}\n",
        "[\n",
        "{\"a\":[\n",
        "-- ",
        "a b\n-- --\n",
        "a:\n",
        "ImapEnabled:\n",
        "ImapEnabled : True\nPrimarySmtpAddress : a@b.nl\n",
        "\"ImapEnabled\",\"b\"\n",
        "Get-CASMailbox -Identity a@b.nl\n",
        "PS> ",
        ">",
        "\u{1b}]",
        "[0;",
        " \u{202e}",
        "IsEnabled : x\n    y\n",
    ] {
        let text = piece.repeat(LIMIT / piece.len());
        let began = Instant::now();
        check(&text).unwrap();
        let took = began.elapsed();
        assert!(took < LONGEST_TIME, "{piece:?}: {took:?}");
    }
    // Names that are all different.
    let many: Vec<String> = (0..40_000).map(|n| format!("a{n}:\n")).collect();
    let many = many.concat();
    let began = Instant::now();
    check(&many).unwrap();
    assert!(began.elapsed() < LONGEST_TIME, "{:?}", began.elapsed());
}

#[test]
fn of_a_text_far_beyond_the_limit_both_ends_are_read() {
    let object =
        |name: &str| format!("PrimarySmtpAddress : {name}@firma.nl\nImapEnabled : True\n\n");
    let text = format!(
        "{}{}{}",
        object("first"),
        "x\n".repeat(4 * LIMIT),
        object("last")
    );
    let subjects: Vec<_> = read_back(&text)
        .told
        .into_iter()
        .filter_map(|t| t.subject)
        .collect();
    assert_eq!(subjects, ["first@firma.nl", "last@firma.nl"]);
}
