use serde::{Deserialize, Serialize};

use crate::{AuthKind, Protocol, Provider, Security};

/// Where something failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Name resolution.
    Dns,
    /// Connecting.
    Tcp,
    /// TLS handshake or certificate.
    Tls,
    /// The server's first words, and its capabilities.
    Greeting,
    /// The browser part of a sign-in.
    OauthAuthorize,
    /// The token endpoint.
    OauthToken,
    /// The return to this computer.
    Loopback,
    /// Storing or reading a secret.
    Keychain,
    /// What the access token itself says.
    Token,
    /// SMTP AUTH.
    SmtpAuth,
    /// SMTP after AUTH.
    SmtpMail,
    /// IMAP AUTHENTICATE.
    ImapAuth,
    /// IMAP after AUTHENTICATE.
    ImapSelect,
    /// POP3, any step after the greeting.
    Pop3,
    /// A request to Microsoft Graph or the Gmail API.
    Api,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 15] = [
        Self::Dns,
        Self::Tcp,
        Self::Tls,
        Self::Greeting,
        Self::OauthAuthorize,
        Self::OauthToken,
        Self::Loopback,
        Self::Keychain,
        Self::Token,
        Self::SmtpAuth,
        Self::SmtpMail,
        Self::ImapAuth,
        Self::ImapSelect,
        Self::Pop3,
        Self::Api,
    ];

    /// The word used in the catalogue and in `explain --stage`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Greeting => "greeting",
            Self::OauthAuthorize => "oauth-authorize",
            Self::OauthToken => "oauth-token",
            Self::Loopback => "loopback",
            Self::Keychain => "keychain",
            Self::Token => "token",
            Self::SmtpAuth => "smtp-auth",
            Self::SmtpMail => "smtp-mail",
            Self::ImapAuth => "imap-auth",
            Self::ImapSelect => "imap-select",
            Self::Pop3 => "pop3",
            Self::Api => "api",
        }
    }

    /// The stage that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

/// What this program itself observed, where no server said anything that could be matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The name does not exist.
    NameNotFound,
    /// No name server answered.
    NameServerFailed,
    /// Something refused the connection.
    Refused,
    /// No answer in time.
    TimedOut,
    /// No route.
    Unreachable,
    /// The connection was reset.
    Reset,
    /// The other side closed before it was expected.
    Closed,
    /// The certificate's issuer is not trusted here.
    TlsUntrusted,
    /// The certificate is for other names.
    TlsName,
    /// The certificate is past its end.
    TlsExpired,
    /// The certificate is not valid yet.
    TlsNotYetValid,
    /// The peer refused the handshake, or no common version or cipher.
    TlsRefused,
    /// TLS was started and the other side does not speak TLS.
    TlsNotSpoken,
    /// Plain text was expected and the other side waits for TLS: no greeting came.
    NoGreeting,
    /// Another protocol answers on this port.
    WrongProtocol,
    /// STARTTLS is not offered where it is required.
    StarttlsMissing,
    /// Bytes followed the STARTTLS reply, or the session was already authenticated before TLS.
    StarttlsInjection,
    /// The server broke its own protocol, or a limit on lines, bytes or lists was passed.
    Malformed,
    /// A message was accepted and was not in the mailbox in time.
    NotArrived,
    /// None of the offered ways to sign in is one of ours.
    NoMechanism,
    /// Nobody has signed in yet.
    NotSignedIn,
    /// The access token lacks the permission this protocol needs.
    ScopeMissing,
    /// The access token is for another resource.
    WrongAudience,
    /// The access token is past its end even though it was just renewed: a clock is wrong.
    TokenExpired,
    /// The signed-in person is not the one this mailbox expects.
    WrongAccount,
    /// Nobody came back from the browser in time.
    NobodyCameBack,
    /// The person cancelled.
    Cancelled,
    /// What a person pasted is no address.
    PastedNoAddress,
    /// The pasted address holds neither code nor error.
    PastedNoCode,
    /// The pasted address is another sign-in's.
    PastedOtherSignIn,
    /// Nobody can sign in with a code on another device: the provider or the registration does not offer it.
    DeviceCodeNotOffered,
    /// A policy of the organisation forbids signing in with a code on another device.
    DeviceCodeBlocked,
    /// The code on another device ended before somebody had signed in with it.
    DeviceCodeEnded,
    /// An administrator was asked to approve the app, and did not.
    ApprovalDeclined,
    /// Who was asked to approve the app may not do so.
    ApproverNotAdministrator,
    /// The app was approved, for another organisation than the one it is needed in.
    ApprovedElsewhere,
    /// No loopback port could be opened.
    NoLoopback,
    /// No browser could be started.
    NoBrowser,
    /// The sign-in gave no refresh token.
    NoRefreshToken,
    /// A proxy stands in between and lets nobody through, or does not answer itself.
    ProxyRefused,
    /// The provider was asked and could not answer, and is not asked again yet.
    AskedToWait,
    /// The client secret is the secret's ID instead of its value, and the provider refused it.
    SecretIsId,
    /// The organisation is in another of the provider's clouds than the registration says.
    OtherCloud,
    /// The keychain is locked.
    KeychainLocked,
    /// There is no keychain on this computer.
    KeychainMissing,
    /// The keychain did not answer in time; it may be asking for its password.
    KeychainTimedOut,
    /// The keychain, or the person in front of it, refused access.
    KeychainDenied,
    /// The keychain does not take a value of this length.
    KeychainTooLong,
    /// The keychain holds more than one entry with the same name.
    KeychainAmbiguous,
    /// What the keychain holds is not what was stored there.
    KeychainDamaged,
    /// The keychain failed otherwise.
    KeychainFailed,
}

/// Basic code and enhanced code of an SMTP reply (RFC 5321 section 4.2, RFC 3463).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SmtpCode {
    /// Three digits.
    pub basic: u16,
    /// `class.subject.detail`, where given.
    pub enhanced: Option<(u8, u16, u16)>,
}

/// What an access token says about itself, as far as the diagnosis needs it. Never the token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenClaims {
    /// `aud`.
    pub audience: Option<String>,
    /// `scp`, split.
    pub scopes: Vec<String>,
    /// `roles`: the permissions of an app that nobody signed in to.
    #[serde(default)]
    pub roles: Vec<String>,
    /// `upn`, `preferred_username` or `unique_name`.
    pub user: Option<String>,
    /// `tid`.
    pub tenant: Option<String>,
    /// `exp`, seconds since 1970.
    pub expires: Option<i64>,
    /// `nbf`, seconds since 1970.
    #[serde(default)]
    pub not_before: Option<i64>,
}

/// All that is known about a failure. Texts in it are already free of secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where it failed.
    pub stage: Stage,
    /// The protocol, where one was being spoken.
    pub protocol: Option<Protocol>,
    /// What we observed ourselves.
    pub fault: Option<Fault>,
    /// The server's reply, all lines of it; or the error description of an authorization server.
    pub text: String,
    /// Code of an SMTP reply.
    pub smtp: Option<SmtpCode>,
    /// Response code of an IMAP or POP3 reply, without brackets (RFC 5530, RFC 2449).
    pub response_code: Option<String>,
    /// Decoded JSON of a refused XOAUTH2 or OAUTHBEARER exchange.
    pub challenge: Option<String>,
    /// OAuth `error` value (RFC 6749 sections 4.1.2.1 and 5.2).
    pub oauth_error: Option<String>,
    /// Numbers from Entra's `error_codes`, first one first.
    pub error_codes: Vec<u32>,
    /// HTTP status of a token response.
    pub http_status: Option<u16>,
    /// Names of the values a text may use, e.g. issuer of a certificate.
    pub detail: Option<String>,
    /// Provider of the mailbox.
    pub provider: Option<Provider>,
    /// How the mailbox signs in.
    pub auth: Option<AuthKind>,
    /// Host that was spoken to.
    pub host: Option<String>,
    /// Its port.
    pub port: Option<u16>,
    /// Protection that was asked for.
    pub security: Option<Security>,
    /// The mailbox.
    pub mailbox: Option<String>,
    /// What the token said.
    pub token: Option<TokenClaims>,
    /// Where the server answers instead, as `HOST:PORT:MODE`, better places first.
    #[serde(default)]
    pub works_instead: Vec<String>,
}

impl Evidence {
    /// Evidence of a stage with nothing else known yet.
    pub fn at(stage: Stage) -> Self {
        Self {
            stage,
            protocol: None,
            fault: None,
            text: String::new(),
            smtp: None,
            response_code: None,
            challenge: None,
            oauth_error: None,
            error_codes: Vec::new(),
            http_status: None,
            detail: None,
            provider: None,
            auth: None,
            host: None,
            port: None,
            security: None,
            mailbox: None,
            token: None,
            works_instead: Vec::new(),
        }
    }

    /// Evidence of something that we observed ourselves.
    pub fn fault(stage: Stage, fault: Fault, text: impl Into<String>) -> Self {
        Self {
            fault: Some(fault),
            text: text.into(),
            ..Self::at(stage)
        }
    }
}
