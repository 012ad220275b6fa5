use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::NoServerSessionStorage;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ServerConfig, SupportedProtocolVersion};

/// An authority of our own.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// What is wrong with a server's certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    Expired,
    NotYetValid,
    OtherName,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.remove(DnType::CommonName);
        params.distinguished_name.push(DnType::CommonName, name);
        params.key_usages = vec![
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::DigitalSignature,
        ];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    pub(crate) fn server(&self, flaw: Flaw) -> Arc<ServerConfig> {
        self.large_server(flaw, 0, 0)
    }

    /// One that knows this version of TLS alone, and remembers no session: every handshake is a whole one.
    pub(crate) fn server_of(
        &self,
        version: &'static SupportedProtocolVersion,
    ) -> Arc<ServerConfig> {
        let mut config = config(self.certified(Flaw::None, 0, 0), &[version]);
        config.send_tls13_tickets = 0;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        Arc::new(config)
    }

    /// The same with this many names more in the certificate, and the certificate this many times more in the chain.
    pub(crate) fn large_server(&self, flaw: Flaw, names: usize, more: usize) -> Arc<ServerConfig> {
        Arc::new(config(
            self.certified(flaw, names, more),
            rustls::ALL_VERSIONS,
        ))
    }

    fn certified(&self, flaw: Flaw, names: usize, more: usize) -> CertifiedKey {
        let name = if flaw == Flaw::OtherName {
            "mail.elsewhere.example"
        } else {
            "127.0.0.1"
        };
        let others = (0..names).map(|n| format!("{n}.{}.example", "x".repeat(40)));
        let names: Vec<String> = std::iter::once(name.to_owned()).chain(others).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2025, 1, 1);
        params.not_after = date_time_ymd(2055, 1, 1);
        match flaw {
            Flaw::Expired => params.not_after = date_time_ymd(2025, 6, 1),
            Flaw::NotYetValid => params.not_before = date_time_ymd(2054, 1, 1),
            Flaw::None | Flaw::OtherName => {}
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone(); 1 + more];
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
        CertifiedKey::new(chain, key)
    }
}

fn config(chosen: CertifiedKey, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        // As it is: the usual way reads the certificate, which cannot be done with one that is too large.
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(chosen)))
}
