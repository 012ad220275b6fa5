//! Accessibility, judged by axe-core inside the page.

use serde_json::{Value, json};

use crate::{Outcome, Window};

const SCRIPT: &str = r"
const done = arguments[arguments.length - 1];
axe.teardown();
axe.run(document, { resultTypes: ['violations'] }).then(
  (result) => done(result.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`))),
  (error) => done([`axe: ${error}`]),
);";

impl Window {
    /// What axe finds wrong in the page as it is now, in light and in dark.
    pub async fn accessibility(&self) -> Outcome<Vec<String>> {
        let mut found = Vec::new();
        for theme in ["light", "dark"] {
            self.theme(theme).await?;
            let violations = self.run_later(SCRIPT, vec![]).await?;
            let violations = violations.as_array().cloned().unwrap_or_default();
            found.extend(
                violations
                    .iter()
                    .filter_map(Value::as_str)
                    .map(|one| format!("{theme}: {one}")),
            );
        }
        self.theme("").await?;
        Ok(found)
    }

    /// Shows the page in a theme once everything is painted; an empty name is the system's.
    pub async fn theme(&self, name: &str) -> Outcome<()> {
        // A picture is of what was painted last: wait for the frame, its transitions, and the frame after. What
        // moves for ever, such as a running mark, is not waited for.
        let script = r"
            const [theme, done] = arguments;
            const root = document.documentElement;
            const frame = () => new Promise(requestAnimationFrame);
            const moves = (one) =>
                one.playState === 'running' && Number.isFinite(one.effect?.getComputedTiming().endTime);
            if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
            (async () => {
                await frame();
                await document.fonts.ready;
                while (document.getAnimations().some(moves)) await frame();
                await frame();
                await frame();
                done(true);
            })();";
        self.run_later(script, vec![json!(name)]).await?;
        Ok(())
    }
}
