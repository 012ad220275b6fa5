//! What a page kept, said and sent, for tests that look for what should not be there.

use serde_json::{Value, json};

use crate::window::texts;
use crate::{Outcome, Window};

/// One message between page and host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The address it went to, `callback` for what came over a channel or as an answer.
    pub to: String,
    /// What the page sent.
    pub sent: String,
    /// What the host said.
    pub answer: String,
}

impl Window {
    /// Every message between page and host since the window was opened, oldest first.
    pub async fn messages(&self) -> Outcome<Vec<Message>> {
        let found = self.run("return window.__seen.ipc", vec![]).await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let now = found.as_array().cloned().unwrap_or_default();
        let now = now.iter().map(|one| Message {
            to: text(&one["to"]),
            sent: text(&one["sent"]),
            answer: text(&one["answer"]),
        });
        Ok(self.messages.borrow().iter().cloned().chain(now).collect())
    }

    /// What a screen reader was given to say so far, each with `polite: ` or `assertive: ` before it.
    pub async fn said(&self) -> Outcome<Vec<String>> {
        Ok(texts(&self.run("return window.__seen.said", vec![]).await?))
    }

    /// Waits until a screen reader was given something that contains these words.
    pub async fn hears(&self, words: &str) -> Outcome<String> {
        self.wait(&format!("it is announced: {words}"), async || {
            Ok(self
                .said()
                .await?
                .into_iter()
                .find(|said| said.contains(words)))
        })
        .await
    }

    /// The whole document as it is now, with the values of fields, which are in no markup.
    pub async fn document(&self) -> Outcome<String> {
        let script = "return [document.documentElement.outerHTML,
            ...[...document.querySelectorAll('input, textarea, select')].map((one) => one.value)].join('\\n')";
        let text = self.run(script, vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Everything the page keeps: local storage, session storage, cookies and databases, as JSON.
    pub async fn storage(&self) -> Outcome<String> {
        let kept = self.run_later(include_str!("storage.js"), vec![]).await?;
        match kept.get("error") {
            Some(error) => Err(error.to_string().into()),
            None => Ok(json!(kept).to_string()),
        }
    }

    /// Whether a call went to this command.
    pub async fn called(&self, command: &str) -> Outcome<bool> {
        let address = format!("ipc://localhost/{command}");
        Ok(self
            .messages()
            .await?
            .iter()
            .any(|message| message.to == address))
    }
}
