//! The TLS step: handshake under a time limit, what it agreed on, and why it failed.

pub(crate) mod certificate;
mod look;
mod witness;

use std::sync::Arc;

use mailwright_domain::Fault;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, ProtocolVersion};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use crate::driver::{Io, broken};
use crate::failure::{Failure, WireError};
use crate::redact::shown;
use certificate::Facts;
pub(crate) use look::look;
use witness::Witness;

/// A protected connection.
pub(crate) struct Established {
    pub(crate) io: Box<dyn Io>,
    /// Version, cipher, issuer, names and expiry as one sentence.
    pub(crate) detail: String,
}

/// Why there is none.
#[derive(Debug)]
pub(crate) struct TlsFailure {
    pub(crate) fault: Fault,
    detail: String,
    reason: String,
    value: Option<String>,
    /// The certificate was the reason, so the received chain is worth looking at.
    pub(crate) certificate: bool,
}

pub(crate) async fn handshake(
    io: Box<dyn Io>,
    config: Arc<ClientConfig>,
    host: &str,
    deadline: Instant,
) -> Result<Established, TlsFailure> {
    let Ok(name) = ServerName::try_from(host.to_owned()) else {
        return Err(TlsFailure::new(
            Fault::TlsName,
            format!("“{host}” is not a name that a certificate can be for."),
        ));
    };
    let (io, first) = Witness::new(io);
    let stream = match timeout_at(deadline, TlsConnector::from(config).connect(name, io)).await {
        Err(_) => return Err(TlsFailure::wire(&WireError::TimedOut)),
        Ok(Err(error)) => return Err(classify(&error, &first.bytes())),
        Ok(Ok(stream)) => stream,
    };
    let session = stream.get_ref().1;
    let version = match session.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS",
    };
    let cipher = session
        .negotiated_cipher_suite()
        .and_then(|suite| suite.suite().as_str())
        .unwrap_or("an unnamed cipher");
    let facts = session.peer_certificates().and_then(Facts::read);
    let detail = match facts {
        Some(facts) => format!("{version} with {cipher}; {facts}."),
        None => format!("{version} with {cipher}."),
    };
    Ok(Established {
        io: Box::new(stream),
        detail,
    })
}

fn classify(error: &std::io::Error, first: &[u8]) -> TlsFailure {
    // Content types of TLS records are 20 to 24 (RFC 8446 section 5.1); anything else was never TLS.
    if first.first().is_some_and(|b| !(20..=24).contains(b)) {
        let seen = shown(first, 100)
            .trim_end_matches(char::REPLACEMENT_CHARACTER)
            .to_owned();
        return TlsFailure::new(
            Fault::TlsNotSpoken,
            "TLS was started, but the server answered in plain text: this port does not begin with TLS.",
        )
        .because(error.to_string())
        .about(seen);
    }
    match error
        .get_ref()
        .and_then(|e| e.downcast_ref::<rustls::Error>())
    {
        None => TlsFailure::wire(&broken(error)),
        Some(error) => classify_tls(error),
    }
}

fn classify_tls(error: &rustls::Error) -> TlsFailure {
    use rustls::Error;
    let failure = match error {
        Error::InvalidCertificate(reason) => return classify_certificate(reason, error),
        Error::AlertReceived(_) | Error::PeerIncompatible(_) | Error::NoCertificatesPresented => {
            TlsFailure::new(
                Fault::TlsRefused,
                "The TLS handshake was refused: the server and this computer have no version or cipher in common, or the server wants something else.",
            )
        }
        Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => TlsFailure::new(
            Fault::TlsNotSpoken,
            "TLS was started, but what the server answered is not TLS.",
        ),
        _ => TlsFailure::new(
            Fault::Malformed,
            "The server's side of the TLS handshake breaks its rules.",
        ),
    };
    failure.because(error.to_string())
}

fn classify_certificate(reason: &CertificateError, error: &rustls::Error) -> TlsFailure {
    let (fault, detail) = match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            Fault::TlsExpired,
            "The server's certificate has expired, or this computer's clock is wrong.",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            Fault::TlsNotYetValid,
            "The server's certificate is not valid yet, or this computer's clock is wrong.",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            Fault::TlsName,
            "The server's certificate is for other names.",
        ),
        _ => (
            Fault::TlsUntrusted,
            "The server's certificate is not trusted on this computer.",
        ),
    };
    let mut failure = TlsFailure::new(fault, detail).because(error.to_string());
    failure.certificate = true;
    failure
}

impl TlsFailure {
    fn new(fault: Fault, detail: impl Into<String>) -> Self {
        Self {
            fault,
            detail: detail.into(),
            reason: String::new(),
            value: None,
            certificate: false,
        }
    }

    fn wire(error: &WireError) -> Self {
        let detail = match error {
            WireError::Closed => {
                "The server closed the connection during the TLS handshake.".into()
            }
            WireError::Reset => "The connection was reset during the TLS handshake.".into(),
            WireError::TimedOut => "The TLS handshake was not finished in time.".into(),
            other => other.to_string(),
        };
        Self::new(error.fault(), detail)
    }

    fn because(mut self, reason: String) -> Self {
        self.reason = reason;
        self
    }

    fn about(mut self, value: String) -> Self {
        self.value = Some(value);
        self
    }

    /// The server had agreed to TLS, so the port is not the reason.
    pub(crate) fn after_starttls(mut self) -> Self {
        if self.fault == Fault::TlsNotSpoken {
            self.detail =
                "The server agreed to STARTTLS and then went on in plain text; nothing more was sent.".into();
        }
        self
    }

    /// Names what is in the received chain. Where the operating system only says “not valid”, the dates decide.
    pub(crate) fn with_chain(mut self, chain: &[CertificateDer<'static>]) -> Self {
        let Some(facts) = Facts::read(chain) else {
            return self;
        };
        if self.fault == Fault::TlsExpired && facts.not_yet_valid() {
            self.fault = Fault::TlsNotYetValid;
            self.detail =
                "The server's certificate is not valid yet, or this computer's clock is wrong."
                    .into();
        }
        self.value = Some(match self.fault {
            Fault::TlsName => facts.names(),
            Fault::TlsExpired => facts.until.clone(),
            Fault::TlsNotYetValid => facts.from.clone(),
            _ => facts.issuer.clone(),
        });
        self.detail = format!("{} It is a {facts}.", self.detail);
        self
    }
}

impl From<TlsFailure> for Box<Failure> {
    fn from(failure: TlsFailure) -> Self {
        let out = Failure::new(failure.fault, failure.detail).with_reason(failure.reason);
        match failure.value {
            Some(value) => out.with_value(value),
            None => out,
        }
    }
}
