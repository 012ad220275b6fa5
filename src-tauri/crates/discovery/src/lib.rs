//! Address to provider and servers.
//!
//! Sources, better ones first: the domain itself (`outlook.com`, `gmail.com`); its mail exchangers, which name Microsoft
//! 365 and Google Workspace for everybody's own domain; its address for Autodiscover, which names Microsoft also where a
//! filter stands before it; a settings document of its own, over https; its service records; the database of providers;
//! and two mere signs, who may send for the domain, and that Microsoft has an organisation with it. Name servers are
//! asked first, all questions at once; only where they do not settle it is anybody else asked, all at once too, and told
//! the domain alone. Each finding says where it came from and how sure it is, and what else was found is kept.
//!
//! What is found says where a mailbox is, never where a token may go: only servers from a provider's own list
//! ([`known_servers`]) and servers that a person typed get one. What is not found is typed by a person; that way is
//! always open. Besides, a domain tells its Microsoft tenant and cloud.

mod autoconfig;
mod builtin;
mod detect;
mod found;
mod placeholders;
mod settings;
mod srv;
mod tenant;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod support;

pub use builtin::{Kind, is_of_persons, kind_of_hosts, known_servers};
pub use detect::{Nothing, Places, detect, provider};
pub use found::{Confidence, Detection, Finding, FoundServer};
pub use tenant::{NoTenant, Tenant, domain_of, tenant, tenant_id};
