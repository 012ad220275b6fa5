//! The organisation that a registration is for, as Microsoft calls it: the tenant.

use uuid::Uuid;

use super::Registration;

/// The authority of everybody's work accounts. It stands for no one organisation, as do the other words that Microsoft
/// takes in the place of a tenant (identity-platform/msal-client-application-configuration, “Authority”).
pub const ANY_ORGANISATION: &str = "organizations";
/// Work and personal accounts; personal accounts alone.
const NOBODYS: [&str; 2] = ["common", "consumers"];

/// Whether a text is a GUID as Microsoft shows it: 32 digits in five groups, without braces.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// Whether it stands for no one organisation.
pub(super) fn is_nobodys(tenant: &str) -> bool {
    std::iter::once(ANY_ORGANISATION)
        .chain(NOBODYS)
        .any(|word| tenant.eq_ignore_ascii_case(word))
}

impl Registration {
    /// The one organisation that the registration is for: its “Directory (tenant) ID” or a domain of it. None where it
    /// is for anybody's, or for personal accounts.
    pub fn organisation(&self) -> Option<&str> {
        self.tenant.as_deref().filter(|tenant| !is_nobodys(tenant))
    }
}
