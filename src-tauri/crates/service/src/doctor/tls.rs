//! Who opens the encrypted connection on the way: a company's firewall or a virus scanner puts a certificate of its own
//! in the place of the sign-in service's.

use mailwright_domain::{Evidence, Fault, Provider, Stage, Who};

use super::finding::{Advice, Finding};
use super::outside::{Asked, NOBODY};
use crate::Failure;
use crate::interception::is_no_issuer_of;

const ID: &str = "tls";

pub(super) fn look(asked: Option<&Asked>) -> Finding {
    let Some(asked) = asked else {
        return Finding::skipped(ID, NOBODY);
    };
    let host = &asked.host;
    let finding = match &asked.answer {
        _ if asked.address.scheme() != "https" => {
            Finding::skipped(ID, format!("{} is not encrypted.", asked.address))
        }
        Ok(_) => match &asked.issuer {
            Some(issuer) => accepted(host, issuer),
            None => Finding::unchecked(ID, format!("The certificate of {host} was not seen.")),
        },
        Err(error) if is_about_trust(error.fault()) => {
            let issuer = error.issuer();
            let evidence = Evidence {
                host: Some(host.clone()),
                provider: Some(Provider::Microsoft),
                detail: issuer.map(str::to_owned),
                ..Evidence::fault(Stage::OauthToken, error.fault(), error.to_string())
            };
            let by = issuer.map(|issuer| format!(" It was issued by “{issuer}”."));
            Finding::failed(
                ID,
                format!(
                    "This computer does not accept the certificate of {host}.{}",
                    by.unwrap_or_default()
                ),
                Failure::diagnosed(&evidence),
            )
        }
        Err(error) => Finding::unchecked(ID, format!("No certificate was seen: {error}.")),
    };
    finding.took(asked.took)
}

fn is_about_trust(fault: Fault) -> bool {
    matches!(fault, Fault::TlsUntrusted | Fault::TlsName)
}

fn accepted(host: &str, issuer: &str) -> Finding {
    if is_no_issuer_of(Provider::Microsoft, issuer).is_none() {
        return Finding::passed(
            ID,
            format!("The certificate of {host} is its own, issued by “{issuer}”."),
        );
    }
    let detail = format!(
        "The certificate of {host} was issued by “{issuer}”, which Microsoft does not use. This computer trusts it."
    );
    Finding::passed(ID, detail.clone()).telling(Advice {
        id: "tls-opened-and-trusted",
        title: format!("Something on the way opens the connection to {host}"),
        what: format!("{detail} It is probably a firewall or a virus scanner."),
        still_works: "Mailwright works as the browser does, because it trusts what this computer trusts.",
        who: Who::Network,
        steps: &[
            "For Mailwright nothing has to be done.",
            "A business system with a list of trusted certificates of its own (Java, Python, some order systems) needs that product's root certificate there, or the sign-in and mail servers left alone by it.",
        ],
    })
}

#[cfg(test)]
mod tests {
    use mailwright_domain::Outcome;

    use super::*;

    #[test]
    fn a_certificate_of_their_own_is_nothing_to_tell() {
        for issuer in [
            "C=US, O=DigiCert Inc, OU=www.digicert.com, CN=DigiCert Global Root G2",
            "C=US, O=DigiCert, Inc., CN=DigiCert TLS RSA4096 Root G5",
            "C=US, O=Microsoft Corporation, CN=Microsoft RSA Root Certificate Authority 2017",
        ] {
            let own = accepted("login.example", issuer);
            assert_eq!((own.outcome, own.verdict), (Outcome::Passed, None));
        }
    }

    #[test]
    fn a_trusted_stranger_is_named_and_fails_nothing() {
        for issuer in [
            "C=NL, O=Firma B.V., CN=Firma Inspection CA",
            "CN=O=DigiCert Inc of Firma",
        ] {
            let opened = accepted("login.example", issuer);
            assert_eq!(opened.outcome, Outcome::Passed);
            let verdict = opened.verdict.unwrap();
            assert_eq!(
                (&*verdict.id, verdict.who),
                ("tls-opened-and-trusted", Who::Network)
            );
            assert!(verdict.what.contains(issuer), "{}", verdict.what);
        }
    }
}
