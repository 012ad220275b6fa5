//! One lab: a folder, certificates, people, and whichever servers were asked for.
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, thread};

use crate::server::Server;
use crate::{
    AuthorizationServer, Browser, BrowserAction, BrowserPlan, Certificates, Dns, Folder, Keychain,
    KeychainState, LabError, MailServers, Options, User, random, users,
};

/// A running lab. Dropping it ends every process and removes every file.
#[derive(Debug)]
pub struct Lab {
    authorization: Option<AuthorizationServer>,
    mail: Option<MailServers>,
    dns: Option<Dns>,
    keychain: Option<Keychain>,
    browser_program: Option<PathBuf>,
    certificates: Certificates,
    users: Vec<User>,
    // Last, because it is removed when nobody writes to it any more.
    folder: Folder,
}

impl Lab {
    /// Starts the parts and waits until each of them answers. A free port can be taken by somebody else before its
    /// server gets to it, so a lab that does not start is tried again.
    pub fn start(options: Options) -> Result<Self, LabError> {
        const TRIES: u32 = 3;
        let mut result = Self::try_start(options);
        for _ in 1..TRIES {
            if result.is_ok() {
                break;
            }
            result = Self::try_start(options);
        }
        result
    }

    fn try_start(options: Options) -> Result<Self, LabError> {
        let folder = Folder::new()?;
        let users = users();
        let certificates = Certificates::issue(&folder)?;
        let keychain = match options.keychain {
            KeychainState::Missing => None,
            state => Some(Keychain::start(&folder, state)?),
        };
        let authorization = options
            .authorization
            .then(|| AuthorizationServer::start(&folder, &users))
            .transpose()?;
        let mail = options
            .mailboxes
            .then(|| {
                let tokens = authorization.as_ref();
                MailServers::start(&folder, &users, &certificates, tokens, options.postfix)
            })
            .transpose()?;
        let dns = options
            .dns
            .then(|| Dns::start(&folder, mail.as_ref()))
            .transpose()?;
        let browser_program = options.browser.then(browser_program).transpose()?;
        folder.make("home/mailwright", 0o700)?;
        for user in &users {
            let file = format!("home/password-{}", user.key);
            folder.write(file, &user.password, 0o600)?;
        }
        let lab = Self {
            authorization,
            mail,
            dns,
            keychain,
            browser_program,
            certificates,
            users,
            folder,
        };
        lab.plan_browser("alice@lab.test", BrowserAction::Accept)?;
        Ok(lab)
    }

    /// The lab's folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Certificates: the authority to trust, and server certificates for scripted servers.
    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// All people.
    pub fn users(&self) -> &[User] {
        &self.users
    }

    /// The person with this short name (`alice`, `bob`, `zoe`, `admin-approval`) or address.
    pub fn user(&self, name: &str) -> Result<&User, LabError> {
        self.users
            .iter()
            .find(|user| user.key == name || user.address == name)
            .ok_or_else(|| LabError::new(format!("nobody in the lab is called {name}")))
    }

    /// The authorization server; an error if it was not asked for.
    pub fn authorization(&self) -> Result<&AuthorizationServer, LabError> {
        part(self.authorization.as_ref(), "authorization server")
    }

    /// The mail servers; an error if they were not asked for.
    pub fn mail(&self) -> Result<&MailServers, LabError> {
        part(self.mail.as_ref(), "mail")
    }

    /// The name server; an error if it was not asked for.
    pub fn dns(&self) -> Result<&Dns, LabError> {
        part(self.dns.as_ref(), "name server")
    }

    /// The keychain; an error if it was not asked for.
    pub fn keychain(&self) -> Result<&Keychain, LabError> {
        part(self.keychain.as_ref(), "keychain")
    }

    /// Starts a browser that a test drives itself.
    pub async fn browser(&self) -> Result<Browser, LabError> {
        Browser::start(&self.folder).await
    }

    /// Says what the program behind `MAILWRIGHT_BROWSER` does from now on.
    pub fn plan_browser(&self, who: &str, action: BrowserAction) -> Result<(), LabError> {
        self.plan_browser_in_detail(&self.usual_plan(who, action)?)
    }

    /// The same for a person who leaves the tab open, and acts when [`Lab::go_on_in_browser`] says this word.
    pub fn plan_browser_for_later(
        &self,
        who: &str,
        action: BrowserAction,
        word: &str,
    ) -> Result<(), LabError> {
        self.plan_browser_in_detail(&BrowserPlan {
            wait_for: Some(self.word_file(word)),
            ..self.usual_plan(who, action)?
        })
    }

    /// Lets the person go on in every tab that waits for this word.
    pub fn go_on_in_browser(&self, word: &str) -> Result<(), LabError> {
        Ok(fs::write(self.word_file(word), "")?)
    }

    fn usual_plan(&self, who: &str, action: BrowserAction) -> Result<BrowserPlan, LabError> {
        let user = self.user(who)?;
        Ok(BrowserPlan {
            email: Some(user.address.to_owned()),
            password_file: Some(self.folder.join(format!("home/password-{}", user.key))),
            action,
            wait_for: None,
            opening_file: Some(self.opening_file()),
            heading_file: Some(self.heading_file()),
            screenshot: None,
        })
    }

    /// The same, with everything that can be said.
    pub fn plan_browser_in_detail(&self, plan: &BrowserPlan) -> Result<(), LabError> {
        let plan = serde_json::to_string(plan)?;
        self.folder.write("home/browser-plan.json", &plan, 0o600)?;
        Ok(())
    }

    /// Gives a person another password at the authorization server, as a reset does: all their grants end, and
    /// browsers type the new one from now on. The mail servers' own password stays.
    pub fn change_password(&self, who: &str) -> Result<u64, LabError> {
        let user = self.user(who)?;
        let password = format!("pw-{}-canary-{}", user.key, random::word());
        let file = format!("home/password-{}", user.key);
        self.folder.write(file, &password, 0o600)?;
        self.authorization()?.set_password(user.address, &password)
    }

    /// The headings of the end pages that `MAILWRIGHT_BROWSER` has seen, oldest first.
    pub fn browser_headings(&self) -> Vec<String> {
        let text = fs::read_to_string(self.heading_file()).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// How many pages `MAILWRIGHT_BROWSER` has opened.
    pub fn browser_openings(&self) -> usize {
        let text = fs::read_to_string(self.opening_file()).unwrap_or_default();
        text.lines().count()
    }

    fn heading_file(&self) -> PathBuf {
        self.folder.join("home/browser-headings")
    }

    fn opening_file(&self) -> PathBuf {
        self.folder.join("home/browser-openings")
    }

    fn word_file(&self, word: &str) -> PathBuf {
        self.folder.join(format!("home/browser-word-{word}"))
    }

    /// The data folder that `MAILWRIGHT_HOME` names.
    pub fn mailwright_home(&self) -> PathBuf {
        self.folder.join("home/mailwright")
    }

    /// The environment for the `mailwright` program. It keeps every file in the lab's folder, and it never leads
    /// to the keychain or the browser of whoever runs the tests.
    pub fn env(&self) -> Vec<(String, String)> {
        let text = |path: PathBuf| path.display().to_string();
        let home = self.folder.join("home");
        let bus = self.keychain.as_ref().map_or_else(
            || format!("unix:path={}", text(self.folder.join("no-bus"))),
            |keychain| keychain.bus_address().to_owned(),
        );
        let authority = self.certificates.authority().to_owned();
        let mut env = vec![
            ("HOME".to_owned(), text(home.clone())),
            ("XDG_CONFIG_HOME".to_owned(), text(home.join("config"))),
            ("XDG_DATA_HOME".to_owned(), text(home.join("data"))),
            ("XDG_CACHE_HOME".to_owned(), text(home.join("cache"))),
            ("XDG_STATE_HOME".to_owned(), text(home.join("state"))),
            ("XDG_RUNTIME_DIR".to_owned(), text(self.folder.join("tmp"))),
            ("TMPDIR".to_owned(), text(self.folder.join("tmp"))),
            ("DBUS_SESSION_BUS_ADDRESS".to_owned(), bus),
            ("MAILWRIGHT_HOME".to_owned(), text(self.mailwright_home())),
            ("MAILWRIGHT_CA_FILE".to_owned(), text(authority)),
        ];
        // Where nobody plays Microsoft, nobody answers: the real one is never asked.
        let microsoft = match &self.authorization {
            Some(server) => server.base().to_owned(),
            None => "http://127.0.0.1:1".to_owned(),
        };
        env.push(("MAILWRIGHT_MICROSOFT".to_owned(), microsoft));
        // Nor is the database of providers that mail programs share; a test that wants one plays it.
        env.push((
            "MAILWRIGHT_ISPDB".to_owned(),
            "http://127.0.0.1:1".to_owned(),
        ));
        if let Some(dns) = &self.dns {
            env.push(("MAILWRIGHT_DNS".to_owned(), dns.address().to_string()));
        }
        if let Some(program) = &self.browser_program {
            let plan = self.folder.join("home/browser-plan.json");
            env.push(("MAILWRIGHT_BROWSER".to_owned(), text(program.clone())));
            env.push(("LAB_BROWSER_PLAN".to_owned(), text(plan)));
        }
        env
    }

    /// A command with `env()`, and without a display: a keychain that wants to ask must not wait for a window.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.envs(self.env());
        for name in [
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
        ] {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        command
    }

    fn servers(&mut self) -> impl Iterator<Item = &mut Server> {
        let authorization = self.authorization.iter_mut().map(|part| &mut part.server);
        let mail = self.mail.iter_mut().flat_map(|part| &mut part.servers);
        let dns = self.dns.iter_mut().map(|part| &mut part.server);
        let keychain = self.keychain.iter_mut().flat_map(|part| &mut part.servers);
        authorization.chain(mail).chain(dns).chain(keychain)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if thread::panicking() {
            // Straight to the stream: a failing print must not panic while panicking.
            let _ = write!(std::io::stderr(), "{}", self.folder.logs());
        }
        // All at once, so that the slowest decides how long it takes.
        self.servers().for_each(Server::release);
    }
}

fn part<'a, T>(found: Option<&'a T>, name: &str) -> Result<&'a T, LabError> {
    found.ok_or_else(|| LabError::new(format!("this lab was started without: {name}")))
}

/// The `lab-browser` program, which cargo puts beside the test's own folder; built if nobody has yet.
fn browser_program() -> Result<PathBuf, LabError> {
    if let Some(given) = env::var_os("LAB_BROWSER_PROGRAM") {
        return Ok(given.into());
    }
    let own = env::current_exe()?;
    let folder = own
        .ancestors()
        .skip(1)
        .find(|folder| !folder.ends_with("deps"));
    let program = folder.unwrap_or(Path::new(".")).join("lab-browser");
    if program.is_file() {
        return Ok(program);
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--package",
            "mailwright-lab",
            "--bin",
            "lab-browser",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()?;
    if built.success() && program.is_file() {
        Ok(program)
    } else {
        Err(LabError::new(
            "no lab-browser: run `cargo build -p mailwright-lab --bins`",
        ))
    }
}
