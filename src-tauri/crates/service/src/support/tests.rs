use mailwright_domain::Secret;
use mailwright_domain::{Check, CheckId, Grant, GrantId, Protocol, Status};
use mailwright_keychain::Kind;
use uuid::Uuid;

use super::*;
use crate::samples::{Sample, failed, registration};
use crate::{MailboxFields, NewRegistration, SystemBrowser};

const CLIENT_SECRET: &str = "canary~client-secret-0123";
const REFRESH_TOKEN: &str = "canary-refresh-token-4567";

/// A mailbox whose test failed, and whose server repeated what it must not know.
async fn sample() -> (Sample, Mailbox) {
    let sample = Sample::new();
    let new = NewRegistration {
        client_secret: Some(Secret::new(CLIENT_SECRET)),
        ..registration("Firma ERP")
    };
    sample.service.add_registration(new).await.unwrap();
    let fields = MailboxFields {
        registration: Some("Firma ERP".to_owned()),
        // Numbers, so that no name server is asked.
        imap: Some("127.0.0.1:993:tls".to_owned()),
        smtp: Some("127.0.0.1:587:starttls".to_owned()),
        ..MailboxFields::default()
    };
    let service = &sample.service;
    let added = service.add_mailbox("anna@firma.nl", &fields).await.unwrap();
    let mailbox = service.find_mailbox(&added.id).unwrap();
    let grant = sample.grant("Firma ERP", "anna@firma.nl").await;
    let entry = format!(r#"{{"generation":1,"refresh_token":"{REFRESH_TOKEN}"}}"#);
    let stored = service
        .keychain
        .set(grant.id.0, &Kind::GrantToken, entry.as_bytes());
    stored.await.unwrap();
    sample.signed_in(&mailbox, &grant);
    let check = Check {
        server_says: Some(format!(
            "535 mail.firma.nl does not know anna@firma.nl, {REFRESH_TOKEN} or {CLIENT_SECRET}"
        )),
        ..failed(CheckId::Authenticate, Some(Protocol::Smtp), "Refused.")
    };
    sample.report(mailbox.id, Status::NeedsAttention, vec![check]);
    let mailbox = sample.service.find_mailbox("anna@firma.nl").unwrap();
    (sample, mailbox)
}

async fn package(sample: &Sample, options: &PackageOptions) -> Result<SupportPackage, Failure> {
    let browser = SystemBrowser::default();
    sample.service.support_package(options, &browser).await
}

/// Also where the package is asked for later, by the error ID: what was said in the failed test, and not in another one.
#[tokio::test]
async fn a_failed_test_keeps_its_conversation_for_the_package() {
    let (sample, mailbox) = sample().await;
    let report = sample.service.store.reports().latest(mailbox.id).unwrap();
    let started = report.unwrap().started;
    let said = [(Protocol::Smtp, format!("C: EHLO x\nS: 535 {REFRESH_TOKEN}"))];
    sample.service.spoken.keep(mailbox.id, started, &said);
    let kept = package(&sample, &PackageOptions::default()).await.unwrap();
    let document: Value = serde_json::from_str(&kept.text).unwrap();
    assert_eq!(
        document["transcripts"],
        serde_json::json!([{
            "mailbox": "anna@firma.nl",
            "protocol": "smtp",
            "lines": ["C: EHLO x", "S: 535 [removed]"],
        }])
    );
    let later = started + std::time::Duration::from_secs(1);
    sample.service.spoken.keep(mailbox.id, later, &said);
    let none = package(&sample, &PackageOptions::default()).await.unwrap();
    let document: Value = serde_json::from_str(&none.text).unwrap();
    assert_eq!(document["transcripts"], serde_json::json!([]));
}

#[tokio::test]
async fn a_package_holds_what_it_says_and_no_secret() {
    let (sample, _) = sample().await;
    let package = package(&sample, &PackageOptions::default()).await.unwrap();
    for secret in [CLIENT_SECRET, REFRESH_TOKEN] {
        assert!(!package.text.contains(secret), "{}", package.text);
    }
    assert!(
        package
            .text
            .contains("does not know anna@firma.nl, [removed] or [removed]")
    );
    let document: Value = serde_json::from_str(&package.text).unwrap();
    let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
    let about = ["about", "made", "masked", "error_ids"];
    for key in &keys {
        let listed = package.contents.iter().any(|part| part.part == **key);
        assert!(
            listed || about.contains(&key.as_str()),
            "{key} is not listed"
        );
    }
    assert_eq!(keys.len(), package.contents.len() + about.len());
    let [id] = package.error_ids.as_slice() else {
        panic!("{:?}", package.error_ids);
    };
    assert_eq!(document["reports"][0]["error_id"], **id);
    assert!(package.subject.starts_with(&format!("Mailwright {id}: ")));
    assert!(
        package
            .mailto
            .starts_with("mailto:?subject=Mailwright%20MW-")
    );
    assert!(package.mailto.contains(&format!("Error%20ID%3A%20{id}")));
}

#[tokio::test]
async fn a_masked_package_does_not_say_whose_it_is() {
    let (sample, _) = sample().await;
    let masked = PackageOptions {
        mask: true,
        ..PackageOptions::default()
    };
    let package = package(&sample, &masked).await.unwrap();
    let all = format!("{} {} {}", package.text, package.subject, package.message).to_lowercase();
    for word in ["anna", "firma", crate::samples::CLIENT_ID] {
        assert!(!all.contains(word), "{word}: {}", package.text);
    }
    let document: Value = serde_json::from_str(&package.text).unwrap();
    let mailbox = &document["mailboxes"][0];
    let address = mailbox["address"].as_str().unwrap();
    assert_eq!(document["reports"][0]["mailbox"], address);
    let said = document["reports"][0]["checks"][0]["server_says"]
        .as_str()
        .unwrap();
    assert!(said.contains(address), "{said}");
    assert_eq!(
        mailbox["registration"],
        document["registrations"][0]["name"]
    );
}

#[tokio::test]
async fn a_masked_package_does_not_name_the_organisation_that_the_provider_names() {
    const OWN: &str = "11112222-aaaa-4333-8bbb-4444cccc5555";
    let (sample, mailbox) = sample().await;
    let grant = sample.service.grant_of(&mailbox).unwrap().unwrap();
    let issuer = format!("https://login.microsoftonline.com/{OWN}/v2.0");
    let grant = Grant {
        id: GrantId(Uuid::new_v4()),
        issuer,
        ..grant
    };
    let grant = sample.service.store.grants().upsert(&grant).unwrap();
    sample.signed_in(&mailbox, &grant);
    // The name stands before the words that say what it is.
    let detail = format!("Bakkerij de Vries, {OWN} at bakkerij-nl.mail.protection.outlook.com");
    let checks = [
        detail,
        "AADSTS90072: x does not exist in tenant 'Bakkerij de Vries'".to_owned(),
    ]
    .map(|said| Check {
        server_says: Some(said),
        ..failed(CheckId::Authenticate, Some(Protocol::Smtp), "Refused.")
    });
    sample.report(mailbox.id, Status::NeedsAttention, checks.to_vec());
    for mask in [false, true] {
        let options = PackageOptions {
            mask,
            ..PackageOptions::default()
        };
        let package = package(&sample, &options).await.unwrap();
        for word in ["Bakkerij", "bakkerij", OWN] {
            assert_eq!(package.text.contains(word), !mask, "{word}");
        }
    }
}

#[tokio::test]
async fn one_report_is_found_by_its_error_id() {
    let (sample, mailbox) = sample().await;
    let all = package(&sample, &PackageOptions::default()).await.unwrap();
    // A later test that went well has no number.
    sample.report(mailbox.id, Status::Working, Vec::new());
    let by_id = |id: String| PackageOptions {
        error_id: Some(id),
        ..PackageOptions::default()
    };
    let typed = all.error_ids[0].to_lowercase();
    let one = package(&sample, &by_id(typed)).await.unwrap();
    assert_eq!(one.error_ids, all.error_ids);
    let latest = package(&sample, &PackageOptions::default()).await.unwrap();
    assert!(latest.error_ids.is_empty());
    let failure = package(&sample, &by_id("MW-0000-0000".to_owned())).await;
    assert_eq!(failure.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn whether_it_says_whose_it_is_is_chosen_after_everything_was_collected() {
    let (sample, _) = sample().await;
    let browser = SystemBrowser::default();
    let service = &sample.service;
    let options = PackageOptions::default();
    let draft = service.collect_for_support(&options, &browser).await;
    let draft = draft.unwrap();
    let (plain, masked) = (draft.package(false).unwrap(), draft.package(true).unwrap());
    assert_eq!(
        plain.text,
        draft.package(false).unwrap().text,
        "and back again"
    );
    assert!(plain.text.contains("anna@firma.nl") && !masked.text.contains("anna"));
    for (package, said) in [(&plain, false), (&masked, true)] {
        let shown = package.shown();
        let document: Value = serde_json::from_str(&shown.text).unwrap();
        assert_eq!((shown.masked, &document["masked"]), (said, &said.into()));
        assert_eq!(shown.bytes, shown.text.len() + 1);
        for secret in [CLIENT_SECRET, REFRESH_TOKEN] {
            assert!(!shown.text.contains(secret) && !shown.subject.contains(secret));
        }
    }
}
