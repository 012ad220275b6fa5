//! How well a rule fits. Numbers weigh more than codes, codes more than sentences; conditions add up, so that of two
//! rules that fit the one that says more wins.

use crate::entry::Entry;
use crate::rule::{Phrase, Rule, Surroundings};
use crate::signals::Signals;

const NUMBER: i32 = 1000;
const TOKEN: i32 = 600;
const FAULT: i32 = 400;
const CODE: i32 = 300;
const OAUTH_ERROR: i32 = 200;
const OAUTH_WORD: i32 = 150;
const PHRASE: i32 = 100;
const STATUS: i32 = 100;
const BASIC: i32 = 50;
const ANYTHING: i32 = 30;
const LIKELY: i32 = 30;
const UNLIKELY: i32 = -60;

/// That an entry fits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hit {
    pub(crate) score: i32,
    /// The code that decided.
    pub(crate) code: Option<String>,
    /// What to look for in the text to show the place.
    pub(crate) needle: Option<String>,
}

/// The best rule of an entry that fits.
pub(crate) fn of_entry(entry: &Entry, signals: &Signals) -> Option<Hit> {
    entry
        .rules
        .iter()
        .filter_map(|rule| of_rule(rule, signals))
        .max_by_key(|hit| hit.score)
}

fn of_rule(rule: &Rule, signals: &Signals) -> Option<Hit> {
    let mut hit = Hit {
        score: rule.bias,
        ..Hit::default()
    };
    if !required(&rule.when, signals) {
        return None;
    }
    numbers(rule, signals, &mut hit)?;
    replies(rule, signals, &mut hit)?;
    oauth(rule, signals, &mut hit)?;
    token(rule, signals, &mut hit)?;
    if !rule.fault.is_empty() {
        rule.fault.contains(&signals.fault?).then_some(())?;
        hit.score += FAULT;
    }
    phrases(rule, signals, &mut hit)?;
    hit.score += likelihood(&rule.likely, signals);
    Some(hit)
}

fn numbers(rule: &Rule, signals: &Signals, hit: &mut Hit) -> Option<()> {
    if rule.any_aadsts {
        let number = signals.entra_number()?.to_string();
        hit.score += ANYTHING;
        hit.needle = Some(format!("AADSTS{number}"));
        hit.code = Some(number);
    }
    if !rule.aadsts.is_empty() {
        let place = signals
            .aadsts
            .iter()
            .position(|n| rule.aadsts.contains(&n.number))?;
        let number = signals.aadsts[place].number.to_string();
        let step = i32::try_from(place).unwrap_or(i32::MAX).min(40);
        hit.score += NUMBER - 10 * step;
        hit.needle = Some(number.clone());
        hit.code = Some(number);
    }
    Some(())
}

fn replies(rule: &Rule, signals: &Signals, hit: &mut Hit) -> Option<()> {
    if !rule.smtp.is_empty() || !rule.enhanced.is_empty() {
        let reply = signals.smtp.iter().find(|r| {
            (rule.smtp.is_empty() || r.basic.is_some_and(|b| rule.smtp.contains(&b)))
                && (rule.enhanced.is_empty()
                    || r.enhanced
                        .is_some_and(|e| rule.enhanced.iter().any(|range| range.has(e))))
        })?;
        if !rule.smtp.is_empty() {
            hit.score += BASIC;
        }
        if !rule.enhanced.is_empty() {
            hit.score += CODE;
        }
        hit.needle = reply.enhanced.map(|e| e.to_string());
        hit.code = Some(reply.to_string());
    }
    if let Some(class) = rule.smtp_class {
        let reply = signals.reply_of_class(class)?;
        hit.score += ANYTHING;
        hit.code = Some(reply.to_string());
    }
    if !rule.response_code.is_empty() {
        let code = signals
            .response_codes
            .iter()
            .find(|c| rule.response_code.iter().any(|r| r.eq_ignore_ascii_case(c)))?;
        hit.score += CODE;
        hit.needle = Some(code.clone());
        hit.code = Some(code.clone());
    }
    Some(())
}

fn oauth(rule: &Rule, signals: &Signals, hit: &mut Hit) -> Option<()> {
    if rule.any_oauth_error {
        let said = signals
            .oauth_error
            .as_ref()
            .or(signals.stated_error.as_ref());
        hit.code = Some(said?.clone());
        hit.score += ANYTHING;
    }
    if !rule.oauth_error.is_empty() {
        let said = signals
            .oauth_error
            .as_ref()
            .filter(|e| rule.oauth_error.contains(e));
        let (word, weight) = match said {
            Some(word) => (word, OAUTH_ERROR),
            None => (
                signals
                    .words
                    .iter()
                    .find(|w| rule.oauth_error.contains(w))?,
                OAUTH_WORD,
            ),
        };
        hit.score += weight;
        hit.needle = Some(word.clone());
        hit.code = Some(word.clone());
    }
    if !rule.http_status.is_empty() {
        let status = signals.http_status?;
        rule.http_status
            .iter()
            .any(|s| s.is(status))
            .then_some(())?;
        hit.score += STATUS;
        hit.code.get_or_insert_with(|| status.to_string());
    }
    Some(())
}

fn token(rule: &Rule, signals: &Signals, hit: &mut Hit) -> Option<()> {
    if !rule.audience.is_empty() {
        let audience = signals.audience.as_ref()?;
        rule.audience
            .iter()
            .any(|part| audience.contains(part.as_str()))
            .then_some(())?;
        hit.score += TOKEN;
    }
    for (wanted, carried) in [
        (&rule.lacks_scope, &signals.scopes),
        (&rule.lacks_role, &signals.roles),
    ] {
        if !wanted.is_empty() {
            let has = |part: &String| carried.iter().any(|c| c.contains(part.as_str()));
            (!carried.is_empty() && !wanted.iter().any(has)).then_some(())?;
            hit.score += TOKEN;
        }
    }
    Some(())
}

fn phrases(rule: &Rule, signals: &Signals, hit: &mut Hit) -> Option<()> {
    let found = |phrase: &&Phrase| signals.compact.contains(&phrase.compact);
    let mut longest: Option<&Phrase> = None;
    if !rule.text.is_empty() {
        longest = rule
            .text
            .iter()
            .filter(found)
            .max_by_key(|p| p.compact.len());
        longest?;
    }
    if !rule.all_text.iter().all(|p| found(&p)) {
        return None;
    }
    let longest = longest
        .into_iter()
        .chain(&rule.all_text)
        .max_by_key(|p| p.compact.len());
    if let Some(phrase) = longest {
        hit.score += PHRASE + i32::try_from(phrase.compact.len().min(100)).unwrap_or(100);
        if hit.needle.is_none() {
            let words: Vec<&str> = phrase.written.split_whitespace().take(2).collect();
            hit.needle = Some(words.join(" "));
        }
    }
    Some(())
}

/// The best rule of an entry that needs several phrases and fits.
pub(crate) fn of_phrases(entry: &Entry, signals: &Signals) -> Option<Hit> {
    entry
        .rules
        .iter()
        .filter(|rule| rule.all_text.len() > 1)
        .filter_map(|rule| of_rule(rule, signals))
        .max_by_key(|hit| hit.score)
}

/// Whether what is known of the surroundings does not contradict.
pub(crate) fn allows(when: &Surroundings, signals: &Signals) -> bool {
    compared(when, signals)
        .into_iter()
        .all(|fit| fit != Fit::Other)
}

/// How something known compares with the surroundings that a rule gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// The rule gives none.
    NotAsked,
    NotKnown,
    Same,
    Other,
}

impl Fit {
    fn of<T: PartialEq>(given: &[T], known: Option<T>) -> Self {
        match known {
            _ if given.is_empty() => Self::NotAsked,
            None => Self::NotKnown,
            Some(known) if given.contains(&known) => Self::Same,
            Some(_) => Self::Other,
        }
    }

    fn of_host(given: &[String], known: Option<&str>) -> Self {
        match known {
            _ if given.is_empty() => Self::NotAsked,
            None => Self::NotKnown,
            Some(host) if given.iter().any(|part| host.contains(part.as_str())) => Self::Same,
            Some(_) => Self::Other,
        }
    }
}

/// Whether everything that must be known is known and fits.
fn required(when: &Surroundings, signals: &Signals) -> bool {
    compared(when, signals)
        .into_iter()
        .all(|fit| matches!(fit, Fit::NotAsked | Fit::Same))
}

fn likelihood(likely: &Surroundings, signals: &Signals) -> i32 {
    compared(likely, signals)
        .into_iter()
        .map(|fit| match fit {
            Fit::Same => LIKELY,
            Fit::Other => UNLIKELY,
            Fit::NotAsked | Fit::NotKnown => 0,
        })
        .sum()
}

fn compared(given: &Surroundings, signals: &Signals) -> [Fit; 7] {
    [
        Fit::of(&given.stage, signals.stage),
        Fit::of(&given.protocol, signals.protocol),
        Fit::of(&given.provider, signals.provider),
        Fit::of(&given.auth, signals.auth),
        Fit::of(&given.port, signals.port),
        Fit::of(&given.security, signals.security),
        Fit::of_host(&given.host, signals.host.as_deref()),
    ]
}
