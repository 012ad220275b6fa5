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

/// See [`Catalogue::explain`].
pub(crate) fn explain(
    catalogue: &Catalogue,
    pasted: &str,
    stage: Option<Stage>,
    provider: Option<Provider>,
) -> Vec<Verdict> {
    let open = paste::decoded(&text::capped(pasted));
    let parts: Vec<(String, Signals)> = paste::parts(&open)
        .into_iter()
        .map(|part| {
            let signals = Signals::of_text(&part, stage, provider);
            (part, signals)
        })
        .collect();
    let mut found: Vec<Found<'_>> = Vec::new();
    for (index, (_, signals)) in parts.iter().enumerate() {
        for (entry, hit) in catalogue.hits(signals).filter(|(_, hit)| hit.score > 0) {
            match found.iter_mut().find(|f| f.entry.id == entry.id) {
                Some(known) if known.hit.score >= hit.score => {}
                Some(known) => {
                    known.hit = hit;
                    known.signals = index;
                }
                None => found.push(Found {
                    entry,
                    hit,
                    signals: index,
                }),
            }
        }
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

fn unknown(catalogue: &Catalogue, open: &str, stage: Option<Stage>) -> Verdict {
    match catalogue.entry(UNKNOWN) {
        Some(entry) => verdict::of_text(entry, &Hit::default(), &Signals::default(), open),
        None => catalogue.diagnose(&Evidence::at(stage.unwrap_or(Stage::Greeting))),
    }
}
