use std::collections::BTreeMap;

use mailwright_domain::{Folder, FolderRole, Mailbox, MailboxId, Protocol, RoleChoice};
use mailwright_mail::{assign_roles, decode_folder_name};
use mailwright_store::FolderSetting;

use crate::wire::{FolderInfo, Folders, RoleChange, RoleInfo};
use crate::{Code, Failure, Service};

/// A change to the roles of a mailbox's folders, as entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderChange {
    /// This role uses the folder of this name, decoded or as the server spells it.
    Choose(String, String),
    /// This role uses no folder.
    Without(String),
    /// This role is found automatically again.
    Automatic(String),
    /// Every role is found automatically again.
    AllAutomatic,
}

impl From<RoleChange> for FolderChange {
    fn from(change: RoleChange) -> Self {
        match change {
            RoleChange::Automatic { role } => Self::Automatic(role),
            RoleChange::None { role } => Self::Without(role),
            RoleChange::Folder { role, raw } => Self::Choose(role, raw),
        }
    }
}

type Choices = BTreeMap<FolderRole, RoleChoice>;

impl Service {
    /// Shows the folders of a mailbox with their roles, after making the changes.
    ///
    /// # Errors
    /// The mailbox does not receive, nobody is signed in, the server cannot be reached, or a change names a role or
    /// folder that does not exist. Nothing is changed then.
    pub async fn folders(&self, which: &str, changes: &[FolderChange]) -> Result<Folders, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let mut choices = self.choices(mailbox.id)?;
        let changes = changes.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let folders = self.listed(&mailbox).await?;
        for change in &changes {
            apply(change, &folders, &mut choices)?;
        }
        let automatic = assign_roles(&folders);
        for role in FolderRole::ALL {
            // Looking must not write a choice: somebody else may be making one right now.
            if !changes.is_empty() {
                let choice = choices.get(&role).cloned().unwrap_or_default();
                self.store.folder_roles().set(mailbox.id, role, &choice)?;
            }
            let resolved = resolve(role, &choices, &automatic);
            self.store
                .folder_roles()
                .set_resolved(mailbox.id, role, resolved.as_deref())?;
        }
        Ok(shown(&folders, &choices, &automatic))
    }

    async fn listed(&self, mailbox: &Mailbox) -> Result<Vec<Folder>, Failure> {
        let target = crate::testing::target(mailbox, Protocol::Imap, None).ok_or_else(|| {
            let address = &mailbox.address;
            Failure::new(
                Code::Usage,
                format!("{address} does not receive with IMAP, so it has no folders here."),
            )
        })?;
        let credentials = self.credentials(mailbox).await?;
        if let Some(refused) = credentials.refused(mailbox, &target) {
            return Err(Failure::diagnosed(&refused));
        }
        let listed = mailwright_mail::folders(&self.net, &target, &credentials.for_servers()).await;
        listed.map_err(|mut check| {
            crate::testing::diagnose(mailbox, &mut check);
            crate::testing::failure_of(mailbox, *check, "did not give its folders")
        })
    }

    fn choices(&self, mailbox: MailboxId) -> Result<Choices, Failure> {
        let settings = self.store.folder_roles().get(mailbox)?;
        Ok(settings
            .into_iter()
            .map(|setting| (setting.role, setting.choice))
            .collect())
    }

    /// Roles as they were last seen; none where folders were never looked at.
    pub(crate) fn saved_roles(
        &self,
        mailbox: MailboxId,
    ) -> Result<BTreeMap<String, RoleInfo>, Failure> {
        let settings = self.store.folder_roles().get(mailbox)?;
        let seen = settings
            .iter()
            .any(|s| s.resolved.is_some() || s.choice != RoleChoice::Automatic);
        let info = |setting: FolderSetting| RoleInfo {
            mode: mode(&setting.choice).to_owned(),
            name: setting.resolved.as_deref().map(decode_folder_name),
            missing: None,
        };
        Ok(settings
            .into_iter()
            .filter(|_| seen)
            .map(|setting| (setting.role.word().to_owned(), info(setting)))
            .collect())
    }
}

/// A change whose role is known to exist.
enum Change {
    Choose(FolderRole, String),
    Without(FolderRole),
    Automatic(FolderRole),
    AllAutomatic,
}

fn read(change: &FolderChange) -> Result<Change, Failure> {
    let role = |word: &str| {
        FolderRole::from_word(word.trim()).ok_or_else(|| {
            let known: Vec<&str> = FolderRole::ALL.iter().map(|r| r.word()).collect();
            Failure::new(
                Code::Usage,
                format!(
                    "“{word}” is not a role. Roles are: {}. Nothing was changed.",
                    known.join(", ")
                ),
            )
        })
    };
    match change {
        FolderChange::AllAutomatic => Ok(Change::AllAutomatic),
        FolderChange::Automatic(word) => Ok(Change::Automatic(role(word)?)),
        FolderChange::Choose(word, name) => Ok(Change::Choose(role(word)?, name.clone())),
        FolderChange::Without(word) => match role(word)? {
            FolderRole::Inbox => Err(Failure::new(
                Code::Usage,
                "The inbox is always used for receiving. Nothing was changed.",
            )),
            other => Ok(Change::Without(other)),
        },
    }
}

fn apply(change: &Change, folders: &[Folder], choices: &mut Choices) -> Result<(), Failure> {
    match change {
        Change::AllAutomatic => choices.clear(),
        Change::Automatic(role) => {
            choices.remove(role);
        }
        Change::Without(role) => {
            choices.insert(*role, RoleChoice::None);
        }
        Change::Choose(role, name) => {
            let folder = folders
                .iter()
                .find(|f| f.name == *name || f.raw == *name)
                .or_else(|| {
                    folders
                        .iter()
                        .find(|f| f.name.to_lowercase() == name.to_lowercase())
                })
                .filter(|f| f.selectable)
                .ok_or_else(|| no_such_folder(name, folders))?;
            choices.insert(*role, RoleChoice::Chosen(folder.raw.clone()));
        }
    }
    Ok(())
}

fn no_such_folder(name: &str, folders: &[Folder]) -> Failure {
    let names: Vec<&str> = folders
        .iter()
        .filter(|f| f.selectable)
        .map(|f| f.name.as_str())
        .take(30)
        .collect();
    Failure::new(
        Code::NotFound,
        format!(
            "There is no folder “{name}” that can be opened. Folders are: {}. Nothing was changed.",
            names.join(", ")
        ),
    )
}

/// The folder of a role; one that a person chose for another role is not also taken automatically.
fn resolve(
    role: FolderRole,
    choices: &Choices,
    automatic: &BTreeMap<FolderRole, String>,
) -> Option<String> {
    match choices.get(&role).unwrap_or(&RoleChoice::Automatic) {
        RoleChoice::None => None,
        RoleChoice::Chosen(raw) => Some(raw.clone()),
        RoleChoice::Automatic => automatic
            .get(&role)
            .filter(|raw| {
                !choices
                    .values()
                    .any(|c| *c == RoleChoice::Chosen((*raw).clone()))
            })
            .cloned(),
    }
}

fn mode(choice: &RoleChoice) -> &'static str {
    match choice {
        RoleChoice::Automatic => "automatic",
        RoleChoice::Chosen(_) => "chosen",
        RoleChoice::None => "none",
    }
}

fn shown(
    folders: &[Folder],
    choices: &Choices,
    automatic: &BTreeMap<FolderRole, String>,
) -> Folders {
    let mut roles = BTreeMap::new();
    let mut role_of: BTreeMap<String, FolderRole> = BTreeMap::new();
    for role in FolderRole::ALL {
        let raw = resolve(role, choices, automatic);
        let folder = raw
            .as_ref()
            .and_then(|raw| folders.iter().find(|f| f.raw == *raw));
        roles.insert(
            role.word().to_owned(),
            RoleInfo {
                mode: mode(choices.get(&role).unwrap_or(&RoleChoice::Automatic)).to_owned(),
                name: folder.map(|f| f.name.clone()),
                missing: raw
                    .as_deref()
                    .filter(|_| folder.is_none() && choices.contains_key(&role))
                    .map(decode_folder_name),
            },
        );
        if let Some(folder) = folder {
            role_of.insert(folder.raw.clone(), role);
        }
    }
    // Folders with a role first, in the order of roles; then the others by name.
    let mut sorted: Vec<&Folder> = folders.iter().collect();
    sorted.sort_by_key(|f| {
        (
            !role_of.contains_key(&f.raw),
            role_of.get(&f.raw).copied(),
            f.name.to_lowercase(),
        )
    });
    Folders {
        folders: sorted
            .into_iter()
            .map(|f| FolderInfo {
                name: f.name.clone(),
                raw: f.raw.clone(),
                messages: f.messages,
                role: role_of.get(&f.raw).map(|r| r.word().to_owned()),
                marked: f.special_use.map(|r| r.word().to_owned()),
                selectable: f.selectable,
            })
            .collect(),
        roles,
    }
}
