//! One fix for many: mailboxes that the same thing helps are one group.

use std::collections::BTreeMap;

use jiff::Timestamp;
use mailwright_domain::{Grant, GrantId, Mailbox, MailboxId, Registration, RegistrationId, Status};

use super::dates::{Due, Ending};
use crate::Code;
use crate::approval::is_ended_by_approval;
use crate::wire::{AnnouncementInfo, Fix, FixMailbox, FixRegistration, VerdictInfo};

/// One mailbox with all that decides what to do about it.
pub(super) struct Seen {
    pub(super) mailbox: Mailbox,
    pub(super) registration: Option<Registration>,
    pub(super) grant: Option<Grant>,
    /// Everything with a day that it rests on.
    pub(super) dues: Vec<Due>,
    /// The status that is shown.
    pub(super) shown: Status,
    /// Why it does not work.
    pub(super) problem: Option<VerdictInfo>,
    /// Since when it waits for an administrator's approval.
    pub(super) waits: Option<Timestamp>,
    /// When it was tested last.
    pub(super) tested: Option<Timestamp>,
}

/// What makes two mailboxes need the same thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// Something of the registration ends.
    Registration(RegistrationId, Ending),
    /// A provider has announced something.
    Provider(Ending),
    /// Something of one person's sign-in ends.
    Grant(GrantId, Ending),
    /// That registration has to be mended, for this reason.
    Mend(RegistrationId, String),
    /// The administrator has to approve that registration.
    Approval(RegistrationId),
    /// That person has to sign in again.
    SignIn(GrantId),
    /// Nothing helps anybody else.
    Mailbox(MailboxId),
}

/// All groups, in the making.
#[derive(Default)]
pub(super) struct Groups {
    now: BTreeMap<Key, Fix>,
    dates: BTreeMap<Key, Fix>,
}

/// All groups, in the order in which they are shown.
pub(super) struct Sorted {
    pub(super) fixes: Vec<Fix>,
    pub(super) waiting: Vec<Fix>,
    pub(super) dates: Vec<Fix>,
}

impl Groups {
    /// Puts a mailbox into every group that it belongs to.
    pub(super) fn add(&mut self, seen: &Seen) {
        for due in &seen.dues {
            let Some(key) = key_of_due(seen, due) else {
                continue;
            };
            let dated = Fix {
                announcement: announcement(&seen.mailbox, due.what),
                ..dated(seen.registration.as_ref(), seen.grant.as_ref(), due)
            };
            join(&mut self.dates, key.clone(), dated.clone(), seen);
            if due.is_soon() {
                join(&mut self.now, key, dated, seen);
            }
        }
        if let Some((key, fix)) = wrong_now(seen) {
            join(&mut self.now, key, fix, seen);
        }
    }

    /// The days of a registration, whether somebody uses it or not.
    pub(super) fn add_registration(&mut self, registration: &Registration, dues: &[Due]) {
        for due in dues {
            let key = Key::Registration(registration.id, due.what);
            self.dates
                .entry(key)
                .or_insert_with(|| dated(Some(registration), None, due));
        }
    }

    pub(super) fn sorted(self) -> Sorted {
        let is_waiting = |fix: &Fix| {
            matches!(
                fix.status.as_str(),
                "waiting-for-admin" | "waiting-for-provider"
            )
        };
        let (mut waiting, mut fixes): (Vec<Fix>, Vec<Fix>) =
            self.now.into_values().partition(is_waiting);
        let mut dates: Vec<Fix> = self.dates.into_values().collect();
        fixes.sort_by_key(|fix| (rank(&fix.status), fix.days.unwrap_or(i32::MAX), first(fix)));
        waiting.sort_by_key(|fix| (fix.since.clone(), first(fix)));
        dates.sort_by_key(|fix| (fix.on.clone(), fix.kind.clone(), first(fix)));
        Sorted {
            fixes,
            waiting,
            dates,
        }
    }
}

/// Adds a mailbox to a group that is there or begins with `fix`. The group has the worst status, the nearest day and
/// the longest wait of its mailboxes.
fn join(groups: &mut BTreeMap<Key, Fix>, key: Key, fix: Fix, seen: &Seen) {
    let status = match (fix.status.as_str(), seen.shown) {
        // It waits for somebody else, for another reason; what ends is to be seen to here all the same.
        ("", Status::WaitingForAdmin | Status::WaitingForProvider) => Status::NeedsAttention.word(),
        ("", shown) => shown.word(),
        (given, _) => given,
    }
    .to_owned();
    let group = groups.entry(key).or_insert_with(|| Fix {
        status: status.clone(),
        ..fix.clone()
    });
    if rank(&status) < rank(&group.status) {
        group.status = status;
    }
    if fix
        .days
        .is_some_and(|days| group.days.is_none_or(|now| days < now))
    {
        group.on.clone_from(&fix.on);
        group.days = fix.days;
        group.within = fix.within;
    }
    if fix.since.is_some() && (group.since.is_none() || fix.since < group.since) {
        group.since = fix.since;
    }
    let mailbox = FixMailbox {
        id: seen.mailbox.id.to_string(),
        address: seen.mailbox.address.to_string(),
    };
    // Its day and what failed for it lead to the same group.
    if !group.mailboxes.contains(&mailbox) {
        group.mailboxes.push(mailbox);
    }
}

fn key_of_due(seen: &Seen, due: &Due) -> Option<Key> {
    if matches!(due.what, Ending::Announced(_)) {
        Some(Key::Provider(due.what))
    } else if due.what.of_registration() {
        Some(Key::Registration(seen.registration.as_ref()?.id, due.what))
    } else {
        Some(Key::Grant(seen.grant.as_ref()?.id, due.what))
    }
}

fn dated(registration: Option<&Registration>, grant: Option<&Grant>, due: &Due) -> Fix {
    let (who, action) = match due.what {
        Ending::Secret => ("consultant", "replace-secret"),
        Ending::Certificate => ("consultant", "replace-certificate"),
        Ending::GoogleTesting => ("consultant", "publish"),
        Ending::Inactivity if due.days > 0 => ("you", "test"),
        Ending::Inactivity | Ending::SignInFrequency => ("you", "sign-in"),
        Ending::Announced(_) => ("consultant", "open"),
    };
    Fix {
        kind: due.what.word().to_owned(),
        who: who.to_owned(),
        action: action.to_owned(),
        on: Some(due.on.to_string()),
        days: Some(due.days),
        within: due.within(),
        registration: registration.map(named), // none where a password is concerned
        person: grant
            .filter(|_| !due.what.of_registration())
            .map(|grant| grant.signed_in_as.clone()),
        ..empty()
    }
}

/// What the provider has announced, where that is what ends.
fn announcement(mailbox: &Mailbox, what: Ending) -> Option<AnnouncementInfo> {
    let Ending::Announced(id) = what else {
        return None;
    };
    let mut all = super::announcements(mailbox).into_iter();
    all.find(|announcement| announcement.id == id)
}

/// What keeps a mailbox from working, and what helps.
fn wrong_now(seen: &Seen) -> Option<(Key, Fix)> {
    let Seen {
        mailbox, problem, ..
    } = seen;
    let base = || Fix {
        status: mailbox.status.word().to_owned(),
        registration: seen.registration.as_ref().map(named),
        since: seen.waits.or(seen.tested).map(|since| since.to_string()),
        problem: problem.clone(),
        ..empty()
    };
    let fix = |kind: &str, who: &str, action: &str| Fix {
        kind: kind.to_owned(),
        who: who.to_owned(),
        action: action.to_owned(),
        ..base()
    };
    let alone = Key::Mailbox(mailbox.id);
    match mailbox.status {
        // Nothing is wrong, or nothing is known: what ends soon has its own group.
        Status::Working | Status::NotStarted | Status::Testing | Status::Retired => None,
        Status::WaitingForYou if mailbox.has_password() => {
            Some((alone, fix("password", "you", "enter-password")))
        }
        Status::WaitingForYou => {
            let wanted = Fix {
                person: Some(mailbox.sign_in_name.clone()),
                problem: None,
                ..fix("sign-in", "you", "sign-in")
            };
            Some((alone, wanted))
        }
        Status::WaitingForProvider => Some((alone, fix("problem", "provider", "test"))),
        Status::WaitingForAdmin
            if mailbox.is_signed_in_to() && (seen.waits.is_some() || problem.is_none()) =>
        {
            Some(approval(seen, &fix))
        }
        Status::WaitingForAdmin
        | Status::PartlyWorking
        | Status::NeedsAttention
        | Status::Stopped => Some(failed(seen, &fix)),
    }
}

/// An administrator approves the app, for everybody who uses it.
fn approval(seen: &Seen, fix: &impl Fn(&str, &str, &str) -> Fix) -> (Key, Fix) {
    let key = seen.registration.as_ref().map(|r| Key::Approval(r.id));
    let fix = Fix {
        problem: None,
        ..fix("approval", "administrator", "approve")
    };
    (key.unwrap_or(Key::Mailbox(seen.mailbox.id)), fix)
}

/// A diagnosis that is mended by a new proof of the app registration.
struct Proof {
    verdict: &'static str,
    what: Ending,
    action: &'static str,
}

const PROOFS: [Proof; 5] = [
    new_secret("entra-secret-wrong"),
    new_secret("entra-secret-expired"),
    new_secret("entra-secret-id"),
    new_secret("google-client-secret-wrong"),
    Proof {
        verdict: "entra-certificate-refused",
        what: Ending::Certificate,
        action: "replace-certificate",
    },
];

const fn new_secret(verdict: &'static str) -> Proof {
    Proof {
        verdict,
        what: Ending::Secret,
        action: "replace-secret",
    }
}

/// What helps where a check failed.
fn failed(seen: &Seen, fix: &impl Fn(&str, &str, &str) -> Fix) -> (Key, Fix) {
    let alone = Key::Mailbox(seen.mailbox.id);
    let Some(problem) = &seen.problem else {
        return (alone, fix("problem", "you", "test"));
    };
    if seen.mailbox.is_signed_in_to() && is_ended_by_approval(&problem.id) {
        return approval(seen, fix);
    }
    let who = problem.who.as_str();
    let replaced = PROOFS.iter().find(|proof| proof.verdict == problem.id);
    let has_ended = |what| {
        seen.dues
            .iter()
            .any(|due| due.what == what && due.days <= 0)
    };
    if let (Some(registration), Some(proof)) = (&seen.registration, replaced) {
        if has_ended(proof.what) {
            // Its last day says the same.
            let fix = fix(proof.what.word(), "consultant", proof.action);
            let key = Key::Registration(registration.id, proof.what);
            return (
                key,
                Fix {
                    problem: None,
                    ..fix
                },
            );
        }
        let key = Key::Mend(registration.id, problem.id.clone());
        return (key, fix("problem", who, proof.action));
    }
    match (&seen.registration, &seen.grant) {
        (Some(registration), _) if who == "consultant" => (
            Key::Mend(registration.id, problem.id.clone()),
            fix("problem", who, "open-registration"),
        ),
        (_, Some(grant))
            if who == "you" && (grant.dead.is_some() || problem.code == Code::NeedsSignIn) =>
        {
            let again = Fix {
                person: Some(grant.signed_in_as.clone()),
                ..fix("sign-in", who, "sign-in")
            };
            (Key::SignIn(grant.id), again)
        }
        _ if who == "you" => (alone, fix("problem", who, "open")),
        _ if who == "provider" || who == "network" => (alone, fix("problem", who, "test")),
        _ => (alone, fix("problem", who, "tell")),
    }
}

/// The more urgent, the smaller.
fn rank(status: &str) -> u8 {
    match status {
        "stopped" => 0,
        "partly-working" => 1,
        "needs-attention" | "waiting-for-admin" | "waiting-for-provider" => 2,
        "waiting-for-you" => 3,
        _ => 4,
    }
}

/// For an order among equals that is the same every time.
fn first(fix: &Fix) -> String {
    fix.mailboxes
        .first()
        .map(|mailbox| mailbox.address.clone())
        .unwrap_or_default()
}

fn named(registration: &Registration) -> FixRegistration {
    FixRegistration {
        id: registration.id.to_string(),
        name: registration.name.clone(),
    }
}

fn empty() -> Fix {
    Fix {
        kind: String::new(),
        status: String::new(),
        who: String::new(),
        action: String::new(),
        on: None,
        days: None,
        within: None,
        registration: None,
        mailboxes: Vec::new(),
        person: None,
        since: None,
        problem: None,
        announcement: None,
    }
}
