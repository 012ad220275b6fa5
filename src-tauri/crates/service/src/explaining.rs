use mailwright_domain::{Provider, Stage};

use crate::wire::{Explained, VerdictInfo};
use crate::{Code, Failure};

/// Explains a text from anywhere: a log, a redirect address, a JSON body, a page's words. Offline.
///
/// # Errors
/// There is no text, or the stage or provider is none of the known words.
pub fn explain(
    text: &str,
    stage: Option<&str>,
    provider: Option<&str>,
) -> Result<Explained, Failure> {
    if text.trim().is_empty() {
        return Err(Failure::new(
            Code::Usage,
            "There is no text to explain. Give it as an argument, or on standard input.",
        ));
    }
    let stage = stage.map(known_stage).transpose()?;
    let provider = provider
        .map(|word| {
            Provider::from_word(word)
                .ok_or_else(|| Failure::new(Code::Usage, format!("“{word}” is not a provider.")))
        })
        .transpose()?;
    let verdicts = mailwright_diagnosis::explain(text, stage, provider);
    Ok(Explained {
        verdicts: verdicts.iter().map(VerdictInfo::from).collect(),
    })
}

fn known_stage(word: &str) -> Result<Stage, Failure> {
    Stage::from_word(word).ok_or_else(|| {
        let known: Vec<&str> = Stage::ALL.iter().map(|s| s.word()).collect();
        Failure::new(
            Code::Usage,
            format!("“{word}” is not a stage. Known are: {}.", known.join(", ")),
        )
    })
}
