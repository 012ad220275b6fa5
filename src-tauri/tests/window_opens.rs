//! Starts the built program in a display of its own and looks at the real window over WebDriver.
//!
//! ```text
//! npm --prefix ui run build
//! cargo test -p mailwright-app --features custom-protocol --test window_opens
//! ```
//!
//! `MAILWRIGHT_APP` names another build to look at, by its whole path. Pictures go to the folder in
//! `MAILWRIGHT_SCREENS`, or else to the build's temporary folder. Needs Xvfb, dbus-daemon and `WebKitWebDriver`:
//! without them it is skipped on a person's computer and fails where `CI` is set.
#![cfg(target_os = "linux")]

use std::error::Error;
use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// For one step of starting up or of the page.
const STEP: Duration = Duration::from_secs(20);
/// For all of it; whatever still runs then is ended.
const WHOLE_TEST: Duration = Duration::from_secs(120);

const PROGRAMS: [&str; 3] = ["Xvfb", "dbus-daemon", "WebKitWebDriver"];

#[tokio::test]
async fn the_window_opens_and_shows_the_empty_home() -> Outcome<()> {
    let missing: Vec<&str> = PROGRAMS
        .into_iter()
        .filter(|program| !is_installed(program))
        .collect();
    if !missing.is_empty() {
        let message = format!("{} not installed", missing.join(", "));
        assert!(std::env::var_os("CI").is_none(), "{message}");
        eprintln!("skipped: {message}");
        return Ok(());
    }

    let app = std::env::var_os("MAILWRIGHT_APP").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_mailwright-app")),
        PathBuf::from,
    );
    assert!(
        app.is_absolute() && app.is_file(),
        "MAILWRIGHT_APP: no program at {}",
        app.display()
    );
    timeout(WHOLE_TEST, async {
        let desktop = Desktop::start().await?;
        let window = desktop.open(&app).await?;
        let seen = async {
            shows_the_empty_home(&window).await?;
            talks_to_the_host_and_to_nobody_else(&window).await?;
            a_second_start_ends_and_leaves_the_window(&desktop, &app, &window).await?;
            take_pictures(&window).await
        }
        .await;
        // Also after a failure: a driver that ends before its session leaves the program running.
        let closed = timeout(STEP, window.close()).await;
        seen?;
        Ok(closed??)
    })
    .await?
}

async fn shows_the_empty_home(window: &Client) -> Outcome<()> {
    assert_eq!(text(window, "h1").await?, "Mailboxes");
    assert_eq!(text(window, "h2").await?, "Start on the command line");
    let version = format!("Version {}", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        text(window, "footer span").await?,
        version,
        "the version comes from the host"
    );

    let style = "return getComputedStyle(document.querySelector('.window')).gridTemplateColumns";
    let columns = window.execute(style, vec![]).await?;
    let columns = columns.as_str().ok_or("the window has no columns")?;
    assert!(
        columns.starts_with("216px "),
        "style sheets apply: {columns}"
    );
    Ok(())
}

async fn talks_to_the_host_and_to_nobody_else(window: &Client) -> Outcome<()> {
    // Tauri answers a refused call by going another way from then on, so the call's own route is looked at.
    let script = r"
        const done = arguments[arguments.length - 1];
        const refused = [], fetched = [];
        addEventListener('securitypolicyviolation', (event) => refused.push(event.blockedURI));
        const original = window.fetch;
        window.fetch = (...call) => { fetched.push(String(call[0])); return original(...call); };
        (async () => {
            await window.__TAURI_INTERNALS__.invoke('app_info');
            const inside = refused.length;
            const elsewhere = await original('https://example.invalid/').then(() => 'open', () => 'refused');
            const others = await window.__TAURI_INTERNALS__.invoke('plugin:app|version').then(() => 'open', () => 'refused');
            await new Promise((next) => setTimeout(next));
            done({ fetched, inside, elsewhere, refused, others, global: '__TAURI__' in window });
        })().catch((error) => done({ error: String(error) })).finally(() => { window.fetch = original; });";
    let seen = timeout(STEP, window.execute_async(script, vec![])).await??;
    assert_eq!(seen["error"], Value::Null);
    assert_eq!(
        seen["inside"], 0,
        "the policy lets calls to the host through: {seen}"
    );
    let first = seen["fetched"][0].as_str().unwrap_or_default();
    assert!(
        first.starts_with("ipc://"),
        "calls go by Tauri's protocol, not its fallback: {seen}"
    );
    assert_eq!(seen["elsewhere"], "refused", "{seen}");
    assert_eq!(
        seen["refused"][0], "https://example.invalid/",
        "by the content security policy: {seen}"
    );
    assert_eq!(
        seen["others"], "refused",
        "commands outside capabilities/main.toml: {seen}"
    );
    assert_eq!(seen["global"], false, "{seen}");
    Ok(())
}

async fn a_second_start_ends_and_leaves_the_window(
    desktop: &Desktop,
    app: &Path,
    window: &Client,
) -> Outcome<()> {
    let mut second = Running::start(command(app, &desktop.environment))?;
    let status = timeout(STEP, second.child.wait())
        .await
        .map_err(|_| "the second start kept running")??;
    assert!(status.success(), "the second start says {status}");
    assert_eq!(text(window, "h1").await?, "Mailboxes");
    Ok(())
}

async fn take_pictures(window: &Client) -> Outcome<()> {
    let folder = std::env::var_os("MAILWRIGHT_SCREENS")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    for (theme, page) in [("light", "rgb(255, 255, 255)"), ("dark", "rgb(30, 32, 35)")] {
        // The picture is of what was painted last: wait for the frame, its transitions, and the frame after.
        let script = r"
            const [theme, done] = arguments;
            const frame = () => new Promise(requestAnimationFrame);
            document.documentElement.dataset.theme = theme;
            frame()
                .then(() => Promise.all(document.getAnimations().map((one) => one.finished)))
                .then(frame).then(frame)
                .then(() => done(getComputedStyle(document.querySelector('main')).backgroundColor));";
        let colour = timeout(STEP, window.execute_async(script, vec![json!(theme)])).await??;
        assert_eq!(colour, page, "the page in the {theme} theme");
        let picture = folder.join(format!("first-window-{theme}.png"));
        std::fs::write(&picture, window.screenshot().await?)?;
    }
    Ok(())
}

/// The text of the first element that `selector` finds, once there is one.
async fn text(window: &Client, selector: &str) -> Outcome<String> {
    let element = window
        .wait()
        .at_most(STEP)
        .for_element(Locator::Css(selector))
        .await?;
    Ok(element.text().await?)
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

type Environment = Vec<(&'static str, String)>;

/// A program that sees the desktop of `environment` and nothing of the person's own.
fn command(program: impl AsRef<OsStr>, environment: &Environment) -> Command {
    let mut command = Command::new(program);
    command
        .envs(environment.iter().cloned())
        .env_remove("WAYLAND_DISPLAY");
    command
}

/// A driver on a display and a session bus, in a home of their own. Ended in this order.
struct Desktop {
    _driver: Running,
    port: u16,
    _bus: Running,
    _display: Running,
    environment: Environment,
    _home: TempDir,
}

impl Desktop {
    async fn start() -> Outcome<Self> {
        let home = tempfile::tempdir()?;
        let folder = |name: &str| -> Outcome<String> {
            let folder = home.path().join(name);
            DirBuilder::new().mode(0o700).create(&folder)?;
            Ok(folder.display().to_string())
        };
        let mut environment = vec![
            ("HOME", folder("home")?),
            ("XDG_RUNTIME_DIR", folder("run")?),
            ("XDG_DATA_HOME", folder("data")?),
            ("XDG_CONFIG_HOME", folder("config")?),
            ("XDG_CACHE_HOME", folder("cache")?),
            ("GDK_BACKEND", "x11".to_owned()),
            ("TAURI_WEBVIEW_AUTOMATION", "true".to_owned()),
        ];

        // The display and the bus choose where they listen, and tell.
        let mut xvfb = command("Xvfb", &environment);
        xvfb.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x800x24",
            "-nolisten",
            "tcp",
        ]);
        let mut display = Running::start(xvfb)?;
        environment.push(("DISPLAY", format!(":{}", display.first_line().await?)));

        let mut dbus = command("dbus-daemon", &environment);
        dbus.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        let mut bus = Running::start(dbus)?;
        environment.push(("DBUS_SESSION_BUS_ADDRESS", bus.first_line().await?));

        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let mut webdriver = command("WebKitWebDriver", &environment);
        webdriver
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1");
        let driver = Running::start(webdriver)?;
        let until = Instant::now() + STEP;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .is_err()
        {
            if Instant::now() > until {
                return Err("WebKitWebDriver does not listen".into());
            }
            sleep(Duration::from_millis(20)).await;
        }

        Ok(Self {
            _driver: driver,
            port,
            _bus: bus,
            _display: display,
            environment,
            _home: home,
        })
    }

    /// Starts the program and returns its window.
    async fn open(&self, app: &Path) -> Outcome<Client> {
        let options = json!({ "webkitgtk:browserOptions": { "binary": app, "args": [] } });
        let Value::Object(capabilities) = options else {
            return Err("not an object".into());
        };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{}", self.port);
        let window = timeout(STEP, builder.connect(&address))
            .await
            .map_err(|_| "no window in time")?;
        Ok(window?)
    }
}

/// A program with all it starts, ended with this value. Its own process group, so that a driver takes along the
/// window it opened.
struct Running {
    child: Child,
    group: Option<u32>,
}

impl Running {
    fn start(mut command: Command) -> Outcome<Self> {
        let name = command.as_std().get_program().display().to_string();
        command
            .process_group(0)
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let child = command
            .spawn()
            .map_err(|error| format!("{name}: {error}"))?;
        let group = child.id();
        Ok(Self { child, group })
    }

    async fn first_line(&mut self) -> Outcome<String> {
        let output = self.child.stdout.as_mut().ok_or("its output is not kept")?;
        let mut line = String::new();
        timeout(STEP, BufReader::new(output).read_line(&mut line)).await??;
        match line.trim() {
            "" => Err("ended before it said where it listens".into()),
            line => Ok(line.to_owned()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // Nothing to do about a failure: the group has then already ended.
            let _ = std::process::Command::new("kill")
                .args(["-KILL", "--", &format!("-{group}")])
                .stderr(Stdio::null())
                .status();
        }
    }
}
