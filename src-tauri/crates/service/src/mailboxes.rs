use std::time::Duration;

use mailwright_discovery::{Detection, Nothing, detect, known_servers};
use mailwright_domain::{
    AuthKind, Cloud, EmailAddress, Endpoint, FoundIn, Grant, Mailbox, MailboxId, Protocol,
    Provider, Purpose, Registration, Security, Status,
};
use uuid::Uuid;

use crate::detecting::{read_address, unreachable};
use crate::sign_in::same_name;
use crate::wire::{Added, EndpointInfo, MailboxDetails, MailboxLine, Mailboxes};
use crate::{Code, Failure, MailboxFields, Service, time_limit};

/// Time limit of a check where none was given.
const DEFAULT_LIMIT: Duration = Duration::from_secs(30);

impl Service {
    /// Creates a mailbox; what is not given is detected.
    ///
    /// # Errors
    /// A field cannot be right, the address is set up already, no server was given or found, or it is not clear which
    /// app registration to use. Nothing is saved then.
    pub async fn add_mailbox(
        &self,
        address: &str,
        fields: &MailboxFields,
    ) -> Result<Added, Failure> {
        let address = read_address(address)?;
        if let Some(existing) = self.store.mailboxes().by_address(&address)? {
            return Err(Failure::new(
                Code::Conflict,
                format!(
                    "{address} is already set up. See: mailwright show {}",
                    existing.address
                ),
            ));
        }
        let purpose = Purpose {
            send: fields.send.unwrap_or(true),
            receive: fields.receive.unwrap_or(true),
        };
        let mut endpoints = typed_endpoints(fields)?;
        let missing = |endpoints: &[Endpoint], p| {
            purpose.wants(p) && !endpoints.iter().any(|e| e.protocol == p)
        };
        let needs_servers = [Protocol::Imap, Protocol::Smtp]
            .into_iter()
            .any(|p| missing(&endpoints, p));
        let found = if needs_servers {
            Some(
                detect(&self.net, &address)
                    .await
                    .map_err(|nothing| no_servers(&address, &nothing))?,
            )
        } else {
            None
        };
        let registration = self.registration_for(fields.registration.as_deref(), found.as_ref())?;
        if let Some(found) = &found {
            fits(found, &registration, &address)?;
            let servers = servers_in_cloud(found, registration.cloud)?;
            let needed: Vec<Endpoint> = servers
                .into_iter()
                .filter(|e| missing(&endpoints, e.protocol))
                .collect();
            endpoints.extend(needed);
        }
        let sign_in_name =
            given(fields.sign_in_name.as_ref()).unwrap_or_else(|| address.to_string());
        let mailbox = Mailbox {
            id: MailboxId(Uuid::new_v4()),
            account_name: given(fields.name.as_ref()).unwrap_or_else(|| address.to_string()),
            sender_name: given(fields.sender_name.as_ref()).unwrap_or_default(),
            senders: senders(&fields.senders)?.unwrap_or_else(|| vec![address.clone()]),
            smtp_login: given(fields.smtp_login.as_ref()).unwrap_or_else(|| sign_in_name.clone()),
            sign_in_name,
            provider: registration.provider,
            purpose: checked_purpose(purpose)?,
            endpoints,
            auth: AuthKind::Oauth,
            registration: Some(registration.id),
            grant: None,
            timeout: fields
                .timeout
                .as_deref()
                .map_or(Ok(DEFAULT_LIMIT), time_limit)?,
            status: Status::WaitingForYou,
            address,
        };
        self.store.mailboxes().insert(&mailbox)?;
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
            registration,
            timeout_ms: crate::wire::milliseconds(m.timeout),
            scopes: grant.as_ref().map(|g| g.scopes.clone()).unwrap_or_default(),
            signed_in_at: grant.as_ref().map(|g| g.signed_in_at.to_string()),
            renewed_at: grant.as_ref().map(|g| g.renewed_at.to_string()),
            keychain: self.keychain.name().to_owned(),
            proof: proof.map(crate::wire::word),
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
        let mut m = before.clone();
        for endpoint in typed_endpoints(fields)? {
            m.endpoints.retain(|e| e.protocol != endpoint.protocol);
            m.endpoints.push(endpoint);
        }
        let purpose = Purpose {
            send: fields.send.unwrap_or(m.purpose.send),
            receive: fields.receive.unwrap_or(m.purpose.receive),
        };
        m.purpose = checked_purpose(purpose)?;
        if let Some(which) = &fields.registration {
            let registration = self.find_registration(which)?;
            if registration.provider != m.provider
                && (fields.imap.is_none() && fields.smtp.is_none())
            {
                return Err(Failure::new(
                    Code::Usage,
                    "That app registration is of another provider. Give its servers too, with --imap and --smtp. Nothing was changed.",
                ));
            }
            m.registration = Some(registration.id);
            m.provider = registration.provider;
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
        complete(&m)?;
        let another_person = !same_name(&before.sign_in_name, &m.sign_in_name);
        let ended = before
            .grant
            .filter(|_| another_person || before.registration != m.registration);
        if ended.is_some() {
            m.grant = None;
        }
        m.status = self.status_after(&before, &m)?;
        self.store.mailboxes().update(&m)?;
        if let Some(grant) = ended {
            // Best effort: the change is saved, and what is left behind goes with its registration.
            if let Err(error) = self.end_grant(grant, None, true).await {
                tracing::info!(%error, "a replaced sign-in could not be deleted");
            }
        }
        Ok(added(&m))
    }

    /// What was proven stays proven only where nothing that it rests on has changed.
    fn status_after(&self, before: &Mailbox, after: &Mailbox) -> Result<Status, Failure> {
        let same = before.endpoints == after.endpoints
            && before.purpose == after.purpose
            && before.smtp_login == after.smtp_login
            && before.senders == after.senders;
        Ok(match self.grant_of(after)? {
            None if before.status == Status::Retired => Status::Retired,
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
                format!("There is no mailbox “{which}”. See: mailwright list"),
            )
        })
    }

    pub(crate) fn grant_of(&self, mailbox: &Mailbox) -> Result<Option<Grant>, Failure> {
        match mailbox.grant {
            Some(id) => Ok(self.store.grants().by_id(id)?),
            None => Ok(None),
        }
    }

    fn registration_for(
        &self,
        named: Option<&str>,
        found: Option<&Detection>,
    ) -> Result<Registration, Failure> {
        if let Some(name) = named {
            return self.find_registration(name);
        }
        let all = self.store.registrations().list()?;
        let fits = |r: &Registration| found.is_none_or(|f| r.provider == f.kind.provider());
        let mut fitting: Vec<Registration> = all.into_iter().filter(fits).collect();
        if fitting.len() == 1 {
            return Ok(fitting.remove(0));
        }
        let message = if fitting.is_empty() {
            let whose = found.map_or(String::new(), |f| match f.kind.provider() {
                Provider::Microsoft => " for Microsoft".to_owned(),
                Provider::Google => " for Google".to_owned(),
                Provider::Custom => String::new(),
            });
            format!(
                "There is no app registration{whose} yet, and nobody can sign in without one. Add it with: mailwright registration add --help"
            )
        } else {
            let candidates: Vec<String> = fitting.iter().map(|r| format!("“{}”", r.name)).collect();
            format!(
                "Several app registrations fit: {}. Say which one with --registration.",
                candidates.join(", ")
            )
        };
        Err(Failure::new(
            Code::Usage,
            format!("{message} Nothing was saved."),
        ))
    }

    fn line(&self, m: &Mailbox) -> Result<MailboxLine, Failure> {
        let last = self.store.reports().latest(m.id)?;
        Ok(MailboxLine {
            id: m.id.to_string(),
            address: m.address.to_string(),
            status: m.status.word().to_owned(),
            name: m.account_name.clone(),
            provider: m.provider.word().to_owned(),
            sends: m.purpose.send,
            receives: m.purpose.receive,
            signed_in_as: self
                .grant_of(m)?
                .filter(|g| g.dead.is_none())
                .map(|g| g.signed_in_as),
            last_check: last.map(|r| r.started.to_string()),
        })
    }
}

fn added(m: &Mailbox) -> Added {
    Added {
        id: m.id.to_string(),
        address: m.address.to_string(),
        status: m.status.word().to_owned(),
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

fn typed_endpoints(fields: &MailboxFields) -> Result<Vec<Endpoint>, Failure> {
    let typed = [
        (Protocol::Imap, &fields.imap),
        (Protocol::Smtp, &fields.smtp),
    ];
    typed
        .into_iter()
        .filter_map(|(protocol, text)| text.as_ref().map(|text| (protocol, text)))
        .map(|(protocol, text)| {
            Endpoint::parse(protocol, text).map_err(|e| {
                Failure::new(
                    Code::Usage,
                    format!(
                        "--{protocol}: {} Write HOST[:PORT][:auto|tls|starttls|plain]. Nothing was changed.",
                        crate::sentence(&e.to_string())
                    ),
                )
            })
        })
        .collect()
}

/// The servers of the provider in the registration's cloud; a custom cloud has none that are known.
fn servers_in_cloud(found: &Detection, cloud: Cloud) -> Result<Vec<Endpoint>, Failure> {
    let servers = match cloud {
        Cloud::Global => found.servers.clone(),
        other => known_servers(found.kind, other, FoundIn::BuiltIn),
    };
    if servers.is_empty() {
        return Err(Failure::new(
            Code::Usage,
            "The servers of a custom cloud are not known. Give them with --imap and --smtp. Nothing was saved.",
        ));
    }
    Ok(servers)
}

/// An app registration signs in people of its own provider only.
fn fits(
    found: &Detection,
    registration: &Registration,
    address: &EmailAddress,
) -> Result<(), Failure> {
    if found.kind.provider() == registration.provider {
        return Ok(());
    }
    Err(Failure::new(
        Code::Usage,
        format!(
            "{address} is at {}, and “{}” is an app registration of {}. Choose another with --registration, or give the servers with --imap and --smtp. Nothing was saved.",
            found.kind.provider().word(),
            registration.name,
            registration.provider.word()
        ),
    ))
}

fn no_servers(address: &EmailAddress, nothing: &Nothing) -> Failure {
    match nothing {
        Nothing::Unreachable { .. } => unreachable(nothing),
        _ => Failure::new(
            Code::NotFound,
            format!(
                "No servers were found for {address}: {nothing}. Give them by hand with --imap HOST and --smtp HOST. Nothing was saved."
            ),
        ),
    }
}

fn checked_purpose(purpose: Purpose) -> Result<Purpose, Failure> {
    if purpose.send || purpose.receive {
        return Ok(purpose);
    }
    Err(Failure::new(
        Code::Usage,
        "A mailbox that neither sends nor receives has no use. Leave at least one on. Nothing was changed.",
    ))
}

fn complete(m: &Mailbox) -> Result<(), Failure> {
    let lacking = [Protocol::Imap, Protocol::Smtp]
        .into_iter()
        .find(|p| m.purpose.wants(*p) && m.endpoint(*p).is_none());
    match lacking {
        None => Ok(()),
        Some(p) => Err(Failure::new(
            Code::Usage,
            format!(
                "There is no {} server for that yet. Give it with --{p}. Nothing was changed.",
                p.word().to_uppercase()
            ),
        )),
    }
}

fn senders(texts: &[String]) -> Result<Option<Vec<EmailAddress>>, Failure> {
    if texts.is_empty() {
        return Ok(None);
    }
    texts
        .iter()
        .map(|t| read_address(t))
        .collect::<Result<_, _>>()
        .map(Some)
}

fn given(text: Option<&String>) -> Option<String> {
    text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

fn set(field: &mut String, text: Option<&String>) {
    if let Some(text) = given(text) {
        *field = text;
    }
}

/// Whether a person has allowed plain text for this host: only by typing it.
pub(crate) fn allows_plain(endpoint: &Endpoint) -> bool {
    endpoint.security == Security::Plain && endpoint.source == FoundIn::Typed
}
