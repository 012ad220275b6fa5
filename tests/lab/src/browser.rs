//! A real browser without a window, driven over WebDriver.
use std::path::Path;
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::time::{interval, timeout};

use crate::server::{Launch, Server};
use crate::{Folder, LabError, missing, ports, random};

/// How long a page may take to show what is waited for.
const PAGE_LIMIT: Duration = Duration::from_secs(20);
/// How often the page is looked at while waiting.
const LOOK: Duration = Duration::from_millis(25);

/// Marks the page as sent; the mark goes with the page.
const MARK_SENT: &str = "document.documentElement.setAttribute('data-sent', '')";

/// Flags that make Chromium start anywhere, even as root, and leave the network alone.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1000,800",
];

/// One browser with a profile of its own.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    // Dropped last: ends chromedriver, and with it the browser, however this came about.
    _driver: Server,
}

impl Browser {
    /// Starts a browser whose files are in the folder.
    pub async fn start(folder: &Folder) -> Result<Self, LabError> {
        let id = format!("browser-{}", random::word());
        let home = folder.make(&id, 0o700)?;
        let (name, chromium) = missing::BROWSERS
            .iter()
            .find_map(|name| Some((*name, missing::find(name).ok()?)))
            .ok_or_else(|| LabError::new("no Chromium: install chromium-headless-shell"))?;
        // It takes a port that is free for IPv6 and then wants the same one for IPv4.
        let (driver, port) = ports::retrying(|| {
            let driver = Launch::new(&id, "chromedriver")?
                .arg("--port=0")
                .env("HOME", &home)
                .env("XDG_CONFIG_HOME", home.join("config"))
                .env("XDG_CACHE_HOME", home.join("cache"))
                .start(folder)?;
            let port = driver.ready(|driver| {
                let output = driver.output();
                let (_, rest) = output.split_once("started successfully on port ")?;
                rest.split_once('.')?.0.parse::<u16>().ok()
            })?;
            Ok((driver, port))
        })?;
        let mut args: Vec<String> = FLAGS.iter().map(|&flag| flag.to_owned()).collect();
        args.push(format!(
            "--user-data-dir={}",
            home.join("profile").display()
        ));
        let options = json!({ "args": args, "binary": chromium });
        let mut capabilities = fantoccini::wd::Capabilities::new();
        if name == missing::HEADLESS_SHELL {
            // Without this name chromedriver waits for a first page, which this build opens only when told to.
            capabilities.insert("browserName".to_owned(), json!("chrome-headless-shell"));
        }
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        let url = format!("http://127.0.0.1:{port}");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let connect = builder.capabilities(capabilities).connect(&url);
        let client = timeout(Duration::from_secs(60), connect)
            .await
            .map_err(|_| LabError::new("the browser did not start within 60 s"))??;
        Ok(Self {
            client,
            _driver: driver,
        })
    }

    /// The WebDriver session, for what is not offered here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Opens an address.
    pub async fn open(&self, url: &str) -> Result<(), LabError> {
        Ok(self.client.goto(url).await?)
    }

    /// Fills in the sign-in page and sends it.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<(), LabError> {
        let field = self.element("email").await?;
        field.clear().await?;
        field.send_keys(email).await?;
        self.element("password").await?.send_keys(password).await?;
        self.click("sign-in").await
    }

    /// Presses Accept on the consent page.
    pub async fn accept(&self) -> Result<(), LabError> {
        self.click("accept").await
    }

    /// Presses Cancel, or the link back on "Need admin approval".
    pub async fn cancel(&self) -> Result<(), LabError> {
        self.click("cancel").await
    }

    /// Enters a device code and confirms that this is the person's own sign-in.
    pub async fn enter_device_code(&self, code: &str) -> Result<(), LabError> {
        self.type_device_code(code).await?;
        self.click("continue").await
    }

    /// Enters a device code and says that it is not the person's own sign-in.
    pub async fn decline_device_code(&self, code: &str) -> Result<(), LabError> {
        self.type_device_code(code).await?;
        self.click("cancel").await
    }

    async fn type_device_code(&self, code: &str) -> Result<(), LabError> {
        let field = self.found("input[name=user_code]").await?;
        field.send_keys(code).await?;
        self.click("next").await
    }

    /// Does all that a person does with a device code: opens the page, enters the code, signs in and accepts.
    pub async fn use_device_code(
        &self,
        page: &str,
        code: &str,
        email: &str,
        password: &str,
    ) -> Result<(), LabError> {
        self.open(page).await?;
        self.enter_device_code(code).await?;
        self.sign_in(email, password).await?;
        self.accept().await?;
        self.wait_for_title("You have signed in").await
    }

    /// Waits for the button with this id and presses it.
    ///
    /// Every button of these pages sends a form. The page that was sent is marked first, and is not looked at again:
    /// until the next one comes, it still has a button of the same name.
    pub async fn click(&self, id: &str) -> Result<(), LabError> {
        let button = self.element(id).await?;
        self.client.execute(MARK_SENT, Vec::new()).await?;
        Ok(button.click().await?)
    }

    /// Waits until the page's title contains this.
    pub async fn wait_for_title(&self, part: &str) -> Result<(), LabError> {
        self.wait(&format!("title with “{part}”"), async || {
            let title = self.client.title().await?;
            Ok(title.contains(part).then_some(()))
        })
        .await
    }

    /// Waits until the page's visible text contains this.
    pub async fn wait_for_text(&self, part: &str) -> Result<(), LabError> {
        self.wait(&format!("text with “{part}”"), async || {
            Ok(self.page_text().await?.contains(part).then_some(()))
        })
        .await
    }

    /// Waits until the browser is somewhere else than at this address' server; answers where.
    pub async fn wait_to_leave(&self, url: &str) -> Result<String, LabError> {
        let origin = origin(url);
        self.wait("another server", async || {
            let here = self.url().await?;
            Ok((crate::browser::origin(&here) != origin).then_some(here))
        })
        .await
    }

    /// Where the browser is. It can be no URL in the sense of the standard, so it is text.
    pub async fn url(&self) -> Result<String, LabError> {
        Ok(self.client.current_url().await?.to_string())
    }

    /// The page's visible text.
    pub async fn page_text(&self) -> Result<String, LabError> {
        let script = "return document.body ? document.body.innerText : ''";
        let text = self.client.execute(script, Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The text of the first heading; empty while there is none.
    pub async fn heading(&self) -> Result<String, LabError> {
        let script = "const h = document.querySelector('h1'); return h ? h.innerText : ''";
        let text = self.client.execute(script, Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Whether the page has an element with this id now.
    pub async fn has(&self, id: &str) -> Result<bool, LabError> {
        let locator = not_sent(&format!("#{id}"));
        Ok(!self
            .client
            .find_all(Locator::Css(&locator))
            .await?
            .is_empty())
    }

    /// Saves a picture of the page as PNG.
    pub async fn screenshot(&self, file: &Path) -> Result<(), LabError> {
        let png = self.client.screenshot().await?;
        Ok(std::fs::write(file, png)?)
    }

    /// Ends the browser in good order. Dropping it works as well.
    pub async fn close(self) -> Result<(), LabError> {
        Ok(self.client.clone().close().await?)
    }

    async fn element(&self, id: &str) -> Result<Element, LabError> {
        self.found(&format!("#{id}")).await
    }

    async fn found(&self, selector: &str) -> Result<Element, LabError> {
        let locator = not_sent(selector);
        self.wait(selector, async || {
            let found = self.client.find_all(Locator::Css(&locator)).await?;
            Ok(found.into_iter().next())
        })
        .await
    }

    /// Looks until `probe` yields something; the error says what the page shows instead.
    async fn wait<T>(
        &self,
        what: &str,
        mut probe: impl AsyncFnMut() -> Result<Option<T>, LabError>,
    ) -> Result<T, LabError> {
        let deadline = Instant::now() + PAGE_LIMIT;
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            // Between two pages elements and scripts fail; the next look sees the new page.
            if let Ok(Some(found)) = probe().await {
                return Ok(found);
            }
            if Instant::now() > deadline {
                let text = self.page_text().await.unwrap_or_default();
                return Err(LabError::new(format!(
                    "no {what} within {} s; the page shows: {text}",
                    PAGE_LIMIT.as_secs()
                )));
            }
        }
    }
}

/// The selector, for pages whose form was not sent yet.
fn not_sent(selector: &str) -> String {
    format!(":root:not([data-sent]) {selector}")
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}
