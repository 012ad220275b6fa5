//! The message to the administrator: everything they need, with nothing to look up.

use mailwright_domain::{Mailbox, Provider, Registration};
use mailwright_oauth::Redirect;
use url::Url;

use crate::wire::Permission;

/// What a message is about.
pub(super) struct About<'a> {
    pub(super) registration: &'a Registration,
    pub(super) mailbox: Option<&'a Mailbox>,
    pub(super) organisation: Option<&'a str>,
    pub(super) link: Option<&'a Url>,
    pub(super) permissions: &'a [Permission],
}

/// A message as text.
pub(super) struct Message {
    pub(super) subject: String,
    pub(super) body: String,
}

/// Where administrators allow apps by hand.
pub(super) fn console(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::Google => Some(GOOGLE_CONSOLE),
        Provider::Microsoft | Provider::Custom => None,
    }
}

const GOOGLE_CONSOLE: &str = "https://admin.google.com/ac/owl";

pub(super) fn message(about: &About<'_>) -> Message {
    let name = &about.registration.name;
    let place = about.organisation.unwrap_or("your organisation");
    let subject = format!("Approve “{name}” for {place}, once");
    let (request, after) = match about.registration.provider {
        Provider::Microsoft => (microsoft(about, place), microsoft_after(about)),
        Provider::Google => (google(about, place), google_after(about)),
        Provider::Custom => (custom(about, place), custom_after(about)),
    };
    let body = format!(
        "Hello,\n\n{request}\n\nApp: {name}\nClient ID: {}\n{}\n\n{after}\n",
        about.registration.client_id,
        permissions(about.permissions)
    );
    Message { subject, body }
}

fn wanted(about: &About<'_>) -> String {
    let name = &about.registration.name;
    match about.mailbox {
        Some(mailbox) => format!(
            "{} is to send and read mail with the app “{name}”.",
            mailbox.address
        ),
        None => format!("Mailboxes are to send and read mail with the app “{name}”."),
    }
}

/// Who signs in afterwards.
fn person<'a>(about: &'a About<'_>) -> &'a str {
    about
        .mailbox
        .map_or("each person", |mailbox| &mailbox.sign_in_name)
}

fn microsoft(about: &About<'_>, place: &str) -> String {
    let link = about.link.map(Url::as_str).unwrap_or_default();
    format!(
        "{} Microsoft asks an administrator of {place} to approve the app first. Open this link, sign in as administrator and choose “Accept”:\n\n{link}",
        wanted(about)
    )
}

fn microsoft_after(about: &About<'_>) -> String {
    let back = Redirect::of(about.registration)
        .map(|redirect| redirect.registered())
        .unwrap_or_default();
    format!(
        "Who can approve: a Cloud Application Administrator or a Global Administrator.\n\
         After “Accept” the browser goes to {back} on your own computer and may say that the page cannot be reached. The approval is given by then.\n\
         What happens next: {} signs in once. Nobody gives a password to the app, and nothing else is changed.\n\
         To take it back: Entra admin center, “Enterprise apps”, “{}”, “Permissions”.",
        person(about),
        about.registration.name
    )
}

fn google(about: &About<'_>, place: &str) -> String {
    format!(
        "{} The Google Workspace of {place} lets only trusted apps use mail. Add it to them:\n\n\
         1. Open {GOOGLE_CONSOLE} (“Security”, “Access and data control”, “API controls”, “Manage third-party app access”).\n\
         2. Choose “Configure new app” and search for the client ID below.\n\
         3. Choose the people it is for, then “Trusted”, and save.",
        wanted(about)
    )
}

fn google_after(about: &About<'_>) -> String {
    format!(
        "Who can do this: a super administrator, or one who may manage security settings.\n\
         What happens next: {} signs in once. Nobody gives a password to the app, and nothing else is changed.\n\
         To take it back: set the app to “Blocked” on the same page.",
        person(about)
    )
}

fn custom(about: &About<'_>, place: &str) -> String {
    format!(
        "{} The sign-in asks an administrator of {place} to approve the app first.",
        wanted(about)
    )
}

fn custom_after(about: &About<'_>) -> String {
    format!(
        "What happens next: {} signs in once. Nobody gives a password to the app, and nothing else is changed.",
        person(about)
    )
}

fn permissions(permissions: &[Permission]) -> String {
    if permissions.is_empty() {
        return "It asks for the permissions that the provider gives apps by itself.".to_owned();
    }
    let lines: Vec<String> = permissions
        .iter()
        .map(|permission| format!("- {}: {}", plain(&permission.meaning), permission.name))
        .collect();
    format!(
        "It asks for these permissions, and approving covers no others:\n{}",
        lines.join("\n")
    )
}

/// A permission in plain words, by its meaning.
fn plain(meaning: &str) -> &'static str {
    match meaning {
        "send" => "Send mail as the person who signs in",
        "read" => "Read mail of the person who signs in",
        "read-and-send" => "Read and send mail of the person who signs in",
        "stay-signed-in" => "Stay signed in until somebody signs out",
        "identity" => "See who signs in",
        _ => "As its name says",
    }
}
