//! What the program observes itself always has a verdict of its own.

use std::collections::HashSet;

use mailwright_diagnosis::diagnose;
use mailwright_domain::{Evidence, Fault, Provider, Stage};

const FAULTS: &[(Fault, Stage, &str)] = &[
    (Fault::NameNotFound, Stage::Dns, "dns-nxdomain"),
    (Fault::NameServerFailed, Stage::Dns, "dns-temp"),
    (Fault::Refused, Stage::Tcp, "tcp-refused"),
    (Fault::TimedOut, Stage::Tcp, "tcp-timeout"),
    (Fault::Unreachable, Stage::Tcp, "tcp-unreachable"),
    (Fault::Reset, Stage::Tcp, "tcp-reset"),
    (Fault::Closed, Stage::Greeting, "tcp-closed"),
    (Fault::TlsUntrusted, Stage::Tls, "tls-untrusted-issuer"),
    (Fault::TlsName, Stage::Tls, "tls-hostname"),
    (Fault::TlsExpired, Stage::Tls, "tls-expired"),
    (Fault::TlsNotYetValid, Stage::Tls, "tls-not-yet-valid"),
    (Fault::TlsRefused, Stage::Tls, "tls-alert"),
    (
        Fault::TlsNotSpoken,
        Stage::Tls,
        "tls-wrong-mode-implicit-on-plain",
    ),
    (
        Fault::NoGreeting,
        Stage::Greeting,
        "tls-wrong-mode-plain-on-tls",
    ),
    (Fault::WrongProtocol, Stage::Greeting, "pop-port-on-imap"),
    (
        Fault::StarttlsMissing,
        Stage::Greeting,
        "tls-starttls-missing",
    ),
    (
        Fault::StarttlsInjection,
        Stage::Tls,
        "tls-starttls-injection",
    ),
    (Fault::Malformed, Stage::Greeting, "server-malformed"),
    (Fault::NotArrived, Stage::ImapSelect, "message-not-arrived"),
    (Fault::NoMechanism, Stage::SmtpAuth, "no-mechanism"),
    (Fault::NotSignedIn, Stage::Token, "not-signed-in"),
    (Fault::ScopeMissing, Stage::Token, "token-scope-missing"),
    (Fault::WrongAudience, Stage::Token, "imap-wrong-audience"),
    (Fault::TokenExpired, Stage::Token, "loop-clock"),
    (Fault::WrongAccount, Stage::Token, "loop-wrong-account"),
    (Fault::NobodyCameBack, Stage::Loopback, "loop-user-closed"),
    (Fault::Cancelled, Stage::OauthAuthorize, "loop-error-param"),
    (
        Fault::PastedNoAddress,
        Stage::OauthAuthorize,
        "paste-no-address",
    ),
    (Fault::PastedNoCode, Stage::OauthAuthorize, "paste-no-code"),
    (
        Fault::PastedOtherSignIn,
        Stage::OauthAuthorize,
        "paste-other-sign-in",
    ),
    (
        Fault::DeviceCodeNotOffered,
        Stage::OauthToken,
        "device-code-not-offered",
    ),
    (
        Fault::DeviceCodeBlocked,
        Stage::OauthToken,
        "device-code-blocked",
    ),
    (
        Fault::DeviceCodeEnded,
        Stage::OauthToken,
        "device-code-ended",
    ),
    (
        Fault::ApprovalDeclined,
        Stage::OauthAuthorize,
        "approval-declined",
    ),
    (
        Fault::ApproverNotAdministrator,
        Stage::OauthAuthorize,
        "approval-not-administrator",
    ),
    (
        Fault::ApprovedElsewhere,
        Stage::OauthAuthorize,
        "approval-elsewhere",
    ),
    (Fault::NoLoopback, Stage::Loopback, "loop-port-in-use"),
    (
        Fault::NoBrowser,
        Stage::OauthAuthorize,
        "loop-browser-not-opened",
    ),
    (Fault::NoRefreshToken, Stage::OauthToken, "no-refresh-token"),
    (
        Fault::ProxyRefused,
        Stage::OauthToken,
        "oauth-proxy-refused",
    ),
    (Fault::AskedToWait, Stage::OauthToken, "oauth-waits"),
    (Fault::SecretIsId, Stage::OauthToken, "entra-secret-id"),
    (Fault::OtherCloud, Stage::OauthToken, "entra-other-cloud"),
    (Fault::KeychainLocked, Stage::Keychain, "keychain-locked"),
    (Fault::KeychainMissing, Stage::Keychain, "keychain-missing"),
    (Fault::KeychainTimedOut, Stage::Keychain, "keychain-waits"),
    (Fault::KeychainDenied, Stage::Keychain, "keychain-denied"),
    (Fault::KeychainTooLong, Stage::Keychain, "keychain-too-long"),
    (
        Fault::KeychainAmbiguous,
        Stage::Keychain,
        "keychain-ambiguous",
    ),
    (Fault::KeychainDamaged, Stage::Keychain, "keychain-damaged"),
    (Fault::KeychainFailed, Stage::Keychain, "keychain-failed"),
];

#[test]
fn every_fault_has_its_verdict() {
    for (fault, stage, id) in FAULTS {
        let verdict = diagnose(&Evidence::fault(*stage, *fault, ""));
        assert_eq!(verdict.id, *id);
        assert!(verdict.matched.is_some());
    }
}

#[test]
fn no_fault_is_unknown_at_any_stage() {
    for (fault, _, _) in FAULTS {
        for stage in Stage::ALL {
            for provider in [
                None,
                Some(Provider::Microsoft),
                Some(Provider::Google),
                Some(Provider::Custom),
            ] {
                let evidence = Evidence {
                    provider,
                    ..Evidence::fault(stage, *fault, "")
                };
                assert_ne!(diagnose(&evidence).id, "unknown", "{fault:?} {stage:?}");
            }
        }
    }
}

#[test]
fn the_list_has_every_fault_once() {
    let names: HashSet<String> = FAULTS
        .iter()
        .map(|(fault, _, _)| format!("{fault:?}"))
        .collect();
    assert_eq!(names.len(), FAULTS.len());
    assert_eq!(
        FAULTS.len(),
        FAULTS
            .iter()
            .filter(|(fault, _, _)| is_listed(*fault))
            .count()
    );
}

/// A fault that is new in the domain makes this match incomplete, and so points to the list above.
fn is_listed(fault: Fault) -> bool {
    match fault {
        Fault::NameNotFound
        | Fault::NameServerFailed
        | Fault::Refused
        | Fault::TimedOut
        | Fault::Unreachable
        | Fault::Reset
        | Fault::Closed
        | Fault::TlsUntrusted
        | Fault::TlsName
        | Fault::TlsExpired
        | Fault::TlsNotYetValid
        | Fault::TlsRefused
        | Fault::TlsNotSpoken
        | Fault::NoGreeting
        | Fault::WrongProtocol
        | Fault::StarttlsMissing
        | Fault::StarttlsInjection
        | Fault::Malformed
        | Fault::NotArrived
        | Fault::NoMechanism
        | Fault::NotSignedIn
        | Fault::ScopeMissing
        | Fault::WrongAudience
        | Fault::TokenExpired
        | Fault::WrongAccount
        | Fault::NobodyCameBack
        | Fault::Cancelled
        | Fault::PastedNoAddress
        | Fault::PastedNoCode
        | Fault::PastedOtherSignIn
        | Fault::DeviceCodeNotOffered
        | Fault::DeviceCodeBlocked
        | Fault::DeviceCodeEnded
        | Fault::NoLoopback
        | Fault::NoBrowser
        | Fault::NoRefreshToken
        | Fault::ProxyRefused
        | Fault::AskedToWait
        | Fault::KeychainLocked
        | Fault::SecretIsId
        | Fault::OtherCloud
        | Fault::KeychainMissing
        | Fault::KeychainTimedOut
        | Fault::KeychainDenied
        | Fault::KeychainTooLong
        | Fault::KeychainAmbiguous
        | Fault::KeychainDamaged
        | Fault::ApprovalDeclined
        | Fault::ApproverNotAdministrator
        | Fault::ApprovedElsewhere
        | Fault::KeychainFailed => true,
    }
}
