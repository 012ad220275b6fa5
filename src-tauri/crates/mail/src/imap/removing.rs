//! Takes the test message away again, and nothing else: a message that somebody marked as deleted and has not removed
//! yet stays as it is.

use mailwright_domain::FolderRole;

use super::finding::{Hits, Looker, Place, set};
use crate::climb::{Passed, Step};
use crate::failure::Failure;

/// Where a message went.
enum Taken {
    Deleted,
    Trashed,
    /// Still there, for this reason.
    Left(&'static str),
}

const OTHERS_ARE_MARKED: &str = "other messages there are marked as deleted, and this server can only remove all of them at once";

/// Removes all of it. What cannot be removed is told and is no failure: the mailbox works all the same.
pub(super) async fn remove(
    looker: &mut Looker<'_>,
    hits: &[Hits],
    trash: Option<&Place>,
    subject: &str,
) -> Step<()> {
    let mut trashed = false;
    let mut left = Vec::new();
    let mut says = None;
    for hits in hits {
        let name = &hits.place.name;
        match take_away(looker, hits, trash).await {
            Ok(Taken::Deleted) => {}
            Ok(Taken::Trashed) => trashed = true,
            Ok(Taken::Left(why)) => left.push(format!("in “{name}”, because {why}")),
            Err(failure) => {
                left.push(format!(
                    "in “{name}” ({})",
                    failure.detail.trim_end_matches('.')
                ));
                says = failure.says;
            }
        }
    }
    let passed = match (left.as_slice(), trash) {
        ([], _) if hits.is_empty() => Passed::new((), "There was nothing to delete."),
        ([], Some(trash)) if trashed => {
            let name = &trash.name;
            Passed::new(
                (),
                format!(
                    "The message was moved to “{name}”, which the server empties by itself or you can."
                ),
            )
        }
        ([], _) => Passed::new((), "The message was deleted again."),
        (left, _) => {
            let detail = format!(
                "The test message is left {}. Delete it yourself: its subject is “{subject}”.",
                left.join(" and ")
            );
            Passed::new((), detail).proving_nothing()
        }
    };
    Ok(match says {
        Some(says) => passed.saying(says),
        None => passed,
    })
}

async fn take_away(
    looker: &mut Looker<'_>,
    hits: &Hits,
    trash: Option<&Place>,
) -> Result<Taken, Box<Failure>> {
    looker.open(&hits.place).await?;
    let offered = looker.imap.capabilities().await?;
    let has = |word: &str| offered.has(word) || offered.has("IMAP4REV2");
    let uids = set(&hits.uids);
    let trash = trash.filter(|_| has("MOVE"));
    // In Gmail a message that is deleted from a folder stays in “All Mail”.
    let is_gmail = offered.has("X-GM-EXT-1");
    if let Some(trash) = trash.filter(|_| is_gmail) {
        return move_to(looker, &uids, trash).await;
    }
    if has("UIDPLUS") {
        mark(looker, &uids).await?;
        looker
            .command(&format!("UID EXPUNGE {uids}"), NOT_REMOVED)
            .await?;
        return Ok(Taken::Deleted);
    }
    // EXPUNGE removes every message that is marked, whoever marked it (RFC 9051 section 6.4.3).
    let marked = looker.uids("UID SEARCH DELETED").await?;
    if marked.iter().all(|uid| hits.uids.contains(uid)) {
        mark(looker, &uids).await?;
        looker.command("EXPUNGE", NOT_REMOVED).await?;
        return Ok(Taken::Deleted);
    }
    match trash {
        Some(trash) => move_to(looker, &uids, trash).await,
        None => Ok(Taken::Left(OTHERS_ARE_MARKED)),
    }
}

const NOT_REMOVED: &str = "The server does not remove the message.";

async fn mark(looker: &mut Looker<'_>, uids: &str) -> Result<(), Box<Failure>> {
    let store = format!("UID STORE {uids} +FLAGS.SILENT (\\Deleted)");
    let refused = "The server does not let the message be deleted.";
    looker.command(&store, refused).await.map(|_| ())
}

/// MOVE (RFC 6851).
async fn move_to(
    looker: &mut Looker<'_>,
    uids: &str,
    trash: &Place,
) -> Result<Taken, Box<Failure>> {
    debug_assert_eq!(trash.role, FolderRole::Trash);
    let command = format!("UID MOVE {uids} {}", trash.raw());
    let refused = "The server does not move the message to the deleted ones.";
    looker.command(&command, refused).await?;
    Ok(Taken::Trashed)
}
