use mailwright_service::wire::{Attention, Fix};

use super::hint::quoted;

/// How many addresses are named; the others are counted.
const NAMED: usize = 5;

/// What needs attention: one line for each fix, what it helps and what to type.
pub(crate) fn attention(all: &Attention) -> String {
    let mut parts = vec![summary(all)];
    let part = |title: &str, fixes: &[Fix]| {
        let lines: Vec<String> = fixes.iter().map(line).collect();
        (!lines.is_empty()).then(|| format!("{title}\n{}", lines.join("\n")))
    };
    parts.extend(part("To do", &all.fixes));
    parts.extend(part("Waiting for somebody else", &all.waiting));
    let ahead: Vec<Fix> = all
        .dates
        .iter()
        .filter(|fix| fix.within == Some(60))
        .cloned()
        .collect();
    parts.extend(part("Within 60 days", &ahead));
    parts.join("\n\n")
}

fn summary(all: &Attention) -> String {
    let (total, working) = (all.mailboxes, all.working);
    if total == 0 && all.fixes.is_empty() {
        return "No mailboxes yet. Add one: mailwright add ADDRESS".to_owned();
    }
    if all.fixes.is_empty() && all.waiting.is_empty() {
        return format!(
            "Nothing needs attention. {}, and nothing that they rest on ends within 30 days.",
            counted(total, "mailbox", "mailboxes")
        );
    }
    format!(
        "{working} of {} work.",
        counted(total, "mailbox", "mailboxes")
    )
}

fn line(fix: &Fix) -> String {
    let helped = match fix.mailboxes.len() {
        0 => "no mailbox yet".to_owned(),
        count => {
            let named: Vec<&str> = fix
                .mailboxes
                .iter()
                .take(NAMED)
                .map(|mailbox| mailbox.address.as_str())
                .collect();
            let more = match count - named.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let number = u32::try_from(count).unwrap_or(u32::MAX);
            format!(
                "{} ({}{more})",
                counted(number, "mailbox", "mailboxes"),
                named.join(", ")
            )
        }
    };
    format!("- {}: {helped}.\n  {}", what(fix), next(fix))
}

/// What it is, with the values concerned.
fn what(fix: &Fix) -> String {
    let name = name(fix);
    let person = fix.person.as_deref().unwrap_or("somebody");
    match fix.kind.as_str() {
        "secret" if fix.on.is_none() => format!("The secret of “{name}” has ended"),
        "secret" => ends(&format!("The secret of “{name}”"), fix),
        "certificate" => ends(&format!("The certificate of “{name}”"), fix),
        "google-testing" => ends(
            &format!("“{name}” is in testing at Google, so its first sign-in"),
            fix,
        ),
        "inactivity" => ends(&format!("The unused sign-in of {person}"), fix),
        "sign-in-frequency" => ends(
            &format!("The organisation wants {person} to sign in again; the sign-in"),
            fix,
        ),
        "sign-in" => format!("{person} has to sign in"),
        "announced" => match &fix.announcement {
            Some(announced) => format!("{}: {}", announced.when, announced.title),
            None => ends("What the provider has announced", fix),
        },
        "password" => "The password has to be entered".to_owned(),
        "approval" => format!("An administrator has to approve “{name}”"),
        _ => match &fix.problem {
            Some(problem) => problem.title.trim_end_matches('.').to_owned(),
            None => "It did not work when it was last tested".to_owned(),
        },
    }
}

/// “… ends on 2027-03-03, in 28 days”
fn ends(what: &str, fix: &Fix) -> String {
    let on = fix.on.as_deref().unwrap_or_default();
    match fix.days {
        Some(0) => format!("{what} ends today"),
        Some(days) if days < 0 => format!("{what} ended on {on}"),
        Some(days) => {
            let days = days.unsigned_abs();
            format!("{what} ends on {on}, in {}", counted(days, "day", "days"))
        }
        None => format!("{what} ends"),
    }
}

/// What to type.
fn next(fix: &Fix) -> String {
    let registration = quoted(name(fix));
    let first = fix
        .mailboxes
        .first()
        .map_or("MAILBOX", |mailbox| mailbox.address.as_str());
    match fix.action.as_str() {
        "replace-secret" => format!(
            "Replace it once; everybody stays signed in: mailwright registration set {registration} --client-secret-stdin --secret-expires YYYY-MM-DD"
        ),
        "replace-certificate" => format!(
            "Enter a new one at the provider, then: mailwright registration set {registration} --certificate FILE"
        ),
        "open-registration" => format!("See: mailwright registration show {registration}"),
        "publish" => format!(
            "Publish the project at https://console.cloud.google.com/auth/audience, then: mailwright registration set {registration} --publishing production, and sign in again"
        ),
        "sign-in" => format!("Sign in: mailwright sign-in {first}"),
        "open" if fix.kind == "announced" => {
            let announced = fix.announcement.as_ref();
            let steps = announced.map_or(String::new(), |a| a.steps.join(" "));
            format!("{steps} More: mailwright show {first}")
        }
        "enter-password" => format!("Enter it: mailwright set {first} --password-stdin"),
        "approve" => {
            format!(
                "The message to send: mailwright approve --registration {registration} --message"
            )
        }
        "test" if fix.kind == "inactivity" => {
            format!(
                "Nobody renews a sign-in that is not used. A test does: mailwright test {first}"
            )
        }
        "test" => format!("Try again: mailwright test {first}"),
        _ => format!("What failed and who must do what: mailwright test {first}"),
    }
}

fn name(fix: &Fix) -> &str {
    fix.registration
        .as_ref()
        .map_or("?", |registration| registration.name.as_str())
}

fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use mailwright_service::wire::{FixMailbox, FixRegistration};

    use super::*;

    fn fix(kind: &str, action: &str, days: Option<i32>, mailboxes: usize) -> Fix {
        Fix {
            kind: kind.to_owned(),
            status: "needs-attention".to_owned(),
            who: "consultant".to_owned(),
            action: action.to_owned(),
            on: days.map(|_| "2027-03-03".to_owned()),
            days,
            within: None,
            registration: Some(FixRegistration {
                id: String::new(),
                name: "ERP mail".to_owned(),
            }),
            mailboxes: (1..=mailboxes)
                .map(|n| FixMailbox {
                    id: n.to_string(),
                    address: format!("m{n}@firma.nl"),
                })
                .collect(),
            person: Some("anna@firma.nl".to_owned()),
            since: None,
            problem: None,
            announcement: None,
        }
    }

    #[test]
    fn one_fix_for_many_is_one_line_with_what_to_type() {
        let text = line(&fix("secret", "replace-secret", Some(28), 12));
        assert!(
            text.starts_with("- The secret of “ERP mail” ends on 2027-03-03, in 28 days: 12 mailboxes (m1@firma.nl, m2@firma.nl, m3@firma.nl, m4@firma.nl, m5@firma.nl and 7 more).\n"),
            "{text}"
        );
        assert!(
            text.contains("mailwright registration set \"ERP mail\" --client-secret-stdin"),
            "{text}"
        );
        for (days, said) in [
            (1, "in 1 day: 1 mailbox (m1@firma.nl)"),
            (0, "ends today"),
            (-3, "ended on 2027-03-03"),
        ] {
            let text = line(&fix("secret", "replace-secret", Some(days), 1));
            assert!(text.contains(said), "{text}");
        }
    }

    #[test]
    fn every_kind_says_what_and_what_to_type() {
        for (kind, action, said, typed) in [
            (
                "google-testing",
                "publish",
                "in testing",
                "--publishing production",
            ),
            (
                "inactivity",
                "test",
                "unused sign-in of anna@firma.nl",
                "mailwright test m1@firma.nl",
            ),
            (
                "sign-in-frequency",
                "sign-in",
                "sign in again",
                "mailwright sign-in m1@firma.nl",
            ),
            (
                "sign-in",
                "sign-in",
                "anna@firma.nl has to sign in",
                "mailwright sign-in",
            ),
            (
                "approval",
                "approve",
                "approve “ERP mail”",
                "mailwright approve --registration",
            ),
            ("problem", "tell", "did not work", "mailwright test"),
        ] {
            let text = line(&fix(kind, action, Some(5), 1));
            assert!(text.contains(said) && text.contains(typed), "{text}");
        }
    }

    #[test]
    fn calm_is_said_too() {
        let mut all = Attention {
            at: String::new(),
            mailboxes: 2,
            working: 2,
            fixes: Vec::new(),
            waiting: Vec::new(),
            dates: Vec::new(),
        };
        assert!(attention(&all).starts_with("Nothing needs attention. 2 mailboxes"));
        all.dates = vec![Fix {
            within: Some(60),
            ..fix("secret", "replace-secret", Some(45), 2)
        }];
        assert!(attention(&all).contains("Within 60 days\n- The secret"));
        all.working = 1;
        all.fixes = vec![fix("sign-in", "sign-in", None, 1)];
        assert!(attention(&all).starts_with("1 of 2 mailboxes work.\n\nTo do\n- "));
    }
}
