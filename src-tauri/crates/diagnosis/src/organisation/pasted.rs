//! What an administrator's commands printed, understood.

use std::collections::HashMap;

use mailwright_domain::Outcome;

use super::cleaned::cleaned;
use super::lines::records;
use super::record::{Record, plain};
use super::switch::{About, Several, Switch, Trouble};
use super::{Switches, Value};
use crate::text;

/// The longest value that is kept of what was pasted.
const LONGEST: usize = 200;
/// More doubtful places than these are not told.
const DOUBTS: usize = 20;

/// All that a pasted text says about the switches.
#[derive(Debug, Default)]
pub struct Pasted {
    /// One for each switch and subject, in the order in which they were first read.
    pub told: Vec<Told>,
    /// What holds a switch and cannot be used.
    pub unclear: Vec<Unclear>,
    /// What PowerShell said instead of an answer.
    pub troubles: Vec<&'static Trouble>,
}

/// One value of one switch.
#[derive(Clone, Debug)]
pub struct Told {
    /// The switch.
    pub switch: &'static Switch,
    /// Address in lower case, or name of a policy; none where the switch is the organisation's or the app's.
    pub subject: Option<String>,
    /// The value.
    pub value: String,
    /// What it means; none where nobody knows this value.
    pub meaning: Option<&'static Value>,
}

impl Told {
    /// What it means by itself.
    pub fn outcome(&self) -> Outcome {
        self.meaning.map_or(Outcome::Unchecked, |m| m.outcome)
    }
}

/// A value that was read and cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear {
    /// The property.
    pub property: &'static str,
    /// Its value.
    pub value: String,
    /// Why.
    pub why: Why,
}

/// Why a value cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// It does not say of which mailbox or policy it is.
    WhoseIsIt,
    /// Several switches have a property of this name, and the command is missing.
    WhichSwitch,
}

/// Reads pasted output back: `Format-List`, `Format-Table`, CSV and JSON, of any number of commands and mailboxes, with
/// prompts and command lines in it. Of more than 256 KiB the beginning and the end are read.
pub fn read_back(pasted: &str) -> Pasted {
    let switches = Switches::built_in();
    let text = cleaned(pasted);
    let mut all = Gathered::default();
    for record in records(&text) {
        all.add(&record, switches.switches());
    }
    let lower = text.to_lowercase();
    let troubles = switches.troubles().iter();
    Pasted {
        told: all.told,
        unclear: all.unclear,
        troubles: troubles
            .filter(|t| {
                t.text
                    .iter()
                    .any(|part| lower.contains(&part.to_lowercase()))
            })
            .collect(),
    }
}

#[derive(Default)]
struct Gathered {
    told: Vec<Told>,
    places: HashMap<(&'static str, Option<String>), usize>,
    unclear: Vec<Unclear>,
}

impl Gathered {
    fn add(&mut self, record: &Record, switches: &'static [Switch]) {
        let holding = || {
            switches
                .iter()
                .filter(|s| !s.property.is_empty())
                .filter_map(|s| Some((s, record.value(&s.property)?)))
        };
        for (switch, value) in holding() {
            let value = short(&plain(value));
            match fit(switch, record, switches) {
                Fit::No => {}
                Fit::For(subject) => self.tell(switch, subject, value),
                Fit::Unclear(why) => {
                    // Another switch may have taken it.
                    let taken = holding().any(|(other, _)| {
                        other.property == switch.property
                            && matches!(fit(other, record, switches), Fit::For(_))
                    });
                    if !taken {
                        self.doubt(switch, value, why);
                    }
                }
            }
        }
    }

    fn tell(&mut self, switch: &'static Switch, subject: Option<String>, value: String) {
        let told = Told {
            switch,
            meaning: switch.value(&value),
            subject,
            value,
        };
        let place = (switch.id.as_str(), told.subject.clone());
        match self.places.get(&place) {
            None => {
                self.places.insert(place, self.told.len());
                self.told.push(told);
            }
            Some(at) => {
                if let Some(before) = self.told.get_mut(*at)
                    && match switch.several {
                        Several::Last => true,
                        Several::Best => rank(&told) < rank(before),
                        Several::First => place_among(&told) < place_among(before),
                    }
                {
                    *before = told;
                }
            }
        }
    }

    fn doubt(&mut self, switch: &'static Switch, value: String, why: Why) {
        let property = switch.property.as_str();
        let told = |u: &Unclear| u.property == property && u.value == value;
        if self.unclear.len() < DOUBTS && !self.unclear.iter().any(told) {
            self.unclear.push(Unclear {
                property,
                value,
                why,
            });
        }
    }
}

/// The better, the smaller.
fn rank(told: &Told) -> u8 {
    match told.outcome() {
        Outcome::Passed => 0,
        Outcome::Failed => 1,
        _ => 2,
    }
}

/// Which of its switch's values it is.
fn place_among(told: &Told) -> usize {
    let is = |value: &Value| told.meaning.is_some_and(|own| std::ptr::eq(own, value));
    let values = &told.switch.values;
    values.iter().position(is).unwrap_or(values.len())
}

/// Whether an object is this switch's, and whose value it has.
enum Fit {
    No,
    For(Option<String>),
    Unclear(Why),
}

fn fit(switch: &'static Switch, record: &Record, all: &[Switch]) -> Fit {
    let named = |s: &Switch, cmdlet: &str| s.cmdlets.iter().any(|c| c.eq_ignore_ascii_case(cmdlet));
    // A command that no switch knows, such as one that exports, says nothing about its output.
    let cmdlet = record
        .cmdlet
        .as_deref()
        .filter(|cmdlet| all.iter().any(|s| named(s, cmdlet)));
    let same = |s: &&Switch| s.property.eq_ignore_ascii_case(&switch.property);
    let marked = || switch.marks.iter().any(|mark| record.has(mark));
    let alone = || switch.marks.is_empty() && all.iter().filter(same).count() == 1;
    // An address in the object itself says more than the command above it, which may be another's.
    let addressed = |s: &Switch| s.about == About::Mailbox && address_in(s, record).is_some();
    if !addressed(switch) && all.iter().filter(same).any(addressed) {
        return Fit::No;
    }
    match (cmdlet, subject(switch, record)) {
        (Some(cmdlet), _) if !named(switch, cmdlet) && !addressed(switch) => Fit::No,
        (_, Subject::Is(subject)) => Fit::For(Some(subject)),
        (Some(_), Subject::None) => Fit::For(None),
        (None, Subject::None) if marked() || alone() => Fit::For(None),
        (Some(_), Subject::Missing) => Fit::Unclear(Why::WhoseIsIt),
        (None, Subject::Missing) if alone() || another_is_marked(switch, record, all) => {
            Fit::Unclear(Why::WhoseIsIt)
        }
        (None, Subject::None | Subject::Missing) => Fit::Unclear(Why::WhichSwitch),
    }
}

/// Whether the property belongs to mailboxes alone, so that only the address is missing.
fn another_is_marked(switch: &Switch, record: &Record, all: &[Switch]) -> bool {
    all.iter()
        .filter(|s| s.about == About::Mailbox && s.property != switch.property)
        .any(|s| record.value(&s.property).is_some())
}

enum Subject {
    /// It has none.
    None,
    /// It has one, and that is not said.
    Missing,
    Is(String),
}

fn subject(switch: &Switch, record: &Record) -> Subject {
    let known = match switch.about {
        About::Organisation | About::App => return Subject::None,
        About::Policy => switch
            .keys
            .iter()
            .filter_map(|key| record.value(key))
            .map(|name| short(&plain(name)))
            .find(|name| !name.is_empty()),
        About::Mailbox => address_in(switch, record)
            .or_else(|| record.identity.clone())
            .map(|address| short(&address.to_lowercase())),
    };
    known.map_or(Subject::Missing, Subject::Is)
}

/// The address that an object of mailboxes says of itself.
fn address_in(switch: &Switch, record: &Record) -> Option<String> {
    switch
        .keys
        .iter()
        .filter_map(|key| record.value(key))
        .map(plain)
        .find(|value| value.contains('@'))
}

/// A value as one short line.
fn short(value: &str) -> String {
    let clean = text::clean(value);
    let end = text::floor(&clean, LONGEST);
    clean[..end].to_owned()
}
