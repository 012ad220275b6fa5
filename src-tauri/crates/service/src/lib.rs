//! The use cases of Mailwright: what the window and the command line do, without either of them.
//!
//! One method of [`Service`] is one thing that a person wants. Each returns a wire type (see [`wire`]) or a
//! [`Failure`] with a code for programs, a sentence for people and, where the catalogue knows the cause, a verdict.
//!
//! How one sign-in flows: `sign_in` probes the keychain, takes the one sign-in lock of this computer, opens the
//! loopback listener and hands out the address to open (or a code, on that route); what comes back is redeemed, the
//! identity and the granted permissions are compared with what the mailbox expects, the refresh token goes into the
//! keychain, and only then does the database point to it.
//!
//! How one test flows: `testing` gets a fresh token (`tokens`), runs the ladders side by side (`mailwright-mail`),
//! hands each failed check's evidence to `mailwright-diagnosis`, and saves the report.

mod admin_script;
mod app_only;
mod approval;
mod back_off;
mod browser;
mod calendar;
mod certificates;
mod checking;
mod claims;
mod credentials;
mod detecting;
mod doctor;
mod endpoints;
mod environment;
mod error_id;
mod explaining;
mod failure;
mod finding;
mod folders;
mod grants;
mod hint;
mod home;
mod input;
mod interception;
mod lock;
mod mailboxes;
mod organisation;
mod passwords;
mod permissions;
mod plan;
mod profiles;
mod readiness;
mod registration_changes;
mod registration_fields;
mod registrations;
mod removing;
mod reviewing;
#[cfg(test)]
mod samples;
mod servers;
mod setup_form;
mod setups;
mod sign_in;
mod sign_out;
mod status;
mod stored_tokens;
mod support;
mod tenants;
mod testing;
mod tokens;
mod wanted;
pub mod wire;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mailwright_keychain::{DEFAULT_TIMEOUT, Keychain, OsStore, SecretStore};
use mailwright_net::Net;
use mailwright_store::Store;
use tokio::sync::RwLock;
use url::Url;

pub use approval::{ApprovalOf, ApprovalStep};
pub use browser::{Browser, SystemBrowser, open_mail};
pub use environment::{Database, Environment, VARIABLES};
pub use explaining::explain;
pub use failure::{Code, Failure};
pub use folders::FolderChange;
pub use hint::Hint;
pub use input::{
    CertificateChange, CertificateFiles, MailboxFields, NewRegistration, RegistrationChange,
    SecretChange, show_time_limit, time_limit,
};
pub use mailwright_domain::{Cloud, Protocol, Provider, Publishing, Secret, Uses};
pub use reviewing::{review_registration, review_secret};
pub use sign_in::{Pasting, Route, ShownCode, SignInEvent, SignInOptions, Waiting};
pub use support::{PackageOptions, SupportDraft, SupportPackage};
pub use testing::{Progress, Round, SendTo, TestOptions};

/// Everything that the use cases need. Cheap to clone; clones share the database connection and the keychain worker.
#[derive(Clone)]
pub struct Service {
    home: PathBuf,
    net: Net,
    store: Arc<Store>,
    keychain: Keychain,
    /// Where organisations of Microsoft are looked up.
    tenants: tenants::Lookup,
    /// The database of providers, where one is asked.
    database: Option<Url>,
    /// Who may connect to a server for sending.
    turns: testing::Turns,
    /// What was said in the last tests.
    spoken: testing::Spoken,
    /// Read by every piece of work that must not be cut off; whoever may write knows that none is left.
    unfinished: Arc<RwLock<()>>,
}

/// How long the end of the program waits for work that must not be cut off: 30 seconds for a lock, 30 for the token
/// request, the rest for the keychain.
const SETTLE: Duration = Duration::from_secs(110);

impl Service {
    /// Opens the data folder, creating it the first time, with this computer's network and keychain.
    ///
    /// # Errors
    /// The folder or database cannot be used (a database of a newer Mailwright is refused and left untouched), or the
    /// network settings cannot be read.
    pub fn open(environment: &Environment) -> Result<Self, Failure> {
        let home = environment.data_folder()?;
        let net = Net::new(&environment.net)
            .map_err(|e| Failure::new(Code::Usage, sentence(&e.to_string())))?;
        let service = Self::with(&home, net, Arc::new(OsStore::new()))?;
        Ok(Self {
            tenants: tenants::Lookup::new(environment.microsoft.clone()),
            database: match &environment.database {
                Database::Usual => detecting::usual_database(),
                Database::At(url) => Some(url.clone()),
                Database::Off => None,
            },
            ..service
        })
    }

    /// The same with a given network and secret store, for tests. Neither Microsoft nor a database of providers is asked.
    ///
    /// # Errors
    /// The folder or database cannot be used.
    pub fn with(home: &Path, net: Net, secrets: Arc<dyn SecretStore>) -> Result<Self, Failure> {
        let store = Store::open(home)?;
        let keychain = Keychain::open(secrets, store.database_id(), DEFAULT_TIMEOUT);
        Ok(Self {
            home: home.to_owned(),
            net,
            store: Arc::new(store),
            keychain,
            tenants: tenants::Lookup::Nowhere,
            database: None,
            turns: testing::Turns::default(),
            spoken: testing::Spoken::default(),
            unfinished: Arc::default(),
        })
    }

    /// Waits, at most 110 seconds, for work that must not be cut off: a provider that has rotated a refresh token has
    /// forgotten the old one, so the new one must reach the keychain even if nobody waits for the answer any more.
    /// To be called before the runtime ends, also after Ctrl-C.
    pub async fn settle(&self) {
        let _ = tokio::time::timeout(SETTLE, self.unfinished.write()).await;
    }

    /// Runs work to its end even if the caller is dropped. The work is made where it runs, so it need not be `Send`.
    async fn to_its_end<T, F>(
        &self,
        work: impl FnOnce() -> F + Send + 'static,
    ) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Failure>>,
    {
        let unfinished = Arc::clone(&self.unfinished).read_owned().await;
        let runtime = tokio::runtime::Handle::current();
        let task = tokio::task::spawn_blocking(move || {
            let _unfinished = unfinished;
            runtime.block_on(work())
        });
        // The panic hook has said where; what a panic says could hold anything.
        task.await.unwrap_or_else(|_| {
            Err(Failure::internal(
                "A task of Mailwright ended unexpectedly.",
            ))
        })
    }
}

/// A library's error as a sentence: first letter large, full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A desktop shell runs its commands on several threads, so every use case must be able to move between them.
    #[test]
    fn use_cases_can_move_between_threads() {
        fn movable<T: Send>(_: &T) {}
        let home = tempfile::tempdir().unwrap();
        let net = Net::new(&mailwright_net::NetOptions::default()).unwrap();
        let secrets = Arc::new(mailwright_keychain::MemoryStore::new());
        let service = Service::with(home.path(), net, secrets).unwrap();
        let (events, _) = tokio::sync::mpsc::unbounded_channel();
        movable(&service.test("a@b.nl", &TestOptions::default(), events));
        movable(&service.token("a@b.nl", None));
        movable(&service.folders("a@b.nl", &[]));
        movable(&service.sign_out("a@b.nl", false));
        movable(&service.detect("a@b.nl"));
        movable(&service.find_tenant("b.nl", Cloud::Global, None));
        movable(&service.add_mailbox("a@b.nl", &MailboxFields::default()));
        movable(&service.change_mailbox("a@b.nl", &MailboxFields::default()));
        movable(&service.remove_mailbox("a@b.nl"));
        movable(&service.forget("id"));
        movable(&service.forget_removed());
        movable(&service.find("a@b.nl"));
        movable(&service.confirm_setup("id", None));
        movable(&service.end_setup("id"));
        movable(&service.check_registration("R"));
        movable(&service.remove_registration("R"));
        movable(&service.change_registration("R", RegistrationChange::default()));
        let form = wire::RegistrationForm::default();
        movable(&service.save_registration(None, &form, SecretChange::Keep));
        let (events, _) = tokio::sync::mpsc::unbounded_channel();
        let options = SignInOptions::default();
        movable(&service.sign_in("a@b.nl", &options, &events));
        movable(&service.sign_in_for_setup("s", &options.waiting, &events));
        movable(&service.approval(ApprovalOf::Mailbox("a@b.nl")));
        movable(&service.check_approval(ApprovalOf::Registration("R")));
        movable(&service.approve_here(
            ApprovalOf::Mailbox("a@b.nl"),
            options.waiting.limit,
            &events,
        ));
        movable(&service.readiness("r", &SystemBrowser::default()));
        movable(&service.doctor(&SystemBrowser::default()));
        movable(&service.support_package(&PackageOptions::default(), &SystemBrowser::default()));
    }
}
