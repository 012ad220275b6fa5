use std::path::Path;

use mailwright_service::wire::SignedIn;

pub(crate) fn signed_in(signed_in: &SignedIn, mailbox: &str) -> String {
    format!(
        "Signed in as {}. Permissions: {}.\nThe sign-in renews itself. Next: mailwright test {mailbox}",
        signed_in.signed_in_as,
        signed_in.scopes.join(", ")
    )
}

/// Whether the browser, or the program named instead of it, was started.
pub(crate) fn browser(started: bool, program: Option<&Path>) -> String {
    match (started, program) {
        (true, _) => {
            "Opening the sign-in page in your browser. Your password is never seen by Mailwright."
                .to_owned()
        }
        (false, None) => {
            "No browser could be started on this computer. The sign-in goes on.".to_owned()
        }
        (false, Some(program)) => format!(
            "The program in MAILWRIGHT_BROWSER, {}, could not be started. The sign-in goes on.",
            program.display()
        ),
    }
}

/// The address, for opening it by hand on this computer: the way back leads here.
pub(crate) fn address_to_open(started: bool, address: &str) -> String {
    let introduction = if started {
        "If no page opens, open this address yourself, on this computer:"
    } else {
        "Open this address yourself, on this computer:"
    };
    format!("{introduction}\n{address}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_did_not_start_is_named() {
        assert!(browser(false, None).starts_with("No browser could be started"));
        assert!(browser(false, Some(Path::new("/opt/b"))).contains("/opt/b"));
        assert!(address_to_open(false, "https://a.example").ends_with("\nhttps://a.example"));
    }

    #[test]
    fn the_next_command_can_be_copied() {
        let answer = SignedIn {
            signed_in_as: "anna@firma.nl".to_owned(),
            scopes: vec!["IMAP".to_owned()],
            expires: "2026-11-20T23:51:22Z".to_owned(),
        };
        assert!(signed_in(&answer, "info@firma.nl").ends_with("mailwright test info@firma.nl"));
    }
}
