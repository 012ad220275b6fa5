use std::path::Path;
use std::time::Duration;

use mailwright_service::wire::{SignOutPlan, SignedIn};
use mailwright_service::{Failure, ShownCode, show_time_limit};

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

/// What is waited for in a browser, and how long.
pub(crate) fn waiting_for(paste: bool, limit: Duration) -> String {
    let limit = show_time_limit(limit);
    if paste {
        return format!(
            "Open the address above in any browser, also on another computer, and sign in there.\n\
             The last page will not load there. Copy its whole address, paste it here and press Enter.\n\
             Waiting for it, at most {limit}. Ctrl-C cancels."
        );
    }
    format!("Waiting for you in the browser, at most {limit}. Ctrl-C cancels.")
}

/// Where to enter which code, as whom.
pub(crate) fn code_to_enter(shown: &ShownCode) -> String {
    let ShownCode {
        page,
        code,
        registration,
        ..
    } = shown;
    let whom = match &shown.person {
        Some(person) => format!("Choose {person} there and accept."),
        None => "Choose the account of the mailbox there and accept.".to_owned(),
    };
    format!(
        "On any phone or computer, open this page: {page}\n\
         and type this code: {code}\n\
         {whom} The page must name the app of the registration “{registration}”.\n\
         Type the code on that page only. Nobody ever asks you for it by phone or mail.\n\
         Waiting for the code to be used, at most {}. Ctrl-C cancels.",
        minutes(shown.lasts)
    )
}

/// A time as people say it.
fn minutes(time: Duration) -> String {
    match time.as_secs() {
        60 => "1 minute".to_owned(),
        seconds if seconds > 0 && seconds % 60 == 0 => format!("{} minutes", seconds / 60),
        _ => show_time_limit(time),
    }
}

/// The provider could not be asked whether a code was used.
pub(crate) fn not_asked(again_in: Duration) -> String {
    format!(
        "The provider gave no answer. The code stays good. It is asked again in {}.",
        show_time_limit(again_in)
    )
}

/// What signing out stops besides the mailbox itself; none where nothing does.
pub(crate) fn before_sign_out(plan: &SignOutPlan, keep_remote: bool) -> Option<String> {
    let mut lines = Vec::new();
    if !plan.kept_for.is_empty() {
        lines.push(format!(
            "The same sign-in is used by {}, which keep it. The provider is not told.",
            plan.kept_for.join(", ")
        ));
    }
    if !plan.lets_go.is_empty() {
        lines.push(format!(
            "These need a new sign-in afterwards, too: {}.",
            plan.lets_go.join(", ")
        ));
    }
    if !keep_remote && !plan.stops_at_provider.is_empty() {
        lines.push(format!(
            "The provider ends everything that the same person granted to this app. These mailboxes stop, too: {}.",
            plan.stops_at_provider.join(", ")
        ));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The four ways on after somebody else signed in, or what to do where an administrator has to approve, as commands to
/// copy; any other failure stays as it is.
pub(crate) fn ways_on(mut failure: Failure, mailbox: &str) -> Failure {
    let needs_approval = failure.needs_approval();
    if let Some(verdict) = failure.verdict.as_mut().filter(|_| needs_approval) {
        verdict.steps = vec![
            format!(
                "Send your administrator the ready message: mailwright approve {mailbox} --message"
            ),
            format!(
                "Or, if you are the administrator: mailwright approve {mailbox} --as-administrator"
            ),
            format!("Then sign in again: mailwright sign-in {mailbox}"),
        ];
    }
    if let (Some(other), Some(verdict)) = (&failure.other_account, failure.verdict.as_mut()) {
        let name = &other.signed_in_as;
        verdict.steps = vec![
            format!(
                "Sign in again with the right account: mailwright sign-in {mailbox} --choose-account"
            ),
            format!(
                "Or, if {name} is your sign-in name for this mailbox: mailwright set {mailbox} --sign-in-name {name}"
            ),
            format!(
                "Or, if {mailbox} is a shared mailbox that {name} may use: mailwright sign-in {mailbox} --shared"
            ),
            format!("Or set up {name} as a mailbox of its own: mailwright add {name}"),
        ];
    }
    failure
}

#[cfg(test)]
mod tests {
    use mailwright_service::Code;
    use mailwright_service::wire::OtherAccount;

    use super::*;

    #[test]
    fn a_failure_without_another_account_stays_as_it_is() {
        let failure = Failure::new(Code::NeedsSignIn, "Nobody came back.");
        assert_eq!(ways_on(failure, "a@b.nl").message, "Nobody came back.");
        let nobody = Failure {
            other_account: Some(Box::new(OtherAccount {
                expected: "a@b.nl".to_owned(),
                signed_in_as: "c@b.nl".to_owned(),
            })),
            ..Failure::new(Code::NeedsSignIn, "Somebody else.")
        };
        assert!(ways_on(nobody, "a@b.nl").verdict.is_none());
    }

    #[test]
    fn a_browser_that_did_not_start_is_named() {
        assert!(browser(false, None).starts_with("No browser could be started"));
        assert!(browser(false, Some(Path::new("/opt/b"))).contains("/opt/b"));
        assert!(address_to_open(false, "https://a.example").ends_with("\nhttps://a.example"));
    }

    #[test]
    fn a_code_stands_at_the_end_of_its_line() {
        let shown = ShownCode {
            page: "https://microsoft.com/devicelogin".to_owned(),
            code: "GK7F3QXMR".to_owned(),
            registration: "ERP mail".to_owned(),
            person: Some("anna@firma.nl".to_owned()),
            lasts: Duration::from_secs(900),
            every: Duration::from_secs(5),
        };
        let said = code_to_enter(&shown);
        assert!(
            said.contains("open this page: https://microsoft.com/devicelogin\n"),
            "{said}"
        );
        assert!(said.contains("type this code: GK7F3QXMR\n"), "{said}");
        assert!(said.contains("Choose anna@firma.nl") && said.contains("“ERP mail”"));
        assert!(said.contains("at most 15 minutes."), "{said}");
        let anybody = code_to_enter(&ShownCode {
            person: None,
            ..shown
        });
        assert!(
            anybody.contains("Choose the account of the mailbox"),
            "{anybody}"
        );
    }

    #[test]
    fn what_else_stops_is_named_unless_it_does_not() {
        let mut plan = SignOutPlan {
            address: "a@b.nl".to_owned(),
            kept_for: Vec::new(),
            lets_go: Vec::new(),
            can_revoke: true,
            stops_at_provider: Vec::new(),
        };
        assert_eq!(before_sign_out(&plan, false), None);
        plan.stops_at_provider = vec!["c@b.nl".to_owned()];
        assert!(before_sign_out(&plan, false).is_some_and(|t| t.contains("c@b.nl")));
        assert_eq!(before_sign_out(&plan, true), None);
        plan.lets_go = vec!["the set-up of d@b.nl".to_owned()];
        assert!(before_sign_out(&plan, true).is_some_and(|t| t.contains("d@b.nl")));
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
