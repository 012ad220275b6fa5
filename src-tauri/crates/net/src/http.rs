use std::sync::Arc;
use std::time::Duration;

use mailwright_domain::Fault;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, Url};
use rustls::ClientConfig;

use crate::names::Names;
use crate::{Net, NetError};

/// Limit for one request, all of it.
const LIMIT: Duration = Duration::from_secs(30);
/// Largest answer that is read, in bytes. Token responses are a few kilobytes.
const LARGEST: usize = 256 * 1024;

/// An HTTP answer, read whole.
pub struct HttpReply {
    /// Status code.
    pub status: u16,
    /// Header fields.
    pub headers: HeaderMap,
    /// The body; may hold secrets, so it has no `Debug`.
    pub body: Vec<u8>,
}

/// Why there was no HTTP answer. Never holds the body or a query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// No connection.
    #[error("cannot connect to {host}: {reason}")]
    Connect {
        /// Host of the address.
        host: String,
        /// The library's reasons, outermost first.
        reason: String,
        /// Who issued the certificate, where that was refused.
        issuer: Option<String>,
    },
    /// A proxy stands in between and lets nobody through, or does not answer itself.
    #[error("the proxy in between did not connect to {host}: {reason}")]
    Proxy {
        /// Host of the address.
        host: String,
        /// The library's reasons, outermost first.
        reason: String,
    },
    /// No answer in time.
    #[error("{0} did not answer in time")]
    TimedOut(String),
    /// The answer is larger than the limit.
    #[error("the answer of {0} is larger than 256 KiB")]
    TooLarge(String),
    /// It broke off, or was no HTTP.
    #[error("the answer of {host} could not be read: {reason}")]
    Broken {
        /// Host of the address.
        host: String,
        /// The library's reasons.
        reason: String,
    },
}

impl HttpError {
    /// Who issued the certificate, where that was refused.
    pub fn issuer(&self) -> Option<&str> {
        match self {
            Self::Connect { issuer, .. } => issuer.as_deref(),
            _ => None,
        }
    }

    /// What was observed, for the diagnosis. The HTTP client says what failed in words only.
    pub fn fault(&self) -> Fault {
        match self {
            Self::TimedOut(_) => Fault::TimedOut,
            Self::TooLarge(_) => Fault::Malformed,
            Self::Connect { reason, .. } => connect_fault(reason),
            Self::Proxy { .. } => Fault::ProxyRefused,
            Self::Broken { .. } => Fault::Closed,
        }
    }
}

fn connect_fault(reason: &str) -> Fault {
    let reason = reason.to_ascii_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    if any(&["not valid for name", "notvalidforname"]) {
        Fault::TlsName
    } else if any(&["certificate expired", "certificate has expired"]) {
        Fault::TlsExpired
    } else if any(&["not valid yet", "notvalidyet"]) {
        Fault::TlsNotYetValid
    } else if any(&["certificate", "unknownissuer"]) {
        Fault::TlsUntrusted
    } else if any(&["dns", "lookup", "resolve"]) {
        Fault::NameNotFound
    } else if any(&["refused"]) {
        Fault::Refused
    } else if any(&["reset"]) {
        Fault::Reset
    } else {
        Fault::Unreachable
    }
}

pub(crate) fn client(
    tls: &ClientConfig,
    names: Option<Names>,
) -> Result<reqwest::Client, NetError> {
    let builder = match names {
        None => reqwest::Client::builder(),
        Some(names) => reqwest::Client::builder().dns_resolver(Arc::new(names)),
    };
    builder
        .tls_backend_preconfigured(tls.clone())
        .redirect(reqwest::redirect::Policy::none()) // a redirect must not carry a code or secret to another host
        .timeout(LIMIT)
        .user_agent(concat!("Mailwright/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| NetError::Setup {
            what: "the HTTP client",
            reason: e.to_string(),
        })
}

impl Net {
    /// Reads a document, as [`Net::http`] does.
    ///
    /// # Errors
    /// There was no complete answer. An answer with an error status is an answer.
    pub async fn get(&self, url: Url) -> Result<HttpReply, HttpError> {
        self.http(Method::GET, url, HeaderMap::new(), Vec::new())
            .await
    }

    /// Sends one request and reads the whole answer. Redirects are not followed; the computer's proxy is used; the
    /// limits are 30 seconds and 256 KiB.
    ///
    /// # Errors
    /// There was no complete answer. An answer with an error status is an answer.
    pub async fn http(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<HttpReply, HttpError> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let sent = self
            .http
            .request(method, url)
            .headers(headers)
            .body(body)
            .send()
            .await;
        let mut response = sent.map_err(|e| self.no_answer(&host, &e))?;
        let mut body = Vec::new();
        while let Some(piece) = response
            .chunk()
            .await
            .map_err(|e| self.no_answer(&host, &e))?
        {
            if body.len() + piece.len() > LARGEST {
                return Err(HttpError::TooLarge(host));
            }
            body.extend_from_slice(&piece);
        }
        Ok(HttpReply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body,
        })
    }
}

impl HttpReply {
    /// Whether the status says that the same request may succeed later (RFC 9110 sections 15.5.9 and 15.6, RFC 8470
    /// section 5.2, RFC 6585 section 4), so that the answer proves nothing.
    pub fn is_try_later(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500..=599)
    }

    /// The media type without parameters, lower-case; empty where none was given.
    pub fn media_type(&self) -> String {
        let value = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }
}

impl Net {
    fn no_answer(&self, host: &str, error: &reqwest::Error) -> HttpError {
        let issuer = self.issuers.take_refused(host);
        let host = host.to_owned();
        if error.is_timeout() {
            return HttpError::TimedOut(host);
        }
        // The error's own text may hold the URL with its query; its causes do not.
        let reason = causes(error);
        if !error.is_connect() {
            HttpError::Broken { host, reason }
        } else if reason.contains(TUNNEL) {
            HttpError::Proxy { host, reason }
        } else {
            HttpError::Connect {
                host,
                reason,
                issuer,
            }
        }
    }
}

/// How the HTTP client says that the way through a proxy was not made; it has no type for that.
const TUNNEL: &str = "tunnel error";

fn causes(error: &reqwest::Error) -> String {
    let mut parts = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        parts.push(cause.to_string());
        source = cause.source();
    }
    parts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NetOptions;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    async fn answer_once(answer: Vec<u8>) -> Url {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/t?secret=canary", server.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = server.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&answer).await;
        });
        url.parse().unwrap()
    }

    async fn get(url: Url) -> Result<HttpReply, HttpError> {
        let net = Net::new(&NetOptions::default()).unwrap();
        net.get(url).await
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_not_followed() {
        let url = answer_once(b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
        assert_eq!(get(url).await.map(|r| r.status), Ok(302));
    }

    #[tokio::test]
    async fn an_endless_answer_is_cut_off() {
        let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".to_vec();
        answer.resize(1_000_100, b'x');
        let url = answer_once(answer).await;
        assert!(matches!(get(url).await, Err(HttpError::TooLarge(_))));
    }

    #[tokio::test]
    async fn an_error_never_shows_the_query() {
        let url = answer_once(b"220 mail.example ESMTP\r\n".to_vec()).await;
        let error = get(url).await.map(|r| r.status).unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
    }

    #[test]
    fn a_connection_failure_says_what_kind() {
        for (reason, fault) in [
            (
                "invalid peer certificate: UnknownIssuer",
                Fault::TlsUntrusted,
            ),
            (
                "invalid peer certificate: certificate not valid for name \"x\"",
                Fault::TlsName,
            ),
            (
                "invalid peer certificate: certificate expired: verification time",
                Fault::TlsExpired,
            ),
            (
                "dns error: failed to lookup address information",
                Fault::NameNotFound,
            ),
            (
                "tcp connect error: Connection refused (os error 111)",
                Fault::Refused,
            ),
            ("something else", Fault::Unreachable),
        ] {
            assert_eq!(connect_fault(reason), fault, "{reason}");
        }
    }
}
