use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use mailwright_domain::Protocol;
use reqwest::Method;
use url::Url;

use crate::Target;
use crate::failure::Failure;

/// The two ways of sending that are requests of HTTP.
pub(super) struct Api<'a> {
    target: &'a Target,
}

/// One request, without the token.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    /// Media type of the body; none where there is no body.
    pub(super) media_type: Option<&'static str>,
    pub(super) body: Vec<u8>,
    /// What the transcript says of the body.
    pub(super) shown: String,
}

impl<'a> Api<'a> {
    pub(super) fn of(target: &'a Target) -> Self {
        Self { target }
    }

    /// What people call it.
    pub(super) fn name(&self) -> &'static str {
        if self.is_gmail() {
            "Gmail"
        } else {
            "Microsoft Graph"
        }
    }

    fn is_gmail(&self) -> bool {
        self.target.endpoint.protocol == Protocol::Gmail
    }

    /// `https://HOST:PORT/`; none where the host cannot stand in an address.
    pub(super) fn base(&self) -> Option<Url> {
        let endpoint = &self.target.endpoint;
        let mut url = Url::parse("https://host.invalid/").ok()?;
        url.set_host(Some(&endpoint.host)).ok()?;
        url.set_port(Some(endpoint.port)).ok()?;
        Some(url)
    }

    fn url(&self, parts: &[&str]) -> Result<Url, Box<Failure>> {
        let wrong = || {
            Box::new(Failure {
                detail: format!("“{}” cannot be asked by https.", self.target.endpoint.host),
                ..Failure::default()
            })
        };
        let mut url = self.base().ok_or_else(wrong)?;
        let user: &[&str] = match (self.is_gmail(), self.target.login.as_str()) {
            (true, login) => &["gmail", "v1", "users", login],
            // Graph's own word for whoever signed in.
            (false, "me") => &["v1.0", "me"],
            (false, login) => &["v1.0", "users", login],
        };
        url.path_segments_mut()
            .map_err(|()| wrong())?
            .clear()
            .extend(user)
            .extend(parts);
        Ok(url)
    }

    /// A question about the account that changes nothing.
    pub(super) fn look(&self) -> Result<Request, Box<Failure>> {
        let url = if self.is_gmail() {
            self.url(&["profile"])? // users.getProfile
        } else {
            let mut url = self.url(&[])?;
            url.set_query(Some("$select=id")); // user: get
            url
        };
        Ok(Request {
            method: Method::GET,
            url,
            media_type: None,
            body: Vec::new(),
            shown: String::new(),
        })
    }

    /// Hands over a message in the form of RFC 5322: Graph's `user: sendMail` takes it as text in Base64, Gmail's
    /// `users.messages.send` as Base64 for addresses (RFC 4648 section 5) in `raw`.
    pub(super) fn send(&self, message: &[u8]) -> Result<Request, Box<Failure>> {
        let shown = format!("(the test message, {} bytes)", message.len());
        let (url, media_type, body) = if self.is_gmail() {
            let raw = URL_SAFE_NO_PAD.encode(message);
            let body = serde_json::json!({ "raw": raw }).to_string();
            (self.url(&["messages", "send"])?, "application/json", body)
        } else {
            (
                self.url(&["sendMail"])?,
                "text/plain",
                STANDARD.encode(message),
            )
        };
        Ok(Request {
            method: Method::POST,
            url,
            media_type: Some(media_type),
            body: body.into_bytes(),
            shown,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use mailwright_domain::Endpoint;

    use super::*;

    fn target(protocol: Protocol, login: &str) -> Target {
        Target {
            endpoint: Endpoint::parse(protocol, "graph.example:8443:tls").unwrap(),
            login: login.to_owned(),
            sender: None,
            more_senders: Vec::new(),
            recipient: None,
            known_folders: Vec::new(),
            timeout: Duration::from_secs(1),
            allow_plain: false,
        }
    }

    #[test]
    fn each_request_goes_where_the_provider_documents_it() {
        let me = target(Protocol::Graph, "me");
        let api = Api::of(&me);
        let look = api.look().unwrap();
        assert_eq!(
            look.url.as_str(),
            "https://graph.example:8443/v1.0/me?$select=id"
        );
        let send = api.send(b"From: a\r\n").unwrap();
        assert_eq!(
            send.url.as_str(),
            "https://graph.example:8443/v1.0/me/sendMail"
        );
        assert_eq!(send.media_type, Some("text/plain"));
        assert_eq!(send.body, b"RnJvbTogYQ0K");
        assert!(!send.shown.contains("From"));
        let shared = target(Protocol::Graph, "info/../x@firma.nl");
        assert_eq!(
            Api::of(&shared).send(b"").unwrap().url.path(),
            "/v1.0/users/info%2F..%2Fx@firma.nl/sendMail",
            "an address stays one segment"
        );
        let gmail = target(Protocol::Gmail, "me");
        let api = Api::of(&gmail);
        assert_eq!(api.look().unwrap().url.path(), "/gmail/v1/users/me/profile");
        let send = api.send(b"\xfb\xff\xfe").unwrap();
        assert_eq!(send.url.path(), "/gmail/v1/users/me/messages/send");
        assert_eq!(send.body, br#"{"raw":"-__-"}"#);
    }
}
