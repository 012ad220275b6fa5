//! What a verdict says: values, links, commands, and what is repeated of the text.

use mailwright_diagnosis::{Catalogue, diagnose, explain};
use mailwright_domain::{Evidence, Fault, Provider, SmtpCode, Stage, Verdict};

fn ids(verdicts: &[Verdict]) -> Vec<&str> {
    verdicts.iter().map(|v| v.id.as_str()).collect()
}

#[test]
fn an_unknown_number_gets_the_answer_for_its_error_and_a_link() {
    let body = r#"{"error":"invalid_grant","error_description":"AADSTS7654321: New.","error_codes":[7654321]}"#;
    let verdicts = explain(body, None, None);
    assert_eq!(verdicts[0].id, "oauth-invalid-grant");
    assert_eq!(
        verdicts[0].link.as_deref(),
        Some("https://login.microsoftonline.com/error?code=7654321")
    );
    let evidence = Evidence {
        oauth_error: Some("invalid_grant".into()),
        error_codes: vec![7_654_321],
        ..Evidence::at(Stage::OauthToken)
    };
    let verdict = diagnose(&evidence);
    assert_eq!(verdict.id, "oauth-invalid-grant");
    assert!(verdict.link.unwrap().ends_with("code=7654321"));
}

#[test]
fn without_a_number_there_is_no_link_to_look_it_up() {
    let verdict = &explain(r#"{"error":"invalid_grant"}"#, None, None)[0];
    assert_eq!(verdict.link, None);
    assert_eq!(
        verdict.title,
        "The provider does not accept the saved sign-in any more"
    );
}

#[test]
fn a_long_number_is_never_taken_for_a_short_one() {
    for text in [
        "AADSTS7000160: x",
        "AADSTS500110: x",
        "AADSTS5001: x",
        "AADSTS70001600: x",
    ] {
        let found = explain(text, None, None);
        assert!(
            ids(&found)
                .iter()
                .all(|id| ["entra-unknown-code", "unknown"].contains(id)),
            "{text}: {:?}",
            ids(&found)
        );
    }
}

#[test]
fn numbers_that_came_as_numbers_go_before_those_in_the_text() {
    let evidence = Evidence {
        error_codes: vec![53003],
        text: "AADSTS700016: quoted in a longer text".into(),
        ..Evidence::at(Stage::OauthToken)
    };
    assert_eq!(diagnose(&evidence).id, "entra-ca-blocked");
}

#[test]
fn values_stand_in_the_sentences_and_the_command() {
    let evidence = Evidence {
        smtp: Some(SmtpCode {
            basic: 535,
            enhanced: Some((5, 7, 139)),
        }),
        text: "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.".into(),
        mailbox: Some("info@firma.nl".into()),
        ..Evidence::at(Stage::SmtpAuth)
    };
    let verdict = diagnose(&evidence);
    assert_eq!(
        verdict.title,
        "Microsoft 365 does not let info@firma.nl send through apps yet"
    );
    assert!(verdict.what.contains("(535 5.7.139)"));
    assert_eq!(
        verdict.command.as_deref(),
        Some(
            "Get-CASMailbox -Identity 'info@firma.nl' | Format-List SmtpClientAuthenticationDisabled\n\
             Set-CASMailbox -Identity 'info@firma.nl' -SmtpClientAuthenticationDisabled $false"
        )
    );
    assert!(verdict.reverse.is_some());
}

#[test]
fn no_text_keeps_a_placeholder_whatever_is_missing() {
    for entry in Catalogue::built_in().entries() {
        for sample in &entry.samples {
            let verdict = sample.verdict(Catalogue::built_in()).unwrap();
            let texts = [&verdict.title, &verdict.what]
                .into_iter()
                .chain(&verdict.still_works)
                .chain(&verdict.steps);
            for text in texts {
                assert!(!text.contains(['{', '}', '[']), "{}: {text}", entry.id);
                assert!(
                    !text.contains("  ") && !text.contains(" ."),
                    "{}: {text}",
                    entry.id
                );
                assert!(
                    text.starts_with(|c: char| !c.is_whitespace()),
                    "{}: {text}",
                    entry.id
                );
            }
        }
    }
}

#[test]
fn secrets_are_not_repeated() {
    let secret = "0.AXoAs3cr3ts3cr3ts3cr3t";
    for text in [
        format!("POST refresh_token={secret}&grant_type=refresh_token invalid_grant AADSTS70000: no"),
        format!("http://localhost:1/?code={secret}&error=access_denied&error_description=AADSTS65004%3a+no"),
        format!(r#"{{"access_token":"{secret}","error":"invalid_grant","error_description":"AADSTS50173: no"}}"#),
        format!("Authorization: Bearer {secret}\nAADSTS53003: no"),
        format!("user=a@b.nl\u{1}auth=Bearer {secret}\u{1}\u{1} 535 5.7.3 Authentication unsuccessful"),
        "AUTH XOAUTH2 dXNlcj1hQGIubmwBYXV0aD1CZWFyZXIgMC5BWG9BczNjcjN0AQE=\n535 5.7.3 Authentication unsuccessful".into(),
        "dXNlcj1hQGIubmwBYXV0aD1CZWFyZXIgMC5BWG9BczNjcjN0AQE= NO AUTHENTICATE failed.".into(),
        format!("nothing known here, token={secret}"),
    ] {
        for verdict in explain(&text, None, None) {
            let shown = everything_in(&verdict);
            assert!(!shown.contains("s3cr3t") && !shown.contains("dXNlcj"), "{shown}");
        }
    }
}

/// Everything a verdict says, in one text.
fn everything_in(verdict: &Verdict) -> String {
    format!("{verdict:?}")
}

#[test]
fn a_log_with_two_causes_gives_both_and_each_once() {
    let log = "\
2026-11-20 10:00:00 C: A01 AUTHENTICATE XOAUTH2 dXNlcj1hQGIubmwBYXV0aD1CZWFyZXIgMC5BWG9BczNjcjN0AQE=
2026-11-20 10:00:01 S: A01 NO AUTHENTICATE failed.
2026-11-20 10:00:02 S: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.
2026-11-20 10:01:01 S: A01 NO AUTHENTICATE failed.
";
    let verdicts = explain(log, None, None);
    assert_eq!(
        ids(&verdicts),
        ["smtp-auth-off-tenant", "imap-authenticate-failed"]
    );
    assert_eq!(
        verdicts[1].matched.as_deref(),
        Some("A01 NO AUTHENTICATE failed.")
    );
}

#[test]
fn an_unknown_code_of_any_kind_gets_an_answer() {
    for (text, id) in [
        (
            r#"{"error":"something_new","error_description":"x"}"#,
            "oauth-other-error",
        ),
        (
            "http://localhost:1/?error=something_new&state=x",
            "oauth-other-error",
        ),
        ("550 5.9.9 No such rule is known", "smtp-refused"),
        (
            "S: 450-4.9.9 Not now\nS: 450 4.9.9 really",
            "smtp-try-later",
        ),
        ("AADSTS7654321: New.", "entra-unknown-code"),
    ] {
        assert_eq!(explain(text, None, None)[0].id, id, "{text}");
    }
    for text in [
        "error 550",
        "took 450 ms",
        "HTTP/1.1 404 Not Found",
        r#"{"error":{"code":404}}"#,
    ] {
        assert_eq!(explain(text, None, None)[0].id, "unknown", "{text}");
    }
}

#[test]
fn what_a_page_says_in_several_paragraphs_belongs_together() {
    let page = "This site can’t be reached\n\nlocalhost refused to connect.\n\nTry:\n\nChecking the connection\n\nERR_CONNECTION_REFUSED";
    assert_eq!(explain(page, None, None)[0].id, "loop-ipv6");
}

#[test]
fn stage_and_provider_help() {
    let text = r#"{"error":"invalid_grant"}"#;
    assert_eq!(
        explain(text, None, Some(Provider::Google))[0].id,
        "google-grant-dead"
    );
    assert_eq!(
        explain("+OK ready", Some(Stage::Greeting), None)[0].id,
        "unknown",
        "on a POP3 port this is right"
    );
}

#[test]
fn text_in_which_nothing_is_known_is_unknown() {
    for text in [
        "",
        " \n ",
        "all is well",
        "250 2.0.0 OK",
        "a1 OK AUTHENTICATE completed.",
    ] {
        let verdicts = explain(text, None, None);
        assert_eq!(ids(&verdicts), ["unknown"], "{text}");
    }
}

#[test]
fn every_form_in_which_people_paste_is_read() {
    for (text, id) in [
        (
            "https://login.microsoftonline.com/error?code=50105",
            "entra-not-assigned",
        ),
        (
            "AADSTS700016%3A+Application+with+identifier",
            "entra-app-not-found",
        ),
        (
            r#"{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: no\\r\\nTrace ID: x\"}"#,
            "entra-secret-wrong",
        ),
        (
            "535: 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is dis\nabled for the Tenant.",
            "smtp-auth-off-tenant",
        ),
        (
            "Authentication failed: 535: 5.7.3 Authentication unsuccessful [AM0PR0402CA0031.eurprd04.prod.outlook.com]",
            "smtp-535-573",
        ),
        (
            "javax.mail.AuthenticationFailedException: A3 NO AUTHENTICATE failed.",
            "imap-authenticate-failed",
        ),
        ("Token has been expired or revoked.", "google-grant-dead"),
        (
            "http://127.0.0.1:5123/?error=admin_policy_enforced",
            "google-admin-policy",
        ),
    ] {
        assert_eq!(explain(text, None, None)[0].id, id, "{text}");
    }
}

#[test]
fn what_is_no_secret_is_repeated() {
    let text =
        "error=invalid_client&error_description=AADSTS7000215%3a+Invalid+client+secret+provided.";
    assert_eq!(
        explain(text, None, None)[0].matched.as_deref(),
        Some(
            "error=invalid_client error_description=AADSTS7000215: Invalid client secret provided."
        )
    );
}

#[test]
fn the_page_in_the_browser_can_be_pasted() {
    let page = "<title>Sign in to your account</title>&#39;<div>AADSTS50105: Your administrator has configured the application ERP (&#39;x&#39;)</div>";
    assert_eq!(explain(page, None, None)[0].id, "entra-not-assigned");
    let google =
        "Access blocked: Authorization Error\nerp@firma.nl\nError 400: redirect_uri_mismatch";
    assert_eq!(
        explain(google, None, None)[0].id,
        "google-redirect-mismatch"
    );
}

#[test]
fn huge_text_is_read_at_both_ends_and_in_time() {
    let mut text = "535 5.7.1 authentication line that varies ".repeat(100_000);
    text.push_str("\nAADSTS53003: Access has been blocked\n");
    let began = std::time::Instant::now();
    assert_eq!(explain(&text, None, None)[0].id, "entra-ca-blocked");
    let lines: Vec<String> = (0..60_000)
        .map(|n| format!("535 5.7.{} x\n", n % 1000))
        .collect();
    let _ = explain(&lines.concat(), None, None);
    assert!(
        began.elapsed() < std::time::Duration::from_secs(120),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn a_fault_without_words_still_says_what_was_seen() {
    let verdict = diagnose(&Evidence::fault(Stage::Tcp, Fault::TimedOut, ""));
    assert_eq!(verdict.matched.as_deref(), Some("timed-out"));
    assert_eq!(verdict.title, "The server does not answer");
}
