use std::sync::OnceLock;

use mailwright_domain::{Evidence, Provider, Stage, Verdict};

use crate::entry::{Entry, File};
use crate::score::{self, Hit};
use crate::signals::Signals;
use crate::{explain, verdict};

/// Area and content of files, each named once.
macro_rules! files {
    ($($area:literal),* $(,)?) => {
        [$(($area, include_str!(concat!("../catalogue/", $area, ".toml")))),*]
    };
}

/// The files of the built-in catalogue.
const FILES: [(&str, &str); 25] = files![
    "entra",
    "entra-account",
    "entra-request",
    "approval",
    "registration",
    "app-only",
    "google",
    "google-more",
    "apis",
    "oauth",
    "smtp",
    "smtp-after",
    "smtp-gmail",
    "imap",
    "imap-more",
    "imap-gmail",
    "pop",
    "personal",
    "network",
    "ways",
    "tls",
    "loopback",
    "device",
    "keychain",
    "passwords"
];

/// The id of the verdict on everything that no entry knows.
pub(crate) const UNKNOWN: &str = "unknown";

/// A catalogue file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("catalogue file {area}: {reason}")]
pub struct CatalogueError {
    area: String,
    reason: String,
}

impl CatalogueError {
    pub(crate) fn new(area: &str, reason: &toml::de::Error) -> Self {
        Self {
            area: area.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// All entries, in the order of the files.
#[derive(Debug, Default)]
pub struct Catalogue {
    entries: Vec<Entry>,
}

impl Catalogue {
    /// The catalogue that ships with the program, parsed once. The tests prove that every file parses; should one
    /// ever not, the others still answer.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Catalogue> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            let mut all = Self::default();
            for file in FILES {
                if let Ok(part) = Self::parse(&[file]) {
                    all.entries.extend(part.entries);
                }
            }
            all
        })
    }

    /// Reads catalogue files, given as area and content.
    ///
    /// # Errors
    /// The first file that is not TOML of the expected form.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, CatalogueError> {
        let mut entries = Vec::new();
        for (area, content) in files {
            let file: File = toml::from_str(content).map_err(|e| CatalogueError::new(area, &e))?;
            entries.extend(file.entry);
        }
        Ok(Self { entries })
    }

    /// Area and content of the built-in files, for checks over the catalogue itself.
    pub fn files() -> &'static [(&'static str, &'static str)] {
        &FILES
    }

    /// Every entry.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with this id.
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|e| e.id == id)
    }

    /// The entry that has this id, or is known by this name too.
    pub fn known_as(&self, name: &str) -> Option<&Entry> {
        self.entry(name).or_else(|| {
            self.entries
                .iter()
                .find(|e| e.also.iter().any(|a| a == name))
        })
    }

    /// The verdict on one failure. There always is one: what no entry knows gets the id `unknown`.
    pub fn diagnose(&self, evidence: &Evidence) -> Verdict {
        let signals = Signals::of_evidence(evidence);
        let best = self.hits(&signals).reduce(|best, next| {
            if next.1.score > best.1.score {
                next
            } else {
                best
            }
        });
        match best {
            Some((entry, hit)) => verdict::of_evidence(entry, &hit, &signals, evidence),
            None => self.unknown_for(&signals, evidence),
        }
    }

    /// What the entry with this id says, where something else than evidence leads to it: the setting of a mailbox.
    pub fn of_setting(
        &self,
        id: &str,
        mailbox: Option<&str>,
        provider: Provider,
    ) -> Option<Verdict> {
        let evidence = Evidence {
            mailbox: mailbox.map(str::to_owned),
            provider: Some(provider),
            ..Evidence::at(Stage::Token)
        };
        let signals = Signals::of_evidence(&evidence);
        let entry = self.entry(id)?;
        Some(verdict::of_evidence(
            entry,
            &Hit::default(),
            &signals,
            &evidence,
        ))
    }

    /// The verdicts on text pasted from anywhere: a reply, a log, a JSON body, the address or the page that the
    /// browser shows. Best first, each id once, never empty; secrets are removed from what is repeated.
    pub fn explain(
        &self,
        text: &str,
        stage: Option<Stage>,
        provider: Option<Provider>,
    ) -> Vec<Verdict> {
        explain::explain(self, text, stage, provider)
    }

    /// The entries that fit, with the best of their rules.
    pub(crate) fn hits<'a>(&'a self, signals: &Signals) -> impl Iterator<Item = (&'a Entry, Hit)> {
        self.entries
            .iter()
            .filter_map(|entry| score::of_entry(entry, signals).map(|hit| (entry, hit)))
    }

    /// The entries that only several phrases anywhere in the text lead to.
    pub(crate) fn hits_of_phrases<'a>(
        &'a self,
        signals: &Signals,
    ) -> impl Iterator<Item = (&'a Entry, Hit)> {
        self.entries
            .iter()
            .filter_map(|entry| score::of_phrases(entry, signals).map(|hit| (entry, hit)))
    }

    fn unknown_for(&self, signals: &Signals, evidence: &Evidence) -> Verdict {
        match self.entry(UNKNOWN) {
            Some(entry) => verdict::of_evidence(entry, &Hit::default(), signals, evidence),
            None => verdict::without_catalogue(),
        }
    }
}
