//! A panic is a mistake in Mailwright. Whoever meets one gets a sentence and an exit code, never what the program
//! held at that moment: that could be a secret.

use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::process::ExitCode;

use crate::exit;
use crate::output::Output;

/// From now on a panic says where it was, and nothing else.
pub(crate) fn announce() {
    let output = Output::new(false);
    std::panic::set_hook(Box::new(move |panic| {
        output.progress(&sentence(panic.location()));
    }));
}

/// Does the work; a panic in it becomes the exit code for a mistake.
pub(crate) fn caught(work: impl FnOnce() -> ExitCode) -> ExitCode {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| ExitCode::from(exit::BUG))
}

fn sentence(place: Option<&Location<'_>>) -> String {
    let place = place.map_or_else(
        || "an unknown place".to_owned(),
        |place| format!("{}:{}", place.file(), place.line()),
    );
    format!(
        "This is a mistake in Mailwright, at {place}. What was saved before stays as it was. Report this line to the makers of Mailwright."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_with_the_code_for_a_mistake() {
        let code = caught(|| std::panic::resume_unwind(Box::new("secret")));
        assert_eq!(code, ExitCode::from(70));
        assert_eq!(caught(|| ExitCode::from(3)), ExitCode::from(3));
    }

    #[test]
    fn the_sentence_names_the_place() {
        let said = sentence(Some(Location::caller()));
        assert!(
            said.starts_with("This is a mistake in Mailwright") && said.contains("mistake.rs:"),
            "{said}"
        );
    }
}
