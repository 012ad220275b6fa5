use mailwright_domain::{
    AuthKind, EmailAddress, Endpoint, FoundIn, Grant, GrantId, Mailbox, MailboxId, Protocol,
    Purpose, Security, Status,
};
use uuid::Uuid;

use crate::detecting::read_address;
use crate::passwords::{entered_password, no_registration, password_wanted, way};
use crate::servers::{change_endpoints, complete, names_servers, provider_of};
use crate::sign_in::same_name;
use crate::wanted::{checked_purpose, given, may_send_via, nobody_is_named, senders, set, via};
use crate::wire::{Added, EndpointInfo, MailboxDetails, MailboxLine, Mailboxes};
use crate::{Code, Failure, Hint, MailboxFields, Service, time_limit};

impl Service {
    /// Creates a mailbox; what is not given is detected.
    ///
    /// # Errors
    /// A field cannot be right, the address is set up already, no server was given or found, it is not clear which
    /// app registration to use, or a password is missing or cannot be kept. Nothing is saved then.
    pub async fn add_mailbox(
        &self,
        address: &str,
        fields: &MailboxFields,
    ) -> Result<Added, Failure> {
        let address = read_address(address)?;
        if let Some(existing) = self.store.mailboxes().by_address(&address)? {
            return Err(Failure::new(
                Code::Conflict,
                format!("{address} is already set up. Nothing was changed."),
            )
            .hinting(Hint::Mailbox(existing.address.to_string())));
        }
        let password = entered_password(fields)?;
        let mailbox = self.wanted(address, fields).await?;
        if mailbox.has_password() && password.is_none() {
            return Err(password_wanted());
        }
        self.forget_removed_at(&mailbox.address).await?;
        if let Some(password) = &password {
            // First: a mailbox without its password would be half of what was asked for.
            self.keep_password(mailbox.id, password).await?;
        }
        if let Err(error) = self.store.mailboxes().insert(&mailbox) {
            // Best effort: what was asked for has failed anyway.
            let _ = self.keychain.delete_all(mailbox.id.0).await;
            return Err(error.into());
        }
        Ok(added(&mailbox))
    }

    /// All mailboxes, by address.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn mailboxes(&self) -> Result<Mailboxes, Failure> {
        let mailboxes = self.store.mailboxes().list()?;
        Ok(Mailboxes {
            mailboxes: mailboxes
                .iter()
                .map(|m| self.line(m))
                .collect::<Result<_, _>>()?,
        })
    }

    /// One mailbox with all its settings, by id or address.
    ///
    /// # Errors
    /// There is none.
    pub fn mailbox(&self, which: &str) -> Result<MailboxDetails, Failure> {
        let m = self.find_mailbox(which)?;
        let grant = self.grant_of(&m)?;
        let registration = match m.registration {
            Some(id) => self.store.registrations().by_id(id)?.map(|r| r.name),
            None => None,
        };
        let proof = self.store.reports().latest(m.id)?.and_then(|r| r.proof);
        Ok(MailboxDetails {
            line: self.line(&m)?,
            sender_name: m.sender_name.clone(),
            senders: m.senders.iter().map(EmailAddress::to_string).collect(),
            sign_in_name: m.sign_in_name.clone(),
            smtp_login: m.smtp_login.clone(),
            servers: m.endpoints.iter().map(|e| endpoint_info(&m, e)).collect(),
            send_via: m.purpose.via.word().to_owned(),
            registration,
            timeout_ms: crate::wire::milliseconds(m.timeout),
            scopes: grant.as_ref().map(|g| g.scopes.clone()).unwrap_or_default(),
            signed_in_at: grant.as_ref().map(|g| g.signed_in_at.to_string()),
            renewed_at: grant.as_ref().map(|g| g.renewed_at.to_string()),
            keychain: self.keychain.name().to_owned(),
            proof: proof.map(crate::wire::word),
            announcements: crate::calendar::announcements(&m),
            folders: self.saved_roles(m.id)?,
        })
    }

    /// Changes what is given and leaves the rest. A change of servers, purpose or registration asks for a new proof.
    ///
    /// # Errors
    /// There is no such mailbox, or a field cannot be right. Nothing is changed then.
    pub async fn change_mailbox(
        &self,
        which: &str,
        fields: &MailboxFields,
    ) -> Result<Added, Failure> {
        let before = self.find_mailbox(which)?;
        let password = entered_password(fields)?;
        let mut m = self.with_changes(&before, fields, password.is_some())?;
        let ended = self.keeps_sign_in(&before, &mut m)?;
        if let Some(password) = &password {
            self.keep_password(m.id, password).await?;
            m.status = unproven(m.status);
        }
        self.store.mailboxes().update(&m)?;
        self.end_left(ended).await;
        self.drop_unused_password(&before, &m).await;
        Ok(added(&m))
    }

    /// The mailbox with what is given in the fields; sign-in and status are as they were. Nothing is saved.
    ///
    /// # Errors
    /// A field cannot be right, or something is missing.
    pub(crate) fn with_changes(
        &self,
        before: &Mailbox,
        fields: &MailboxFields,
        has_new_password: bool,
    ) -> Result<Mailbox, Failure> {
        let mut m = before.clone();
        change_endpoints(&mut m.endpoints, fields)?;
        let purpose = Purpose {
            send: fields.send.unwrap_or(m.purpose.send),
            receive: fields.receive.unwrap_or(m.purpose.receive),
            via: via(fields)?.unwrap_or(m.purpose.via),
        };
        m.purpose = checked_purpose(purpose)?;
        if let Some(which) = &fields.registration {
            let registration = self.find_registration(which)?;
            if registration.provider != m.provider && !names_servers(fields) {
                return Err(Failure::new(
                    Code::Usage,
                    "That app registration is of another provider. Enter its servers too. Nothing was changed.",
                )
                .hinting(Hint::Servers));
            }
            m.registration = Some(registration.id);
            m.provider = registration.provider;
        }
        m.auth = way(fields, m.auth)?;
        match m.auth {
            AuthKind::Oauth if before.has_password() => drop(self.registration_of(&m)?),
            AuthKind::Oauth => {}
            AuthKind::AppOnly => {
                self.registration_of(&m)?.check_app_only()?;
                nobody_is_named(fields)?;
            }
            AuthKind::Password => {
                no_registration(fields)?;
                if !before.has_password() && !has_new_password {
                    return Err(password_wanted());
                }
                m.registration = None;
                m.provider = provider_of(&m.endpoints);
            }
        }
        if let Some(name) = given(fields.sign_in_name.as_ref()) {
            // The SMTP login follows the person who signs in, unless somebody made it differ.
            if m.smtp_login == m.sign_in_name {
                m.smtp_login.clone_from(&name);
            }
            m.sign_in_name = name;
        }
        set(&mut m.account_name, fields.name.as_ref());
        set(&mut m.smtp_login, fields.smtp_login.as_ref());
        if let Some(name) = &fields.sender_name {
            name.trim().clone_into(&mut m.sender_name); // may be emptied
        }
        if let Some(senders) = senders(&fields.senders)? {
            m.senders = senders;
        }
        if let Some(limit) = &fields.timeout {
            m.timeout = time_limit(limit)?;
        }
        may_send_via(
            m.purpose,
            (m.auth != AuthKind::Password).then_some(m.provider),
        )?;
        complete(&m)?;
        Ok(m)
    }

    /// What a change of settings means for sign-in and status of the changed mailbox. Gives back the grant that it
    /// cannot use any more.
    pub(crate) fn keeps_sign_in(
        &self,
        before: &Mailbox,
        m: &mut Mailbox,
    ) -> Result<Option<GrantId>, Failure> {
        let another_person = !same_name(&before.sign_in_name, &m.sign_in_name);
        let ended = before.grant.filter(|_| {
            another_person || !m.is_signed_in_to() || before.registration != m.registration
        });
        if ended.is_some() {
            m.grant = None;
        }
        m.status = self.status_after(before, m)?;
        Ok(ended)
    }

    /// Best effort: the change is saved, and what is left behind goes at the next start.
    pub(crate) async fn end_left(&self, grant: Option<GrantId>) {
        if let Some(grant) = grant
            && let Err(error) = self.end_grant(grant, None, true).await
        {
            tracing::info!(%error, "a replaced sign-in could not be deleted");
        }
    }

    /// What was proven stays proven only where nothing that it rests on has changed.
    fn status_after(&self, before: &Mailbox, after: &Mailbox) -> Result<Status, Failure> {
        let same = before.endpoints == after.endpoints
            && before.purpose == after.purpose
            && before.smtp_login == after.smtp_login
            && before.senders == after.senders;
        if !after.is_signed_in_to() {
            let same_way = before.auth == after.auth && before.registration == after.registration;
            let same_name =
                after.is_app_only() || same_name(&before.sign_in_name, &after.sign_in_name);
            return Ok(match before.status {
                Status::Retired => Status::Retired,
                known if same && same_way && same_name => known,
                // Its password is not there, whatever else was changed.
                Status::WaitingForYou if before.has_password() && after.has_password() => {
                    Status::WaitingForYou
                }
                _ => Status::NotStarted,
            });
        }
        Ok(match self.grant_of(after)? {
            None if before.status == Status::Retired => Status::Retired,
            // What is to be approved is the app registration.
            None if before.status == Status::WaitingForAdmin
                && before.is_signed_in_to()
                && before.registration == after.registration =>
            {
                Status::WaitingForAdmin
            }
            None => Status::WaitingForYou,
            Some(_) if same => before.status,
            Some(_) => Status::NotStarted,
        })
    }

    pub(crate) fn find_mailbox(&self, which: &str) -> Result<Mailbox, Failure> {
        let by_id = match Uuid::try_parse(which) {
            Ok(id) => self.store.mailboxes().by_id(MailboxId(id))?,
            Err(_) => None,
        };
        let found = match (by_id, which.parse::<EmailAddress>()) {
            (Some(found), _) => Some(found),
            (None, Ok(address)) => self.store.mailboxes().by_address(&address)?,
            (None, Err(_)) => None,
        };
        found.ok_or_else(|| {
            Failure::new(
                Code::NotFound,
                format!("There is no mailbox “{which}”. Nothing was changed."),
            )
            .hinting(Hint::Mailboxes)
        })
    }

    pub(crate) fn grant_of(&self, mailbox: &Mailbox) -> Result<Option<Grant>, Failure> {
        match mailbox.grant {
            Some(id) => Ok(self.store.grants().by_id(id)?),
            None => Ok(None),
        }
    }

    pub(crate) fn line(&self, m: &Mailbox) -> Result<MailboxLine, Failure> {
        let last = self.store.reports().latest(m.id)?;
        Ok(MailboxLine {
            id: m.id.to_string(),
            address: m.address.to_string(),
            status: self.shown_status(m)?.word().to_owned(),
            name: m.account_name.clone(),
            provider: m.provider.word().to_owned(),
            auth: m.auth.word().to_owned(),
            sends: m.purpose.send,
            receives: m.purpose.receive,
            protocols: Protocol::ALL
                .into_iter()
                .filter(|protocol| m.uses().has(*protocol))
                .map(|protocol| protocol.word().to_owned())
                .collect(),
            signed_in_as: self
                .grant_of(m)?
                .filter(|g| g.dead.is_none())
                .map(|g| g.signed_in_as),
            last_check: last.map(|r| r.started.to_string()),
        })
    }
}

pub(crate) fn added(m: &Mailbox) -> Added {
    Added {
        id: m.id.to_string(),
        address: m.address.to_string(),
        status: m.status.word().to_owned(),
    }
}

/// The status of a mailbox whose password was replaced.
pub(crate) fn unproven(status: Status) -> Status {
    match status {
        Status::Retired => Status::Retired,
        _ => Status::NotStarted,
    }
}

fn endpoint_info(m: &Mailbox, e: &Endpoint) -> EndpointInfo {
    EndpointInfo {
        protocol: e.protocol.word().to_owned(),
        host: e.host.clone(),
        port: e.port,
        security: e.security.word().to_owned(),
        source: e.source.word().to_owned(),
        login: m.login(e.protocol),
    }
}

/// Whether a person has allowed plain text for this host: only by typing it.
pub(crate) fn allows_plain(endpoint: &Endpoint) -> bool {
    endpoint.security == Security::Plain && endpoint.source == FoundIn::Typed
}
