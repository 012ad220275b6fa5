//! Documents that anybody may have put there, such as a domain's own settings: read over TLS only.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::LOCATION;

use crate::http::HttpError;
use crate::{HttpReply, Net};

/// Redirects that are followed.
const MOST_REDIRECTS: usize = 3;

/// Why there is no document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It was not to be had within the limit.
    #[error("there was no answer in time")]
    TimedOut,
    /// No HTTP answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The answer leads to an address without TLS, or to none at all.
    #[error("{0} leads to an address that is not protected")]
    Unprotected(String),
    /// It leads on and on.
    #[error("{0} leads on and on")]
    TooManyRedirects(String),
}

impl Net {
    /// Reads a document, 256 KiB at most, and follows up to three redirects to other `https` addresses; `limit` is for
    /// all of it. The first address is the caller's to judge.
    ///
    /// # Errors
    /// There was no complete answer. An answer with an error status is an answer.
    pub async fn document(&self, url: Url, limit: Duration) -> Result<HttpReply, DocumentError> {
        let reading = self.follow(url);
        let read = tokio::time::timeout(limit, reading).await;
        read.unwrap_or(Err(DocumentError::TimedOut))
    }

    async fn follow(&self, mut url: Url) -> Result<HttpReply, DocumentError> {
        for _ in 0..=MOST_REDIRECTS {
            let reply = self.get(url.clone()).await?;
            if !matches!(reply.status, 301 | 302 | 303 | 307 | 308) {
                return Ok(reply);
            }
            url = next(&url, &reply).ok_or_else(|| DocumentError::Unprotected(host(&url)))?;
        }
        Err(DocumentError::TooManyRedirects(host(&url)))
    }
}

fn next(url: &Url, reply: &HttpReply) -> Option<Url> {
    let place = reply.headers.get(LOCATION)?.to_str().ok()?;
    let next = url.join(place).ok()?;
    // A name and password in an address are nobody's here.
    let plain = next.username().is_empty() && next.password().is_none();
    (next.scheme() == "https" && plain).then_some(next)
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
