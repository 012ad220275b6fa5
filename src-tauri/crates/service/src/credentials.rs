//! What a mailbox signs in to its servers with, and which servers may be given it.

use jiff::Timestamp;
use mailwright_domain::{
    AuthKind, Endpoint, Evidence, Fault, FoundIn, Mailbox, Protocol, Secret, Stage,
};
use mailwright_mail::{Credential, Target};
use mailwright_oauth::{Profile, is_mail_host, peek, preflight};

use crate::tokens::Access;
use crate::{Failure, Service};

/// What a mailbox signs in with.
pub(crate) enum Credentials {
    /// An access token, of a person's sign-in or of an app registration.
    Token(Box<Access>),
    /// A password from the keychain.
    Password(Secret),
}

impl From<Access> for Credentials {
    fn from(access: Access) -> Self {
        Self::Token(Box::new(access))
    }
}

impl Credentials {
    /// As the mail servers take it.
    pub(crate) fn for_servers(&self) -> Credential {
        match self {
            Self::Token(access) => Credential::OAuth(access.token.clone()),
            Self::Password(password) => Credential::Password(password.clone()),
        }
    }

    /// Why this server gets none of it: a token that cannot work, or a host that may be anybody's because it was only
    /// discovered. None where nothing speaks against it.
    pub(crate) fn refused(&self, mailbox: &Mailbox, target: &Target) -> Option<Evidence> {
        let endpoint = &target.endpoint;
        let mut evidence = if self.lacks_gmail(endpoint.protocol) {
            let text = "the sign-in was without a permission to send with Gmail";
            Evidence::fault(Stage::Token, Fault::ScopeMissing, text)
        } else if self.may_go_to(mailbox, endpoint) {
            let Self::Token(access) = self else {
                return None;
            };
            let claims = peek(&access.token)?;
            preflight(
                &access.profile,
                &claims,
                endpoint.protocol,
                Timestamp::now(),
            )?
        } else {
            let text = format!(
                "{} is not one of the provider's servers, and nobody typed it",
                endpoint.host
            );
            Evidence {
                auth: matches!(self, Self::Password(_)).then_some(AuthKind::Password),
                ..Evidence::fault(Stage::Token, Fault::WrongAudience, text)
            }
        };
        evidence.protocol = Some(endpoint.protocol);
        evidence.mailbox = Some(mailbox.address.to_string());
        evidence.host = Some(endpoint.host.clone());
        Some(evidence)
    }

    /// The address of an API is the provider's own, or a person typed it into the app registration.
    fn may_go_to(&self, mailbox: &Mailbox, endpoint: &Endpoint) -> bool {
        let is_own = match self {
            Self::Token(access) => access.profile.is_own_host(&endpoint.host),
            Self::Password(_) => is_mail_host(mailbox.provider, &endpoint.host),
        };
        endpoint.protocol.is_api() || endpoint.source == FoundIn::Typed || is_own
    }

    /// What was granted is known only where the provider said so.
    fn lacks_gmail(&self, protocol: Protocol) -> bool {
        match self {
            Self::Token(access) if protocol == Protocol::Gmail => {
                !access.scopes.is_empty() && !Profile::gmail_may_send(&access.scopes)
            }
            Self::Token(_) | Self::Password(_) => false,
        }
    }
}

impl Service {
    /// What this mailbox signs in with now: a token that is usable, or its password.
    ///
    /// # Errors
    /// Nobody is signed in, the provider has ended the sign-in or cannot be reached, or the password is not there.
    pub(crate) async fn credentials(&self, mailbox: &Mailbox) -> Result<Credentials, Failure> {
        if mailbox.has_password() {
            return Ok(Credentials::Password(self.password(mailbox).await?));
        }
        self.access(mailbox, false).await.map(Credentials::from)
    }
}
