use mailwright_service::wire::{
    RegistrationDetails, RegistrationSaved, Registrations, TenantFound,
};

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
        ],
        &rows,
    )
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
        ("Used by", details.mailboxes.join(", ")),
    ])
}
