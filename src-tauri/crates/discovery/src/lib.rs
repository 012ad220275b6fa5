//! Address to provider and servers.
//!
//! Two sources, asked in this order: the domain itself (`outlook.com`, `gmail.com`), then the domain's mail
//! exchangers, which name Microsoft 365 and Google Workspace for everybody's own domain. Each finding says where it
//! came from. What is not found is typed by a person; that way is always open. Besides, a domain tells its Microsoft
//! tenant and cloud.

mod builtin;
mod detect;
mod tenant;

pub use builtin::{Kind, known_servers};
pub use detect::{Detection, Nothing, detect};
pub use tenant::{NoTenant, Tenant, domain_of, tenant};
