//! Ending the program with SIGKILL while it renews or signs in, and what that costs. Shared by a test, with few kills,
//! and by `cargo run -p mailwright-e2e --bin kills`, with many.

use std::process::Child;
use std::time::{Duration, Instant};

use mailwright_lab::{AuthorizationServer, BrowserAction, KeychainState, Lab, Options, Tenant};
use serde_json::{Value, json};

use crate::{Mailbox, Mailwright, add_mailbox, add_registration, sign_in};

/// How many undisturbed runs say how long one takes.
const UNDISTURBED: u32 = 5;
const ADDRESS: &str = "alice@lab.test";

/// How far the program had come when it was ended, and what that cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Before it asked the provider.
    pub before: usize,
    /// While the provider was asked.
    pub asking: usize,
    /// After the provider had answered.
    pub answered: usize,
    /// It was done already, so nothing was ended.
    pub done: usize,
    /// After this many of them somebody had to sign in. Each was shown as `stopped`, and one sign-in mended it.
    pub lost: usize,
}

impl Figures {
    /// How often the program was ended.
    pub fn kills(&self) -> usize {
        self.before + self.asking + self.answered
    }
}

/// A lab without mail servers in which alice is signed in, and in which every `token` has to renew.
///
/// # Panics
/// The lab does not start, or the sign-in does not succeed.
pub fn renewing_lab(tenant: Tenant) -> Lab {
    let options = Options::new()
        .authorization_server()
        .browser()
        .keychain(KeychainState::Unlocked);
    let lab = Lab::start(options).expect("the lab starts");
    let spent = json!({ "with": { "expires_in": 0 }, "count": 1_000_000 });
    provider(&lab).shape(&spent).expect("planned");
    let mailbox = Mailbox {
        address: ADDRESS.to_owned(),
        imap: "127.0.0.1:9:tls".to_owned(),
        smtp: "127.0.0.1:9:starttls".to_owned(),
    };
    let _ = add_registration(&lab, "Lab", tenant).exits(0);
    let _ = add_mailbox(&lab, &mailbox, "Lab", &[]).exits(0);
    mend(&lab);
    lab
}

/// Ends `mailwright token` at `kills` instants: half of them spread evenly over a whole run, half right after the
/// provider was asked or has answered.
///
/// # Panics
/// A loss does not end as `stopped`, or one sign-in does not mend it.
pub fn during_renewal(lab: &Lab, kills: usize) -> Figures {
    let begun = Instant::now();
    for _ in 0..UNDISTURBED {
        let _ = token(lab).exits(0);
    }
    let whole = begun.elapsed() / UNDISTURBED;
    let mut figures = Figures::default();
    let mut round = 0;
    while figures.kills() < kills {
        let before = Seen::of(lab);
        let child = Mailwright::new(lab)
            .command(&["token", ADDRESS])
            .spawn()
            .expect("the program starts");
        match round % 4 {
            0 => before.until(lab, |now, then| now.asked > then.asked),
            1 => before.until(lab, |now, then| now.answered > then.answered),
            _ => wait(part(whole, round, kills)),
        }
        figures.count(lab, before, end(child));
        if token(lab).code != 0 {
            figures.lost += 1;
            assert_eq!(shown(lab)["status"], "stopped", "a loss is said");
            mend(lab);
            let _ = token(lab).exits(0);
        }
        round += 1;
    }
    figures
}

/// Ends `mailwright sign-in` of somebody who is signed in already at `kills` instants, spread evenly from the printed
/// link to its end.
///
/// # Panics
/// The browser does not sign in, or a loss does not end as `stopped`.
pub async fn during_sign_in(lab: &Lab, kills: usize) -> Figures {
    let browser = lab.browser().await.expect("a browser");
    let (link, running) = Mailwright::new(lab).start_sign_in(&SIGN_IN);
    browser.open(&link).await.expect("the page opens");
    let alice = lab.user("alice").expect("alice");
    let filled = browser.sign_in(alice.address, &alice.password).await;
    filled.expect("the page takes the password");
    let _ = running.wait().exits(0);

    // From now on the page asks nothing: consent was given before, and now the session is there.
    let begun = Instant::now();
    for _ in 0..UNDISTURBED {
        let (link, running) = Mailwright::new(lab).start_sign_in(&SIGN_IN);
        browser.open(&link).await.expect("the page opens");
        let _ = running.wait().exits(0);
    }
    let whole = begun.elapsed() / UNDISTURBED;
    let mut figures = Figures::default();
    let mut round = 0;
    while figures.kills() < kills {
        let before = Seen::of(lab);
        let (link, running) = Mailwright::new(lab).start_sign_in(&SIGN_IN);
        let opening = browser.open(&link);
        let ending = async {
            tokio::time::sleep(part(whole, round, kills)).await;
            running.end()
        };
        // The browser may find that nobody listens any more.
        let (_, ended) = tokio::join!(opening, ending);
        figures.count(lab, before, ended);
        if token(lab).code != 0 {
            figures.lost += 1;
            assert_eq!(shown(lab)["status"], "stopped", "a loss is said");
            mend(lab);
        }
        round += 1;
    }
    figures
}

const SIGN_IN: [&str; 4] = ["sign-in", ADDRESS, "--print-link", "--timeout=60"];

/// What the provider has seen so far.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    asked: u64,
    answered: usize,
}

impl Seen {
    fn of(lab: &Lab) -> Self {
        let state = provider(lab).state().expect("state");
        Self {
            asked: state["token"].as_u64().expect("a number"),
            answered: state["answered"].as_array().map_or(0, Vec::len),
        }
    }

    fn until(self, lab: &Lab, reached: impl Fn(Self, Self) -> bool) {
        let waiting = Instant::now();
        while !reached(Self::of(lab), self) {
            assert!(waiting.elapsed() < LIMIT, "the provider was never asked");
        }
    }
}

/// Longer than any step takes.
const LIMIT: Duration = Duration::from_secs(60);

impl Figures {
    fn count(&mut self, lab: &Lab, before: Seen, ended: bool) {
        let after = Seen::of(lab);
        let place = if !ended {
            &mut self.done
        } else if after.answered > before.answered {
            &mut self.answered
        } else if after.asked > before.asked {
            &mut self.asking
        } else {
            &mut self.before
        };
        *place += 1;
    }
}

/// When, counted from the start, this round ends the program: the rounds go through a whole run evenly.
fn part(whole: Duration, round: usize, rounds: usize) -> Duration {
    let step = u32::try_from(round % rounds.max(1)).unwrap_or(0);
    whole * step / u32::try_from(rounds.max(1)).unwrap_or(1)
}

/// An instant is chosen here, nothing is waited for.
fn wait(time: Duration) {
    std::thread::sleep(time);
}

/// Whether it was still running.
fn end(mut child: Child) -> bool {
    let running = matches!(child.try_wait(), Ok(None));
    let _ = child.kill();
    let status = child.wait().expect("a child can be waited for");
    running && status.code().is_none()
}

fn token(lab: &Lab) -> crate::Said {
    Mailwright::new(lab).run(&["token", ADDRESS])
}

fn shown(lab: &Lab) -> Value {
    Mailwright::new(lab)
        .json(&["show", ADDRESS])
        .exits(0)
        .json()
}

fn mend(lab: &Lab) {
    let _ = sign_in(lab, ADDRESS, "alice", BrowserAction::Accept, &[]).exits(0);
}

fn provider(lab: &Lab) -> &AuthorizationServer {
    lab.authorization()
        .expect("the lab has an authorization server")
}
