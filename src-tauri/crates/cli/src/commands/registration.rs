use std::path::Path;
use std::process::ExitCode;

use mailwright_service::wire::RegistrationChecked;
use mailwright_service::{
    CertificateChange, CertificateFiles, Cloud, Code, Failure, NewRegistration, Provider,
    Publishing, RegistrationChange, Secret, SecretChange, Service,
};

use super::input;
use crate::args::{RegistrationAdd, RegistrationCommand, RegistrationSet};
use crate::output::Output;
use crate::{exit, people};

pub(super) async fn run(
    service: &Service,
    command: &RegistrationCommand,
    output: Output,
) -> Result<ExitCode, Failure> {
    match command {
        RegistrationCommand::Add(arguments) => {
            let mut new = entered(arguments)?;
            if let Some(domain) = &arguments.domain {
                only_microsoft(new.provider)?;
                let authority = new.authority.as_deref();
                let found = service.find_tenant(domain, new.cloud, authority).await?;
                output.progress(&people::tenant(&found));
                new.cloud = cloud(&found.cloud)?;
                new.tenant = Some(found.tenant);
            }
            let saved = service.add_registration(new).await?;
            output.answer(&saved, people::saved);
        }
        RegistrationCommand::List => {
            output.answer(&service.registrations()?, people::registrations);
        }
        RegistrationCommand::Show { registration } => {
            output.answer(&service.registration(registration)?, people::registration);
        }
        RegistrationCommand::Check { registration } => {
            output.transient("Asking the provider …");
            let checked = service.check_registration(registration).await?;
            output.transient("");
            output.answer(&checked, people::checked);
            return Ok(ExitCode::from(exit_code(&checked)));
        }
        RegistrationCommand::Set(arguments) => {
            let mut change = changes(arguments)?;
            if let Some(domain) = &arguments.domain {
                let now = service.registration(&arguments.registration)?;
                only_microsoft(
                    Provider::from_word(&now.provider).ok_or_else(|| unknown(&now.provider))?,
                )?;
                let authority = now.authority.as_deref();
                let found = service
                    .find_tenant(domain, cloud(&now.cloud)?, authority)
                    .await?;
                output.progress(&people::tenant(&found));
                change.cloud = Some(cloud(&found.cloud)?);
                change.tenant = Some(found.tenant);
            }
            let saved = service
                .change_registration(&arguments.registration, change)
                .await?;
            output.answer(&saved, people::saved);
        }
        RegistrationCommand::Script {
            registration,
            mailboxes,
            object_id,
            reverse,
        } => {
            let script = service
                .admin_script(registration, mailboxes, object_id.as_deref())
                .await?;
            output.answer(&script, |s| {
                let text = if *reverse { &s.reverse } else { &s.script };
                text.clone()
            });
        }
        RegistrationCommand::Remove { registration } => {
            let removed = service.remove_registration(registration).await?;
            output.answer(&removed, |r| {
                format!("Removed the app registration “{}”. {}", r.name, r.note)
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// As for a test: 3, 4 or 5 only where every failure has that cause, else 1. Where nothing failed and the provider could
/// not be asked, 5.
fn exit_code(checked: &RegistrationChecked) -> u8 {
    let of = |outcome: &'static str| {
        let those = checked.checks.iter().filter(move |c| c.outcome == outcome);
        those.map(|c| c.verdict.as_ref().map_or(Code::Failed, |v| v.code))
    };
    let causes: Vec<u8> = of("failed").map(exit::number).collect();
    let unreachable = of("unchecked").any(|code| code == Code::Unreachable);
    if causes.is_empty() && unreachable {
        return exit::UNREACHABLE;
    }
    super::testing::exit_code(&causes)
}

fn unknown(what: &str) -> Failure {
    Failure::new(Code::Usage, format!("“{what}” is not known here."))
}

fn cloud(word: &str) -> Result<Cloud, Failure> {
    Cloud::from_word(word).ok_or_else(|| unknown(word))
}

fn only_microsoft(provider: Provider) -> Result<(), Failure> {
    if provider == Provider::Microsoft {
        return Ok(());
    }
    Err(Failure::new(
        Code::Usage,
        "Only organisations at Microsoft have a tenant to look up. Leave the domain out. Nothing was saved.",
    ))
}

fn entered(arguments: &RegistrationAdd) -> Result<NewRegistration, Failure> {
    Ok(NewRegistration {
        name: arguments.name.clone(),
        provider: Provider::from_word(&arguments.provider)
            .ok_or_else(|| unknown(&arguments.provider))?,
        client_id: arguments.client_id.clone(),
        tenant: arguments.tenant.clone(),
        cloud: cloud(&arguments.cloud)?,
        authority: arguments.authority.clone(),
        authorize_url: arguments.authorize_url.clone(),
        token_url: arguments.token_url.clone(),
        device_url: arguments.device_url.clone(),
        revoke_url: arguments.revoke_url.clone(),
        scopes: arguments.scopes.clone(),
        client_secret: arguments
            .client_secret_stdin
            .then(read_secret)
            .transpose()?,
        secret_expires: arguments.secret_expires.clone(),
        publishing: publishing(arguments.publishing.as_deref()),
        certificate: certificate(
            arguments.certificate.as_deref(),
            arguments.certificate_key.as_deref(),
        )?,
        redirect_uri: arguments.redirect_uri.clone(),
    })
}

fn changes(arguments: &RegistrationSet) -> Result<RegistrationChange, Failure> {
    Ok(RegistrationChange {
        name: arguments.name.clone(),
        client_id: arguments.client_id.clone(),
        tenant: arguments.tenant.clone(),
        cloud: arguments.cloud.as_deref().map(cloud).transpose()?,
        authority: arguments.authority.clone(),
        authorize_url: arguments.authorize_url.clone(),
        token_url: arguments.token_url.clone(),
        device_url: arguments.device_url.clone(),
        revoke_url: arguments.revoke_url.clone(),
        scopes: Some(arguments.scopes.clone()).filter(|scopes| !scopes.is_empty()),
        secret: if arguments.no_client_secret {
            SecretChange::Remove
        } else if arguments.client_secret_stdin {
            SecretChange::New(read_secret()?)
        } else {
            SecretChange::Keep
        },
        secret_expires: arguments.secret_expires.clone(),
        publishing: publishing(arguments.publishing.as_deref()),
        certificate: if arguments.no_certificate {
            CertificateChange::Remove
        } else {
            certificate(
                arguments.certificate.as_deref(),
                arguments.certificate_key.as_deref(),
            )?
            .map_or(CertificateChange::Keep, CertificateChange::New)
        },
        redirect_uri: arguments.redirect_uri.clone(),
    })
}

/// The parser lets through what is known alone.
fn publishing(word: Option<&str>) -> Option<Publishing> {
    word.and_then(Publishing::from_word)
}

/// The certificate in these files, if one is given.
fn certificate(
    file: Option<&Path>,
    key: Option<&Path>,
) -> Result<Option<CertificateFiles>, Failure> {
    file.map(|file| {
        Ok(CertificateFiles {
            certificate: input::file(file)?,
            key: key.map(input::file).transpose()?,
        })
    })
    .transpose()
}

fn read_secret() -> Result<Secret, Failure> {
    input::asked("Client secret (the “Value”): ")
}
