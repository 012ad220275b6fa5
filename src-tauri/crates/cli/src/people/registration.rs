use mailwright_service::wire::{
    RegistrationCheckInfo, RegistrationChecked, RegistrationDetails, RegistrationSaved,
    Registrations, TenantFound,
};

use super::diagnosis::advice;
use super::moment::moment;
use super::table::{fields, table};

pub(crate) fn registrations(list: &Registrations) -> String {
    if list.registrations.is_empty() {
        return "No app registrations yet. Nobody can sign in without one.\n\
                Microsoft: https://entra.microsoft.com, App registrations, New registration.\n\
                Google: https://console.cloud.google.com/auth/clients, Create client, Desktop app.\n\
                Then: mailwright registration add --help"
            .to_owned();
    }
    let rows: Vec<Vec<String>> = list
        .registrations
        .iter()
        .map(|r| {
            vec![
                r.name.clone(),
                super::account::provider_name(&r.provider).to_owned(),
                r.client_id.clone(),
                r.tenant.clone().unwrap_or_default(),
                r.secret_expires.clone().unwrap_or_default(),
                r.mailboxes.len().to_string(),
                r.last_check.as_ref().map(short).unwrap_or_default(),
            ]
        })
        .collect();
    table(
        &[
            "Name",
            "Provider",
            "Client ID",
            "Tenant",
            "Secret ends",
            "Mailboxes",
            "Checked",
        ],
        &rows,
    )
}

/// Every reading of a look at a registration, with the diagnosis below it where there is one.
pub(crate) fn checked(checked: &RegistrationChecked) -> String {
    let lines: Vec<String> = checked.checks.iter().map(reading).collect();
    format!(
        "{}\n{}: {}. Asking changed nothing at the provider.",
        lines.join("\n"),
        checked.name,
        counted(checked)
    )
}

/// What belongs to a reading stands below its name.
const INDENT: &str = "           ";

fn reading(check: &RegistrationCheckInfo) -> String {
    let word = match check.outcome.as_str() {
        "passed" => "passed",
        "failed" => "FAILED",
        "skipped" => "skipped",
        _ => "unknown",
    };
    let seen = match (&check.seen, check.basis.as_str()) {
        (Some(seen), "sign-in") => format!(" Shown by the sign-in of {}.", moment(seen)),
        _ => String::new(),
    };
    let name = reading_name(&check.id);
    let mut lines = vec![format!("  {word:8} {name:26} {}{seen}", check.detail)];
    if let Some(verdict) = &check.verdict {
        lines.push(advice(verdict, INDENT));
    }
    lines.join("\n")
}

fn reading_name(id: &str) -> &str {
    match id {
        "tenant" => "Organisation known",
        "issuer" => "Issuer known",
        "client" => "Client ID known",
        "secret" => "Client secret accepted",
        "certificate" => "Certificate accepted",
        "public-client" => "Works without a secret",
        "redirect" => "Return address accepted",
        "platform" => "Platform is for programs",
        "consent" => "Permissions agreed to",
        other => other,
    }
}

/// When a registration was looked at last, and how that came out.
fn short(checked: &RegistrationChecked) -> String {
    format!("{}: {}", moment(&checked.checked), counted(checked))
}

fn counted(checked: &RegistrationChecked) -> String {
    [
        ("passed", "passed"),
        ("failed", "failed"),
        ("unchecked", "not seen live"),
    ]
    .into_iter()
    .filter_map(|(outcome, word)| {
        let count = checked
            .checks
            .iter()
            .filter(|c| c.outcome == outcome)
            .count();
        (count > 0).then(|| format!("{count} {word}"))
    })
    .collect::<Vec<_>>()
    .join(", ")
}

pub(crate) fn saved(saved: &RegistrationSaved) -> String {
    let first = format!("Saved the app registration “{}”.", saved.name);
    std::iter::once(&first)
        .chain(&saved.notes)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("\n")
}

pub(crate) fn tenant(found: &TenantFound) -> String {
    let mark = found.not_confirmed.as_deref().unwrap_or_default();
    format!(
        "{} is tenant {} in Microsoft's cloud “{}”. {mark}",
        found.domain, found.tenant, found.cloud
    )
    .trim_end()
    .to_owned()
}

fn certificate(details: &RegistrationDetails) -> String {
    details.certificate.as_ref().map_or_else(String::new, |c| {
        format!(
            "{}, until {}, thumbprint {}",
            c.subject,
            c.expires.get(..10).unwrap_or(&c.expires),
            c.thumbprint
        )
    })
}

pub(crate) fn registration(details: &RegistrationDetails) -> String {
    let secret = if details.has_secret {
        "in the keychain"
    } else {
        "none"
    };
    fields(&[
        ("Name", details.name.clone()),
        ("Id", details.id.clone()),
        (
            "Provider",
            super::account::provider_name(&details.provider).to_owned(),
        ),
        ("Client ID", details.client_id.clone()),
        ("Tenant", details.tenant.clone().unwrap_or_default()),
        ("Cloud", details.cloud.clone()),
        ("Note", details.not_confirmed.clone().unwrap_or_default()),
        ("Authority", details.authority.clone().unwrap_or_default()),
        (
            "Sign-in address",
            details.authorize_url.clone().unwrap_or_default(),
        ),
        (
            "Token address",
            details.token_url.clone().unwrap_or_default(),
        ),
        (
            "Device address",
            details.device_url.clone().unwrap_or_default(),
        ),
        (
            "Revoke address",
            details.revoke_url.clone().unwrap_or_default(),
        ),
        ("Return address", details.redirect_uri.clone()),
        ("Permissions", details.scopes.join(" ")),
        ("Client secret", secret.to_owned()),
        (
            "Secret ends",
            details.secret_expires.clone().unwrap_or_default(),
        ),
        (
            "Publishing",
            match details.publishing.as_deref() {
                Some("testing") => "in testing: every sign-in ends after seven days",
                Some(_) => "published",
                None => "",
            }
            .to_owned(),
        ),
        ("Certificate", certificate(details)),
        ("Used by", details.mailboxes.join(", ")),
        (
            "Checked",
            details.last_check.as_ref().map(short).unwrap_or_default(),
        ),
    ])
}
