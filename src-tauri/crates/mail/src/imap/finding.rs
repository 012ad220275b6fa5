//! Looks for the test message. Our own driver does it and not a library for mailboxes: the same limits on time, lines
//! and bytes hold as in the ladder, every tagged answer is read, and the session that was proven goes on.

use std::time::Duration;

use mailwright_domain::{CheckId, Fault, Folder, FolderRole, Proof};

use super::folders::quoted;
use super::found::Fetched;
use super::removing;
use super::response::Untagged;
use super::session::Imap;
use crate::assign_roles;
use crate::climb::{Climb, Halt, Passed, Step};
use crate::errand::Looks;
use crate::failure::Failure;
use crate::message::{TEST_HEADER, TestMessage};
use crate::open::Context;
use crate::{Findings, Patience, Sent};

/// A message that was sent and is looked for.
pub(super) struct Search<'a, 'b> {
    pub(super) context: &'a Context<'b>,
    pub(super) message: &'a TestMessage,
    pub(super) sent: Sent,
    pub(super) patience: Patience,
}

/// A folder as it is spoken of, to people and to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) name: String,
    /// As a quoted string.
    raw: String,
    pub(super) role: FolderRole,
}

/// Messages of the test in one folder, by their UIDs.
pub(super) struct Hits {
    pub(super) place: Place,
    pub(super) uids: Vec<u32>,
}

/// A session that knows which folder is open.
pub(super) struct Looker<'a> {
    pub(super) imap: &'a mut Imap,
    open: FolderRole,
    limit: Duration,
}

impl Search<'_, '_> {
    /// Looks until it is there or patience ends, then takes it away.
    pub(super) async fn run(
        &self,
        climb: &mut Climb<'_>,
        imap: &mut Imap,
        found: &mut Findings,
    ) -> Result<(), Halt> {
        let mut looker = Looker {
            imap,
            open: FolderRole::Inbox,
            limit: self.context.target.timeout,
        };
        let [junk, sent, trash] = [FolderRole::Junk, FolderRole::Sent, FolderRole::Trash]
            .map(|role| place(&found.folders, role));
        let looking = self.arrived(&mut looker, junk);
        let (mut hits, all) = climb.step(CheckId::Arrived, looking).await?;
        if all {
            found.proof = Some(Proof::Arrived);
        }
        let subject = self.message.subject();
        let removing = async {
            if let Some(sent) = sent {
                // Some servers keep a copy of what goes out. One that cannot be looked for is no reason to fail.
                let copies = looker.look(&sent, self.message).await.unwrap_or_default();
                if !copies.is_empty() {
                    hits.push(Hits {
                        place: sent,
                        uids: copies,
                    });
                }
            }
            removing::remove(&mut looker, &hits, trash.as_ref(), &subject).await
        };
        climb.step(CheckId::Remove, removing).await
    }

    /// What was found, and whether that is all.
    async fn arrived(
        &self,
        looker: &mut Looker<'_>,
        junk: Option<Place>,
    ) -> Step<(Vec<Hits>, bool)> {
        let wanted = self.sent.accepted.max(1);
        let mut looks = Looks::new(self.patience);
        let mut hits = Vec::new();
        let inbox = inbox();
        loop {
            hits.clear();
            let mut count = 0;
            for place in [&inbox].into_iter().chain(&junk) {
                let uids = match looker.look(place, self.message).await {
                    // A folder that cannot be searched is not where the message was to arrive.
                    Err(failure) if place.role != FolderRole::Inbox && failure.fault.is_none() => {
                        Vec::new()
                    }
                    looked => looked?,
                };
                count += uids.len();
                if !uids.is_empty() {
                    let place = place.clone();
                    hits.push(Hits { place, uids });
                }
                if count >= wanted {
                    break;
                }
            }
            if count >= wanted {
                let detail = self.where_it_is(&hits, looks.took());
                return Ok(Passed::new((hits, true), detail));
            }
            if !looks.again().await {
                return self.given_up(hits, count, looks.took());
            }
        }
    }

    fn where_it_is(&self, hits: &[Hits], took: Duration) -> String {
        let seconds = took.as_secs_f64();
        let what = match self.sent.accepted {
            0 | 1 => "The message".to_owned(),
            many => format!("All {many} messages"),
        };
        let junk = hits.iter().find(|h| h.place.role == FolderRole::Junk);
        match junk {
            None => format!("{what} arrived in the Inbox; found {seconds:.1} s after sending."),
            Some(junk) => format!(
                "{what} arrived, but in the folder “{}”; found {seconds:.1} s after sending. Others may get mail from this address there too.",
                junk.place.name
            ),
        }
    }

    fn given_up(&self, hits: Vec<Hits>, count: usize, took: Duration) -> Step<(Vec<Hits>, bool)> {
        let seconds = took.as_secs();
        let subject = self.message.subject();
        if self.sent.accepted == 0 {
            let detail = format!(
                "The connection broke while the message was handed over, and within {seconds} s nothing arrived. If it comes later, delete it: its subject is “{subject}”."
            );
            return Ok(Passed::new((hits, false), detail).proving_nothing());
        }
        if count > 0 {
            let detail = format!(
                "{count} of {} messages arrived within {seconds} s. If more come later, delete them: their subject is “{subject}”.",
                self.sent.accepted
            );
            return Ok(Passed::new((hits, false), detail).proving_nothing());
        }
        let detail = format!(
            "The message was accepted, and within {seconds} s it came neither to the Inbox nor to Junk. If it comes later, delete it: its subject is “{subject}”."
        );
        Err(Failure::new(Fault::NotArrived, detail))
    }
}

impl Looker<'_> {
    /// The UIDs of the test's messages in a folder, which is open afterwards. Only messages whose own header field says
    /// so count: a server whose SEARCH finds too much must not cost anybody a message.
    pub(super) async fn look(
        &mut self,
        place: &Place,
        message: &TestMessage,
    ) -> Result<Vec<u32>, Box<Failure>> {
        self.open(place).await?;
        let token = message.token();
        // Not every server indexes every field; the first that does is enough.
        let search = format!(
            "UID SEARCH OR OR HEADER {TEST_HEADER} {token} HEADER Message-ID {token} SUBJECT {token}"
        );
        let candidates = self.uids(&search).await?;
        if candidates.is_empty() {
            return Ok(candidates);
        }
        let fetch = format!(
            "UID FETCH {} (UID BODY.PEEK[HEADER.FIELDS ({TEST_HEADER})])",
            set(&candidates)
        );
        let mut ours = Vec::new();
        self.begin();
        let done = self
            .imap
            .command_with(&fetch, |data| {
                if let Untagged::Fetched(Fetched { uid, header }) = data
                    && let (Some(uid), Some(header)) = (uid, header)
                    && candidates.contains(&uid)
                    && String::from_utf8_lossy(&header).contains(token)
                    && !ours.contains(&uid)
                {
                    ours.push(uid);
                }
            })
            .await?;
        done.or_refused("The server does not show the message that it found.")?;
        Ok(ours)
    }

    /// The UIDs that a search gives.
    pub(super) async fn uids(&mut self, search: &str) -> Result<Vec<u32>, Box<Failure>> {
        let mut uids = Vec::new();
        self.begin();
        let done = self
            .imap
            .command_with(search, |data| {
                if let Untagged::Found(more) = data {
                    uids = more;
                }
            })
            .await?;
        done.or_refused("The server does not search its messages.")?;
        Ok(uids)
    }

    /// A command whose data does not matter.
    pub(super) async fn command(&mut self, text: &str, or: &str) -> Result<String, Box<Failure>> {
        self.begin();
        self.imap.command(text).await?.or_refused(or)
    }

    /// Opens a folder; one that is open already learns what is new (RFC 9051 section 6.1.2).
    pub(super) async fn open(&mut self, place: &Place) -> Result<(), Box<Failure>> {
        let command = if self.open == place.role {
            "NOOP".to_owned()
        } else {
            format!("SELECT {}", place.raw)
        };
        let name = &place.name;
        self.command(&command, &format!("The folder “{name}” does not open."))
            .await?;
        self.open = place.role;
        Ok(())
    }

    fn begin(&mut self) {
        self.imap.driver.begin(self.limit);
    }
}

/// UIDs as a set (RFC 9051 section 9, sequence-set).
pub(super) fn set(uids: &[u32]) -> String {
    let texts: Vec<String> = uids.iter().map(u32::to_string).collect();
    texts.join(",")
}

impl Place {
    /// The folder as it stands in a command.
    pub(super) fn raw(&self) -> &str {
        &self.raw
    }
}

fn inbox() -> Place {
    Place {
        name: "Inbox".to_owned(),
        raw: "INBOX".to_owned(),
        role: FolderRole::Inbox,
    }
}

/// The folder of a role, where there is one whose name can be sent.
fn place(folders: &[Folder], role: FolderRole) -> Option<Place> {
    let roles = assign_roles(folders);
    let raw = roles.get(&role)?;
    let folder = folders.iter().find(|folder| folder.raw == *raw)?;
    Some(Place {
        name: folder.name.clone(),
        raw: quoted(raw)?,
        role,
    })
}
