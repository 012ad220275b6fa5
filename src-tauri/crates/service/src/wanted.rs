//! The mailbox that somebody wants, made of what was entered and what was found.

use std::time::Duration;

use mailwright_discovery::{Detection, Finding, Kind, Nothing};
use mailwright_domain::{
    AuthKind, Cloud, EmailAddress, Mailbox, MailboxId, Provider, Purpose, Registration, SendVia,
    Status,
};
use uuid::Uuid;

use crate::detecting::{read_address, unreachable};
use crate::passwords::{no_registration, way};
use crate::servers::{
    add_needed, is_lacking, only_named, provider_of, servers_in_cloud, typed_endpoints,
};
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
        let found = if is_lacking(&endpoints, purpose) {
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
        let auth = way(fields, implied(fields))?;
        let registration = if auth == AuthKind::Password {
            no_registration(fields)?;
            None
        } else {
            let named = fields.registration.as_deref();
            Some(self.registration_for(named, found.as_ref(), auth)?)
        };
        let provider = registration.as_ref().map(|r| r.provider);
        may_send_via(purpose, provider)?;
        // Of several answers the one that the registration is for is meant.
        let found = found.map(|all| {
            let meant = provider.and_then(|provider| all.at(provider).cloned());
            meant.unwrap_or(all.best)
        });
        if let Some(registration) = registration.as_ref().filter(|_| auth == AuthKind::AppOnly) {
            app_only_fits(found.as_ref(), registration)?;
            nobody_is_named(fields)?;
        }
        if let Some(found) = &found {
            if let Some(registration) = &registration {
                fits(found, registration, &address)?;
            }
            let cloud = registration.as_ref().map_or(Cloud::Global, |r| r.cloud);
            add_needed(&mut endpoints, purpose, &servers_in_cloud(found, cloud)?);
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
            provider: provider.unwrap_or_else(|| provider_of(&endpoints)),
            purpose: checked_purpose(purpose)?,
            endpoints,
            auth,
            registration: registration.map(|r| r.id),
            grant: None,
            timeout: fields
                .timeout
                .as_deref()
                .map_or(Ok(DEFAULT_LIMIT), time_limit)?,
            status: if auth == AuthKind::Oauth {
                Status::WaitingForYou
            } else {
                Status::NotStarted // there is nobody to wait for
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

/// The way that a word names.
pub(crate) fn auth(word: &str) -> Result<AuthKind, Failure> {
    AuthKind::from_word(word.trim()).ok_or_else(|| {
        Failure::new(
            Code::Usage,
            format!(
                "“{word}” is not a way to sign in here. Choose oauth, password or app-only. Nothing was changed."
            ),
        )
    })
}

/// How a new mailbox is signed in to where no word says it.
fn implied(fields: &MailboxFields) -> AuthKind {
    if fields.password.is_some() {
        AuthKind::Password
    } else {
        AuthKind::Oauth
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

/// Graph sends for mailboxes at Microsoft, and Gmail for those at Google; nobody does for a password.
pub(crate) fn may_send_via(purpose: Purpose, signs_in_at: Option<Provider>) -> Result<(), Failure> {
    match purpose.via.only_for() {
        Some(only) if purpose.send && signs_in_at != Some(only) => Err(Failure::new(
            Code::Usage,
            format!(
                "Sending by {} is for mailboxes that are signed in to at {} only. Choose smtp. Nothing was changed.",
                purpose.via.word(),
                name_of(only)
            ),
        )),
        _ => Ok(()),
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
