//! Checks over the catalogue itself: form, wording, and that every entry recognises its own samples.

use std::collections::{BTreeMap, HashSet};

use mailwright_diagnosis::{Catalogue, Entry, Mark, Rule, Step};
use mailwright_domain::{AuthKind, Who};

fn entries() -> &'static [Entry] {
    Catalogue::built_in().entries()
}

/// The texts of an entry that people read.
fn texts(entry: &Entry) -> Vec<&str> {
    [entry.title.as_str(), entry.what.as_str()]
        .into_iter()
        .chain(entry.still_works.as_deref())
        .chain(entry.steps.iter().map(Step::text))
        .collect()
}

fn templates(entry: &Entry) -> Vec<&str> {
    let optional = [
        &entry.link,
        &entry.code_link,
        &entry.command,
        &entry.reverse,
    ];
    texts(entry)
        .into_iter()
        .chain(optional.into_iter().filter_map(Option::as_deref))
        .collect()
}

#[test]
fn every_file_is_read() {
    let all = Catalogue::parse(Catalogue::files()).unwrap();
    assert_eq!(all.entries().len(), entries().len());
}

/// The failures that were gathered before the catalogue was written, one name a line.
const KNOWN: &str = include_str!("known-failures.txt");

#[test]
fn every_known_failure_has_its_entry() {
    assert_eq!(KNOWN.lines().count(), 196);
    for name in KNOWN.lines() {
        assert!(Catalogue::built_in().known_as(name).is_some(), "{name}");
    }
}

#[test]
fn a_file_of_another_form_is_refused() {
    let error = Catalogue::parse(&[("odd", "[[entry]]\nid = 1\n")]).unwrap_err();
    assert!(error.to_string().contains("odd"));
}

#[test]
fn every_entry_recognises_its_samples() {
    let mut wrong = Vec::new();
    for entry in entries() {
        assert!(!entry.samples.is_empty(), "{} has no sample", entry.id);
        for (index, sample) in entry.samples.iter().enumerate() {
            let verdict = sample.verdict(Catalogue::built_in()).unwrap();
            if verdict.id != entry.id {
                wrong.push(format!("{} sample {index} gives {}", entry.id, verdict.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn ids_are_unique_and_in_kebab_case() {
    let mut seen = HashSet::new();
    for entry in entries() {
        for name in entry.also.iter().chain([&entry.id]) {
            assert!(seen.insert(name), "{name} twice");
        }
        let kebab = entry.id.split('-').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        assert!(kebab, "{}", entry.id);
    }
}

#[test]
fn a_number_belongs_to_one_entry() {
    let mut owner = BTreeMap::new();
    for entry in entries() {
        for rule in &entry.rules {
            assert!(
                rule.looks_at_something(),
                "{} has a rule that looks at nothing",
                entry.id
            );
            // Where nobody signs in, somebody else has to act.
            let app_only = rule.when.auth == [AuthKind::AppOnly];
            if rule.text.is_empty() && rule.all_text.is_empty() && !app_only {
                for number in &rule.aadsts {
                    let other = owner.insert(*number, &entry.id);
                    assert!(other.is_none(), "{number} in {other:?} and {}", entry.id);
                }
            }
        }
    }
}

#[test]
fn every_entry_says_who_does_what() {
    for entry in entries() {
        assert!(
            !entry.steps.is_empty() || entry.who == Who::Provider,
            "{}",
            entry.id
        );
        assert!(!entry.title.is_empty() && !entry.what.is_empty() && !entry.source.is_empty());
        assert!(
            !entry.title.ends_with('.'),
            "{}: the title is no sentence",
            entry.id
        );
        assert!(
            entry.checked_on.parse::<jiff::civil::Date>().is_ok(),
            "{}",
            entry.id
        );
        assert!(
            entry.reverse.is_none() || entry.command.is_some(),
            "{}",
            entry.id
        );
        for link in [&entry.link, &entry.code_link].into_iter().flatten() {
            assert!(link.starts_with("https://"), "{}: {link}", entry.id);
        }
        for step in &entry.steps {
            let step = step.text();
            assert!(step.ends_with('.'), "{}: {step}", entry.id);
        }
    }
}

/// Whether a number leads to it every time, so that the page about the number is always there.
fn is_numbered(entry: &Entry) -> bool {
    let by_number = |rule: &Rule| rule.any_aadsts || !rule.aadsts.is_empty();
    entry.code_link.is_some() && entry.rules.iter().all(by_number)
}

#[test]
fn an_administrator_gets_a_page_or_a_command() {
    let without: Vec<&str> = entries()
        .iter()
        .filter(|e| e.who == Who::Administrator && e.link.is_none() && e.command.is_none())
        .filter(|e| !is_numbered(e))
        .map(|e| e.id.as_str())
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn what_a_table_alone_says_is_known_by_its_number() {
    for entry in entries().iter().filter(|e| e.evidence == Mark::D) {
        for rule in &entry.rules {
            let worded = !(rule.text.is_empty() && rule.all_text.is_empty());
            let numbered = !(rule.aadsts.is_empty()
                && rule.smtp.is_empty()
                && rule.enhanced.is_empty()
                && rule.response_code.is_empty()
                && rule.oauth_error.is_empty()
                && rule.http_status.is_empty());
            assert!(numbered || !worded, "{} has a rule on text alone", entry.id);
        }
    }
}

#[test]
fn a_command_looks_first_and_can_be_taken_back() {
    for entry in entries() {
        let lines: Vec<&str> = entry.command.iter().flat_map(|c| c.lines()).collect();
        let changes = |line: &&str| !line.starts_with("Get-");
        let Some(first) = lines.first() else { continue };
        assert!(!changes(first), "{}: {first} comes first", entry.id);
        // What was removed from a block list cannot be put back there.
        let for_good = lines.iter().any(|line| line.starts_with("Remove-"));
        assert_eq!(
            lines.iter().any(changes),
            entry.reverse.is_some() || for_good,
            "{}",
            entry.id
        );
    }
}

#[test]
fn the_wording_is_plain() {
    for entry in entries() {
        for text in texts(entry) {
            let lower = text.to_lowercase();
            for word in [
                "invalid",
                "please",
                "!",
                "authenticate ",
                " scope",
                "whilst",
            ] {
                assert!(!lower.contains(word), "{}: “{word}” in {text}", entry.id);
            }
            assert!(
                !text.contains('"'),
                "{}: straight quotation marks in {text}",
                entry.id
            );
            for sentence in text.split(". ") {
                let words = sentence
                    .split_whitespace()
                    .filter(|w| w.contains(char::is_alphanumeric))
                    .count();
                assert!(words <= 20, "{}: {words} words in {sentence}", entry.id);
            }
        }
    }
}

#[test]
fn the_placeholders_are_known_and_may_be_missing() {
    for entry in entries() {
        for text in templates(entry) {
            let mut outside = text.to_owned();
            while let Some(at) = outside.find("[?") {
                let end = outside[at..].find(']').map(|e| at + e).unwrap();
                outside.replace_range(at..=end, "");
            }
            for name in text.split('{').skip(1) {
                let name = name.split_once('}').unwrap().0;
                assert!(Entry::PLACEHOLDERS.contains(&name), "{}: {name}", entry.id);
            }
            if texts(entry).contains(&text) {
                for name in ["{port}", "{detail}", "{code}"] {
                    assert!(
                        !outside.contains(name),
                        "{}: {name} must stand in [? ]",
                        entry.id
                    );
                }
            }
        }
        for command in [&entry.command, &entry.reverse].into_iter().flatten() {
            let bare = command.replace("'{mailbox}'", "");
            assert!(
                !bare.contains('{'),
                "{}: a value in {command} needs quotation marks",
                entry.id
            );
        }
    }
}
