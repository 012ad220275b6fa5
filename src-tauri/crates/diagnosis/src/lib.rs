//! Evidence to verdict. The catalogue is data: one TOML file per area under `catalogue/`; this code only finds codes
//! and phrases in what was observed, weighs the rules of the entries against them, and fills the texts.
//!
//! [`diagnose`] answers for one failed check and always gives a verdict. [`explain`] answers for text pasted from
//! anywhere. [`organisation`] has the switches of an organisation as data, and reads what an administrator's commands
//! printed. All of it works offline.

mod announced;
mod catalogue;
mod codes;
mod compact;
mod entry;
mod explain;
pub mod organisation;
mod paste;
mod patterns;
mod redact;
mod rule;
mod sample;
mod score;
mod signals;
mod template;
mod text;
mod verdict;

pub use announced::{Announcement, announced, announced_from};
pub use catalogue::{Catalogue, CatalogueError};
pub use entry::{Entry, Mark, Step};
pub use rule::{Enhanced, EnhancedRange, HttpStatus, Phrase, Rule, Surroundings};
pub use sample::Sample;

use mailwright_domain::{Evidence, Provider, Stage, Verdict};

/// The verdict on one failure, from the built-in catalogue.
pub fn diagnose(evidence: &Evidence) -> Verdict {
    Catalogue::built_in().diagnose(evidence)
}

/// The verdicts on pasted text, best first, from the built-in catalogue; never empty.
pub fn explain(text: &str, stage: Option<Stage>, provider: Option<Provider>) -> Vec<Verdict> {
    Catalogue::built_in().explain(text, stage, provider)
}
