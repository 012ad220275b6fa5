use std::sync::atomic::{AtomicUsize, Ordering};

use mailwright_domain::{ClientCertificate, Cloud, CustomUrls, RegistrationId};
use mailwright_keychain::Kind;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;
use uuid::Uuid;

use super::reading::{failed_as, passed, unchecked};
use super::*;
use crate::samples::Sample;
use crate::{Code, RegistrationChange, SecretChange};

/// A server that judges each request by its form.
async fn server(judge: impl Fn(&str) -> (u16, serde_json::Value) + Send + 'static) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = String::new();
            let mut bytes = [0; 4096];
            // A form comes with its head or right after it, and is never empty.
            while request
                .split_once("\r\n\r\n")
                .is_none_or(|(_, form)| form.is_empty())
            {
                match stream.read(&mut bytes).await {
                    Ok(count) if count > 0 => {
                        request.push_str(&String::from_utf8_lossy(&bytes[..count]));
                    }
                    _ => break,
                }
            }
            let (status, body) = judge(&request);
            let body = body.to_string();
            let answer = format!(
                "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url.parse().unwrap()
}

/// A registration whose endpoints are all this server.
async fn at(
    sample: &Sample,
    provider: Provider,
    server: &Url,
    secret: Option<&str>,
) -> Registration {
    let client_id = match provider {
        Provider::Google => "1-a.apps.googleusercontent.com",
        _ => "desktop",
    };
    let registration = Registration {
        id: RegistrationId(Uuid::new_v4()),
        name: "Checked".to_owned(),
        provider,
        client_id: client_id.to_owned(),
        tenant: None,
        cloud: Cloud::Global,
        authority: None,
        custom: Some(CustomUrls {
            authorize: server.clone(),
            token: server.clone(),
            device: None,
            revoke: None,
        }),
        scopes: Vec::new(),
        has_secret: secret.is_some(),
        secret_expires: None,
        redirect_uri: None,
        publishing: None,
        certificate: None,
    };
    let service = &sample.service;
    service.store.registrations().insert(&registration).unwrap();
    if let Some(secret) = secret {
        let keychain = &service.keychain;
        let set = keychain.set(registration.id.0, &Kind::ClientSecret, secret.as_bytes());
        set.await.unwrap();
    }
    registration
}

/// The same with a certificate instead of a secret.
async fn by_certificate(sample: &Sample, server: &Url) -> Registration {
    let one = Registration {
        certificate: Some(ClientCertificate {
            der: String::new(),
            subject: "CN=ERP mail".to_owned(),
            thumbprint: String::new(),
            x5t_s256: "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0".to_owned(),
            not_before: "2026-11-01T00:00:00Z".parse().unwrap(),
            not_after: "2036-11-01T00:00:00Z".parse().unwrap(),
        }),
        ..at(sample, Provider::Custom, server, None).await
    };
    let service = &sample.service;
    service.store.registrations().update(&one).unwrap();
    let key = include_bytes!("../../../oauth/src/certificate/key.pem");
    let set = service.keychain.set(one.id.0, &Kind::ClientKey, key);
    set.await.unwrap();
    one
}

/// The outcomes by reading, and the verdicts.
fn short(checked: &RegistrationChecked) -> Vec<(String, String, String)> {
    let all = checked.checks.iter();
    all.map(|c| {
        let verdict = c.verdict.as_ref().map(|v| v.id.clone());
        (c.id.clone(), c.outcome.clone(), verdict.unwrap_or_default())
    })
    .collect()
}

fn has(checked: &RegistrationChecked, id: &str, outcome: &str, verdict: &str) {
    let expected = (id.to_owned(), outcome.to_owned(), verdict.to_owned());
    assert!(
        short(checked).contains(&expected),
        "{expected:?} in {:#?}",
        short(checked)
    );
}

fn refusal(error: &str, text: &str) -> serde_json::Value {
    json!({ "error": error, "error_description": text })
}

#[tokio::test]
async fn google_says_which_of_the_two_it_does_not_know() {
    let google = server(|request| {
        if !request.contains("client_id=1-a.") {
            (
                401,
                refusal("invalid_client", "The OAuth client was not found."),
            )
        } else if !request.contains("client_secret=right") {
            (401, refusal("invalid_client", "Unauthorized"))
        } else {
            (400, refusal("invalid_grant", "Bad Request"))
        }
    })
    .await;
    for (secret, client, accepted, verdict) in [
        ("right", "passed", "passed", ""),
        ("wrong", "passed", "failed", "google-client-secret-wrong"),
    ] {
        let sample = Sample::new();
        let one = at(&sample, Provider::Google, &google, Some(secret)).await;
        let checked = sample.service.check_registration(&one.name).await.unwrap();
        has(&checked, "client", client, "");
        has(&checked, "secret", accepted, verdict);
        has(&checked, "redirect", "unchecked", "");
        has(&checked, "consent", "unchecked", "");
        let ids: Vec<&str> = checked.checks.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(ids, ["client", "secret", "redirect", "consent"]);
        assert!(!format!("{checked:?}").contains(&format!("client_secret={secret}")));
        let shown = sample.service.registration(&one.name).unwrap();
        assert_eq!(shown.last_check, Some(checked), "it is kept");
    }
    for (error, text, verdict) in [
        (
            "invalid_client",
            "The OAuth client was not found.",
            "google-client-unknown",
        ),
        (
            "deleted_client",
            "The OAuth client was deleted.",
            "google-deleted-client",
        ),
    ] {
        let sample = Sample::new();
        let gone = server(move |_| (401, refusal(error, text))).await;
        let one = at(&sample, Provider::Google, &gone, Some("right")).await;
        let checked = sample.service.check_registration(&one.name).await.unwrap();
        has(&checked, "client", "failed", verdict);
        has(&checked, "secret", "skipped", "");
    }
}

#[tokio::test]
async fn a_server_that_answers_everybody_the_same_proves_nothing() {
    for secret in [Some("right"), None] {
        let sample = Sample::new();
        let same = server(|_| (400, refusal("invalid_grant", "no such token"))).await;
        let one = at(&sample, Provider::Custom, &same, secret).await;
        let checked = sample.service.check_registration(&one.name).await.unwrap();
        has(&checked, "client", "unchecked", "");
        let about_secret = if secret.is_some() {
            "unchecked"
        } else {
            "skipped"
        };
        has(&checked, "secret", about_secret, "");
        let client = &checked.checks[0];
        assert_eq!(client.basis, "not-seen");
        assert!(client.detail.contains("made-up"), "{}", client.detail);
        assert_eq!(client.seen, None);
    }
    let sample = Sample::new();
    let refuses = server(|_| (401, refusal("invalid_client", "no"))).await;
    let one = at(&sample, Provider::Custom, &refuses, Some("x")).await;
    let checked = sample.service.check_registration(&one.name).await.unwrap();
    has(&checked, "client", "failed", "oauth-invalid-client");
    has(&checked, "secret", "skipped", "");
    let sample = Sample::new();
    let gives = server(|_| (200, json!({ "access_token": "a", "token_type": "bearer" }))).await;
    let one = at(&sample, Provider::Custom, &gives, None).await;
    let checked = sample.service.check_registration(&one.name).await.unwrap();
    has(&checked, "client", "unchecked", "");
}

#[tokio::test]
async fn what_cannot_be_reached_is_not_guessed() {
    let sample = Sample::new();
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", dead.local_addr().unwrap());
    drop(dead);
    let one = at(&sample, Provider::Custom, &url.parse().unwrap(), Some("x")).await;
    let checked = sample.service.check_registration(&one.name).await.unwrap();
    has(&checked, "client", "unchecked", "oauth-unreachable");
    has(&checked, "secret", "unchecked", "oauth-unreachable");
    let sample = Sample::new();
    let busy = server(|_| (503, json!({}))).await;
    let one = at(&sample, Provider::Custom, &busy, None).await;
    let checked = sample.service.check_registration(&one.name).await.unwrap();
    let verdict = checked.checks[0].verdict.as_ref().unwrap();
    assert_eq!(verdict.code, Code::Unreachable);
}

#[tokio::test]
async fn a_secret_that_is_gone_is_said_and_nobody_is_asked() {
    let sample = Sample::new();
    let asked = server(|_| panic!("nobody is to be asked")).await;
    let one = at(&sample, Provider::Custom, &asked, None).await;
    let without = Registration {
        has_secret: true,
        ..one
    };
    sample
        .service
        .store
        .registrations()
        .update(&without)
        .unwrap();
    let checked = sample.service.check_registration("Checked").await.unwrap();
    has(&checked, "secret", "failed", "mailwright-keychain");
    has(&checked, "client", "skipped", "");
}

#[tokio::test]
async fn a_certificate_has_a_reading_of_its_own() {
    let sample = Sample::new();
    let asked = AtomicUsize::new(0);
    let server = server(move |request| {
        let signed = request.contains("client_assertion=") && !request.contains("client_secret=");
        match asked.fetch_add(1, Ordering::Relaxed) {
            0 if signed => (400, refusal("invalid_grant", "no such token")),
            _ => (401, refusal("invalid_client", "no")),
        }
    })
    .await;
    let one = by_certificate(&sample, &server).await;
    let checked = sample.service.check_registration(&one.name).await.unwrap();
    has(&checked, "client", "passed", "");
    has(&checked, "certificate", "passed", "");
    has(&checked, "public-client", "skipped", "");
    assert!(checked.checks.iter().all(|c| c.id != "secret"));

    let ok: Result<(), mailwright_oauth::OauthError> = Ok(());
    sample.service.saw_redemption(&one, &ok);
    let seen = sample.service.store.registration_checks().seen(one.id);
    let seen: Vec<Reading> = seen.unwrap().into_iter().map(|c| c.id).collect();
    assert!(seen.contains(&Reading::Certificate), "{seen:?}");
    assert!(!seen.contains(&Reading::PublicClient), "{seen:?}");
    let without = Registration {
        certificate: None,
        ..one.clone()
    };
    let forgotten = changed_readings(&one, &without, false).unwrap();
    assert!(forgotten.contains(&Reading::Certificate), "{forgotten:?}");

    let keychain = &sample.service.keychain;
    keychain.delete(one.id.0, &Kind::ClientKey).await.unwrap();
    let checked = sample.service.check_registration(&one.name).await.unwrap();
    has(&checked, "certificate", "failed", "mailwright-keychain");
    has(&checked, "client", "skipped", "");
}

fn plain(provider: Provider) -> Registration {
    Registration {
        id: RegistrationId(Uuid::nil()),
        name: "R".to_owned(),
        provider,
        client_id: "x".to_owned(),
        tenant: None,
        cloud: Cloud::Global,
        authority: None,
        custom: None,
        scopes: Vec::new(),
        has_secret: false,
        secret_expires: None,
        redirect_uri: None,
        publishing: None,
        certificate: None,
    }
}

#[test]
fn what_the_provider_says_goes_before_what_a_sign_in_has_shown() {
    let registration = plain(Provider::Microsoft);
    let by_sign_in = |id, outcome| RegistrationCheck {
        outcome,
        basis: Basis::SignIn,
        ..passed(id, std::time::Duration::ZERO, "shown")
    };
    let no = |id| {
        let verdict = Failure::new(Code::Failed, "no").into_verdict();
        failed_as(id, std::time::Duration::ZERO, verdict)
    };
    let asked = vec![
        unchecked(Reading::Client, "not seen"),
        no(Reading::Secret),
        no(Reading::PublicClient),
    ];
    let seen = [
        by_sign_in(Reading::Client, Outcome::Passed),
        by_sign_in(Reading::Secret, Outcome::Passed),
        by_sign_in(Reading::PublicClient, Outcome::Passed),
        by_sign_in(Reading::Platform, Outcome::Failed),
    ];
    let all = merged(&registration, &asked, &seen);
    let of = |all: &[RegistrationCheck], id| all.iter().find(|c| c.id == id).unwrap().clone();
    assert_eq!(of(&all, Reading::Client).basis, Basis::SignIn);
    assert_eq!(of(&all, Reading::Secret).outcome, Outcome::Failed);
    let public = of(&all, Reading::PublicClient);
    assert_eq!(
        (public.outcome, public.basis),
        (Outcome::Passed, Basis::SignIn),
        "a browser sign-in needs no switch for codes"
    );
    assert_eq!(of(&all, Reading::Platform).outcome, Outcome::Failed);
    assert_eq!(of(&all, Reading::Consent).basis, Basis::NotSeen);
    assert!(all.iter().all(|c| c.id != Reading::Issuer));
    // What was seen before is not kept as if it had been asked.
    let again = merged(&registration, &all, &[]);
    assert_eq!(of(&again, Reading::Client).basis, Basis::NotSeen);
}

#[tokio::test]
async fn a_change_forgets_what_it_was_about_and_nothing_else() {
    let sample = Sample::new();
    let service = &sample.service;
    let id = sample.registration("ERP").await;
    let registration = service.find_registration(&id).unwrap();
    let ok: Result<(), mailwright_oauth::OauthError> = Ok(());
    let known = || -> Vec<Reading> {
        let seen = service.store.registration_checks().seen(registration.id);
        seen.unwrap().into_iter().map(|c| c.id).collect()
    };
    service.saw_redemption(&registration, &ok);
    assert_eq!(
        known(),
        [
            Reading::Client,
            Reading::Consent,
            Reading::Platform,
            Reading::PublicClient,
            Reading::Redirect
        ]
    );
    let change = |change: RegistrationChange| service.change_registration(&id, change);
    let renamed = RegistrationChange {
        name: Some("Order mail".to_owned()),
        ..RegistrationChange::default()
    };
    let _ = change(renamed).await.unwrap();
    assert_eq!(known().len(), 5);
    let redirect = RegistrationChange {
        redirect_uri: Some("http://localhost:8400/cb".to_owned()),
        ..RegistrationChange::default()
    };
    let _ = change(redirect).await.unwrap();
    assert_eq!(
        known(),
        [Reading::Client, Reading::Consent, Reading::PublicClient]
    );
    // A sign-in that began before the change says nothing about what there is now.
    service.saw_redemption(&registration, &ok);
    assert_eq!(known().len(), 3);
    let secret = RegistrationChange {
        secret: SecretChange::New(mailwright_domain::Secret::new("a~b")),
        ..RegistrationChange::default()
    };
    let _ = change(secret).await.unwrap();
    assert_eq!(known(), [Reading::Client, Reading::Consent]);
    let other = RegistrationChange {
        tenant: Some("other.nl".to_owned()),
        ..RegistrationChange::default()
    };
    let _ = change(other).await.unwrap();
    assert_eq!(known(), []);
}
