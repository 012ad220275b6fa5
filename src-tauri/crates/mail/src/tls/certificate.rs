use std::fmt;
use std::net::IpAddr;

use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{ASN1Time, FromDer, GeneralName, X509Certificate};

use crate::redact::shown;

/// Names that are shown; a certificate of a large provider has a hundred.
const MOST_NAMES: usize = 8;
const LONGEST: usize = 200;

/// What a person wants to know of a certificate.
pub(super) struct Facts {
    /// Who issued it: the issuer that the last certificate of the received chain names.
    pub(super) issuer: String,
    names: Vec<String>,
    more_names: usize,
    /// First day.
    pub(super) from: String,
    /// Last day.
    pub(super) until: String,
    not_before: i64,
}

impl Facts {
    /// Reads the first certificate, and the issuer of the last; none where they cannot be read.
    pub(super) fn read(chain: &[CertificateDer<'_>]) -> Option<Self> {
        let (_, first) = X509Certificate::from_der(chain.first()?.as_ref()).ok()?;
        let last = chain
            .last()
            .and_then(|der| X509Certificate::from_der(der.as_ref()).ok());
        let issuer = last.map_or_else(
            || first.issuer().to_string(),
            |(_, last)| last.issuer().to_string(),
        );
        let mut names = names_of(&first);
        let more_names = names.len().saturating_sub(MOST_NAMES);
        names.truncate(MOST_NAMES);
        let validity = first.validity();
        Some(Self {
            issuer: shown(issuer.as_bytes(), LONGEST),
            names,
            more_names,
            from: day(validity.not_before),
            until: day(validity.not_after),
            not_before: validity.not_before.timestamp(),
        })
    }

    pub(super) fn names(&self) -> String {
        let mut text = self.names.join(", ");
        if self.more_names > 0 {
            text = format!("{text} and {} more", self.more_names);
        }
        text
    }

    pub(super) fn not_yet_valid(&self) -> bool {
        self.not_before > ASN1Time::now().timestamp()
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = if self.names.is_empty() {
            "no name".to_owned()
        } else {
            self.names()
        };
        write!(
            f,
            "certificate for {names}, issued by {}, valid from {} until {}",
            self.issuer, self.from, self.until
        )
    }
}

fn names_of(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    extension
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(shown(name.as_bytes(), LONGEST)),
            GeneralName::IPAddress(bytes) => address(bytes),
            _ => None,
        })
        .collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    let address: IpAddr = match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok()?.into(),
        16 => <[u8; 16]>::try_from(bytes).ok()?.into(),
        _ => return None,
    };
    Some(address.to_string())
}

fn day(time: ASN1Time) -> String {
    time.to_datetime().date().to_string()
}

#[cfg(test)]
pub(crate) mod properties;
