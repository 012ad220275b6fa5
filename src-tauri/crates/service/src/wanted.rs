//! The mailbox that somebody wants, made of what was entered and what was found.

use std::time::Duration;

use mailwright_discovery::{Detection, Finding, Kind, Nothing, known_servers};
use mailwright_domain::{
    AuthKind, Cloud, EmailAddress, Endpoint, FoundIn, Mailbox, MailboxId, Protocol, Provider,
    Purpose, Registration, SendVia, Status,
};
use uuid::Uuid;

use crate::detecting::{read_address, unreachable};
use crate::{Code, Failure, Hint, MailboxFields, Service, time_limit};

/// Time limit of a check where none was given.
const DEFAULT_LIMIT: Duration = Duration::from_secs(30);

impl Service {
    /// The mailbox of these fields; what is not given is detected. Nothing is saved.
    pub(crate) async fn wanted(
        &self,
        address: EmailAddress,
        fields: &MailboxFields,
    ) -> Result<Mailbox, Failure> {
        let purpose = Purpose {
            send: fields.send.unwrap_or(true),
            receive: fields.receive.unwrap_or(true),
            via: via(fields)?.unwrap_or_default(),
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
                self.look_up(&address)
                    .await
                    .map_err(|nothing| no_servers(&address, &nothing))?,
            )
        } else {
            None
        };
        if let Some(found) = &found
            && fields.registration.is_none()
            && found.best.is_only_named()
        {
            return Err(only_named(&found.best, &address));
        }
        let auth = fields.auth.as_deref().map_or(Ok(AuthKind::Oauth), auth)?;
        let registration =
            self.registration_for(fields.registration.as_deref(), found.as_ref(), auth)?;
        may_send_via(purpose, registration.provider)?;
        // Of several answers the one that the registration is for is meant.
        let found = found.map(|all| all.at(registration.provider).cloned().unwrap_or(all.best));
        if auth == AuthKind::AppOnly {
            app_only_fits(found.as_ref(), &registration)?;
            nobody_is_named(fields)?;
        }
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
        Ok(Mailbox {
            id: MailboxId(Uuid::new_v4()),
            account_name: given(fields.name.as_ref()).unwrap_or_else(|| address.to_string()),
            sender_name: given(fields.sender_name.as_ref()).unwrap_or_default(),
            senders: senders(&fields.senders)?.unwrap_or_else(|| vec![address.clone()]),
            smtp_login: given(fields.smtp_login.as_ref()).unwrap_or_else(|| sign_in_name.clone()),
            sign_in_name,
            provider: registration.provider,
            purpose: checked_purpose(purpose)?,
            endpoints,
            auth,
            registration: Some(registration.id),
            grant: None,
            timeout: fields
                .timeout
                .as_deref()
                .map_or(Ok(DEFAULT_LIMIT), time_limit)?,
            status: if auth == AuthKind::AppOnly {
                Status::NotStarted // there is nobody to wait for
            } else {
                Status::WaitingForYou
            },
            address,
        })
    }

    fn registration_for(
        &self,
        named: Option<&str>,
        found: Option<&Detection>,
        auth: AuthKind,
    ) -> Result<Registration, Failure> {
        let found = found.map(|all| &all.best);
        if let Some(name) = named {
            return self.find_registration(name);
        }
        let all = self.store.registrations().list()?;
        let fits = |r: &Registration| found.is_none_or(|f| r.provider == f.kind.provider());
        let mut fitting: Vec<Registration> = all.into_iter().filter(fits).collect();
        let able = |r: &Registration| r.check_app_only().is_ok();
        if auth == AuthKind::AppOnly && fitting.iter().any(able) {
            fitting.retain(able);
        }
        if fitting.len() == 1 {
            return Ok(fitting.remove(0));
        }
        let (message, hint) = if fitting.is_empty() {
            let whose = found.map_or(String::new(), |f| match f.kind.provider() {
                Provider::Microsoft => " for Microsoft".to_owned(),
                Provider::Google => " for Google".to_owned(),
                Provider::Custom => String::new(),
            });
            let message = format!(
                "There is no app registration{whose} yet, and nobody can sign in without one. Add one first."
            );
            (message, Hint::AddRegistration)
        } else {
            let candidates: Vec<String> = fitting.iter().map(|r| format!("“{}”", r.name)).collect();
            let message = format!(
                "Several app registrations fit: {}. Choose one of them.",
                candidates.join(", ")
            );
            (message, Hint::ChooseRegistration)
        };
        Err(Failure::new(Code::Usage, format!("{message} Nothing was saved.")).hinting(hint))
    }
}

pub(crate) fn typed_endpoints(fields: &MailboxFields) -> Result<Vec<Endpoint>, Failure> {
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
                        "The {} server cannot be used: {e}. Nothing was changed.",
                        protocol.word().to_uppercase()
                    ),
                )
                .hinting(Hint::Server(protocol))
            })
        })
        .collect()
}

/// The servers of the provider in the registration's cloud; a custom cloud has none that are known.
fn servers_in_cloud(found: &Finding, cloud: Cloud) -> Result<Vec<Endpoint>, Failure> {
    let servers = match cloud {
        Cloud::Global => found.endpoints(),
        other => known_servers(found.kind, other, FoundIn::BuiltIn),
    };
    if servers.is_empty() {
        return Err(Failure::new(
            Code::Usage,
            "The servers of a custom cloud are not known. Enter them by hand. Nothing was saved.",
        )
        .hinting(Hint::Servers));
    }
    Ok(servers)
}

/// An app registration signs in people of its own provider only, and servers that somebody merely named are nobody's.
fn fits(
    found: &Finding,
    registration: &Registration,
    address: &EmailAddress,
) -> Result<(), Failure> {
    if found.is_only_named() {
        return Err(only_named(found, address));
    }
    if found.kind.provider() == registration.provider {
        return Ok(());
    }
    Err(Failure::new(
        Code::Usage,
        format!(
            "{address} is at {}, and “{}” is an app registration of {}. Choose another one, or enter the servers by hand. Nothing was saved.",
            name_of(found.kind.provider()),
            registration.name,
            name_of(registration.provider)
        ),
    )
    .hinting(Hint::Servers))
}

/// Anybody can name a server, and a sign-in there would be given to whoever runs it.
fn only_named(found: &Finding, address: &EmailAddress) -> Failure {
    let named: Vec<String> = [Protocol::Imap, Protocol::Smtp]
        .into_iter()
        .filter_map(|protocol| {
            let mut servers = found.servers.iter().map(|server| &server.endpoint);
            let server = servers.find(|endpoint| endpoint.protocol == protocol)?;
            Some(format!("{} {server}", protocol.word().to_uppercase()))
        })
        .collect();
    let named = if named.is_empty() {
        "others than IMAP and SMTP".to_owned()
    } else {
        named.join(" and ")
    };
    Failure::new(
        Code::NotFound,
        format!(
            "The servers that were found for {address} ({named}; told by {}) are no known provider's, and whoever named them may not be the one you trust. Enter them by hand if they are right. Nothing was saved.",
            found.told_by
        ),
    )
    .hinting(Hint::Servers)
}

/// Access without a person is given by an organisation, and not with every registration.
fn app_only_fits(found: Option<&Finding>, registration: &Registration) -> Result<(), Failure> {
    if found.is_some_and(|found| found.kind == Kind::OutlookCom) {
        return Err(Failure::new(
            Code::Usage,
            "This is a personal Microsoft account. No organisation could give access to it, so somebody has to sign in. Nothing was saved.",
        ));
    }
    Ok(registration.check_app_only()?)
}

/// Where nobody signs in, a name for whoever does would be a mistake that shows late.
pub(crate) fn nobody_is_named(fields: &MailboxFields) -> Result<(), Failure> {
    let names = [&fields.sign_in_name, &fields.smtp_login];
    if names.into_iter().all(|name| given(name.as_ref()).is_none()) {
        return Ok(());
    }
    Err(Failure::new(
        Code::Usage,
        "With organisation access nobody signs in, so there is neither a sign-in name nor an SMTP login. Leave them out. Nothing was changed.",
    ))
}

/// The way that a word names. A password is not offered.
pub(crate) fn auth(word: &str) -> Result<AuthKind, Failure> {
    match AuthKind::from_word(word.trim()) {
        Some(auth @ (AuthKind::Oauth | AuthKind::AppOnly)) => Ok(auth),
        _ => Err(Failure::new(
            Code::Usage,
            format!(
                "“{word}” is not a way to sign in here. Choose oauth or app-only. Nothing was changed."
            ),
        )),
    }
}

/// A provider's name for people.
fn name_of(provider: Provider) -> &'static str {
    match provider {
        Provider::Microsoft => "Microsoft",
        Provider::Google => "Google",
        Provider::Custom => "another provider",
    }
}

fn no_servers(address: &EmailAddress, nothing: &Nothing) -> Failure {
    match nothing {
        Nothing::Unreachable { .. } => unreachable(nothing),
        _ => Failure::new(
            Code::NotFound,
            format!(
                "No servers were found for {address}: {nothing}. Enter them by hand. Nothing was saved."
            ),
        )
        .hinting(Hint::Servers),
    }
}

pub(crate) fn checked_purpose(purpose: Purpose) -> Result<Purpose, Failure> {
    if purpose.send || purpose.receive {
        return Ok(purpose);
    }
    Err(Failure::new(
        Code::Usage,
        "A mailbox that neither sends nor receives has no use. Leave at least one on. Nothing was changed.",
    ))
}

/// The way of sending that was entered, if one was.
pub(crate) fn via(fields: &MailboxFields) -> Result<Option<SendVia>, Failure> {
    let Some(word) = given(fields.send_via.as_ref()) else {
        return Ok(None);
    };
    SendVia::from_word(&word).map(Some).ok_or_else(|| {
        Failure::new(
            Code::Usage,
            format!(
                "“{word}” is not a way to send. Choose smtp, graph or gmail. Nothing was changed."
            ),
        )
    })
}

/// Graph sends for mailboxes at Microsoft, and Gmail for those at Google.
pub(crate) fn may_send_via(purpose: Purpose, provider: Provider) -> Result<(), Failure> {
    match purpose.via.only_for() {
        Some(only) if purpose.send && only != provider => Err(Failure::new(
            Code::Usage,
            format!(
                "Sending by {} is for mailboxes at {} only. Choose smtp. Nothing was changed.",
                purpose.via.word(),
                name_of(only)
            ),
        )),
        _ => Ok(()),
    }
}

pub(crate) fn complete(m: &Mailbox) -> Result<(), Failure> {
    let lacking = [Protocol::Imap, Protocol::Smtp]
        .into_iter()
        .find(|p| m.purpose.wants(*p) && m.endpoint(*p).is_none());
    match lacking {
        None => Ok(()),
        Some(p) => Err(Failure::new(
            Code::Usage,
            format!(
                "There is no {} server for that yet. Enter it too. Nothing was changed.",
                p.word().to_uppercase()
            ),
        )
        .hinting(Hint::Server(p))),
    }
}

pub(crate) fn senders(texts: &[String]) -> Result<Option<Vec<EmailAddress>>, Failure> {
    if texts.is_empty() {
        return Ok(None);
    }
    texts
        .iter()
        .map(|t| read_address(t))
        .collect::<Result<_, _>>()
        .map(Some)
}

pub(crate) fn given(text: Option<&String>) -> Option<String> {
    text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

pub(crate) fn set(field: &mut String, text: Option<&String>) {
    if let Some(text) = given(text) {
        *field = text;
    }
}
