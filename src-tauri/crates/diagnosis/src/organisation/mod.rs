//! The switches of an organisation that only an administrator can see and change: SMTP AUTH, IMAP, POP, security
//! defaults, rules for passwords, who may use and approve an app.
//!
//! What is known about them is data: one TOML file per product under `organisation/`, read into [`Switch`]. Adding one
//! touches no code. [`Asked`] fills its commands, and [`read_back`] understands what the administrator's PowerShell
//! printed. Nothing here connects anywhere.

mod cleaned;
mod command;
mod json;
mod lines;
mod pasted;
mod record;
mod switch;
mod table;

use std::sync::OnceLock;

pub use command::{Asked, literal};
pub use pasted::{Pasted, Told, Unclear, Why, read_back};
pub use switch::{
    About, Concerns, PassedOn, Seen, Several, Shell, Switch, SwitchSample, Trouble, Value,
};

use crate::CatalogueError;
use switch::File;

/// The built-in files, each named once.
const FILES: [(&str, &str); 4] = [
    ("exchange", include_str!("../../organisation/exchange.toml")),
    ("entra", include_str!("../../organisation/entra.toml")),
    ("google", include_str!("../../organisation/google.toml")),
    ("troubles", include_str!("../../organisation/troubles.toml")),
];

/// All switches, in the order of the files, which is the order in which they are shown.
#[derive(Debug, Default)]
pub struct Switches {
    switches: Vec<Switch>,
    troubles: Vec<Trouble>,
}

impl Switches {
    /// The switches that ship with the program, parsed once. The tests prove that every file parses.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Switches> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            let mut all = Self::default();
            for file in FILES {
                if let Ok(part) = Self::parse(&[file]) {
                    all.switches.extend(part.switches);
                    all.troubles.extend(part.troubles);
                }
            }
            all
        })
    }

    /// Reads files, given as product and content.
    ///
    /// # Errors
    /// The first file that is not TOML of the expected form.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, CatalogueError> {
        let mut all = Self::default();
        for (product, content) in files {
            let file: File =
                toml::from_str(content).map_err(|e| CatalogueError::new(product, &e))?;
            all.switches.extend(file.switch);
            all.troubles.extend(file.trouble);
        }
        Ok(all)
    }

    /// Product and content of the built-in files, for checks over the data itself.
    pub fn files() -> &'static [(&'static str, &'static str)] {
        &FILES
    }

    /// Every switch.
    pub fn switches(&self) -> &[Switch] {
        &self.switches
    }

    /// The switch with this id.
    pub fn switch(&self, id: &str) -> Option<&Switch> {
        self.switches.iter().find(|s| s.id == id)
    }

    /// What PowerShell says instead of an answer.
    pub fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }
}
