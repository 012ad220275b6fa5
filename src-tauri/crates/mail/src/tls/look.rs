use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use crate::driver::Io;

/// Reads the chain that a server presents and breaks the handshake off: nothing is ever trusted or sent this way.
/// Used after the real handshake was refused because of the certificate, to say whose it is (a company's inspecting
/// proxy or an antivirus program, most of the time).
pub(crate) async fn look(
    io: Box<dyn Io>,
    config: &ClientConfig,
    host: &str,
    deadline: Instant,
) -> Vec<CertificateDer<'static>> {
    let seen = Arc::new(OnlyLook {
        provider: Arc::clone(config.crypto_provider()),
        chain: Mutex::new(Vec::new()),
    });
    let looking = ClientConfig::builder_with_provider(Arc::clone(&seen.provider))
        .with_safe_default_protocol_versions();
    let (Ok(looking), Ok(name)) = (looking, ServerName::try_from(host.to_owned())) else {
        return Vec::new();
    };
    let looking = looking
        .dangerous() // the name of the API; this verifier refuses every certificate
        .with_custom_certificate_verifier(Arc::clone(&seen) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    let attempt = TlsConnector::from(Arc::new(looking)).connect(name, io);
    // It always fails; what counts is what was seen on the way.
    let _ = timeout_at(deadline, attempt).await;
    let chain = seen.chain.lock().unwrap_or_else(PoisonError::into_inner);
    chain.clone()
}

#[derive(Debug)]
struct OnlyLook {
    provider: Arc<CryptoProvider>,
    chain: Mutex<Vec<CertificateDer<'static>>>,
}

const REFUSED: Error = Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure);

impl ServerCertVerifier for OnlyLook {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        chain.push(end_entity.clone().into_owned());
        chain.extend(intermediates.iter().map(|c| c.clone().into_owned()));
        Err(REFUSED)
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(REFUSED)
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(REFUSED)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
