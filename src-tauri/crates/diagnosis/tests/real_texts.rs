//! Texts that servers really sent, word for word from vendors' documents and logs in public issues, each with the id
//! that it must get. Pasted alone, and as evidence of the stage where it occurs.

use mailwright_diagnosis::{diagnose, explain};
use mailwright_domain::{Evidence, Stage};

const TEXTS: &[(Stage, &str, &str)] = &[
    (
        Stage::OauthToken,
        "AADSTS700016: Application with identifier '{id}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
        "entra-app-not-found",
    ),
    (
        Stage::OauthAuthorize,
        "AADSTS50011: The reply address '<uri>' does not match the reply addresses configured for the application",
        "entra-redirect-mismatch",
    ),
    (
        Stage::OauthToken,
        r#"{"error":"invalid_client","error_description":"AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'. Trace ID","error_codes":[7000218]}"#,
        "entra-not-public-client",
    ),
    (
        Stage::OauthToken,
        "AADSTS70002: The request body must contain the following parameter: 'client_secret or client_assertion'",
        "entra-not-public-client",
    ),
    (
        Stage::OauthToken,
        "AADSTS7000215: Invalid client secret is provided.",
        "entra-secret-wrong",
    ),
    (
        Stage::OauthToken,
        "AADSTS7000222: The provided client secret keys … are expired.",
        "entra-secret-expired",
    ),
    (
        Stage::OauthToken,
        "AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '<app>'.",
        "entra-mfa-required",
    ),
    (
        Stage::OauthToken,
        "AADSTS53003: Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
        "entra-ca-blocked",
    ),
    (
        Stage::OauthAuthorize,
        "AADSTS50105: Your administrator has configured the application {name} ('{id}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '{upn}' is blocked because they are not a direct member of a group with access…",
        "entra-not-assigned",
    ),
    (
        Stage::OauthToken,
        "AADSTS65001: The user or administrator has not consented to use the application with ID '{appId}' named '{appName}'. Send an interactive authorization request for this user and resource.",
        "entra-consent-missing",
    ),
    (
        Stage::OauthAuthorize,
        "AADSTS65004: User declined to consent to access the app.",
        "entra-user-declined",
    ),
    (
        Stage::OauthAuthorize,
        "{app} needs permission to access resources in your organization that only an admin can grant. Ask an admin to grant permission to this app before you can use it.",
        "entra-admin-consent-needed",
    ),
    (
        Stage::OauthToken,
        "AADSTS70000: The request was denied because one or more scopes requested are unauthorized or expired. The user must first sign in and grant the client application access to the requested scope.",
        "entra-scope-unauthorized",
    ),
    (
        Stage::OauthToken,
        "AADSTS70000: The provided value for the input parameter 'refresh_token' or 'assertion' is not valid.",
        "entra-refresh-invalid",
    ),
    (
        Stage::OauthToken,
        "AADSTS70008: The provided authorization code or refresh token is expired. Send a new interactive authorization request for this user and resource.",
        "entra-code-expired",
    ),
    (
        Stage::OauthToken,
        "AADSTS700082: The refresh token has expired due to inactivity. The token was issued on 2022-03-02T03:54:33.8043551Z and was inactive for 90.00:00:00.",
        "entra-refresh-inactive",
    ),
    (
        Stage::OauthToken,
        "AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
        "entra-refresh-revoked",
    ),
    (
        Stage::OauthAuthorize,
        "admin_policy_enforced – The Google Account is unable to authorize one or more scopes requested due to the policies of their Google Workspace administrator.",
        "google-admin-policy",
    ),
    (
        Stage::OauthToken,
        r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
        "google-grant-dead",
    ),
    (
        Stage::SmtpAuth,
        "535 5.7.3 Authentication unsuccessful [SN2PR00CA0018.namprd00.prod.outlook.com]",
        "smtp-535-573",
    ),
    (
        Stage::SmtpAuth,
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [MN2PR05CA0004.namprd05.prod.outlook.com 2023-09-12T20:59:57.214Z 08DBB276B7E699C4]",
        "smtp-auth-off-tenant",
    ),
    (
        Stage::SmtpAuth,
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.",
        "smtp-auth-off-mailbox",
    ),
    (
        Stage::SmtpAuth,
        "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [BM1P287CA0015.INDP287.PROD.OUTLOOK.COM]",
        "smtp-basic-disabled",
    ),
    (
        Stage::SmtpMail,
        "530 5.7.57 Client not authenticated to send mail. Error: 535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
        "smtp-basic-disabled",
    ),
    (
        Stage::SmtpAuth,
        "550 5.7.30 Basic authentication is not supported for Client Submission.",
        "smtp-basic-retired",
    ),
    (
        Stage::SmtpAuth,
        "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.",
        "smtp-secdefaults",
    ),
    (
        Stage::SmtpAuth,
        "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.",
        "smtp-criteria",
    ),
    (
        Stage::SmtpAuth,
        "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect. [PH0PR07CA0004…]",
        "smtp-user-creds",
    ),
    (
        Stage::SmtpAuth,
        "504 5.7.4 Unrecognized authentication type [MW4PR03CA0123.namprd03.prod.outlook.com]",
        "smtp-auth-type",
    ),
    (
        Stage::SmtpMail,
        "530 5.7.57 Client not authenticated to send mail.",
        "smtp-not-authenticated",
    ),
    (
        Stage::SmtpMail,
        "5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM",
        "smtp-not-authenticated",
    ),
    (
        Stage::SmtpMail,
        "554 5.2.252 SendAsDenied; <login> not allowed to send as <from>; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message [BeginDiagnosticData]Cannot submit message.",
        "smtp-sendas-554",
    ),
    (
        Stage::SmtpMail,
        "5.7.60 SMTP; Client does not have permissions to send as this sender",
        "smtp-sendas-550",
    ),
    (
        Stage::SmtpAuth,
        "535-5.7.8 Username and Password not accepted. For more information, go to\r\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials a1sm1 - gsmtp",
        "gsmtp-badcreds",
    ),
    (
        Stage::ImapAuth,
        "A01 NO AUTHENTICATE failed.",
        "imap-authenticate-failed",
    ),
    (
        Stage::ImapSelect,
        "BAD User is authenticated but not connected.",
        "imap-not-connected",
    ),
    (
        Stage::ImapAuth,
        "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
        "gimap-badcreds",
    ),
    (
        Stage::ImapAuth,
        "NO [AUTHENTICATIONFAILED] Authentication failed.",
        "imap-auth-generic",
    ),
    (
        Stage::ImapAuth,
        "NO [AUTHENTICATIONFAILED] Incorrect username or password.",
        "imap-auth-generic",
    ),
    (Stage::Tcp, "Socket error code 10061", "tcp-refused"),
    (
        Stage::Tcp,
        "connect ETIMEDOUT 52.96.184.50:465",
        "tcp-timeout",
    ),
    (
        Stage::Tls,
        "self signed certificate in certificate chain",
        "tls-intercepted",
    ),
    (
        Stage::Tls,
        "invalid peer certificate: UnknownIssuer",
        "tls-untrusted-issuer",
    ),
    (
        Stage::Tls,
        "ssl3_get_record:wrong version number",
        "tls-wrong-mode-implicit-on-plain",
    ),
    (
        Stage::Keychain,
        "Attribute 'password encoded as UTF-16' is longer than platform limit of 2560 chars",
        "loop-store-failed",
    ),
];

#[test]
fn pasted_alone() {
    let wrong: Vec<_> = TEXTS
        .iter()
        .map(|(_, text, id)| (text, explain(text, None, None), id))
        .filter(|(_, verdicts, id)| verdicts[0].id != **id)
        .map(|(text, verdicts, id)| format!("{id} but {} for {text}", verdicts[0].id))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn as_evidence_with_nothing_but_the_text() {
    let wrong: Vec<_> = TEXTS
        .iter()
        .map(|(stage, text, id)| {
            let evidence = Evidence {
                text: (*text).to_owned(),
                ..Evidence::at(*stage)
            };
            (text, diagnose(&evidence), id)
        })
        .filter(|(_, verdict, id)| verdict.id != **id)
        .map(|(text, verdict, id)| format!("{id} but {} for {text}", verdict.id))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn wrapped_quoted_and_logged() {
    for (_, text, id) in TEXTS {
        let wrapped = text
            .as_bytes()
            .chunks(72)
            .map(|line| format!("> {}\r\n", String::from_utf8_lossy(line)))
            .collect::<Vec<_>>()
            .concat();
        let has_own_lines = text.contains('\n') || !text.is_ascii();
        if !has_own_lines {
            assert_eq!(explain(&wrapped, None, None)[0].id, *id, "{wrapped}");
        }
        let logged = format!("12:00:01 connecting\n12:00:02 S: {text}\n\n12:00:03 done\n");
        assert_eq!(explain(&logged, None, None)[0].id, *id, "{logged}");
    }
}
