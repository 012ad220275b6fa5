//! Who opens encrypted connections on the way and is trusted with it: a company's firewall or a virus scanner, whose
//! certificate stands in the place of the provider's. Mailwright works then as the browser does; a business system with
//! a list of trusted certificates of its own does not, so it is told and fails nothing.

use mailwright_discovery::{Kind, kind_of_hosts};
use mailwright_domain::{Check, CheckId, Outcome, Protocol, Provider};
use mailwright_net::Net;
use mailwright_oauth::is_api_host;

/// Whose certificates Microsoft's services have: “Azure Certificate Authority details”,
/// <https://learn.microsoft.com/azure/security/fundamentals/azure-ca-details>, as it was on 2022-04-28, and newer roots
/// of the first, which write the name with a comma.
const OF_MICROSOFT: [&str; 3] = [
    "O=DigiCert Inc",
    "O=DigiCert, Inc.",
    "O=Microsoft Corporation",
];

/// Whose certificates Google's services have: “Google Trust Services: Root CAs and cross-signs”,
/// <https://pki.goog/repository/>. An old root of `GlobalSign` signs Google's for computers that do not know it yet.
const OF_GOOGLE: [&str; 4] = [
    "O=Google Trust Services LLC",
    "O=Google Trust Services",
    "O=GlobalSign nv-sa",
    "O=GlobalSign",
];

/// The provider's name, and whose certificates its services have; none where nothing is known.
fn known(provider: Provider) -> Option<(&'static str, &'static [&'static str])> {
    match provider {
        Provider::Microsoft => Some(("Microsoft", &OF_MICROSOFT)),
        Provider::Google => Some(("Google", &OF_GOOGLE)),
        Provider::Custom => None,
    }
}

/// The provider's name, where its services have no certificates of this issuer. Of other servers nothing is known, so
/// every issuer is theirs.
pub(crate) fn is_no_issuer_of(provider: Provider, issuer: &str) -> Option<&'static str> {
    let (name, issuers) = known(provider)?;
    let own = issuers.iter().any(|part| is_part(issuer, part));
    (!own).then_some(name)
}

/// Says of a TLS check that the certificate is not the provider's own.
pub(crate) fn tell_of_a_stranger(net: &Net, host: &str, check: &mut Check) {
    let is_known = match check.outcome {
        Outcome::Passed => true,
        // A proxy is passed by, and what it shows is seen as soon as something was asked through it.
        Outcome::Unchecked => check.protocol.is_some_and(Protocol::is_api),
        _ => false,
    };
    if check.id != CheckId::Tls || !is_known {
        return;
    }
    let issuer = net.issuer_of(host);
    if let (Some(provider), Some(issuer)) = (whose(host), issuer)
        && let Some(name) = is_no_issuer_of(provider, &issuer)
    {
        let note = format!(
            " “{issuer}” does not issue {name}'s certificates: something on the way opens this connection, probably a firewall or a virus scanner. This computer trusts it; a business system may not."
        );
        check.detail.push_str(&note);
    }
}

/// Whose server this is, by its name: one for mail, or for the API that mail is sent by. Microsoft's cloud in China is
/// run by somebody else, with certificates that no page here lists.
fn whose(host: &str) -> Option<Provider> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if host.rsplit('.').next() == Some("cn") {
        return None;
    }
    let of_api = || {
        let mut providers = [Provider::Microsoft, Provider::Google].into_iter();
        providers.find(|provider| is_api_host(*provider, &host))
    };
    kind_of_hosts(&[&host]).map(Kind::provider).or_else(of_api)
}

/// Whether a distinguished name, as it is printed, has this part, whole.
fn is_part(name: &str, part: &str) -> bool {
    format!(", {name}, ").contains(&format!(", {part}, "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_servers_for_mail_and_for_its_api_are_known_by_name() {
        for (host, provider) in [
            ("outlook.office365.com", Some(Provider::Microsoft)),
            ("Graph.Microsoft.com.", Some(Provider::Microsoft)),
            ("graph.microsoft.us", Some(Provider::Microsoft)),
            ("imap.gmail.com", Some(Provider::Google)),
            ("gmail.googleapis.com", Some(Provider::Google)),
            ("partner.outlook.cn", None),
            ("microsoftgraph.chinacloudapi.cn", None),
            ("graph.microsoft.com.firma.nl", None),
            ("mail.firma.nl", None),
        ] {
            assert_eq!(whose(host), provider, "{host}");
        }
    }

    #[test]
    fn a_providers_own_issuers_are_known_whole() {
        let microsoft = [
            "C=US, O=DigiCert Inc, OU=www.digicert.com, CN=DigiCert Global Root G2",
            "C=US, O=DigiCert, Inc., CN=DigiCert TLS RSA4096 Root G5",
            "C=US, O=Microsoft Corporation, CN=Microsoft RSA Root Certificate Authority 2017",
        ];
        let google = [
            "C=US, O=Google Trust Services LLC, CN=GTS Root R1",
            "C=BE, O=GlobalSign nv-sa, OU=Root CA, CN=GlobalSign Root CA",
        ];
        for issuer in microsoft {
            assert_eq!(
                is_no_issuer_of(Provider::Microsoft, issuer),
                None,
                "{issuer}"
            );
            assert_eq!(
                is_no_issuer_of(Provider::Google, issuer),
                Some("Google"),
                "{issuer}"
            );
        }
        for issuer in google {
            assert_eq!(is_no_issuer_of(Provider::Google, issuer), None, "{issuer}");
            assert_eq!(
                is_no_issuer_of(Provider::Microsoft, issuer),
                Some("Microsoft"),
                "{issuer}"
            );
        }
        for issuer in [
            "C=NL, O=Firma B.V., CN=Firma Inspection CA",
            "CN=O=DigiCert Inc of Firma",
            "",
        ] {
            assert_eq!(
                is_no_issuer_of(Provider::Microsoft, issuer),
                Some("Microsoft"),
                "{issuer}"
            );
            assert_eq!(is_no_issuer_of(Provider::Custom, issuer), None, "{issuer}");
        }
    }
}
