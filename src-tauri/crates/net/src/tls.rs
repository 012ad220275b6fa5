use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

use crate::NetError;
use crate::issuers::{Issuers, Remembering};

/// The operating system's own verifier, so that a company's root in the system store is trusted here as in the
/// browser, plus the extra roots.
pub(crate) fn client_config(
    ca_file: Option<&Path>,
    issuers: &Arc<Issuers>,
) -> Result<ClientConfig, NetError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    // reqwest looks for the process's provider; a second call finds it installed, which is as good.
    let _ = CryptoProvider::install_default((*provider).clone());
    let setup = |reason: String| NetError::Setup {
        what: "TLS",
        reason,
    };
    // Not every system's store takes extra roots, so the ordinary case does not ask it to.
    let verifier = match ca_file {
        Some(path) => Verifier::new_with_extra_roots(read_roots(path)?, Arc::clone(&provider)),
        None => Verifier::new(Arc::clone(&provider)),
    };
    let verifier = verifier.map_err(|e| setup(e.to_string()))?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| setup(e.to_string()))?
        .dangerous() // the name of the API; what is passed is the system's verifier
        .with_custom_certificate_verifier(Arc::new(Remembering::new(verifier, Arc::clone(issuers))))
        .with_no_client_auth())
}

fn read_roots(path: &Path) -> Result<Vec<CertificateDer<'static>>, NetError> {
    let wrong = |reason: String| NetError::CaFile {
        path: path.to_owned(),
        reason,
    };
    let roots = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| wrong(e.to_string()))?;
    if roots.is_empty() {
        return Err(wrong("there is no certificate in it".to_owned()));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_extra_roots_that_holds_none_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("roots.pem");
        assert!(
            client_config(Some(&path), &Arc::default()).is_err(),
            "missing file"
        );
        std::fs::write(&path, "no certificate here").unwrap();
        let text = client_config(Some(&path), &Arc::default())
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("roots.pem") && text.contains("no certificate"),
            "{text}"
        );
    }

    #[test]
    fn the_computers_own_roots_are_enough() {
        assert!(client_config(None, &Arc::default()).is_ok());
    }
}
