use mailwright_domain::{
    AuthKind, Evidence, Fault, Protocol, Provider, Security, SmtpCode, Stage, TokenClaims, Verdict,
};
use serde::Deserialize;

use crate::Catalogue;
use crate::rule::Enhanced;

/// An observation that must lead to the entry it stands in: with a `stage` it is evidence, without one it is pasted
/// text. The fields are those of [`Evidence`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the fields are those of Evidence and TokenClaims"
)]
pub struct Sample {
    pub text: String,
    pub stage: Option<Stage>,
    pub protocol: Option<Protocol>,
    pub fault: Option<Fault>,
    pub smtp: Option<u16>,
    pub enhanced: Option<Enhanced>,
    pub response_code: Option<String>,
    pub challenge: Option<String>,
    pub oauth_error: Option<String>,
    pub error_codes: Vec<u32>,
    pub http_status: Option<u16>,
    pub detail: Option<String>,
    pub provider: Option<Provider>,
    pub auth: Option<AuthKind>,
    pub host: Option<String>,
    pub port: Option<u16>,
    pub security: Option<Security>,
    pub mailbox: Option<String>,
    pub audience: Option<String>,
    pub scopes: Option<Vec<String>>,
    pub roles: Option<Vec<String>>,
}

impl Sample {
    /// The best verdict on it.
    pub fn verdict(&self, catalogue: &Catalogue) -> Option<Verdict> {
        match self.stage {
            Some(stage) => Some(catalogue.diagnose(&self.evidence(stage))),
            None => catalogue
                .explain(&self.text, None, self.provider)
                .into_iter()
                .next(),
        }
    }

    /// It as evidence of this stage.
    pub fn evidence(&self, stage: Stage) -> Evidence {
        let claims = self.audience.is_some() || self.scopes.is_some() || self.roles.is_some();
        let token = claims.then(|| TokenClaims {
            audience: self.audience.clone(),
            scopes: self.scopes.clone().unwrap_or_default(),
            roles: self.roles.clone().unwrap_or_default(),
            ..TokenClaims::default()
        });
        Evidence {
            protocol: self.protocol,
            fault: self.fault,
            text: self.text.trim_end().to_owned(),
            smtp: self.smtp.map(|basic| SmtpCode {
                basic,
                enhanced: self.enhanced.map(|e| (e.0, e.1, e.2)),
            }),
            response_code: self.response_code.clone(),
            challenge: self.challenge.clone(),
            oauth_error: self.oauth_error.clone(),
            error_codes: self.error_codes.clone(),
            http_status: self.http_status,
            detail: self.detail.clone(),
            provider: self.provider,
            auth: self.auth,
            host: self.host.clone(),
            port: self.port,
            security: self.security,
            mailbox: self.mailbox.clone(),
            token,
            ..Evidence::at(stage)
        }
    }
}
