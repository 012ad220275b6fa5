//! Explaining, copying and opening: what every page offers.

use mailwright_service::Browser;
use mailwright_service::wire::Explained;
use tauri::State;
use url::Url;

use super::error::{Answer, CommandError};
use crate::host::Host;

/// Longer than any page or log that a person would paste.
const LONGEST_TEXT: usize = 2 * 1024 * 1024;

/// What a text says, from any program; nothing leaves this computer. Where it was seen and whose it is are words of
/// `mailwright explain`, and help to weigh what is found.
#[tauri::command]
pub async fn explain(
    text: String,
    stage: Option<String>,
    provider: Option<String>,
) -> Answer<Explained> {
    check_length(&text)?;
    let explained = tauri::async_runtime::spawn_blocking(move || {
        mailwright_service::explain(&text, stage.as_deref(), provider.as_deref())
    });
    Ok(explained.await.map_err(|_| unreadable())??)
}

/// Refuses what nobody would want to have read.
pub(crate) fn check_length(text: &str) -> Answer<()> {
    if text.len() > LONGEST_TEXT {
        return Err(CommandError::usage(
            "This text is too long to look through. Paste the part with the error.",
        ));
    }
    Ok(())
}

/// Reading a text ended unexpectedly.
pub(crate) fn unreadable() -> CommandError {
    CommandError::new("internal", "The text could not be read. Try a part of it.")
}

/// Puts a text on the clipboard, and fails where it has not arrived there.
#[tauri::command]
pub async fn copy_text(host: State<'_, Host>, text: String) -> Answer<()> {
    Ok(host
        .clipboard(move |clipboard| clipboard.write(&text))
        .await?)
}

/// Opens a page of the web in the system's browser; nothing but https.
#[tauri::command]
pub async fn open_link(host: State<'_, Host>, url: String) -> Answer<()> {
    let page = page(&url).ok_or_else(|| {
        CommandError::usage("This is no page of the web, so it was not opened. Copy it instead.")
    })?;
    Ok(host.browser().open(&page)?)
}

/// A page of the web. An address with a name and password before the host only makes it look like another's.
fn page(text: &str) -> Option<Url> {
    let plain = |url: &Url| {
        url.scheme() == "https" && url.username().is_empty() && url.password().is_none()
    };
    Url::parse(text).ok().filter(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_explained_with_what_is_known_of_where_it_was_seen() {
        let asked = |stage: Option<&str>, provider: Option<&str>| {
            let text = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.";
            let text = format!("{}{text}", "INFO  polling\n".repeat(8_000));
            let words = [stage, provider].map(|word| word.map(str::to_owned));
            let [stage, provider] = words;
            tauri::async_runtime::block_on(explain(text, stage, provider))
        };
        for (stage, provider) in [(None, None), (Some("smtp-auth"), Some("microsoft"))] {
            let explained = asked(stage, provider).unwrap();
            let best = explained.verdicts.first().unwrap();
            assert_eq!(best.who, "administrator", "{best:?}");
            assert!(best.matched.as_ref().unwrap().contains("5.7.139"));
        }
        let failure = asked(Some("nowhere"), None).unwrap_err();
        assert_eq!(failure.code, "usage");
    }

    #[test]
    fn only_pages_of_the_web_are_opened() {
        assert!(page("https://entra.microsoft.com/#view/apps?x=1").is_some());
        for other in [
            "http://firma.nl/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://",
            "https://login.microsoftonline.com@elsewhere.example/",
            "https://:secret@elsewhere.example/",
            "--help",
            "",
        ] {
            assert_eq!(page(other), None, "{other}");
        }
    }
}
