use mailwright_domain::{FolderRole, MailboxId, RoleChoice};
use rusqlite::{Row, Transaction, named_params};
use serde_json::{Value, json};

use crate::cells::{text_or_none, word};
use crate::change::{NewChange, record};
use crate::error::Doing;
use crate::{Store, StoreError, mailbox};

pub(crate) const TABLE: &str = "
CREATE TABLE folder_role (
    mailbox TEXT NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('automatic', 'chosen', 'none')),
    -- Raw name of the chosen folder; empty for the other two modes.
    chosen TEXT NOT NULL,
    -- Raw name of the folder that was found for it last; empty if none was.
    resolved TEXT NOT NULL,
    PRIMARY KEY (mailbox, role)
) STRICT;
";

const SAVING: &str = "saving a folder role";

/// How a role of a mailbox gets its folder, and which one it was last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderSetting {
    /// The role.
    pub role: FolderRole,
    /// How it gets its folder.
    pub choice: RoleChoice,
    /// Raw name of the folder that was found for it last; none if none was, or nobody looked since the choice.
    pub resolved: Option<String>,
}

/// The methods of folder roles.
#[derive(Clone, Copy, Debug)]
pub struct FolderRoles<'a>(pub(crate) &'a Store);

impl FolderRoles<'_> {
    /// All six roles of a mailbox in the order in which they are shown; [`RoleChoice::Automatic`] where nobody chose.
    ///
    /// # Errors
    /// What SQLite says. For a mailbox that is not there: all automatic.
    pub fn get(self, mailbox: MailboxId) -> Result<Vec<FolderSetting>, StoreError> {
        self.0.read("reading the folder roles", |transaction| {
            list(transaction, mailbox)
        })
    }

    /// Chooses how a role gets its folder; what was found for it is forgotten if that changes the choice.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such mailbox.
    pub fn set(
        self,
        mailbox: MailboxId,
        role: FolderRole,
        choice: &RoleChoice,
    ) -> Result<(), StoreError> {
        self.change(mailbox, role, "folder-role-chosen", |setting| {
            if setting.choice != *choice {
                setting.choice = choice.clone();
                setting.resolved = None;
            }
        })
    }

    /// Keeps the raw name of the folder that was found for a role; none if none was.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such mailbox.
    pub fn set_resolved(
        self,
        mailbox: MailboxId,
        role: FolderRole,
        raw: Option<&str>,
    ) -> Result<(), StoreError> {
        self.change(mailbox, role, "folder-role-found", |setting| {
            setting.resolved = raw.map(str::to_owned);
        })
    }

    fn change(
        self,
        mailbox: MailboxId,
        role: FolderRole,
        what: &str,
        edit: impl FnOnce(&mut FolderSetting),
    ) -> Result<(), StoreError> {
        self.0.write(SAVING, |transaction| {
            let address = mailbox::expect(transaction, mailbox)?.address;
            let settings = list(transaction, mailbox).doing(SAVING)?;
            let before = settings
                .into_iter()
                .find(|setting| setting.role == role)
                .unwrap_or_else(|| automatic(role));
            let mut after = before.clone();
            edit(&mut after);
            save(transaction, mailbox, &after).doing(SAVING)?;
            let change = NewChange::new(what, mailbox.0, address.to_string());
            record(
                transaction,
                &change.before(describe(&before)).after(describe(&after)),
            )
        })
    }
}

fn automatic(role: FolderRole) -> FolderSetting {
    FolderSetting {
        role,
        choice: RoleChoice::Automatic,
        resolved: None,
    }
}

fn list(transaction: &Transaction<'_>, mailbox: MailboxId) -> rusqlite::Result<Vec<FolderSetting>> {
    let stored = transaction
        .prepare_cached(
            "SELECT role, mode, chosen, resolved FROM folder_role WHERE mailbox = :mailbox",
        )?
        .query_map(named_params! { ":mailbox": mailbox.to_string() }, from_row)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let one = |role| {
        let found = stored.iter().find(|setting| setting.role == role);
        found.cloned().unwrap_or_else(|| automatic(role))
    };
    Ok(FolderRole::ALL.into_iter().map(one).collect())
}

fn save(
    transaction: &Transaction<'_>,
    mailbox: MailboxId,
    setting: &FolderSetting,
) -> rusqlite::Result<()> {
    let (mode, chosen) = match &setting.choice {
        RoleChoice::Automatic => ("automatic", ""),
        RoleChoice::Chosen(raw) => ("chosen", raw.as_str()),
        RoleChoice::None => ("none", ""),
    };
    transaction
        .prepare_cached(
            "INSERT INTO folder_role (mailbox, role, mode, chosen, resolved)
             VALUES (:mailbox, :role, :mode, :chosen, :resolved)
             ON CONFLICT (mailbox, role) DO UPDATE
             SET mode = excluded.mode, chosen = excluded.chosen, resolved = excluded.resolved",
        )?
        .execute(named_params! {
            ":mailbox": mailbox.to_string(),
            ":role": setting.role.word(),
            ":mode": mode,
            ":chosen": chosen,
            ":resolved": setting.resolved.as_deref().unwrap_or_default(),
        })?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<FolderSetting> {
    let mode: String = row.get("mode")?;
    let choice = match mode.as_str() {
        "chosen" => RoleChoice::Chosen(row.get("chosen")?),
        "none" => RoleChoice::None,
        _ => RoleChoice::Automatic,
    };
    Ok(FolderSetting {
        role: word(row, "role")?,
        choice,
        resolved: text_or_none(row, "resolved")?,
    })
}

/// For the history.
fn describe(setting: &FolderSetting) -> Value {
    json!({
        "role": setting.role,
        "choice": setting.choice,
        "resolved": setting.resolved,
    })
}

#[cfg(test)]
#[path = "folder_role_tests.rs"]
mod tests;
