//! Which provider profile a mailbox or a grant signs in with.

use mailwright_discovery::{Kind, provider};
use mailwright_domain::{Cloud, EmailAddress, Grant, Mailbox, Provider, Registration, Uses};
use mailwright_oauth::Profile;

use crate::{Code, Failure, Hint, Service};

/// The tenant of all personal Microsoft accounts; it stands in the issuer of their tokens.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

impl Service {
    /// The registration that a mailbox signs in with.
    pub(crate) fn registration_of(&self, mailbox: &Mailbox) -> Result<Registration, Failure> {
        let found = match mailbox.registration {
            Some(id) => self.store.registrations().by_id(id)?,
            None => None,
        };
        found.ok_or_else(|| {
            let address = &mailbox.address;
            Failure::new(
                Code::Usage,
                format!("{address} has no app registration. Choose one. Nothing was changed."),
            )
            .hinting(Hint::SetRegistration(address.to_string()))
        })
    }

    /// The registration that a grant was given to. A grant is renewed and revoked with this one and no other.
    pub(crate) fn registration_of_grant(&self, grant: &Grant) -> Result<Registration, Failure> {
        let found = self.store.registrations().by_id(grant.registration)?;
        found.ok_or_else(|| Failure::internal("A sign-in has no app registration."))
    }

    /// The profile for a new sign-in. Microsoft signs in personal accounts elsewhere than work accounts; where the
    /// registration does not say which, the domain does.
    pub(crate) async fn profile_for_sign_in(
        &self,
        mailbox: &Mailbox,
        registration: &Registration,
    ) -> Result<Profile, Failure> {
        self.profile_for(&mailbox.address, registration, mailbox.uses())
            .await
    }

    /// The same for an address.
    pub(crate) async fn profile_for(
        &self,
        address: &EmailAddress,
        registration: &Registration,
        uses: impl Into<Uses>,
    ) -> Result<Profile, Failure> {
        let uses = uses.into();
        let open = registration.provider == Provider::Microsoft
            && registration.cloud == Cloud::Global
            && registration.tenant.is_none();
        let personal = open && provider(&self.net, address).await == Some(Kind::OutlookCom);
        profile(registration, uses, personal)
    }
}

/// The profile of a grant for what a mailbox is used for. Who issued the grant decides, not a host name that somebody
/// may have changed since.
pub(crate) fn profile_of_grant(
    grant: &Grant,
    registration: &Registration,
    uses: impl Into<Uses>,
) -> Result<Profile, Failure> {
    profile(registration, uses.into(), is_personal(&grant.issuer))
}

/// Whether a tenant ID, or an issuer with one, is that of all personal accounts.
pub(crate) fn is_personal(tenant: &str) -> bool {
    tenant.contains(CONSUMERS)
}

fn profile(registration: &Registration, uses: Uses, personal: bool) -> Result<Profile, Failure> {
    if personal {
        Ok(Profile::personal(registration, uses)?)
    } else {
        Ok(Profile::new(registration, uses)?)
    }
}
