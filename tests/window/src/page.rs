//! The page as a person uses it: elements by role and accessible name.

use fantoccini::Locator;
use fantoccini::elements::{Element, ElementRef};
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::window::texts;
use crate::{Outcome, Window};

const FIND: &str = include_str!("find.js");
/// Where an element is. WebDriver tells it only of what is in view.
const PLACE: &str = "const { x, y, width, height } = arguments[0].getBoundingClientRect(); return [x, y, width, height]";

impl Window {
    /// The element with this role and accessible name, or the beginning or a part of the name, once it is there and
    /// can be used. What is in an open dialog comes first.
    pub async fn find(&self, role: &str, name: &str) -> Outcome<Element> {
        self.wait(
            &format!("a {role} “{name}” that can be used"),
            async || {
                let found = self.look_for(role, name).await?;
                if found["disabled"] == json!(true) {
                    return Err(format!("“{}” cannot be used", found["name"]).into());
                }
                match self.element(&found["element"]) {
                    None => Err(format!("there are: {}", found["names"]).into()),
                    found => Ok(found),
                }
            },
        )
        .await
    }

    /// Whether there is such an element now, usable or not.
    pub async fn has(&self, role: &str, name: &str) -> Outcome<bool> {
        Ok(!self.look_for(role, name).await?["element"].is_null())
    }

    /// Whether there is such an element now and it cannot be used.
    pub async fn is_disabled(&self, role: &str, name: &str) -> Outcome<bool> {
        Ok(self.look_for(role, name).await?["disabled"] == json!(true))
    }

    async fn look_for(&self, role: &str, name: &str) -> Outcome<Value> {
        self.run(FIND, vec![json!(role), json!(name), json!(false)])
            .await
    }

    fn element(&self, found: &Value) -> Option<Element> {
        let id = found.as_object()?.values().next()?.as_str()?;
        Some(Element::from_element_id(
            self.client.clone(),
            ElementRef::from(id.to_owned()),
        ))
    }

    /// Clicks it with the mouse. What moved away between two looks is looked for again.
    pub async fn click(&self, role: &str, name: &str) -> Outcome<()> {
        let mut stood = None;
        self.wait(&format!("a click on the {role} “{name}”"), async || {
            let element = self.find(role, name).await?;
            // What moves is not hit where it was: nobody clicks on it before it stands still.
            let place = Some(
                self.run(PLACE, vec![serde_json::to_value(&element)?])
                    .await?,
            );
            if stood != place {
                stood = place;
                return Ok(None);
            }
            // A choice that is drawn by its label is clicked there, as people do.
            let label = element.find(Locator::XPath("./ancestor::label")).await;
            let target = if role == "radio" { label.ok() } else { None };
            Ok(Some(target.unwrap_or(element).click().await?))
        })
        .await?;
        self.counts.borrow_mut().actions += 1;
        Ok(())
    }

    /// Clicks a button.
    pub async fn button(&self, name: &str) -> Outcome<()> {
        self.click("button", name).await
    }

    /// Types into a field after emptying it.
    pub async fn fill(&self, field: &str, text: &str) -> Outcome<()> {
        let element = self.find("textbox", field).await?;
        element.click().await?;
        element.clear().await?;
        // A line end is a key; as a character it would be lost.
        let keys = text.replace('\n', &Key::Return.to_string());
        element.send_keys(&keys).await?;
        self.counts.borrow_mut().fields += 1;
        Ok(())
    }

    /// What stands in a field.
    pub async fn value(&self, role: &str, field: &str) -> Outcome<String> {
        let element = self.find(role, field).await?;
        Ok(element.prop("value").await?.unwrap_or_default())
    }

    /// Role and accessible name of what has the focus; empty if nothing has it.
    pub async fn focused(&self) -> Outcome<String> {
        let found = self
            .run(FIND, vec![json!(""), json!(""), json!(true)])
            .await?;
        Ok(found.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until a step of setting up is shown.
    pub async fn step(&self, step: &str) -> Outcome<()> {
        self.shows(&format!("[data-step='{step}']")).await
    }

    /// Waits until a step of setting up is in a state.
    pub async fn state(&self, step: &str, state: &str) -> Outcome<()> {
        self.shows(&format!("[data-step='{step}'][data-state='{state}']"))
            .await
    }

    /// Waits until a page is shown.
    pub async fn page(&self, page: &str) -> Outcome<()> {
        self.shows(&format!("main[data-page='{page}']")).await
    }

    /// Waits until the list says this of a mailbox.
    pub async fn status(&self, address: &str, status: &str) -> Outcome<()> {
        self.shows(&format!(
            "[data-mailbox='{address}'][data-status='{status}']"
        ))
        .await
    }

    /// Waits until a check ended this way; checks are called `smtp/tls`, `sign-in/token`.
    pub async fn check(&self, check: &str, outcome: &str) -> Outcome<()> {
        self.shows(&format!("[data-check='{check}'][data-outcome='{outcome}']"))
            .await
    }

    /// Waits until there is something that this CSS selector finds.
    pub async fn shows(&self, selector: &str) -> Outcome<()> {
        self.wait(selector, async || {
            Ok(self.is_there(selector).await?.then_some(()))
        })
        .await
    }

    /// Waits until there is nothing that this CSS selector finds.
    pub async fn shows_no(&self, selector: &str) -> Outcome<()> {
        self.wait(&format!("no {selector}"), async || {
            Ok((!self.is_there(selector).await?).then_some(()))
        })
        .await
    }

    /// Whether there is something now that this CSS selector finds.
    pub async fn is_there(&self, selector: &str) -> Outcome<bool> {
        let script = "return document.querySelector(arguments[0])?.checkVisibility() ?? false";
        Ok(self.run(script, vec![json!(selector)]).await? == json!(true))
    }

    /// An attribute of everything that this CSS selector finds.
    pub async fn attributes(&self, selector: &str, attribute: &str) -> Outcome<Vec<String>> {
        let script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.getAttribute(arguments[1]))";
        Ok(texts(
            &self
                .run(script, vec![json!(selector), json!(attribute)])
                .await?,
        ))
    }

    /// The visible text of the whole window.
    pub async fn text(&self) -> Outcome<String> {
        let text = self.run("return document.body.innerText", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until these words are visible, in whatever case and however they are broken into lines.
    pub async fn says(&self, words: &str) -> Outcome<()> {
        let wanted = plain(words);
        self.wait(&format!("the words “{words}”"), async || {
            Ok(plain(&self.text().await?).contains(&wanted).then_some(()))
        })
        .await
    }

    /// Whether these words are visible now.
    pub async fn is_saying(&self, words: &str) -> Outcome<bool> {
        Ok(plain(&self.text().await?).contains(&plain(words)))
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}
