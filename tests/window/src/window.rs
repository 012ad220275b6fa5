//! One start of the program, driven over WebDriver.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use fantoccini::Client;
use mailwright_lab::Lab;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::counts::Counts;
use crate::desktop::{self, Desktop};
use crate::driver::driven;
use crate::process::{self, Running};
use crate::seen::Message;
use crate::x11::{OnScreen, Screen};
use crate::{LOOK, Outcome, STEP};

/// The name that the one running program has on the session bus.
const SINGLE: &str = "string:app.mailwright.SingleInstance";

const AXE: &str = "ui/node_modules/axe-core/axe.min.js";

/// The program's window. Dropping it ends the program at once; [`Window::close`] also judges what happened in it.
#[derive(Debug)]
pub struct Window {
    pub(crate) client: Client,
    pub(crate) counts: RefCell<Counts>,
    /// Messages between page and host of pages that are gone.
    pub(crate) messages: RefCell<Vec<Message>>,
    /// What axe found on the way.
    pub(crate) findings: RefCell<Vec<String>>,
    expected: RefCell<Vec<String>>,
    pictures: Cell<u32>,
    display: String,
    bus: Option<String>,
    process: u32,
    // Dropped last: ends the driver with all that it started.
    _driver: Running,
}

impl Window {
    /// Starts the program on a desktop, in the surroundings of a lab, and waits for its window.
    pub async fn start(desktop: &Desktop, lab: &Lab) -> Outcome<Self> {
        Self::start_with(desktop, lab, &[]).await
    }

    /// The same with more in its environment.
    pub async fn start_with(desktop: &Desktop, lab: &Lab, more: &[(&str, &str)]) -> Outcome<Self> {
        let app = desktop::app()?;
        let bus = lab.keychain().ok();
        let bus = bus.map(|keychain| keychain.bus_address().to_owned());
        let (driver, client) = driven(desktop, lab, more, bus.as_deref()).await?;
        let process = process::children(driver.id().unwrap_or_default(), &app)
            .first()
            .copied()
            .ok_or("the program is not running")?;
        let window = Self {
            client,
            counts: RefCell::default(),
            messages: RefCell::default(),
            findings: RefCell::default(),
            expected: RefCell::default(),
            pictures: Cell::default(),
            display: desktop.display().to_owned(),
            bus,
            process,
            _driver: driver,
        };
        window.begin().await?;
        Ok(window)
    }

    /// Once the page is there: collects what happens in it, and gives it the keyboard.
    async fn begin(&self) -> Outcome<()> {
        until("the window is on the screen", async || {
            Ok(self.screen()?.focus(self.process).ok())
        })
        .await?;
        until("the page has begun", async || {
            let script =
                "return document.readyState !== 'loading' && '__TAURI_INTERNALS__' in window";
            Ok((self.run(script, vec![]).await? == json!(true)).then_some(()))
        })
        .await?;
        self.run(include_str!("collector.js"), vec![]).await?;
        let axe = project().join(AXE);
        let axe = std::fs::read_to_string(&axe)
            .map_err(|error| format!("{}: {error}; run npm --prefix ui ci", axe.display()))?;
        self.run(&axe, vec![]).await?;
        Ok(())
    }

    /// Says that these words may stand in the console at the end, because the test provokes them.
    pub fn expect_in_console(&self, words: &str) {
        self.expected.borrow_mut().push(words.to_owned());
    }

    /// Ends the session and the program; an error if anything was written to the console that a person should not
    /// have caused, if the content security policy refused something, or if calls went another way than they should.
    pub async fn close(self) -> Outcome<Counts> {
        let problems = self.problems().await;
        // Also after a failure: a driver that ends before its session leaves the program running.
        timeout(STEP, self.client.clone().close())
            .await
            .map_err(|_| "the session did not end")??;
        self.gone().await?;
        let problems = problems?;
        if problems.is_empty() {
            Ok(self.counts.take())
        } else {
            Err(wrong(&problems))
        }
    }

    /// Presses the window's close button, as a person does, and waits for the program's end.
    pub async fn press_close_button(self) -> Outcome<()> {
        let problems = self.problems().await?;
        self.screen()?.close(self.process)?;
        self.gone().await?;
        if problems.is_empty() {
            Ok(())
        } else {
            Err(wrong(&problems))
        }
    }

    /// Ends the program with SIGKILL, as a crash or a power cut would.
    pub async fn kill(self) -> Outcome<()> {
        process::signal("KILL", &self.process.to_string());
        self.gone().await
    }

    /// Waits until the process has ended and the session bus has noticed, so that the next start is the only one.
    async fn gone(&self) -> Outcome<()> {
        until("the program ends", async || {
            Ok((!process::runs(self.process)).then_some(()))
        })
        .await?;
        nobody_has_the_name(self.bus.as_deref()).await
    }

    /// All windows on its screen, the program's own and those of others.
    pub fn on_screen(&self) -> Outcome<Vec<OnScreen>> {
        self.screen()?.windows()
    }

    /// The number of the program's process.
    pub fn process(&self) -> u32 {
        self.process
    }

    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        self.counts.borrow().clone()
    }

    fn screen(&self) -> Outcome<Screen> {
        Screen::look(&self.display)
    }

    /// Everything that should not have happened in the page.
    pub async fn problems(&self) -> Outcome<Vec<String>> {
        let script = "return [...window.__seen.console, ...window.__seen.policy.map((one) => `policy: ${one}`),
            ...window.__seen.ipc.filter((call) => call.to === 'postMessage').map((call) => `fallback: ${call.sent}`)]";
        let found = self.run(script, vec![]).await?;
        let expected = self.expected.borrow();
        let findings = self.findings.borrow().clone();
        Ok(texts(&found)
            .into_iter()
            .chain(findings)
            .filter(|line| !expected.iter().any(|words| line.contains(words)))
            .collect())
    }

    /// Runs a script in the page, as the body of a function.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Outcome<Value> {
        Ok(timeout(STEP, self.client.execute(script, arguments))
            .await
            .map_err(|_| "a script in the page did not end")??)
    }

    /// Runs a script whose last argument is what it calls with its answer.
    pub async fn run_later(&self, script: &str, arguments: Vec<Value>) -> Outcome<Value> {
        Ok(timeout(STEP, self.client.execute_async(script, arguments))
            .await
            .map_err(|_| "a script in the page did not call back")??)
    }

    /// Looks until there is something; where the time is over, the error says what the page shows instead.
    pub async fn wait<T>(
        &self,
        what: &str,
        probe: impl AsyncFnMut() -> Outcome<Option<T>>,
    ) -> Outcome<T> {
        match until(what, probe).await {
            Ok(found) => Ok(found),
            Err(error) => Err(format!("{error}\n{}", self.describe().await).into()),
        }
    }

    /// Waits until there is something that this CSS selector finds, for longer than a step may take.
    pub async fn wait_long(&self, limit: Duration, selector: &str) -> Outcome<()> {
        let deadline = Instant::now() + limit;
        while !self.is_there(selector).await? {
            if Instant::now() > deadline {
                return Err(format!("not in time: {selector}\n{}", self.describe().await).into());
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// The page for whoever reads a failure: its text, its state, and a picture beside the others.
    pub(crate) async fn describe(&self) -> String {
        self.pictures.set(self.pictures.get() + 1);
        let name = format!("failed-{}-{}.png", self.process, self.pictures.get());
        let picture = match (crate::picture::folder(), self.client.screenshot().await) {
            (Ok(folder), Ok(png)) => {
                let file = folder.join(name);
                std::fs::write(&file, png)
                    .map_or_else(|error| error.to_string(), |()| file.display().to_string())
            }
            _ => "none".to_owned(),
        };
        let text = self
            .run("return document.body.innerText", vec![])
            .await
            .map_or_else(
                |error| error.to_string(),
                |text| text.as_str().unwrap_or_default().to_owned(),
            );
        let state = self.run(STATE, vec![]).await.unwrap_or_default();
        let problems = self.problems().await.unwrap_or_default();
        format!(
            "picture: {picture}\nstate: {state}\nconsole: {problems:?}\nthe page shows:\n{text}"
        )
    }
}

/// Waits until the session bus, where there is one, has noticed that the program ended.
pub(crate) async fn nobody_has_the_name(bus: Option<&str>) -> Outcome<()> {
    let Some(bus) = bus else { return Ok(()) };
    until("the session bus notices", async || {
        let asked = std::process::Command::new("dbus-send")
            .arg(format!("--bus={bus}"))
            .args(["--print-reply", "--dest=org.freedesktop.DBus", "/"])
            .args(["org.freedesktop.DBus.NameHasOwner", SINGLE])
            .output()?;
        let answer = String::from_utf8_lossy(&asked.stdout).into_owned();
        Ok(answer.contains("boolean false").then_some(()))
    })
    .await
}

fn wrong(problems: &[String]) -> Box<dyn Error> {
    format!(
        "the story went well, but this was seen:\n{}",
        problems.join("\n")
    )
    .into()
}

const STATE: &str =
    "return { at: location.hash, steps: [...document.querySelectorAll('[data-step], [data-page]')]
    .map((one) => ({ ...one.dataset })), focus: document.activeElement?.outerHTML.slice(0, 200) }";

/// Looks until there is something, or until the time is over. What goes wrong on the way is looked at again, because
/// pages change between two looks.
pub(crate) async fn until<T>(
    what: &str,
    mut probe: impl AsyncFnMut() -> Outcome<Option<T>>,
) -> Outcome<T> {
    let deadline = Instant::now() + STEP;
    loop {
        let last = match probe().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => String::new(),
            Err(error) => format!(": {error}"),
        };
        if Instant::now() > deadline {
            return Err(format!("not within {} s: {what}{last}", STEP.as_secs()).into());
        }
        sleep(LOOK).await;
    }
}

pub(crate) fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect()
}

/// The project's folder.
pub(crate) fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}
