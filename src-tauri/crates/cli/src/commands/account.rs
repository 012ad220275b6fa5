use std::io::IsTerminal;

use mailwright_service::{Code, Failure, FolderChange, MailboxFields, Secret, Service};

use super::input;
use crate::args::{AddArguments, FolderArguments, MailboxOptions, SetArguments};
use crate::output::Output;
use crate::people;

fn fields(options: &MailboxOptions) -> Result<MailboxFields, Failure> {
    Ok(MailboxFields {
        registration: options.registration.clone(),
        auth: options.auth.clone(),
        password: password(options)?,
        name: options.name.clone(),
        sender_name: options.sender_name.clone(),
        senders: options.senders.clone(),
        sign_in_name: options.sign_in_name.clone(),
        smtp_login: options.smtp_login.clone(),
        imap: options.imap.clone(),
        pop3: options.pop3.clone(),
        smtp: options.smtp.clone(),
        send_via: options.send_via.clone(),
        send: None,
        receive: None,
        timeout: options.timeout.clone(),
    })
}

/// The password, where one is given or somebody can be asked for it. Whether one is needed is not decided here.
fn password(options: &MailboxOptions) -> Result<Option<Secret>, Failure> {
    let wanted = options.auth.as_deref() == Some("password");
    let ask = wanted && std::io::stdin().is_terminal();
    if !(options.password_stdin || ask) {
        return Ok(None);
    }
    input::asked("Password: ").map(Some)
}

pub(super) async fn add(
    service: &Service,
    arguments: &AddArguments,
    output: Output,
) -> Result<(), Failure> {
    let fields = MailboxFields {
        send: Some(!arguments.no_send),
        receive: Some(!arguments.no_receive),
        ..fields(&arguments.options)?
    };
    let added = service.add_mailbox(&arguments.address, &fields).await?;
    output.answer(&added, people::added);
    Ok(())
}

pub(super) async fn set(
    service: &Service,
    arguments: &SetArguments,
    output: Output,
) -> Result<(), Failure> {
    let yes = |value: &Option<String>| value.as_deref().map(|v| v == "yes");
    let fields = MailboxFields {
        send: yes(&arguments.send),
        receive: yes(&arguments.receive),
        ..fields(&arguments.options)?
    };
    let changed = service.change_mailbox(&arguments.mailbox, &fields).await?;
    output.answer(&changed, people::changed);
    Ok(())
}

pub(super) async fn folders(
    service: &Service,
    arguments: &FolderArguments,
    output: Output,
) -> Result<(), Failure> {
    let mut changes = Vec::new();
    if arguments.auto {
        changes.push(FolderChange::AllAutomatic);
    }
    for assignment in &arguments.set {
        let (role, name) = assignment.split_once('=').ok_or_else(|| {
            Failure::new(
                Code::Usage,
                format!("“{assignment}” is not ROLE=NAME, for example sent=\"Verzonden items\". Nothing was changed."),
            )
        })?;
        changes.push(FolderChange::Choose(role.to_owned(), name.to_owned()));
    }
    changes.extend(arguments.none.iter().cloned().map(FolderChange::Without));
    let folders = service.folders(&arguments.mailbox, &changes).await?;
    output.answer(&folders, people::folders);
    Ok(())
}
