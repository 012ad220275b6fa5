use mailwright_domain::{Evidence, Provider, Stage, Verdict};

use crate::catalogue::{Catalogue, UNKNOWN};
use crate::entry::Entry;
use crate::score::Hit;
use crate::signals::Signals;
use crate::{paste, text, verdict};

/// The best fit of one entry.
struct Found<'a> {
    entry: &'a Entry,
    hit: Hit,
    signals: usize,
}

/// What phrases that stand apart from each other count less.
const APART: i32 = 50;

/// See [`Catalogue::explain`].
pub(crate) fn explain(
    catalogue: &Catalogue,
    pasted: &str,
    stage: Option<Stage>,
    provider: Option<Provider>,
) -> Vec<Verdict> {
    let open = paste::decoded(&text::capped(pasted));
    let mut parts: Vec<(String, Signals)> = paste::parts(&open)
        .into_iter()
        .map(|part| {
            let signals = Signals::of_text(&part, stage, provider);
            (part, signals)
        })
        .collect();
    let mut found: Vec<Found<'_>> = Vec::new();
    for (index, (_, signals)) in parts.iter().enumerate() {
        for (entry, hit) in catalogue.hits(signals) {
            keep(&mut found, entry, hit, index);
        }
    }
    // What a page says may stand in several paragraphs.
    if parts.len() > 1 {
        let whole = Signals::of_text(&open, stage, provider);
        let mut apart: Vec<(&Entry, Hit)> = catalogue.hits_of_phrases(&whole).collect();
        apart.retain(|(entry, _)| found.iter().all(|f| f.entry.id != entry.id));
        for (entry, mut hit) in apart {
            hit.score -= APART;
            keep(&mut found, entry, hit, parts.len());
        }
        parts.push((open.clone(), whole));
    }
    let exact = found
        .iter()
        .filter(|f| !f.entry.generic)
        .map(|f| f.hit.score)
        .max()
        .unwrap_or(0);
    found.retain(|f| !f.entry.generic || f.hit.score > exact);
    found.sort_by_key(|f| std::cmp::Reverse(f.hit.score));
    let verdicts: Vec<Verdict> = found
        .iter()
        .filter_map(|f| {
            let (part, signals) = parts.get(f.signals)?;
            Some(verdict::of_text(f.entry, &f.hit, signals, part))
        })
        .collect();
    if verdicts.is_empty() {
        vec![unknown(catalogue, &open, stage)]
    } else {
        verdicts
    }
}

/// Remembers a fit, of each entry the best one.
fn keep<'a>(found: &mut Vec<Found<'a>>, entry: &'a Entry, hit: Hit, signals: usize) {
    if hit.score <= 0 {
        return;
    }
    let fit = Found {
        entry,
        hit,
        signals,
    };
    match found.iter_mut().find(|f| f.entry.id == entry.id) {
        Some(known) if known.hit.score >= fit.hit.score => {}
        Some(known) => *known = fit,
        None => found.push(fit),
    }
}

fn unknown(catalogue: &Catalogue, open: &str, stage: Option<Stage>) -> Verdict {
    match catalogue.entry(UNKNOWN) {
        Some(entry) => verdict::of_text(entry, &Hit::default(), &Signals::default(), open),
        None => catalogue.diagnose(&Evidence::at(stage.unwrap_or(Stage::Greeting))),
    }
}
