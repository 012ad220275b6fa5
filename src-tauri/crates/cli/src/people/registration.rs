use mailwright_service::wire::{RegistrationDetails, Registrations};

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
        ("Authority", details.authority.clone().unwrap_or_default()),
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
