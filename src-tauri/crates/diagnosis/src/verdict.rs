use mailwright_domain::{AuthKind, Evidence, Provider, Verdict, Who};

use crate::entry::{Entry, Step};
use crate::redact::redact;
use crate::score::{self, Hit};
use crate::signals::Signals;
use crate::template::{Use, Values, fill};
use crate::{catalogue, text};

/// The longest value that goes into a sentence.
const LONGEST_VALUE: usize = 120;

/// The verdict of an entry on a failed check.
pub(crate) fn of_evidence(
    entry: &Entry,
    hit: &Hit,
    signals: &Signals,
    evidence: &Evidence,
) -> Verdict {
    let values = Values {
        mailbox: value(evidence.mailbox.as_deref()),
        host: value(evidence.host.as_deref()),
        port: evidence.port.map(|p| p.to_string()),
        provider: provider(signals.provider),
        detail: value(evidence.detail.as_deref()),
        code: value(hit.code.clone().or_else(|| signals.code()).as_deref()),
    };
    let said = text::clean(&redact(&text::capped(&evidence.text)));
    let matched = if said.is_empty() {
        values
            .code
            .clone()
            .or_else(|| evidence.fault.map(|fault| kebab(&format!("{fault:?}"))))
    } else {
        Some(text::shown(&said, hit.needle.as_deref()))
    };
    build(entry, &values, signals, matched)
}

/// The verdict of an entry on a part of a pasted text.
pub(crate) fn of_text(entry: &Entry, hit: &Hit, signals: &Signals, part: &str) -> Verdict {
    let values = Values {
        provider: provider(signals.provider),
        code: value(hit.code.clone().or_else(|| signals.code()).as_deref()),
        ..Values::default()
    };
    let said = text::clean(&redact(part));
    let matched = (!said.is_empty()).then(|| text::shown(&said, hit.needle.as_deref()));
    build(entry, &values, signals, matched)
}

/// What is said where even the entry for the unknown is missing, which the tests exclude.
pub(crate) fn without_catalogue() -> Verdict {
    Verdict {
        id: catalogue::UNKNOWN.to_owned(),
        title: "Something failed that is not known here".to_owned(),
        what: "The catalogue of known failures could not be read.".to_owned(),
        still_works: None,
        who: Who::Developer,
        steps: vec!["Report this to the makers of the program.".to_owned()],
        link: None,
        command: None,
        reverse: None,
        source: "This program".to_owned(),
        checked_on: "2026-11-20".to_owned(),
        matched: None,
        sign_in_helps: false,
        try_later: false,
    }
}

/// A step of many entries, and what takes its place where nobody signs in.
const SIGN_IN_AGAIN: &str = "Sign in again.";
const TEST_AGAIN: &str = "Test again.";

fn build(entry: &Entry, values: &Values, signals: &Signals, matched: Option<String>) -> Verdict {
    let nobody_signs_in = signals.auth == Some(AuthKind::AppOnly);
    let sentence = |template: &str| fill(template, values, Use::Sentence);
    let command = |template: &String| fill(template, values, Use::Command);
    let by_number = entry.code_link.as_ref().and_then(|template| {
        let number = Values {
            code: Some(signals.entra_number()?.to_string()),
            ..Values::default()
        };
        Some(fill(template, &number, Use::Link))
    });
    Verdict {
        id: entry.id.clone(),
        title: sentence(&entry.title),
        what: sentence(&entry.what),
        still_works: entry.still_works.as_deref().map(sentence),
        who: entry.who,
        steps: entry
            .steps
            .iter()
            .filter(|step| match step {
                Step::Always(_) => true,
                Step::When { when, .. } => score::allows(when, signals),
            })
            .map(|step| match step.text() {
                SIGN_IN_AGAIN if nobody_signs_in => sentence(TEST_AGAIN),
                step => sentence(step),
            })
            .collect(),
        link: by_number.or_else(|| entry.link.as_ref().map(|l| fill(l, values, Use::Link))),
        command: entry.command.as_ref().map(command),
        reverse: entry.reverse.as_ref().map(command),
        source: entry.source.clone(),
        checked_on: entry.checked_on.clone(),
        matched,
        sign_in_helps: entry.sign_in_helps && !nobody_signs_in,
        try_later: entry.try_later,
    }
}

/// A value as it may stand in a sentence: one short line.
fn value(given: Option<&str>) -> Option<String> {
    let given = text::clean(&text::capped(given?));
    let end = text::floor(&given, LONGEST_VALUE);
    let mut short = given[..end].to_owned();
    if end < given.len() {
        short.push('…');
    }
    (!short.is_empty()).then_some(short)
}

fn provider(known: Option<Provider>) -> Option<String> {
    match known? {
        Provider::Microsoft => Some("Microsoft".to_owned()),
        Provider::Google => Some("Google".to_owned()),
        Provider::Custom => None,
    }
}

/// `NoLoopback` as `no-loopback`.
fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
