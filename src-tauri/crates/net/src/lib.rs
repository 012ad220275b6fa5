//! One resolver, one set of root certificates, one HTTP client, one way to connect: nothing else in Mailwright opens
//! a connection its own way, so that a proxy, an inspected TLS connection or a dead name server shows the same
//! everywhere.

mod connect;
mod document;
mod http;
mod issuers;
mod names;
mod proxy;
mod records;
mod resolve;
mod tls;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use names::Names;

pub use connect::{ConnectError, Connected};
pub use document::DocumentError;
pub use http::{HttpError, HttpReply};
pub use proxy::{PROXY_VARIABLES, Proxy, is_number, proxy_for, proxy_of};
pub use records::ServiceRecord;
pub use resolve::{MailExchanger, ResolveError};

/// What may differ from the computer's own settings.
#[derive(Clone, Debug, Default)]
pub struct NetOptions {
    /// PEM file with roots trusted in addition to the computer's own (`MAILWRIGHT_CA_FILE`).
    pub ca_file: Option<PathBuf>,
    /// Name server to ask instead of the computer's own (`MAILWRIGHT_DNS`).
    pub dns: Option<SocketAddr>,
}

/// Why the network could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The file of extra roots cannot be read.
    #[error("cannot read the extra root certificates in {}: {reason}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What was wrong with it.
        reason: String,
    },
    /// TLS, resolver or HTTP client could not be built.
    #[error("cannot set up {what}: {reason}")]
    Setup {
        /// Which part.
        what: &'static str,
        /// The library's reason.
        reason: String,
    },
}

/// Everything that is needed to reach a server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Net {
    resolver: Arc<hickory_resolver::TokioResolver>,
    tls: Arc<rustls::ClientConfig>,
    http: reqwest::Client,
    issuers: Arc<issuers::Issuers>,
}

impl Net {
    /// Reads the roots, the resolver's settings and the proxy settings of this computer.
    ///
    /// # Errors
    /// The extra roots are unreadable, or a library refuses the computer's settings.
    pub fn new(options: &NetOptions) -> Result<Self, NetError> {
        let issuers = Arc::default();
        let tls = tls::client_config(options.ca_file.as_deref(), &issuers)?;
        let resolver = Arc::new(resolve::resolver(options.dns)?);
        // Without a name server of its own the HTTP client asks the system, which knows more than name servers do.
        let names = options.dns.map(|_| Names(Arc::clone(&resolver)));
        Ok(Self {
            resolver,
            http: http::client(&tls, names)?,
            tls: Arc::new(tls),
            issuers,
        })
    }

    /// TLS settings for mail connections: the computer's roots, TLS 1.2 and 1.3.
    pub fn tls_config(&self) -> Arc<rustls::ClientConfig> {
        Arc::clone(&self.tls)
    }

    /// Who issued the certificate that was accepted for this host last, as the last certificate of the received chain
    /// names them; none where there was no connection yet.
    pub fn issuer_of(&self, host: &str) -> Option<String> {
        self.issuers.accepted(host)
    }
}
