//! The keyboard.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

use crate::{Outcome, Window};

/// Keys with a name.
fn named(key: &str) -> Outcome<char> {
    let key = match key {
        "Tab" => Key::Tab,
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Space" => Key::Space,
        "Up" => Key::Up,
        "Down" => Key::Down,
        "Left" => Key::Left,
        "Right" => Key::Right,
        "Home" => Key::Home,
        "End" => Key::End,
        "F1" => Key::F1,
        "F6" => Key::F6,
        "Control" => Key::Control,
        "Shift" => Key::Shift,
        "Alt" => Key::Alt,
        letter => {
            let mut letters = letter.chars();
            return match (letters.next(), letters.next()) {
                (Some(one), None) => Ok(one),
                _ => Err(format!("no key is called {letter}").into()),
            };
        }
    };
    Ok(key.into())
}

impl Window {
    /// Presses a key, or several at once: `Enter`, `Control+n`, `Shift+Tab`.
    pub async fn press(&self, keys: &str) -> Outcome<()> {
        let keys = match keys {
            "+" => vec!['+'],
            several => several.split('+').map(named).collect::<Outcome<Vec<_>>>()?,
        };
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys.iter().copied() {
            actions = actions.then(KeyAction::Down { value });
        }
        for value in keys.iter().rev().copied() {
            actions = actions.then(KeyAction::Up { value });
        }
        self.client.perform_actions(actions).await?;
        self.counts.borrow_mut().actions += 1;
        Ok(())
    }

    /// Types into whatever has the focus, key by key.
    pub async fn type_text(&self, text: &str) -> Outcome<()> {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in text.chars() {
            actions = actions
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
        }
        self.client.perform_actions(actions).await?;
        self.counts.borrow_mut().fields += 1;
        Ok(())
    }

    /// Presses Tab until this has the focus, given as role and the beginning of its name; an error lists what had it.
    pub async fn tab_to(&self, what: &str) -> Outcome<()> {
        const MOST: usize = 60;
        let mut seen = Vec::new();
        for _ in 0..MOST {
            let here = self.focused().await?;
            if here.starts_with(what) {
                return Ok(());
            }
            seen.push(here);
            self.press("Tab").await?;
        }
        Err(format!("Tab never came to {what}, but to: {}", seen.join(" · ")).into())
    }
}
