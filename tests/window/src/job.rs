//! The main job: from the list of mailboxes to a mailbox that is proven working.

use std::time::Instant;

use mailwright_e2e::{Mailbox, add_mailbox, add_registration};
use mailwright_lab::{BrowserAction, Lab, Tenant};

use crate::{Counts, Outcome, Window};

/// The registration's name.
pub const REGISTRATION: &str = "Lab";

/// What is there before the job begins: an app registration, and one mailbox of the same domain, so that the servers
/// are known. Both are made on the command line.
pub fn at_hand(lab: &Lab) -> Outcome<()> {
    for said in [
        add_registration(lab, REGISTRATION, Tenant::Contoso),
        add_mailbox(lab, &Mailbox::of(lab, "bob"), REGISTRATION, &[]),
    ] {
        if said.code != 0 {
            return Err(format!("{}\n{}{}", said.typed, said.out, said.err).into());
        }
    }
    Ok(())
}

/// How a person goes through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Clicking.
    Mouse,
    /// Without touching the mouse.
    Keyboard,
}

/// One step that was done.
#[derive(Clone, Debug)]
pub struct Told {
    /// What was done, in a few words.
    pub what: &'static str,
    /// A name for its picture.
    pub name: &'static str,
    /// What all steps so far cost.
    pub counts: Counts,
}

/// Does it, for somebody of the lab who signs in without hesitation; `told` hears of each step while it is shown.
/// Answers what it cost, without what `told` did.
pub async fn main_job(
    window: &Window,
    lab: &Lab,
    who: &str,
    by: By,
    mut told: impl AsyncFnMut(&Window, Told) -> Outcome<()>,
) -> Outcome<Counts> {
    lab.plan_browser(who, BrowserAction::Accept)?;
    let address = lab.user(who)?.address;
    let job = Job { window, by };
    window.page("mailboxes").await?;
    let mut meter = Meter::start(window, lab).await?;
    let mut tell = async |what, name| {
        meter.stop().await?;
        let counts = window.counts();
        told(window, Told { what, name, counts }).await?;
        meter.go_on();
        Outcome::Ok(())
    };

    job.add().await?;
    job.type_address(address).await?;
    tell("The address is typed", "address").await?;
    job.go_on("Continue").await?;
    window.step("confirm").await?;
    tell("What was found is shown", "confirm").await?;
    job.go_on("Continue").await?;
    window.state("sign-in", "before").await?;
    tell("Before the browser opens", "sign-in").await?;
    job.go_on("Open sign-in page").await?;
    window.state("checks", "passed").await?;
    tell("Signed in, and every check passed", "checks").await?;
    job.go_on("Continue").await?;
    window.step("folders").await?;
    window.shows("[data-role='inbox']").await?;
    tell("Folders and what they are used for", "folders").await?;
    job.go_on("Continue").await?;
    window.step("done").await?;
    tell("Done", "done").await?;
    job.go_on("Finish").await?;
    window.status(address, "working").await?;
    tell("The list says that it works", "mailboxes").await?;
    Ok(window.counts())
}

struct Job<'a> {
    window: &'a Window,
    by: By,
}

impl Job<'_> {
    async fn add(&self) -> Outcome<()> {
        match self.by {
            By::Mouse => self.window.add_mailbox().await,
            By::Keyboard => {
                self.window.press("Control+n").await?;
                self.window.step("address").await
            }
        }
    }

    async fn type_address(&self, address: &str) -> Outcome<()> {
        match self.by {
            By::Mouse => self.window.fill("E-mail address", address).await,
            By::Keyboard => {
                self.window.tab_to("textbox E-mail address").await?;
                self.window.type_text(address).await
            }
        }
    }

    /// The one primary button of a step, or the key that stands for it.
    async fn go_on(&self, primary: &str) -> Outcome<()> {
        match self.by {
            By::Mouse => self.window.button(primary).await,
            By::Keyboard => {
                self.window.find("button", primary).await?;
                self.window.press("Enter").await
            }
        }
    }
}

/// Measures what a person and the machine do, and nothing else.
struct Meter<'a> {
    window: &'a Window,
    lab: &'a Lab,
    openings: usize,
    returns: usize,
    since: Instant,
}

impl<'a> Meter<'a> {
    async fn start(window: &'a Window, lab: &'a Lab) -> Outcome<Self> {
        window.counts.take();
        Ok(Self {
            window,
            lab,
            openings: lab.browser_openings(),
            returns: returns(window).await?,
            since: Instant::now(),
        })
    }

    async fn stop(&mut self) -> Outcome<()> {
        let passed = self.since.elapsed();
        let openings = self.lab.browser_openings() - self.openings;
        let returns = returns(self.window).await? - self.returns;
        let mut counts = self.window.counts.borrow_mut();
        counts.machine += passed;
        counts.switches = u32::try_from(openings + returns)?;
        Ok(())
    }

    fn go_on(&mut self) {
        self.since = Instant::now();
    }
}

/// How often somebody came back from the browser.
async fn returns(window: &Window) -> Outcome<usize> {
    let messages = window.messages().await?;
    let back = |message: &&crate::Message| {
        message.to == "callback" && message.answer.contains("\"came-back\"")
    };
    Ok(messages.iter().filter(back).count())
}
