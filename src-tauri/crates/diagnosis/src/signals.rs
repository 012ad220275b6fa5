use mailwright_domain::{AuthKind, Evidence, Fault, Protocol, Provider, Security, Stage};

use crate::codes::{self, Reply};
use crate::compact::Compact;
use crate::rule::Enhanced;
use crate::text;

/// An Entra number, and whether it came as one or was found in a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbered {
    pub(crate) number: u32,
    /// Letters were with it, so it is Entra's also where the catalogue does not know it.
    pub(crate) certain: bool,
}

/// All that the rules look at.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    pub(crate) compact: Compact,
    /// Best first.
    pub(crate) aadsts: Vec<Numbered>,
    pub(crate) smtp: Vec<Reply>,
    pub(crate) response_codes: Vec<String>,
    pub(crate) oauth_error: Option<String>,
    /// An `error` value that a text states, known or not.
    pub(crate) stated_error: Option<String>,
    pub(crate) words: Vec<String>,
    pub(crate) http_status: Option<u16>,
    pub(crate) fault: Option<Fault>,
    pub(crate) audience: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) stage: Option<Stage>,
    pub(crate) protocol: Option<Protocol>,
    pub(crate) provider: Option<Provider>,
    pub(crate) auth: Option<AuthKind>,
    pub(crate) port: Option<u16>,
    pub(crate) security: Option<Security>,
    pub(crate) host: Option<String>,
}

impl Signals {
    /// What a failed check tells.
    pub(crate) fn of_evidence(evidence: &Evidence) -> Self {
        let mut all = String::from(&*text::capped(&evidence.text));
        for more in [&evidence.challenge, &evidence.detail]
            .into_iter()
            .flatten()
        {
            all.push('\n');
            all.push_str(&text::capped(more));
        }
        let mut signals = Self::of_words(&all);
        for number in evidence.error_codes.iter().rev().take(64) {
            signals.put_number(*number);
        }
        if let Some(code) = evidence.smtp {
            let reply = Reply {
                basic: Some(code.basic),
                enhanced: code.enhanced.map(|(a, b, c)| Enhanced(a, b, c)),
            };
            signals.smtp.retain(|r| *r != reply);
            signals.smtp.insert(0, reply);
        }
        if let Some(code) = &evidence.response_code {
            signals.response_codes.insert(0, code.to_ascii_uppercase());
        }
        signals.oauth_error = evidence
            .oauth_error
            .as_ref()
            .map(|e| e.to_ascii_lowercase());
        signals.http_status = evidence.http_status.or(signals.http_status);
        signals.fault = evidence.fault;
        if let Some(token) = &evidence.token {
            signals.audience.clone_from(&token.audience);
            let lower = |all: &[String]| all.iter().map(|s| s.to_ascii_lowercase()).collect();
            signals.scopes = lower(&token.scopes);
            signals.roles = lower(&token.roles);
        }
        signals.audience = signals.audience.map(|a| a.to_ascii_lowercase());
        signals.stage = Some(evidence.stage);
        signals.protocol = evidence.protocol;
        signals.provider = evidence.provider.or(signals.provider);
        signals.auth = evidence.auth;
        signals.port = evidence.port;
        signals.security = evidence.security;
        signals.host = evidence.host.as_ref().map(|h| h.to_ascii_lowercase());
        signals
    }

    /// What a part of a pasted text tells.
    pub(crate) fn of_text(part: &str, stage: Option<Stage>, provider: Option<Provider>) -> Self {
        let mut signals = Self::of_words(part);
        signals.stage = stage;
        signals.provider = provider.or(signals.provider);
        signals
    }

    fn of_words(words: &str) -> Self {
        let reply = text::joined_reply(words);
        let mut signals = Self {
            compact: Compact::of(&reply),
            smtp: codes::smtp(words),
            response_codes: codes::response_codes(words),
            words: codes::snake_words(words),
            stated_error: codes::oauth_error(words),
            http_status: codes::http_status(words),
            audience: codes::audience(words).map(|a| a.to_ascii_lowercase()),
            ..Self::default()
        };
        signals.aadsts = codes::aadsts(words)
            .into_iter()
            .map(|number| Numbered {
                number,
                certain: true,
            })
            .chain(
                codes::bare_numbers(words)
                    .into_iter()
                    .map(|number| Numbered {
                        number,
                        certain: false,
                    }),
            )
            .collect();
        for number in codes::error_codes(words).into_iter().rev() {
            signals.put_number(number);
        }
        signals.provider = signals.likely_provider(words);
        signals
    }

    /// A number that came as one goes before those found in the text.
    fn put_number(&mut self, number: u32) {
        self.aadsts.retain(|n| n.number != number);
        self.aadsts.insert(
            0,
            Numbered {
                number,
                certain: true,
            },
        );
    }

    fn likely_provider(&self, words: &str) -> Option<Provider> {
        let named = |names: &[&str]| names.iter().any(|n| words.to_ascii_lowercase().contains(n));
        if self.aadsts.iter().any(|n| n.certain)
            || named(&[
                "outlook.com",
                "office365",
                "microsoftonline",
                "exchange online",
            ])
        {
            Some(Provider::Microsoft)
        } else if named(&["gsmtp", "google", "gmail"]) {
            Some(Provider::Google)
        } else {
            None
        }
    }

    /// The Entra number to look up, if there is one.
    pub(crate) fn entra_number(&self) -> Option<u32> {
        self.aadsts.iter().find(|n| n.certain).map(|n| n.number)
    }

    /// A reply of this class. A lone number could be anything, so outside of sending both codes must be there.
    pub(crate) fn reply_of_class(&self, class: u8) -> Option<&Reply> {
        let sending = matches!(self.stage, Some(Stage::SmtpAuth | Stage::SmtpMail));
        self.smtp.iter().find(|reply| {
            let basic = reply.basic.map(|b| b / 100);
            let enhanced = reply.enhanced.map(|e| u16::from(e.0));
            let all = basic.is_some() && enhanced.is_some();
            basic.or(enhanced) == Some(u16::from(class)) && (all || sending)
        })
    }

    /// The code to name in a text.
    pub(crate) fn code(&self) -> Option<String> {
        if let Some(number) = self.entra_number() {
            return Some(number.to_string());
        }
        if let Some(reply) = self.smtp.first() {
            return Some(reply.to_string());
        }
        self.response_codes
            .first()
            .or(self.oauth_error.as_ref())
            .cloned()
            .or_else(|| self.http_status.map(|s| s.to_string()))
    }
}
