use std::fmt;

use jiff::Timestamp;
use mailwright_domain::{Evidence, Fault, FieldError, Stage, Verdict, Who};
use mailwright_keychain::KeychainError;
use mailwright_oauth::OauthError;
use mailwright_store::StoreError;

use crate::hint::Hint;
use crate::wire::OtherAccount;

/// What kind of failure it is, for programs; the exit code of the command line follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename_all = "kebab-case"))]
pub enum Code {
    /// Something was asked for in a way that cannot be carried out.
    Usage,
    /// The mailbox, registration or folder does not exist.
    NotFound,
    /// It exists already, or is in use.
    Conflict,
    /// A person has to sign in, or the sign-in did not succeed.
    NeedsSignIn,
    /// An administrator has to act.
    NeedsAdministrator,
    /// Network, provider or keychain cannot be reached now; trying later may work.
    Unreachable,
    /// The keychain cannot be used.
    Keychain,
    /// The data folder or database cannot be used.
    Storage,
    /// A check said no.
    Failed,
    /// A mistake in Mailwright.
    Internal,
}

impl Code {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::NotFound => "not-found",
            Self::Conflict => "conflict",
            Self::NeedsSignIn => "needs-sign-in",
            Self::NeedsAdministrator => "needs-administrator",
            Self::Unreachable => "unreachable",
            Self::Keychain => "keychain",
            Self::Storage => "storage",
            Self::Failed => "failed",
            Self::Internal => "internal",
        }
    }
}

/// Why a use case did not succeed: a code for programs, a sentence for people, and the diagnosis where there is one.
#[derive(Clone, Debug)]
pub struct Failure {
    /// For programs.
    pub code: Code,
    /// What happened, what was not changed, what to do.
    pub message: String,
    /// The diagnosis.
    pub verdict: Option<Box<Verdict>>,
    /// What the diagnosis rests on.
    pub evidence: Option<Box<Evidence>>,
    /// Who signed in instead of the one that was expected.
    pub other_account: Option<Box<OtherAccount>>,
    /// What to do next, for whoever shows the message.
    pub hint: Option<Hint>,
    /// The provider is not asked again before this.
    pub try_again_at: Option<Timestamp>,
}

impl Failure {
    /// A failure that needs no diagnosis: the message says it all.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            verdict: None,
            evidence: None,
            other_account: None,
            hint: None,
            try_again_at: None,
        }
    }

    /// A failure that the catalogue explains.
    pub fn diagnosed(evidence: &Evidence) -> Self {
        let verdict = mailwright_diagnosis::diagnose(evidence);
        Self {
            code: code_of(&verdict),
            message: format!("{}. {}", verdict.title.trim_end_matches('.'), verdict.what),
            verdict: Some(Box::new(verdict)),
            evidence: Some(Box::new(evidence.clone())),
            other_account: None,
            hint: None,
            try_again_at: None,
        }
    }

    /// The same, with what to do next.
    #[must_use]
    pub fn hinting(mut self, hint: Hint) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The same, with a code that is known better than the verdict tells.
    #[must_use]
    pub fn with_code(mut self, code: Code) -> Self {
        self.code = code;
        if let Some(verdict) = self.verdict.as_mut() {
            verdict.sign_in_helps |= code == Code::NeedsSignIn;
        }
        self
    }

    /// The words of the provider that refused, with the numbers by which it finds the attempt again (Entra:
    /// `correlation_id`, `trace_id` and `timestamp`).
    pub(crate) fn provider_says(&self) -> Option<String> {
        let evidence = self.evidence.as_deref()?;
        let refused = evidence.oauth_error.is_some() || !evidence.error_codes.is_empty();
        let words = [Some(&evidence.text), evidence.detail.as_ref()];
        let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
        refused.then(|| words.join("\n"))
    }

    /// The diagnosis for a report; what the catalogue does not explain explains itself.
    pub(crate) fn into_verdict(self) -> Box<Verdict> {
        let code = self.code;
        self.verdict.unwrap_or_else(|| {
            Box::new(Verdict {
                id: own_id(code),
                title: "Mailwright could not finish this check".to_owned(),
                what: self.message,
                still_works: None,
                who: Who::You,
                steps: vec!["Try again.".to_owned()],
                link: None,
                command: None,
                reverse: None,
                source: "Mailwright".to_owned(),
                checked_on: Timestamp::now().strftime("%Y-%m-%d").to_string(),
                matched: None,
                sign_in_helps: code == Code::NeedsSignIn,
                try_later: code == Code::Unreachable,
            })
        })
    }
}

/// The id of a verdict that only says what our own failure said.
fn own_id(code: Code) -> String {
    format!("mailwright-{}", code.word())
}

/// Who must act decides what a program that called us should do next.
pub(crate) fn code_of(verdict: &Verdict) -> Code {
    if verdict.id.starts_with("keychain-") || verdict.id == own_id(Code::Keychain) {
        Code::Keychain
    } else if verdict.id == own_id(Code::Storage) {
        Code::Storage
    } else if verdict.who == Who::Administrator {
        Code::NeedsAdministrator
    } else if verdict.sign_in_helps && verdict.who == Who::You {
        Code::NeedsSignIn
    } else if verdict.try_later || matches!(verdict.who, Who::Network | Who::Provider) {
        Code::Unreachable
    } else {
        Code::Failed
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// A mistake in Mailwright: something that cannot happen did.
    pub fn internal(what: impl Into<String>) -> Self {
        Self::new(Code::Internal, what)
    }
}

impl From<KeychainError> for Failure {
    fn from(error: KeychainError) -> Self {
        let fault = match error {
            KeychainError::Locked => Fault::KeychainLocked,
            KeychainError::Missing => Fault::KeychainMissing,
            KeychainError::TimedOut => Fault::KeychainTimedOut,
            KeychainError::Denied => Fault::KeychainDenied,
            KeychainError::TooLong => Fault::KeychainTooLong,
            KeychainError::Ambiguous => Fault::KeychainAmbiguous,
            KeychainError::Damaged => Fault::KeychainDamaged,
            KeychainError::Other(_) => Fault::KeychainFailed,
        };
        let evidence = Evidence::fault(Stage::Keychain, fault, error.to_string());
        Self::diagnosed(&evidence).with_code(Code::Keychain)
    }
}

impl From<OauthError> for Failure {
    fn from(error: OauthError) -> Self {
        Self::diagnosed(error.evidence())
    }
}

impl From<FieldError> for Failure {
    fn from(error: FieldError) -> Self {
        let message = format!("{} Nothing was saved.", crate::sentence(&error.to_string()));
        let failure = Self::new(Code::Usage, message);
        match error {
            FieldError::AuthorityMissing => failure.hinting(Hint::Authority),
            FieldError::AddressesMissing => failure.hinting(Hint::CustomAddresses),
            _ => failure,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::Duplicate { .. } | StoreError::InUse { .. } => Code::Conflict,
            _ => Code::Storage,
        };
        Self::new(code, crate::sentence(&error.to_string()))
    }
}
