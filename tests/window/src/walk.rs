//! Ways through the window that several tests go.

use mailwright_lab::{BrowserAction, Lab};

use crate::window::{texts, until};
use crate::{Outcome, Window};

impl Window {
    /// From the list to the first step, whether the list is empty or not.
    pub async fn add_mailbox(&self) -> Outcome<()> {
        self.page("mailboxes").await?;
        self.shows("[data-mailbox], .empty").await?;
        let empty = self.is_there(".empty").await?;
        let name = if empty {
            "Set up my mailbox"
        } else {
            "Add mailbox"
        };
        self.button(name).await?;
        self.step("address").await
    }

    /// From the list to the page that shows what was found for an address.
    pub async fn begin_set_up(&self, address: &str) -> Outcome<()> {
        self.add_mailbox().await?;
        self.fill("E-mail address", address).await?;
        self.button("Continue").await?;
        self.step("confirm").await
    }

    /// From the list to the page before the browser opens.
    pub async fn go_to_sign_in(&self, address: &str) -> Outcome<()> {
        self.begin_set_up(address).await?;
        self.button("Continue").await?;
        self.state("sign-in", "before").await
    }

    /// Signs in, as somebody of the lab who does this in the browser.
    pub async fn sign_in_as(&self, lab: &Lab, who: &str, action: BrowserAction) -> Outcome<()> {
        lab.plan_browser(who, action)?;
        self.button("Open sign-in page").await
    }

    /// Waits until the host has saved what this step shows now: the last save was answered and nothing was typed since.
    pub async fn saved(&self, step: &str) -> Outcome<()> {
        let values = self.values().await?;
        self.wait(&format!("{step} is saved"), async || {
            let messages = self.messages().await?;
            let saved = messages
                .iter()
                .rev()
                .find(|message| message.to.ends_with("/setup_save") && !message.answer.is_empty());
            let holds = |message: &crate::Message| {
                values
                    .iter()
                    .all(|value| message.sent.contains(value.as_str()))
            };
            Ok(saved.filter(|message| holds(message)).map(drop))
        })
        .await
    }

    /// Waits until the host has saved that the set-up stands at this step.
    pub async fn stands_at(&self, step: &str) -> Outcome<()> {
        self.step(step).await?;
        let wanted = format!("\"step\":\"{step}\"");
        self.wait(
            &format!("it is saved that {step} was reached"),
            async || {
                let messages = self.messages().await?;
                let known = messages.iter().any(|message| {
                    message.to.contains("/setup_") && (message.answer.contains(&wanted))
                });
                Ok(known.then_some(()))
            },
        )
        .await
    }

    /// What stands in the text fields that are shown.
    async fn values(&self) -> Outcome<Vec<String>> {
        let script =
            "return [...document.querySelectorAll('main input:not([type=checkbox], [type=radio])')]
            .map((one) => one.value).filter(Boolean)";
        Ok(texts(&self.run(script, vec![]).await?))
    }

    /// From the list to the page of one mailbox.
    pub async fn open_mailbox(&self, address: &str) -> Outcome<()> {
        self.page("mailboxes").await?;
        self.click("link", address).await?;
        self.page("mailbox").await
    }
}

/// Waits until the lab's browser has come to as many end pages; answers the heading of the last one.
pub async fn end_page(lab: &Lab, number: usize) -> Outcome<String> {
    until("the browser's end page", async || {
        Ok(lab.browser_headings().get(number - 1).cloned())
    })
    .await
}

/// Waits until the lab's browser has opened so many pages.
pub async fn opened(lab: &Lab, number: usize) -> Outcome<()> {
    until("the browser has the page", async || {
        Ok((lab.browser_openings() >= number).then_some(()))
    })
    .await
}
