//! Whose certificates were seen. The HTTP client says only that a certificate is not trusted, and nothing of one that
//! is; its issuer is what names an inspecting firewall or virus scanner, so it is remembered on the way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;
use x509_parser::prelude::{FromDer, X509Certificate};

/// So many hosts are remembered; a program talks to a handful.
const MOST: usize = 32;
/// Longest name that is shown.
const LONGEST: usize = 200;

/// The system's verifier, which decides; the issuers of what it sees are remembered by host.
#[derive(Debug)]
pub(crate) struct Remembering {
    verifier: Verifier,
    issuers: Arc<Issuers>,
}

/// Issuers of certificates, by host.
#[derive(Debug, Default)]
pub(crate) struct Issuers {
    accepted: Mutex<ByHost>,
    refused: Mutex<ByHost>,
}

type ByHost = BTreeMap<String, String>;

impl Remembering {
    pub(crate) fn new(verifier: Verifier, issuers: Arc<Issuers>) -> Self {
        Self { verifier, issuers }
    }
}

impl Issuers {
    /// Who issued the certificate that was refused for this host last; forgets it.
    pub(crate) fn take_refused(&self, host: &str) -> Option<String> {
        locked(&self.refused).remove(&host.to_ascii_lowercase())
    }

    /// Who issued the certificate that was accepted for this host last.
    pub(crate) fn accepted(&self, host: &str) -> Option<String> {
        locked(&self.accepted)
            .get(&host.to_ascii_lowercase())
            .cloned()
    }

    fn note(&self, was_accepted: bool, host: &ServerName<'_>, chain: &[&CertificateDer<'_>]) {
        let Some(issuer) = issuer(chain) else { return };
        let mut issuers = locked(if was_accepted {
            &self.accepted
        } else {
            &self.refused
        });
        if issuers.len() >= MOST {
            issuers.clear();
        }
        issuers.insert(host.to_str().to_ascii_lowercase(), issuer);
    }
}

fn locked(issuers: &Mutex<ByHost>) -> MutexGuard<'_, ByHost> {
    issuers.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The issuer that the last certificate of the received chain names, as text without control characters.
fn issuer(chain: &[&CertificateDer<'_>]) -> Option<String> {
    let (_, last) = X509Certificate::from_der(chain.last()?.as_ref()).ok()?;
    let name = last.issuer().to_string();
    let visible = name.chars().filter(|c| !c.is_control());
    Some(visible.take(LONGEST).collect())
}

impl ServerCertVerifier for Remembering {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let result = self.verifier.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        let chain: Vec<_> = [end_entity].into_iter().chain(intermediates).collect();
        self.issuers.note(result.is_ok(), server_name, &chain);
        result
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
