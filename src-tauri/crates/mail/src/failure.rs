use mailwright_domain::{EmailAddress, Fault, SmtpCode};

/// Why a step failed, as far as the step itself knows; [`crate::climb::Climb`] adds stage, host and protocol.
#[derive(Debug, Default)]
pub(crate) struct Failure {
    pub(crate) fault: Option<Fault>,
    /// One plain sentence.
    pub(crate) detail: String,
    /// The server's own words, all lines.
    pub(crate) says: Option<String>,
    /// The library's or system's words, where no server said anything.
    pub(crate) reason: Option<String>,
    pub(crate) smtp: Option<SmtpCode>,
    pub(crate) response_code: Option<String>,
    /// Status of an HTTP answer.
    pub(crate) http_status: Option<u16>,
    pub(crate) challenge: Option<String>,
    /// A value that a text about it may name, e.g. the issuer of a certificate.
    pub(crate) value: Option<String>,
}

impl Failure {
    pub(crate) fn new(fault: Fault, detail: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            fault: Some(fault),
            detail: detail.into(),
            ..Self::default()
        })
    }

    /// The server said no.
    pub(crate) fn refused(detail: impl Into<String>, says: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            detail: detail.into(),
            says: Some(says.into()),
            ..Self::default()
        })
    }

    pub(crate) fn with_reason(mut self: Box<Self>, reason: impl Into<String>) -> Box<Self> {
        self.reason = Some(reason.into());
        self
    }

    pub(crate) fn with_says(mut self: Box<Self>, says: Option<String>) -> Box<Self> {
        if says.is_some() {
            self.says = says;
        }
        self
    }

    /// The server had the whole message and did not say what became of it (RFC 1047). The words are known to the
    /// catalogue.
    pub(crate) fn unanswered(
        mut self: Box<Self>,
        from: &EmailAddress,
        to: &EmailAddress,
    ) -> Box<Self> {
        self.detail = format!(
            "{} Whether the message from {from} to {to} was taken is not known.",
            self.detail
        );
        let reason = "no answer after the message had been handed over";
        self.reason = Some(match self.reason {
            Some(more) => format!("{reason}: {more}"),
            None => reason.to_owned(),
        });
        self
    }

    pub(crate) fn with_value(mut self: Box<Self>, value: impl Into<String>) -> Box<Self> {
        self.value = Some(value.into());
        self
    }
}

/// What can go wrong between this program and a server before any reply is understood.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum WireError {
    #[error("The server closed the connection before it answered.")]
    Closed,
    #[error("The connection was reset.")]
    Reset,
    #[error("The server did not answer in time.")]
    TimedOut,
    #[error("The server sent more than {0}, so the connection was closed.")]
    TooMuch(&'static str),
    #[error("The server's answer breaks the rules of the protocol: {0}.")]
    Malformed(&'static str),
    #[error("The server ended TLS with an error: {0}.")]
    Tls(String),
    #[error("The connection broke: {0}.")]
    Broken(String),
}

impl WireError {
    pub(crate) fn fault(&self) -> Fault {
        match self {
            Self::Closed => Fault::Closed,
            Self::Reset | Self::Broken(_) => Fault::Reset,
            Self::Tls(_) => Fault::TlsRefused,
            Self::TimedOut => Fault::TimedOut,
            Self::TooMuch(_) | Self::Malformed(_) => Fault::Malformed,
        }
    }
}

impl From<WireError> for Box<Failure> {
    fn from(error: WireError) -> Self {
        let failure = Failure::new(error.fault(), error.to_string());
        match error {
            WireError::Broken(reason) | WireError::Tls(reason) => failure.with_reason(reason),
            _ => failure,
        }
    }
}
