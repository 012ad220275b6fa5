//! The commands by which an administrator gives an app registration its mailboxes, and takes them back: Exchange Online
//! PowerShell, because the service principal of an app is registered in Exchange in no other way (Microsoft:
//! Authenticate an IMAP, POP or SMTP connection using OAuth; `New-ServicePrincipal`).
//!
//! What people entered goes into the script as literals of ASCII alone, whatever the encoding of the file is that the
//! script is saved in, and never into a comment.

use mailwright_diagnosis::organisation::literal;
use mailwright_domain::{Cloud, Provider, Purpose, Registration, Uses};
use mailwright_oauth::app_object_id;
use uuid::Uuid;

use crate::detecting::read_address;
use crate::wire::AdminScript;
use crate::{Code, Failure, Hint, Service};

/// A mailbox that the app is to have.
struct Given {
    address: String,
    uses: Uses,
}

impl Service {
    /// The script that gives an app registration these mailboxes, and its reverse. Without any it is for all mailboxes
    /// that nobody signs in to with it; an address need not be set up yet. The Object ID of the Enterprise application
    /// is taken from the app's own access token where it can get one, since the App registration's page shows another.
    ///
    /// # Errors
    /// There is no such app registration, it is not Microsoft's, no mailbox is known, or the Object ID is none.
    pub async fn admin_script(
        &self,
        registration: &str,
        mailboxes: &[String],
        object_id: Option<&str>,
    ) -> Result<AdminScript, Failure> {
        let registration = self.find_registration(registration)?;
        if registration.provider != Provider::Microsoft {
            return Err(Failure::new(
                Code::Usage,
                format!(
                    "“{}” is not an app registration of Microsoft, so there is no script for it. Ask the provider how an app is given access.",
                    registration.name
                ),
            ));
        }
        let given = self.given(&registration, mailboxes)?;
        let object_id = match object_id.map(str::trim).filter(|id| !id.is_empty()) {
            Some(id) => Some(checked_object_id(&registration, id)?),
            None => self.own_object_id(&registration).await,
        };
        Ok(AdminScript {
            registration: registration.name.clone(),
            client_id: registration.client_id.clone(),
            mailboxes: given.iter().map(|g| g.address.clone()).collect(),
            script: change(&registration, object_id.as_deref(), &given),
            reverse: reverse(&registration, &given),
            object_id,
        })
    }

    fn given(&self, registration: &Registration, named: &[String]) -> Result<Vec<Given>, Failure> {
        if named.is_empty() {
            let users = self.app_only_users(registration.id)?;
            if users.is_empty() {
                return Err(Failure::new(
                    Code::Usage,
                    format!(
                        "No mailbox has organisation access with “{}” yet. Say for which mailboxes the script is.",
                        registration.name
                    ),
                )
                .hinting(Hint::ScriptMailboxes));
            }
            return Ok(users
                .into_iter()
                .map(|m| Given {
                    address: m.address.to_string(),
                    uses: m.uses(),
                })
                .collect());
        }
        named
            .iter()
            .map(|which| match self.find_mailbox(which) {
                Ok(m) => Ok(Given {
                    address: m.address.to_string(),
                    uses: m.uses(),
                }),
                Err(failure) if failure.code == Code::NotFound => Ok(Given {
                    address: read_address(which)?.to_string(),
                    uses: Purpose::BOTH.into(),
                }),
                Err(failure) => Err(failure),
            })
            .collect()
    }

    /// What the app's own token says; none where it gets none, which the tests of a mailbox explain better.
    async fn own_object_id(&self, registration: &Registration) -> Option<String> {
        registration.check_app_only().ok()?;
        let access = self
            .access_of_registration(registration, None, false)
            .await
            .ok()?;
        app_object_id(&access.token, &registration.client_id)
    }
}

fn checked_object_id(registration: &Registration, id: &str) -> Result<String, Failure> {
    let wrong = |why: &str| {
        Failure::new(
            Code::Usage,
            format!(
                "“{id}” {why} Copy the “Object ID” from the Overview page of the app under “Enterprise applications”."
            ),
        )
    };
    if id.eq_ignore_ascii_case(&registration.client_id) {
        return Err(wrong("is the client ID."));
    }
    match Uuid::try_parse(id) {
        Ok(id) => Ok(id.to_string()),
        Err(_) => Err(wrong("is not an Object ID.")),
    }
}

/// Looks first, then registers the app in Exchange and gives it the mailboxes.
fn change(registration: &Registration, object_id: Option<&str>, given: &[Given]) -> String {
    let mut text = String::from(
        "# Gives an app access to mailboxes without anybody who signs in. For an Exchange administrator, in PowerShell.\n\
         # Once: Install-Module ExchangeOnlineManagement\n\
         # First, in the Entra admin center, on the page \"API permissions\" of the app registration: add the application\n\
         # permissions of \"Office 365 Exchange Online\" and choose \"Grant admin consent\":\n",
    );
    if given.iter().any(|g| g.uses.imap) {
        text.push_str("#   IMAP.AccessAsApp\n");
    }
    if given.iter().any(|g| g.uses.pop3) {
        text.push_str("#   POP.AccessAsApp\n");
    }
    if given.iter().any(|g| g.uses.smtp) {
        text.push_str("#   SMTP.SendAsApp\n");
    }
    text.push_str("$ErrorActionPreference = 'Stop'\n");
    text.push_str(&app_id(registration));
    line(
        &mut text,
        "# \"Object ID\" on the Overview page of the app under ENTERPRISE APPLICATIONS.\n\
         # The page under \"App registrations\" shows another Object ID; with that one every sign-in fails.",
    );
    line(
        &mut text,
        &format!("$ObjectId = {}", literal(object_id.unwrap_or_default())),
    );
    if object_id.is_none() {
        line(
            &mut text,
            "if (-not $ObjectId) { throw 'Enter the Object ID of the Enterprise application above, then run this again.' }",
        );
    }
    line(&mut text, &connect(registration.cloud));
    look(&mut text, given);
    line(
        &mut text,
        "$null = Read-Host 'Nothing is changed yet. Press Enter to make the changes, Ctrl+C to stop'\n\n\
         # 2. The changes.\n\
         if (-not $Principal) {\n  \
           New-ServicePrincipal -AppId $AppId -ObjectId $ObjectId -DisplayName $Name\n  \
           $Principal = Get-ServicePrincipal | Where-Object { $_.AppId -eq $AppId }\n\
         } elseif ($Principal.ObjectId -ne $ObjectId) {\n  \
           throw 'The app is registered in Exchange with another Object ID. Nothing was changed. Remove-ServicePrincipal takes that one away.'\n\
         }",
    );
    for Given { address, uses } in given {
        let address = literal(address);
        // Exchange opens the mailbox for sending too, and refuses the message without this right.
        line(
            &mut text,
            &format!(
                "Add-MailboxPermission -Identity {address} -User $Principal.Identity -AccessRights FullAccess -AutoMapping $false"
            ),
        );
        if uses.smtp {
            line(
                &mut text,
                &format!(
                    "Add-RecipientPermission -Identity {address} -Trustee $Principal.Identity -AccessRights SendAs -Confirm:$false"
                ),
            );
        }
    }
    line(
        &mut text,
        "# It may take an hour until Exchange knows all of it. Then test the mailbox.",
    );
    text
}

/// Takes back what [`change`] gave, the last first.
fn reverse(registration: &Registration, given: &[Given]) -> String {
    let mut text = String::from(
        "# Takes back from an app the access to mailboxes. For an Exchange administrator, in PowerShell.\n\
         $ErrorActionPreference = 'Stop'\n",
    );
    text.push_str(&app_id(registration));
    line(&mut text, &connect(registration.cloud));
    look(&mut text, given);
    line(
        &mut text,
        "if (-not $Principal) { throw 'The app is not registered in Exchange, so there is nothing to take back.' }\n\
         $null = Read-Host 'Nothing is changed yet. Press Enter to make the changes, Ctrl+C to stop'\n\n\
         # 2. The changes.",
    );
    for Given { address, uses } in given.iter().rev() {
        let address = literal(address);
        if uses.smtp {
            line(
                &mut text,
                &format!(
                    "Remove-RecipientPermission -Identity {address} -Trustee $Principal.Identity -AccessRights SendAs -Confirm:$false"
                ),
            );
        }
        line(
            &mut text,
            &format!(
                "Remove-MailboxPermission -Identity {address} -User $Principal.Identity -AccessRights FullAccess -Confirm:$false"
            ),
        );
    }
    line(
        &mut text,
        "# You are asked before this one. Answer No if the app still has other mailboxes.\n\
         Remove-ServicePrincipal -Identity $Principal.Identity",
    );
    text
}

fn app_id(registration: &Registration) -> String {
    format!(
        "# \"Application (client) ID\" of the app registration\n$AppId = {}\n$Name = {}\n",
        literal(&registration.client_id),
        literal(&registration.name)
    )
}

/// What is there now; only commands that read.
fn look(text: &mut String, given: &[Given]) {
    let mailboxes: Vec<String> = given.iter().map(|g| literal(&g.address)).collect();
    line(
        text,
        &format!(
            "$Mailboxes = @(\n  {}\n)\n\n\
             # 1. What is there now.\n\
             $Principal = Get-ServicePrincipal | Where-Object {{ $_.AppId -eq $AppId }}\n\
             $Principal | Format-List DisplayName, AppId, ObjectId\n\
             foreach ($Mailbox in $Mailboxes) {{\n  \
               Get-CASMailbox -Identity $Mailbox | Format-List PrimarySmtpAddress, ImapEnabled, SmtpClientAuthenticationDisabled\n  \
               Get-MailboxPermission -Identity $Mailbox | Format-Table User, AccessRights, Deny\n  \
               Get-RecipientPermission -Identity $Mailbox | Format-Table Trustee, AccessRights\n\
             }}",
            mailboxes.join(",\n  ")
        ),
    );
}

/// Exchange Online of the registration's cloud (Microsoft: Connect-ExchangeOnline, parameter `ExchangeEnvironmentName`).
pub(crate) fn connect(cloud: Cloud) -> String {
    let environment = match cloud {
        Cloud::Global | Cloud::Custom => return "Connect-ExchangeOnline".to_owned(),
        Cloud::GccHigh => "O365USGovGCCHigh",
        Cloud::Dod => "O365USGovDoD",
        Cloud::China => "O365China",
    };
    format!("Connect-ExchangeOnline -ExchangeEnvironmentName {environment}")
}

fn line(text: &mut String, more: &str) {
    text.push_str(more);
    text.push('\n');
}

#[cfg(test)]
#[path = "admin_script_tests.rs"]
mod tests;
