//! Stands in for the system browser: opens the address it is given and acts as `LAB_BROWSER_PLAN` says.
#[cfg(unix)]
mod stand_in {
    use std::fs::{self, OpenOptions};
    use std::io::Write;
    use std::path::Path;
    use std::time::Duration;
    use std::{env, error};

    use mailwright_lab::{Browser, BrowserAction, BrowserPlan, Folder, LabError};
    use tokio::time::{interval, timeout};

    /// Nobody waits longer than this for a person who does nothing.
    const LIMIT: Duration = Duration::from_secs(120);
    /// How long a browser may take to start, and then to sign in, before it is tried anew.
    const TRY: Duration = Duration::from_secs(25);
    const TRIES: u32 = 3;
    const LOOK: Duration = Duration::from_millis(50);

    type Outcome<T> = Result<T, Box<dyn error::Error>>;

    pub(super) async fn run() -> Outcome<()> {
        let url = env::args()
            .nth(1)
            .ok_or("usage: lab-browser URL, with LAB_BROWSER_PLAN in the environment")?;
        let plan = plan()?;
        let mut tries = 1..=TRIES;
        loop {
            let last = tries.next() == Some(TRIES);
            match sit_down(&url, &plan).await {
                Err(problem) if !last => note(&plan, problem.as_ref()),
                done => return done,
            }
        }
    }

    /// A browser on a busy machine fails to start now and then, or loses a page between two looks. A person would
    /// try again, so this one does, and writes down why.
    fn note(plan: &BrowserPlan, problem: &dyn error::Error) {
        // Among the lab's logs, which a failed test prints.
        let lab = plan
            .heading_file
            .as_deref()
            .and_then(Path::parent)
            .and_then(Path::parent);
        let Some(file) = lab.map(|lab| lab.join("logs/browser-problems.log")) else {
            return;
        };
        if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(file) {
            let _ = writeln!(file, "{problem}");
        }
    }

    async fn sit_down(url: &str, plan: &BrowserPlan) -> Outcome<()> {
        let limit = match plan.action {
            _ if plan.wait_for.is_some() => LIMIT,
            BrowserAction::Nothing => LIMIT,
            BrowserAction::Accept | BrowserAction::Cancel | BrowserAction::Close => TRY,
        };
        let folder = Folder::new()?;
        let browser = timeout(TRY, Browser::start(&folder))
            .await
            .map_err(|_| "the browser did not start in time")??;
        // The lab may end first, and a stand-in without a lab has no reason to stay.
        let heading = tokio::select! {
            heading = timeout(limit, act(&browser, url, plan)) => {
                heading.unwrap_or_else(|_| Err("the time is over".into()))
            }
            () = gone(folder.path()) => Err("the lab has ended".into()),
        };
        if let Some(file) = &plan.screenshot {
            browser.screenshot(file).await?;
        }
        let heading = heading?;
        append(plan.heading_file.as_deref(), &heading)?;
        writeln!(std::io::stdout(), "{heading}")?;
        // It has done its part; that it ends badly changes nothing.
        let _ = browser.close().await;
        Ok(())
    }

    fn append(file: Option<&Path>, line: &str) -> std::io::Result<()> {
        let Some(file) = file else { return Ok(()) };
        let mut file = OpenOptions::new().create(true).append(true).open(file)?;
        writeln!(file, "{line}")
    }

    fn plan() -> Outcome<BrowserPlan> {
        let given = env::var("LAB_BROWSER_PLAN")?;
        let text = if given.trim_start().starts_with('{') {
            given
        } else {
            fs::read_to_string(given)?
        };
        Ok(serde_json::from_str(&text)?)
    }

    async fn gone(folder: &Path) {
        let mut looks = interval(LOOK);
        while folder.exists() {
            looks.tick().await;
        }
    }

    async fn there(file: &Path) {
        let mut looks = interval(LOOK);
        while !file.exists() {
            looks.tick().await;
        }
    }

    /// Does what the plan says; answers the heading of the page where it ended.
    async fn act(browser: &Browser, url: &str, plan: &BrowserPlan) -> Outcome<String> {
        browser.open(url).await?;
        append(plan.opening_file.as_deref(), "opened")?;
        if let Some(word) = &plan.wait_for {
            there(word).await;
        }
        match plan.action {
            BrowserAction::Nothing => return Ok(std::future::pending().await),
            BrowserAction::Close => return Ok("closed".to_owned()),
            BrowserAction::Accept | BrowserAction::Cancel => {}
        }
        if let (Some(email), Some(file)) = (&plan.email, &plan.password_file)
            && browser.has("email").await?
        {
            let password = fs::read_to_string(file)?;
            browser.sign_in(email, password.trim_end()).await?;
        }
        answer_consent(browser, url, plan.action).await?;
        end_heading(browser).await
    }

    /// Presses the button, unless the server asks for no consent because it was given before.
    async fn answer_consent(
        browser: &Browser,
        url: &str,
        action: BrowserAction,
    ) -> Result<(), LabError> {
        let start = browser.url().await?;
        let server = |url: &str| url.split('/').nth(2).map(str::to_owned);
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            if server(&browser.url().await?) != server(&start) {
                return Ok(());
            }
            if action == BrowserAction::Cancel && browser.has("cancel").await? {
                browser.cancel().await?;
                browser.wait_to_leave(url).await?;
                return Ok(());
            }
            if browser.has("accept").await? {
                browser.accept().await?;
                browser.wait_to_leave(url).await?;
                return Ok(());
            }
            if browser.has("error").await? || browser.heading().await? == "Need admin approval" {
                return Ok(());
            }
        }
    }

    /// The end page answers only when the code is redeemed, so its heading can take a moment.
    async fn end_heading(browser: &Browser) -> Outcome<String> {
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            let heading = browser.heading().await?;
            if !heading.is_empty() {
                return Ok(heading);
            }
        }
    }
}

#[cfg(unix)]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    stand_in::run().await
}

#[cfg(not(unix))]
fn main() {}
