use mailwright_domain::{Grant, Mailbox, Registration};
use mailwright_oauth::{Account, ClientProof, Profile, missing_scopes};
use mailwright_store::Challenged;

use super::{SignInOptions, same_name};
use crate::app_only::nobody_signs_in;
use crate::profiles::profile_of_grant;
use crate::{Code, Failure, Service};

/// What is asked of the provider.
pub(super) struct Ask {
    pub(super) registration: Registration,
    /// What is asked for: what is needed, and what others of the same person need.
    pub(super) profile: Profile,
    /// What is needed.
    pub(super) needed: Profile,
    pub(super) proof: Option<ClientProof>,
    /// Whom the page should offer.
    pub(super) account: Account,
    /// What the provider's policy asked for when it refused last.
    pub(super) claims: Option<String>,
    /// Whom a challenge is for, the mailbox or set-up before its present sign-in.
    pub(super) challenged: Vec<Challenged>,
    /// The mailbox's address, where it is known.
    pub(super) address: Option<String>,
}

/// A sign-in to a mailbox.
pub(super) struct Attempt {
    pub(super) ask: Ask,
    /// As it was when the link was made.
    pub(super) mailbox: Mailbox,
    /// Who is right.
    pub(super) expected: Expected,
}

/// Who is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// Whoever has the mailbox's sign-in name.
    Known(String),
    /// Whoever has this name, if the inbox opens for it; it is the sign-in name from then on.
    Renamed(String),
    /// Anybody for whom the inbox opens. Holds the present sign-in name.
    Anybody(String),
}

impl Expected {
    fn of(mailbox: &Mailbox, options: &SignInOptions) -> Result<Self, Failure> {
        let name = options.sign_in_name.as_deref().map(str::trim);
        match (name, options.shared) {
            (None, false) => Ok(Self::Known(mailbox.sign_in_name.clone())),
            (None, true) => Ok(Self::Anybody(mailbox.sign_in_name.clone())),
            (Some(""), _) => Err(Failure::new(
                Code::Usage,
                "The sign-in name is empty. Enter the name that the mailbox is signed in to with. Nothing was changed.",
            )),
            (Some(name), false) => Ok(Self::Renamed(name.to_owned())),
            (Some(_), true) => Err(Failure::new(
                Code::Usage,
                "A shared mailbox has no sign-in name of its own. Choose one of the two. Nothing was changed.",
            )),
        }
    }

    /// The name that stands for the person where the provider says none.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Known(name) | Self::Renamed(name) | Self::Anybody(name) => name,
        }
    }

    fn account(&self, choose: bool) -> Account {
        match self {
            _ if choose => Account::Choose,
            Self::Anybody(_) => Account::Any, // the address is nobody's sign-in name
            Self::Known(name) | Self::Renamed(name) => Account::Expected(name.clone()),
        }
    }
}

impl Service {
    pub(super) async fn attempt(
        &self,
        which: &str,
        options: &SignInOptions,
    ) -> Result<Attempt, Failure> {
        let mailbox = self.find_mailbox(which)?;
        if !mailbox.is_signed_in_to() {
            return Err(nobody_signs_in(&mailbox));
        }
        let expected = Expected::of(&mailbox, options)?;
        let registration = self.registration_of(&mailbox)?;
        let grant = self.grant_of(&mailbox)?;
        let grant = grant.filter(|grant| grant.registration == registration.id);
        let needed = match &grant {
            // Known from the last time, dead or not: a sign-in must not wait for a name server that is down.
            Some(grant) => profile_of_grant(grant, &registration, mailbox.uses())?,
            None => self.profile_for_sign_in(&mailbox, &registration).await?,
        };
        let mut profile = needed.clone();
        let others = self.scopes_of_others(&mailbox, expected.name(), &registration)?;
        let more = missing_scopes(&others, &profile.scopes);
        profile.scopes.extend(more);
        let mut challenged = vec![Challenged::Mailbox(mailbox.id)];
        challenged.extend(grant.map(|grant| Challenged::Grant(grant.id)));
        Ok(Attempt {
            ask: Ask {
                claims: self.claims_for(&challenged),
                challenged,
                profile,
                needed,
                proof: self.client_proof(&registration).await?,
                account: expected.account(options.choose_account),
                address: Some(mailbox.address.to_string()),
                registration,
            },
            mailbox,
            expected,
        })
    }

    /// What other mailboxes of the same person need. It is asked for again: this sign-in takes the place of that
    /// one, and a token that can do less would stop them.
    fn scopes_of_others(
        &self,
        mailbox: &Mailbox,
        person: &str,
        registration: &Registration,
    ) -> Result<Vec<String>, Failure> {
        let grants = self.store.grants().of_registration(registration.id)?;
        let same_person = |g: &Grant| g.dead.is_none() && same_name(&g.signed_in_as, person);
        let mut scopes = Vec::new();
        for grant in grants.into_iter().filter(same_person) {
            let others = self.store.grants().mailboxes_of(grant.id)?;
            for other in others.iter().filter(|other| other.id != mailbox.id) {
                scopes.extend(profile_of_grant(&grant, registration, other.uses())?.scopes);
            }
        }
        Ok(scopes)
    }
}
