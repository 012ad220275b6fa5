use mailwright_service::Failure;
use mailwright_service::wire::{Explained, VerdictInfo};

use super::moment::second;

pub(crate) fn explained(explained: &Explained) -> String {
    explained
        .verdicts
        .iter()
        .map(|verdict| {
            let matched = verdict
                .matched
                .as_deref()
                .map(|m| format!("Found: {m}\n"))
                .unwrap_or_default();
            format!("{}\n{matched}{}", verdict.title, advice(verdict, ""))
        })
        .collect::<Vec<_>>()
        .join("\n\n")
}

pub(crate) fn failure(failure: &Failure) -> String {
    let told = match &failure.verdict {
        None => failure.message.clone(),
        Some(verdict) => {
            let info = VerdictInfo::from(verdict.as_ref());
            format!("{}\n{}", info.title, advice(&info, ""))
        }
    };
    match &failure.try_again_at {
        Some(at) => format!(
            "{told}\nNot asked again before {}.",
            second(&at.to_string())
        ),
        None => told,
    }
}

/// What happened, what still works, who does what.
pub(crate) fn advice_of(verdict: &VerdictInfo) -> String {
    advice(verdict, "")
}

/// What happened, what still works, who does what; each line begins with `indent`.
pub(super) fn advice(verdict: &VerdictInfo, indent: &str) -> String {
    let mut lines = vec![verdict.what.clone()];
    lines.extend(verdict.still_works.iter().cloned());
    lines.push(format!("Who has to act: {}.", person(&verdict.who)));
    lines.extend(
        verdict
            .steps
            .iter()
            .enumerate()
            .map(|(n, step)| format!("  {}. {step}", n + 1)),
    );
    lines.extend(verdict.link.iter().map(|link| format!("  {link}")));
    lines.extend(
        verdict
            .command
            .iter()
            .map(|command| format!("  Command to copy: {command}")),
    );
    lines.extend(
        verdict
            .reverse
            .iter()
            .map(|command| format!("  Takes it back:   {command}")),
    );
    lines.push(format!(
        "({}, last checked {})",
        verdict.id, verdict.checked_on
    ));
    lines
        .iter()
        .flat_map(|text| text.lines())
        .map(|line| format!("{indent}{line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn person(who: &str) -> &'static str {
    match who {
        "you" => "you",
        "administrator" => "an administrator of the organisation",
        "consultant" => "whoever set this up in Mailwright or made the app registration",
        "network" => "whoever runs this network, firewall or virus scanner",
        "provider" => "the provider; waiting helps",
        _ => "the makers of Mailwright",
    }
}
