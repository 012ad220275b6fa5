//! What is known beside the words of a server: who signs in and how, the port, the token.

use mailwright_diagnosis::{diagnose, explain};
use mailwright_domain::{AuthKind, Evidence, Fault, Protocol, Provider, Stage, TokenClaims, Who};

#[test]
fn nobody_who_signs_in_is_told_about_passwords() {
    let refused = |auth| Evidence {
        text: "a1 NO [AUTHENTICATIONFAILED] Authentication failed.".into(),
        response_code: Some("AUTHENTICATIONFAILED".into()),
        protocol: Some(Protocol::Imap),
        auth,
        ..Evidence::at(Stage::ImapAuth)
    };
    let says = |evidence: &Evidence, word: &str| {
        diagnose(evidence)
            .steps
            .iter()
            .any(|step| step.contains(word))
    };
    let oauth = refused(Some(AuthKind::Oauth));
    assert!(says(&oauth, "Sign in again") && !says(&oauth, "password"));
    let password = refused(Some(AuthKind::Password));
    assert!(says(&password, "app password") && !says(&password, "Sign in again"));
    assert!(!says(&refused(Some(AuthKind::AppOnly)), "password"));
    assert!(says(&refused(None), "password") && says(&refused(None), "Sign in again"));
    let smtp = Evidence {
        text: "535 5.7.8 Error: authentication failed".into(),
        auth: Some(AuthKind::Oauth),
        ..Evidence::at(Stage::SmtpAuth)
    };
    assert_eq!(diagnose(&smtp).id, "smtp-535-generic");
    assert!(!says(&smtp, "password"));
}

#[test]
fn the_port_decides_what_a_timeout_calls_for() {
    let steps = |port| {
        let evidence = Evidence {
            port,
            ..Evidence::fault(Stage::Tcp, Fault::TimedOut, "")
        };
        diagnose(&evidence).steps.concat()
    };
    assert!(steps(Some(465)).contains("no port 465") && !steps(Some(465)).contains("port 25"));
    assert!(steps(Some(25)).contains("port 25") && !steps(Some(25)).contains("465"));
    assert!(!steps(Some(993)).contains("465") && steps(None).contains("465"));
}

#[test]
fn unavailable_is_no_refusal() {
    for text in [
        "a1 NO [UNAVAILABLE] Temporary authentication failure. [mail:2026-11-28 10:00:00]",
        "a1 NO [UNAVAILABLE] Authentication failed, the database is not available",
        "454 4.7.0 Temporary authentication failure: Connection lost to authentication server",
    ] {
        for stage in [Stage::ImapAuth, Stage::SmtpAuth] {
            if text.starts_with("454") == (stage == Stage::SmtpAuth) {
                let evidence = Evidence {
                    text: text.into(),
                    ..Evidence::at(stage)
                };
                let verdict = diagnose(&evidence);
                assert!(
                    verdict.try_later && !verdict.sign_in_helps,
                    "{}",
                    verdict.id
                );
            }
        }
        assert!(explain(text, None, None)[0].try_later, "{text}");
    }
}

#[test]
fn what_the_token_says_goes_before_what_the_server_says() {
    let refused = |roles: &[&str]| Evidence {
        text: "535 5.7.3 Authentication unsuccessful".into(),
        provider: Some(Provider::Microsoft),
        auth: Some(AuthKind::AppOnly),
        token: Some(TokenClaims {
            roles: roles.iter().map(|r| (*r).to_owned()).collect(),
            ..TokenClaims::default()
        }),
        ..Evidence::at(Stage::SmtpAuth)
    };
    let id = |roles: &[&str]| diagnose(&refused(roles)).id;
    assert_eq!(id(&["IMAP.AccessAsApp"]), "app-only-not-approved");
    assert_eq!(
        id(&["IMAP.AccessAsApp", "SMTP.SendAsApp"]),
        "app-only-refused"
    );
    assert_eq!(id(&[]), "app-only-refused");
}

/// What only an organisation has.
const OF_ORGANISATIONS: [&str; 4] = ["dministrator", "admin center", "Active users", "licence"];

#[test]
fn nobody_administers_a_personal_mailbox() {
    let replies = [
        (
            Stage::SmtpAuth,
            "smtp-mail.outlook.com",
            "535 5.7.3 Authentication unsuccessful",
        ),
        (
            Stage::SmtpAuth,
            "smtp-mail.outlook.com",
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
        ),
        (
            Stage::SmtpAuth,
            "smtp-mail.outlook.com",
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.",
        ),
        (
            Stage::SmtpAuth,
            "smtp-mail.outlook.com",
            "535 5.7.139 Authentication unsuccessful, a new sentence.",
        ),
        (
            Stage::ImapAuth,
            "imap-mail.outlook.com",
            "A01 NO AUTHENTICATE failed.",
        ),
        (
            Stage::ImapAuth,
            "imap-mail.outlook.com",
            "A01 NO LOGIN failed.",
        ),
        (
            Stage::ImapSelect,
            "imap-mail.outlook.com",
            "A02 BAD User is authenticated but not connected.",
        ),
        (
            Stage::Pop3,
            "pop-mail.outlook.com",
            "-ERR Authentication failure: unknown user name or bad password.",
        ),
    ];
    for (stage, host, text) in replies {
        for auth in [None, Some(AuthKind::Oauth), Some(AuthKind::Password)] {
            let at = |host: &str| {
                diagnose(&Evidence {
                    text: text.into(),
                    host: Some(host.into()),
                    provider: Some(Provider::Microsoft),
                    auth,
                    ..Evidence::at(stage)
                })
            };
            let personal = at(host);
            assert_eq!(personal.who, Who::You, "{text}: {}", personal.id);
            assert!(personal.id.starts_with("personal-"), "{text}");
            assert!(personal.command.is_none(), "{text}");
            let link = personal.link.unwrap_or_default();
            assert!(!link.contains("admin."), "{text}: {link}");
            for word in OF_ORGANISATIONS {
                let said = personal.steps.iter().any(|step| step.contains(word));
                assert!(!said, "{text}: “{word}” in {:?}", personal.steps);
            }
            // An organisation is told what it was told before.
            let of_organisation = at("smtp.office365.com").id;
            assert!(!of_organisation.starts_with("personal-"), "{text}");
        }
    }
}

#[test]
fn where_both_are_read_both_ways_are_named() {
    let steps = |host: Option<&str>| {
        let evidence = Evidence {
            text: "A02 BAD User is authenticated but not connected.".into(),
            host: host.map(str::to_owned),
            ..Evidence::at(Stage::ImapSelect)
        };
        diagnose(&evidence).steps.concat()
    };
    for host in [None, Some("outlook.office365.com")] {
        let said = steps(host);
        assert!(said.contains("outlook.live.com") && said.contains("Active users"));
    }
    assert!(!steps(Some("outlook.office365.us")).contains("outlook.live.com"));
}
