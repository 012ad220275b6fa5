use mailwright_keychain::KeychainError;

use super::*;
use crate::Hint;
use crate::samples::{CLIENT_ID, Sample, registration};

const OTHER_ID: &str = "99998888-aaaa-2222-bbbb-3333cccc4444";

async fn secret(sample: &Sample, id: &str) -> Option<String> {
    let r = sample.service.find_registration(id).unwrap();
    let secret = sample.service.client_secret(&r).await.unwrap();
    secret.map(|s| s.expose().to_owned())
}

fn form() -> RegistrationForm {
    RegistrationForm {
        name: "ERP".to_owned(),
        provider: "microsoft".to_owned(),
        client_id: CLIENT_ID.to_owned(),
        tenant: "firma.nl".to_owned(),
        ..RegistrationForm::default()
    }
}

#[tokio::test]
async fn only_what_is_given_changes() {
    let sample = Sample::new();
    let service = &sample.service;
    let id = sample.registration("ERP").await;
    let _ = sample.registration("Other").await;
    let change = RegistrationChange {
        name: Some(" ERP mail ".to_owned()),
        scopes: Some(vec!["a".to_owned(), String::new()]),
        redirect_uri: Some("http://localhost:8400/cb".to_owned()),
        ..RegistrationChange::default()
    };
    let saved = service.change_registration("erp", change).await.unwrap();
    assert_eq!(
        (saved.id.as_str(), saved.name.as_str()),
        (id.as_str(), "ERP mail")
    );
    let details = service.registration(&id).unwrap();
    assert_eq!(details.tenant.as_deref(), Some("firma.nl"));
    assert_eq!(details.scopes, ["a"]);
    assert_eq!(details.redirect_uri, "http://localhost:8400/cb");
    let emptied = RegistrationChange {
        tenant: Some(String::new()),
        scopes: Some(vec![String::new()]),
        redirect_uri: Some(String::new()),
        ..RegistrationChange::default()
    };
    let _ = service.change_registration(&id, emptied).await.unwrap();
    let details = service.registration(&id).unwrap();
    assert_eq!((details.tenant, details.scopes.len()), (None, 0));
    assert_eq!(details.redirect_uri, "http://localhost");

    for (change, code) in [
        (
            RegistrationChange {
                name: Some("OTHER".to_owned()),
                ..RegistrationChange::default()
            },
            Code::Conflict,
        ),
        (
            RegistrationChange {
                client_id: Some("ERP".to_owned()),
                ..RegistrationChange::default()
            },
            Code::Usage,
        ),
        (
            RegistrationChange {
                secret_expires: Some("soon".to_owned()),
                ..RegistrationChange::default()
            },
            Code::Usage,
        ),
    ] {
        let before = service.registration(&id).unwrap();
        let failure = service.change_registration(&id, change).await.unwrap_err();
        assert_eq!(failure.code, code, "{}", failure.message);
        assert_eq!(service.registration(&id).unwrap(), before);
    }
    let nothing = RegistrationChange::default();
    let failure = service.change_registration("X", nothing).await.unwrap_err();
    assert_eq!(
        (failure.code, failure.hint),
        (Code::NotFound, Some(Hint::Registrations))
    );
}

#[tokio::test]
async fn a_new_secret_keeps_every_sign_in() {
    let sample = Sample::new();
    let service = &sample.service;
    let added = NewRegistration {
        client_secret: Some(Secret::new("old~1")),
        secret_expires: Some("2020-01-31".to_owned()),
        ..registration("ERP")
    };
    let id = service.add_registration(added).await.unwrap().id;
    let mailbox = sample.mailbox("orders@firma.nl", &id).await;
    let grant = sample.grant(&id, "orders@firma.nl").await;
    sample.signed_in(&mailbox, &grant);
    let change = |secret| RegistrationChange {
        secret,
        ..RegistrationChange::default()
    };
    let new = change(SecretChange::New(Secret::new(" new~2\n")));
    let _ = service.change_registration(&id, new).await.unwrap();
    assert_eq!(secret(&sample, &id).await.as_deref(), Some("new~2"));
    let details = service.registration(&id).unwrap();
    assert_eq!(
        details.secret_expires, None,
        "that was the old one's last day"
    );
    assert!(sample.has_secrets(grant.id.0));
    assert_eq!(
        service.find_mailbox("orders@firma.nl").unwrap().grant,
        Some(grant.id)
    );

    for (wrong, part) in [(" ", "No client secret"), (OTHER_ID, "Secret ID")] {
        let wrong = change(SecretChange::New(Secret::new(wrong)));
        let failure = service.change_registration(&id, wrong).await.unwrap_err();
        assert!(failure.message.contains(part), "{}", failure.message);
    }
    sample.secrets.refuse_write(1, KeychainError::Locked);
    let locked = change(SecretChange::New(Secret::new("lost~3")));
    assert!(service.change_registration(&id, locked).await.is_err());
    assert_eq!(secret(&sample, &id).await.as_deref(), Some("new~2"));

    let gone = change(SecretChange::Remove);
    let _ = service.change_registration(&id, gone).await.unwrap();
    let r = service.find_registration(&id).unwrap();
    assert!(!r.has_secret && !sample.has_secrets(r.id.0));
}

#[tokio::test]
async fn what_a_sign_in_rests_on_is_not_changed_under_it() {
    let sample = Sample::new();
    let service = &sample.service;
    let id = sample.registration("ERP").await;
    let mailbox = sample.mailbox("orders@firma.nl", &id).await;
    let other_client = || RegistrationChange {
        client_id: Some(OTHER_ID.to_owned()),
        ..RegistrationChange::default()
    };
    // Nobody has signed in yet: a wrong copy can be mended.
    let _ = service
        .change_registration(&id, other_client())
        .await
        .unwrap();
    let grant = sample.grant(&id, "orders@firma.nl").await;
    sample.signed_in(&mailbox, &grant);
    let same = RegistrationChange {
        client_id: Some(OTHER_ID.to_uppercase()),
        tenant: Some("Firma.nl".to_owned()),
        ..RegistrationChange::default()
    };
    let _ = service.change_registration(&id, same).await.unwrap();
    for change in [
        RegistrationChange {
            client_id: Some(CLIENT_ID.to_owned()),
            ..RegistrationChange::default()
        },
        RegistrationChange {
            tenant: Some("other.nl".to_owned()),
            ..RegistrationChange::default()
        },
        RegistrationChange {
            cloud: Some(Cloud::China),
            ..RegistrationChange::default()
        },
        RegistrationChange {
            authority: Some("https://login.example".to_owned()),
            ..RegistrationChange::default()
        },
    ] {
        let before = service.registration(&id).unwrap();
        let failure = service.change_registration(&id, change).await.unwrap_err();
        assert_eq!(failure.code, Code::Conflict);
        assert!(
            failure.message.contains("orders@firma.nl"),
            "{}",
            failure.message
        );
        assert_eq!(service.registration(&id).unwrap(), before);
    }
    // A sign-in that has ended, or of a removed mailbox, holds nothing.
    service.store.grants().mark_dead(grant.id, "x").unwrap();
    let back = RegistrationChange {
        client_id: Some(CLIENT_ID.to_owned()),
        ..RegistrationChange::default()
    };
    let _ = service.change_registration(&id, back).await.unwrap();
    service
        .store
        .grants()
        .mark_renewed(grant.id, jiff::Timestamp::now())
        .unwrap();
    let _ = service.take_off("orders@firma.nl").unwrap();
    let _ = service
        .change_registration(&id, other_client())
        .await
        .unwrap();
    assert!(!sample.has_secrets(grant.id.0));
}

#[tokio::test]
async fn a_set_up_that_waits_with_a_sign_in_is_named() {
    let sample = Sample::new();
    let service = &sample.service;
    let id = sample.registration("ERP").await;
    let begun = service
        .save_setup(None, "confirm", &crate::samples::form("anna@firma.nl", &id))
        .unwrap();
    let grant = sample.grant(&id, "anna@firma.nl").await;
    let setup = service.find_setup(&begun.id).unwrap().id;
    service
        .store
        .setups()
        .set_grant(setup, Some(grant.id))
        .unwrap();
    let change = RegistrationChange {
        tenant: Some("other.nl".to_owned()),
        ..RegistrationChange::default()
    };
    let failure = service.change_registration(&id, change).await.unwrap_err();
    assert!(
        failure.message.contains("set-up of anna@firma.nl"),
        "{}",
        failure.message
    );
    // Removing the registration ends what waits.
    let _ = service.remove_registration(&id).await.unwrap();
    assert_eq!(service.setup(&begun.id).unwrap().signed_in_as, None);
    assert!(!sample.has_secrets(grant.id.0));
}

#[tokio::test]
async fn the_windows_form_adds_and_changes() {
    let sample = Sample::new();
    let service = &sample.service;
    let secret_of = |text: &str| SecretChange::New(Secret::new(text));
    let saved = service
        .save_registration(None, &form(), secret_of("a~b"))
        .await
        .unwrap();
    assert_eq!(secret(&sample, &saved.id).await.as_deref(), Some("a~b"));
    let changed = RegistrationForm {
        name: "ERP mail".to_owned(),
        tenant: String::new(),
        secret_expires: "2099-01-31".to_owned(),
        ..form()
    };
    let _ = service
        .save_registration(Some(&saved.id), &changed, SecretChange::Keep)
        .await
        .unwrap();
    let details = service.registration(&saved.id).unwrap();
    assert_eq!(
        (details.name.as_str(), &details.tenant),
        ("ERP mail", &None)
    );
    assert!(details.has_secret);
    assert_eq!(details.secret_expires.as_deref(), Some("2099-01-31"));

    let google = RegistrationForm {
        provider: "google".to_owned(),
        client_id: "1.apps.googleusercontent.com".to_owned(),
        cloud: "china".to_owned(),
        ..form()
    };
    let added = service
        .save_registration(None, &google, SecretChange::Keep)
        .await
        .unwrap();
    let details = service.registration(&added.id).unwrap();
    assert_eq!(
        (details.cloud.as_str(), details.tenant),
        ("global", None),
        "Microsoft's alone"
    );

    for (wrong, part) in [
        (
            RegistrationForm {
                provider: String::new(),
                ..form()
            },
            "Choose the provider",
        ),
        (
            RegistrationForm {
                client_id: String::new(),
                ..form()
            },
            "client ID",
        ),
        (
            RegistrationForm {
                cloud: "mars".to_owned(),
                ..form()
            },
            "“mars”",
        ),
        (
            RegistrationForm {
                cloud: "custom".to_owned(),
                ..form()
            },
            "authority",
        ),
    ] {
        let failure = service
            .save_registration(None, &wrong, SecretChange::Keep)
            .await
            .unwrap_err();
        assert!(failure.message.contains(part), "{}", failure.message);
        assert!(!failure.message.contains("--"), "{}", failure.message);
    }
}

#[tokio::test]
async fn a_custom_provider_is_added_and_changed_with_its_addresses() {
    let sample = Sample::new();
    let service = &sample.service;
    let custom = RegistrationForm {
        name: "Own".to_owned(),
        provider: "custom".to_owned(),
        authorize_url: "https://id.example/authorize".to_owned(),
        token_url: "https://id.example/token".to_owned(),
        ..form()
    };
    let saved = service.save_registration(None, &custom, SecretChange::Keep);
    let id = saved.await.unwrap().id;
    let shown = service.registration(&id).unwrap();
    assert_eq!(shown.token_url.as_deref(), Some("https://id.example/token"));
    assert_eq!(shown.revoke_url, None);
    let changed = RegistrationForm {
        name: "Own 2".to_owned(),
        revoke_url: "https://id.example/revoke".to_owned(),
        ..custom.clone()
    };
    let saved = service.save_registration(Some(&id), &changed, SecretChange::Keep);
    let _ = saved.await.unwrap();
    let urls = service.find_registration(&id).unwrap().custom.unwrap();
    assert_eq!(urls.token.as_str(), "https://id.example/token");
    assert_eq!(urls.revoke.unwrap().as_str(), "https://id.example/revoke");
    // Left empty is said, and nothing is lost.
    let empty = RegistrationForm {
        token_url: String::new(),
        ..changed
    };
    let refused = service.save_registration(Some(&id), &empty, SecretChange::Keep);
    assert_eq!(refused.await.unwrap_err().code, crate::Code::Usage);
    assert!(service.find_registration(&id).unwrap().custom.is_some());
}

#[tokio::test]
async fn the_window_keeps_and_clears_the_address_for_codes() {
    let sample = Sample::new();
    let service = &sample.service;
    let custom = NewRegistration {
        provider: Provider::Custom,
        tenant: None,
        authorize_url: Some("https://id.example/authorize".to_owned()),
        token_url: Some("https://id.example/token".to_owned()),
        device_url: Some("https://id.example/device".to_owned()),
        ..registration("Own")
    };
    let id = service.add_registration(custom).await.unwrap().id;
    let renamed = RegistrationForm {
        name: "Own 2".to_owned(),
        provider: "custom".to_owned(),
        authorize_url: "https://id.example/authorize".to_owned(),
        token_url: "https://id.example/token".to_owned(),
        device_url: "https://id.example/device".to_owned(),
        ..form()
    };
    let saved = service.save_registration(Some(&id), &renamed, SecretChange::Keep);
    let _ = saved.await.unwrap();
    let urls = service.find_registration(&id).unwrap().custom.unwrap();
    assert_eq!(urls.device.unwrap().as_str(), "https://id.example/device");
    let cleared = RegistrationForm {
        device_url: String::new(),
        ..renamed
    };
    let saved = service.save_registration(Some(&id), &cleared, SecretChange::Keep);
    let _ = saved.await.unwrap();
    let urls = service.find_registration(&id).unwrap().custom.unwrap();
    assert_eq!(urls.device, None);
}

#[tokio::test]
async fn a_secret_does_not_go_to_an_address_that_it_was_not_entered_for() {
    let sample = Sample::new();
    let service = &sample.service;
    let custom = RegistrationForm {
        provider: "custom".to_owned(),
        authorize_url: "https://id.example/authorize".to_owned(),
        token_url: "https://id.example/token".to_owned(),
        ..form()
    };
    let value = || SecretChange::New(Secret::new("a~b"));
    let id = service.save_registration(None, &custom, value()).await;
    let id = id.unwrap().id;
    for elsewhere in [
        RegistrationForm {
            token_url: "https://elsewhere.example/token".to_owned(),
            ..custom.clone()
        },
        RegistrationForm {
            revoke_url: "https://elsewhere.example/revoke".to_owned(),
            ..custom.clone()
        },
    ] {
        let kept = service.save_registration(Some(&id), &elsewhere, SecretChange::Keep);
        let failure = kept.await.unwrap_err();
        assert!(failure.message.contains("Enter it again"), "{failure}");
        let saved = service.find_registration(&id).unwrap().custom.unwrap();
        assert_eq!(saved.token.as_str(), "https://id.example/token");
        assert_eq!(saved.revoke, None);
    }
    let moved = RegistrationForm {
        token_url: "https://new.example/token".to_owned(),
        ..custom
    };
    let entered = service.save_registration(Some(&id), &moved, value());
    let _ = entered.await.unwrap();
}
