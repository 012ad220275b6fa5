use std::fmt::Write;

use mailwright_service::show_time_limit;
use mailwright_service::wire::{
    Added, AnnouncementInfo, Detected, Folders, MailboxDetails, MailboxLine, Mailboxes, Removed,
    RoleInfo, Server, SignedOut,
};

use super::moment::moment;
use super::table::{fields, table};

pub(crate) fn detected(found: &Detected) -> String {
    let Some(provider) = &found.provider else {
        return format!(
            "Nothing was found for {}: {}.\nThe servers can be given by hand: mailwright add {} --imap HOST --smtp HOST",
            found.address, found.note, found.address
        );
    };
    let place = place(found.source.as_deref().unwrap_or_default(), &found.note);
    let servers = found.incoming.iter().chain(&found.outgoing);
    let rows: Vec<Vec<String>> = servers.map(server_row).collect();
    let first = if provider == "custom" {
        format!("Servers for {} were found", found.address)
    } else {
        let host = host_name(provider, found.tenant.as_deref());
        format!("{} is {}at {host}. Found", found.address, how_sure(found))
    };
    format!(
        "{first} from {place}.\n{}\n{}{}",
        tenant_lines(found),
        table(&["Protocol", "Server", "Port", "Protection"], &rows),
        besides(found)
    )
}

/// Where something was found, with the name that told it.
fn place(source: &str, note: &str) -> String {
    match source {
        "mx" => format!("the domain's mail record ({note})"),
        "autodiscover" => format!("the domain's Autodiscover record ({note})"),
        "autoconfig" => format!("the domain's own settings document (at {note})"),
        "srv" => format!("the domain's service records ({note})"),
        "database" => format!("the database of providers (at {note})"),
        "spf" => format!("who may send for the domain ({note})"),
        "tenant" => format!("Microsoft's list of organisations ({note})"),
        _ => format!("the domain itself ({note})"),
    }
}

fn how_sure(found: &Detected) -> &'static str {
    match found.confidence.as_deref() {
        Some("possible") => "possibly ",
        Some("likely") => "most likely ",
        _ => "",
    }
}

/// What a person has to know besides: servers that are nobody's yet, and other answers.
fn besides(found: &Detected) -> String {
    let mut lines = String::new();
    if found.provider.as_deref() == Some("custom") {
        let option = |servers: &[Server], protocol: &str| {
            let server = servers.iter().find(|s| s.protocol == protocol)?;
            Some(format!(
                " --{protocol} {}:{}:{}",
                server.host, server.port, server.security
            ))
        };
        let imap = option(&found.incoming, "imap")
            .or_else(|| option(&found.incoming, "pop3"))
            .unwrap_or_else(|| " --imap HOST".to_owned());
        let smtp = option(&found.outgoing, "smtp").unwrap_or_else(|| " --smtp HOST".to_owned());
        let _ = write!(
            lines,
            "\nThey are no known provider's, so nobody signs in there before you have entered them. If they are right: mailwright add {}{imap}{smtp}",
            found.address
        );
    }
    for other in &found.others {
        let servers = other.incoming.iter().chain(&other.outgoing);
        let list: Vec<String> = servers
            .map(|s| format!("{} {}:{}", s.protocol.to_uppercase(), s.host, s.port))
            .collect();
        let _ = write!(
            lines,
            "\nAlso found ({}): {}, from {}: {}",
            other.confidence,
            provider_name(&other.provider),
            place(&other.source, &other.note),
            list.join(", ")
        );
    }
    lines
}

/// An organisation's tenant at Microsoft and its cloud, or why it is not known; each on a line of its own.
fn tenant_lines(found: &Detected) -> String {
    let tenant = found.tenant.as_deref().filter(|t| *t != "consumers");
    let cloud = found.cloud.as_deref().unwrap_or("unknown");
    let known = tenant.map(|tenant| format!("Tenant {tenant}, Microsoft cloud: {cloud}."));
    [&known, &found.not_confirmed, &found.tenant_note]
        .into_iter()
        .flatten()
        .fold(String::new(), |lines, line| format!("{lines}{line}\n"))
}

/// Where a mailbox is, by the name that people know the place by.
fn host_name(provider: &str, tenant: Option<&str>) -> &'static str {
    match (provider, tenant) {
        ("microsoft", Some("consumers")) => "Outlook.com",
        ("microsoft", _) => "Microsoft 365",
        _ => provider_name(provider),
    }
}

fn server_row(server: &Server) -> Vec<String> {
    vec![
        server.protocol.to_uppercase(),
        server.host.clone(),
        server.port.to_string(),
        protection(&server.security),
    ]
}

fn protection(word: &str) -> String {
    match word {
        "tls" => "TLS",
        "starttls" => "STARTTLS",
        "plain" => "none",
        _ => "automatic",
    }
    .to_owned()
}

pub(super) fn provider_name(word: &str) -> &'static str {
    match word {
        "microsoft" => "Microsoft",
        "google" => "Google",
        _ => "another provider",
    }
}

pub(crate) fn added(added: &Added) -> String {
    let next = match added.status.as_str() {
        "not-started" => "test", // nobody has to sign in
        _ => "sign-in",
    };
    format!(
        "Added {}. {}\nNext: mailwright {next} {}",
        added.address,
        status_sentence(&added.status),
        added.address
    )
}

pub(crate) fn changed(changed: &Added) -> String {
    format!(
        "Changed {}. {}",
        changed.address,
        status_sentence(&changed.status)
    )
}

/// What a status means, in a sentence that begins with its word.
pub(super) fn status_sentence(status: &str) -> String {
    let meaning = match status {
        "not-started" => "it has not been proven yet; run a test",
        "waiting-for-you" => "somebody has to sign in",
        "waiting-for-admin" => "an administrator has to act first",
        "waiting-for-provider" => "the provider needs some time",
        "testing" => "a test is running",
        "working" => "everything asked for is proven",
        "partly-working" => "a part of it works, and another does not",
        "needs-attention" => {
            "it worked when it was last reached, and something needs looking after; see: mailwright status"
        }
        "stopped" => "nothing works until somebody acts",
        _ => "it is not used",
    };
    format!("Status {status}: {meaning}.")
}

pub(crate) fn mailboxes(list: &Mailboxes) -> String {
    if list.mailboxes.is_empty() {
        return "No mailboxes yet. Add one: mailwright add ADDRESS".to_owned();
    }
    let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    let rows: Vec<Vec<String>> = list
        .mailboxes
        .iter()
        .map(|m| {
            vec![
                m.address.clone(),
                m.name.clone(),
                provider_name(&m.provider).to_owned(),
                yes(m.sends),
                yes(m.receives),
                m.status.clone(),
                last_check(m),
            ]
        })
        .collect();
    table(
        &[
            "Mailbox",
            "Name",
            "Provider",
            "Sends",
            "Reads",
            "Status",
            "Last check",
        ],
        &rows,
    )
}

pub(crate) fn mailbox(details: &MailboxDetails) -> String {
    let line = &details.line;
    let servers: Vec<String> = details
        .servers
        .iter()
        .map(|s| {
            format!(
                "{} {}:{} ({}), signs in as {}",
                s.protocol.to_uppercase(),
                s.host,
                s.port,
                protection(&s.security),
                s.login
            )
        })
        .collect();
    let folders: Vec<String> = details
        .folders
        .iter()
        .map(|(role, info)| format!("{role}: {}", role_text(info)))
        .collect();
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    let time = |value: &Option<String>| value.as_deref().map(moment).unwrap_or_default();
    let text = fields(&[
        ("Mailbox", line.address.clone()),
        ("Status", line.status.clone()),
        ("Name", line.name.clone()),
        ("Id", line.id.clone()),
        ("Provider", provider_name(&line.provider).to_owned()),
        ("Used for", purpose(line.sends, line.receives)),
        ("Sends with", way_to_send(details)),
        ("Sender name", details.sender_name.clone()),
        ("Sender addresses", details.senders.join(", ")),
        ("Who signs in", who_signs_in(details)),
        ("SMTP login", smtp_login(details)),
        ("Servers", servers.join("\n")),
        (
            "Time limit",
            show_time_limit(std::time::Duration::from_millis(details.timeout_ms)),
        ),
        ("App registration", optional(&details.registration)),
        ("Signed in as", optional(&line.signed_in_as)),
        ("Signed in at", time(&details.signed_in_at)),
        ("Renewed at", time(&details.renewed_at)),
        ("Permissions", details.scopes.join("\n")),
        ("Kept in", details.keychain.clone()),
        ("Last check", last_check(line)),
        ("Proven by", optional(&details.proof)),
        ("Folders", folders.join("\n")),
        ("Announced", announcements(&details.announcements)),
    ]);
    indent_continuations(&text)
}

/// What a provider has announced, one below the other.
pub(super) fn announcements(all: &[AnnouncementInfo]) -> String {
    let lines: Vec<String> = all
        .iter()
        .map(|announced| {
            format!(
                "{}: {}. {} {} ({}, checked on {})",
                announced.when,
                announced.title,
                announced.what,
                announced.steps.join(" "),
                announced.source,
                announced.checked_on
            )
        })
        .collect();
    lines.join("\n")
}

fn who_signs_in(details: &MailboxDetails) -> String {
    match details.line.auth.as_str() {
        "app-only" => "nobody: the app registration has organisation access".to_owned(),
        "password" => format!("{}, with a password", details.sign_in_name),
        _ => details.sign_in_name.clone(),
    }
}

/// The name that is used where the mailbox has one of its own.
fn smtp_login(details: &MailboxDetails) -> String {
    match details.line.auth.as_str() {
        "app-only" => String::new(),
        _ if details.send_via != "smtp" => String::new(),
        _ => details.smtp_login.clone(),
    }
}

/// The way of sending that needs no mail server; nothing where one is used, as it stands among the servers.
fn way_to_send(details: &MailboxDetails) -> String {
    match details.send_via.as_str() {
        "graph" if details.line.sends => "Microsoft Graph".to_owned(),
        "gmail" if details.line.sends => "Gmail API".to_owned(),
        _ => String::new(),
    }
}

fn last_check(line: &MailboxLine) -> String {
    line.last_check
        .as_deref()
        .map_or_else(|| "never".to_owned(), moment)
}

/// Values of several lines stay in their column.
fn indent_continuations(text: &str) -> String {
    const COLUMN: usize = 18;
    text.lines()
        .map(|line| {
            let is_field = line.chars().nth(COLUMN - 1) == Some(' ')
                && line.chars().nth(COLUMN - 2) == Some(' ');
            if is_field {
                line.to_owned()
            } else {
                format!("{:COLUMN$}{line}", "")
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn purpose(sends: bool, receives: bool) -> String {
    match (sends, receives) {
        (true, true) => "sending and receiving",
        (true, false) => "sending only",
        (false, true) => "receiving only",
        (false, false) => "nothing",
    }
    .to_owned()
}

pub(crate) fn removed(removed: &Removed) -> String {
    format!(
        "Removed {} and its secrets from this computer. {}",
        removed.name, removed.note
    )
}

pub(crate) fn signed_out(signed_out: &SignedOut) -> String {
    let mut text = format!("Signed out {}. {}", signed_out.address, signed_out.note);
    if !signed_out.also_stopped.is_empty() {
        let others = signed_out.also_stopped.join(", ");
        text = format!("{text} Also stopped: {others}.");
    }
    text
}

fn role_text(info: &RoleInfo) -> String {
    match (&info.name, info.mode.as_str()) {
        (_, "none") => "not used".to_owned(),
        (Some(name), mode) => format!("{name} ({mode})"),
        (None, mode) => format!("no folder found ({mode})"),
    }
}

pub(crate) fn folders(folders: &Folders) -> String {
    let rows: Vec<Vec<String>> = folders
        .folders
        .iter()
        .map(|f| {
            vec![
                f.name.clone(),
                f.messages.map(|n| n.to_string()).unwrap_or_default(),
                f.role.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let roles: Vec<Vec<String>> = ["inbox", "sent", "drafts", "trash", "junk", "archive"]
        .iter()
        .filter_map(|role| {
            folders
                .roles
                .get(*role)
                .map(|info| vec![(*role).to_owned(), role_text(info)])
        })
        .collect();
    format!(
        "{}\n\n{}",
        table(&["Folder", "Messages", "Role"], &rows),
        table(&["Role", "Uses"], &roles)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microsoft_has_two_places_for_mailboxes() {
        assert_eq!(host_name("microsoft", None), "Microsoft 365");
        assert_eq!(host_name("microsoft", Some("consumers")), "Outlook.com");
        assert_eq!(host_name("google", None), "Google");
    }
}
