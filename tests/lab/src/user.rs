//! The people who have mailboxes in the lab.
use crate::random;

/// One person.
#[derive(Clone, Debug)]
pub struct User {
    /// A short name in ASCII, also the name of the mail folder.
    pub key: &'static str,
    /// The mailbox and the sign-in name.
    pub address: &'static str,
    /// What a person calls them.
    pub name: &'static str,
    /// For the sign-in page and for PLAIN. It contains `canary`, so that a leak can be searched for.
    pub password: String,
    /// Whether consent is refused with "Need admin approval" until an administrator has approved.
    pub needs_admin_approval: bool,
    /// The shared mailbox that this person may open besides their own.
    pub may_open: Option<&'static str>,
    /// Whether this person may approve apps for the whole organisation.
    pub is_administrator: bool,
}

/// A mailbox that is nobody's: it has no password, and alice may read it and send as it.
pub const SHARED_MAILBOX: &str = "team@lab.test";

const PEOPLE: &[(&str, &str, &str)] = &[
    ("alice", "alice@lab.test", "Alice Ärmel"),
    ("bob", "bob@lab.test", "Bob Builder"),
    ("zoe", "zoë@lab.test", "Zoë Ångström"),
    (
        "admin-approval",
        "admin-approval@lab.test",
        "Needs Approval",
    ),
    (
        "administrator",
        "administrator@lab.test",
        "Ada Administrator",
    ),
];

/// The people, with passwords made for this call.
pub fn users() -> Vec<User> {
    PEOPLE
        .iter()
        .map(|&(key, address, name)| User {
            key,
            address,
            name,
            password: format!("pw-{key}-canary-{}", random::word()),
            needs_admin_approval: key == "admin-approval",
            may_open: (key == "alice").then_some(SHARED_MAILBOX),
            is_administrator: key == "administrator",
        })
        .collect()
}
