//! Endpoints, resources and mail hosts of the built-in providers. They are data: `profiles/*.toml`, each entry with its
//! source, the day it was compared with it, and what of it Microsoft has not confirmed.

use std::sync::OnceLock;

use mailwright_domain::{Cloud, Provider};
use serde::Deserialize;

const MICROSOFT: &str = include_str!("../profiles/microsoft.toml");
const GOOGLE: &str = include_str!("../profiles/google.toml");

/// One Microsoft cloud.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudData {
    /// Which one.
    pub cloud: Cloud,
    /// Begin of every sign-in address; empty where the registration has to name it.
    pub authority: String,
    /// Where administrators register apps; empty where that is not known.
    pub portal: String,
    /// Prefix of the mail permissions, and the audience of their tokens.
    pub resource: String,
    /// Other audiences that the same servers accept.
    pub also_audiences: Vec<String>,
    /// Prefix of `.default`, by which an app asks for itself.
    pub app_resource: String,
    /// Resource of Microsoft Graph: its host, and the prefix of its permissions.
    pub graph: String,
    /// Mail hosts.
    pub hosts: Vec<String>,
    /// Where the entry comes from.
    pub source: String,
    /// The day (RFC 3339 full-date) on which it was last compared with its source.
    pub checked_on: String,
    /// What of it Microsoft documents nowhere, in words for people.
    #[serde(default)]
    pub unconfirmed: Vec<String>,
}

/// Endpoints below `{authority}/{tenant}/`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paths {
    pub(crate) authorize: String,
    pub(crate) token: String,
    pub(crate) device: String,
    pub(crate) admin_consent: String,
}

/// The tenant of all personal accounts, as it is written in addresses and as it stands in tokens.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Personal {
    pub(crate) tenant: String,
    pub(crate) tenant_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Microsoft {
    pub(crate) paths: Paths,
    pub(crate) personal: Personal,
    cloud: Vec<CloudData>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Google {
    pub(crate) authorize: String,
    pub(crate) token: String,
    pub(crate) revoke: String,
    pub(crate) mail: String,
    pub(crate) send: String,
    pub(crate) api: String,
    pub(crate) issuers: Vec<String>,
    pub(crate) hosts: Vec<String>,
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "for whoever reads the file; a test wants it there"
        )
    )]
    source: String,
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "for whoever reads the file; a test wants it there"
        )
    )]
    checked_on: String,
}

/// The tests prove that both files parse and that every cloud is there; should one ever not be, its registrations are
/// refused for want of an address to sign in at.
pub(crate) fn microsoft() -> &'static Microsoft {
    static DATA: OnceLock<Microsoft> = OnceLock::new();
    DATA.get_or_init(|| toml::from_str(MICROSOFT).unwrap_or_default())
}

pub(crate) fn google() -> &'static Google {
    static DATA: OnceLock<Google> = OnceLock::new();
    DATA.get_or_init(|| toml::from_str(GOOGLE).unwrap_or_default())
}

/// What is known of a Microsoft cloud.
pub fn cloud(cloud: Cloud) -> Option<&'static CloudData> {
    microsoft().cloud.iter().find(|data| data.cloud == cloud)
}

/// Whether this is one of a provider's own mail hosts, in whichever of its clouds. A custom provider has none that are
/// known.
pub fn is_mail_host(provider: Provider, host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let has = |own: &[String]| own.iter().any(|own| own.eq_ignore_ascii_case(host));
    match provider {
        Provider::Microsoft => microsoft().cloud.iter().any(|data| has(&data.hosts)),
        Provider::Google => has(&google().hosts),
        Provider::Custom => false,
    }
}

/// Whether this is the host of an API by which a provider sends: Microsoft Graph in whichever cloud, or the Gmail API.
pub fn is_api_host(provider: Provider, host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let is = |base: &str| {
        let own = base.strip_prefix("https://");
        own.is_some_and(|own| own.eq_ignore_ascii_case(host))
    };
    match provider {
        Provider::Microsoft => microsoft().cloud.iter().any(|data| is(&data.graph)),
        Provider::Google => is(&google().api),
        Provider::Custom => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cloud_has_an_entry_and_every_entry_is_https() {
        let data: Microsoft = toml::from_str(MICROSOFT).unwrap();
        assert_eq!(data.cloud.len(), Cloud::ALL.len());
        for cloud in Cloud::ALL {
            let one = data.cloud.iter().find(|d| d.cloud == cloud).unwrap();
            let urls = [
                &one.authority,
                &one.portal,
                &one.resource,
                &one.app_resource,
                &one.graph,
            ];
            for url in urls.into_iter().filter(|url| !url.is_empty()) {
                let parsed = url::Url::parse(url).unwrap();
                assert_eq!(parsed.scheme(), "https", "{url}");
                assert_eq!(parsed.path(), "/", "{url}");
                assert!(!url.ends_with('/'), "{url}");
            }
            assert_eq!(one.authority.is_empty(), cloud == Cloud::Custom);
            assert!(!one.source.is_empty());
            let day: Result<jiff::civil::Date, _> = one.checked_on.parse();
            assert!(day.is_ok(), "{}", one.checked_on);
        }
    }

    #[test]
    fn what_microsoft_does_not_document_is_marked() {
        for (which, marked) in [
            (Cloud::Global, false),
            (Cloud::GccHigh, true),
            (Cloud::Dod, true),
            (Cloud::China, true),
            (Cloud::Custom, false),
        ] {
            let data = cloud(which).unwrap();
            assert_eq!(!data.unconfirmed.is_empty(), marked, "{which:?}");
        }
    }

    #[test]
    fn only_a_providers_own_hosts_are_its_own() {
        for (provider, host, own) in [
            (Provider::Microsoft, "Outlook.Office365.com.", true),
            (Provider::Microsoft, "partner.outlook.cn", true),
            (Provider::Google, "pop.gmail.com", true),
            (Provider::Google, "outlook.office365.com", false),
            (Provider::Google, "pop.gmail.com.evil.nl", false),
            (Provider::Custom, "pop.gmail.com", false),
            (Provider::Microsoft, "", false),
        ] {
            assert_eq!(is_mail_host(provider, host), own, "{provider:?} {host}");
        }
    }

    #[test]
    fn the_other_files_parse_whole() {
        let google: Google = toml::from_str(GOOGLE).unwrap();
        for url in [&google.authorize, &google.token, &google.revoke] {
            assert!(url.starts_with("https://"), "{url}");
        }
        assert!(!google.source.is_empty() && !google.checked_on.is_empty());
        let microsoft = microsoft();
        for path in [
            &microsoft.paths.authorize,
            &microsoft.paths.token,
            &microsoft.paths.device,
            &microsoft.paths.admin_consent,
        ] {
            assert!(!path.is_empty() && !path.starts_with('/'), "{path}");
        }
        assert_eq!(microsoft.personal.tenant, "consumers");
    }
}
