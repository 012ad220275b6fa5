use std::cmp::Reverse;

use mailwright_domain::{
    EmailAddress, Endpoint, FoundIn, Mailbox, Protocol, Provider, Registration, RegistrationId,
    Status,
};

use crate::detecting::read_address;
use crate::setups::{DONE, form_of};
use crate::wire::{Found, KnownServers, RegistrationChoice, ServerForm};
use crate::{Failure, Service};

impl Service {
    /// Everything that is known about an address before it is set up: provider and servers, whether it is set up or
    /// was begun, which app registrations fit, and what a person typed for another mailbox of the same domain.
    ///
    /// # Errors
    /// The address is malformed, or no name server answered.
    pub async fn find(&self, address: &str) -> Result<Found, Failure> {
        let parsed = read_address(address)?;
        let detected = self.detect(address).await?;
        let existing = self.store.mailboxes().by_address(&parsed)?;
        let all = self.store.mailboxes().list()?;
        let same_domain: Vec<&Mailbox> = all
            .iter()
            .filter(|m| m.address.ascii_domain() == parsed.ascii_domain())
            .collect();
        // Servers that were only named do not say who signs people in to them.
        let provider = detected.provider.as_deref();
        let provider = provider.filter(|word| *word != Provider::Custom.word());
        let registrations = self.likely(provider, &same_domain)?;
        let known = known(&parsed, &same_domain, &registrations);
        Ok(Found {
            detected,
            existing: existing.map(|m| m.id.to_string()),
            begun: self.begun(&parsed)?,
            registrations: registrations.iter().map(choice).collect(),
            known,
        })
    }

    /// App registrations of this provider, and those that the domain's mailboxes use; these first, the one that most
    /// of them use before the others.
    fn likely(
        &self,
        provider: Option<&str>,
        same_domain: &[&Mailbox],
    ) -> Result<Vec<Registration>, Failure> {
        let uses = |id: RegistrationId| {
            let using = same_domain.iter().filter(|m| m.registration == Some(id));
            using.count()
        };
        let mut all = self.store.registrations().list()?;
        all.retain(|r| provider.is_none_or(|p| p == r.provider.word()) || uses(r.id) > 0);
        all.sort_by_key(|r| Reverse(uses(r.id))); // stable: equal ones stay in the order of names
        Ok(all)
    }

    /// The latest set-up of this address that can be gone on with.
    fn begun(&self, address: &EmailAddress) -> Result<Option<String>, Failure> {
        for setup in self.store.setups().list()? {
            let same = form_of(&setup).address.parse().is_ok_and(|a| *address == a);
            let id = setup.id.to_string();
            if same && setup.step != DONE && self.find_setup(&id).is_ok() {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }
}

/// Servers that a person typed for another mailbox of the domain, of the likeliest registration, preferably one that
/// works.
fn known(
    address: &EmailAddress,
    same_domain: &[&Mailbox],
    registrations: &[Registration],
) -> Option<KnownServers> {
    let typed = |m: &Mailbox, p: Protocol| -> Option<ServerForm> {
        let endpoint = m.endpoints.iter().find(|e| e.protocol == p)?;
        (endpoint.source == FoundIn::Typed).then(|| server(endpoint))
    };
    let rank = |m: &Mailbox| {
        let place = registrations
            .iter()
            .position(|r| Some(r.id) == m.registration);
        (place, m.status != Status::Working)
    };
    same_domain
        .iter()
        .filter(|m| m.address != *address && m.registration.is_some())
        .filter(|m| Protocol::ALL.into_iter().any(|p| typed(m, p).is_some()))
        .min_by_key(|m| rank(m))
        .and_then(|m| {
            Some(KnownServers {
                from: m.address.to_string(),
                registration: m.registration?.to_string(),
                imap: typed(m, Protocol::Imap),
                pop3: typed(m, Protocol::Pop3),
                smtp: typed(m, Protocol::Smtp),
            })
        })
}

fn server(endpoint: &Endpoint) -> ServerForm {
    ServerForm {
        host: endpoint.host.clone(),
        port: endpoint.port.to_string(),
        security: endpoint.security.word().to_owned(),
    }
}

fn choice(registration: &Registration) -> RegistrationChoice {
    RegistrationChoice {
        id: registration.id.to_string(),
        name: registration.name.clone(),
        provider: registration.provider.word().to_owned(),
        app_only: registration.check_app_only().is_ok(),
    }
}

#[cfg(test)]
#[path = "finding_tests.rs"]
mod tests;
