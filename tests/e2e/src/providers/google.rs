//! Google's addresses for tokens and for the Gmail API. Nobody can tell the program to find them elsewhere, so it is led
//! to them by a proxy, as in an office that has one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mailwright_lab::{Lab, Tenant};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;

use super::api::{Asked, Refusal, Reply, Requests, first_line};
use crate::Front;
use crate::fronts::{acceptor, note, read_head};

/// Where a person is sent to sign in.
const AUTHORIZE: &str = "https://accounts.google.com/o/oauth2/v2/auth";
/// All of Gmail.
const ALL: &str = "https://mail.google.com/";
/// Sending and nothing else.
const SEND: &str = "https://www.googleapis.com/auth/gmail.send";

/// What it says to somebody who may send and nothing else, to a token that is none, and to a body that is none.
const MAY_NOT_READ: &str = r#"{"error":{"code":403,"message":"Request had insufficient authentication scopes.","errors":[{"message":"Insufficient Permission","domain":"global","reason":"insufficientPermissions"}],"status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT","domain":"googleapis.com","metadata":{"service":"gmail.googleapis.com","method":"caribou.api.proto.MailboxService.GetProfile"}}]}}"#;
const WRONG_TOKEN: &str = r#"{"error":{"code":401,"message":"Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.","errors":[{"message":"Invalid Credentials","domain":"global","reason":"authError","location":"Authorization","locationType":"header"}],"status":"UNAUTHENTICATED"}}"#;
const BAD_BODY: &str = r#"{"error":{"code":400,"message":"'raw' RFC822 payload message string or uploading message via /upload/* URL required","errors":[{"domain":"global","reason":"invalidArgument"}],"status":"INVALID_ARGUMENT"}}"#;
const PROFILE: &str =
    r#"{"emailAddress":"alice@lab.test","messagesTotal":1,"threadsTotal":1,"historyId":"1"}"#;
const SENT: &str = r#"{"id":"18c0ffee00000001","threadId":"18c0ffee00000001","labelIds":["SENT"]}"#;

/// A Google of the lab.
pub struct Google {
    front: Front,
    proxy: Front,
    authorize: String,
}

impl Google {
    /// Starts one before the lab's authorization server. With a refusal it lets nobody send.
    ///
    /// # Panics
    /// The lab lacks the authorization server or Postfix.
    pub fn start(lab: &Lab, refusal: Option<Refusal>) -> Self {
        let acceptor = acceptor(lab.certificates().good());
        let requests = Requests::new(lab, judge, refusal);
        let server = lab.authorization();
        let server = server.expect("the lab has an authorization server");
        let tokens = server.base().replace("http://", "");
        let front = Front::serve(move |stream, seen| {
            let (acceptor, tokens) = (acceptor.clone(), tokens.clone());
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                while let Some(head) = read_head(&mut stream).await {
                    if !first_line(&head).contains(" /gmail/") {
                        note(&seen, first_line(&head).to_owned());
                        // Who leaves early has what was wanted.
                        let _ = hand_on(&mut stream, &head, &tokens).await;
                        return;
                    }
                    if requests.answer(&mut stream, head, 0, &seen).await.is_none() {
                        return;
                    }
                }
            }
        });
        Self {
            proxy: Front::proxy_to(".googleapis.com", front.port),
            front,
            authorize: server.authorize_url(Tenant::Google),
        }
    }

    /// The proxy that leads to it, as `HTTPS_PROXY` takes it.
    pub fn proxy(&self) -> String {
        format!("http://127.0.0.1:{}", self.proxy.port)
    }

    /// Where the lab's browser goes instead of the sign-in address that was printed.
    ///
    /// # Panics
    /// That was not Google's.
    pub fn here(&self, link: &str) -> String {
        let rest = link.strip_prefix(AUTHORIZE);
        let rest = rest.unwrap_or_else(|| panic!("not Google's page: {link}"));
        format!("{}{rest}", self.authorize)
    }

    /// What it was asked for: method and path.
    pub fn seen(&self) -> Vec<String> {
        self.front.seen()
    }
}

/// Leads a request to the authorization server's own address, and the answer back.
async fn hand_on(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    head: &str,
    server: &str,
) -> std::io::Result<()> {
    // One request for each connection: the next one would not be changed any more.
    let head = head.replacen(" /", " /google/", 1);
    let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let mut behind = TcpStream::connect(server).await?;
    behind.write_all(head.as_bytes()).await?;
    copy_bidirectional(stream, &mut behind).await.map(|_| ())
}

fn judge(asked: &Asked, refusal: Option<Refusal>) -> Reply {
    let claims = asked.claims().unwrap_or_default();
    let scopes = claims["scope"].as_str().unwrap_or_default();
    let may = |scope: &str| scopes.split(' ').any(|given| given == scope);
    if claims["iss"] != "https://accounts.google.com" || !(may(ALL) || may(SEND)) {
        return Reply::Says(401, WRONG_TOKEN);
    }
    if asked.what() == "GET /gmail/v1/users/me/profile" {
        return if may(ALL) {
            Reply::Says(200, PROFILE)
        } else {
            Reply::Says(403, MAY_NOT_READ)
        };
    }
    match (refusal, message(&asked.body)) {
        (Some((status, says)), _) => Reply::Says(status, says),
        (None, Some(message)) if asked.what() == "POST /gmail/v1/users/me/messages/send" => {
            Reply::Delivers(message, 200, SENT)
        }
        (None, _) => Reply::Says(400, BAD_BODY),
    }
}

/// The message in a body of `users.messages.send`.
fn message(body: &[u8]) -> Option<Vec<u8>> {
    let body: Value = serde_json::from_slice(body).ok()?;
    URL_SAFE_NO_PAD.decode(body["raw"].as_str()?).ok()
}
