//! The certificate that proves an app registration instead of a secret. The certificate stands in the database, its
//! private key in the keychain and nowhere else.

use jiff::Timestamp;
use mailwright_domain::{ClientCertificate, Registration, Secret};
use mailwright_keychain::Kind;
use mailwright_oauth::{CertificateError, ClientKey, ClientProof, read_certificate};

use crate::{CertificateFiles, Code, Failure, Hint, Service};

/// The certificate in these files, with its private key.
pub(crate) fn read(files: &CertificateFiles) -> Result<(ClientCertificate, Secret), Failure> {
    let read = read_certificate(&files.certificate, files.key.as_ref(), Timestamp::now());
    read.map_err(|error| {
        let message = format!("{} Nothing was saved.", crate::sentence(&error.to_string()));
        let failure = Failure::new(Code::Usage, message);
        if error == CertificateError::NoKey {
            failure.hinting(Hint::CertificateKey)
        } else {
            failure
        }
    })
}

impl Service {
    /// What proves a registration to the provider, if it has anything: the secret, or where there is none the key of
    /// its certificate.
    pub(crate) async fn client_proof(
        &self,
        registration: &Registration,
    ) -> Result<Option<ClientProof>, Failure> {
        if let Some(secret) = self.client_secret(registration).await? {
            return Ok(Some(ClientProof::Secret(secret)));
        }
        let Some(certificate) = &registration.certificate else {
            return Ok(None);
        };
        let stored = self
            .keychain
            .get(registration.id.0, &Kind::ClientKey)
            .await?;
        let key = stored.and_then(|bytes| bytes.to_secret()).ok_or_else(|| {
            Failure::new(
                Code::Keychain,
                format!(
                    "The private key of the certificate of “{}” is not in the keychain of this computer. Give the certificate again.",
                    registration.name
                ),
            )
            .hinting(Hint::Certificate(registration.name.clone()))
        })?;
        Ok(Some(ClientProof::Certificate(ClientKey::new(
            key,
            certificate,
        ))))
    }
}
