//! This computer, as far as a mailbox needs it: where secrets are kept, the way to the browser and back, and what stands
//! between here and a provider. Every finding is seen, not concluded: an entry is written, a connection is made, a name
//! is asked for, and one address is read, that of Microsoft's sign-in service. Nothing about anybody is sent there.

mod clock;
mod finding;
mod loopback;
mod names;
mod outside;
mod proxy;
mod tls;

use jiff::Timestamp;
use mailwright_domain::Cloud;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use url::Url;

use crate::wire::{Doctor, DoctorCheck, milliseconds};
use crate::{Browser, Failure, Service};
use finding::Finding;

impl Service {
    /// Looks at this computer: keychain, browser, loopback, name server, proxy, who opens TLS, and the clock. Opens no
    /// browser, keeps nothing, and answers within half a minute, however little answers.
    ///
    /// # Errors
    /// The mailboxes, whose servers' names are asked for, cannot be read.
    pub async fn doctor(&self, browser: &dyn Browser) -> Result<Doctor, Failure> {
        // Nobody listens.
        let (findings, _) = unbounded_channel();
        self.doctor_and_tell(browser, findings).await
    }

    /// The same, and each finding is told as soon as it is made; the answer has all of them in their order. Dropping
    /// the future stops it.
    ///
    /// # Errors
    /// As [`Service::doctor`].
    pub async fn doctor_and_tell(
        &self,
        browser: &dyn Browser,
        to: UnboundedSender<DoctorCheck>,
    ) -> Result<Doctor, Failure> {
        let checked = Timestamp::now();
        let began = Instant::now();
        let address = self.tenants.authority(Cloud::Global);
        let names = self.names_to_ask(address.as_ref())?;
        let (browser, keychain, loopback, names, outside) = tokio::join!(
            told(&to, async { [look_at_browser(browser)] }),
            told(&to, async { [self.look_at_keychain().await] }),
            told(&to, loopback::look()),
            told(&to, async { [names::look(&self.net, names).await] }),
            told(&to, self.look_outside(address)),
        );
        let findings = keychain.iter().chain(&browser).chain(&loopback);
        let findings = findings.chain(&names).chain(&outside);
        Ok(Doctor {
            checked: checked.to_string(),
            ms: milliseconds(began.elapsed()),
            checks: findings.map(Into::into).collect(),
        })
    }

    /// What one request to the sign-in service shows.
    async fn look_outside(&self, address: Option<Url>) -> [Finding; 3] {
        let asked = outside::ask(&self.net, address).await;
        [
            proxy::look(asked.as_ref(), |name| std::env::var(name).ok()),
            tls::look(asked.as_ref()),
            clock::look(asked.as_ref()),
        ]
    }

    async fn look_at_keychain(&self) -> Finding {
        const ID: &str = "keychain";
        let began = Instant::now();
        let name = self.keychain.name();
        let finding = match self.keychain.probe().await {
            Ok(()) => Finding::passed(
                ID,
                format!(
                    "An entry was written to {name}, read back and deleted; sign-ins can be kept."
                ),
            ),
            Err(error) => Finding::failed(ID, format!("{name} cannot be used."), error.into()),
        };
        finding.took(began.elapsed())
    }

    /// The names that Mailwright needs here: of the sign-in service, and of the mailboxes' servers.
    fn names_to_ask(&self, address: Option<&Url>) -> Result<Vec<String>, Failure> {
        let mailboxes = self.store.mailboxes().list()?;
        let servers = mailboxes.iter().flat_map(|m| &m.endpoints);
        let hosts = address.and_then(Url::host_str).into_iter();
        let all = hosts.chain(servers.map(|server| server.host.as_str()));
        Ok(names::distinct(all))
    }
}

/// Tells of what was found as soon as it was.
async fn told<const N: usize>(
    to: &UnboundedSender<DoctorCheck>,
    look: impl Future<Output = [Finding; N]>,
) -> [Finding; N] {
    let found = look.await;
    for finding in &found {
        let _ = to.send(finding.into());
    }
    found
}

fn look_at_browser(browser: &dyn Browser) -> Finding {
    const ID: &str = "browser";
    let name = browser.name();
    match browser.check() {
        Ok(()) => Finding::passed(ID, format!("A sign-in would open in {name}.")),
        Err(failure) => Finding::failed(ID, failure.message.clone(), failure),
    }
}

#[cfg(test)]
mod tests;
