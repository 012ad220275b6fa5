//! `WebKitWebDriver` with the program it started. Both listen on ports that were free when they were chosen, and that
//! somebody else can take before they are used; then both are started again.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::Duration;

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use mailwright_lab::Lab;
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::desktop::{self, Desktop};
use crate::process::Running;
use crate::window::{nobody_has_the_name, until};
use crate::{LOOK, Outcome};

/// A program, its web view and its page start slowly on a busy machine.
const START: Duration = Duration::from_secs(60);

/// How often other ports are tried.
const ATTEMPTS: usize = 4;

/// What the web view says when the port is taken that the driver chose for it. It goes on without automation, and the
/// driver talks to whoever has the port, without an end.
const DEAF: &str = "Failed to start remote inspector server";

/// A driver whose program has a window, and the session with it.
pub(crate) async fn driven(
    desktop: &Desktop,
    lab: &Lab,
    more: &[(&str, &str)],
    bus: Option<&str>,
) -> Outcome<(Running, Client)> {
    let log = lab.folder().join("logs/window.log");
    for _ in 0..ATTEMPTS {
        let before = deaf(&log);
        if let Some((driver, port)) = listening(desktop, lab, more, &log).await? {
            let failed = |reason: &str| format!("{reason}: {}", driver.describe());
            tokio::select! {
                connected = timeout(START, connected(port)) => {
                    let client = connected.map_err(|_| failed("no window in time"))?;
                    return Ok((driver, client?));
                }
                () = deafer(&log, before) => {}
            }
            // Takes the program along, whose name must be free for the next.
            drop(driver);
            nobody_has_the_name(bus).await?;
        }
    }
    Err(format!("a port was taken {ATTEMPTS} times before it was used").into())
}

/// A driver that listens, and its port; nothing where somebody else was quicker with the port.
async fn listening(
    desktop: &Desktop,
    lab: &Lab,
    more: &[(&str, &str)],
    log: &Path,
) -> Outcome<Option<(Running, u16)>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    drop(listener);
    let mut command = desktop.command(lab, "WebKitWebDriver");
    command.envs(more.iter().copied());
    command.args([&format!("--port={port}"), "--host=127.0.0.1"]);
    let mut driver = Running::start_with_log(command, log)?;
    let listens = until("WebKitWebDriver listens or ends", async || {
        let ended = driver.child.try_wait()?.is_some();
        Ok((ended || driver.listens(port)).then_some(!ended))
    });
    Ok(listens.await?.then_some((driver, port)))
}

async fn connected(port: u16) -> Outcome<Client> {
    let mut capabilities = Capabilities::new();
    let options = json!({ "binary": desktop::app()?, "args": [] });
    capabilities.insert("webkitgtk:browserOptions".to_owned(), options);
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    Ok(builder.connect(&format!("http://127.0.0.1:{port}")).await?)
}

/// How many programs said so far that nobody can drive them.
fn deaf(log: &Path) -> usize {
    let text = std::fs::read(log).unwrap_or_default();
    String::from_utf8_lossy(&text).matches(DEAF).count()
}

/// Waits until one more has said so.
async fn deafer(log: &Path, than: usize) {
    while deaf(log) <= than {
        sleep(LOOK).await;
    }
}
