//! Microsoft Graph, as far as a message goes out by it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mailwright_lab::Lab;

use super::api::{Asked, Refusal, Reply, Requests};
use crate::Front;
use crate::fronts::{acceptor, read_head};

/// The permission to send.
const MAY_SEND: &str = "Mail.Send";

/// What it says to somebody who may send and nothing else, to a token that is not for it, and to a body that is none.
const MAY_NOT_READ: &str = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation.","innerError":{"date":"2026-11-28T14:00:00","request-id":"1f2e3d4c-0000-4000-8000-0123456789ab","client-request-id":"1f2e3d4c-0000-4000-8000-0123456789ab"}}}"#;
const WRONG_TOKEN: &str = r#"{"error":{"code":"InvalidAuthenticationToken","message":"Access token validation failure. Invalid audience.","innerError":{"date":"2026-11-28T14:00:00","request-id":"1f2e3d4c-0000-4000-8000-0123456789ab","client-request-id":"1f2e3d4c-0000-4000-8000-0123456789ab"}}}"#;
const BAD_BODY: &str = r#"{"error":{"code":"ErrorMimeContentInvalidBase64String","message":"Invalid base64 string for MIME content."}}"#;

/// A Microsoft Graph of the lab.
pub struct Graph {
    front: Front,
}

impl Graph {
    /// Starts one, which the authorization server gives tokens for. With a refusal it lets nobody send.
    ///
    /// # Panics
    /// The lab lacks the authorization server or Postfix.
    pub fn start(lab: &Lab, refusal: Option<Refusal>) -> Self {
        let acceptor = acceptor(lab.certificates().good());
        let requests = Requests::new(lab, judge, refusal);
        let front = Front::serve(move |stream, seen| {
            let acceptor = acceptor.clone();
            async move {
                let port = stream.local_addr().map_or(0, |address| address.port());
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                while let Some(head) = read_head(&mut stream).await {
                    if requests
                        .answer(&mut stream, head, port, &seen)
                        .await
                        .is_none()
                    {
                        return;
                    }
                }
            }
        });
        lab.authorization()
            .expect("the lab has an authorization server")
            .add_resource(&base(front.port), &[MAY_SEND])
            .expect("a resource is added");
        Self { front }
    }

    /// Where it is.
    pub fn base(&self) -> String {
        base(self.front.port)
    }

    /// The permission to send by it, as a registration names it.
    pub fn permission(&self) -> String {
        format!("{}/{MAY_SEND}", self.base())
    }

    /// What it was asked for: method and path.
    pub fn seen(&self) -> Vec<String> {
        self.front.seen()
    }
}

fn base(port: u16) -> String {
    format!("https://graph.microsoft.com:{port}")
}

fn judge(asked: &Asked, refusal: Option<Refusal>) -> Reply {
    if !accepts(asked) {
        return Reply::Says(401, WRONG_TOKEN);
    }
    if !asked.what().ends_with("/sendMail") {
        return Reply::Says(403, MAY_NOT_READ);
    }
    match (refusal, STANDARD.decode(&asked.body)) {
        (Some((status, says)), _) => Reply::Says(status, says),
        (None, Ok(message)) => Reply::Delivers(message, 202, ""),
        (None, Err(_)) => Reply::Says(400, BAD_BODY),
    }
}

/// Whether the request brings a token that lets somebody send here.
fn accepts(asked: &Asked) -> bool {
    asked.claims().is_some_and(|claims| {
        let permissions = claims["scp"].as_str().unwrap_or_default();
        let may_send = permissions.split(' ').any(|given| given == MAY_SEND);
        claims["aud"] == base(asked.port).as_str() && may_send
    })
}
