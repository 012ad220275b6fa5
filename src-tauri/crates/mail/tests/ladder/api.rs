//! Sending by Microsoft Graph and by the Gmail API, towards an HTTPS server that follows a script.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use mailwright_domain::{CheckId, Fault, Outcome, Proof, Protocol, Secret, Security, Stage};
use mailwright_mail::{Credential, Errand, Ladder, TestMessage};

use CheckId::{Authenticate, Message, Sender};

use crate::server::Server;
use crate::support::{TOKEN, World, check, failed, passed, target};

/// The first connection shows that there is a way; requests go over others.
const WAY: &str = "TLS";
const LOOK: &str = "TLS\nHTTP GET /v1.0/me?$select=id HTTP/1.1\n";
const SEND: &str = "TLS\nHTTP POST /v1.0/me/sendMail HTTP/1.1\n";
const GMAIL_LOOK: &str = "TLS\nHTTP GET /gmail/v1/users/me/profile HTTP/1.1\n";
const GMAIL_SEND: &str = "TLS\nHTTP POST /gmail/v1/users/me/messages/send HTTP/1.1\n";

/// An answer after which the connection is closed.
fn answer(status: u16, body: &str) -> String {
    format!(
        "S: HTTP/1.1 {status} Said\nS: Content-Type: application/json\nS: Content-Length: {}\nS: Connection: close\nS:\nS; {body}\nCLOSE",
        body.len()
    )
}

async fn climb(
    protocol: Protocol,
    sessions: &[&str],
    errand: Errand,
    more_senders: &[&str],
) -> (Ladder, Server) {
    let world = World::new();
    let server = world.server(sessions).await;
    let mut target = target(protocol, server.port, Security::Tls);
    "me".clone_into(&mut target.login);
    target.more_senders = more_senders.iter().map(|s| s.parse().unwrap()).collect();
    let credential = Credential::OAuth(Secret::new(TOKEN));
    let ladder = world.climb_for(&target, &credential, errand).await;
    server.check();
    let shown = format!("{}{ladder:?}", ladder.transcript);
    assert!(!shown.contains(TOKEN), "{shown}");
    (ladder, server)
}

fn message() -> TestMessage {
    TestMessage::new("info@firma.nl".parse().unwrap(), "")
}

const MAY_NOT_READ: &str = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}"#;

#[tokio::test]
async fn graph_takes_the_message_as_base64_of_its_text() {
    let look = format!("{LOOK}{}", answer(403, MAY_NOT_READ));
    let send = format!("{SEND}{}", answer(202, ""));
    let message = message();
    let token = message.token().to_owned();
    let sessions = [WAY, &look, &send];
    let (ladder, server) = climb(Protocol::Graph, &sessions, Errand::SendAway(message), &[]).await;
    passed(&ladder);
    assert_eq!(ladder.proof, Some(Proof::Message));
    let heard = server.heard();
    let bearer = format!("Bearer {TOKEN}");
    let authorized = heard.iter().filter(|line| line.ends_with(&bearer));
    assert_eq!(authorized.count(), 2, "each request carries the token");
    assert!(
        heard
            .iter()
            .any(|l| l.eq_ignore_ascii_case("content-type: text/plain"))
    );
    let text = STANDARD.decode(heard.last().unwrap()).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(
        text.contains(&format!("X-Mailwright-Test: {token}\r\n")),
        "{text}"
    );
    assert!(text.contains("From: info@firma.nl\r\n"), "{text}");
}

#[tokio::test]
async fn gmail_takes_the_message_as_raw() {
    let unscoped = r#"{"error":{"code":403,"errors":[{"reason":"insufficientPermissions"}],"details":[{"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}"#;
    let look = format!("{GMAIL_LOOK}{}", answer(403, unscoped));
    let send = format!(
        "{GMAIL_SEND}{}",
        answer(200, r#"{"id":"1","threadId":"1"}"#)
    );
    let sessions = [WAY, &look, &send];
    let (ladder, server) =
        climb(Protocol::Gmail, &sessions, Errand::SendAway(message()), &[]).await;
    passed(&ladder);
    let heard = server.heard();
    let body: String = heard
        .last()
        .unwrap()
        .replace(r#"{"raw":""#, "")
        .replace(r#""}"#, "");
    let text = URL_SAFE_NO_PAD.decode(body).unwrap();
    assert!(text.starts_with(b"From: info@firma.nl\r\n"));
}

#[tokio::test]
async fn without_a_message_the_token_is_proven_and_nothing_more() {
    for (status, body) in [(200, r#"{"id":"1"}"#), (403, MAY_NOT_READ)] {
        let look = format!("{LOOK}{}", answer(status, body));
        let sessions = [WAY, &look];
        let others = ["sales@firma.nl"];
        let (ladder, _server) = climb(Protocol::Graph, &sessions, Errand::Nothing, &others).await;
        assert_eq!(ladder.proof, Some(Proof::Login));
        let looked = check(&ladder, Authenticate);
        assert_eq!(looked.outcome, Outcome::Passed);
        assert!(
            looked.detail.contains("only by a message"),
            "{}",
            looked.detail
        );
        assert_eq!(check(&ladder, Sender).outcome, Outcome::Unchecked);
        assert_eq!(ladder.checks.len(), 5);
    }
}

#[tokio::test]
async fn what_the_provider_says_of_a_token_or_an_app_is_kept() {
    for (protocol, status, body, code) in [
        (
            Protocol::Graph,
            401,
            r#"{"error":{"code":"InvalidAuthenticationToken","message":"Access token validation failure. Invalid audience."}}"#,
            "InvalidAuthenticationToken",
        ),
        (
            Protocol::Gmail,
            403,
            r#"{"error":{"code":403,"message":"Gmail API has not been used in project 1 before or it is disabled.","errors":[{"reason":"accessNotConfigured"}]}}"#,
            "accessNotConfigured",
        ),
        (Protocol::Graph, 503, "<html>busy</html>", ""),
    ] {
        let start = if protocol == Protocol::Graph {
            LOOK
        } else {
            GMAIL_LOOK
        };
        let look = format!("{start}{}", answer(status, body));
        let (ladder, _server) =
            climb(protocol, &[WAY, &look], Errand::SendAway(message()), &[]).await;
        let evidence = failed(&ladder, Authenticate);
        assert_eq!(evidence.stage, Stage::Api);
        assert_eq!(evidence.http_status, Some(status));
        assert_eq!(evidence.response_code.unwrap_or_default(), code);
        assert!(evidence.text.contains(body), "{}", evidence.text);
    }
}

#[tokio::test]
async fn a_refused_message_says_why_and_each_sender_is_tried() {
    let look = format!("{LOOK}{}", answer(403, MAY_NOT_READ));
    let denied = r#"{"error":{"code":"ErrorSendAsDenied","message":"The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account."}}"#;
    let refused = format!("{SEND}{}", answer(403, denied));
    let taken = format!("{SEND}{}", answer(202, ""));
    let (ladder, _server) = climb(
        Protocol::Graph,
        &[WAY, &look, &refused],
        Errand::SendAway(message()),
        &[],
    )
    .await;
    let evidence = failed(&ladder, Message);
    assert_eq!(evidence.response_code.as_deref(), Some("ErrorSendAsDenied"));
    assert_eq!(ladder.proof, Some(Proof::Login));

    let sessions = [WAY, &look, &taken, &refused, &taken];
    let others = ["boss@firma.nl", "sales@firma.nl"];
    let errand = Errand::SendAway(message());
    let (ladder, _server) = climb(Protocol::Graph, &sessions, errand, &others).await;
    let outcomes: Vec<_> = ladder
        .checks
        .iter()
        .filter(|c| c.id == Sender)
        .map(|c| c.outcome)
        .collect();
    assert_eq!(outcomes, [Outcome::Failed, Outcome::Passed]);
}

#[tokio::test]
async fn an_answer_that_breaks_off_leaves_open_whether_the_message_was_taken() {
    let look = format!("{LOOK}{}", answer(200, "{}"));
    let broken = format!("{SEND}CLOSE");
    let (send, find) = Errand::there_and_back(
        message(),
        mailwright_mail::Patience::of(std::time::Duration::ZERO),
    );
    let (ladder, _server) = climb(Protocol::Graph, &[WAY, &look, &broken], send, &[]).await;
    let evidence = failed(&ladder, Message);
    assert_eq!(evidence.fault, Some(Fault::Closed));
    let Errand::Find(_, _, told) = find else {
        unreachable!("the other half looks")
    };
    let told = told.await.expect("whoever looks is told");
    assert_eq!((told.accepted, told.perhaps), (0, 1));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let flood = format!(
        "{LOOK}S: HTTP/1.1 200 OK\nS: Transfer-Encoding: chunked\nS:\nFLOOD 5\\r\\nabcde\\r\\n"
    );
    let (ladder, _server) = climb(Protocol::Graph, &[WAY, &flood], Errand::Nothing, &[]).await;
    assert_eq!(failed(&ladder, Authenticate).fault, Some(Fault::Malformed));
}
