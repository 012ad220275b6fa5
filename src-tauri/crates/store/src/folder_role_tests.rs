use uuid::Uuid;

use super::*;
use crate::samples::{mailbox, store, words};

#[test]
fn roles_are_automatic_until_somebody_chooses() {
    let (_dir, store) = store();
    let mailbox = mailbox("orders@firma.nl");
    store.mailboxes().insert(&mailbox).unwrap();
    let roles = store.folder_roles();
    let expected: Vec<_> = FolderRole::ALL.into_iter().map(automatic).collect();
    assert_eq!(roles.get(mailbox.id), Ok(expected.clone()));

    let sent = RoleChoice::Chosen("INBOX.Verzonden &AOk-".to_owned());
    roles
        .set_resolved(mailbox.id, FolderRole::Trash, Some("Trash"))
        .unwrap();
    roles.set(mailbox.id, FolderRole::Sent, &sent).unwrap();
    roles
        .set(mailbox.id, FolderRole::Junk, &RoleChoice::None)
        .unwrap();
    let mut expected = expected;
    expected[1].choice = sent;
    expected[3].resolved = Some("Trash".to_owned());
    expected[4].choice = RoleChoice::None;
    assert_eq!(roles.get(mailbox.id), Ok(expected));
}

#[test]
fn another_choice_forgets_what_was_found_and_the_same_one_does_not() {
    let (_dir, store) = store();
    let mailbox = mailbox("orders@firma.nl");
    store.mailboxes().insert(&mailbox).unwrap();
    let roles = store.folder_roles();
    let role = FolderRole::Archive;
    let found = || roles.get(mailbox.id).unwrap()[5].resolved.clone();

    roles
        .set_resolved(mailbox.id, role, Some("Archive"))
        .unwrap();
    roles.set(mailbox.id, role, &RoleChoice::Automatic).unwrap();
    assert_eq!(found().as_deref(), Some("Archive"));
    let chosen = RoleChoice::Chosen("2026".to_owned());
    roles.set(mailbox.id, role, &chosen).unwrap();
    assert_eq!(found(), None);
    assert_eq!(
        words(&store)[1..],
        ["folder-role-found", "folder-role-chosen"]
    );
}

#[test]
fn a_role_needs_its_mailbox() {
    let (_dir, store) = store();
    let nobody = MailboxId(Uuid::nil());
    assert!(matches!(
        store
            .folder_roles()
            .set(nobody, FolderRole::Sent, &RoleChoice::None),
        Err(StoreError::NotFound { .. })
    ));
}
