//! What support needs to help, in one file that a person can read before it leaves the computer.
//!
//! The file is one JSON document: it opens in every editor and browser, a program reads it too, and mail filters let it
//! through where they stop archives. It is put together from types that have no field for a secret; then every secret
//! that the keychain holds for what is in it is looked for all the same, and what is found is taken out.

mod file;
mod mask;
mod secrets;

use mailwright_discovery::tenant_id;
use mailwright_domain::{Mailbox, Report};
use serde_json::Value;
use tokio::sync::mpsc::unbounded_channel;

use crate::browser::mailto;
use crate::error_id::{error_id, read};
use crate::wire::{
    Package, PackagePart, PackageProgram, PackageTranscript, RegistrationDetails, ReportInfo,
    SupportShown,
};
use crate::{Browser, Code, Failure, Service, TestOptions, VARIABLES};
use mask::Mask;

/// So far back a report is looked for by its error ID, in each mailbox.
const BACK: u32 = 100;
/// Longest subject, in characters.
const SUBJECT: usize = 120;

const ABOUT: &str = "A support package of Mailwright. It holds no password, token, client secret or key, and no text of a message.";

/// Reports, each with the address of its mailbox.
type Reports = Vec<(String, Report)>;

/// What a support package is to hold.
#[derive(Clone, Debug, Default)]
pub struct PackageOptions {
    /// These mailboxes; empty means all.
    pub mailboxes: Vec<String>,
    /// Only the report with this error ID and its mailbox.
    pub error_id: Option<String>,
    /// Replace addresses, names and host names of the customer, each by the same word everywhere.
    pub mask: bool,
    /// Test the mailboxes now, and put in what was said on each connection.
    pub test: bool,
}

/// What was collected for a support package, without secrets. Whether it says whose it is can still be chosen, again and
/// again, without looking at anything anew.
#[derive(Clone, Debug)]
pub struct SupportDraft {
    package: Package,
    /// The package as JSON, after the secrets of this computer were looked for in it.
    document: Value,
    title: String,
    /// IDs of the organisations that the sign-ins are of; no setting has them where anybody's organisation may sign in.
    tenants: Vec<String>,
}

/// A support package that is not written yet.
#[derive(Clone, Debug)]
pub struct SupportPackage {
    /// The file's text.
    pub text: String,
    /// Whether addresses, names and host names were replaced.
    pub masked: bool,
    /// All that is in it.
    pub contents: Vec<PackagePart>,
    /// Error IDs in it, the newest first.
    pub error_ids: Vec<String>,
    /// Subject for a message to support.
    pub subject: String,
    /// Text for that message.
    pub message: String,
    /// An address that opens such a message (RFC 6068).
    pub mailto: String,
}

impl Service {
    /// Puts a support package together; writes and sends nothing.
    ///
    /// # Errors
    /// There is no such mailbox or error ID, or the database cannot be read.
    pub async fn support_package(
        &self,
        options: &PackageOptions,
        browser: &dyn Browser,
    ) -> Result<SupportPackage, Failure> {
        let draft = self.collect_for_support(options, browser).await?;
        draft.package(options.mask)
    }

    /// Collects what goes into a support package; `mask` of the options is for [`SupportDraft::package`].
    ///
    /// # Errors
    /// As [`Service::support_package`].
    pub async fn collect_for_support(
        &self,
        options: &PackageOptions,
        browser: &dyn Browser,
    ) -> Result<SupportDraft, Failure> {
        let (mailboxes, mut reports) = self.asked_for(options)?;
        let mut transcripts = Vec::new();
        if options.test {
            for mailbox in &mailboxes {
                let spoken = self.test_for_package(mailbox).await?;
                transcripts.extend(spoken);
            }
            reports = self.latest_of(&mailboxes)?;
        } else {
            for (address, report) in &reports {
                let spoken = self.spoken.of(report.mailbox, report.started);
                transcripts.extend(spoken.into_iter().map(|said| PackageTranscript {
                    mailbox: address.clone(),
                    protocol: said.protocol,
                    lines: said.lines,
                }));
            }
        }
        reports.sort_by_key(|(_, report)| std::cmp::Reverse(report.started));
        let package = Package {
            about: ABOUT.to_owned(),
            made: jiff::Timestamp::now().to_string(),
            masked: false,
            error_ids: reports.iter().filter_map(|(_, r)| error_id(r)).collect(),
            program: self.program(),
            computer: self.doctor(browser).await?,
            mailboxes: mailboxes
                .iter()
                .map(|m| self.mailbox(&m.id.to_string()))
                .collect::<Result<_, _>>()?,
            registrations: self.registrations_for(&mailboxes)?,
            reports: reports
                .iter()
                .map(|(address, report)| ReportInfo::new(address, report))
                .collect(),
            transcripts,
        };
        let secrets = self.secrets_of(&mailboxes).await;
        let mut document = serde_json::to_value(&package)
            .map_err(|_| Failure::internal("A support package could not be written as JSON."))?;
        each_text(&mut document, &mut |text| secrets.taken_out_of(text));
        let title = secrets.taken_out_of(&title(&package));
        Ok(SupportDraft {
            package,
            document,
            title,
            tenants: self.tenants_of(&mailboxes)?,
        })
    }

    fn tenants_of(&self, mailboxes: &[Mailbox]) -> Result<Vec<String>, Failure> {
        let mut tenants = Vec::new();
        for mailbox in mailboxes {
            let grant = self.grant_of(mailbox)?;
            tenants.extend(grant.and_then(|grant| tenant_id(&grant.issuer)));
        }
        Ok(tenants)
    }

    fn asked_for(&self, options: &PackageOptions) -> Result<(Vec<Mailbox>, Reports), Failure> {
        let mailboxes = if options.mailboxes.is_empty() {
            self.store.mailboxes().list()?
        } else {
            let found = options
                .mailboxes
                .iter()
                .map(|which| self.find_mailbox(which));
            found.collect::<Result<Vec<_>, _>>()?
        };
        let Some(typed) = &options.error_id else {
            let reports = self.latest_of(&mailboxes)?;
            return Ok((mailboxes, reports));
        };
        let wanted = read(typed);
        for mailbox in mailboxes {
            for report in self.store.reports().list(mailbox.id, BACK)? {
                if error_id(&report).as_deref() == Some(&*wanted) {
                    let address = mailbox.address.to_string();
                    return Ok((vec![mailbox], vec![(address, report)]));
                }
            }
        }
        Err(Failure::new(
            Code::NotFound,
            format!("No failed test has the error ID {wanted}. Nothing was written."),
        ))
    }

    fn latest_of(&self, mailboxes: &[Mailbox]) -> Result<Reports, Failure> {
        let mut reports = Vec::new();
        for mailbox in mailboxes {
            if let Some(report) = self.store.reports().latest(mailbox.id)? {
                reports.push((mailbox.address.to_string(), report));
            }
        }
        Ok(reports)
    }

    /// What was said on each connection of a test that is made now. Nobody watches it.
    async fn test_for_package(&self, mailbox: &Mailbox) -> Result<Vec<PackageTranscript>, Failure> {
        let (events, _) = unbounded_channel();
        let which = mailbox.id.to_string();
        let tested = self
            .test_and_listen(&which, &TestOptions::default(), events)
            .await;
        match tested {
            Ok((_, spoken)) => Ok(spoken
                .into_iter()
                .map(|(protocol, text)| PackageTranscript {
                    mailbox: mailbox.address.to_string(),
                    protocol: protocol.word().to_owned(),
                    lines: text.lines().map(str::to_owned).collect(),
                })
                .collect()),
            // It is used with nothing, so there is nothing to test.
            Err(failure) if failure.code == Code::Usage => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }

    fn registrations_for(
        &self,
        mailboxes: &[Mailbox],
    ) -> Result<Vec<RegistrationDetails>, Failure> {
        let mut ids: Vec<_> = mailboxes.iter().filter_map(|m| m.registration).collect();
        ids.sort_by_key(ToString::to_string);
        ids.dedup();
        ids.iter()
            .map(|id| self.registration(&id.to_string()))
            .collect()
    }

    fn program(&self) -> PackageProgram {
        PackageProgram {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            system: std::env::consts::OS.to_owned(),
            architecture: std::env::consts::ARCH.to_owned(),
            system_name: system_name(),
            keychain: self.keychain.name().to_owned(),
            variables_set: VARIABLES
                .iter()
                .map(|(name, _)| *name)
                .chain(mailwright_net::PROXY_VARIABLES)
                .filter(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
                .map(str::to_owned)
                .collect(),
        }
    }
}

impl SupportDraft {
    /// The package as it would be written, with the customer in it or not.
    ///
    /// # Errors
    /// It cannot be written as JSON, which does not happen.
    pub fn package(&self, masked: bool) -> Result<SupportPackage, Failure> {
        let mut document = self.document.clone();
        if let Some(said) = document.get_mut("masked") {
            *said = masked.into();
        }
        if !masked {
            return finish(&document, &self.package, &self.title, masked);
        }
        let mut mask = Mask::of(&self.package);
        for tenant in &self.tenants {
            mask.learn_tenant(tenant);
        }
        each_text(&mut document, &mut |text| {
            mask.learn_from(text);
            text.to_owned()
        });
        each_text(&mut document, &mut |text| mask.text(text));
        finish(&document, &self.package, &mask.text(&self.title), masked)
    }
}

impl SupportPackage {
    /// As the window shows it before it is written.
    pub fn shown(&self) -> SupportShown {
        SupportShown {
            text: self.text.clone(),
            bytes: self.text.len() + 1,
            masked: self.masked,
            error_ids: self.error_ids.clone(),
            contents: self.contents.clone(),
            subject: self.subject.clone(),
        }
    }
}

/// What a Linux system calls itself (os-release(5)); other systems have no file for that.
fn system_name() -> Option<String> {
    let text = std::fs::read_to_string("/etc/os-release").ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("PRETTY_NAME="))?;
    Some(line.trim_matches('"').to_owned())
}

/// The first diagnosis, which is what somebody writes to support about.
fn title(package: &Package) -> String {
    let failed = package.reports.iter().flat_map(|report| &report.checks);
    let mut verdicts = failed.filter_map(|check| check.verdict.as_ref());
    verdicts
        .next()
        .map_or_else(|| "a question".to_owned(), |verdict| verdict.title.clone())
}

/// Every text of a document, but not its keys.
fn each_text(value: &mut Value, change: &mut impl FnMut(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(map) => map.values_mut().for_each(|item| each_text(item, change)),
        _ => {}
    }
}

fn finish(
    document: &Value,
    package: &Package,
    title: &str,
    masked: bool,
) -> Result<SupportPackage, Failure> {
    let text = serde_json::to_string_pretty(document)
        .map_err(|_| Failure::internal("A support package could not be written as JSON."))?;
    let id = package.error_ids.first().map(|id| format!(" {id}"));
    let subject = format!("Mailwright{}: {title}", id.unwrap_or_default());
    let subject: String = subject.chars().take(SUBJECT).collect();
    let ids = match &*package.error_ids {
        [] => String::new(),
        ids => format!("Error ID: {}\n", ids.join(", ")),
    };
    let message = format!(
        "{ids}Mailwright {} on {}.\n\nWhat I did, and what I expected:\n\n\nThe support package is attached.\n",
        package.program.version, package.program.system
    );
    Ok(SupportPackage {
        mailto: mailto(&subject, &message)?.to_string(),
        contents: contents(document, package),
        error_ids: package.error_ids.clone(),
        text,
        masked,
        subject,
        message,
    })
}

fn contents(document: &Value, package: &Package) -> Vec<PackagePart> {
    let part = |key: &str, what: String| PackagePart {
        part: key.to_owned(),
        what,
        bytes: document[key].to_string().len(),
    };
    let spoken: usize = package.transcripts.iter().map(|t| t.lines.len()).sum();
    let checks: usize = package.reports.iter().map(|r| r.checks.len()).sum();
    vec![
        part(
            "program",
            "Version of Mailwright, the system, which keychain, and names of variables that are set"
                .to_owned(),
        ),
        part(
            "computer",
            format!("What doctor found: {} checks", package.computer.checks.len()),
        ),
        part(
            "mailboxes",
            format!("{}: settings, permissions and dates", counted(package.mailboxes.len(), "mailbox", "mailboxes")),
        ),
        part(
            "registrations",
            format!(
                "{}: settings without secret or key",
                counted(package.registrations.len(), "app registration", "app registrations")
            ),
        ),
        part(
            "reports",
            format!(
                "{} with {}, what servers said, and the diagnosis",
                counted(package.reports.len(), "test", "tests"),
                counted(checks, "check", "checks")
            ),
        ),
        part(
            "transcripts",
            format!(
                "{} with {}, credentials cut out",
                counted(package.transcripts.len(), "conversation", "conversations"),
                counted(spoken, "line", "lines")
            ),
        ),
    ]
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests;
