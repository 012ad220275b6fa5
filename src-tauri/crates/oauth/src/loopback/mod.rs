//! The listener that the browser comes back to (RFC 8252 section 7.3).

mod bind;
mod linger;
mod open;
mod request;
mod serve;

use std::future::Future;
use std::time::Duration;

use mailwright_domain::{Evidence, Fault, Secret, Stage};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::callback::{self, Answer};
use crate::error::OauthError;
use crate::pages::EndPage;
use crate::redirect::Redirect;
use open::Open;
use serve::{Read, Waiting};

/// How long a person may take in the browser.
pub const WAIT: Duration = Duration::from_secs(5 * 60);
/// How long the browser's page waits for the redemption.
const PAGE_WAIT: Duration = Duration::from_secs(15);
/// For the last bytes of a page.
const WRITE_LIMIT: Duration = Duration::from_secs(2);

/// A listener on 127.0.0.1 and `::1` with the same port, reached by nobody from outside. Dropping it before
/// [`Loopback::wait`] closes it.
#[derive(Debug)]
pub struct Loopback {
    listeners: Vec<TcpListener>,
    redirect: Redirect,
    port: u16,
}

/// The families of this computer's loopback that can be listened on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Families {
    /// 127.0.0.1 and `::1`.
    Both,
    /// 127.0.0.1 alone.
    Ipv4,
    /// `::1` alone.
    Ipv6,
}

/// What the browser brought back.
#[derive(Debug)]
pub struct Callback {
    /// The authorization code; good for one redemption within minutes.
    pub code: Secret,
    /// Answers the page that is waiting.
    pub responder: Responder,
}

/// What the browser brought back from the approval page.
#[derive(Debug)]
pub struct Approved {
    /// The organisation whose administrator approved, by its tenant ID, where the page named it.
    pub tenant: Option<String>,
    /// Answers the page that is waiting.
    pub responder: Responder,
}

/// Puts the result on the page that the browser is waiting for. The page waits 15 seconds, then it sends the person
/// back to Mailwright without a result; the same when this is dropped.
#[derive(Debug)]
pub struct Responder {
    page: oneshot::Sender<EndPage>,
    written: oneshot::Receiver<()>,
}

impl Responder {
    /// Shows a page and returns when it has gone out, so that a program may end right afterwards. A browser that has
    /// gone away is not waited for.
    pub async fn finish(self, page: EndPage) {
        if self.page.send(page).is_ok() {
            // Neither a browser that does not read nor one that is gone changes anything.
            let _ = tokio::time::timeout(WRITE_LIMIT, self.written).await;
        }
    }
}

impl Loopback {
    /// Listens on both families of this computer's loopback, on the registration's port or on any free one; where the
    /// other family refuses that port, on another. A computer without IPv6 does with IPv4, and one without IPv4 with
    /// IPv6 where the redirect address is the name `localhost`.
    ///
    /// # Errors
    /// [`OauthError::NoLoopback`]: the fixed port is taken, or no port can be had.
    pub async fn bind(redirect: &Redirect) -> Result<Self, OauthError> {
        if let Some(port) = redirect.port() {
            linger::close(port).await;
        }
        let (listeners, port) = bind::both(redirect).await?;
        Ok(Self {
            listeners,
            redirect: redirect.clone(),
            port,
        })
    }

    /// Whether [`Loopback::bind`] would find a port now, by binding one and closing it; and if so, which families of
    /// this computer's loopback have it. A fixed port on which one of this program's own ended sign-ins still answers
    /// counts as free, because it gives way, and is left to it.
    ///
    /// # Errors
    /// As [`Loopback::bind`].
    pub async fn probe(redirect: &Redirect) -> Result<Families, OauthError> {
        if redirect.port().is_some_and(linger::holds) {
            return Ok(Families::Both);
        }
        let (listeners, _) = bind::both(redirect).await?;
        Ok(families(&listeners))
    }

    /// The redirect address to send to the provider, to the letter.
    pub fn redirect_uri(&self) -> String {
        self.redirect.uri(self.port)
    }

    /// Waits for the browser, at most `limit` (usually [`WAIT`]) and until `cancel` ends. Dropping the future cancels
    /// as well.
    ///
    /// Exactly one request is accepted: a GET for the expected path, for this computer's name and our port, with the
    /// right `state`. Anything else gets a neutral page, and the wait goes on. When an error comes back the page is
    /// answered here; with a code it waits for [`Responder::finish`]. Afterwards the listener tells reloads for a
    /// minute that the link was used, or, where the wait ended without an answer, that the page is out of date; then
    /// it closes. On a fixed port it closes when the next sign-in binds. What comes in that minute is never completed.
    ///
    /// # Errors
    /// [`OauthError::Denied`], [`OauthError::NobodyCameBack`] or [`OauthError::Cancelled`].
    pub async fn wait(
        self,
        state: &Secret,
        limit: Duration,
        cancel: impl Future<Output = ()> + Send,
    ) -> Result<Callback, OauthError> {
        let (answer, responder) = self.answer(callback::read, state, limit, cancel).await?;
        match answer {
            Answer::Code(code) => Ok(Callback { code, responder }),
            Answer::Error(refusal) => {
                responder.finish(page_for(refusal.is_cancelled())).await;
                Err(refusal.into_error())
            }
            Answer::Approved(_) | Answer::Foreign => Err(nobody(limit, 0)), // never handed over
        }
    }

    /// Waits, as [`Loopback::wait`] does, for an administrator who was asked to approve the app.
    ///
    /// # Errors
    /// As [`Loopback::wait`].
    pub async fn wait_for_approval(
        self,
        state: &Secret,
        limit: Duration,
        cancel: impl Future<Output = ()> + Send,
    ) -> Result<Approved, OauthError> {
        let (answer, responder) = self
            .answer(callback::read_approval, state, limit, cancel)
            .await?;
        match answer {
            Answer::Approved(tenant) => Ok(Approved { tenant, responder }),
            Answer::Error(refusal) => {
                responder.finish(EndPage::NotApproved).await;
                Err(refusal.into_approval_error())
            }
            Answer::Code(_) | Answer::Foreign => Err(nobody(limit, 0)), // never handed over
        }
    }

    /// The one accepted answer, with the page that waits for what comes of it.
    async fn answer(
        self,
        read: Read,
        state: &Secret,
        limit: Duration,
        cancel: impl Future<Output = ()> + Send,
    ) -> Result<(Answer, Responder), OauthError> {
        let (arrived, arrival) = oneshot::channel();
        let path = self.redirect.request_path();
        let waiting = Waiting::new(path, self.port, state, read, arrived);
        let mut open = Open::new(self.listeners, self.redirect.port(), waiting, arrival);
        let arrival = tokio::select! {
            biased;
            arrival = &mut open.arrival => arrival.ok(),
            () = cancel => {
                let text = "the sign-in was cancelled";
                return Err(OauthError::Cancelled(observed(Stage::OauthAuthorize, Fault::Cancelled, text)));
            }
            () = tokio::time::sleep(limit) => None,
        };
        let Some(arrival) = arrival else {
            return Err(nobody(limit, open.foreign()));
        };
        let responder = Responder {
            page: arrival.page,
            written: open.answered(arrival.written),
        };
        Ok((arrival.answer, responder))
    }
}

fn families(listeners: &[TcpListener]) -> Families {
    let on_ipv4 = |listener: &TcpListener| listener.local_addr().is_ok_and(|at| at.is_ipv4());
    match listeners {
        [one] if on_ipv4(one) => Families::Ipv4,
        [_] => Families::Ipv6,
        _ => Families::Both,
    }
}

fn page_for(cancelled: bool) -> EndPage {
    if cancelled {
        return EndPage::Cancelled;
    }
    EndPage::Failed {
        sentence: "The sign-in page came back with an error.".to_owned(),
    }
}

fn nobody(limit: Duration, foreign: usize) -> OauthError {
    let mut evidence = observed(
        Stage::Loopback,
        Fault::NobodyCameBack,
        &format!(
            "nobody came back from the browser within {} seconds",
            limit.as_secs()
        ),
    );
    evidence.detail = Some(match foreign {
        0 => "no request came".to_owned(),
        1 => "1 request came that belonged to no or to another sign-in".to_owned(),
        many => format!("{many} requests came that belonged to no or to another sign-in"),
    });
    OauthError::NobodyCameBack(evidence)
}

fn observed(stage: Stage, fault: Fault, text: &str) -> Box<Evidence> {
    Box::new(Evidence::fault(stage, fault, text))
}

#[cfg(test)]
mod tests;
