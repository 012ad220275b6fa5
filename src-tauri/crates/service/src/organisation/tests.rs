use mailwright_diagnosis::diagnose;
use mailwright_domain::{
    Basis, Check, CheckId, Evidence, Reading, RegistrationCheck, SmtpCode, Stage,
};
use std::time::Duration;

use super::*;
use crate::samples::{Sample, passed};
use crate::wire::{OrganisationCommand, OrganisationFinding};

/// A registration with these mailboxes, each signed in.
async fn sample(addresses: &[&str]) -> (Sample, Vec<Mailbox>) {
    let sample = Sample::new();
    sample.registration("ERP mail").await;
    let mut mailboxes = Vec::new();
    for address in addresses {
        let mailbox = sample.mailbox(address, "ERP mail").await;
        let grant = sample.grant("ERP mail", address).await;
        sample.signed_in(&mailbox, &grant);
        mailboxes.push(mailbox);
    }
    (sample, mailboxes)
}

fn refused(text: &str) -> Check {
    let evidence = Evidence {
        text: text.to_owned(),
        smtp: Some(SmtpCode {
            basic: 535,
            enhanced: Some((5, 7, 139)),
        }),
        ..Evidence::at(Stage::SmtpAuth)
    };
    Check {
        outcome: Outcome::Failed,
        verdict: Some(Box::new(diagnose(&evidence))),
        ..passed(CheckId::Authenticate, Some(Protocol::Smtp))
    }
}

const OFF_MAILBOX: &str = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.";
const OFF_TENANT: &str =
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.";

fn check<'a>(organisation: &'a Organisation, id: &str) -> &'a OrganisationCheck {
    organisation.checks.iter().find(|c| c.id == id).unwrap()
}

fn finding<'a>(check: &'a OrganisationCheck, subject: &str) -> &'a OrganisationFinding {
    let is = |f: &&OrganisationFinding| f.subject.as_deref() == Some(subject);
    check.findings.iter().find(is).unwrap()
}

fn commands<'a>(check: &'a OrganisationCheck, kind: &str) -> Vec<&'a OrganisationCommand> {
    check.commands.iter().filter(|c| c.kind == kind).collect()
}

#[tokio::test]
async fn before_anything_is_known_there_are_only_commands_that_look() {
    let (sample, _) = sample(&["info@firma.nl", "o'neil@firma.nl"]).await;
    let found = sample.service.organisation(None, None).unwrap();
    assert_eq!(found.organisation.as_deref(), Some("firma.nl"));
    assert!(found.pasted.is_none());
    for one in &found.checks {
        assert!(
            matches!(one.outcome.as_str(), "unchecked" | "skipped"),
            "{one:?}"
        );
        assert!(
            one.commands
                .iter()
                .all(|c| c.kind == "connect" || c.kind == "look")
        );
    }
    let smtp = check(&found, "smtp-auth-mailbox");
    assert_eq!(
        commands(smtp, "look")[0].command,
        "'info@firma.nl', 'o''neil@firma.nl' | ForEach-Object { Get-CASMailbox -Identity $_ } | Format-List PrimarySmtpAddress,SmtpClientAuthenticationDisabled,ImapEnabled,PopEnabled"
    );
    // The same output tells of IMAP too, so it is asked for once.
    let cas: Vec<_> = found
        .look
        .iter()
        .filter(|c| c.command.contains("Get-CASMailbox"))
        .collect();
    assert_eq!(cas.len(), 1);
    assert_eq!(found.look.iter().filter(|c| c.kind == "connect").count(), 2);
    assert_eq!(check(&found, "pop-mailbox").outcome, "skipped");
}

#[tokio::test]
async fn tests_that_were_made_are_read() {
    let (sample, mailboxes) = sample(&["info@firma.nl", "inkoop@firma.nl"]).await;
    let fine = vec![
        passed(CheckId::Authenticate, Some(Protocol::Smtp)),
        passed(CheckId::Inbox, Some(Protocol::Imap)),
    ];
    sample.report(mailboxes[0].id, Status::Working, fine);
    sample.report(
        mailboxes[1].id,
        Status::PartlyWorking,
        vec![refused(OFF_MAILBOX)],
    );
    let found = sample.service.organisation(Some("ERP mail"), None).unwrap();
    let smtp = check(&found, "smtp-auth-mailbox");
    assert_eq!(smtp.outcome, "failed");
    assert_eq!(smtp.basis, "seen");
    assert_eq!(smtp.detail, "Fine for 1 of 2. Not for inkoop@firma.nl.");
    let not = finding(smtp, "inkoop@firma.nl");
    assert_eq!(not.verdict.as_deref(), Some("smtp-auth-off-mailbox"));
    assert!(not.seen.is_some());
    assert_eq!(smtp.verdict.as_ref().unwrap().id, "smtp-auth-off-mailbox");
    let (change, reverse) = (commands(smtp, "change"), commands(smtp, "reverse"));
    assert_eq!(
        change[0].command,
        "Set-CASMailbox -Identity 'inkoop@firma.nl' -SmtpClientAuthenticationDisabled $false"
    );
    assert_eq!(
        reverse[0].command,
        "Set-CASMailbox -Identity 'inkoop@firma.nl' -SmtpClientAuthenticationDisabled $true"
    );
    assert_eq!(
        finding(check(&found, "imap-mailbox"), "info@firma.nl").outcome,
        "passed"
    );
}

#[tokio::test]
async fn an_empty_mailbox_falls_back_on_the_organisation() {
    let (sample, _) = sample(&["info@firma.nl"]).await;
    let mailbox = "PrimarySmtpAddress : info@firma.nl\nSmtpClientAuthenticationDisabled :\n\n";
    let organisation = |value| {
        format!("{mailbox}Name : Transport Settings\nSmtpClientAuthenticationDisabled : {value}\n")
    };
    let defaults = format!("{mailbox}DisplayName : Security Defaults\nIsEnabled : True\n");
    for (text, outcome, decided_by, verdict) in [
        (mailbox.to_owned(), "unchecked", None, None),
        (
            organisation("False"),
            "passed",
            Some("smtp-auth-organisation"),
            None,
        ),
        (
            organisation("True"),
            "failed",
            Some("smtp-auth-organisation"),
            Some("smtp-auth-off-tenant"),
        ),
        (
            defaults,
            "failed",
            Some("security-defaults"),
            Some("smtp-secdefaults"),
        ),
    ] {
        let found = sample.service.organisation(None, Some(&text)).unwrap();
        let one = finding(check(&found, "smtp-auth-mailbox"), "info@firma.nl");
        assert_eq!(one.outcome, outcome, "{text}");
        assert_eq!(one.value.as_deref(), Some(""));
        assert_eq!(one.decided_by.as_deref(), decided_by, "{text}");
        assert_eq!(one.verdict.as_deref(), verdict, "{text}");
        assert_eq!(one.basis, "pasted");
    }
    // The organisation's own switch is fine, and its change is offered only because it decides.
    let found = sample
        .service
        .organisation(None, Some(&organisation("True")))
        .unwrap();
    let own = check(&found, "smtp-auth-organisation");
    assert_eq!(own.outcome, "passed");
    assert!(own.caution.is_some() && commands(own, "change").len() == 1);
    let mailboxes = check(&found, "smtp-auth-mailbox");
    assert!(commands(mailboxes, "reverse")[0].command.ends_with("$null"));
}

#[tokio::test]
async fn what_a_test_has_shown_of_the_organisation_decides_too() {
    let (sample, mailboxes) = sample(&["info@firma.nl", "b@firma.nl"]).await;
    sample.report(
        mailboxes[0].id,
        Status::PartlyWorking,
        vec![refused(OFF_TENANT)],
    );
    let text = "PrimarySmtpAddress : b@firma.nl\nSmtpClientAuthenticationDisabled :\n";
    let found = sample.service.organisation(None, Some(text)).unwrap();
    let smtp = check(&found, "smtp-auth-mailbox");
    assert_eq!(finding(smtp, "info@firma.nl").basis, "seen");
    let other = finding(smtp, "b@firma.nl");
    assert_eq!(
        (other.outcome.as_str(), other.basis.as_str()),
        ("failed", "pasted")
    );
    assert_eq!(other.decided_by.as_deref(), Some("smtp-auth-organisation"));
    assert_eq!(
        check(&found, "smtp-auth-organisation").findings[0]
            .value
            .as_deref(),
        Some("True")
    );
    assert_eq!(commands(smtp, "change").len(), 1, "both go back to empty");
}

#[tokio::test]
async fn a_setting_that_a_test_contradicts_says_so() {
    let (sample, mailboxes) = sample(&["info@firma.nl"]).await;
    sample.report(
        mailboxes[0].id,
        Status::PartlyWorking,
        vec![refused(OFF_MAILBOX)],
    );
    let text = "PrimarySmtpAddress : INFO@firma.nl\nSmtpClientAuthenticationDisabled : False\n";
    let found = sample.service.organisation(None, Some(text)).unwrap();
    let one = finding(check(&found, "smtp-auth-mailbox"), "info@firma.nl");
    assert_eq!(one.outcome, "passed");
    assert!(one.detail.ends_with("Test again."), "{}", one.detail);
}

#[tokio::test]
async fn what_was_pasted_is_counted_and_others_are_left_out() {
    let (sample, _) = sample(&["info@firma.nl"]).await;
    let text = "Get-CASMailbox : couldn't be found on 'AM9'\n\
        SmtpClientAuthenticationDisabled : True\n\n\
        PrimarySmtpAddress : info@firma.nl\nImapEnabled : False\n\n\
        PrimarySmtpAddress : somebody@else.nl\nImapEnabled : True\n";
    let found = sample.service.organisation(None, Some(text)).unwrap();
    let pasted = found.pasted.as_ref().unwrap();
    assert_eq!((pasted.understood, pasted.others), (2, 1));
    assert_eq!(pasted.unclear.len(), 1);
    assert_eq!(pasted.troubles.len(), 1);
    let imap = check(&found, "imap-mailbox");
    assert_eq!((imap.outcome.as_str(), imap.findings.len()), ("failed", 1));
}

#[tokio::test]
async fn a_sign_in_has_shown_the_consent() {
    let (sample, _) = sample(&[]).await;
    let registration = sample.service.find_registration("ERP mail").unwrap();
    let seen = RegistrationCheck {
        id: Reading::Consent,
        outcome: Outcome::Passed,
        basis: Basis::SignIn,
        seen: Some(Timestamp::now()),
        took: Duration::ZERO,
        detail: String::new(),
        verdict: None,
    };
    sample
        .service
        .store
        .registration_checks()
        .saw(registration.id, &[seen])
        .unwrap();
    let found = sample.service.organisation(None, None).unwrap();
    for id in ["admin-consent", "app-enabled", "user-consent"] {
        assert_eq!(check(&found, id).outcome, "passed", "{id}");
    }
    assert_eq!(check(&found, "assignment-required").outcome, "unchecked");
    assert_eq!(check(&found, "smtp-auth-mailbox").outcome, "skipped");
    let text = "AppId : x\nAppRoleAssignmentRequired : True\n";
    let found = sample.service.organisation(None, Some(text)).unwrap();
    let assignment = check(&found, "assignment-required");
    assert_eq!(assignment.outcome, "unchecked");
    assert!(
        commands(assignment, "change")[0]
            .command
            .contains("-AppRoleAssignmentRequired:$false")
    );
    assert_eq!(
        commands(assignment, "connect")[0].command,
        "Connect-MgGraph -Scopes 'Application.Read.All','Application.ReadWrite.All' -TenantId 'firma.nl'"
    );
}

#[tokio::test]
async fn which_registration_is_asked_where_there_are_several() {
    let (sample, _) = sample(&[]).await;
    sample.registration("Other").await;
    let failure = sample.service.organisation(None, None).unwrap_err();
    assert_eq!(failure.code, Code::Usage);
    assert!(failure.message.contains("“ERP mail”") && failure.message.contains("“Other”"));
    assert!(sample.service.organisation(Some("Other"), None).is_ok());
    let none = Sample::new().service.organisation(None, None).unwrap_err();
    assert_eq!(none.code, Code::NotFound);
}
