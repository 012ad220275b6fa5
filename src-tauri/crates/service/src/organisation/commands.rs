//! The commands of an administrator: look first, then change, each change with what takes it back.

use mailwright_diagnosis::organisation::{About, Asked as Filled, Shell, Switch, literal};
use mailwright_domain::{Cloud, Outcome, Registration};

use super::Asked;
use super::finding::Finding;
use crate::admin_script;
use crate::wire::OrganisationCommand;

/// Every command that looks at what somebody needs, each once, after those that connect.
pub(super) fn look_at_all(
    registration: &Registration,
    all: &[Asked<'_>],
) -> Vec<OrganisationCommand> {
    let mut commands = Vec::new();
    for shell in [Shell::Exchange, Shell::Graph] {
        let mut chosen: Vec<&Asked<'_>> = Vec::new();
        for asked in all
            .iter()
            .filter(|a| a.is_needed() && a.switch.shell == Some(shell))
        {
            if !chosen.iter().any(|other| prints(other, asked)) {
                chosen.push(asked);
            }
        }
        if chosen.is_empty() {
            continue;
        }
        let scopes = chosen.iter().flat_map(|a| &a.switch.scopes);
        commands.push(connect(registration, shell, scopes));
        commands.extend(chosen.iter().filter_map(|asked| look(registration, asked)));
    }
    commands
}

/// Whether the look of one switch prints another one too, for the same mailboxes.
fn prints(one: &Asked<'_>, other: &Asked<'_>) -> bool {
    let read = one.switch.read.as_deref().unwrap_or_default();
    let same = one
        .switch
        .cmdlets
        .iter()
        .any(|c| other.switch.cmdlets.contains(c));
    let includes = read
        .split([' ', ','])
        .any(|word| word == other.switch.property);
    let all = addresses(other);
    let mine = addresses(one);
    same && includes && all.iter().all(|address| mine.contains(address))
}

/// The commands of one switch.
pub(super) fn of_check(
    registration: &Registration,
    asked: &Asked<'_>,
    all: &[Asked<'_>],
) -> Vec<OrganisationCommand> {
    let switch = asked.switch;
    let Some(shell) = switch.shell.filter(|_| asked.is_needed()) else {
        return Vec::new();
    };
    let changes = changes(registration, asked, all);
    let scopes = if changes.is_empty() {
        &switch.scopes
    } else {
        &switch.change_scopes
    };
    let mut commands = vec![connect(
        registration,
        shell,
        switch.scopes.iter().chain(scopes),
    )];
    commands.extend(look(registration, asked));
    commands.extend(changes);
    commands
}

fn look(registration: &Registration, asked: &Asked<'_>) -> Option<OrganisationCommand> {
    let mailboxes = addresses(asked);
    let filled = Filled {
        mailboxes: &mailboxes,
        client_id: &registration.client_id,
        ..Filled::default()
    };
    Some(OrganisationCommand {
        kind: "look".to_owned(),
        shell: asked.switch.shell?.word().to_owned(),
        command: filled.read(asked.switch)?,
        mailboxes,
    })
}

/// A change for all that it helps and that go back the same way, then its reverse. What was not looked at yet is not
/// changed: nobody could say what to go back to.
fn changes(
    registration: &Registration,
    asked: &Asked<'_>,
    all: &[Asked<'_>],
) -> Vec<OrganisationCommand> {
    let switch = asked.switch;
    let (Some(change), Some(usual), Some(shell)) = (&switch.change, &switch.reverse, switch.shell)
    else {
        return Vec::new();
    };
    let mut commands = Vec::new();
    for group in groups(asked, usual, all) {
        let first = group.findings.first();
        let filled = Filled {
            mailboxes: &group.mailboxes,
            client_id: &registration.client_id,
            policy: first.and_then(|f| f.subject.as_deref()),
            value: first.and_then(|f| f.value.as_deref()),
        };
        for (kind, template) in [("change", change.as_str()), ("reverse", group.reverse)] {
            commands.push(OrganisationCommand {
                kind: kind.to_owned(),
                shell: shell.word().to_owned(),
                mailboxes: group.mailboxes.clone(),
                command: filled.fill(template),
            });
        }
    }
    commands
}

/// Findings that one change helps and one command takes back.
struct Group<'a> {
    reverse: &'a str,
    findings: Vec<&'a Finding>,
    mailboxes: Vec<String>,
}

fn groups<'a>(asked: &'a Asked<'_>, usual: &'a str, all: &[Asked<'_>]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for finding in asked
        .findings
        .iter()
        .filter(|f| helps(asked.switch, f, all))
    {
        let reverse = finding.reverse.as_deref().unwrap_or(usual);
        // What goes back to a name of its own is a command of its own.
        let apart = reverse.contains("{value}") || asked.switch.about == About::Policy;
        let place = groups.iter().position(|g| g.reverse == reverse && !apart);
        let place = place.unwrap_or_else(|| {
            groups.push(Group {
                reverse,
                findings: Vec::new(),
                mailboxes: Vec::new(),
            });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            group.findings.push(finding);
            if asked.switch.about == About::Mailbox {
                group.mailboxes.extend(finding.subject.clone());
            }
        }
    }
    groups
}

/// Whether the change of a switch helps with what was found: it stands in the way itself, may do so, or decides for a
/// mailbox that fails.
fn helps(switch: &Switch, finding: &Finding, all: &[Asked<'_>]) -> bool {
    let decides = || {
        all.iter()
            .flat_map(|asked| &asked.findings)
            .filter(|f| f.outcome == Outcome::Failed)
            .any(|f| f.decided_by.as_deref() == Some(switch.id.as_str()))
    };
    match finding.outcome {
        Outcome::Failed => true,
        Outcome::Unchecked => finding.value.as_deref().is_some_and(|v| !v.is_empty()),
        _ => finding.subject.is_none() && decides(),
    }
}

/// The addresses that a switch is looked at for.
fn addresses(asked: &Asked<'_>) -> Vec<String> {
    if asked.switch.about != About::Mailbox {
        return Vec::new();
    }
    asked
        .concerned
        .iter()
        .map(|m| m.address.to_string())
        .collect()
}

/// The command that connects (Microsoft: Connect-ExchangeOnline; Connect-MgGraph, parameter `Environment`).
fn connect<'s>(
    registration: &Registration,
    shell: Shell,
    scopes: impl Iterator<Item = &'s String>,
) -> OrganisationCommand {
    let command = match shell {
        Shell::Exchange => admin_script::connect(registration.cloud),
        Shell::Graph => {
            let mut scopes: Vec<String> = scopes.map(|s| literal(s)).collect();
            scopes.sort_unstable();
            scopes.dedup();
            let tenant = registration
                .organisation()
                .map(|tenant| format!(" -TenantId {}", literal(tenant)))
                .unwrap_or_default();
            let environment = match registration.cloud {
                Cloud::Global | Cloud::Custom => "",
                Cloud::GccHigh => " -Environment USGov",
                Cloud::Dod => " -Environment USGovDoD",
                Cloud::China => " -Environment China",
            };
            format!(
                "Connect-MgGraph -Scopes {}{tenant}{environment}",
                scopes.join(",")
            )
        }
    };
    OrganisationCommand {
        kind: "connect".to_owned(),
        shell: shell.word().to_owned(),
        mailboxes: Vec::new(),
        command,
    }
}
