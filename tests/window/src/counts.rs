//! What a job costs a person and the machine.

use std::fmt;
use std::time::Duration;

/// Counted since the window was opened or since [`crate::Window::start_counting`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Fields that were typed into.
    pub fields: u32,
    /// Changes from the window to the browser and back.
    pub switches: u32,
    /// Mouse clicks and keys that were needed besides typing.
    pub actions: u32,
    /// How long it took, without a person to wait for.
    pub machine: Duration,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = |number: u32, one: &str| {
            format!("{number} {one}{}", if number == 1 { "" } else { "s" })
        };
        write!(
            f,
            "{} typed, {}, {:.1} s",
            many(self.fields, "field"),
            match self.switches {
                1 => "1 app switch".to_owned(),
                number => format!("{number} app switches"),
            },
            self.machine.as_secs_f64()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        let mut counts = Counts {
            fields: 1,
            switches: 2,
            actions: 0,
            machine: Duration::from_millis(6140),
        };
        assert_eq!(counts.to_string(), "1 field typed, 2 app switches, 6.1 s");
        (counts.fields, counts.switches) = (2, 1);
        assert_eq!(counts.to_string(), "2 fields typed, 1 app switch, 6.1 s");
    }
}
