//! A support package: collected, read by a person, then written as it was shown.

use std::sync::PoisonError;

use mailwright_service::wire::{SupportSaved, SupportShown};
use mailwright_service::{PackageOptions, SupportPackage, open_mail};
use serde::Deserialize;
use tauri::State;

use super::error::{Answer, CommandError};
use crate::host::Host;

/// What the package is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SupportAbout {
    /// One mailbox, by address or id; all of them where it is missing.
    mailbox: Option<String>,
    /// One failed test, by its error ID, with its mailbox.
    error_id: Option<String>,
    /// Test the mailboxes now, and put in what was said on each connection.
    test: bool,
    /// Say not whose it is.
    mask: bool,
}

impl From<SupportAbout> for PackageOptions {
    fn from(about: SupportAbout) -> Self {
        Self {
            mailboxes: about.mailbox.into_iter().collect(),
            error_id: about.error_id,
            mask: about.mask,
            test: about.test,
        }
    }
}

/// Collects what goes into it. Ends with the code `cancelled` when it is stopped or begun anew.
#[tauri::command]
pub async fn support_collect(host: State<'_, Host>, about: SupportAbout) -> Answer<SupportShown> {
    let service = host.service()?;
    let browser = host.browser();
    let options = PackageOptions::from(about);
    let work = service.collect_for_support(&options, &browser);
    let draft = Box::pin(host.collecting.run(work)).await??;
    let package = draft.package(options.mask)?;
    let shown = package.shown();
    *host
        .collected
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = Some((draft, package));
    Ok(shown)
}

/// The same with the customer in it or not; nothing is looked at anew.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "as Tauri hands it over")]
pub fn support_mask(host: State<'_, Host>, mask: bool) -> Answer<SupportShown> {
    let mut collected = host
        .collected
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let (draft, package) = collected.as_mut().ok_or_else(nothing)?;
    *package = draft.package(mask)?;
    Ok(package.shown())
}

/// Writes the package as it was shown last to a new file.
#[tauri::command]
pub async fn support_save(host: State<'_, Host>) -> Answer<SupportSaved> {
    let package = shown(&host)?;
    let path = host.blocking(move |_| package.save()).await?;
    Ok(SupportSaved {
        file: path.display().to_string(),
    })
}

/// Hands a message about it to the mail program, where a person attaches the file and sends it.
#[tauri::command]
pub async fn support_mail(host: State<'_, Host>) -> Answer<()> {
    let package = shown(&host)?;
    Ok(open_mail(&package.subject, &package.message)?)
}

/// Stops collecting.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "as Tauri hands it over")]
pub fn support_stop(host: State<'_, Host>) {
    host.collecting.cancel();
}

fn shown(host: &Host) -> Answer<SupportPackage> {
    let collected = host
        .collected
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let package = collected.as_ref().map(|(_, package)| package.clone());
    package.ok_or_else(nothing)
}

fn nothing() -> CommandError {
    CommandError::usage("There is no support package yet. Put it together first.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(json: &str) -> PackageOptions {
        serde_json::from_str::<SupportAbout>(json).unwrap().into()
    }

    #[test]
    fn what_the_window_sends_is_what_is_collected() {
        let one = options(r#"{"error_id":"MW-7K3F-9Q2D","mask":true}"#);
        assert_eq!(one.error_id.as_deref(), Some("MW-7K3F-9Q2D"));
        assert!(one.mask && !one.test && one.mailboxes.is_empty());
        let other = options(r#"{"mailbox":"info@firma.nl","test":true}"#);
        assert_eq!(other.mailboxes, ["info@firma.nl"]);
        assert!(other.test && !other.mask && other.error_id.is_none());
        assert!(serde_json::from_str::<SupportAbout>(r#"{"path":"/etc/passwd"}"#).is_err());
    }
}
