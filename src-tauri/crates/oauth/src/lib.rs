//! Signing in with OAuth 2.0 (RFC 6749) by the system browser and a loopback redirect (RFC 8252) with PKCE
//! (RFC 7636), and what follows: redemption, renewal, revocation, and a look at what was granted.
//!
//! A sign-in, from the caller's side:
//! 1. [`Profile::new`] from the registration and the purposes ticked;
//! 2. [`Loopback::bind`], then [`SignInRequest::new`] with [`Loopback::redirect_uri`];
//! 3. the browser opens [`SignInRequest::authorize_url`] while [`Loopback::wait`] waits;
//! 4. [`redeem`], [`check_grant`] and the comparison of [`Identity`] with the mailbox;
//! 5. [`Responder::finish`] puts the result on the page that the browser is still waiting for.
//!
//! Where the browser cannot come back, [`SignInRequest::code_from_address`] takes the code from the address that it
//! could not open. Where there is no browser at all, [`device_code`] and [`wait_for_device`] take the place of 2 to 4.

mod answer;
mod approval;
mod callback;
mod certificate;
mod claims;
mod clouds;
mod device;
mod error;
#[cfg(test)]
mod fixture;
mod id_token;
mod issuer;
mod jwt;
mod loopback;
mod metadata;
mod pages;
mod pem;
mod probe;
mod profile;
mod proof;
mod redirect;
mod request;
mod retry_after;
mod revoke;
mod scopes;
mod text;
mod token;

pub use approval::{ApprovalRequest, approval_url};
pub use certificate::{CertificateError, read_certificate};
pub use claims::{app_object_id, peek, preflight};
pub use clouds::{CloudData, cloud, is_api_host, is_mail_host};
pub use device::{DeviceCode, Polled, device_code, device_code_offered, wait_for_device};
pub use error::OauthError;
pub use id_token::Identity;
pub use loopback::{Approved, Callback, Families, Loopback, Responder, WAIT};
pub use metadata::{Metadata, NoMetadata, discover};
pub use pages::{EndPage, Next};
pub use probe::{Asker, DevicePoll, try_client, try_device, try_proof};
pub use profile::Profile;
pub use proof::{ClientKey, ClientProof};
pub use redirect::Redirect;
pub use request::{Account, SignInOptions, SignInRequest};
pub use revoke::{Revoked, revoke};
pub use scopes::{check_grant, missing_scopes};
pub use token::{Tokens, client_credentials, redeem, refresh};
