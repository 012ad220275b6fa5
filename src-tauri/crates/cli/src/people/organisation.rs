use mailwright_service::wire::{
    Organisation, OrganisationCheck, OrganisationCommand, OrganisationFinding, OrganisationPasted,
};

use super::account::{announcements, provider_name};
use super::hint::quoted;
use super::moment::moment;

/// What belongs to a switch stands below its name.
const INDENT: &str = "           ";

/// Each switch with what is known of it; below the ones to change, who does what. Then the commands that look at the
/// rest.
pub(crate) fn organisation(found: &Organisation) -> String {
    let mut parts = vec![format!("{}\n{}", head(found), lines(found))];
    parts.extend(found.pasted.as_ref().map(pasted));
    let unknown = found.checks.iter().any(|c| c.outcome == "unchecked");
    if unknown && !found.look.is_empty() {
        parts.push(format!(
            "What is not known, an administrator looks up in PowerShell. These commands change nothing:\n\n{}\n\nThen read back what they print: mailwright organisation --registration {} --paste FILE",
            organisation_look(found),
            quoted(&found.registration)
        ));
    }
    if !found.announced.is_empty() {
        let provider = provider_name(&found.provider);
        parts.push(format!(
            "{provider} has announced:\n{}",
            announcements(&found.announced)
        ));
    }
    parts.push(summary(found));
    parts.join("\n\n")
}

/// The commands that look, ready to be pasted.
pub(crate) fn organisation_look(found: &Organisation) -> String {
    found
        .look
        .iter()
        .map(|c| c.command.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

fn head(found: &Organisation) -> String {
    let place = found.organisation.as_deref().unwrap_or("the organisation");
    format!(
        "Settings of {place} at {}, for “{}”:",
        provider_name(&found.provider),
        found.registration
    )
}

fn lines(found: &Organisation) -> String {
    let lines: Vec<String> = found.checks.iter().map(line).collect();
    lines.join("\n")
}

fn line(check: &OrganisationCheck) -> String {
    let first = format!(
        "  {:8} {:37} {}",
        outcome(&check.outcome),
        check.title,
        check.detail
    );
    let mut below = Vec::new();
    let alike = check.findings.iter().all(|f| f.detail == check.detail);
    if check.findings.len() > 1 && !alike {
        below.extend(check.findings.iter().map(finding));
    } else {
        below.extend(check.findings.iter().filter_map(seen));
    }
    let changes = check.commands.iter().any(|c| c.kind == "change");
    if check.outcome == "failed" || changes {
        below.extend(advice(check));
    }
    std::iter::once(first)
        .chain(below.iter().map(|text| indented(text)))
        .collect::<Vec<_>>()
        .join("\n")
}

fn outcome(word: &str) -> &str {
    match word {
        "failed" => "FAILED",
        "unchecked" => "unknown",
        "skipped" => "-",
        word => word,
    }
}

fn finding(finding: &OrganisationFinding) -> String {
    let subject = finding.subject.as_deref().unwrap_or_default();
    let seen = seen(finding).map(|s| format!(" {s}")).unwrap_or_default();
    format!(
        "{:8} {subject}: {}{seen}",
        outcome(&finding.outcome),
        finding.detail
    )
}

fn seen(finding: &OrganisationFinding) -> Option<String> {
    let at = finding.seen.as_deref()?;
    (finding.basis == "seen").then(|| format!("(Seen {}.)", moment(at)))
}

/// Who can change it, by hand or by command, and what to think of first.
fn advice(check: &OrganisationCheck) -> Vec<String> {
    let mut lines = vec![format!("Who can: {}.", check.who)];
    lines.extend(check.caution.clone());
    let steps = check.steps.iter().enumerate();
    lines.extend(steps.map(|(n, step)| format!("  {}. {step}", n + 1)));
    lines.push(format!("  {}", check.link));
    lines.extend(check.commands.iter().map(command));
    if check.wait_minutes > 0 {
        lines.push(format!(
            "A change may take {} until it has its effect.",
            wait(check.wait_minutes)
        ));
    }
    lines
}

fn command(command: &OrganisationCommand) -> String {
    let label = match command.kind.as_str() {
        "connect" => "Connect first:",
        "look" => "To look:",
        "change" => "To change:",
        _ => "Takes it back:",
    };
    format!("  {label:14} {}", command.command)
}

fn wait(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (1, 0) => "an hour".to_owned(),
        (24, 0) => "a day".to_owned(),
        (hours, 0) => format!("{hours} hours"),
        _ => format!("{minutes} minutes"),
    }
}

fn pasted(pasted: &OrganisationPasted) -> String {
    let mut lines = vec![match pasted.understood {
        0 => "Nothing of the pasted text answers these commands.".to_owned(),
        1 => "1 value was read from the pasted text.".to_owned(),
        many => format!("{many} values were read from the pasted text."),
    }];
    if pasted.others > 0 {
        lines.push(format!(
            "{} of them belong to mailboxes that do not use this here, and were left out.",
            pasted.others
        ));
    }
    lines.extend(pasted.unclear.iter().chain(&pasted.troubles).cloned());
    lines.join("\n")
}

fn summary(found: &Organisation) -> String {
    let count = |outcome| found.checks.iter().filter(|c| c.outcome == outcome).count();
    match (count("failed"), count("unchecked")) {
        (0, 0) => "Nothing has to be changed.".to_owned(),
        (0, unknown) => format!("Nothing is known to be in the way; {unknown} not known."),
        (failed, unknown) => format!(
            "{failed} to change by an administrator, {unknown} not known. Mailwright changes none of it itself."
        ),
    }
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("{INDENT}{line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(kind: &str, command: &str) -> OrganisationCommand {
        OrganisationCommand {
            kind: kind.to_owned(),
            shell: "exchange".to_owned(),
            mailboxes: Vec::new(),
            command: command.to_owned(),
        }
    }

    fn check(outcome: &str) -> OrganisationCheck {
        OrganisationCheck {
            id: "smtp-auth-mailbox".to_owned(),
            title: "Sending through apps, per mailbox".to_owned(),
            about: "mailbox".to_owned(),
            outcome: outcome.to_owned(),
            basis: "seen".to_owned(),
            detail: "Off for this mailbox.".to_owned(),
            findings: vec![OrganisationFinding {
                subject: Some("inkoop@firma.nl".to_owned()),
                outcome: outcome.to_owned(),
                basis: "seen".to_owned(),
                detail: "Off for this mailbox.".to_owned(),
                value: None,
                decided_by: None,
                seen: Some("2026-11-20T14:05:00Z".to_owned()),
                verdict: None,
            }],
            who: "Exchange Administrator".to_owned(),
            wait_minutes: 60,
            steps: vec!["Tick it.".to_owned()],
            link: "https://admin.microsoft.com/".to_owned(),
            read_note: None,
            caution: None,
            commands: vec![
                typed("look", "Get-X"),
                typed("change", "Set-X"),
                typed("reverse", "Set-X -Off"),
            ],
            verdict: None,
            source: String::new(),
            checked_on: String::new(),
        }
    }

    fn found(checks: Vec<OrganisationCheck>) -> Organisation {
        Organisation {
            registration: "ERP mail".to_owned(),
            registration_id: String::new(),
            provider: "microsoft".to_owned(),
            organisation: Some("firma.nl".to_owned()),
            looked: String::new(),
            checks,
            announced: Vec::new(),
            look: vec![typed("connect", "Connect-X"), typed("look", "Get-X")],
            pasted: None,
        }
    }

    #[test]
    fn what_fails_says_who_does_what_and_how_to_go_back() {
        let text = organisation(&found(vec![check("failed")]));
        for part in [
            "Settings of firma.nl",
            "FAILED   Sending through apps, per mailbox",
            "(Seen 2026-11-20 14:05 UTC.)",
            "Who can: Exchange Administrator.",
            "To look:       Get-X",
            "To change:     Set-X",
            "Takes it back: Set-X -Off",
            "A change may take an hour",
            "1 to change by an administrator, 0 not known.",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("--paste"), "{text}");
    }

    #[test]
    fn what_is_not_known_is_looked_up_and_read_back() {
        let mut one = check("unchecked");
        one.commands.truncate(1);
        let mut all = found(vec![one]);
        let text = organisation(&all);
        assert!(text.contains("Connect-X\nGet-X\n"), "{text}");
        assert!(
            text.contains("--registration \"ERP mail\" --paste FILE"),
            "{text}"
        );
        assert_eq!(organisation_look(&all), "Connect-X\nGet-X");
        all.pasted = Some(OrganisationPasted {
            understood: 0,
            others: 0,
            unclear: vec!["Whose is it?".to_owned()],
            troubles: vec!["Connect first.".to_owned()],
        });
        let text = organisation(&all);
        assert!(
            text.contains("Nothing of the pasted text answers"),
            "{text}"
        );
        assert!(text.contains("Whose is it?\nConnect first."), "{text}");
    }

    #[test]
    fn waiting_times_are_words() {
        assert_eq!(wait(15), "15 minutes");
        assert_eq!(wait(60), "an hour");
        assert_eq!(wait(120), "2 hours");
        assert_eq!(wait(1440), "a day");
    }
}
