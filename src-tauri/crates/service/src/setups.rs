//! Setting up a mailbox step by step: what a person typed is kept, whatever it is, and becomes a mailbox when it is
//! confirmed.

use jiff::Timestamp;
use mailwright_domain::{EmailAddress, Grant, Mailbox, Secret};
use mailwright_oauth::missing_scopes;
use mailwright_store::{Setup, SetupId};
use serde_json::Value;
use uuid::Uuid;

use crate::detecting::read_address;
use crate::mailboxes::unproven;
use crate::passwords::{entered_password, password_wanted};
use crate::profiles::profile_of_grant;
use crate::setup_form::{check_size, entered, wants_password};
use crate::sign_in::same_name;
use crate::wire::{SetupForm, SetupInfo};
use crate::{Code, Failure, Hint, Service, lock};

/// The last step: nothing is left to do.
pub(crate) const DONE: &str = "done";
const STEPS: [&str; 6] = ["address", "confirm", "sign-in", "checks", "folders", DONE];

impl Service {
    /// A set-up that was begun.
    ///
    /// # Errors
    /// It has ended, or its mailbox was removed.
    pub fn setup(&self, id: &str) -> Result<SetupInfo, Failure> {
        self.setup_info(&self.find_setup(id)?)
    }

    /// Keeps what was entered, right or wrong, and where the set-up stands; without an id a new one begins.
    ///
    /// # Errors
    /// There is no such set-up or step, or a text is too long to be kept.
    pub fn save_setup(
        &self,
        id: Option<&str>,
        step: &str,
        form: &SetupForm,
    ) -> Result<SetupInfo, Failure> {
        if !STEPS.contains(&step) {
            return Err(Failure::new(
                Code::Usage,
                format!("“{step}” is no step of a set-up. Nothing was saved."),
            ));
        }
        check_size(form)?;
        let (now, value) = (Timestamp::now(), json(form)?);
        let id = if let Some(id) = id {
            let id = self.find_setup(id)?.id;
            self.store.setups().save(id, step, &value, now)?;
            id
        } else {
            let begun = Setup {
                id: SetupId(Uuid::new_v4()),
                mailbox: None,
                grant: None,
                step: step.to_owned(),
                form: value,
                confirmed: None,
                started: now,
                changed: now,
            };
            self.store.setups().insert(&begun)?;
            begun.id
        };
        self.setup(&id.to_string())
    }

    /// Checks what was entered, adds the mailbox or changes the one that this set-up made before, and gives it the
    /// sign-in that waits for it, where that fits. Goes on to the checks if somebody is signed in then, else to the
    /// sign-in. Where the servers want a password, it comes with this call and goes into the keychain; later calls may
    /// leave it out, and the one that is there stays.
    ///
    /// # Errors
    /// The set-up has ended, a field cannot be right, the address is set up already, no server was given or found, it
    /// is not clear which app registration to use, or a password is missing or cannot be kept. Nothing is changed then.
    pub async fn confirm_setup(
        &self,
        id: &str,
        password: Option<Secret>,
    ) -> Result<SetupInfo, Failure> {
        let setup = self.find_setup(id)?;
        let form = form_of(&setup);
        let (address, mut fields) = entered(&form)?;
        fields.password = password.filter(|_| wants_password(&form));
        let password = entered_password(&fields)?;
        let address = read_address(&address)?;
        self.address_is_free(&setup, &address)?;
        let mut mailbox = self.wanted(address, &fields).await?;
        self.forget_removed_at(&mailbox.address).await?;
        // Again: that may have taken long, and somebody may have signed in meanwhile.
        let setup = self.find_setup(id)?;
        let made = self.address_is_free(&setup, &mailbox.address)?;
        // Another address of a mailbox that somebody has signed in to is another mailbox.
        let before = made.filter(|m| m.address == mailbox.address || m.grant.is_none());
        let mut ended = None;
        if let Some(before) = &before {
            mailbox.id = before.id;
            mailbox.grant = before.grant;
            keep_names(&setup, &form, before, &mut mailbox);
            ended = self.keeps_sign_in(before, &mut mailbox)?;
        }
        if mailbox.has_password() {
            self.keep_or_find_password(&mut mailbox, password).await?;
        }
        self.store
            .setups()
            .confirm(setup.id, &mailbox, &json(&form)?, Timestamp::now())?;
        self.end_left(ended).await;
        if let Some(before) = &before {
            self.drop_unused_password(before, &mailbox).await;
        }
        if let Some(grant) = setup.grant {
            let (service, setup) = (self.clone(), setup.id);
            let shared = form.who_signs_in == "shared";
            self.to_its_end(move || async move {
                service.attach(setup, mailbox.id, grant, shared).await
            })
            .await?;
        }
        self.go_on(setup.id)
    }

    /// Keeps the password that was entered; without one, there has to be one already.
    async fn keep_or_find_password(
        &self,
        mailbox: &mut Mailbox,
        password: Option<Secret>,
    ) -> Result<(), Failure> {
        match password {
            Some(password) => {
                self.keep_password(mailbox.id, &password).await?;
                mailbox.status = unproven(mailbox.status);
                Ok(())
            }
            None => match self.password(mailbox).await {
                Err(failure) if failure.code == Code::NeedsSignIn => Err(password_wanted()),
                kept => kept.map(drop),
            },
        }
    }

    /// Ends a set-up. The mailbox that it made stays; a sign-in that waited for one is deleted here, unless something
    /// else uses it.
    ///
    /// # Errors
    /// The keychain does not let go of the waiting sign-in; it goes at the next start then.
    pub async fn end_setup(&self, id: &str) -> Result<(), Failure> {
        match self.find_setup(id) {
            Ok(setup) => self.delete_setup(setup.id).await,
            Err(failure) if failure.code == Code::NotFound => Ok(()), // it has ended already
            Err(failure) => Err(failure),
        }
    }

    pub(crate) async fn delete_setup(&self, id: SetupId) -> Result<(), Failure> {
        let waiting = self.store.setups().by_id(id)?.and_then(|s| s.grant);
        self.store.setups().delete(id)?;
        match waiting {
            Some(grant) => self.end_grant(grant, None, true).await.map(drop),
            None => Ok(()),
        }
    }

    /// A set-up by its id; one of a mailbox that was taken off the list is not found, as the mailbox is not.
    pub(crate) fn find_setup(&self, id: &str) -> Result<Setup, Failure> {
        let found = match Uuid::try_parse(id) {
            Ok(id) => self.store.setups().by_id(SetupId(id))?,
            Err(_) => None,
        };
        let there = match found {
            Some(setup) if setup.mailbox.is_some() => self.made_by(&setup)?.map(|_| setup),
            other => other,
        };
        there.ok_or_else(|| {
            Failure::new(
                Code::NotFound,
                "This set-up has ended. Nothing was changed. Begin a new one.",
            )
        })
    }

    /// Sees that no other mailbox has the address; gives back the one that the set-up has made.
    fn address_is_free(
        &self,
        setup: &Setup,
        address: &EmailAddress,
    ) -> Result<Option<Mailbox>, Failure> {
        let made = self.made_by(setup)?;
        let existing = self.store.mailboxes().by_address(address)?;
        match existing.filter(|existing| made.as_ref().is_none_or(|m| m.id != existing.id)) {
            None => Ok(made),
            Some(existing) => Err(Failure::new(
                Code::Conflict,
                format!(
                    "{address} is set up already. Open it in the list of mailboxes. Nothing was changed."
                ),
            )
            .hinting(Hint::Mailbox(existing.address.to_string()))),
        }
    }

    fn made_by(&self, setup: &Setup) -> Result<Option<Mailbox>, Failure> {
        match setup.mailbox {
            Some(id) => Ok(self.store.mailboxes().by_id(id)?),
            None => Ok(None),
        }
    }

    pub(crate) fn setup_info(&self, setup: &Setup) -> Result<SetupInfo, Failure> {
        let waiting = match setup.grant {
            Some(id) => self.store.grants().by_id(id)?,
            None => None,
        };
        Ok(SetupInfo {
            id: setup.id.to_string(),
            step: setup.step.clone(),
            mailbox: setup.mailbox.map(|id| id.to_string()),
            signed_in_as: waiting.filter(|g| g.dead.is_none()).map(|g| g.signed_in_as),
            form: form_of(setup),
            started: setup.started.to_string(),
            changed: setup.changed.to_string(),
        })
    }

    /// Gives a mailbox the sign-in that waited for it, if it is one that the mailbox can use.
    async fn attach(
        &self,
        setup: SetupId,
        mailbox: mailwright_domain::MailboxId,
        grant: mailwright_domain::GrantId,
        shared: bool,
    ) -> Result<(), Failure> {
        let lock = lock::grant(&self.home, grant).await?;
        let (Some(mut m), Some(waiting)) = (
            self.store.mailboxes().by_id(mailbox)?,
            self.store.grants().by_id(grant)?,
        ) else {
            return Ok(());
        };
        if !m.is_signed_in_to() {
            return Ok(()); // it needs nobody's sign-in
        }
        let person = shared || same_name(&waiting.signed_in_as, &m.sign_in_name);
        if !person || !self.serves(&waiting, &m)? {
            return Ok(());
        }
        if shared {
            // The colleague who signed in is the name towards SMTP, unless somebody made it differ.
            if m.smtp_login == m.sign_in_name {
                m.smtp_login.clone_from(&waiting.signed_in_as);
            }
            m.sign_in_name.clone_from(&waiting.signed_in_as);
        }
        let replaced = m.grant.filter(|old| *old != grant);
        if m.grant != Some(grant) {
            m.grant = Some(grant);
            m.status = mailwright_domain::Status::NotStarted;
        }
        self.store.durable().mailboxes().update(&m)?;
        self.store.setups().set_grant(setup, None)?;
        drop(lock); // never two grants' locks at once
        if let Some(old) = replaced {
            self.end_replaced(old).await;
        }
        Ok(())
    }

    /// Whether a sign-in lives and is of the mailbox's registration, with all permissions that the mailbox needs.
    fn serves(&self, grant: &Grant, m: &Mailbox) -> Result<bool, Failure> {
        if grant.dead.is_some() || Some(grant.registration) != m.registration {
            return Ok(false);
        }
        let registration = self.registration_of_grant(grant)?;
        let profile = profile_of_grant(grant, &registration, m.uses())?;
        Ok(missing_scopes(&profile.token_scopes(), &grant.scopes).is_empty())
    }

    fn go_on(&self, id: SetupId) -> Result<SetupInfo, Failure> {
        let setup = self.find_setup(&id.to_string())?;
        let signed_in = match self.made_by(&setup)? {
            Some(m) if m.has_password() => true,
            Some(m) => match self.grant_of(&m)? {
                Some(grant) => self.serves(&grant, &m)?,
                None => false,
            },
            None => false,
        };
        let step = if signed_in { "checks" } else { "sign-in" };
        self.store
            .setups()
            .save(id, step, &setup.form, Timestamp::now())?;
        self.setup(&id.to_string())
    }
}

/// A sign-in may have told the mailbox's sign-in name, or the colleague's of a shared mailbox. That stands while the
/// form still says the same about who signs in as when it was confirmed. The SMTP login is not part of the form.
fn keep_names(setup: &Setup, form: &SetupForm, before: &Mailbox, mailbox: &mut Mailbox) {
    let who = |form: &SetupForm| {
        (
            form.who_signs_in.clone(),
            form.sign_in_name.trim().to_owned(),
        )
    };
    let confirmed = setup.confirmed.clone().map(form_of_value);
    if confirmed.is_some_and(|confirmed| who(&confirmed) == who(form))
        && before.address == mailbox.address
    {
        mailbox.sign_in_name.clone_from(&before.sign_in_name);
        mailbox.smtp_login.clone_from(&before.smtp_login);
    } else if before.smtp_login != before.sign_in_name {
        mailbox.smtp_login.clone_from(&before.smtp_login);
    }
}

pub(crate) fn form_of(setup: &Setup) -> SetupForm {
    form_of_value(setup.form.clone())
}

/// What an older or newer program left out or added counts as not entered.
fn form_of_value(form: Value) -> SetupForm {
    serde_json::from_value(form).unwrap_or_default()
}

fn json(form: &SetupForm) -> Result<Value, Failure> {
    serde_json::to_value(form)
        .map_err(|_| Failure::internal("A form could not be written as JSON."))
}

#[cfg(test)]
#[path = "setups_tests.rs"]
mod tests;
